"""Texts that a shell runs, with the place of every character.

The items of `before_script` and `script` are one script for the shell (GitLab Runner writes them
one below the other), so that an `if` of one item may end in a later one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ..pipeline.model import Job, Value
from ..shell.parse import parse_script
from ..shell.syntax import Script
from ..source import Location, Source, Span
from ..text import UNKNOWN, At, Literal, Opaque, Origin, Part, Text

_LONGEST_WRITTEN = 200

HOOKS = ("hooks",)
# The keywords whose items share a shell, in the order in which the shells run.
SCRIPTS = (HOOKS, ("before_script", "script"), ("after_script",))

# Wrappers of build tools that projects carry along: long scripts that start a JVM.
_CARRIED_PROGRAMS = frozenset({"gradlew", "mvnw"})
_INSTALLED = re.compile(r"(?:^|/)(?:node_modules|\.?venv|vendor)/")
_SETUP = re.compile(
    r"^/etc/|^(?:~|\$\{?HOME\}?|/root)/\.|(?:^|/)(?:activate|nvm\.sh|\.cargo/env|\.bashrc|\.profile)$"
)


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


@dataclass(slots=True)
class _Piece:
    """An item, characters `start` to `end` of the whole. Its places are made when asked for."""

    start: int
    end: int
    item: Value
    fallback: Location
    seen: Origin | None = None

    def locate(self, start: int, end: int) -> Location:
        low = min(max(start, self.start), self.end) - self.start
        high = max(min(end, self.end) - self.start, low)
        if self.seen is None:
            self.seen = self.item.origin
            if self.seen is None:
                return self.item.location or self.fallback
        return self.seen.locate(low, high)


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
        place = first.locate(start, end)
        if last is not first:
            other = last.locate(start, end)
            if other.source is place.source and other.span.end > place.span.start:
                return Location(place.source, Span(place.span.start, other.span.end))
        return place


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


@lru_cache(maxsize=16)  # a job is looked at before it is walked
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
            string = item.string
            if string is None:
                if item.is_unknown:
                    unknown.append(item.location or job.location)
                continue
            seen: Origin | None = None
            if item.has_unknown:  # an input that nobody here can see
                text = item.text or Text()
                string = text.template
                seen = TextOrigin(text, item.location or job.location)
                unseen.update(_unseen(text, at))
            end = at + len(string)
            pieces.append(_Piece(at, end, item, job.location, seen))
            texts.append(string)
            at = end + 1
    if not texts and not unknown:
        return None
    script = parse_script("\n".join(texts))
    origin: Origin = JoinedOrigin(pieces) if pieces else TextOrigin(Text(), job.location)
    return JobScript(Unit(script, origin, unseen=unseen), tuple(sections), tuple(unknown))


def may_be_followed(program: str) -> bool:
    """Whether a program, as a command names it, may be a script of the repository."""
    if "/" not in program or program[0] in "/~":
        return False
    name = program.rsplit("/", 1)[-1]
    return name not in _CARRIED_PROGRAMS and _INSTALLED.search(program) is None


def only_sets_up(path: str) -> bool:
    """Whether a sourced file is one that shells read at their start: it only sets variables."""
    return _SETUP.search(path) is not None


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
