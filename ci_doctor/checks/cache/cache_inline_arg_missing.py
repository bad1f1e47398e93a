"""An image read as a cache that holds none."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build, Tool
from ...builds.caches import kind, place_of, reads, writes_inline
from ...builds.editing import add_behind
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...images.comparison import same_repository_of
from ...text import Text

ARGUMENT = "--build-arg BUILDKIT_INLINE_CACHE=1"
BUILDKIT = ("docker", "docker-container")


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in (Tool.DOCKER, Tool.BUILDX) or build.builder.driver not in BUILDKIT:
        return
    for cache in build.cache_from:
        ref = place_of(cache, exported=False)
        if kind(cache) != "registry" or ref is None:
            continue
        makers = _makers(cache, ref, context)
        if not makers or any(writes_inline(maker) is not False for maker in makers):
            continue
        yield context.finding(
            cache.option.value_location,
            "nothing is read from this image: no build of the pipeline writes an inline cache into it",
            confidence=Confidence.LIKELY,
            details="BuildKit takes no cache from the layers of an image as the classic builder did.",
            related=[
                place.noted("built here")
                for maker in makers
                if maker is not build and (place := maker.command.program.written) is not None
            ],
            advice=(ARGUMENT, "or --cache-to type=inline"),
            fix=_fix(build, cache, makers),
        )
        break


def _makers(cache: Attributes, ref: Text, context: Context) -> list[Build]:
    """The builds of that image; none where others may make it, or write a cache to it."""
    makers = []
    for job in context.all_builds:
        for other in job.builds:
            if other.tool is Tool.OPAQUE:
                return []
            if any(reads(cache, exported) is not False for exported in other.cache_to):
                return []
            answers = [same_repository_of(name.text, ref) for name in other.names]
            if True in answers:
                makers.append(other)
            elif None in answers:
                return []
    return makers


def _fix(build: Build, cache: Attributes, makers: list[Build]) -> Fix | None:
    edit = add_behind(cache.option.location, ARGUMENT)
    if edit is None or build not in makers:
        return None
    return fix("Write an inline cache", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
          script:
            - docker pull "$CI_REGISTRY_IMAGE:latest" || true
            - docker build --cache-from "⟦$CI_REGISTRY_IMAGE:latest⟧" -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
          script:
            - docker pull "$CI_REGISTRY_IMAGE:latest" || true
            - docker build --cache-from "$CI_REGISTRY_IMAGE:latest" --build-arg BUILDKIT_INLINE_CACHE=1 -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
    )
    # Another job makes the image.
    yield Example("""
        default:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"

        base:
          script: docker buildx build --push -t "$CI_REGISTRY_IMAGE/base:latest" base

        app:
          script: docker buildx build --cache-from "⟦type=registry,ref=$CI_REGISTRY_IMAGE/base:latest⟧" -t app .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {DOCKER_BUILDKIT: "0"}
          script:
            - docker pull "$CI_REGISTRY_IMAGE:latest" || true
            - docker build --cache-from "$CI_REGISTRY_IMAGE:latest" -t "$CI_REGISTRY_IMAGE:latest" .
        """,
        why="the classic builder reads the layers of any image",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
            - docker context create ci && docker buildx create --use ci
          script:
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache" --push -t "$CI_REGISTRY_IMAGE:latest"
              --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max" .
            - docker buildx build --cache-from python:3.13 -o type=oci,dest=app.tar .
        """,
        why="a cache that is written, and an image that others make",
    )


CHECK = Check(
    id="cache-inline-arg-missing",
    title="Image without inline cache",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `--cache-from IMAGE` took the layers of any image as a cache as long as docker built with
        its classic builder. BuildKit, the default since docker 23, needs a note about them that
        the image holds only when it was built with an inline cache. Without it every step runs.
    """,
    links=("https://docs.docker.com/build/cache/backends/inline/",),
    since="0.1",
)
