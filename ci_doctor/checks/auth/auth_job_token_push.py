"""A push with the job token."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.gitlab_credentials import variable_in
from ...builds.jobs import JobBuilds
from ...builds.registries import is_gitlab_registry
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...text import Symbol, Text

TOKEN, PASSWORD = "CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD"


def find(job: Job, context: Context) -> Iterator[Finding]:
    hosts = [push.host for push in context.builds.pushes if push.host is not None]
    for key, symbol in _tokens(context.builds):
        if not _is_gitlab(key) or not any(key.equals(host) is True for host in hosts):
            continue
        place = None if symbol.at is None else symbol.at.locate()
        if place is None or TOKEN not in place.text:
            continue
        yield context.finding(
            place,
            f"GitLab documents `${TOKEN}` as read-only for the registry, and this job pushes",
            confidence=Confidence.LIKELY,
            details=f"`${PASSWORD}` is the password that GitLab gives a job to push with.",
            advice=(f"${PASSWORD}",),
            fix=fix(f"Use ${PASSWORD}", replace(place, place.text.replace(TOKEN, PASSWORD))),
        )


def _is_gitlab(key: Text) -> bool:
    return is_gitlab_registry(key) or key.value == "registry.gitlab.com"


def _tokens(builds: JobBuilds) -> Iterator[tuple[Text, Symbol]]:
    """The registries that the job token is given to, with the use of it."""
    found = [(login.key, login.password or login.stdin) for login in builds.logins]
    found += [
        (entry.key, entry.fields.get("password"))
        for write in builds.config_writes
        for entry in write.entries
    ]
    for key, password in found:
        symbol = variable_in(password)
        if symbol is not None and symbol.variable == TOKEN:
            yield key, symbol


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "⟦$CI_JOB_TOKEN⟧" | docker login -u gitlab-ci-token --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u gitlab-ci-token --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
    )
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"username\":\"gitlab-ci-token\",\"password\":\"⟦$CI_JOB_TOKEN⟧\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
        fixed=r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"username\":\"gitlab-ci-token\",\"password\":\"$CI_REGISTRY_PASSWORD\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
    )
    yield LookAlike(
        """
        test:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_JOB_TOKEN" | docker login -u gitlab-ci-token --password-stdin "$CI_REGISTRY"
            - docker pull "$CI_REGISTRY/platform/tools/checker:2"
            - docker run --rm "$CI_REGISTRY/platform/tools/checker:2"
        """,
        why="it is only used to pull",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build --build-arg "TOKEN_URL=https://ci:$CI_JOB_TOKEN@gitlab.example.com" -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="the token is for something else than the registry",
    )


CHECK = Check(
    id="auth-job-token-push",
    title="Push with CI_JOB_TOKEN",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        GitLab's documentation gives the job token read access to the container registry and
        `$CI_REGISTRY_PASSWORD` read and write access. A push with the token works as long as GitLab
        makes both from the same token, which it does not promise.
    """,
    links=(
        "https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/",
    ),
    symptoms=("push-unauthorized",),
    since="0.1",
)
