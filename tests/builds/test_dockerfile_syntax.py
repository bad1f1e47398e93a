"""Who reads a Dockerfile."""

from __future__ import annotations

import pytest

from ci_doctor.builds.dockerfile_syntax import is_docker_frontend, reads_plain_dockerfile
from ci_doctor.dockerfile import parse_dockerfile
from ci_doctor.source import Source

from .surveyed import only, survey


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("docker/dockerfile:1", True),
        ("docker.io/docker/dockerfile:1.7-labs", True),
        ("docker/dockerfile-upstream:master", True),
        ("registry.example.com/docker/dockerfile:1", True),
        ("registry.example.com/frontend:1", False),
        ("NO NAME", False),
    ],
)
def test_a_frontend_is_dockers_by_its_name(name: str, answer: bool) -> None:
    assert is_docker_frontend(name) is answer


@pytest.mark.parametrize(
    ("text", "options", "answer"),
    [
        ("FROM alpine\n", "", True),
        ("# syntax=docker/dockerfile:1\nFROM alpine\n", "", True),
        ("# syntax=example.com/frontend\nFROM alpine\n", "", False),
        ("FROM alpine\nRUNN x\n", "", False),
        ("FROM alpine\n", "--build-arg BUILDKIT_SYNTAX=example.com/frontend ", False),
    ],
)
def test_another_frontend_reads_the_file_its_own_way(text: str, options: str, answer: bool) -> None:
    build = only(survey(f"build: {{image: 'docker:28-cli', script: 'docker build {options}.'}}\n"))

    assert reads_plain_dockerfile(build, parse_dockerfile(Source("Dockerfile", text))) is answer
