"""Rootless BuildKit that will try to mount /proc for its RUN steps."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, DaemonlessFlags, Tool
from ...builds.job_image import job_image
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.editing import add_variable
from ...source import Span
from ...text import Literal

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
        fix=_fix(build, flags),
    )


def _fix(build: Build, flags: DaemonlessFlags) -> Fix | None:
    title = f"Add `{FLAG}` to BUILDKITD_FLAGS"
    if flags.text is None:
        edits = add_variable(build.job, "BUILDKITD_FLAGS", FLAG)
        return fix(title, *edits) if edits else None
    # Behind the last known character of the value, inside its quotes.
    last = flags.text.parts[-1] if flags.text.parts else None
    if not isinstance(last, Literal) or last.at is None:
        return None
    place = last.at.locate()
    end = place.span.end
    return fix(title, Edit(place.path, Span(end, end), f" {FLAG}"))


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
