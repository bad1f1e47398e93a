"""Several platforms loaded into an image store that holds one."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Output, Tool
from ...builds.engine import builds_several_platforms, has_containerd_store
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...source import noted


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in (Tool.BUILDX, Tool.DOCKER) or not builds_several_platforms(build):
        return
    for output in build.outputs:
        if output.type != "docker":
            continue
        to_file = output.attributes is not None and output.attributes.get("dest") is not None
        # The docker driver refuses several platforms before it comes to that.
        capable = False if to_file else has_containerd_store(build)
        if capable is True or (build.builder.driver in ("docker", "classic") and not to_file):
            continue
        yield context.finding(
            output.location,
            "an archive of type=docker holds one platform"
            if to_file
            else "docker loads one platform at a time"
            + ("" if capable is False else " unless the engine is 29 or newer"),
            confidence=Confidence.CERTAIN if capable is False else Confidence.LIKELY,
            details=(
                "ERROR: failed to build: docker exporter does not currently support exporting "
                "manifest lists"
            ),
            related=(noted(build.platforms[-1].location, "the last of several platforms"),),
            advice=("type=oci",) if to_file else ("--push", "or one --platform for --load"),
            fix=_fix(build, output),
        )


def _fix(build: Build, output: Output) -> Fix | None:
    load = next((o for o in build.given("--load") if o.location == output.location), None)
    if load is None or load.location is None or not output.names or load.value is not None:
        return None
    if build.given("--push"):
        return None
    return fix("Push the image", replace(load.location, "--push"), unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --platform linux/amd64,linux/arm64 -t "$CI_REGISTRY_IMAGE" ⟦--load⟧ .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --platform linux/amd64,linux/arm64 -t "$CI_REGISTRY_IMAGE" --push .
        """,
    )
    yield Example("""
        build:
          image: docker:29-cli
          services: ["docker:29-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --platform linux/amd64 --platform linux/arm64
              ⟦--output type=docker,dest=app.tar⟧ -t app .
    """)
    yield LookAlike(
        """
        build:
          image: docker:29-cli
          services: ["docker:29-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --platform linux/amd64,linux/arm64 -t app --load .
        """,
        why="engine 29 keeps several platforms in its containerd store",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          parallel:
            matrix:
              - PLATFORM: [linux/amd64, linux/arm64]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --platform $PLATFORM -t app --load .
        """,
        why="each job loads one platform",
    )


CHECK = Check(
    id="buildx-load-multi-platform",
    title="--load with several platforms",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `--load` hands the result to docker in a format that has room for one platform, unless the
        engine keeps its images in containerd's store, as it does since version 29. buildx refuses
        the build.
    """,
    links=("https://docs.docker.com/build/exporters/oci-docker/",),
    since="0.1",
)
