"""Platforms read from a real registry, Debian's docker-registry."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci_doctor.cache import Cache
from ci_doctor.images.docker_config import Keychain
from ci_doctor.images.published import ImagePlatforms
from ci_doctor.images.reference import Reference, parse_reference
from ci_doctor.images.registry import RegistryClient

from .registry_server import (
    DOCKER_LIST,
    DOCKER_MANIFEST,
    OCI_INDEX,
    OCI_MANIFEST,
    PASSWORD,
    USER,
    Registry,
    running,
)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running(tmp_path_factory.mktemp("registry")) as registry:
        yield registry


@pytest.fixture(scope="module")
def closed_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running(tmp_path_factory.mktemp("registry"), password=True) as registry:
        registry.push_index("team/base", "1", ["linux/amd64"])
        yield registry


@pytest.fixture(autouse=True)
def proxies_that_nobody_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")  # for the pushes


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def client(cache: Cache, **environment: str) -> RegistryClient:
    return RegistryClient(cache, Keychain.of_user({"DOCKER_CONFIG": "/nowhere", **environment}))


def image(registry: Registry, name: str) -> Reference:
    return parse_reference(f"{registry.host}/{name}")


@pytest.mark.parametrize("kind", [OCI_INDEX, DOCKER_LIST])
def test_an_index_tells_its_platforms(registry: Registry, cache: Cache, kind: str) -> None:
    platforms = ["linux/amd64", "linux/arm64", "linux/arm/v7"]
    registry.push_index("base/python", "3", platforms, kind)

    found = client(cache).platforms(image(registry, "base/python:3"))

    assert found == ImagePlatforms(frozenset(platforms), registry.host)


@pytest.mark.parametrize("kind", [OCI_MANIFEST, DOCKER_MANIFEST])
def test_a_single_image_tells_its_platform_in_its_configuration(
    registry: Registry, cache: Cache, kind: str
) -> None:
    registry.push_image("base/go", "latest", "linux/arm/v7", kind)

    found = client(cache).platforms(image(registry, "base/go"))

    assert found == ImagePlatforms(frozenset({"linux/arm/v7"}), registry.host, single=True)


def test_an_image_is_found_by_its_digest(registry: Registry, cache: Cache) -> None:
    digest = registry.push_index("base/node", "22", ["linux/s390x"])
    registry.push_index("base/node", "22", ["linux/amd64"])
    asked = client(cache)

    by_digest = asked.platforms(image(registry, f"base/node@{digest}"))
    by_both = asked.platforms(image(registry, f"base/node:22@{digest}"))
    by_tag = asked.platforms(image(registry, "base/node:22"))

    assert by_digest == by_both == ImagePlatforms(frozenset({"linux/s390x"}), registry.host)
    assert by_tag == ImagePlatforms(frozenset({"linux/amd64"}), registry.host)


def test_what_is_not_there_has_no_answer(registry: Registry, cache: Cache) -> None:
    asked = client(cache)
    absent = image(registry, "base/absent:1")

    assert asked.platforms(absent) is None
    assert asked.reason(absent) == f"{registry.host} does not have it (404)"


def test_many_images_are_looked_up_together(registry: Registry, cache: Cache) -> None:
    architectures = ["amd64", "arm64", "s390x", "ppc64le", "riscv64"]
    for number in range(20):
        registry.push_index(f"many/{number}", "1", [f"linux/{architectures[number % 5]}"])
    asked = client(cache)
    images = [image(registry, f"many/{number}:1") for number in range(20)]

    asked.look_up(images)

    assert [asked.platforms(one) for one in images] == [
        ImagePlatforms(frozenset({f"linux/{architectures[number % 5]}"}), registry.host)
        for number in range(20)
    ]


def test_a_tag_that_moved_is_seen_in_the_next_run(registry: Registry, cache: Cache) -> None:
    registry.push_index("base/moving", "1", ["linux/amd64"])
    before = client(cache).platforms(image(registry, "base/moving:1"))
    registry.push_index("base/moving", "1", ["linux/amd64", "linux/arm64"])

    after = client(cache).platforms(image(registry, "base/moving:1"))

    assert before == ImagePlatforms(frozenset({"linux/amd64"}), registry.host)
    assert after == ImagePlatforms(frozenset({"linux/amd64", "linux/arm64"}), registry.host)


def test_a_helm_chart_has_no_platforms(registry: Registry, cache: Cache) -> None:
    config = registry._blob("charts/app", b'{"name": "app"}')
    kind = "application/vnd.cncf.helm.config.v1+json"
    registry.push(
        "charts/app",
        "1.0.0",
        OCI_MANIFEST,
        {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": {"mediaType": kind, **config},
            "layers": [],
        },
    )
    asked = client(cache)
    chart = image(registry, "charts/app:1.0.0")

    assert asked.platforms(chart) is None
    assert asked.reason(chart) == (
        f"{registry.host} tells no platforms: its configuration names no platform"
    )


def config_json(folder: Path, host: str, password: str = PASSWORD) -> str:
    auth = base64.b64encode(f"{USER}:{password}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))
    return str(folder)


def test_credentials_of_config_json_open_a_registry(
    closed_registry: Registry, cache: Cache, tmp_path: Path
) -> None:
    folder = config_json(tmp_path, closed_registry.host)

    found = client(cache, DOCKER_CONFIG=folder).platforms(image(closed_registry, "team/base:1"))

    assert found == ImagePlatforms(frozenset({"linux/amd64"}), closed_registry.host)


def test_credentials_of_the_variable_open_a_registry(
    closed_registry: Registry, cache: Cache
) -> None:
    variable = json.dumps(
        {"auths": {closed_registry.host: {"username": USER, "password": PASSWORD}}}
    )

    found = client(cache, DOCKER_AUTH_CONFIG=variable).platforms(
        image(closed_registry, "team/base:1")
    )

    assert found == ImagePlatforms(frozenset({"linux/amd64"}), closed_registry.host)


def test_without_credentials_a_closed_registry_tells_nothing(
    closed_registry: Registry, cache: Cache
) -> None:
    asked = client(cache)
    base = image(closed_registry, "team/base:1")

    assert asked.platforms(base) is None
    assert asked.reason(base) == (
        f"it is not there, or not for everybody: {closed_registry.host} answers 401"
    )


def test_wrong_credentials_are_told_without_themselves(
    closed_registry: Registry, cache: Cache, tmp_path: Path
) -> None:
    folder = config_json(tmp_path, closed_registry.host, "wrong-password")
    asked = client(cache, DOCKER_CONFIG=folder)

    reason = asked.reason(image(closed_registry, "team/base:1"))

    assert reason == (f"{closed_registry.host} does not take the credentials of config.json (401)")


def test_credentials_are_not_kept_on_disk(
    closed_registry: Registry, cache: Cache, tmp_path: Path
) -> None:
    folder = config_json(tmp_path, closed_registry.host)

    client(cache, DOCKER_CONFIG=folder).look_up([image(closed_registry, "team/base:1")])

    kept = [path.read_bytes() for path in (tmp_path / "cache").iterdir()]
    encoded = base64.b64encode(f"{USER}:{PASSWORD}".encode())
    assert len(kept) == 1
    assert not any(secret in content for content in kept for secret in (encoded, PASSWORD.encode()))
