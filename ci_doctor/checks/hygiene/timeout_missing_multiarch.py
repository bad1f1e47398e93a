"""Emulated builds with the timeout of ordinary jobs."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...builds.stage_platforms import stage_runs
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...samples import MULTI

DRIVERS = ("daemonless", "docker-container", "docker")


def find(build: Build, context: Context) -> Iterator[Finding]:
    job = build.job
    dockerfile = context.dockerfile(build)
    if dockerfile is None or build.builder.driver not in DRIVERS:
        return
    if job.get("timeout") is not None or job.may_inherit("timeout"):
        return
    # Builders with machines of several kinds need no emulator.
    if any(create.appends is not False for create in context.builds.buildx_creates):
        return
    emulated = {
        run.target.platform.architecture
        for run in stage_runs(build, dockerfile)
        if run.platform == run.target.platform and run.steps
    }
    if len(emulated) < 2:
        return
    yield context.finding(
        job.location,
        f"RUN steps for {' and '.join(sorted(emulated))} in one job may outlast the project's timeout",
        confidence=Confidence.POSSIBLE,
        details="In an emulator a step takes 5 to 20 times as long; the timeout is one hour unless the "
        "project or the runner says otherwise.",
        advice=("timeout: 2h",),
    )


def examples() -> Iterator[Example | LookAlike]:
    steps = """
        FROM debian:12
        RUN apt-get update && apt-get install -y build-essential
        COPY . /src
        RUN make -C /src install
    """
    marked = MULTI.replace("build:", "⟦build⟧:", 1)
    yield Example({"Dockerfile": steps, ".gitlab-ci.yml": marked})
    yield Example(
        {
            "Dockerfile": steps,
            ".gitlab-ci.yml": """
                ⟦build⟧:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt platform=linux/amd64,linux/arm64
                      --output type=oci,dest=image.tar
            """,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": steps,
            ".gitlab-ci.yml": MULTI.replace("build:\n", "build:\n  timeout: 3h\n", 1),
        },
        why="the job has a timeout of its own",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26 AS build
                ARG TARGETARCH
                COPY . /src
                RUN cd /src && GOARCH=$TARGETARCH go build -o /app .
                FROM debian:12-slim
                COPY --from=build /app /app
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="nothing runs in an emulator",
    )


CHECK = Check(
    id="timeout-missing-multiarch",
    title="Emulated build with the default timeout",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Steps for a foreign platform run in an emulator. A build that takes ten minutes for its own
        platform may take hours for another one, and the job then ends at the project's timeout,
        with the layers lost.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#timeout",),
    since="0.1",
)
