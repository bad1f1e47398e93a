"""A cache that does not say where it is."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build
from ...builds.caches import kind
from ...builds.environment import exported
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity

EXPORTED = {"registry": "ref", "local": "dest", "s3": "bucket"}
IMPORTED = EXPORTED | {"local": "src"}
LINES = {
    "ref": "ref=$CI_REGISTRY_IMAGE:cache",
    "dest": "dest=.buildcache",
    "src": "src=.buildcache",
    "bucket": "bucket=NAME",
}


def find(build: Build, context: Context) -> Iterator[Finding]:
    for word, keys, caches in (
        ("exporter", EXPORTED, build.cache_to),
        ("importer", IMPORTED, build.cache_from),
    ):
        for cache in caches:
            name = kind(cache) or ""
            key = keys.get(name)
            if key is None or not _is_missing(cache, key):
                continue
            if key == "bucket" and exported(build.command, "AWS_BUCKET") is not None:
                continue
            yield context.finding(
                cache.option.value_location,
                f"the {name} cache has no `{key}`"
                + (", unless AWS_BUCKET is set" if key == "bucket" else ""),
                confidence=Confidence.LIKELY if key == "bucket" else Confidence.CERTAIN,
                details=_refusal(name, word, key),
                advice=(LINES[key],),
            )


def _is_missing(cache: Attributes, key: str) -> bool:
    attribute = cache.get(key)
    if attribute is None:
        return cache.lacks(key)
    return attribute.value is not None and attribute.value.is_empty is True


def _refusal(name: str, word: str, key: str) -> str:
    if key == "bucket":
        return f"failed to configure s3 cache {word}: bucket ($AWS_BUCKET) not set for s3 cache"
    prefix = "local " if name == "local" else "registry "
    return f"error: {prefix}cache {word} requires {key}"


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache ⟦type=local⟧ --export-cache ⟦type=registry,mode=max⟧
              --output type=oci,dest=image.tar
    """)
    # A blank belongs to the key: ` ref` is not `ref`.
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --export-cache '⟦type=registry, ref=registry.example.com/app:cache⟧'
              --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {AWS_BUCKET: build-cache, AWS_REGION: eu-central-1}
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from type=s3 --cache-to type=s3,mode=max -o type=oci,dest=app.tar .
        """,
        why="the bucket may come from the environment",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --cache-from "type=registry,$CACHE" --cache-to type=inline -t app .
        """,
        why="the variable may hold it, and an inline cache needs none",
    )


CHECK = Check(
    id="cache-type-missing-ref",
    title="Cache without a place",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A registry cache is named by `ref`, a local one by `dest` where it is written and by `src`
        where it is read. Without it the build ends before its first step.
    """,
    links=("https://docs.docker.com/build/cache/backends/",),
    since="0.1",
)
