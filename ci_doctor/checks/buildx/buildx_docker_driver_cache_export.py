"""A cache exported by a builder that cannot."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.engine import (
    builds_several_platforms,
    cache_exports,
    has_containerd_store,
    is_kept_from_store,
)
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in (Tool.BUILDX, Tool.DOCKER) or build.builder.driver != "docker":
        return
    # Several platforms fail first, for the same reason and with the same remedy.
    if builds_several_platforms(build):
        return
    capable = has_containerd_store(build)
    if capable is True or is_kept_from_store(build):
        return
    for cache in cache_exports(build):
        yield context.finding(
            cache.option.value_location,
            "the docker driver exports no cache"
            + ("" if capable is False else " unless the engine is 29 or newer"),
            confidence=Confidence.CERTAIN if capable is False else Confidence.LIKELY,
            details="ERROR: failed to build: Cache export is not supported for the docker driver.",
            advice=(
                "docker context create ci",
                "docker buildx create --use --driver docker-container ci",
                "or --cache-to type=inline",
            ),
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --cache-to ⟦type=registry,ref=registry.example.com/app:cache,mode=max⟧
              -t registry.example.com/app --push .
    """)
    # Engine 29 could, with another storage driver.
    yield Example("""
        build:
          image: docker:29-cli
          services:
            - {name: docker:29-dind, command: ["--storage-driver=overlay2"]}
          script:
            - docker build --cache-to=⟦type=local,dest=cache⟧ -t registry.example.com/app .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --cache-to type=inline -t registry.example.com/app --push .
        """,
        why="an inline cache goes with the image",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --cache-to type=registry,ref=registry.example.com/app:cache
              -t registry.example.com/app --push .
        """,
        why="a builder in a container can",
    )
    yield LookAlike(
        """
        build:
          image: docker:29-cli
          services: ["docker:29-dind"]
          variables: {DOCKER_DRIVER: overlay2}
          script: docker build --cache-to=type=local,dest=cache -t registry.example.com/app .
        """,
        why="DOCKER_DRIVER is the fault then, and another check says so",
    )
    yield LookAlike(
        """
        build:
          image: docker:29-cli
          services: ["docker:29-dind"]
          script:
            - docker buildx build --cache-to type=registry,ref=registry.example.com/app:cache
              -t registry.example.com/app --push .
        """,
        why="engine 29 can",
    )


CHECK = Check(
    id="buildx-docker-driver-cache-export",
    title="Cache export on the docker driver",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Without a builder of its own the build runs in the Docker daemon, whose old image store,
        the one before engine 29 or with DOCKER_DRIVER, can keep a cache in the image only. buildx
        refuses `--cache-to` with any type but `inline`.
    """,
    links=("https://docs.docker.com/build/cache/backends/",),
    since="0.1",
)
