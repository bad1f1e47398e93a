"""Every check that a page of docs/ names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ci_doctor.registry import load_registry

DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_a_page_links_to_checks_that_exist(page: Path) -> None:
    registry = load_registry()
    known = {*registry.ids, *(check.family for check in registry)}

    linked = re.findall(r"\]\(checks\.md#([\w-]+)\)", page.read_text(encoding="utf-8"))

    assert [name for name in linked if name not in known] == []
