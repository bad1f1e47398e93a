"""A cache option in its old form, without a type."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build, Tool
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...finding import Finding, Severity
from ...source import Span

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
TYPED = "type=registry,ref="


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for cache in (*build.cache_to, *build.cache_from):
        if not cache.short or cache.opaque:
            continue
        yield context.finding(
            cache.option.value_location,
            f"`{cache.option.name}` without a type is an old form of `{TYPED}…`",
            details="It still works, with a warning, and takes no further fields such as mode=max.",
            advice=(f"{cache.option.name} {TYPED}NAME",),
            fix=_fix(cache),
        )


def _fix(cache: Attributes) -> Fix | None:
    place = cache.option.value_location
    written = cache.option.words[-1].written
    # A value that comes from a variable is changed at its use.
    if place is None or written is None or not written.span.contains(place.span):
        return None
    start = place.span.start
    return fix(f"Write `{TYPED}`", Edit(place.path, Span(start, start), TYPED))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache ⟦$CI_REGISTRY_IMAGE:cache⟧ --export-cache "⟦$CI_REGISTRY_IMAGE:cache⟧"
              --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache --export-cache "type=registry,ref=$CI_REGISTRY_IMAGE:cache"
              --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache=⟦localhost:5000/app/cache⟧ --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache=type=registry,ref=localhost:5000/app/cache --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache $CACHE --output type=oci,dest=image.tar
        """,
        why="the variable may hold the type",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --cache-from $CI_REGISTRY_IMAGE:latest --output type=oci,dest=image.tar .
        """,
        why="docker's short form is not deprecated",
    )


CHECK = Check(
    id="buildctl-deprecated-cache-form",
    title="Cache option without a type",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `--export-cache NAME` is BuildKit's first form of the option. It is deprecated, and there is
        no way to say `mode=max` in it, so that only the last stage's layers are cached.
    """,
    links=("https://github.com/moby/buildkit#export-cache",),
    since="0.1",
)
