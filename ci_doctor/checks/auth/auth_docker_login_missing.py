"""A push by docker in a job that never logs in."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Tool
from ...builds.credentials import is_written_elsewhere
from ...builds.jobs import Push
from ...builds.registries import is_gitlab_registry, refuses_anonymous_push
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.editing import add_before_script
from ...pipeline.model import Job

DOCKER = (Tool.BUILDX, Tool.DOCKER)

LOGIN = (
    """printf '%s' "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin """
    '"$CI_REGISTRY"'
)


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: list[str] = []
    for push in context.builds.pushes:
        if push.build is not None and push.build.tool not in DOCKER:
            continue
        if push.host is None or push.host.display in seen:
            continue
        if push.credentials.covers(push.host, brought=False) is not False:
            continue
        if is_written_elsewhere(push.host, context.builds):
            continue
        refused = refuses_anonymous_push(push.host, job)
        # Two doubts, about the image and about the registry, are too many.
        if refused is False or (refused is None and not push.credentials.complete):
            continue
        seen.append(push.host.display)
        yield _finding(push, refused, context)


def _finding(push: Push, refused: bool | None, context: Context) -> Finding:
    assert push.host is not None
    host = push.host.display
    image = context.builds.image
    expected = is_gitlab_registry(push.host) or any(
        login.key.equals(push.host) is True and not login.logout
        for other in context.all_builds
        for login in other.logins
    )
    if push.credentials.complete:
        certain, condition = bool(refused and expected), ""
        if not certain:
            condition = ", unless it lets anybody push"
    elif image.name is None:
        certain, condition = False, ", unless the runner's host is logged in"
    else:
        certain, condition = False, f", unless '{image.name.display}' brings credentials"
    return context.finding(
        push.location,
        f"the push to {host} is refused: the job never logs in{condition}",
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        details="docker push ends in: no basic auth credentials, or denied.",
        advice=(LOGIN,),
        fix=_fix(push, context),
    )


def _fix(push: Push, context: Context) -> Fix | None:
    # A job that logs in somewhere has its own way, or loses the login again.
    if push.host is None or not is_gitlab_registry(push.host) or context.builds.logins:
        return None
    edits = add_before_script(push.command.job, (LOGIN,))
    return fix("Log in before the script", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker ⟦push⟧ "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - printf '%s' "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
    )
    # Logged out before the push.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker logout "$CI_REGISTRY"
            - docker ⟦push⟧ "$CI_REGISTRY_IMAGE"
    """)
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx create --use
            - docker buildx build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" ⟦--push⟧ .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - printf '%s' "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
          script:
            - docker buildx create --use
            - docker buildx build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" --push .
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        why="logged in",
    )
    yield LookAlike(
        """
        test:
          image: docker:28-cli
          services:
            - docker:28-dind
            - {name: "registry:3", alias: registry}
          script:
            - docker build -t registry:5000/app .
            - docker push registry:5000/app
        """,
        why="a registry that the job brings along asks for no credentials",
    )
    # The shell executor's host may be logged in.
    yield Example(
        """
        build:
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker ⟦push⟧ "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        fixed="""
        build:
          before_script:
            - printf '%s' "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
    )
    yield LookAlike(
        """
        build:
          image: registry.example.com/ci/docker-tools:4
          services: ["docker:28-dind"]
          script:
            - docker build -t registry.example.com/team/app .
            - docker push registry.example.com/team/app
        """,
        why="the image may bring credentials, and nothing is known of the registry",
    )
    yield LookAlike(
        """
        build:
          image: registry.example.com/ci/docker-tools:4
          services: ["docker:28-dind"]
          script:
            - aws ecr get-login-password | ./ci/login.sh
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="more than the image is not known",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - ./ci/login.sh
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="a script that is not there may log in",
    )


CHECK = Check(
    id="auth-docker-login-missing",
    title="docker push without docker login",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Each job starts without credentials: a login in another job, or in a before_script that
        this job replaces, does not count. The image is built, and the push is refused.
    """,
    links=(
        "https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/",
    ),
    symptoms=("no-basic-auth-credentials", "push-unauthorized"),
    yields_to=("auth-registry-key-mismatch", "auth-config-wrong-dir"),
    since="0.1",
)
