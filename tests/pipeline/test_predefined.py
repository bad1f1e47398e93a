"""Domains of predefined variables."""

from __future__ import annotations

import re

import pytest

from ci_doctor.pipeline.predefined import NAMES, available_from, domain_of, is_predefined
from ci_doctor.text import Literal, Symbol, Text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CI_COMMIT_SHA", "0123456789abcdef0123456789abcdef01234567"),
        ("CI_COMMIT_SHA", "0123456789abcdef" * 4),
        ("CI_COMMIT_SHORT_SHA", "01234567"),
        ("CI_COMMIT_REF_SLUG", "feature-1"),
        ("CI_COMMIT_REF_SLUG", "1"),
        ("CI_COMMIT_REF_NAME", "feature/Ünïcode#1"),
        ("CI_COMMIT_TAG", ""),
        ("CI_COMMIT_TAG", "v1.0+build"),
        ("CI_COMMIT_BRANCH", ""),
        ("CI_MERGE_REQUEST_IID", ""),
        ("CI_PIPELINE_ID", "1234567890"),
        ("CI_PIPELINE_SOURCE", "merge_request_event"),
        ("CI_REGISTRY", "registry.example.com:5050"),
        ("CI_REGISTRY", "localhost"),
        ("CI_REGISTRY", "[::1]:5000"),
        ("CI_REGISTRY_IMAGE", "registry.gitlab.com/my_group/sub.group/my-project"),
        ("CI_PROJECT_DIR", "/builds/group/project"),
        ("CI_PROJECT_DIR", "C:\\GitLab-Runner\\builds"),
        ("CI_PROJECT_PATH", "Group/Sub/Project.js"),
        ("CI_API_V4_URL", "https://gitlab.example.com:8443/api/v4"),
        ("CI_COMMIT_TIMESTAMP", "2022-01-31T16:47:55Z"),
        ("CI_COMMIT_TIMESTAMP", "2022-01-31T16:47:55+01:00"),
        ("CI_JOB_STARTED_AT", "2022-01-31T16:47:55Z"),
        ("CI_SERVER_VERSION", "18.11.0-pre"),
    ],
)
def test_domain_admits_real_values(name: str, value: str) -> None:
    assert re.fullmatch(domain_of(name), value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CI_COMMIT_SHA", "cache"),
        ("CI_COMMIT_SHORT_SHA", "latest"),
        ("CI_COMMIT_REF_SLUG", "Main"),
        ("CI_COMMIT_REF_SLUG", "a" * 64),
        ("CI_COMMIT_REF_NAME", "a b"),
        ("CI_PIPELINE_SOURCE", "merge_request"),
        ("CI_REGISTRY", "https://registry.example.com"),
        ("CI_REGISTRY_IMAGE", "registry.example.com/Group/project"),
        ("CI_REGISTRY_IMAGE", "registry.example.com"),
        ("CI_PROJECT_DIR", ""),
        ("CI_NODE_TOTAL", "0"),
    ],
)
def test_domain_excludes_what_cannot_be(name: str, value: str) -> None:
    assert re.fullmatch(domain_of(name), value) is None


def test_comparison_of_a_text_uses_the_domain() -> None:
    sha = Text((Literal("app:"), Symbol("CI_COMMIT_SHA", domain=domain_of("CI_COMMIT_SHA"))))

    assert sha.equals("app:cache") is False
    assert sha.equals("app:" + "0" * 40) is None


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_domain_is_an_expression_that_ends(name: str) -> None:
    pattern = re.compile(f"(?:{domain_of(name)})(?:{domain_of(name)})!", re.DOTALL)

    assert pattern.fullmatch("a1-" * 300) is None
    assert available_from(name) in ("pre-pipeline", "pipeline", "job")


def test_other_names_are_not_predefined() -> None:
    assert (is_predefined("CI_COMMIT_SHA"), is_predefined("MY_TOKEN")) == (True, False)
    assert (domain_of("MY_TOKEN"), available_from("MY_TOKEN")) == (".*", None)
