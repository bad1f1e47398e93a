from __future__ import annotations

import pytest

from ci_doctor.dockerfile import (
    ResolvedFrom,
    copied_images,
    find_target,
    from_images,
    needed_stages,
)
from ci_doctor.text import Choice, Symbol, Text

from .texts import parse


def needed(text: str, target: str | None = None) -> list[str]:
    return [stage.label for stage in needed_stages(parse(text), target)]


STAGES = """\
FROM golang AS Build
FROM build AS test
FROM alpine AS assets
FROM scratch AS other
COPY --from=assets /a /b
FROM alpine
COPY --from=build /out /out
RUN --mount=type=bind,from=Assets,target=/x make
"""


def test_the_last_stage_is_built_without_a_target() -> None:
    assert needed(STAGES) == ["build", "assets", "4"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("build", ["build"]),
        ("TEST", ["build", "test"]),
        ("other", ["assets", "other"]),
        ("2", ["assets"]),
        ("nothing", []),
        ("9", []),
    ],
)
def test_a_target_needs_its_stages_only(target: str, expected: list[str]) -> None:
    assert needed(STAGES, target) == expected


def test_a_target_that_is_not_known_may_need_all() -> None:
    target = Text((Symbol("TARGET", "job"),))

    assert len(needed_stages(parse(STAGES), target)) == 5


def test_a_target_is_found_or_not() -> None:
    dockerfile = parse(STAGES)

    assert [s and s.index for s in (find_target(dockerfile), find_target(dockerfile, "Build"))] == [
        4,
        0,
    ]
    assert find_target(dockerfile, "x") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nFROM b\nCOPY --from=0 x y\n", ["0", "1"]),
        ("FROM a\nFROM b\nCOPY --from=7 x y\n", ["1"]),
        ("FROM a AS x\nFROM b AS x\nFROM c\nCOPY --from=x y z\n", ["x", "2"]),
        ("FROM a AS x\nFROM b\nADD --from=x y z\n", ["1"]),
        ("FROM a AS x\nFROM b\nRUN --mount=from=0,target=/y z\n", ["1"]),
        ("FROM a AS x\nFROM b AS y\nONBUILD COPY --from=x p q\nFROM y\n", ["x", "y", "2"]),
        ("FROM a AS x\nFROM b AS y\nONBUILD COPY --from=x p q\n", ["y"]),
        ("FROM a AS x\nCOPY --from=y p q\nFROM b AS y\nCOPY --from=x p q\n", ["x", "y"]),
        ("ARG B=x\nFROM a AS x\nFROM a AS y\nFROM $B\n", ["x", "2"]),
        ("FROM alpine AS alpine\nFROM b\nCOPY --from=alpine p q\n", ["alpine", "1"]),
    ],
)
def test_stages_are_needed_through(text: str, expected: list[str]) -> None:
    assert needed(text) == expected


def test_of_two_stages_with_a_name_the_later_one_is_copied_from() -> None:
    text = "FROM a AS x\nFROM b AS x\nFROM c\nCOPY --from=x y z\n"

    assert [stage.index for stage in needed_stages(parse(text))] == [1, 2]


def test_a_base_that_is_not_known_may_be_any_stage_that_fits() -> None:
    dockerfile = parse(
        "ARG KIND\nFROM a AS base-dev\nFROM a AS base-prod\nFROM a AS x\nFROM base-$KIND\n"
    )

    assert [s.label for s in needed_stages(dockerfile)] == ["3"]
    found = from_images(dockerfile, complete=False)
    assert [f.stage.label for f in found] == ["base-dev", "base-prod", "3"]
    assert [f.is_stage_ref for f in found] == [False, False, None]


def summary(found: ResolvedFrom) -> tuple[object, ...]:
    return (
        found.image.display,
        found.platform and found.platform.display,
        found.base and found.base.label,
        found.is_stage_ref,
        found.is_scratch,
        found.is_pulled,
    )


def test_from_images_are_those_of_the_needed_stages() -> None:
    text = """\
ARG TAG=1
FROM --platform=$BUILDPLATFORM golang:$TAG AS build
FROM build AS unused
FROM scratch AS empty
FROM Build AS test
FROM empty
COPY --from=test /a /b
"""

    assert [summary(found) for found in from_images(parse(text), {"TAG": Text.of("2")})] == [
        ("golang:2", "$BUILDPLATFORM", None, False, False, True),
        ("scratch", None, None, False, True, False),
        ("Build", None, "build", True, False, False),
        ("empty", None, "empty", True, False, False),
    ]


def test_the_place_of_an_image_is_the_word_after_from() -> None:
    [found] = from_images(parse("ARG IMAGE=alpine\nFROM --platform=linux/arm64 $IMAGE AS x\n"))

    assert (found.location.text, found.image.value) == ("$IMAGE", "alpine")


def test_a_base_of_two_kinds_is_neither_for_certain() -> None:
    dockerfile = parse("ARG BASE\nFROM a AS x\nFROM $BASE\n")
    either = Text((Choice((Text.of("x"), Text.of("scratch"))),))

    assert summary(from_images(dockerfile, {"BASE": either})[-1]) == (
        "{x|scratch}",
        None,
        None,
        None,
        None,
        None,
    )


def test_images_that_are_copied_or_mounted_from_are_found() -> None:
    text = """\
FROM a AS x
COPY --from=ghcr.io/unused/image:1 a b
FROM b
COPY --from=x a b
COPY --from=0 a b
COPY --from=nginx:1 a b
RUN --mount=type=bind,from=busybox,target=/bb --mount=type=cache,target=/c d
"""
    assert [c.name.value for c in copied_images(parse(text))] == [
        "ghcr.io/unused/image:1",
        "nginx:1",
        "busybox",
    ]


def test_an_empty_dockerfile_needs_nothing() -> None:
    assert (needed(""), from_images(parse("")), copied_images(parse(""))) == ([], [], [])
