"""A target stage that the Dockerfile does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.dockerfile_syntax import reads_plain_dockerfile
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...dockerfile import Dockerfile, find_target
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.spelling import Speller


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if build.target is None or dockerfile is None or not dockerfile.stages:
        return
    if not reads_plain_dockerfile(build, dockerfile):
        return
    variants = build.target.variants()
    missing = [
        variant.value
        for variant in variants
        if variant.value and find_target(dockerfile, variant.value) is None
    ]
    if not missing or any(variant.value is None for variant in variants):
        return
    name = missing[0]
    names = [stage.name for stage in dockerfile.stages if stage.name]
    near = Speller().nearest(name.lower(), names)
    yield context.finding(
        build.target_location,
        f"{dockerfile.path} has no stage '{name}'"
        + ("" if near is None else f": did you mean '{near.word}'?"),
        confidence=Confidence.CERTAIN if len(missing) == len(variants) else Confidence.LIKELY,
        details=(
            f'error finding target stage: "{name}" is not a valid target build stage'
            if build.tool is Tool.KANIKO
            else f'error: failed to solve: target stage "{name}" could not be found'
        ),
        related=[dockerfile.stages[-1].from_.location.noted("the last stage")],
        advice=(_stages(dockerfile),),
        fix=_fix(build, name, near.word if near is not None and near.alone else None),
    )


def _stages(dockerfile: Dockerfile) -> str:
    named = [f"'{stage.name}'" for stage in dockerfile.stages if stage.name]
    return f"stages: {', '.join(named)}" if named else "no stage has a name: FROM … AS NAME"


def _fix(build: Build, name: str, near: str | None) -> Fix | None:
    place = build.target_location
    if near is None or place is None or place.text != name:
        return None
    return fix(f"Write `{near}`", replace(place, near))


def examples() -> Iterator[Example | LookAlike]:
    dockerfile = """
        FROM golang:1.26 AS build
        RUN go build -o /app ./cmd/app
        FROM alpine:3.22 AS production
        COPY --from=build /app /usr/bin/app
    """
    yield Example(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt target=⟦prodution⟧ --output type=oci,dest=image.tar
            """,
        },
        fixed={
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt target=production --output type=oci,dest=image.tar
            """,
        },
    )
    yield Example(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                variables:
                  TARGET: ⟦release⟧

                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build --target "$TARGET" -t app .
            """,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - docker build --target Production -t app .
                    - docker build --target 0 -t build .
                    - docker build --target "$TARGET" -t other .
            """,
        },
        why="the case does not matter, stages have numbers, and one that is not known",
    )
    yield LookAlike(
        {
            "Dockerfile": "# syntax=registry.example.com/frontend:2\nFROM alpine:3.22\n",
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build --target release -t app .
            """,
        },
        why="a frontend of one's own decides what a target is",
    )


CHECK = Check(
    id="dockerfile-target-missing",
    title="Target stage that is not there",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The build of a stage that the Dockerfile does not name ends at once. Mostly the stage was
        renamed, and one of the jobs was forgotten.
    """,
    links=("https://docs.docker.com/build/building/multi-stage/#stop-at-a-specific-build-stage",),
    since="0.1",
)
