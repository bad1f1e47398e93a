"""What a command loads: a slow start is paid in every commit hook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PIPELINE = """\
build:
  image: {name: "gcr.io/kaniko-project/executor:v1.24.0-debug", entrypoint: [""]}
  script: /kaniko/executor --context . --no-push
"""

PROGRAM = """
import sys
from ci_doctor.cli import main
try:
    main(sys.argv[1:], prog_name="ci-doctor")
finally:
    print(*sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The top-level modules that are there when the command has run."""
    (folder / ".gitlab-ci.yml").write_text(PIPELINE)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(tmp_path: Path, option: str) -> None:
    heavy = {"gitlab", "requests", "rich", "ruamel", "tree_sitter", "tree_sitter_bash"}

    assert loaded(tmp_path, option) & heavy == set()


@pytest.mark.parametrize("form", ["text", "concise", "json"])
def test_lint_loads_no_client_of_gitlab(tmp_path: Path, form: str) -> None:
    assert loaded(tmp_path, "lint", "--format", form) & {"gitlab", "requests"} == set()


def test_resolve_loads_no_client_of_gitlab(tmp_path: Path) -> None:
    assert loaded(tmp_path, "resolve", "--origins") & {"gitlab", "requests", "rich"} == set()


@pytest.mark.parametrize("form", ["concise", "json"])
def test_formats_for_programs_load_no_rich(tmp_path: Path, form: str) -> None:
    assert "rich" not in loaded(tmp_path, "lint", "--format", form)


def test_importing_the_checks_loads_no_parser(tmp_path: Path) -> None:
    assert loaded(tmp_path, "checks") & {"gitlab", "requests", "ruamel", "tree_sitter"} == set()
