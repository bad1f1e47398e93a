"""Variables that switch on what docker does anyway."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import parse_bool
from ...builds.environment import exported
from ...builds.job_image import is_older
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.editing import remove_variable
from ...pipeline.model import Job
from ...source import Location
from ...text import Text

# The first versions that need them no more.
SINCE = {"DOCKER_BUILDKIT": (23,), "DOCKER_CLI_EXPERIMENTAL": (20, 10)}


def find(job: Job, context: Context) -> Iterator[Finding]:
    docker = context.builds.image.docker
    if docker.official is not True:
        return
    seen: list[Location | None] = []
    for command in context.builds.docker_commands:
        for name, since in SINCE.items():
            value = exported(command, name)
            if value is None or value.location in seen or not _is_on(name, value):
                continue
            modern = docker.is_floating if docker.version is None else None
            if modern is not True and is_older(docker.version, since) is not False:
                continue
            seen.append(value.location)
            yield context.finding(
                value.location,
                f"{name} says what docker does by itself since {'.'.join(map(str, since))}",
                advice=(f"leave {name} out",),
                fix=_fix(job, name, value),
            )


def _is_on(name: str, value: Text) -> bool:
    return value.equals("enabled") is True if name.endswith("AL") else parse_bool(value) is True


def _fix(job: Job, name: str, value: Text) -> Fix | None:
    variable = job.variables.get(name)
    if variable is None or variable.text.location != value.location:
        return None
    edits = remove_variable(job, name)
    return fix(f"Remove {name}", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_BUILDKIT: ⟦1⟧
            DOCKER_CLI_EXPERIMENTAL: ⟦enabled⟧
            APP: shop
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            APP: shop
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
            - DOCKER_BUILDKIT=⟦1⟧ docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:20.10.24
          services: ["docker:20.10.24-dind"]
          variables: {DOCKER_BUILDKIT: 1}
          script: docker build -t app .
        """,
        settings=settings,
        why="docker 20.10 has to be asked",
    )
    yield LookAlike(
        """
        build:
          image: registry.example.com/ci/docker-tools:4
          services: ["docker:28-dind"]
          variables: {DOCKER_BUILDKIT: 1}
          script: docker build -t app .
        """,
        settings=settings,
        why="which docker the image has is not known",
    )


CHECK = Check(
    id="docker-buildkit-redundant",
    title="Needless DOCKER_BUILDKIT",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        docker builds with BuildKit since version 23, and has had buildx and manifests without
        "experimental" since 20.10. The variables do no harm; they make readers think that
        something special is going on.
    """,
    links=("https://docs.docker.com/build/buildkit/",),
    since="0.1",
)
