"""A target platform that does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...builds.build import Build, Platform
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Finding, Severity
from ...images.platforms import InvalidPlatform, nearest, parse_platform
from ...source import Location
from ...text import Text


def find(build: Build, context: Context) -> Iterator[Finding]:
    for platform in build.platforms:
        for text in platform.text.variants():
            written = text.value
            # A blank beside a comma, or nothing between two, is another fault.
            if not written or written != written.strip():
                continue
            details = _refusal(written)
            if details is None:
                continue
            meant = nearest(written)
            wrong = _wrong_part(platform, text, meant)
            yield context.finding(
                wrong.location or platform.location,
                f"there is no platform '{written}'"
                + (f": did you mean '{meant}'?" if meant else ""),
                details=details,
                advice=() if meant else ("linux/amd64, linux/arm64, linux/arm/v7, …",),
                fix=_fix(wrong),
            )


@dataclass(frozen=True)
class _Part:
    """What is wrong of a platform, where it is written in one place, and what to write there."""

    location: Location | None = None
    meant: str | None = None


def _wrong_part(platform: Platform, text: Text, meant: str | None) -> _Part:
    for place in (platform.location, text.location):
        if place is not None and place.text == text.value:
            return _Part(place, meant)
    # `linux/$ARCH`: the architecture alone comes from elsewhere.
    pieces, right = text.split("/"), (meant or "").split("/")
    if len(pieces) == len(right):
        differing = [(a, b) for a, b in zip(pieces, right, strict=True) if a.value != b]
        if len(differing) == 1:
            (piece, better), place = differing[0], differing[0][0].location
            if place is not None and place.text == piece.value:
                return _Part(place, better)
    return _Part()


def _refusal(written: str) -> str | None:
    """What happens with the platform, None for one that exists."""
    try:
        if parse_platform(written).is_known:
            return None
    except InvalidPlatform as error:
        return f"failed to parse target platform {written}: {error.message}"
    return (
        "BuildKit does not refuse it: where no base image is pulled for it, the job pushes an image "
        "for an architecture that no machine has."
    )


def _fix(wrong: _Part) -> Fix | None:
    if wrong.meant is None or wrong.location is None:
        return None
    return fix(f"Write `{wrong.meant}`", replace(wrong.location, wrong.meant))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker buildx create --use
          script:
            - docker buildx build --platform linux/amd64,⟦linux/arm64v8⟧ --push -t "$CI_REGISTRY_IMAGE" .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker buildx create --use
          script:
            - docker buildx build --platform linux/amd64,linux/arm64 --push -t "$CI_REGISTRY_IMAGE" .
        """,
    )
    # Written in a variable, used elsewhere.
    yield Example(
        """
        variables:
          PLATFORMS: "linux/arm64,⟦linux/x64⟧"

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt platform=$PLATFORMS --output type=oci,dest=image.tar
        """,
        fixed="""
        variables:
          PLATFORMS: "linux/arm64,linux/amd64"

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt platform=$PLATFORMS --output type=oci,dest=image.tar
        """,
    )
    # One of a matrix, and only the architecture of it.
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt platform=linux/$ARCH --output type=oci,dest=image.tar
          parallel:
            matrix:
              - ARCH: [amd64, ⟦amr64⟧]
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt platform=linux/$ARCH --output type=oci,dest=image.tar
          parallel:
            matrix:
              - ARCH: [amd64, arm64]
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt platform=linux/x86_64,linux/aarch64,linux/arm/v7,ppc64le
              --output type=oci,dest=image.tar
        """,
        why="other names of platforms that exist",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt platform=linux/$ARCH --output type=oci,dest=image.tar
        """,
        why="the architecture is a variable",
    )


CHECK = Check(
    id="platform-unknown",
    title="Unknown platform",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        BuildKit checks a platform only when it is one word: `linux/foo` is taken as it stands.
        Either the base image has no such platform, or an image is built and pushed that no
        machine will ever pull.
    """,
    links=("https://docs.docker.com/build/building/multi-platform/",),
    symptoms=("platform-not-parsed", "platform-not-in-image"),
    since="0.1",
)
