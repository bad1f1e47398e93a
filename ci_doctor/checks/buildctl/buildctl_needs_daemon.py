"""`buildctl` where no buildkitd answers."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.job_image import job_image
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...finding import Confidence, Finding, Severity


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool is not Tool.BUILDCTL or build.daemon.kind != "none":
        return
    seen = job_image(build.job)
    known = seen.buildkit.official is True and build.job.knows_variables
    place = build.command.program.text.location
    yield context.finding(
        build.command.program.written,
        "no buildkitd answers `buildctl` here: nothing starts one, and BUILDKIT_HOST is not set",
        confidence=Confidence.CERTAIN if known else Confidence.LIKELY,
        details=(
            "error: listing workers for Build: failed to list workers: Unavailable: connection error: "
            "dial unix …/buildkitd.sock: connect: no such file or directory"
        ),
        advice=(
            "call buildctl-daemonless.sh, which starts buildkitd for the one build",
            "or add a moby/buildkit service and set BUILDKIT_HOST to it",
        ),
        fix=fix("Call buildctl-daemonless.sh", replace(place, "buildctl-daemonless.sh"))
        if known and place is not None and place.text == "buildctl"
        else None,
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - ⟦buildctl⟧ build --frontend dockerfile.v0 --local context=. --local dockerfile=.
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
    # In somebody's own image: it could set BUILDKIT_HOST, so this is a warning.
    yield Example("""
        build:
          image: registry.example.com/ci/tools:3
          script:
            - apk add --no-cache buildctl
            - ⟦buildctl⟧ build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          services:
            - name: moby/buildkit:v0.32.2
              alias: buildkitd
              command: ["--addr", "tcp://0.0.0.0:1234"]
          variables: {BUILDKIT_HOST: "tcp://buildkitd:1234"}
          script:
            - buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
        why="a service answers",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          script:
            - buildkitd --addr unix:///run/buildkit/buildkitd.sock &
            - sleep 3
            - buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
        why="the job starts a daemon",
    )


CHECK = Check(
    id="buildctl-needs-daemon",
    title="buildctl without a daemon",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `buildctl` is only a client: it asks a buildkitd at BUILDKIT_HOST or `--addr`. In a job
        container none runs unless the job or a service starts one.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/",
        "https://github.com/moby/buildkit/tree/master/examples/buildctl-daemonless",
    ),
    symptoms=("buildkitd-unreachable",),
    yields_to=("buildctl-against-dind",),
    since="0.1",
)
