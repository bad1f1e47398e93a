"""A kind of cache, or a cache mode, that does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build
from ...builds.caches import EXPORTERS, IMPORTERS, MODES, kind
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.spelling import Speller


def find(build: Build, context: Context) -> Iterator[Finding]:
    for cache in build.cache_to:
        yield from _type(cache, EXPORTERS, "exporter", context)
        mode = cache.get("mode")
        value = cache.value("mode")
        if mode is not None and value is not None and value not in MODES:
            yield context.finding(
                mode.value_location or mode.location,
                f"there is no cache mode '{value}': it counts as min",
                severity=Severity.WARNING,
                details="The build ends with exit code 0, and only the image's layers are cached.",
                advice=("mode=max",),
            )
    for cache in build.cache_from:
        yield from _type(cache, IMPORTERS, "importer", context)


def _type(
    cache: Attributes, known: tuple[str, ...], word: str, context: Context
) -> Iterator[Finding]:
    attribute = cache.get("type")
    name = kind(cache)
    if attribute is None or name is None or name in known:
        return
    inline = name == "inline"
    near = Speller().nearest(name, known)
    yield context.finding(
        attribute.value_location or attribute.location,
        f"there is no cache {word} '{name}'"
        + ("" if inline or near is None else f": did you mean '{near.word}'?"),
        severity=Severity.ERROR if word == "exporter" else Severity.WARNING,
        details=(
            f'error: failed to solve: unknown cache exporter: "{name}"'
            if word == "exporter"
            else f"ERROR: unknown cache importer: {name}. The build goes on without the cache."
        ),
        advice=(
            "an inline cache is read from the image that holds it: type=registry,ref=IMAGE"
            if inline
            else f"types: {', '.join(known)}",
        ),
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=⟦inline⟧,ref=$CI_REGISTRY_IMAGE:cache
              --export-cache type=⟦regsitry⟧,ref=$CI_REGISTRY_IMAGE:cache,mode=max
              --output type=oci,dest=image.tar
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache" -o type=oci,dest=app.tar
              --cache-to type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=⟦full⟧ .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {CACHE_TYPE: registry}
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from "type=$CACHE_TYPE,ref=$CI_REGISTRY_IMAGE:cache"
              --cache-to "type=$CACHE_TYPE,ref=$CI_REGISTRY_IMAGE:cache,mode=$CACHE_MODE"
              -o type=oci,dest=app.tar .
        """,
        why="a value that is known and right, and one that is not known",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --cache-from registry.example.com/app:cache --cache-to type=inline -t app .
        """,
        why="the short form is a registry reference",
    )


CHECK = Check(
    id="cache-type-unknown",
    title="Unknown cache type or mode",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        BuildKit refuses to write a cache of a type it does not know. One that it shall read is
        only an ERROR in the middle of a green log, and an unknown mode is not mentioned at all.
    """,
    links=("https://docs.docker.com/build/cache/backends/",),
    since="0.1",
)
