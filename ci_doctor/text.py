"""Strings that are only partly known, and where their characters were written.

A script says `--output type=image,name=$CI_REGISTRY_IMAGE:$TAG`: some of it is literal, some
is a variable whose value only GitLab knows. `Text` keeps both, compares three-valued (True,
False, None for unknown) and maps every character back to the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, product
from typing import NamedTuple, Protocol

from .source import Location

# Stands in `Text.template` for one unknown part. A noncharacter: a file that holds it all the same
# only gets a text that is less known.
UNKNOWN = "\ufdd0"


class Origin(Protocol):
    """Where the characters of a decoded string were written."""

    def locate(self, start: int, end: int) -> Location:
        """The text in the file that characters `start` to `end` (half-open) came from."""
        ...


class At(NamedTuple):
    """Characters `start` to `end` of a string whose `origin` is known."""

    origin: Origin
    start: int
    end: int

    def locate(self) -> Location:
        return self.origin.locate(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Literal:
    """Known characters. Where `at` spans as many characters as `value` has, they map one to one."""

    value: str
    at: At | None = field(default=None, compare=False)

    def __getitem__(self, part: slice) -> Literal:
        start, stop, _ = part.indices(len(self.value))
        at = self.at
        if at is not None and at.end - at.start == len(self.value):
            at = At(at.origin, at.start + start, at.start + stop)
        return Literal(self.value[start:stop], at)


@dataclass(frozen=True, slots=True)
class Symbol:
    """The value of a variable nobody here can see, the same wherever `scope` is the same.

    `domain` is a regular expression that every value matches in full (".*" when nothing is known).
    """

    variable: str
    scope: str = ""
    domain: str = field(default=".*", compare=False)
    at: At | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something computed (`$(date)`): never known to equal anything, itself included."""

    written: str
    at: At | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several texts (a matrix, `rules:variables`, branches, `${X:-d}`)."""

    options: tuple[Text, ...]
    at: At | None = field(default=None, compare=False)


Part = Literal | Symbol | Opaque | Choice


@dataclass(frozen=True)
class Text:
    """A sequence of parts. Indices count literal characters, and one for each other part."""

    parts: tuple[Part, ...] = ()

    @staticmethod
    def of(value: str, origin: Origin | None = None, start: int = 0) -> Text:
        """A known text whose characters stand one to one at `start` of `origin`."""
        if not value:
            return Text()
        at = None if origin is None else At(origin, start, start + len(value))
        return Text((Literal(value, at),))

    @staticmethod
    def join(texts: Iterable[Text]) -> Text:
        return Text(tuple(part for text in texts for part in text.parts))

    @cached_property
    def template(self) -> str:
        """The characters, with `UNKNOWN` for each part that is not literal."""
        return "".join(p.value if isinstance(p, Literal) else UNKNOWN for p in self.parts)

    @property
    def value(self) -> str | None:
        """The characters where all are known, else None."""
        template = self.template
        return None if UNKNOWN in template else template

    @property
    def is_known(self) -> bool:
        return UNKNOWN not in self.template

    @property
    def is_empty(self) -> bool | None:
        return self.equals("")

    @cached_property
    def display(self) -> str:
        """For messages: variables as `$NAME`, the rest as written."""
        shown = []
        for part in self.parts:
            match part:
                case Literal(value=value):
                    shown.append(value)
                case Symbol(variable=name):
                    shown.append(f"${name}" if re.fullmatch(r"\w+", name) else f"${{{name}}}")
                case Opaque(written=written):
                    shown.append(written)
                case Choice(options=options):
                    shown.append("{" + "|".join(option.display for option in options) + "}")
        return "".join(shown)

    def __len__(self) -> int:
        return len(self.template)

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __add__(self, other: Text) -> Text:
        return Text(self.parts + other.parts)

    def __getitem__(self, part: slice) -> Text:
        start, stop, step = part.indices(len(self))
        assert step == 1
        taken: list[Part] = []
        at = 0
        for piece in self.parts:
            length = len(piece.value) if isinstance(piece, Literal) else 1
            low, high = max(start, at), min(stop, at + length)
            if low < high:
                taken.append(piece[low - at : high - at] if isinstance(piece, Literal) else piece)
            at += length
        return Text(tuple(taken))

    def split(self, separator: str, maxsplit: int = -1) -> list[Text]:
        """Split at a literal separator, as `str.split` does; unknown parts stay whole."""
        pieces = self.template.split(separator, maxsplit)
        result = []
        at = 0
        for piece in pieces:
            result.append(self[at : at + len(piece)])
            at += len(piece) + len(separator)
        return result

    def partition(self, separator: str) -> tuple[Text, Text | None]:
        """What stands before and after the first separator; (self, None) without one."""
        index = self.template.find(separator)
        if index < 0:
            return self, None
        return self[:index], self[index + len(separator) :]

    def strip(self, characters: str | None = None) -> Text:
        template = self.template
        start = len(template) - len(template.lstrip(characters))
        return (
            self[start : len(template.rstrip(characters))] if template.strip(characters) else Text()
        )

    def variants(self, limit: int = 64) -> tuple[Text, ...]:
        """The texts without `Choice` that this may be, at most `limit` of them."""
        if not any(isinstance(part, Choice) for part in self.parts):
            return (self,)
        slots: list[Iterable[Text]] = [
            [v for o in part.options for v in o.variants(limit)] or [Text()]
            if isinstance(part, Choice)
            else [Text((part,))]
            for part in self.parts
        ]
        return tuple(Text.join(combination) for combination in islice(product(*slots), limit))

    def symbols(self) -> Iterator[Symbol]:
        """Every variable in it, in choices too."""
        for part in self.parts:
            if isinstance(part, Symbol):
                yield part
            elif isinstance(part, Choice):
                for option in part.options:
                    yield from option.symbols()

    @property
    def is_computed(self) -> bool:
        """Whether a part of it comes from a command or an expression that was not followed."""
        return any(
            isinstance(part, Opaque)
            or (isinstance(part, Choice) and any(o.is_computed for o in part.options))
            for part in self.parts
        )

    def equals(self, other: Text | str) -> bool | None:
        other = Text.of(other) if isinstance(other, str) else other
        return self._all(_equal(a, b) for a in self.variants() for b in other.variants())

    def matches(self, pattern: str) -> bool | None:
        """Whether the whole text matches a regular expression; unknown parts may be anything."""
        return self._all(_matches(variant, pattern) for variant in self.variants())

    def startswith(self, prefix: str) -> bool | None:
        return self._all(_starts(v.template, prefix) for v in self.variants())

    def endswith(self, suffix: str) -> bool | None:
        return self._all(_starts(v.template[::-1], suffix[::-1]) for v in self.variants())

    def contains(self, piece: str) -> bool | None:
        """True where a literal part holds `piece`; False only where no unknown part could."""
        return self._all(
            True if piece in v.template else None if UNKNOWN in v.template else False
            for v in self.variants()
        )

    @staticmethod
    def _all(answers: Iterable[bool | None]) -> bool | None:
        seen = set(answers)
        return seen.pop() if len(seen) == 1 else None

    def locate(self, start: int = 0, end: int | None = None) -> Location | None:
        """Where characters `start` to `end` are written; None where they stand in no file.

        Pieces from several places (a variable's value beside literal text) give the places of
        the first piece's source that lie in one run.
        """
        piece = self[start : len(self) if end is None else end]
        places = [part.at.locate() for part in piece.parts if part.at is not None]
        if not places:
            return None
        first = places[0]
        span = first.span
        for place in places[1:]:
            if place.source is first.source and place.span.start >= span.start:
                span = span._replace(end=max(span.end, place.span.end))
        return Location(first.source, span)

    @property
    def location(self) -> Location | None:
        return self.locate()


def _atoms(text: Text) -> list[Part | str]:
    atoms: list[Part | str] = []
    for part in text.parts:
        if isinstance(part, Literal):
            atoms.extend(part.value)
        else:
            atoms.append(part)
    return atoms


def _same(a: Part | str, b: Part | str) -> bool:
    return a == b and not isinstance(a, Opaque)


def _equal(left: Text, right: Text) -> bool | None:
    a, b = _atoms(left), _atoms(right)
    while a and b and _same(a[0], b[0]):
        del a[0], b[0]
    while a and b and _same(a[-1], b[-1]):
        del a[-1], b[-1]
    if not a and not b:
        return True
    for ends in ((a[:1], b[:1]), (a[-1:], b[-1:])):
        if all(end and isinstance(end[0], str) for end in ends):
            return False
    for one, other in ((a, b), (b, a)):
        if all(isinstance(atom, str) for atom in one):
            known = "".join(atom for atom in one if isinstance(atom, str))
            return None if re.fullmatch(_pattern(other), known, re.DOTALL) else False
    return None


def _pattern(atoms: list[Part | str]) -> str:
    return "".join(
        re.escape(atom)
        if isinstance(atom, str)
        else f"(?:{atom.domain})"
        if isinstance(atom, Symbol)
        else ".*"
        for atom in atoms
    )


def _matches(text: Text, pattern: str) -> bool | None:
    if text.value is not None:
        return re.fullmatch(pattern, text.value, re.DOTALL) is not None
    return None


def _starts(template: str, prefix: str) -> bool | None:
    known = template.split(UNKNOWN, 1)[0]
    if len(known) >= len(prefix) or UNKNOWN not in template:
        return known.startswith(prefix)
    return None if prefix.startswith(known) else False
