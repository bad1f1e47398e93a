"""A build whose result nobody keeps."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.editing import add_option
from ...builds.frontend import lacks_opt
from ...builds.purpose import is_trial
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Confidence, Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
OUTPUT = "--output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true"


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL or not build.lacks("--output"):
        return
    if build.given("--export-cache") or not lacks_opt(build, "requestid"):
        return  # made for its cache, or a question
    if build.given("--exporter") or not build.given("--frontend"):
        return
    edit = add_option(build, OUTPUT)
    # A daemon elsewhere keeps its cache, which may be what is wanted.
    lasting = build.daemon.kind not in ("daemonless", "local", "none")
    yield context.finding(
        build.command.program.written,
        "nothing is kept of this build: it has no `--output`",
        severity=Severity.INFO if is_trial(build) else None,
        confidence=Confidence.POSSIBLE if lasting else Confidence.CERTAIN,
        details="buildctl ends with exit code 0; the image goes with the daemon.",
        advice=(OUTPUT,),
        fix=None if edit is None else fix("Push the image", edit, unsafe=True),
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - ⟦buildctl-daemonless.sh⟧ build --frontend dockerfile.v0 --local context=.
              --local dockerfile=.
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
    )
    # Advice only where the name tells that a test is all that is meant.
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - ⟦buildctl-daemonless.sh⟧ build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt target=test
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt target=test --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
    )
    yield LookAlike(
        """
        warm the cache:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --export-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max
        """,
        why="the cache is kept",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. $OUTPUT_OPTIONS
        """,
        why="the variable may hold it",
    )


CHECK = Check(
    id="buildctl-no-output",
    title="buildctl build without --output",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Without `--output` BuildKit builds everything and leaves the result in its own cache, which
        goes with the job. The job is green, and there is no image.
    """,
    links=("https://github.com/moby/buildkit#output",),
    since="0.1",
)
