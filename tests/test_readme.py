"""The README shows what the command prints."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from ci_doctor.cli import main

ROOT = Path(__file__).parent.parent


def test_the_readme_shows_real_output() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    start = page.index("$ ci-doctor lint examples/broken\n")
    shown = page[start : page.index("```", start)].splitlines()[1:]

    result = CliRunner().invoke(main, ["lint", str(ROOT / "examples" / "broken")])

    printed = iter([*result.stdout.splitlines(), *result.stderr.splitlines()])
    missing = [line for line in shown if line != "…" and line not in printed]
    assert missing == []
