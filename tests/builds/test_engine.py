from __future__ import annotations

import pytest

from ci_doctor.builds.engine import (
    builds_several_platforms,
    cache_exports,
    has_containerd_store,
    is_kept_from_store,
    prefers_containerd_store,
)
from ci_doctor.builds.job_image import DockerImage, is_older
from ci_doctor.text import Text
from tests.builds.surveyed import only, survey


@pytest.mark.parametrize(
    ("service", "variables", "store", "kept"),
    [
        ("docker:29-dind", "{}", True, False),
        ("docker:dind", "{}", True, False),
        ("docker:28-dind", "{}", False, False),
        ("docker:stable-dind", "{}", False, False),
        ("docker:29-dind", "{DOCKER_DRIVER: overlay2}", False, True),
        ("docker:28-dind", "{DOCKER_DRIVER: overlay2}", False, False),
        ("docker:29-dind", "{DOCKER_DRIVER: $DRIVER}", None, False),
        (
            '{name: "docker:29-dind", variables: {DOCKER_DRIVER: ""}}',
            "{DOCKER_DRIVER: vfs}",
            True,
            False,
        ),
        ('{name: "docker:29-dind", command: ["--storage-driver=vfs"]}', "{}", False, False),
    ],
)
def test_whether_the_daemon_keeps_several_platforms(
    service: str, variables: str, store: bool | None, kept: bool
) -> None:
    build = only(
        survey(f"""
            build:
              image: docker:28-cli
              services: [{service}]
              variables: {variables}
              script: docker build .
        """)
    )

    assert has_containerd_store(build) is store
    assert is_kept_from_store(build) is kept


def test_what_the_script_exports_does_not_reach_the_service() -> None:
    build = only(
        survey("""
            build:
              image: docker:29-cli
              services: ["docker:29-dind"]
              script:
                - export DOCKER_DRIVER=overlay2
                - docker build .
        """)
    )

    assert has_containerd_store(build) is True


@pytest.mark.parametrize(
    ("arguments", "several", "exports"),
    [
        ("--platform linux/amd64,linux/arm64", True, 0),
        ("--platform linux/amd64 --platform linux/arm64", True, 0),
        ("--platform linux/arm64,linux/arm64/v8", False, 0),
        ("--platform linux/arm64 --cache-to type=inline", False, 0),
        ("--cache-to type=registry,ref=a:b --cache-to type=local,dest=c", False, 2),
        ("--cache-to a:b", False, 1),
        ("--cache-to type=gha", False, 0),
        ("--cache-to $CACHE", False, 0),
    ],
)
def test_what_needs_the_containerd_store(arguments: str, several: bool, exports: int) -> None:
    build = only(
        survey(f"""
            build:
              image: docker:28-cli
              services: ["docker:28-dind"]
              script: docker buildx build {arguments} .
        """)
    )

    assert builds_several_platforms(build) is several
    assert len(cache_exports(build)) == exports


@pytest.mark.parametrize(
    ("name", "frozen", "floating", "buildx", "store", "newer"),
    [
        ("docker", False, True, True, True, "29-cli"),
        ("docker:latest", False, True, True, True, "29-cli"),
        ("docker:cli", False, True, True, True, "29-cli"),
        ("docker:dind", False, True, True, True, "29-dind"),
        ("docker:dind-rootless", False, True, True, True, "29-dind-rootless"),
        ("docker:stable", True, False, False, False, "29-cli"),
        ("docker:stable-dind", True, False, False, False, "29-dind"),
        ("docker:git", True, False, None, False, "29-cli"),
        ("docker:20.10.24", False, False, True, False, "29-cli"),
        ("docker:20.10.12-dind", False, False, False, False, "29-dind"),
        ("docker:20", False, False, True, False, "29-cli"),
        ("docker:19.03", False, False, False, False, "29-cli"),
        ("docker:28.1.1-dind-alpine3.21", False, False, True, False, None),
        ("docker:$VERSION", None, None, None, None, None),
        ("registry.example.com/ci/docker:stable", True, False, None, None, "29-cli"),
    ],
)
def test_what_a_tag_of_docker_says(
    name: str,
    frozen: bool | None,
    floating: bool | None,
    buildx: bool | None,
    store: bool | None,
    newer: str | None,
) -> None:
    image = DockerImage.of(Text.of(name) if "$" not in name else _unknown())

    assert image.is_frozen is frozen
    assert image.is_floating is floating
    assert image.has_buildx is buildx
    assert prefers_containerd_store(image) is store
    assert image.tag_of("29") == newer


def _unknown() -> Text:
    from ci_doctor.text import Symbol

    return Text.of("docker:") + Text((Symbol("VERSION"),))


@pytest.mark.parametrize(
    ("version", "than", "older"),
    [
        ((20,), (20, 10, 16), False),
        ((20, 10), (20, 10, 16), False),
        ((20, 10, 12), (20, 10, 16), True),
        ((19, 3, 12), (20, 10), True),
        ((28,), (23,), False),
        (None, (23,), None),
    ],
)
def test_a_short_version_is_the_newest_of_its_line(
    version: tuple[int, ...] | None, than: tuple[int, ...], older: bool | None
) -> None:
    assert is_older(version, than) is older
