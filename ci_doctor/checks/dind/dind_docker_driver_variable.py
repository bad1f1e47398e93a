"""DOCKER_DRIVER, which a dind service reads as well."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import Dind, dinds, seen_by
from ...builds.engine import (
    GRAPH_DRIVERS,
    builds_several_platforms,
    cache_exports,
    prefers_containerd_store,
)
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.editing import remove_variable
from ...pipeline.model import Job, Variable
from ...source import Location, noted

NAME = "DOCKER_DRIVER"
DEFAULT = "overlay2"


def find(job: Job, context: Context) -> Iterator[Finding]:
    for dind in dinds(job, context.runner):
        variable = seen_by(dind.service, job, NAME)
        driver = None if variable is None else variable.text.value
        if variable is None or driver not in GRAPH_DRIVERS:
            continue
        modern = prefers_containerd_store(dind.image) is True
        broken = _needs_store(dind, context) if modern else None
        if broken is None and driver != DEFAULT:
            continue  # somebody wanted another driver
        yield context.finding(
            variable.value.location,
            f"{NAME} keeps dind from the image store that this build needs: {broken[0]}"
            if broken
            else f"{NAME} is superfluous: '{driver}' is what dind takes by itself"
            if not modern
            else f"{NAME} brings back dind's old image store, for one platform and without cache export",
            severity=Severity.ERROR if broken else Severity.INFO,
            details=""
            if broken is None
            else f"{broken[0]} is not supported for the docker driver.",
            related=() if broken is None else (noted(broken[1], "what fails"),),
            advice=(f"leave {NAME} out",),
            fix=_fix(job, variable),
        )


def _needs_store(dind: Dind, context: Context) -> tuple[str, Location | None] | None:
    """What a build of the job can only do with the containerd store of dind."""
    for build in context.builds.builds:
        if build.daemon.service is not dind.service or build.builder.driver != "docker":
            continue
        if builds_several_platforms(build):
            return "Multi-platform build", build.given("--platform")[-1].value_location
        for cache in cache_exports(build):
            return "Cache export", cache.option.value_location
    return None


def _fix(job: Job, variable: Variable) -> Fix | None:
    if job.variables.get(NAME) is not variable:
        return None
    edits = remove_variable(job, NAME)
    return fix(f"Remove {NAME}", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        variables:
          DOCKER_DRIVER: ⟦overlay2⟧
          DOCKER_TLS_CERTDIR: "/certs"

        build:
          image: docker:29-cli
          services: ["docker:29-dind"]
          script:
            - docker buildx build --platform linux/amd64,linux/arm64 -t registry.example.com/app --push .
        """,
        fixed="""
        variables:
          DOCKER_TLS_CERTDIR: "/certs"

        build:
          image: docker:29-cli
          services: ["docker:29-dind"]
          script:
            - docker buildx build --platform linux/amd64,linux/arm64 -t registry.example.com/app --push .
        """,
        settings=settings,
    )
    # Superfluous for a decade: advice.
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_DRIVER: ⟦overlay2⟧
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:29-cli
          services: ["docker:29-dind"]
          variables: {DOCKER_DRIVER: ""}
          script: docker buildx build --platform linux/amd64,linux/arm64 -t app .
        """,
        settings=settings,
        why="empty, so dind chooses",
    )
    yield LookAlike(
        """
        build:
          image: docker:29-cli
          services: ["docker:29-dind"]
          variables: {DOCKER_DRIVER: overlay2}
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --platform linux/amd64,linux/arm64 -t registry.example.com/app --push .
        """,
        settings=settings,
        why="a builder in a container has a store of its own: advice only",
    )


CHECK = Check(
    id="dind-docker-driver-variable",
    title="DOCKER_DRIVER with a dind service",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Variables of a job reach its services, and dockerd reads DOCKER_DRIVER as the choice of the
        old image store. Since engine 29 that turns off what the new one can: several platforms in
        one build, and cache export. On older engines the line has had no effect since 2017.
    """,
    links=(
        "https://docs.docker.com/engine/storage/containerd/",
        "https://docs.gitlab.com/ci/docker/using_docker_build/#use-the-overlayfs-driver",
    ),
    symptoms=("docker-driver-multi-platform",),
    since="0.1",
)
