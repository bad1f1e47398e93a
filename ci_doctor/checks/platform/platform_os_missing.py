"""A platform without its operating system."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...finding import Finding, Severity
from ...images.platforms import InvalidPlatform, parse_platform


def find(build: Build, context: Context) -> Iterator[Finding]:
    for item in build.platforms:
        written = item.text.value
        if not written or "/" in written or written != written.strip():
            continue
        try:
            platform = parse_platform(written)
        except InvalidPlatform:
            continue
        if not platform.is_known or not platform.architecture:
            continue
        place = item.location
        yield context.finding(
            place,
            f"'{written}' is short for '{platform}'",
            advice=(str(platform),),
            fix=fix(f"Write `{platform}`", replace(place, str(platform)))
            if place is not None and place.text == written
            else None,
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --platform ⟦amd64⟧,⟦arm64⟧ -o type=oci,dest=app.tar .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --platform linux/amd64,linux/arm64 -o type=oci,dest=app.tar .
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=⟦aarch64⟧ --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=linux/arm64 --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --platform linux/arm64 -t app .
            - docker buildx build --platform $PLATFORM -t app .
        """,
        why="written in full, and not known",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --platform linux -t app .
        """,
        why="an operating system: the machine's own architecture is meant",
    )


CHECK = Check(
    id="platform-os-missing",
    title="Platform without operating system",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A single word is completed by the machine that builds: `arm64` becomes `linux/arm64`.
        Other tools, and the tags of images, want the full name, so it is better written out.
    """,
    links=("https://docs.docker.com/build/building/multi-platform/",),
    since="0.1",
)
