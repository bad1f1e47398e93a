"""`mode=max` where an inline cache ignores it."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...builds.caches import kind
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Finding, Severity
from ...source import Location

REGISTRY = "type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max"


def find(build: Build, context: Context) -> Iterator[Finding]:
    for cache in build.cache_to:
        mode = cache.get("mode")
        if kind(cache) != "inline" or mode is None or cache.value("mode") != "max":
            continue
        yield context.finding(
            mode.location,
            "an inline cache has no mode=max: it holds the layers of the image only",
            details="The build ends with exit code 0; the mode is not looked at.",
            advice=(REGISTRY,),
            fix=_fix(cache.option.value_location),
        )


def _fix(place: Location | None) -> Fix | None:
    # In single quotes the variable would stay as it is written.
    if place is None or place.source.text[place.span.start - 1 : place.span.start] == "'":
        return None
    if not place.text.startswith("type=inline"):
        return None
    return fix(f"Write `{REGISTRY}`", replace(place, REGISTRY), unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
          script:
            - docker buildx build --cache-from "type=registry,ref=$CI_REGISTRY_IMAGE:cache"
              --cache-to type=inline,⟦mode=max⟧ --push -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
          script:
            - docker buildx build --cache-from "type=registry,ref=$CI_REGISTRY_IMAGE:cache"
              --cache-to type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max --push -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
        """,
    )
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --export-cache '⟦mode=max⟧,type=inline'
              --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --export-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max
              --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache --output type=oci,dest=image.tar
        """,
        why="a registry cache has the mode",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --cache-to type=inline,mode=min -t app .
        """,
        why="that is what an inline cache does",
    )


CHECK = Check(
    id="cache-inline-mode-max",
    title="mode=max on an inline cache",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        An inline cache is a note in the image about its own layers. It cannot hold the stages
        that the image does not stand on, whatever the mode says, and nothing warns of it.
    """,
    links=("https://docs.docker.com/build/cache/backends/inline/",),
    since="0.1",
)
