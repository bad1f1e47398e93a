"""The documented ways of building are clean, and each with one part taken away gives that finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from ci_doctor.cli import main

DOCKERFILE = "FROM alpine:3.22\nRUN apk add --no-cache curl\n"

ROOTLESS = r"""
build-rootless:
  image:
    name: moby/buildkit:v0.32.2-rootless
    entrypoint: [""]
  stage: build
  variables:
    BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
  before_script:
    - mkdir -p ~/.docker
    - echo "{\"auths\":{\"$CI_REGISTRY\":{\"username\":\"$CI_REGISTRY_USER\",\"password\":\"$CI_REGISTRY_PASSWORD\"}}}" > ~/.docker/config.json
  script:
    - |
      buildctl-daemonless.sh build \
        --frontend dockerfile.v0 \
        --local context=. \
        --local dockerfile=. \
        --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
"""

BUILDX = r"""
build-buildx:
  image: docker:28-cli
  stage: build
  services:
    - docker:28-dind
  variables:
    DOCKER_HOST: tcp://docker:2375
    DOCKER_TLS_CERTDIR: ""
  before_script:
    - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
    - docker buildx create --use --driver docker-container --name builder
  script:
    - |
      docker buildx build \
        --platform linux/amd64,linux/arm64 \
        --tag $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA \
        --push .
"""


class Seen(NamedTuple):
    check: str
    severity: str
    line: int
    text: str


def lint(root: Path, pipeline: str, dockerfile: str = DOCKERFILE) -> list[Seen]:
    path = root / ".gitlab-ci.yml"
    path.write_text(pipeline)
    (root / "Dockerfile").write_text(dockerfile)
    result = CliRunner().invoke(main, ["lint", "--format", "json", str(path)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return [
        Seen(
            finding["check"],
            finding["severity"],
            finding["start"]["line"],
            (root / finding["path"]).read_text()[
                finding["start"]["offset"] : finding["end"]["offset"]
            ],
        )
        for finding in json.loads(result.stdout)["findings"]
        if finding["severity"] != "info"
    ]


def without(text: str, *parts: str) -> str:
    for part in parts:
        assert part in text
        text = text.replace(part, "")
    return text


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def errors(seen: list[Seen]) -> list[Seen]:
    return [finding for finding in seen if finding.severity == "error"]


@pytest.mark.parametrize("pipeline", [ROOTLESS, BUILDX], ids=["rootless", "buildx"])
def test_the_documented_way_has_no_error(tmp_path: Path, pipeline: str) -> None:
    assert errors(lint(tmp_path, pipeline)) == []


@pytest.mark.parametrize(
    ("pipeline", "removed", "check", "at"),
    [
        (
            ROOTLESS,
            ['\n    entrypoint: [""]'],
            "rootless-missing-entrypoint",
            "moby/buildkit:v0.32.2-rootless",
        ),
        (
            ROOTLESS,
            ["  variables:\n", "    BUILDKITD_FLAGS: --oci-worker-no-process-sandbox\n"],
            "rootless-missing-no-process-sandbox",
            "buildctl-daemonless.sh",
        ),
        (
            ROOTLESS,
            [ROOTLESS[ROOTLESS.index("  before_script:") : ROOTLESS.index("  script:")]],
            "auth-missing-for-push",
            "push=true",
        ),
        (
            ROOTLESS,
            ["name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,"],
            "buildctl-push-without-name",
            "push=true",
        ),
        (BUILDX, ["  services:\n    - docker:28-dind\n"], "dind-service-missing", "docker"),
        (
            BUILDX,
            [
                '    - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" '
                '--password-stdin "$CI_REGISTRY"\n'
            ],
            "auth-docker-login-missing",
            "--push",
        ),
        (
            BUILDX,
            ["    - docker buildx create --use --driver docker-container --name builder\n"],
            "buildx-docker-driver-multi-platform",
            "linux/amd64,linux/arm64",
        ),
    ],
    ids=["entrypoint", "flag", "login", "name", "service", "docker-login", "builder"],
)
def test_one_part_taken_away_gives_exactly_its_finding(
    tmp_path: Path, pipeline: str, removed: list[str], check: str, at: str
) -> None:
    broken = without(pipeline, *removed)

    found = lint(tmp_path, broken)

    clean = lint(tmp_path, pipeline)
    assert [
        (f.check, f.severity, f.text) for f in found if f.check not in {c.check for c in clean}
    ] == [(check, "error", at)]
    # `docker login` needs no daemon: the first command that does is the next one.
    line = line_of(broken, "docker buildx create" if at == "docker" else at)
    assert [finding.line for finding in errors(found)] == [line]
