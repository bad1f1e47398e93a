"""docker login with GitLab's credentials and without GitLab's registry."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.gitlab_credentials import is_job_login
from ...builds.jobs import Login, Push
from ...builds.registries import is_gitlab_registry
from ...builds.script_editing import put_behind
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job


def find(job: Job, context: Context) -> Iterator[Finding]:
    pushes = context.builds.pushes
    if not any(push.host is not None and is_gitlab_registry(push.host) for push in pushes):
        return
    for login in context.builds.logins:
        if login.logout or login.registry.parts or login.opaque or not is_job_login(login):
            continue
        yield context.finding(
            login.command.location,
            "this logs in to Docker Hub with GitLab's credentials, and the pushes go to $CI_REGISTRY",
            confidence=Confidence.LIKELY,
            details=(
                "Without a registry docker login means Docker Hub: Error response from daemon: Get "
                '"https://registry-1.docker.io/v2/": unauthorized: incorrect username or password. '
                "It is right only where project variables replace GitLab's own."
            ),
            advice=('docker login … "$CI_REGISTRY"',),
            fix=_fix(login, pushes),
        )


def _fix(login: Login, pushes: list[Push]) -> Fix | None:
    if not all(push.host is not None and is_gitlab_registry(push.host) for push in pushes):
        return None
    edit = put_behind(login.command, login.command.words[-1].written, ' "$CI_REGISTRY"')
    return None if edit is None else fix('Add "$CI_REGISTRY"', edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | ⟦docker login -u "$CI_REGISTRY_USER" --password-stdin⟧
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
    )
    # Another push goes elsewhere: which login was forgotten is for a person to say.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - printf '%s' "$CI_REGISTRY_PASSWORD" | ⟦docker login -u "$CI_REGISTRY_USER" --password-stdin⟧
            - printf '%s' "$MIRROR_TOKEN" | docker login -u ci --password-stdin mirror.example.com
            - docker build -t "$CI_REGISTRY_IMAGE" -t mirror.example.com/app .
            - docker push "$CI_REGISTRY_IMAGE"
            - docker push mirror.example.com/app
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin
            - docker build -t example/app .
            - docker push example/app
        """,
        why="everything goes to Docker Hub: project variables replace GitLab's own",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$HUB_TOKEN" | docker login -u example --password-stdin
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="Docker Hub's own credentials, for its rate limit",
    )


CHECK = Check(
    id="auth-login-no-registry",
    title="Login to Docker Hub with GitLab's credentials",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        docker login without a registry logs in to Docker Hub. GitLab's job credentials are not known
        there, so the login is refused; and a push to GitLab's own registry would find no
        credentials.
    """,
    links=(
        "https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/",
    ),
    symptoms=("push-unauthorized",),
    since="0.1",
)
