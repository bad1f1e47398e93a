from __future__ import annotations

import pytest

from ci_doctor.images.comparison import same_image, same_repository_of
from ci_doctor.pipeline.variables import expand
from ci_doctor.text import Text


def text(name: str) -> Text:
    return expand(name, None, {})


@pytest.mark.parametrize(
    ("one", "other", "image", "repository"),
    [
        ("alpine", "docker.io/library/alpine:latest", True, True),
        ("alpine:3", "alpine", False, True),
        ("$CI_REGISTRY_IMAGE", "$CI_REGISTRY_IMAGE:latest", True, True),
        ("$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA", "$CI_REGISTRY_IMAGE:latest", False, True),
        ("$CI_REGISTRY_IMAGE:$CI_COMMIT_REF_SLUG", "$CI_REGISTRY_IMAGE:main", None, True),
        ("$CI_REGISTRY_IMAGE/a", "$CI_REGISTRY_IMAGE/b", False, False),
        ("$IMAGE", "$IMAGE", True, None),
        ("$IMAGE:a", "$IMAGE:b", False, None),
        ("$IMAGE", "h.io/app", None, None),
        ("h.io/app:1", "H://no name", False, False),
    ],
)
def test_names_are_compared_as_docker_reads_them(
    one: str, other: str, image: bool | None, repository: bool | None
) -> None:
    assert same_image(text(one), text(other)) is image
    assert same_image(text(other), text(one)) is image
    assert same_repository_of(text(one), text(other)) is repository
