"""Texts that a shell runs, with the place of every character.

The items of `before_script` and `script` are one script for the shell (GitLab Runner writes them
one below the other), so that an `if` of one item may end in a later one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ..pipeline.model import Job, Value
from ..shell.parse import parse_script
from ..shell.syntax import Script
from ..source import Location, Source, Span
from ..text import UNKNOWN, At, Literal, Opaque, Origin, Part, Text

_LONGEST_WRITTEN = 200


@dataclass(frozen=True, slots=True)
class Unit:
    """A parsed text with its places. `path` is the repository's script that it is, if any.

    `unseen` are parts of the text that nobody here can see, by offset: a pipeline input without
    a value, or a variable in the argument of `sh -c`.
    """

    script: Script
    origin: Origin
    path: str | None = None
    name: Text | None = None  # the script as it was called, `$BASH_SOURCE` in it
    unseen: Mapping[int, Part] = field(default_factory=dict)

    def text(self, span: Span) -> Text:
        """The characters as they stand, each with its place."""
        parts: list[Part] = []
        start = span.start
        if self.unseen:
            for at in range(span.start, span.end):
                if self.script.text[at] == UNKNOWN and at in self.unseen:
                    parts += self._literal(start, at)
                    parts.append(self.unseen[at])
                    start = at + 1
        return Text((*parts, *self._literal(start, span.end)))

    def _literal(self, start: int, end: int) -> Iterator[Literal]:
        if start < end:
            yield Literal(self.script.text[start:end], At(self.origin, start, end))

    def opaque(self, span: Span) -> Opaque:
        """Stands for what these characters compute."""
        written = self.text(span).display
        short = written if len(written) <= _LONGEST_WRITTEN else written[:_LONGEST_WRITTEN] + "…"
        return Opaque(short, self.at(span))

    def at(self, span: Span) -> At:
        return At(self.origin, span.start, span.end)

    def locate(self, span: Span) -> Location:
        return self.origin.locate(span.start, span.end)


@dataclass(frozen=True, slots=True)
class FileOrigin:
    """A file that is itself the script."""

    source: Source

    def locate(self, start: int, end: int) -> Location:
        return Location(self.source, Span(start, end))


@dataclass(frozen=True, slots=True)
class TextOrigin:
    """A script put together from words (`sh -c "…"`); `fallback` for what stands in no file."""

    source: Text
    fallback: Location

    def locate(self, start: int, end: int) -> Location:
        return self.source.locate(start, end) or self.fallback


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    origin: Origin | None
    location: Location


class JoinedOrigin:
    """The items of a script, one below the other."""

    def __init__(self, pieces: list[_Piece]) -> None:
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]

    def locate(self, start: int, end: int) -> Location:
        """A span over several items reaches to the last one in the same file."""
        first = self._pieces[max(bisect_right(self._starts, start) - 1, 0)]
        last = first
        if end > first.end:
            last = self._pieces[max(bisect_right(self._starts, end - 1) - 1, 0)]
        place = self._within(first, start, end)
        if last is not first:
            other = self._within(last, start, end)
            if other.source is place.source and other.span.end > place.span.start:
                return Location(place.source, Span(place.span.start, other.span.end))
        return place

    def _within(self, piece: _Piece, start: int, end: int) -> Location:
        if piece.origin is None:
            return piece.location
        low = min(max(start, piece.start), piece.end) - piece.start
        high = max(min(end, piece.end) - piece.start, low)
        return piece.origin.locate(low, high)


@dataclass(frozen=True, slots=True)
class JobScript:
    """One script that the runner hands to a shell.

    `sections` are the offsets at which the items of each keyword begin. `unknown` are items of
    which nothing is known (a `!reference` to what was not read).
    """

    unit: Unit
    sections: tuple[tuple[int, str], ...]
    unknown: tuple[Location, ...] = ()

    def keyword(self, offset: int) -> str:
        """The keyword whose items hold the character at `offset`."""
        name = self.sections[0][1]
        for start, keyword in self.sections:
            if start > offset:
                break
            name = keyword
        return name


def job_script(job: Job, *keywords: str) -> JobScript | None:
    """The items of `keywords`, which share a shell, as one script; None where there are none."""
    texts: list[str] = []
    pieces: list[_Piece] = []
    sections: list[tuple[int, str]] = []
    unknown: list[Location] = []
    unseen: dict[int, Part] = {}
    at = 0
    for keyword in keywords:
        sections.append((at, keyword))
        value = job.keywords.get(keyword)
        if keyword == "hooks" and value is not None:
            value = value.get("pre_get_sources_script")
        for item in () if value is None else _items(value):
            text = item.text
            location = item.location or job.location
            if text is None:
                if item.is_unknown:
                    unknown.append(location)
                continue
            string = item.string or ""
            if text.template == string:
                end = at + len(string)
                pieces.append(_Piece(at, end, item.origin, location))
            else:  # an input that nobody here can see
                string = text.template
                end = at + len(string)
                pieces.append(_Piece(at, end, TextOrigin(text, location), location))
                unseen.update(_unseen(text, at))
            texts.append(string)
            at = end + 1
    if not texts and not unknown:
        return None
    script = parse_script("\n".join(texts))
    origin: Origin = JoinedOrigin(pieces) if pieces else TextOrigin(Text(), job.location)
    return JobScript(Unit(script, origin, unseen=unseen), tuple(sections), tuple(unknown))


def text_unit(text: Text, fallback: Location, path: str | None) -> Unit:
    """A script given as a text; unknown parts of it stay what they are."""
    script = parse_script(text.template)
    return Unit(script, TextOrigin(text, fallback), path, unseen=_unseen(text, 0))


def file_unit(source: Source, path: str, name: Text) -> Unit:
    return Unit(parse_script(source.text), FileOrigin(source), path, name)


def _unseen(text: Text, start: int) -> dict[int, Part]:
    found: dict[int, Part] = {}
    for part in text.parts:
        if isinstance(part, Literal):
            start += len(part.value)
        else:
            found[start] = part
            start += 1
    return found


def _items(value: Value) -> Iterable[Value]:
    """The items of a script keyword, nested lists flattened, in order."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if item.is_list:
            waiting += reversed(item.items)
        elif not item.is_mapping:
            yield item
