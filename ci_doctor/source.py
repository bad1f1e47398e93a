"""A text with its path, and spans in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\n|\r")


class Span(NamedTuple):
    """Characters `start` to `end` (half-open, 0-based offsets into a Source's text)."""

    start: int
    end: int

    def shift(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


class Position(NamedTuple):
    """A place as editors show it: both numbers 1-based, columns in characters."""

    line: int
    column: int


class Source:
    """A text as it stands in its file: line ends and byte order mark are kept.

    `path` is relative to the root, with `/`; for a text from outside the repository it is
    `project@ref:/file` or a URL, and `external` is true: nothing in it can be edited.
    """

    __slots__ = ("_line_starts", "external", "path", "text")

    def __init__(self, path: str, text: str, *, external: bool = False) -> None:
        self.path = path
        self.text = text
        self.external = external
        self._line_starts: list[int] | None = None

    def __repr__(self) -> str:
        return f"Source({self.path!r}, {len(self.text)} characters)"

    @property
    def line_starts(self) -> list[int]:
        if self._line_starts is None:
            self._line_starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        return self._line_starts

    def position(self, offset: int) -> Position:
        """The line and column of `offset`; a byte order mark takes no column."""
        starts = self.line_starts
        line = bisect_right(starts, offset)
        column = offset - starts[line - 1] + 1
        if line == 1 and column > 1 and self.text.startswith("\ufeff"):
            column -= 1
        return Position(line, column)

    def offset(self, line: int, column: int) -> int:
        """The offset of a 1-based line and column."""
        bom = 1 if line == 1 and self.text.startswith("\ufeff") else 0
        return self.line_starts[line - 1] + column - 1 + bom

    def line_span(self, line: int) -> Span:
        """Line `line` (1-based) without its line end."""
        starts = self.line_starts
        start = starts[line - 1]
        end = starts[line] if line < len(starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def line(self, line: int) -> str:
        start, end = self.line_span(line)
        return self.text[start:end].lstrip("\ufeff")

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class Location:
    """Text in a source. `note` says in related locations why it is shown."""

    source: Source
    span: Span
    note: str = ""

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def start(self) -> Position:
        return self.source.position(self.span.start)

    @property
    def end(self) -> Position:
        return self.source.position(self.span.end)

    @property
    def text(self) -> str:
        return self.source.slice(self.span)

    def noted(self, note: str) -> Location:
        return replace(self, note=note)

    def __str__(self) -> str:
        start = self.start
        return f"{self.path}:{start.line}:{start.column}"


def noted(place: Location | None, note: str) -> Location | None:
    """A place with what is to be said of it, where there is one."""
    return None if place is None else place.noted(note)
