"""`buildctl build` without a frontend."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.editing import add_behind, subcommand
from ...builds.output_text import standard_input
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
FRONTEND = "--frontend dockerfile.v0"


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL or not build.lacks("--frontend"):
        return
    if standard_input(build.command) is not None or build.given("--help"):
        return  # a definition that another program made, or a question
    yield context.finding(
        build.command.program.written,
        "`buildctl build` without `--frontend` waits for a build definition on its standard input",
        details="error: empty definition sent to build. Specify --frontend instead?",
        advice=(FRONTEND,),
        fix=_fix(build),
    )


def _fix(build: Build) -> Fix | None:
    if not build.locals and not build.opts:
        return None  # nothing shows that a Dockerfile is meant
    edit = add_behind(subcommand(build), FRONTEND)
    return None if edit is None else fix(f"Add `{FRONTEND}`", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - ⟦buildctl-daemonless.sh⟧ build --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              ⟦buildctl-daemonless.sh⟧ --debug build \\
                --local context=. \\
                --local dockerfile=. \\
                --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh --debug build --frontend dockerfile.v0 \\
                --local context=. \\
                --local dockerfile=. \\
                --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - ./ci/definition | buildctl-daemonless.sh build --local src=.
              --output type=oci,dest=image.tar
        """,
        why="the definition is piped in",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build $BUILD_OPTIONS --output type=oci,dest=image.tar
        """,
        why="the options may hold it",
    )


CHECK = Check(
    id="buildctl-missing-frontend",
    title="buildctl build without --frontend",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `buildctl` does not know Dockerfiles: a frontend turns them into what BuildKit executes.
        Without one it reads that from its standard input, which is empty in a job.
    """,
    links=("https://github.com/moby/buildkit#building-a-dockerfile-with-buildctl",),
    since="0.1",
)
