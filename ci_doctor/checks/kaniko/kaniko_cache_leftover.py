"""Kaniko's cache repository as a cache of BuildKit."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build, Tool
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...images.reference import parse_reference_text
from ...pipeline.model import Pipeline


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool in (Tool.KANIKO, Tool.OPAQUE) or context.pipeline is None:
        return
    if not _knew_kaniko(context.pipeline):
        return
    for cache in build.cache_to:
        ref = cache.get("ref")
        if cache.value("type") != "registry" or ref is None or not _is_kanikos(cache):
            continue
        yield context.finding(
            ref.value_location,
            "this is where Kaniko kept its layers: BuildKit cannot use them, and adds its own",
            confidence=Confidence.POSSIBLE,
            advice=(
                "ref=$CI_REGISTRY_IMAGE:cache",
                "and delete the repository `cache` in the container registry",
            ),
        )


def _is_kanikos(cache: Attributes) -> bool:
    """Whether a reference is Kaniko's default: the image with `/cache` behind it, and no tag."""
    ref = cache.get("ref")
    reference = None if ref is None or ref.value is None else parse_reference_text(ref.value)
    if reference is None or reference.tag is not None or not reference.complete:
        return False
    return reference.repository.template.endswith("/cache")


def _knew_kaniko(pipeline: Pipeline) -> bool:
    """Whether a variable, a job or an image still speaks of Kaniko."""
    names = [*pipeline.variables, *pipeline.jobs, *pipeline.templates]
    names += [job.image.name.template for job in pipeline.jobs.values() if job.image is not None]
    return any("kaniko" in name.lower() for name in names)


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        variables:
          KANIKO_CACHE: "true"

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
              --export-cache type=registry,ref=⟦registry.example.com/team/app/cache⟧,mode=max
              --import-cache type=registry,ref=registry.example.com/team/app/cache
    """)
    yield Example("""
        kaniko build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --cache-to type=registry,ref=⟦$CI_REGISTRY/team/app/cache⟧
              -t "$CI_REGISTRY_IMAGE" --push .
    """)
    yield LookAlike(
        """
        kaniko build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE:cache"
              -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="a tag of its own",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE/cache"
              -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="nothing says that Kaniko was ever here",
    )


CHECK = Check(
    id="kaniko-cache-leftover",
    title="Kaniko's cache repository with BuildKit",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Kaniko keeps one tag for each layer in the repository `<image>/cache`. BuildKit keeps one
        tag for all of them and reads nothing of Kaniko's, so the old tags stay and fill the
        registry.
    """,
    links=("https://github.com/GoogleContainerTools/kaniko#--cache-repo",),
    since="0.1",
)
