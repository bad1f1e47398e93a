"""GitHub's cache service, asked for on GitLab."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build
from ...builds.caches import BUILDCTL, kind, written_like
from ...builds.environment import exported
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Finding, Severity

SERVICE = ("ACTIONS_CACHE_URL", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN")
REF = "type=registry,ref=$CI_REGISTRY_IMAGE:cache"


def find(build: Build, context: Context) -> Iterator[Finding]:
    if any(exported(build.command, name) is not None for name in SERVICE):
        return
    refused = build.tool in BUILDCTL
    for caches, form in ((build.cache_to, f"{REF},mode=max"), (build.cache_from, REF)):
        for cache in caches:
            if kind(cache) != "gha" or not (cache.lacks("url") and cache.lacks("url_v2")):
                continue
            yield context.finding(
                cache.option.value_location,
                "type=gha is GitHub's cache service, which no GitLab job can reach"
                + ("" if refused else ": the cache is left out"),
                severity=Severity.ERROR if refused else Severity.WARNING,
                details=(
                    "error: cache with type gha requires url parameter to be set"
                    if refused
                    else "buildx drops it without a word and ends with exit code 0."
                ),
                advice=(form,),
                fix=_fix(cache, form),
            )


def _fix(cache: Attributes, form: str) -> Fix | None:
    place = cache.option.value_location
    quoted = written_like(cache, "")
    # In single quotes the variable would stay as it is written.
    if place is None or quoted is None or quoted == "''":
        return None
    return fix(f"Write `{form}`", replace(place, form), unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache "⟦type=gha⟧" --export-cache "⟦type=gha,mode=max⟧" --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache "type=registry,ref=$CI_REGISTRY_IMAGE:cache" --export-cache "type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max" --output type=oci,dest=image.tar
        """,
    )
    # buildx says nothing.
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from ⟦type=gha,scope=app⟧ -o type=oci,dest=app.tar .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from type=registry,ref=$CI_REGISTRY_IMAGE:cache -o type=oci,dest=app.tar .
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from "type=gha,url=https://cache.example.com/,token=$CACHE_TOKEN"
              --cache-to "type=gha,mode=max,url=https://cache.example.com/,token=$CACHE_TOKEN"
              -o type=oci,dest=app.tar .
        """,
        why="a service of one's own",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {ACTIONS_RESULTS_URL: "https://cache.example.com/"}
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-to type=gha,mode=max --cache-from type=gha -o type=oci,dest=app.tar .
        """,
        why="the environment names the service",
    )


CHECK = Check(
    id="cache-type-gha",
    title="GitHub's cache on GitLab",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `type=gha` comes with examples for GitHub Actions. It needs a URL and a token that only a
        job there gets: buildctl ends the job, buildx goes on without a cache and says nothing.
    """,
    links=("https://docs.docker.com/build/cache/backends/gha/",),
    since="0.1",
)
