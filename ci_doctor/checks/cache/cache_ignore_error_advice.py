"""A cache whose failure takes the image with it."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...builds.caches import add_field, kind
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Finding, Severity

REMOTE = ("registry", "s3", "azblob")


def find(build: Build, context: Context) -> Iterator[Finding]:
    if not any(output.pushes is True for output in build.outputs):
        return
    for cache in build.cache_to:
        if kind(cache) not in REMOTE or not cache.lacks("ignore-error"):
            continue
        edits = add_field(cache, "ignore-error=true")
        yield context.finding(
            cache.option.value_location,
            "a failing cache export ends the job, and cancels the push of the image",
            details="Both run side by side: where the cache fails first, the image is CANCELED.",
            advice=("ignore-error=true",),
            fix=fix("Add `ignore-error=true`", *edits) if edits else None,
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker && cp "$REGISTRY_CREDENTIALS" ~/.docker/config.json
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache \\
                --export-cache ⟦type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max⟧ \\
                --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker && cp "$REGISTRY_CREDENTIALS" ~/.docker/config.json
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache \\
                --export-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max,ignore-error=true \\
                --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
            - docker context create ci && docker buildx create --use ci
          script:
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache"
              --cache-to "⟦$CI_REGISTRY_IMAGE:cache⟧" --push -t "$CI_REGISTRY_IMAGE:latest" .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
            - docker context create ci && docker buildx create --use ci
          script:
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache"
              --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE:cache,ignore-error=true" --push -t "$CI_REGISTRY_IMAGE:latest" .
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker && cp "$REGISTRY_CREDENTIALS" ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --export-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max,ignore-error=true
              --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache
              --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
        why="it is given",
    )
    yield LookAlike(
        """
        warm the cache:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache"
              --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max" .
        """,
        why="this job is there for the cache: its failure counts",
    )


CHECK = Check(
    id="cache-ignore-error-advice",
    title="Cache export that may cancel the push",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        BuildKit pushes the image and the cache at the same time and treats both alike. A cache
        registry that is full or away for a moment then costs the image as well.
    """,
    links=("https://docs.docker.com/build/cache/backends/registry/",),
    since="0.1",
)
