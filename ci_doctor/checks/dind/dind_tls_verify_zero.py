"""DOCKER_TLS_VERIFY with a value that reads like "off"."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.environment import exported
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.editing import remove_variable
from ...pipeline.model import Job
from ...source import Location
from ...text import Text

NAME = "DOCKER_TLS_VERIFY"
OFF = ("0", "false", "no", "off")


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: list[Location | None] = []
    for command in context.builds.docker_commands:
        verify = exported(command, NAME)
        if verify is None or (verify.value or "").lower() not in OFF or verify.location in seen:
            continue
        seen.append(verify.location)
        yield context.finding(
            verify.location,
            f"{NAME} turns TLS on: docker only asks whether it is empty, not what it says",
            advice=(f'leave {NAME} out, or write {NAME}: ""',),
            fix=_fix(job, verify),
        )


def _fix(job: Job, verify: Text) -> Fix | None:
    variable = job.variables.get(NAME)
    if variable is None or variable.text.location != verify.location:
        return None
    edits = remove_variable(job, NAME)
    return fix(f"Remove {NAME}", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_CERTDIR: "/certs"
            DOCKER_TLS_VERIFY: ⟦0⟧
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_CERTDIR: "/certs"
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - DOCKER_TLS_VERIFY=⟦false⟧ docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_VERIFY: ""
          script: docker build -t app .
        """,
        settings=settings,
        why="empty is off",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_VERIFY: "1"
            DOCKER_TLS_CERTDIR: "/certs"
          script: docker build -t app .
        """,
        settings=settings,
        why="on is meant",
    )


CHECK = Check(
    id="dind-tls-verify-zero",
    title="DOCKER_TLS_VERIFY set to 0 or false",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The docker client takes any value of DOCKER_TLS_VERIFY that is not empty for "yes". A
        pipeline that writes 0 to turn TLS off gets it turned on, and connects only where the
        certificates happen to be there.
    """,
    links=("https://docs.docker.com/reference/cli/docker/#environment-variables",),
    since="0.1",
    yields_to=("dind-tls-verify-without-certdir",),
)
