"""`$CI_BUILD_TOKEN`, which GitLab does not set any more."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...execution.command import Command
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import Location
from ...text import Symbol

OLD = "CI_BUILD_TOKEN"


def find(job: Job, context: Context) -> Iterator[Finding]:
    if not job.knows_variables:
        return  # an include that was not read may set it
    logins = {id(command) for command in _logins(context)}
    seen: set[Location] = set()
    for command in context.execution.commands:
        for symbol in _symbols(command):
            place = None if symbol.at is None else symbol.at.locate()
            if symbol.variable != OLD or place is None or place in seen:
                continue
            seen.add(place)
            new = "CI_REGISTRY_PASSWORD" if id(command) in logins else "CI_JOB_TOKEN"
            yield context.finding(
                place,
                f"`${OLD}` is empty: GitLab does not set it any more",
                details="An empty password is refused: Error: Cannot perform an interactive login from a "
                "non TTY device, or 401 Unauthorized.",
                advice=(f"${new}",),
                fix=_fix(place, new),
            )


def _logins(context: Context) -> Iterator[Command]:
    """The commands that log in, and those that print what they read."""
    waiting = [login.command for login in context.builds.logins]
    waiting += [write.command for write in context.builds.config_writes]
    while waiting:
        command = waiting.pop()
        yield command
        if command.piped_from is not None:
            waiting.append(command.piped_from)


def _symbols(command: Command) -> Iterator[Symbol]:
    for word in command.words:
        yield from word.text.symbols()
    for value in command.assignments.values():
        yield from value.symbols()
    for redirect in command.redirects:
        yield from redirect.target.symbols()


def _fix(place: Location, new: str) -> Fix | None:
    text = place.text.replace(OLD, new)
    if place.text.count(OLD) != 1:
        return None
    return fix(f"Use ${new}", replace(place, text))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "⟦$CI_BUILD_TOKEN⟧" | docker login -u gitlab-ci-token --password-stdin "$CI_REGISTRY"
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
    # Another use of the token than the registry.
    yield Example(
        """
        test:
          image: alpine:3.22
          script:
            - git clone "https://gitlab-ci-token:⟦${CI_BUILD_TOKEN}⟧@gitlab.example.com/group/tools.git"
        """,
        fixed="""
        test:
          image: alpine:3.22
          script:
            - git clone "https://gitlab-ci-token:${CI_JOB_TOKEN}@gitlab.example.com/group/tools.git"
        """,
    )
    yield LookAlike(
        """
        variables:
          CI_BUILD_TOKEN: $CI_JOB_TOKEN

        test:
          image: alpine:3.22
          script:
            - git clone "https://gitlab-ci-token:${CI_BUILD_TOKEN}@gitlab.example.com/group/tools.git"
        """,
        why="the pipeline sets it itself",
    )
    yield LookAlike(
        """
        test:
          image: alpine:3.22
          script:
            - echo '$CI_BUILD_TOKEN is gone, use CI_JOB_TOKEN'
        """,
        why="only its name, in single quotes",
    )


CHECK = Check(
    id="auth-ci-build-token",
    title="CI_BUILD_TOKEN is not set",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The variables that began with `CI_BUILD_` have other names since GitLab 9 and are no longer
        set. The token is empty, and whatever logs in with it is refused.
    """,
    links=("https://docs.gitlab.com/ci/variables/predefined_variables/",),
    symptoms=("push-unauthorized",),
    since="0.1",
)
