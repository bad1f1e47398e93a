"""A target platform that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Platform
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Finding, Severity
from ...images.platforms import InvalidPlatform, nearest, parse_platform


def find(build: Build, context: Context) -> Iterator[Finding]:
    for platform in build.platforms:
        written = platform.text.value
        # A blank beside a comma, or nothing between two, is another fault.
        if not written or written != written.strip():
            continue
        details = _refusal(written)
        if details is None:
            continue
        meant = nearest(written)
        yield context.finding(
            platform.location,
            f"there is no platform '{written}'" + (f": did you mean '{meant}'?" if meant else ""),
            details=details,
            advice=() if meant else ("linux/amd64, linux/arm64, linux/arm/v7, …",),
            fix=_fix(platform, meant),
        )


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


def _fix(platform: Platform, meant: str | None) -> Fix | None:
    place = platform.location
    if meant is None or place is None or place.text != platform.text.value:
        return None
    return fix(f"Write `{meant}`", replace(place, meant))


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
