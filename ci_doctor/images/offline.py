"""What is known of an image's platforms without a network, and how certain it is."""

from __future__ import annotations

import re
from typing import NamedTuple

from .official import data_source, is_reliable, official_platforms
from .published import ImagePlatforms
from .reference import Reference, TextReference, official_name


class _Row(NamedTuple):
    """Platforms of images that are not official. `tags` is a regular expression of whole tags."""

    repositories: str  # separated by blanks
    platforms: str  # without `linux/`
    source: str
    tags: str = ".*"
    certain: bool = True


_DISTROLESS = "distroless README, 2026-08-21"
_DISTROLESS_TAGS = "latest|nonroot|debug|debug-nonroot"
_BUILDKIT = "moby/buildkit docker-bake.hcl, 2026-08-21"
_KANIKO = "kaniko .github/workflows/images.yaml, 2025-06-03"
_DOTNET = "tag list of mcr.microsoft.com, 2026"
_DOTNET_IMAGES = (
    "mcr.microsoft.com/dotnet/sdk mcr.microsoft.com/dotnet/aspnet "
    "mcr.microsoft.com/dotnet/runtime mcr.microsoft.com/dotnet/runtime-deps"
)

# The first row that fits decides. Tags of one architecture (`1.0-arm64`) fit no row, or their own.
# Platforms that only some tags have count as present: what is flagged is what none has.
_ROWS = (
    _Row(
        "gcr.io/distroless/static-debian13 gcr.io/distroless/base-debian13 "
        "gcr.io/distroless/base-nossl-debian13 gcr.io/distroless/cc-debian13",
        "amd64 arm64 arm/v7 s390x ppc64le riscv64",
        _DISTROLESS,
        _DISTROLESS_TAGS,
    ),
    _Row(
        "gcr.io/distroless/static-debian12 gcr.io/distroless/base-debian12 "
        "gcr.io/distroless/base-nossl-debian12 gcr.io/distroless/cc-debian12 "
        "gcr.io/distroless/nodejs22-debian13",
        "amd64 arm64 arm/v7 s390x ppc64le",
        _DISTROLESS,
        _DISTROLESS_TAGS,
    ),
    _Row(
        "gcr.io/distroless/java-base-debian13 gcr.io/distroless/java17-debian13 "
        "gcr.io/distroless/java21-debian13 gcr.io/distroless/java25-debian13",
        "amd64 arm64 s390x ppc64le riscv64",
        _DISTROLESS,
        _DISTROLESS_TAGS,
    ),
    _Row(
        "gcr.io/distroless/nodejs24-debian13 gcr.io/distroless/nodejs26-debian13",
        "amd64 arm64 s390x ppc64le",
        _DISTROLESS,
        _DISTROLESS_TAGS,
    ),
    _Row(
        "gcr.io/distroless/python3-debian13",
        "amd64 arm64 riscv64",
        _DISTROLESS,
        _DISTROLESS_TAGS,
    ),
    _Row("docker.io/moby/buildkit", "amd64 arm/v7 arm64 s390x ppc64le riscv64", _BUILDKIT),
    _Row(
        "docker.io/docker/dockerfile",
        "386 amd64 arm/v7 arm64 mips mipsle mips64 mips64le s390x ppc64le riscv64",
        _BUILDKIT,
    ),
    _Row("gcr.io/kaniko-project/executor", "amd64 arm64 s390x", _KANIKO, "(?:.*-)?debug"),
    _Row(
        "gcr.io/kaniko-project/executor gcr.io/kaniko-project/warmer",
        "amd64 arm64 s390x ppc64le",
        _KANIKO,
    ),
    _Row(
        "ghcr.io/osscontainertools/kaniko docker.io/martizih/kaniko",
        "amd64 arm64 s390x riscv64 ppc64le",
        "osscontainertools/kaniko .github/workflows/images.yaml, 2026-08-22",
    ),
    _Row(
        "mcr.microsoft.com/mssql/server",
        "amd64",
        "microsoft/mssql-docker issues 683, 888, 944 and azure-sql-database-container PR 13, 2026-06-24",
    ),
    _Row(_DOTNET_IMAGES, "windows/amd64", _DOTNET, ".*(?:nanoserver|windowsservercore).*"),
    _Row(_DOTNET_IMAGES, "amd64", _DOTNET, ".*-amd64"),
    _Row(_DOTNET_IMAGES, "arm64", _DOTNET, ".*-arm64v8"),
    _Row(_DOTNET_IMAGES, "arm/v7", _DOTNET, ".*-arm32v7"),
    _Row(_DOTNET_IMAGES, "amd64 arm64", _DOTNET, ".*-aot"),
    _Row(_DOTNET_IMAGES, "amd64 arm64 arm/v7", _DOTNET),
    # Chrome itself is built for arm64 since 2026: https://github.com/SeleniumHQ/docker-selenium/pull/3187
    _Row(
        "docker.io/selenium/standalone-edge docker.io/selenium/node-edge",
        "amd64",
        "SeleniumHQ/docker-selenium PR 3187, 2026-08-01",
    ),
    _Row(
        "docker.io/golangci/golangci-lint",
        "amd64 arm64",
        "golangci-lint .goreleaser.yml",
        "(?!.*-(?:amd64|arm64)$).*",
        certain=False,
    ),
    _Row(
        "docker.io/aquasec/trivy ghcr.io/aquasecurity/trivy public.ecr.aws/aquasecurity/trivy",
        "amd64 arm64 s390x ppc64le",
        "trivy goreleaser.yml",
        "(?!.*-(?:amd64|arm64|s390x|ppc64le)$).*",
        certain=False,
    ),
    _Row(
        "docker.io/prom/prometheus quay.io/prometheus/prometheus",
        "amd64 arm/v7 arm64 ppc64le s390x riscv64",
        "prometheus Makefile",
        "(?!.*-linux-).*",
        certain=False,
    ),
    _Row(
        "docker.io/nvidia/cuda",
        "amd64 arm64 ppc64le",
        "README of NVIDIA's CUDA container images",
        certain=False,
    ),
)

# What an official image may have beside what its data say: see `official.is_reliable`.
_RARE = (
    "linux/386",
    "linux/arm/v5",
    "linux/arm/v6",
    "linux/mips64le",
    "linux/ppc64le",
    "linux/riscv64",
    "linux/s390x",
    "windows/amd64",
)


def offline_platforms(reference: Reference | TextReference) -> ImagePlatforms | None:
    """The platforms of an image as far as they are known here; None for any other image.

    A digest is never known, nor is a tag with unknown parts of an image whose tags differ.
    """
    if reference.digest is not None:
        return None
    tag = reference.tag_or_latest
    tag = tag if tag is None or isinstance(tag, str) else tag.value
    platforms = official_platforms(reference)
    if platforms is not None:
        name = official_name(reference) or ""
        doubtful = {p for p in _RARE if tag is None or not is_reliable(name, tag, p)}
        return ImagePlatforms(platforms, data_source(), frozenset(doubtful - platforms))
    upstream = reference.upstream
    if isinstance(upstream, Reference):
        image: str | None = upstream.name
    elif upstream.registry is None or not (upstream.registry + upstream.repository).is_known:
        image = None
    else:
        image = f"{upstream.registry.value}/{upstream.repository.value}"
    rows = [row for row in _ROWS if image in row.repositories.split()]
    if tag is None:
        return _listed(rows[0]) if len(rows) == 1 and rows[0].tags == ".*" else None
    for row in rows:
        if re.fullmatch(row.tags, tag):
            return _listed(row)
    return None


def _listed(row: _Row) -> ImagePlatforms:
    platforms = {p if p.startswith("windows/") else f"linux/{p}" for p in row.platforms.split()}
    return ImagePlatforms(frozenset(platforms), row.source, certain=row.certain)
