"""`--no-cache` beside a cache to read."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity


def find(build: Build, context: Context) -> Iterator[Finding]:
    if not build.cache_from:
        return
    for option in build.given("--no-cache"):
        if option.is_on is True:
            yield context.finding(
                option.location,
                "with `--no-cache` no step comes from the cache that is imported",
                related=[
                    place.noted("the cache is imported here")
                    for cache in build.cache_from
                    if (place := cache.option.location) is not None
                ],
                advice=("remove one of them; to rebuild one stage: `--no-cache-filter STAGE`",),
            )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build ⟦--no-cache⟧ --cache-from "$CI_REGISTRY_IMAGE:cache" -t app .
    """)
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache ⟦--no-cache⟧
              --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        refresh:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --no-cache -o type=oci,dest=app.tar
              --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max" .

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache" -t app .
        """,
        why="a job that makes the cache anew",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build --no-cache=false --cache-from "$CI_REGISTRY_IMAGE:cache" -t app .
        """,
        why="the flag is off",
    )


CHECK = Check(
    id="no-cache-flag-in-ci",
    title="--no-cache beside an imported cache",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `--no-cache` rebuilds every step. A cache that is imported beside it is fetched for
        nothing, which is mostly left over from a search for another fault.
    """,
    links=("https://docs.docker.com/reference/cli/docker/buildx/build/#no-cache",),
    since="0.1",
)
