"""docker build without the directory to build from."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.editing import add_behind, subcommand
from ...builds.paths import make_path
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...text import Text


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in (Tool.BUILDX, Tool.DOCKER) or build.positional:
        return
    if not build.lacks("--help"):
        return
    name = build.tool.value
    yield context.finding(
        subcommand(build),
        f"`{name}` gets no build context",
        details=f"ERROR: docker: '{name}' requires 1 argument",
        advice=(". as the last word: the directory that holds what the Dockerfile copies",),
        fix=_fix(build, context),
    )


def _fix(build: Build, context: Context) -> Fix | None:
    """The current directory, where the Dockerfile is in it."""
    command = build.command
    edit = add_behind(command.words[-1].written, ".")
    if edit is None or not build.options or build.options[-1].words[-1] is not command.words[-1]:
        return None
    here = make_path(Text.of("Dockerfile"), None, command.cwd).resolved
    certain = here is not None and context.files.exists(here) is True
    return fix("Build from the current directory", edit, unsafe=not certain)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            ".gitlab-ci.yml": """
            build:
              image: docker:28-cli
              services: ["docker:28-dind"]
              script:
                - docker buildx ⟦build⟧ -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" --push
            """,
            "Dockerfile": "FROM scratch",
        },
        fixed={
            ".gitlab-ci.yml": """
            build:
              image: docker:28-cli
              services: ["docker:28-dind"]
              script:
                - docker buildx build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" --push .
            """,
            "Dockerfile": "FROM scratch",
        },
    )
    # Reading the Dockerfile from a file does not make up for it.
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              docker ⟦build⟧ \\
                --file docker/app.Dockerfile \\
                --tag app
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              docker build \\
                --file docker/app.Dockerfile \\
                --tag app .
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build $BUILD_ARGUMENTS
            - docker build -t app - < Dockerfile
        """,
        why="a variable that may hold it, and a Dockerfile alone",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx bake
            - docker compose build
        """,
        why="these take it from their files",
    )


CHECK = Check(
    id="buildx-missing-context",
    title="docker build without a build context",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The last word of docker build is the directory whose files the Dockerfile may copy, mostly
        a single dot, which is easily lost. Without it docker prints its usage and fails; with
        `--file` it is needed all the same.
    """,
    links=("https://docs.docker.com/build/concepts/context/",),
    since="0.1",
)
