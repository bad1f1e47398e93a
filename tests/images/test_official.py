from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

from ci_doctor.images import official
from ci_doctor.images.official import (
    alternatives,
    data_source,
    is_reliable,
    official_platforms,
    platforms_of,
)
from ci_doctor.images.platforms import parse_platform
from ci_doctor.images.reference import parse_reference, parse_reference_text
from ci_doctor.text import Symbol, Text

DATA = Path(official.__file__).with_name("data") / "official-images.json"
TOOL = Path(__file__).parents[2] / "tools" / "compact_official_images.py"


def test_the_source_of_the_data_is_told() -> None:
    assert re.fullmatch(
        r"docker-library/official-images at [0-9a-f]{8} \(\d{4}-\d{2}-\d{2}\)", data_source()
    )


def test_every_platform_of_the_data_is_a_known_one() -> None:
    data = json.loads(DATA.read_text(encoding="utf-8"))

    for platforms in data["sets"]:
        for platform in platforms.split(" "):
            assert str(parse_platform(platform)) == platform
            assert parse_platform(platform).is_known


def test_every_image_of_the_data_has_an_answer_for_every_tag_listed() -> None:
    data = json.loads(DATA.read_text(encoding="utf-8"))

    for name, image in data["images"].items():
        for number, tags in image.get("tags", {}).items():
            for tag in tags.split(" "):
                assert platforms_of(name, tag) == frozenset(data["sets"][int(number)].split(" "))


@pytest.mark.parametrize(
    ("image", "has", "lacks"),
    [
        ("alpine", "linux/riscv64", "linux/arm/v5"),
        ("alpine:3.22", "linux/arm/v6", "linux/mips64le"),
        ("python:3.12.11-slim-bookworm", "linux/arm64", "linux/arm/v6"),
        ("mirror.gcr.io/library/golang:1.26-alpine", "linux/arm64", "windows/amd64"),
        ("percona:8.0", "linux/amd64", "linux/arm64"),
        ("archlinux", "linux/amd64", "linux/arm64"),
        ("centos:7", "linux/arm64", "linux/riscv64"),
        ("centos:6", "linux/amd64", "linux/arm64"),
        ("java:8", "linux/amd64", "linux/arm64"),
        ("docker:29-dind", "linux/arm64", "linux/s390x"),
    ],
)
def test_an_official_image_has_the_platforms_of_its_tag(image: str, has: str, lacks: str) -> None:
    platforms = official_platforms(parse_reference(image))

    assert platforms is not None
    assert (has in platforms, lacks in platforms) == (True, False)


@pytest.mark.parametrize(
    "image",
    [
        "arm64v8/alpine",
        "bitnami/redis",
        "registry.example.com/alpine",
        "alpine@sha256:" + "0" * 64,
        "alpine:3@sha256:" + "0" * 64,
        "no-such-official-image",
    ],
)
def test_there_is_no_answer_for_other_images_and_digests(image: str) -> None:
    assert official_platforms(parse_reference(image)) is None


def test_an_unknown_tag_has_an_answer_where_all_tags_are_alike() -> None:
    tag = Text((Symbol("TAG"),))
    arch = parse_reference_text(Text.of("archlinux:") + tag)
    python = parse_reference_text(Text.of("python:") + tag)

    assert arch is not None and official_platforms(arch) == frozenset({"linux/amd64"})
    assert python is not None and official_platforms(python) is None


def test_a_tag_falls_back_to_shorter_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {
        "sets": ["default", "line", "kind", "patch"],
        "images": {
            "app": {
                "default": 0,
                "tags": {"1": "3.7-slim v2", "2": "slim", "3": "3.7.2-slim"},
            }
        },
    }
    monkeypatch.setattr(official, "_data", lambda: data)
    for cache in (official._tags, official._set):
        cache.cache_clear()

    found = {
        tag: next(iter(platforms_of("app", tag) or ()))
        for tag in ("3.7.2-slim", "3.7.9-slim", "3.8.1-slim", "v2.1.0", "3.7.2", "latest", "slim-x")
    }

    for cache in (official._tags, official._set):
        cache.cache_clear()
    assert found == {
        "3.7.2-slim": "patch",
        "3.7.9-slim": "line",
        "3.8.1-slim": "kind",
        "v2.1.0": "line",
        "3.7.2": "default",
        "latest": "default",
        "slim-x": "default",
    }


@pytest.mark.parametrize(
    ("tag", "platform", "expected"),
    [
        ("3.6.1", "linux/arm64", True),
        ("3.6.1", "linux/arm/v7", True),
        ("3.6.1", "linux/riscv64", False),
        ("3.12-slim", "linux/riscv64", True),
        ("slim", "linux/s390x", True),
        ("3.99-rc-slim", "linux/s390x", False),
        ("3.12-slim", "linux/mips64le", False),
        ("20240101", "linux/s390x", False),
    ],
)
def test_rare_platforms_are_reliable_for_lines_and_not_for_patch_releases(
    tag: str, platform: str, expected: bool
) -> None:
    assert is_reliable("python", tag, platform) is expected


@pytest.mark.parametrize(
    ("name", "tag", "platforms", "expected"),
    [
        ("python", "3.6-alpine", ["linux/riscv64"], ("python:alpine", "python:latest")),
        ("java", "8", ["linux/arm64"], ("eclipse-temurin",)),
        ("ubuntu", "14.04", ["linux/riscv64"], ("ubuntu:latest",)),
        ("percona", "8.0", ["linux/arm64"], ()),
    ],
)
def test_images_that_have_the_platforms_are_offered(
    name: str, tag: str, platforms: list[str], expected: tuple[str, ...]
) -> None:
    assert alternatives(name, tag, platforms) == expected


def test_what_is_offered_has_the_platforms() -> None:
    wanted = {"linux/amd64", "linux/arm64"}

    for name, tag in (("golang", "1.8"), ("node", "8-stretch"), ("centos", "6"), ("debian", "7")):
        for image in alternatives(name, tag, wanted):
            reference = parse_reference(image)
            assert wanted <= (official_platforms(reference) or set()), image


def test_the_data_file_is_made_from_a_survey() -> None:
    survey = {
        "source": f"official-images at {'a' * 40} (2026-01-02): how it was read",
        "sets": [["linux/amd64", "linux/arm64"], ["linux/amd64"]],
        "images": {
            "web": {"default": 0, "tags": {"1": "1.0  1.1"}, "retired": True},
            "app": {"default": 1, "removed": "2020-01-01"},
        },
        "resolve": ["..."],
    }

    written = runpy.run_path(str(TOOL))["compact"](survey)

    assert json.loads(written) == {
        "about": "platforms of the Docker official images, by tag",
        "origin": "https://github.com/docker-library/official-images",
        "commit": "a" * 40,
        "date": "2026-01-02",
        "sets": ["linux/amd64 linux/arm64", "linux/amd64"],
        "images": {"app": {"default": 1}, "web": {"default": 0, "tags": {"1": "1.0 1.1"}}},
    }
