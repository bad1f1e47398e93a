"""A password on the command line of docker login."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.jobs import Login
from ...builds.script_editing import put_before, replace_text
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.model import Job


def find(job: Job, context: Context) -> Iterator[Finding]:
    for login in context.builds.logins:
        option = login.password_option
        if option is None or login.tool != "docker" or login.from_stdin:
            continue
        yield context.finding(
            option.location,
            "the password is an argument of docker login: every process of the machine can read it",
            details="WARNING! Using --password via the CLI is insecure. Use --password-stdin.",
            advice=(
                """printf '%s' "$PASSWORD" | docker login -u "$USER" --password-stdin "$REGISTRY\"""",
            ),
            fix=_fix(login),
        )


def _fix(login: Login) -> Fix | None:
    option, command = login.password_option, login.command
    if option is None or option.value_location is None or command.piped_from is not None:
        return None
    if command.redirects or command.wrappers or login.password is None or login.password.is_known:
        return None
    value = _quoted(option.words[-1].quoted, option.value_location.text)
    if value is None:
        return None
    piped = put_before(command, f"printf '%s' {value} | ")
    flag = replace_text(command, option.location, "--password-stdin")
    if piped is None or flag is None:
        return None
    return fix("Pass the password on the standard input", piped, flag)


def _quoted(quoted: bool, value: str) -> str | None:
    """A variable as the word of another command, in double quotes."""
    inner = value[1:-1] if quoted and value[:1] == value[-1:] == '"' else value
    plain = inner.removeprefix("$").removeprefix("{").removesuffix("}")
    return f'"{inner}"' if inner.startswith("$") and plain.isidentifier() else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker login -u "$CI_REGISTRY_USER" ⟦-p "$CI_REGISTRY_PASSWORD"⟧ "$CI_REGISTRY"
          script:
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - printf '%s' "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
          script:
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              docker login --username=$CI_REGISTRY_USER ⟦--password=$CI_REGISTRY_PASSWORD⟧ $CI_REGISTRY
              docker build -t $CI_REGISTRY_IMAGE .
              docker push $CI_REGISTRY_IMAGE
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              printf '%s' "$CI_REGISTRY_PASSWORD" | docker login --username=$CI_REGISTRY_USER --password-stdin $CI_REGISTRY
              docker build -t $CI_REGISTRY_IMAGE .
              docker push $CI_REGISTRY_IMAGE
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="the password comes from the standard input",
    )
    yield LookAlike(
        """
        test:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker run --rm -p 8080:80 "$CI_REGISTRY_IMAGE" login -p "$PASSWORD"
        """,
        why="not docker's own login",
    )


CHECK = Check(
    id="auth-login-password-flag",
    title="Password as an argument of docker login",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        What stands on the command line can be read by every process of the machine while the command
        runs, and shows in the job's log as soon as the shell traces its commands. Docker warns
        of it in every run. The standard input shows nowhere.
    """,
    links=("https://docs.docker.com/reference/cli/docker/login/#password-stdin",),
    since="0.1",
)
