"""BuildKit is switched off for a build that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ...builds.build import Build, Tool, parse_bool
from ...builds.classic import refused_instructions, refused_options
from ...builds.environment import exported
from ...builds.job_image import is_older, job_image
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.editing import remove_variable
from ...text import Text

NAME = "DOCKER_BUILDKIT"
BY_DEFAULT = (23,)  # the first docker that builds with BuildKit without being asked


def find(build: Build, context: Context) -> Iterator[Finding]:
    asked = exported(build.command, NAME)
    if build.tool is not Tool.DOCKER or build.builder.driver != "classic":
        return
    if asked is None or parse_bool(asked) is not False:
        return
    dockerfile = context.dockerfile(build)
    instructions = () if dockerfile is None else refused_instructions(dockerfile)
    what, place = next(chain(refused_options(build), instructions), (None, None))
    yield context.finding(
        asked.location,
        f"{NAME} is off, and the build needs BuildKit: {what}"
        if what
        else f"{NAME} is off: the classic builder is slower, and will be removed",
        severity=Severity.ERROR if what else Severity.INFO,
        details="docker build ends in an unknown flag, a parse error, or: the --mount option "
        "requires BuildKit"
        if what
        else "DEPRECATED: The legacy builder is deprecated and will be removed in a future release.",
        related=() if place is None else (place.noted("what it cannot do"),),
        advice=(f"leave {NAME} out: it is on since docker 23",),
        fix=_fix(build, asked),
    )


def _fix(build: Build, asked: Text) -> Fix | None:
    variable = build.job.variables.get(NAME)
    old = is_older(job_image(build.job).docker.version, BY_DEFAULT)
    if variable is not None and variable.text.location == asked.location and old is False:
        edits = remove_variable(build.job, NAME)
        return fix(f"Remove {NAME}", *edits) if edits else None
    place = asked.location
    if place is None or place.text != asked.value:
        return None
    return fix("Turn BuildKit on", replace(place, "1"))


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        {
            ".gitlab-ci.yml": """
            build:
              image: docker:28-cli
              services: ["docker:28-dind"]
              variables:
                DOCKER_BUILDKIT: ⟦0⟧
                APP: shop
              script:
                - docker build -t $APP .
            """,
            "Dockerfile": """
            FROM node:24
            RUN --mount=type=cache,target=/root/.npm npm ci
            """,
        },
        fixed={
            ".gitlab-ci.yml": """
            build:
              image: docker:28-cli
              services: ["docker:28-dind"]
              variables:
                APP: shop
              script:
                - docker build -t $APP .
            """,
            "Dockerfile": """
            FROM node:24
            RUN --mount=type=cache,target=/root/.npm npm ci
            """,
        },
        settings=settings,
    )
    # Options of buildx; an old docker needs to be told.
    yield Example(
        """
        build:
          image: docker:20.10.24
          services: ["docker:20.10.24-dind"]
          script:
            - DOCKER_BUILDKIT=⟦0⟧ docker build --secret id=npm,src=.npmrc -t app .
        """,
        fixed="""
        build:
          image: docker:20.10.24
          services: ["docker:20.10.24-dind"]
          script:
            - DOCKER_BUILDKIT=1 docker build --secret id=npm,src=.npmrc -t app .
        """,
        settings=settings,
    )
    # Advice where the build does without.
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {DOCKER_BUILDKIT: "⟦false⟧"}
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {DOCKER_BUILDKIT: 0}
          script: docker buildx build --secret id=npm,src=.npmrc -t app .
        """,
        settings=settings,
        why="`docker buildx build` does not read the variable",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {DOCKER_BUILDKIT: "0"}
          script: DOCKER_BUILDKIT=1 docker build --secret id=npm,src=.npmrc -t app .
        """,
        settings=settings,
        why="on for this command",
    )


CHECK = Check(
    id="docker-buildkit-disabled",
    title="DOCKER_BUILDKIT switched off",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        DOCKER_BUILDKIT=0 brings the builder of the years before 2020 back. It knows no `--mount`,
        no heredocs, no `--secret` and one platform at a time, and stops with an error that rarely
        speaks of the variable.
    """,
    links=(
        "https://docs.docker.com/build/buildkit/",
        "https://docs.docker.com/reference/cli/docker/#environment-variables",
    ),
    since="0.1",
)
