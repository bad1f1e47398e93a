"""A cache that is pushed under the name of the image."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build, ImageName
from ...builds.caches import BUILDCTL, kind, place_of
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...finding import Finding, Severity
from ...images.comparison import same_image
from ...images.reference import parse_reference_text
from ...source import Span
from ...text import Text


def find(build: Build, context: Context) -> Iterator[Finding]:
    pushed = [name for output in build.outputs if output.pushes is True for name in output.names]
    for cache in build.cache_to:
        ref = place_of(cache, exported=True)
        if kind(cache) != "registry" or ref is None:
            continue
        for name in pushed:
            if same_image(ref, name.text) is True:
                yield _finding(build, cache, ref, name, context)
                break


def _finding(
    build: Build, cache: Attributes, ref: Text, name: ImageName, context: Context
) -> Finding:
    mostly = "mostly the image is lost" if build.tool in BUILDCTL else "one of the two is lost"
    attribute = cache.get("ref")
    return context.finding(
        None if attribute is None else attribute.location,
        f"image and cache are pushed under the same name, '{ref.display}': {mostly}",
        details=(
            "The build ends with exit code 0. Afterwards the tag may hold a cache manifest "
            "(application/vnd.buildkit.cacheconfig.v0), which nobody can run."
        ),
        related=(None if name.location is None else name.location.noted("the image's name"),),
        advice=("ref=$CI_REGISTRY_IMAGE:cache",),
        fix=_fix(build, cache, ref),
    )


def _fix(build: Build, cache: Attributes, ref: Text) -> Fix | None:
    """Give the cache a name of its own, wherever this build reads or writes it."""
    reference = parse_reference_text(ref)
    if reference is None or reference.digest is not None:
        return None
    if reference.tag is None and not reference.complete:
        return None
    suffix = ":cache" if reference.tag is None else "-cache"
    edits = [_behind(cache, suffix)]
    for other in build.cache_from:
        read = place_of(other, exported=False)
        if kind(other) == "registry" and read is not None and same_image(read, ref) is True:
            edits.append(_behind(other, suffix))
    known = [edit for edit in edits if edit is not None]
    if len(known) < len(edits):
        return None
    return fix(f"Add `{suffix}` to the cache's name", *dict.fromkeys(known), unsafe=True)


def _behind(cache: Attributes, suffix: str) -> Edit | None:
    attribute = cache.get("ref")
    place = None if attribute is None else attribute.location
    option = cache.option.location
    # The value of a variable may be the image's name.
    if place is None or option is None or place.source is not option.source:
        return None
    if not option.span.contains(place.span):
        return None
    end = place.span.end
    return Edit(place.path, Span(end, end), suffix)


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
                --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:latest \\
                --export-cache type=registry,⟦ref=$CI_REGISTRY_IMAGE:latest⟧,mode=max \\
                --output type=image,name=$CI_REGISTRY_IMAGE,push=true
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
                --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:latest-cache \\
                --export-cache type=registry,ref=$CI_REGISTRY_IMAGE:latest-cache,mode=max \\
                --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {IMAGE: "$CI_REGISTRY_IMAGE/app:$CI_COMMIT_REF_SLUG"}
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
            - docker context create ci && docker buildx create --use ci
          script:
            - docker buildx build --cache-from "type=registry,ref=$IMAGE"
              --cache-to "type=registry,⟦ref=$IMAGE⟧,mode=max" --tag "$IMAGE" --push .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {IMAGE: "$CI_REGISTRY_IMAGE/app:$CI_COMMIT_REF_SLUG"}
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
            - docker context create ci && docker buildx create --use ci
          script:
            - docker buildx build --cache-from "type=registry,ref=$IMAGE-cache"
              --cache-to "type=registry,ref=$IMAGE-cache,mode=max" --tag "$IMAGE" --push .
        """,
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
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE" --cache-to type=inline
              --tag "$CI_REGISTRY_IMAGE" --push .
        """,
        why="an inline cache is part of the image",
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
              --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:$CI_COMMIT_REF_SLUG
              --export-cache type=registry,ref=$CI_REGISTRY_IMAGE:$CI_COMMIT_REF_SLUG,mode=max
              --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHORT_SHA,push=true
        """,
        why="two tags",
    )


CHECK = Check(
    id="cache-ref-equals-image",
    title="Cache under the image's name",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A registry cache is an image of its own. Exported under the tag of the built image it runs
        a race with it: BuildKit pushes both at once, and the last one stays. With buildctl that
        is nearly always the cache, and the next `docker pull` gets something that is no image.
    """,
    links=("https://docs.docker.com/build/cache/backends/registry/",),
    since="0.1",
)
