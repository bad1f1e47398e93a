"""Several platforms in a format that holds one."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Finding, Severity
from ...images.platforms import InvalidPlatform, parse_platform
from ...source import Location, noted

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL or len(_platforms(build)) < 2:
        return
    for output in build.outputs:
        kind = None if output.attributes is None else output.attributes.get("type")
        if output.type != "docker" or kind is None:
            continue
        yield context.finding(
            kind.value_location,
            "Docker's tar holds one platform, and the build has several",
            details="docker exporter does not currently support exporting manifest lists",
            related=[noted(p.location, "the platforms begin here") for p in build.platforms[:1]],
            advice=("type=oci", "or one build for each platform"),
            fix=_fix(kind.value_location),
        )


def _platforms(build: Build) -> set[str]:
    """The different platforms that are known."""
    known = set()
    for platform in build.platforms:
        if platform.text.value is not None:
            try:
                known.add(str(parse_platform(platform.text.value.strip())))
            except InvalidPlatform:
                known.add(platform.text.value.strip())
    return known - {""}


def _fix(place: Location | None) -> Fix | None:
    if place is None or place.text != "docker":
        return None
    return fix("Write `type=oci`", replace(place, "oci"), unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=linux/amd64,linux/arm64 --output type=⟦docker⟧,name=app,dest=app.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=linux/amd64,linux/arm64 --output type=oci,name=app,dest=app.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
            PLATFORMS: linux/amd64,linux/arm/v7
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=$PLATFORMS --output type=⟦docker⟧,name=app > app.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
            PLATFORMS: linux/amd64,linux/arm/v7
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=$PLATFORMS --output type=oci,name=app > app.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=linux/amd64,linux/x86_64 --output type=docker,name=app,dest=app.tar
        """,
        why="the same platform twice",
    )
    yield LookAlike(
        """
        build:
          parallel: {matrix: [{PLATFORM: [linux/amd64, linux/arm64]}]}
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=$PLATFORM --output type=docker,name=app,dest=app.tar
        """,
        why="one platform in each of the jobs",
    )


CHECK = Check(
    id="buildctl-docker-multi-platform",
    title="type=docker with several platforms",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The format of `docker save` knows no index, so that BuildKit builds every platform and then
        refuses to write them. The OCI format holds them all.
    """,
    links=("https://github.com/moby/buildkit#docker-tarball",),
    since="0.1",
)
