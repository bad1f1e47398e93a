"""A cache as an image manifest with Docker's media types."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build, parse_bool
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity


def find(build: Build, context: Context) -> Iterator[Finding]:
    for cache in build.cache_to:
        types = cache.get("oci-mediatypes")
        refused = _is(cache, "image-manifest") is True and _is(cache, "oci-mediatypes") is False
        if types is None or not refused:
            continue
        yield context.finding(
            types.location,
            "a cache in the form of an image needs OCI media types: the build fails",
            details=(
                "invalid configuration for remote cache, OCI mediatypes are required for "
                "image-manifest cache format. The push of the image is CANCELED."
            ),
            advice=("oci-mediatypes=true, which is the default",),
        )


def _is(cache: Attributes, key: str) -> bool | None:
    attribute = cache.get(key)
    if attribute is None or attribute.value is None:
        return None
    return parse_bool(attribute.value)


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache \\
                --export-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max,image-manifest=true,⟦oci-mediatypes=false⟧ \\
                --output type=oci,dest=image.tar
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          cache: {key: buildkit, paths: [.buildcache]}
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from type=local,src=.buildcache -o type=oci,dest=app.tar
              --cache-to "type=local,dest=.buildcache,mode=max,⟦oci-mediatypes=false⟧,image-manifest=true" .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache" -o type=oci,dest=app.tar
              --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max,image-manifest=false,oci-mediatypes=false" .
        """,
        why="a cache that is no image may have Docker's types",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache" -o type=oci,oci-mediatypes=false,dest=app.tar
              --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max,image-manifest=true" .
        """,
        why="the image's own media types are another matter",
    )


CHECK = Check(
    id="cache-image-manifest-docker-types",
    title="Image-manifest cache without OCI types",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `image-manifest=true` makes the cache look like an image, for registries that accept
        nothing else. There is no such form with Docker's older media types: BuildKit refuses the
        pair, after the build and together with the image.
    """,
    links=("https://docs.docker.com/build/cache/backends/#oci-media-types",),
    since="0.1",
)
