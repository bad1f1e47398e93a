"""docker login with --password-stdin and no user, or with two passwords."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

NO_USER = "the --password-stdin option requires --username to be set"
TWO_PASSWORDS = "conflicting options: cannot specify both --password and --password-stdin"


def find(job: Job, context: Context) -> Iterator[Finding]:
    for login in context.builds.logins:
        if not login.from_stdin or login.tool != "docker" or login.stdin_option is None:
            continue
        if login.password_option is not None:
            message, details = "docker login refuses two passwords", TWO_PASSWORDS
            advice = "leave `--password` out"
        elif login.user_option is None and not login.opaque:
            message, details = "docker login refuses a password without a user", NO_USER
            advice = 'docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"'
        else:
            continue
        certain = login.command.certainty is Certainty.ALWAYS
        yield context.finding(
            login.stdin_option.location,
            message,
            confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
            details=details,
            advice=(advice,),
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login ⟦--password-stdin⟧ "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
    """)
    # Both ways at once.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker login -u "$CI_REGISTRY_USER" -p "$CI_REGISTRY_PASSWORD" ⟦--password-stdin⟧ "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$TOKEN" | docker login --password-stdin $LOGIN_OPTIONS registry.example.com
            - docker build -t registry.example.com/team/app .
            - docker push registry.example.com/team/app
        """,
        why="the variable may hold the user",
    )
    yield LookAlike(
        """
        release:
          image: ghcr.io/example/crane:1
          script:
            - echo "$TOKEN" | crane auth login registry.example.com -u ci --password-stdin
            - crane copy "$CI_REGISTRY_IMAGE" registry.example.com/team/app
        """,
        why="another client, and the user is given",
    )


CHECK = Check(
    id="auth-login-stdin-without-user",
    title="docker login refuses these options",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        docker login reads a password from its standard input only together with a user name, and
        never beside a second password. It ends with an error before anything is built.
    """,
    links=("https://docs.docker.com/reference/cli/docker/login/#password-stdin",),
    since="0.1",
)
