"""An image that gets a name and stays in the daemon."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.exporters import is_sound
from ...builds.purpose import is_trial
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit
from ...finding import Confidence, Finding, Severity
from ...source import Span

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
OTHER_USES = ("push-by-digest", "unpack", "store")


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL or any(output.pushes is not False for output in build.outputs):
        return
    for output in build.outputs:
        attributes = output.attributes
        if output.type != "image" or attributes is None or not is_sound(attributes):
            continue
        name = attributes.get("name")
        if name is None or not attributes.lacks("push"):
            continue
        if any(attributes.get(key) for key in OTHER_USES):
            continue
        # A daemon elsewhere may keep images, for containerd or for a later build.
        kept = build.daemon.kind not in ("daemonless", "local")
        whole = attributes.option.value_location
        end = None if whole is None else whole.span.end
        yield context.finding(
            name.location,
            "the image is not pushed: its output has a name, and no push=true",
            severity=Severity.INFO if is_trial(build) or kept else None,
            confidence=Confidence.POSSIBLE if kept else Confidence.CERTAIN,
            details="buildctl ends with exit code 0; the image goes with the daemon.",
            advice=("push=true", "or push=false, if a test build is meant"),
            fix=None
            if whole is None or end is None
            else fix("Push it", Edit(whole.path, Span(end, end), ",push=true"), unsafe=True),
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,⟦name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA⟧
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
    # Advice only where a test is all that is meant.
    yield Example(
        """
        test image:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output "type=image,⟦name=app⟧,compression=zstd"
        """,
        fixed="""
        test image:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output "type=image,name=app,compression=zstd,push=true"
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=false
        """,
        why="it says that nothing is to be pushed",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,$PUSH_OPTION
        """,
        why="the variable may hold push=true",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,Push=
        """,
        why="an empty value pushes, and the case of the key does not count",
    )


CHECK = Check(
    id="buildctl-name-without-push",
    title="Image named and not pushed",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `type=image,name=…` names the image inside the daemon. Only `push=true` sends it to the
        registry. A daemon that lives as long as the job takes the image with it, and the job is green.
    """,
    links=("https://github.com/moby/buildkit#imageregistry",),
    since="0.1",
)
