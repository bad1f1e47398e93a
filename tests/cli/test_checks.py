"""`ci-doctor checks`: the list, one of them, and as data."""

from __future__ import annotations

import json

from click.testing import CliRunner

from ci_doctor.cli import main
from ci_doctor.registry import load_registry


def checks(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["checks", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_every_check_is_listed_below_its_family() -> None:
    registry = load_registry()

    lines = checks().splitlines()

    assert [line for line in lines if line and not line.startswith(" ")] == sorted(
        {check.family for check in registry}
    )
    assert [line.split()[:2] for line in lines if line.startswith(" ")] == [
        [check.id, str(check.severity)] for check in registry
    ]


def test_one_check_is_described_with_an_example() -> None:
    lines = checks("kaniko-archived").splitlines()

    assert lines[:3] == [
        "kaniko/kaniko-archived: Archived Kaniko image",
        "severity: warning, since: 0.1",
        "",
    ]
    assert "Found in .gitlab-ci.yml:" in lines
    assert "        name: gcr.io/kaniko-project/executor:v1.24.0-debug" in lines
    assert lines[-1].startswith("https://")


def test_the_list_as_data() -> None:
    described = json.loads(checks("--format", "json"))

    assert [check["id"] for check in described] == load_registry().ids
    assert next(check for check in described if check["id"] == "kaniko-archived") == {
        "id": "kaniko-archived",
        "family": "kaniko",
        "title": "Archived Kaniko image",
        "severity": "warning",
        "fixable": False,
        "since": "0.1",
        "url": load_registry().get("kaniko-archived").url,  # type: ignore[union-attr]
    }
    assert json.loads(checks("kaniko/kaniko-archived", "--format", "json"))["family"] == "kaniko"


def test_a_name_that_no_check_has_is_a_usage_error() -> None:
    result = CliRunner().invoke(main, ["checks", "kaniko-archive"])

    assert (result.exit_code, result.stdout, result.stderr) == (
        2,
        "",
        "error: no check is called 'kaniko-archive'\nhint: did you mean 'kaniko-archived'?\n",
    )
