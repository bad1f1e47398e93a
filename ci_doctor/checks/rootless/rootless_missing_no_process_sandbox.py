"""Rootless BuildKit that will try to mount /proc for its RUN steps."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.editing import add_daemon_flag
from ...builds.job_image import job_image
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity

FLAG = "--oci-worker-no-process-sandbox"


def find(build: Build, context: Context) -> Iterator[Finding]:
    flags = build.daemonless_flags
    if build.tool is not Tool.BUILDCTL_DAEMONLESS or flags is None:
        return
    if job_image(build.job).rootless is not True or flags.has(FLAG) is not False:
        return
    if flags.config is not None or any(
        write.target.endswith("buildkitd.toml") is not False for write in context.builds.writes
    ):
        return  # its [worker.oci] may hold noProcessSandbox
    if flags.text is not None and flags.text.contains(FLAG) is True:
        return  # it is there, but not as a word of its own
    if any(option.name == FLAG for option in (*build.global_options, *build.options)):
        return  # it is there, but given to the client
    unseen = flags.text is None and not build.job.knows_variables
    privileged = context.runner.privileged is True
    yield context.finding(
        build.command.program.written,
        f"rootless BuildKit without `{FLAG}` in BUILDKITD_FLAGS: RUN steps cannot mount /proc",
        severity=Severity.INFO if privileged else None,
        confidence=Confidence.LIKELY if unseen else Confidence.CERTAIN,
        details=(
            'The first RUN step fails: error mounting "proc" to rootfs at "/proc": mount '
            "proc:/proc (via /proc/self/fd/6), flags: 0xe: operation not permitted. "
            "A privileged runner does not need the flag."
        ),
        related=() if flags.location is None else (flags.location.noted("the flags are set here"),),
        advice=(f"variables: {{BUILDKITD_FLAGS: {FLAG}}}",),
        fix=_fix(build),
    )


def _fix(build: Build) -> Fix | None:
    edits = add_daemon_flag(build, FLAG)
    return fix(f"Add `{FLAG}` to BUILDKITD_FLAGS", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - ⟦buildctl-daemonless.sh⟧ build --frontend dockerfile.v0 --local context=.
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
    # Other flags are set, this one is not.
    yield Example(
        """
        variables:
          BUILDKITD_FLAGS: "--debug"

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - |
              ⟦buildctl-daemonless.sh⟧ build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=oci,dest=image.tar
        """,
        fixed="""
        variables:
          BUILDKITD_FLAGS: "--debug --oci-worker-no-process-sandbox"

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - export BUILDKITD_FLAGS="--oci-worker-no-process-sandbox"
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="set by the script",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: $DAEMON_FLAGS}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="a project variable may hold the flag",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: "--config /tmp/buildkitd.toml"}
          script:
            - printf '[worker.oci]\\nnoProcessSandbox = true\\n' > /tmp/buildkitd.toml
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="set in the configuration file",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          tags: [saas-linux-small-amd64]
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="hosted runners are privileged",
    )


CHECK = Check(
    id="rootless-missing-no-process-sandbox",
    title="Rootless BuildKit without --oci-worker-no-process-sandbox",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A RUN step normally gets its own process namespace with a fresh /proc. In an unprivileged
        container the kernel refuses that mount, so every Dockerfile with a RUN fails; one
        without RUN builds, and the mistake hides until somebody adds one. The flag makes the
        steps share the job container's /proc.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#buildkit-rootless",
        "https://github.com/moby/buildkit/blob/master/docs/rootless.md",
    ),
    symptoms=("rootless-proc-mount",),
    since="0.1",
)
