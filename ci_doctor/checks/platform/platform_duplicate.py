"""One platform under two names, or twice."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...finding import Finding, Severity
from ...images.platforms import InvalidPlatform, Platform, parse_platform
from ...source import Location, Span


def find(build: Build, context: Context) -> Iterator[Finding]:
    seen: dict[Platform, tuple[str, Location | None]] = {}
    for item in build.platforms:
        written = (item.text.value or "").strip()
        platform = _parsed(written)
        if platform is None:
            continue
        if platform not in seen:
            seen[platform] = written, item.location
            continue
        other, place = seen[platform]
        yield context.finding(
            item.location,
            f"'{written}' is built already"
            + ("" if written == other else f": it is another name of '{other}'"),
            details=f'WARN: Duplicate platform result requested "{platform}"',
            related=(None if place is None else place.noted("the same platform"),),
            advice=("remove it",),
            fix=_fix(item.location, written),
        )


def _parsed(written: str) -> Platform | None:
    try:
        return parse_platform(written) if written else None
    except InvalidPlatform:
        return None


def _fix(place: Location | None, written: str) -> Fix | None:
    """Take it away with the comma before it."""
    if place is None or place.text.strip() != written:
        return None
    start, end = place.span
    if place.source.text[start - 1 : start] != ",":
        return None
    return fix(f"Remove `{written}`", Edit(place.path, Span(start - 1, end), ""))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --platform linux/amd64,linux/arm64,⟦linux/arm64/v8⟧
              -o type=oci,dest=app.tar .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --platform linux/amd64,linux/arm64
              -o type=oci,dest=app.tar .
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
            PLATFORMS: linux/x86_64,⟦linux/amd64⟧,linux/riscv64
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=$PLATFORMS --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
            PLATFORMS: linux/x86_64,linux/riscv64
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=$PLATFORMS --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --platform linux/arm/v6,linux/arm/v7,linux/arm64,linux/amd64,linux/amd64/v3
              -o type=oci,dest=app.tar .
        """,
        why="variants are platforms of their own",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --platform linux/arm64 -t app:arm .
            - docker buildx build --platform linux/arm64 -t app:arm64 .
        """,
        why="two builds",
    )


CHECK = Check(
    id="platform-duplicate",
    title="Platform given twice",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `linux/arm64` and `linux/arm64/v8` are the same platform, as are `linux/amd64` and
        `linux/x86_64`. BuildKit builds it once and warns; the list says more than the image has.
    """,
    links=("https://docs.docker.com/build/building/multi-platform/",),
    since="0.1",
)
