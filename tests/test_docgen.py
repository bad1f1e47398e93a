"""docs/checks.md says what the checks say."""

from __future__ import annotations

from pathlib import Path

from ci_doctor.docgen import own_checks, render

PAGE = Path(__file__).parent.parent / "docs" / "checks.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(own_checks()), "run `make docs`"
