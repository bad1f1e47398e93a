from __future__ import annotations

import pytest

from ci_doctor.finding import Confidence
from ci_doctor.images.offline import offline_platforms
from ci_doctor.images.platforms import parse_platform
from ci_doctor.images.published import ImagePlatforms
from ci_doctor.images.reference import parse_reference, parse_reference_text
from ci_doctor.text import Symbol, Text

CERTAIN, LIKELY = Confidence.CERTAIN, Confidence.LIKELY


@pytest.mark.parametrize(
    ("image", "wanted", "expected"),
    [
        ("alpine:3.22", "linux/arm64", None),
        ("alpine:3.22", "linux/foo", CERTAIN),
        ("percona:8.0.36", "linux/arm64", CERTAIN),
        ("percona:8.0.36", "linux/riscv64", LIKELY),
        ("python:3.12-slim", "linux/arm/v6", None),  # arm/v5 runs there
        ("moby/buildkit:v0.32.2-rootless", "linux/arm64", None),
        ("moby/buildkit:v0.32.2-rootless", "linux/386", CERTAIN),
        ("moby/buildkit", "linux/amd64/v3", None),
        ("docker/dockerfile:1", "linux/386", None),
        ("gcr.io/kaniko-project/executor:v1.24.0", "linux/ppc64le", None),
        ("gcr.io/kaniko-project/executor:v1.24.0-debug", "linux/ppc64le", CERTAIN),
        ("gcr.io/kaniko-project/executor:debug", "linux/ppc64le", CERTAIN),
        ("gcr.io/distroless/static-debian12:nonroot", "linux/arm/v7", None),
        ("gcr.io/distroless/java21-debian13", "linux/arm/v7", CERTAIN),
        ("mcr.microsoft.com/mssql/server:2022-latest", "linux/arm64", CERTAIN),
        ("mcr.microsoft.com/dotnet/sdk:9.0", "linux/arm/v7", None),
        ("mcr.microsoft.com/dotnet/sdk:9.0-aot", "linux/arm/v7", CERTAIN),
        ("mcr.microsoft.com/dotnet/aspnet:9.0-amd64", "linux/arm64", CERTAIN),
        ("mcr.microsoft.com/dotnet/sdk:9.0-nanoserver-ltsc2022", "linux/amd64", CERTAIN),
        ("golangci/golangci-lint:v2.5-alpine", "linux/arm64", None),
        ("golangci/golangci-lint:v2.5-alpine", "linux/s390x", LIKELY),
        ("aquasec/trivy:0.60.0", "linux/arm/v7", LIKELY),
        ("quay.io/prometheus/prometheus", "linux/386", LIKELY),
        ("nvidia/cuda:12.6.0-base-ubuntu24.04", "linux/s390x", LIKELY),
        ("selenium/standalone-edge", "linux/arm64", CERTAIN),
        ("alpine", "linux", None),
    ],
)
def test_a_missing_platform_is_told_with_its_certainty(
    image: str, wanted: str, expected: Confidence | None
) -> None:
    known = offline_platforms(parse_reference(image))

    assert known is not None
    assert known.lacks(parse_platform(wanted)) is expected


@pytest.mark.parametrize(
    "image",
    [
        "example/app",
        "selenium/standalone-chrome",
        "gcr.io/distroless/static-debian12:nonroot-arm64",
        "aquasec/trivy:0.60.0-arm64",
        "moby/buildkit@sha256:" + "0" * 64,
        "registry.example.com/moby/buildkit",
    ],
)
def test_other_images_are_not_known(image: str) -> None:
    assert offline_platforms(parse_reference(image)) is None


def test_an_unknown_tag_is_known_where_it_makes_no_difference() -> None:
    tag = Text((Symbol("TAG"),))

    def platforms(name: str) -> ImagePlatforms | None:
        reference = parse_reference_text(Text.of(name) + tag)
        assert reference is not None
        return offline_platforms(reference)

    assert platforms("gcr.io/kaniko-project/executor:") is None
    assert platforms("python:") is None
    sql_server = platforms("mcr.microsoft.com/mssql/server:")
    assert sql_server is not None and sql_server.platforms == {"linux/amd64"}
    arch = platforms("archlinux:")
    assert arch is not None
    assert arch.lacks(parse_platform("arm64")) is CERTAIN


def test_the_platform_that_is_pulled_instead_is_told() -> None:
    jessie = offline_platforms(parse_reference("python:2-jessie"))

    assert jessie is not None
    assert str(jessie.match(parse_platform("linux/arm64"))) == "linux/arm/v7"


def test_images_are_known_through_a_mirror_of_docker_hub() -> None:
    prefix = Text((Symbol("CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX"),))
    mirrored = parse_reference_text(prefix + Text.of("/moby/buildkit:rootless"))

    assert mirrored is not None
    assert offline_platforms(mirrored) == offline_platforms(parse_reference("moby/buildkit"))
