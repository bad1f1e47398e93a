"""For which platforms stages are made, and on which they run."""

from __future__ import annotations

from ci_doctor.builds.arguments import scopes_of
from ci_doctor.builds.build import Build
from ci_doctor.builds.stage_platforms import (
    StageRun,
    by_stage,
    image_stages,
    misfits,
    own_platform,
    single_platforms,
    stage_runs,
    targets,
)
from ci_doctor.dockerfile import Dockerfile, parse_dockerfile
from ci_doctor.images.platforms import parse_platform
from ci_doctor.source import Source

from .surveyed import only, survey


def build(command: str, more: str = "") -> Build:
    head = 'build: {image: "docker:28-cli", services: ["docker:28-dind"], '
    return only(survey(f"{head}script: '{command}'{more}}}\n"))


def dockerfile(text: str) -> Dockerfile:
    return parse_dockerfile(Source("Dockerfile", text))


def shown(runs: tuple[StageRun, ...] | list[StageRun]) -> list[str]:
    return [
        f"{run.stage.label} for {run.target.platform} on {run.platform}"
        + " pinned" * run.pinned
        + " copied" * run.copied
        for run in runs
    ]


def test_a_stage_runs_on_the_target_or_on_what_its_lowest_from_says() -> None:
    text = """FROM --platform=$BUILDPLATFORM golang:1.26 AS build
FROM build AS more
FROM --platform=linux/amd64 alpine AS tools
FROM alpine AS final
COPY --from=more / /a
COPY --from=tools / /b
FROM final AS unused
"""
    one = build("docker buildx build --platform linux/amd64,arm64 --target final .")

    assert shown(stage_runs(one, dockerfile(text))) == [
        "build for linux/amd64 on None copied",
        "more for linux/amd64 on None copied",
        "tools for linux/amd64 on linux/amd64 copied",
        "final for linux/amd64 on linux/amd64",
        "build for linux/arm64 on None copied",
        "more for linux/arm64 on None copied",
        "tools for linux/arm64 on linux/amd64 pinned copied",
        "final for linux/arm64 on linux/arm64",
    ]


def test_a_from_with_the_architecture_in_its_name_chooses_a_stage_for_each_platform() -> None:
    text = "FROM alpine AS base-amd64\nFROM debian AS base-arm64\nFROM base-$TARGETARCH AS final\n"
    runs = stage_runs(
        build("docker buildx build --platform linux/amd64,linux/arm64 ."), dockerfile(text)
    )

    assert [stage.label for stage in by_stage(runs)] == ["base-amd64", "base-arm64", "final"]
    assert shown([run for run in runs if run.stage.label.startswith("base")]) == [
        "base-amd64 for linux/amd64 on linux/amd64",
        "base-arm64 for linux/arm64 on linux/arm64",
    ]


def test_the_platforms_of_a_choice_are_not_certain() -> None:
    one = build(
        "docker buildx build --platform linux/$ARCH,linux/riscv64 .",
        ", parallel: {matrix: [{ARCH: [amd64, arm64]}]}",
    )

    assert [(str(target.platform), target.certain) for target in targets(one)] == [
        ("linux/amd64", False),
        ("linux/riscv64", True),
        ("linux/arm64", False),
    ]


def test_without_platforms_the_tags_of_a_hosted_runner_tell_them() -> None:
    arm = build("docker build .", ", tags: [saas-linux-medium-arm64]")
    amd = build("docker build .", ", tags: [saas-linux-small-amd64]")
    other = build("docker build .", ", tags: [mine]")

    assert [str(target.platform) for target in targets(arm)] == ["linux/arm64"]
    assert [str(target.platform) for target in targets(amd)] == ["linux/amd64"]
    assert targets(other) == ()
    assert own_platform(other.job) is None


def test_one_platform_for_each_job_of_a_matrix() -> None:
    matrix = ", parallel: {matrix: [{ARCH: [amd64, arm64]}]}"

    def platforms(command: str, more: str = "") -> list[str]:
        return [str(platform) for platform in single_platforms(build(command, more))]

    assert platforms("docker build --platform linux/$ARCH .", matrix) == [
        "linux/amd64",
        "linux/arm64",
    ]
    assert platforms("docker build --platform linux/arm64 .") == ["linux/arm64"]
    assert platforms("docker build --platform linux/arm64,linux/amd64 .") == []
    assert platforms("docker build --platform $PLATFORM .") == []
    assert platforms("docker build --platform linux/${ARCH:-amd64} .") == []


def test_programs_of_another_architecture_do_not_fit() -> None:
    text = "FROM alpine\n"
    runs = stage_runs(
        build("docker buildx build --platform linux/amd64,linux/arm64 ."), dockerfile(text)
    )

    def foreign(architecture: str) -> list[str]:
        return [str(run.platform) for run in misfits(runs, architecture)]

    assert foreign("amd64") == ["linux/arm64"]
    assert foreign("386") == ["linux/arm64"]
    assert foreign("arm") == ["linux/amd64"]
    assert foreign("riscv64") == ["linux/amd64", "linux/arm64"]


def test_a_named_context_may_stand_for_any_stage() -> None:
    one = build("docker buildx build --platform linux/arm64 --build-context base=. .")

    assert stage_runs(one, dockerfile("FROM alpine\n")) == ()


def test_the_layers_of_an_image_are_those_of_its_stage_and_below() -> None:
    text = "FROM alpine AS base\nFROM golang AS build\nFROM base\nCOPY --from=build / /\n"
    parsed = dockerfile(text)
    one = build("docker build --build-arg A=1 .")

    stages = image_stages(one, scopes_of(one, parsed))

    assert sorted(stage.label for stage in stages) == ["2", "base"]


def test_variables_of_from_are_those_of_the_platform() -> None:
    text = "ARG VERSION=1\nFROM base:$VERSION-$TARGETARCH\n"
    one = build("docker buildx build --platform linux/arm64 --build-arg VERSION=2 .")

    (run,) = stage_runs(one, dockerfile(text))

    assert run.from_.image.value == "base:2-arm64"
    assert run.platform == parse_platform("linux/arm64")
