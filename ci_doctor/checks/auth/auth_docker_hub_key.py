"""Credentials for Docker Hub under a key where no client looks for them."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Tool
from ...builds.jobs import JobBuilds
from ...builds.keys import DOCKER_HUB_KEY, host_of
from ...builds.script_editing import replace_text
from ...check import Check, Context, Example, LookAlike, fix
from ...execution.command import Certainty
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...text import Text

HUB = frozenset(
    {
        "docker.io",
        "hub.docker.com",
        "index.docker.io",
        "registry-1.docker.io",
        "registry.hub.docker.com",
    }
)
# They know Docker Hub as docker.io, and read this file too.
OTHER_CLIENTS = ("skopeo", "podman", "buildah")


def find(job: Job, context: Context) -> Iterator[Finding]:
    builds = context.builds
    if not _has_client(builds) or context.execution.named(*OTHER_CLIENTS) or _has_key(builds):
        return
    hosts = [push.host for push in builds.pushes] + [pull.name.host for pull in builds.pulls]
    pushes = any(
        push.host is not None and push.host.value == DOCKER_HUB_KEY for push in builds.pushes
    )
    for write in builds.config_writes:
        if write.directory_matches is False or write.document is None:
            continue
        certain = pushes and write.command.certainty is Certainty.ALWAYS
        for entry in write.entries:
            key = entry.key.value
            host = host_of(entry.key).value
            if key == DOCKER_HUB_KEY or host not in HUB:
                continue
            if any(other is not None and other.value == host for other in hosts):
                continue  # an image is asked for under that very name
            place = write.place(entry.start, entry.end)
            edit = None
            if place is not None and place.text == key:
                edit = replace_text(write.command, place, DOCKER_HUB_KEY)
            yield context.finding(
                place or write.location,
                f"'{entry.key.display}' is no key for Docker Hub: its credentials are never found",
                severity=Severity.ERROR if certain else Severity.WARNING,
                details="Clients look for Docker Hub under this very key: https://index.docker.io/v1/. "
                "Pulls stay anonymous, and a push ends in 401 Unauthorized or no basic auth credentials.",
                advice=(DOCKER_HUB_KEY,),
                fix=None if edit is None else fix(f"Use {DOCKER_HUB_KEY}", edit),
            )


def _has_client(builds: JobBuilds) -> bool:
    known = any(build.tool is not Tool.OPAQUE for build in builds.builds)
    return known or bool(builds.docker_commands)


def _has_key(builds: JobBuilds) -> bool:
    """Whether the right key is there too."""
    hub = Text.of(DOCKER_HUB_KEY)
    found = [build.credentials for build in builds.builds]
    found += [push.credentials for push in builds.pushes]
    found += [pull.credentials for pull in builds.pulls]
    return any(credentials.covers(hub) is True for credentials in found) or any(
        login.key.value == DOCKER_HUB_KEY for login in builds.logins
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - AUTH=$(printf '%s:%s' "$HUB_USER" "$HUB_TOKEN" | base64 | tr -d '\n')
            - echo "{\"auths\":{\"⟦docker.io⟧\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=docker.io/example/app:$CI_COMMIT_SHA,push=true
        """,
        fixed=r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - AUTH=$(printf '%s:%s' "$HUB_USER" "$HUB_TOKEN" | base64 | tr -d '\n')
            - echo "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=docker.io/example/app:$CI_COMMIT_SHA,push=true
        """,
    )
    # Without the slash at the end it is not the key either.
    yield Example(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - mkdir -p ~/.docker
            - |
              cat > ~/.docker/config.json <<EOF
              {"auths": {
                "$CI_REGISTRY": {"auth": "$GITLAB_AUTH"},
                "⟦https://index.docker.io/v1⟧": {"auth": "$HUB_AUTH"}
              }}
              EOF
          script:
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        fixed=r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - mkdir -p ~/.docker
            - |
              cat > ~/.docker/config.json <<EOF
              {"auths": {
                "$CI_REGISTRY": {"auth": "$GITLAB_AUTH"},
                "https://index.docker.io/v1/": {"auth": "$HUB_AUTH"}
              }}
              EOF
          script:
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
    )
    yield LookAlike(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"docker.io\":{\"auth\":\"$A\"},\"https://index.docker.io/v1/\":{\"auth\":\"$A\"}}}" > ~/.docker/config.json
          script:
            - docker build -t example/app .
            - docker push example/app
        """,
        why="the right key is there too",
    )
    yield LookAlike(
        r"""
        copy:
          image: quay.io/skopeo/stable:v1.20
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"docker.io\":{\"auth\":\"$A\"}}}" > ~/.docker/config.json
          script:
            - skopeo copy docker://quay.io/example/app docker://docker.io/example/app
        """,
        why="skopeo, podman and buildah look under docker.io",
    )
    yield LookAlike(
        """
        variables:
          DOCKER_AUTH_CONFIG: '{"auths":{"docker.io":{"auth":"$HUB_AUTH"}}}'

        test:
          image: docker.io/example/private-tools:4
          script: make test
        """,
        why="the runner, which pulls the job's image, takes docker.io",
    )


CHECK = Check(
    id="auth-docker-hub-key",
    title="Wrong key for Docker Hub's credentials",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Docker Hub is the one registry whose key in config.json is not its host name. buildctl, docker
        and Kaniko look under `https://index.docker.io/v1/` and nowhere else; under any other
        spelling, the one on GitLab's page included, nothing says that the credentials were not used:
        pulls are anonymous and run into the rate limit, private images and pushes are
        refused.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#authenticate-with-container-registries",
        "https://github.com/docker/cli/blob/master/cli/config/configfile/file.go",
    ),
    symptoms=("push-unauthorized",),
    since="0.1",
)
