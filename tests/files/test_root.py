from __future__ import annotations

from pathlib import Path

import pytest

from ci_doctor.files.root import find_root

from .conftest import Write


def test_the_directory_of_the_ci_file_is_the_root(root: Path, write: Write) -> None:
    write({"sub/.gitlab-ci.yml": "", ".git/HEAD": ""})

    assert find_root(root / "sub" / ".gitlab-ci.yml") == root / "sub"
    assert find_root(root / "sub") == root / "sub"


def test_a_ci_file_of_another_name_gives_its_root(root: Path, write: Write) -> None:
    write({"ci/main.yml": "", ".git/HEAD": "", "sub/ci/main.yml": ""})

    assert find_root(root / "sub" / "ci" / "main.yml", "ci/main.yml") == root / "sub"
    assert find_root(root / "ci", "ci/main.yml") == root


def test_any_other_file_belongs_to_its_work_tree(root: Path, write: Write) -> None:
    write({"ci/jobs/build.yml": "", ".git": "gitdir: elsewhere"})

    assert find_root(root / "ci" / "jobs" / "build.yml") == root
    assert find_root(root / "ci" / "jobs") == root


def test_a_missing_file_has_a_root_too(root: Path, write: Write) -> None:
    write({".git/HEAD": ""})

    assert find_root(root / "ci" / "no.yml") == root


def test_paths_may_be_relative(root: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write({".gitlab-ci.yml": ""})
    monkeypatch.chdir(root)

    assert find_root(Path(".gitlab-ci.yml")) == Path.cwd()
    assert find_root(Path()) == Path.cwd()
