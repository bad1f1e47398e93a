from __future__ import annotations

import pytest

from ci_doctor.builds.keys import DOCKER_HUB_KEY, host_of, key_matches
from ci_doctor.pipeline.variables import unknown_variable
from ci_doctor.text import Text


@pytest.mark.parametrize(
    ("key", "host", "fits"),
    [
        ("registry.example.com", "registry.example.com", True),
        ("https://registry.example.com", "registry.example.com", True),
        ("http://registry.example.com/", "registry.example.com", True),
        ("https://registry.example.com/v2/", "registry.example.com", True),
        ("registry.example.com/group", "registry.example.com", True),
        ("registry.example.com:443", "registry.example.com", False),
        ("registry.example.com", "registry.example.com:443", False),
        ("https://registry.example.com:5443/v2/", "registry.example.com:5443", True),
        ("registry.example.com:5443/group", "registry.example.com:5443", True),
        ("other.example.com", "registry.example.com", False),
        (DOCKER_HUB_KEY, DOCKER_HUB_KEY, True),
    ],
)
def test_a_key_serves_its_host(key: str, host: str, fits: bool) -> None:
    assert key_matches(Text.of(key), Text.of(host)) is fits


@pytest.mark.parametrize(
    "key",
    [
        "docker.io",
        "index.docker.io",
        "registry-1.docker.io",
        "https://index.docker.io",
        "https://index.docker.io/v1",
        "https://index.docker.io/v2/",
        "http://index.docker.io/v1/",
        "https://docker.io/v1/",
        "https://registry-1.docker.io/v2/",
    ],
)
def test_docker_hub_is_served_by_one_key_only(key: str) -> None:
    assert key_matches(Text.of(key), Text.of(DOCKER_HUB_KEY)) is False


def test_the_same_variable_is_the_same_host() -> None:
    registry = Text((unknown_variable("CI_REGISTRY"),))

    assert key_matches(registry, registry) is True
    assert key_matches(Text.of("https://") + registry, registry) is True
    assert key_matches(registry, Text.of("registry.example.com")) is None
    assert key_matches(registry, Text.of(DOCKER_HUB_KEY)) is False


def test_the_image_variable_holds_the_registry() -> None:
    image = Text((unknown_variable("CI_REGISTRY_IMAGE"),))
    registry = Text((unknown_variable("CI_REGISTRY"),))

    assert host_of(image + Text.of("/app")).equals(registry) is True
    assert key_matches(image, registry) is True
