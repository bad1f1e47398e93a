"""A BuildKit release that lacks what the build asks for."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.job_image import job_image
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...source import Location, noted

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    seen = job_image(build.job).buildkit
    if build.tool not in BUILDCTL or seen.official is not True or seen.version is None:
        return
    if build.daemon.kind not in ("daemonless", "local"):
        return  # another daemon may be newer
    version = seen.version
    for what, since, place in _needs(build):
        if (*version, 0, 0)[:3] < since:
            yield context.finding(
                place,
                f"BuildKit {_shown(version)} does not know {what}: that came with {_shown(since)}",
                related=(noted(build.job.image.value.location, "its version"),)
                if build.job.image
                else (),
                advice=(f"use an image of {_shown(since)} or newer",),
            )


def _needs(build: Build) -> Iterator[tuple[str, tuple[int, ...], Location | None]]:
    """What the build uses, and the release that brought it (the project's release notes)."""
    if len(build.outputs) > 1:
        yield "several outputs of one build", (0, 13, 0), build.outputs[1].location
    for opt in build.opts:
        if opt.key.startswith("attest:"):
            yield "attestations", (0, 11, 0), opt.location
    for output in build.outputs:
        attributes = output.attributes
        if output.type == "local" and attributes and attributes.value("mode") == "delete":
            mode = attributes.get("mode")
            yield "mode=delete", (0, 31, 0), None if mode is None else mode.location


def _shown(version: tuple[int, ...]) -> str:
    return "v" + ".".join(map(str, version))


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.12.5-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar ⟦--output type=local,dest=out⟧
    """)
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.10.6-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt ⟦attest:provenance=mode=max⟧ --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.10.6-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="old, but it knows all that is asked for",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.10.6-rootless", entrypoint: [""]}
          variables: {BUILDKIT_HOST: "tcp://buildkitd.example.com:1234"}
          script:
            - buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt attest:sbom= --output type=oci,dest=image.tar
        """,
        why="the daemon elsewhere may be newer",
    )


CHECK = Check(
    id="buildkit-image-too-old",
    title="BuildKit too old for what the build asks",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        An option of a later release is refused by an older one, or ignored without a word, as
        attestations are. A pinned image grows old unnoticed while its job learns new options.
    """,
    links=("https://github.com/moby/buildkit/releases",),
    since="0.1",
)
