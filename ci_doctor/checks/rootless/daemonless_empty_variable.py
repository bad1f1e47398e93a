"""A variable of buildctl-daemonless.sh that is set and empty."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.environment import exported
from ...builds.job_image import job_image
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.editing import remove_variable

EFFECTS = {
    "BUILDKITD": "[rootlesskit:parent] error: flag provided but not defined: -addr",
    "BUILDCTL": "could not connect to … after 10 trials, though the daemon runs",
    "ROOTLESSKIT": "buildkitd: rootless mode requires to be executed as the mapped root",
}


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool is not Tool.BUILDCTL_DAEMONLESS:
        return
    for name, effect in EFFECTS.items():
        value = exported(build.command, name)
        if value is None or value.is_empty is not True:
            continue
        if name == "ROOTLESSKIT" and job_image(build.job).root is not False:
            continue  # it is for ordinary users
        variable = build.job.variables.get(name)
        written = None if variable is None else variable.value
        place = None if written is None else written.key_location
        yield context.finding(
            place or build.command.program.written,
            f"{name} is set and empty: buildctl-daemonless.sh calls no program in its place",
            details=effect,
            advice=(f"leave {name} out: the script has a default for it",),
            fix=None if variable is None else _fix(build, name),
        )


def _fix(build: Build, name: str) -> Fix | None:
    edits = remove_variable(build.job, name)
    return fix(f"Remove {name}", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            ⟦BUILDKITD⟧: ""
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - export BUILDCTL=
            - ⟦buildctl-daemonless.sh⟧ build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          tags: [saas-linux-small-amd64]
          variables: {BUILDKITD_FLAGS: ""}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="no flags are the default",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          tags: [saas-linux-small-amd64]
          variables: {ROOTLESSKIT: "", BUILDCTL: buildctl}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="as root the script calls no RootlessKit",
    )


CHECK = Check(
    id="daemonless-empty-variable",
    title="Empty variable of buildctl-daemonless.sh",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The script takes its programs from BUILDCTL, BUILDKITD and ROOTLESSKIT, with a default for
        each that is not set. An empty value is set: the script then runs the next word as the
        program, and the daemon never starts.
    """,
    links=("https://github.com/moby/buildkit/tree/master/examples/buildctl-daemonless",),
    since="0.1",
)
