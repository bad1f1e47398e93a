"""A cache that is written and never read."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build
from ...builds.caches import (
    BUILDCTL,
    is_read,
    kind,
    place_of,
    reads,
    reference_written,
    written_like,
)
from ...builds.editing import add_behind
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...images.comparison import same_image

KEPT = ("registry", "local", "s3", "azblob")
SOURCE = {"registry": "ref", "local": "src"}


def find(build: Build, context: Context) -> Iterator[Finding]:
    imports = ("--import-cache",) if build.tool in BUILDCTL else ("--cache-from",)
    if build.lacks(*imports):
        for cache in build.cache_to:
            if kind(cache) in KEPT and place_of(cache, exported=True) is not None:
                yield from _never_read(build, cache, context)
    exports = ("--export-cache",) if build.tool in BUILDCTL else ("--cache-to",)
    if build.lacks(*exports):
        for cache in build.cache_from:
            if kind(cache) == "registry" and not cache.short:
                yield from _never_written(cache, context)


def _never_read(build: Build, cache: Attributes, context: Context) -> Iterator[Finding]:
    everything = [other for job in context.all_builds for other in job.builds]
    if is_read(cache, everything) is not False:
        return
    line = _import_of(build, cache)
    yield context.finding(
        cache.option.value_location,
        "this cache is written and never read: no build of the pipeline imports it",
        confidence=Confidence.LIKELY,
        advice=() if line is None else (line,),
        fix=_fix(cache, line),
    )


def _import_of(build: Build, cache: Attributes) -> str | None:
    """The option that reads the cache, with the reference as it is written."""
    name, place = kind(cache) or "", reference_written(cache)
    if name not in SOURCE or place is None:
        return None
    value = written_like(cache, f"type={name},{SOURCE[name]}={place}")
    option = "--import-cache" if build.tool in BUILDCTL else "--cache-from"
    return None if value is None else f"{option} {value}"


def _fix(cache: Attributes, line: str | None) -> Fix | None:
    edit = None if line is None else add_behind(cache.option.location, line)
    return None if edit is None else fix("Import the cache, too", edit)


def _never_written(cache: Attributes, context: Context) -> Iterator[Finding]:
    ref = place_of(cache, exported=False)
    if ref is None:
        return
    for job in context.all_builds:
        for build in job.builds:
            if any(reads(cache, exported) is not False for exported in build.cache_to):
                return
            # An image may hold an inline cache.
            if build.opaque or any(same_image(name.text, ref) is not False for name in build.names):
                return
        if any(p.name is None or same_image(p.name.text, ref) is not False for p in job.pushes):
            return
    yield context.finding(
        cache.option.value_location,
        "no build of this pipeline writes this cache",
        severity=Severity.INFO,
        confidence=Confidence.POSSIBLE,
        details="A cache that is not there is no error: the build goes on without it.",
        advice=("write it by the build that reads it, or remove the option",),
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
                --export-cache "⟦type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max⟧" \\
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
                --export-cache "type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max" --import-cache "type=registry,ref=$CI_REGISTRY_IMAGE:cache" \\
                --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          cache: {key: buildkit, paths: [.buildcache]}
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-to ⟦type=local,dest=.buildcache,mode=max⟧ -o type=oci,dest=app.tar .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          cache: {key: buildkit, paths: [.buildcache]}
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-to type=local,dest=.buildcache,mode=max --cache-from type=local,src=.buildcache -o type=oci,dest=app.tar .
        """,
    )
    # The other way round, which is only advice: another pipeline may write it.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --cache-from "⟦type=registry,ref=$CI_REGISTRY_IMAGE/cache:main⟧" -t app .
    """)
    yield LookAlike(
        """
        warm the cache:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max" .

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache" -t app .
        """,
        why="another job reads it",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build $CACHE_OPTIONS --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max"
              -o type=oci,dest=app.tar .
        """,
        why="the options may import it",
    )


CHECK = Check(
    id="cache-import-missing",
    title="Cache that nothing reads",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Exporting a cache does not use it: the next job starts from nothing unless it imports the
        same reference. The upload then costs time in every job and saves none.
    """,
    links=("https://docs.docker.com/build/cache/backends/",),
    since="0.1",
)
