"""Text edits: what a fix writes, and how fixes are applied."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from .source import Span


class Applicability(Enum):
    SAFE = "safe"  # changes nothing but the fault: `--fix`
    UNSAFE = "unsafe"  # a person decides: `--fix --unsafe-fixes`
    DISPLAY = "display"  # shown in the report, never written

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace `span` of the file `path` (relative to the root) by `text`."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.SAFE


def apply_fixes(path: str, text: str, fixes: Iterable[Fix]) -> tuple[str, int]:
    """Return the fixed text of the file `path` and how many fixes went in.

    A fix goes in whole or not at all. One that touches text an earlier fix has already
    changed is left for the next pass over the new text.
    """
    taken: list[Edit] = []
    applied = 0
    for fix in sorted(fixes, key=lambda f: sorted(f.edits)):
        mine = [edit for edit in fix.edits if edit.path == path]
        new = [edit for edit in mine if edit not in taken]
        if not mine or any(_clash(edit, other) for edit in new for other in taken):
            continue
        taken += new
        applied += 1
    for edit in sorted(taken, reverse=True):  # from the end, so offsets stay true
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text, applied


def _clash(edit: Edit, other: Edit) -> bool:
    return edit.span.overlaps(other.span) or edit.span == other.span
