"""A cache that every branch may write and the default branch builds with."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build
from ...builds.caches import kind, place_of, reads
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.conditions import MERGE_REQUEST, PUSH, TAG, runs_of
from ...pipeline.model import Job
from ...text import Literal, Symbol

# What is the same in every pipeline of a project.
FIXED = ("CI_REGISTRY", "CI_REGISTRY_IMAGE", "CI_DEFAULT_BRANCH")


def find(build: Build, context: Context) -> Iterator[Finding]:
    fixed = [cache for cache in build.cache_to if _is_fixed(cache)]
    if not fixed or build.command.certainty is not Certainty.ALWAYS:
        return
    runs = runs_of(build.job)
    if runs[PUSH.name] is not True and runs[MERGE_REQUEST.name] is not True:
        return
    for cache in fixed:
        reader = _trusted_reader(cache, context)
        if reader is None:
            continue
        # Jobs for every pipeline are how most projects begin: advice, not a warning.
        plain = all("rules" not in job.keywords for job in (build.job, reader))
        yield context.finding(
            cache.option.value_location,
            "every branch writes this cache, and the default branch builds with it"
            if runs[PUSH.name]
            else "merge requests write this cache, and other pipelines build with it",
            severity=Severity.INFO if plain else Severity.WARNING,
            confidence=Confidence.LIKELY,
            details=(
                "Whoever may push to a branch can put layers into the images that are built for "
                "the default branch and for tags; branches also replace each other's cache."
            ),
            advice=(
                "write ref=$CI_REGISTRY_IMAGE/cache:$CI_COMMIT_REF_SLUG, and import that one and "
                "the default branch's",
                "or write the cache only in jobs for the default branch (rules)",
            ),
        )


def _is_fixed(cache: Attributes) -> bool:
    ref = place_of(cache, exported=True)
    if kind(cache) != "registry" or ref is None:
        return False
    return all(
        isinstance(part, Literal)
        or (isinstance(part, Symbol) and part.variable.startswith(("CI_PROJECT_", *FIXED)))
        for part in ref.parts
    )


def _trusted_reader(cache: Attributes, context: Context) -> Job | None:
    """A job that runs for all branches or for tags and imports it."""
    for job in context.all_builds:
        imports = [other for build in job.builds for other in build.cache_from]
        if any(reads(other, cache) is True for other in imports):
            runs = runs_of(job.job)
            if runs[PUSH.name] is True or runs[TAG.name] is True:
                return job.job
    return None


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
                --export-cache ⟦type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max⟧ \\
                --output type=oci,dest=image.tar
    """)
    # Merge requests write what the release reads.
    yield Example("""
        default:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker context create ci && docker buildx create --use ci

        test:
          rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]
          script:
            - docker buildx build --cache-to "⟦type=registry,ref=$CI_REGISTRY_IMAGE/cache,mode=max⟧" .

        release:
          rules: [{if: $CI_COMMIT_TAG}]
          script:
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE/cache:latest" -o type=oci,dest=app.tar .
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache
              --export-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max
              --output type=oci,dest=image.tar
        """,
        why="the rules let only the default branch write",
    )
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
        why="each branch has its own",
    )


CHECK = Check(
    id="cache-shared-unprotected",
    title="One cache for protected and unprotected branches",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A build takes the layers of a cache on trust. Where a job on any branch writes the cache
        that the release is built from, code that nobody has reviewed can end up in the release
        without a trace in the repository.
    """,
    links=("https://docs.docker.com/build/cache/backends/registry/",),
    since="0.1",
)
