"""From paths on a command line to roots and files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ci_doctor.edits import Edit, Fix
from ci_doctor.errors import UsageError
from ci_doctor.finding import Confidence, Finding, Report, Severity
from ci_doctor.source import Location, Source, Span
from ci_doctor.targets import find_targets, gather

CI = ".gitlab-ci.yml"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two projects in it, and the current folder at its top."""
    for path in (CI, "ci/part.yml", "one/.gitlab-ci.yml", "two/.gitlab-ci.yml", "two/Dockerfile"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("a: {script: b}\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*paths: str, **options: str) -> list[tuple[str, list[str], str]]:
    return [
        (os.path.relpath(target.root), target.entries, target.prefix)
        for target in find_targets(paths, ["kaniko-archived"], **options)
    ]


def test_a_pipeline_may_have_any_name(tree: Path) -> None:
    (tree / "pipeline.txt").write_text("a: {script: b}\n")

    assert found("pipeline.txt", ci_file="pipeline.txt") == [(".", ["pipeline.txt"], "")]


def test_the_name_of_a_file_that_is_not_there_is_corrected(tree: Path) -> None:
    with pytest.raises(UsageError) as error:
        find_targets(["two/Dockerfil"], [])

    assert error.value.hint == "did you mean 'Dockerfile'?"


def refused(*paths: str, **options: str) -> str:
    with pytest.raises(UsageError) as error:
        find_targets(paths, ["kaniko-archived"], **options)
    return error.value.message


def test_without_paths_the_current_folder_is_meant(tree: Path) -> None:
    assert found() == [(".", [CI], "")]


def test_a_folder_is_its_own_root(tree: Path) -> None:
    assert found("one") == [("one", [CI], "")]


def test_a_file_named_like_the_ci_file_makes_its_folder_the_root(tree: Path) -> None:
    assert found("one/.gitlab-ci.yml") == [("one", [CI], "")]
    assert found("ci/part.yml", ci_file="ci/part.yml") == [(".", ["ci/part.yml"], "")]


def test_another_file_belongs_to_the_top_of_its_repository(tree: Path) -> None:
    assert found("ci/part.yml", "two/Dockerfile") == [(".", ["ci/part.yml", "two/Dockerfile"], "")]


def test_root_is_stated(tree: Path) -> None:
    assert found("two/Dockerfile", root="two") == [("two", ["Dockerfile"], "")]
    assert found(root="two") == [("two", [CI], "")]
    assert found("two", root=".") == [(".", ["two/.gitlab-ci.yml"], "")]


def test_several_roots_are_told_apart_by_a_prefix(tree: Path) -> None:
    assert found("one", "two", "ci/part.yml") == [
        ("one", [CI], "one/"),
        ("two", [CI], "two/"),
        (".", ["ci/part.yml"], "./"),
    ]


def test_the_settings_of_a_root_name_its_pipeline(tree: Path) -> None:
    (tree / "one" / ".ci-doctor.yml").write_text("ci_file: build.yml\n")
    (tree / "one" / "build.yml").write_text("a: {script: b}\n")

    assert found("one") == [("one", ["build.yml"], "")]
    assert found("one", ci_file=".gitlab-ci.yml") == [("one", [CI], "")]


def test_the_settings_may_stand_elsewhere(tree: Path) -> None:
    (tree / "settings.yml").write_text("ci_file: ci/part.yml\n")

    assert found(config="settings.yml") == [(".", ["ci/part.yml"], "")]


def test_what_cannot_be_meant_is_refused(tree: Path) -> None:
    (tree / "empty").mkdir()
    (tree / "bad.yml").write_text("checks: {kaniko-archive: off}\n")

    (tree / "README.md").write_text("# Title\n")

    assert refused("missing") == "no such file or directory: missing"
    assert refused("README.md") == "README.md is neither a YAML file nor a Dockerfile by its name"
    assert refused("empty") == "there is no .gitlab-ci.yml in empty"
    assert refused(ci_file="other.yml") == "there is no other.yml in ."
    assert refused(ci_file="../other.yml") == "--ci-file ../other.yml is not below the root"
    assert refused("one", root="two").startswith("one is not below the root ")
    assert refused(root="missing") == "no such folder: missing"
    assert refused(config="missing") == "no such file: missing"
    assert refused(config="bad.yml") == "bad.yml:1:10: unknown check 'kaniko-archive'"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_not_read(tree: Path) -> None:
    os.mkfifo(tree / "pipe")

    assert refused("pipe") == "pipe is neither a file nor a folder"


def test_reports_of_several_roots_become_one() -> None:
    source, remote = Source(CI, "a: b\n"), Source("p@r:/f", "c\n", external=True)
    finding = Finding(
        check="x",
        family="x",
        severity=Severity.ERROR,
        confidence=Confidence.CERTAIN,
        message="m",
        location=Location(source, Span(0, 1)),
        related=(Location(remote, Span(0, 1)),),
        fix=Fix("f", (Edit(CI, Span(0, 1), "c"),)),
    )
    report = Report([finding], paths=[CI], suppressed=1, sources={CI: source, remote.path: remote})

    whole = gather([("two/", report), ("one/", report)])

    assert [str(f.location) for f in whole.findings] == [f"one/{CI}:1:1", f"two/{CI}:1:1"]
    assert [str(f.related[0]) for f in whole.findings] == ["p@r:/f:1:1", "p@r:/f:1:1"]
    assert [f.fix and f.fix.edits[0].path for f in whole.findings] == [f"one/{CI}", f"two/{CI}"]
    assert whole.paths == [f"two/{CI}", f"one/{CI}"]
    assert sorted(whole.sources) == [f"one/{CI}", "p@r:/f", f"two/{CI}"]
    assert whole.suppressed == 2
