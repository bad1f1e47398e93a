"""Credentials in a file that the client of this job does not read."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.credentials import is_misplaced
from ...builds.jobs import ConfigWrite
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Edit, Fix
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

FILE = "/config.json"


def find(job: Job, context: Context) -> Iterator[Finding]:
    for write in context.builds.config_writes:
        if not is_misplaced(write, context.builds):
            continue
        certain = write.command.certainty is Certainty.ALWAYS
        looked = write.looked_in[0].display
        names_file = looked.endswith(FILE)
        yield context.finding(
            write.location,
            f"'{write.target.display}' is not read: the credentials are looked for in '{looked}{FILE}'",
            confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
            details=(
                f"DOCKER_CONFIG is the directory, not the file: WARNING: Error loading config file: open "
                f"{looked}{FILE}: not a directory"
                if names_file
                else "The push ends as if there were no credentials: 401 Unauthorized."
            ),
            advice=(f"DOCKER_CONFIG: {looked.removesuffix(FILE)}",)
            if names_file
            else (f"write {looked}{FILE}",),
            fix=None if names_file else _fix(write, context),
        )


def _fix(write: ConfigWrite, context: Context) -> Fix | None:
    """Move every mention of the directory in the job's commands."""
    new = write.looked_in[0].value
    old = write.target.template.removesuffix(FILE)
    if new is None or len({looked.display for looked in write.looked_in}) > 1:
        return None
    texts = [word.text for c in context.execution.commands for word in c.words]
    texts += [redirect.target for c in context.execution.commands for redirect in c.redirects]
    edits: dict[Edit, None] = {}
    for text in texts:
        if text.template != old and not text.template.startswith(f"{old}/"):
            continue
        place = text.locate(0, len(old))
        if place is None or place.text != old:
            return None
        edits[replace(place, new)] = None
    return fix(f"Use {new} in place of {old}", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p /root/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" ⟦> /root/.docker/config.json⟧
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
        fixed=r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p /home/user/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > /home/user/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
    )
    # Copied from a rootless job.
    yield Example(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              mkdir -p /home/user/.docker
              cat <<EOF ⟦> /home/user/.docker/config.json⟧
              {"auths": {"$CI_REGISTRY": {"auth": "$AUTH"}}}
              EOF
              docker build -t "$CI_REGISTRY_IMAGE" .
              docker push "$CI_REGISTRY_IMAGE"
        """,
        fixed=r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              mkdir -p /root/.docker
              cat <<EOF > /root/.docker/config.json
              {"auths": {"$CI_REGISTRY": {"auth": "$AUTH"}}}
              EOF
              docker build -t "$CI_REGISTRY_IMAGE" .
              docker push "$CI_REGISTRY_IMAGE"
        """,
    )
    # DOCKER_CONFIG is a directory.
    yield Example(r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_CONFIG: /root/.docker/config.json
          script:
            - mkdir -p /root/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" ⟦> /root/.docker/config.json⟧
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
    """)
    yield LookAlike(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
            DOCKER_CONFIG: /tmp/.docker
          before_script:
            - mkdir -p /tmp/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > /tmp/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
        why="DOCKER_CONFIG says where it is",
    )
    yield LookAlike(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - mkdir -p /tmp/kaniko/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > /tmp/kaniko/.docker/config.json
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
            - docker run -v /tmp/kaniko/.docker:/kaniko/.docker "$CI_REGISTRY_IMAGE" make
        """,
        why="another command is told where the file is",
    )


CHECK = Check(
    id="auth-config-wrong-dir",
    title="config.json in a directory that no client reads",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        docker and buildctl read `$DOCKER_CONFIG/config.json`, or `.docker/config.json` in the home
        directory: `/root` in the docker image, `/home/user` in rootless BuildKit, `/kaniko` in
        Kaniko. A file anywhere else is ignored without a word, and the push is refused.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#authenticate-with-container-registries",
        "https://docs.docker.com/reference/cli/docker/#change-the-docker-directory",
    ),
    symptoms=("push-unauthorized",),
    since="0.1",
    yields_to=("kaniko-config-leftover",),
)
