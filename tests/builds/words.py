"""Words of a command made from one line, each known to stand in it."""

from __future__ import annotations

import re

from ci_doctor.execution.command import Word
from ci_doctor.source import Location, Source, Span
from ci_doctor.text import At, Literal, Part, Symbol, Text

_VARIABLE = re.compile(r"\$(\w+)")


class Line:
    """An origin whose characters stand one to one in a source."""

    def __init__(self, text: str) -> None:
        self.source = Source("line", text)

    def locate(self, start: int, end: int) -> Location:
        return Location(self.source, Span(start, end))


def words(line: str) -> tuple[Word, ...]:
    """The words between blanks; `$NAME` is an unknown variable, opaque where it is a whole word."""
    origin = Line(line)
    made = []
    for match in re.finditer(r"\S+", line):
        parts: list[Part] = []
        at = match.start()
        for found in _VARIABLE.finditer(line, match.start(), match.end()):
            if found.start() > at:
                parts.append(Literal(line[at : found.start()], At(origin, at, found.start())))
            parts.append(Symbol(found[1], at=At(origin, found.start(), found.end())))
            at = found.end()
        if at < match.end():
            parts.append(Literal(line[at : match.end()], At(origin, at, match.end())))
        opaque = len(parts) == 1 and isinstance(parts[0], Symbol)
        made.append(Word(Text(tuple(parts)), origin.locate(*match.span()), opaque))
    return tuple(made)
