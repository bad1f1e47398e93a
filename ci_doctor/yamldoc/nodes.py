"""YAML nodes with the places where they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..edits import Fix
from ..finding import Confidence, Severity
from ..source import Location, Source, Span

if TYPE_CHECKING:
    from .scalars import ScalarOrigin

# What Psych makes of a plain scalar that a CI file may hold.
Plain = str | int | float | bool | None


@dataclass(slots=True, eq=False)
class Node:
    """`span` is the node's own text: quotes and block indicators in, tag and anchor out.

    The span of a block collection or block scalar ends with its last content, before the
    blank lines and comments that follow.
    """

    source: Source
    span: Span
    # Explicit, as written: "!reference". A tag of YAML's own is "!!str" however it is written.
    tag: str | None = field(default=None, kw_only=True)
    anchor: str | None = field(default=None, kw_only=True)

    @property
    def location(self) -> Location:
        return Location(self.source, self.span)

    @property
    def target(self) -> Node:
        """Itself; the anchored node for an alias."""
        return self


@dataclass(slots=True, eq=False)
class Scalar(Node):
    """`value` as GitLab's YAML loader (Psych) resolves it; `text` the decoded characters.

    `style` is one of "plain", "single", "double", "literal" (`|`), "folded" (`>`); `in_flow` tells
    that it stands between brackets or braces.
    """

    value: Plain
    text: str
    style: str = "plain"
    in_flow: bool = False
    _origin: ScalarOrigin | None = field(default=None, init=False, repr=False)

    @property
    def origin(self) -> ScalarOrigin:
        """Maps characters of `text` to the file; made when first asked for."""
        if self._origin is None:
            from .scalars import ScalarOrigin

            self._origin = ScalarOrigin(self)
        return self._origin


@dataclass(slots=True, eq=False)
class Sequence(Node):
    items: list[Node]
    flow: bool = False

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)


@dataclass(slots=True, eq=False)
class Entry:
    """`key: value` of a mapping.

    A merge is an entry too, with `merge` true where Psych merges (also for `'<<': *x`); a `<<` that
    it keeps as a name (`<<: text`) is an entry like any other.
    """

    key: Node
    value: Node
    merge: bool = False


@dataclass(slots=True, eq=False)
class Mapping(Node):
    """Entries as written, duplicates and merges included."""

    entries: list[Entry]
    flow: bool = False


@dataclass(slots=True, eq=False)
class Alias(Node):
    """`*name`: `span` is the use, `target` the anchored node.

    Where no anchor has that name (there is a fault then) the target is a null at the same place,
    or under a merge key an empty mapping.
    """

    name: str
    node: Node

    @property
    def target(self) -> Node:
        return self.node.target


@dataclass(frozen=True, slots=True)
class Fault:
    """Something GitLab's loader refuses: `message` in its own words, `hint` for a person.

    `check` is the id of the check that reports it (`yaml-syntax`, `duplicate-key`, ...). Where
    `message` is not in GitLab's words, `details` quotes them. `jobs` are the visible jobs that
    have it, none for a fault of the file as a whole.
    """

    check: str
    message: str
    location: Location
    hint: str = ""
    details: str = ""
    jobs: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR
    confidence: Confidence = Confidence.CERTAIN
    related: tuple[Location, ...] = ()
    fix: Fix | None = None


@dataclass(slots=True, eq=False)
class YamlFile:
    """A parsed file. `documents` is empty where the text does not parse: see `faults`.

    GitLab splits a file at `---` into at most three texts, reads one document of each, and leaves
    out those that are blank. The first of several is the `header` when it has the key `spec`.
    """

    source: Source
    documents: list[Node]
    faults: list[Fault]
    header: Node | None = None

    @property
    def content(self) -> Node | None:
        """The document that holds the configuration: the last after a header, else the first."""
        if not self.documents:
            return None
        return self.documents[0] if self.header is None else self.documents[-1]


_LONGEST_BEFORE_KEY = 300  # characters looked at, so that a line of many entries costs no more
_BEFORE_KEY = re.compile(r"(?:[&!][^\s,\[\]{}]*|(?<![^\s,\[{])\?)[ \t]+$")


def entry_span(entry: Entry) -> Span:
    """The whole of `key: value`, with what stands before the key on its line: anchor, tag, `?`."""
    source = entry.key.source
    start = entry.key.span.start
    line = max(_line_start(source, start), start - _LONGEST_BEFORE_KEY)
    while (before := _BEFORE_KEY.search(source.text, line, start)) is not None:
        start = before.start()
    return Span(start, max(entry.key.span.end, entry.value.span.end))


def indent_of(mapping: Mapping) -> int | None:
    """How many characters stand before the keys of a block mapping; None for `{…}`."""
    if mapping.flow or not mapping.entries:
        return None
    start = entry_span(mapping.entries[0]).start
    return start - _line_start(mapping.source, start)


def _line_start(source: Source, offset: int) -> int:
    start = source.line_starts[source.position(offset).line - 1]
    return start + (start == 0 and source.text.startswith("\ufeff"))
