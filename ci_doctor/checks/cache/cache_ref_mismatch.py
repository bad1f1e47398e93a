"""A build that reads other caches than it writes."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build
from ...builds.caches import is_read, kind, place_of
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity

KEPT = ("registry", "local", "s3", "azblob")
MOVES = ("mv", "cp", "rsync", "ln")  # what is written comes to stand where it is read


def find(build: Build, context: Context) -> Iterator[Finding]:
    if not build.cache_from:
        return
    for cache in build.cache_to:
        if kind(cache) not in KEPT or is_read(cache, [build]) is not False:
            continue
        if kind(cache) == "local" and context.execution.named(*MOVES):
            continue
        everything = [other for job in context.all_builds for other in job.builds]
        if is_read(cache, everything) is not False:
            continue
        yield context.finding(
            cache.option.value_location,
            f"the cache '{_shown(cache)}' is written and never read: "
            "what is imported is another one",
            confidence=Confidence.LIKELY,
            related=[
                place.noted("read here")
                for other in build.cache_from
                if (place := other.option.value_location) is not None
            ],
            advice=("import the reference that is exported, beside others if need be",),
        )


def _shown(cache: Attributes) -> str:
    place = place_of(cache, exported=True)
    return "" if place is None else place.display


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
                --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:buildcache \\
                --export-cache ⟦type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max⟧ \\
                --output type=oci,dest=image.tar
    """)
    # The directory of the export is moved nowhere.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          cache: {key: buildkit, paths: [.cache]}
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from type=local,src=.cache/old
              --cache-to "⟦type=local,dest=.cache/new,mode=max⟧" -o type=oci,dest=app.tar .
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=registry,ref=$CI_REGISTRY_IMAGE/cache:$CI_COMMIT_REF_SLUG
              --import-cache type=registry,ref=$CI_REGISTRY_IMAGE/cache:main
              --export-cache type=registry,ref=$CI_REGISTRY_IMAGE/cache:$CI_COMMIT_REF_SLUG,mode=max
              --output type=oci,dest=image.tar
        """,
        why="the branch's own cache, and that of main",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=registry,ref=$CI_REGISTRY_IMAGE/cache:main
              --export-cache type=registry,ref=$CI_REGISTRY_IMAGE/cache:$CI_COMMIT_REF_SLUG,mode=max
              --output type=oci,dest=image.tar
        """,
        why="on the branch main they are the same",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          cache: {key: buildkit, paths: [.cache]}
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from type=local,src=.cache/old
              --cache-to "type=local,dest=.cache/new,mode=max" -o type=oci,dest=app.tar .
            - rm -rf .cache/old && mv .cache/new .cache/old
        """,
        why="the new cache takes the old one's place",
    )


CHECK = Check(
    id="cache-ref-mismatch",
    title="Cache written and read under different names",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A cache is found again only under the name, the directory or the bucket that it was
        written to. One letter of difference, and every job writes a cache that no job reads;
        a cache that is not there is no error.
    """,
    links=("https://docs.docker.com/build/cache/backends/",),
    since="0.1",
)
