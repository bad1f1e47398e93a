"""Tokens to events, by the grammar of libyaml 0.2.5.

An event is `(kind, start, end, value, anchor, tag, style)` with libyaml's marks as offsets. `value`
is a scalar's text or an alias's name; `style` is a scalar's first character ("" when plain), "flow"
or "block" for a collection. Tags are resolved: `!!str` is `tag:yaml.org,2002:str`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import scanner as t
from .layout import YamlProblem
from .scanner import Scanner

Event = tuple[str, int, int, str, str | None, str | None, str]

DOCUMENT_START = "document start"
DOCUMENT_END = "document end"
SCALAR = "scalar"
ALIAS = "alias"
SEQUENCE_START = "sequence start"
SEQUENCE_END = "sequence end"
MAPPING_START = "mapping start"
MAPPING_END = "mapping end"

_NO_BLOCK_VALUE = frozenset({t.KEY, t.VALUE, t.BLOCK_END})
_NO_SEQUENCE_ITEM = frozenset({t.BLOCK_ENTRY, t.BLOCK_END})
_NO_INDENTLESS_ITEM = frozenset({t.BLOCK_ENTRY, t.KEY, t.VALUE, t.BLOCK_END})
_NO_DOCUMENT = frozenset(
    {t.VERSION, t.TAG_DIRECTIVE, t.DOCUMENT_START, t.DOCUMENT_END, t.STREAM_END}
)


def parse_events(text: str) -> Iterator[Event]:
    """The events of the first document of a text, none where it is empty.

    The text holds neither NUL nor a byte order mark. Raises YamlProblem.
    """
    scanner = Scanner(text)
    grammar = _Grammar(scanner)
    try:
        yield from grammar.events()
    except YamlProblem as problem:
        problem.scalars = tuple(scanner.scalars)
        problem.opened = tuple(grammar.opened)
        raise


class _Grammar:
    """A stack of what is to be read next, so that depth costs no recursion."""

    def __init__(self, scanner: Scanner) -> None:
        self.opened: list[int] = []  # where the open collections start
        self._peek = scanner.peek
        self._advance = scanner.advance
        self._handles = {"!": "!", "!!": "tag:yaml.org,2002:"}
        self._next: list[Callable[[], Event]] = []

    def events(self) -> Iterator[Event]:
        kind, start, _, _, _ = self._peek()
        if kind == t.STREAM_END:
            return
        if kind in (t.VERSION, t.TAG_DIRECTIVE, t.DOCUMENT_START):
            yield DOCUMENT_START, start, self._directives(), "", None, None, ""
            self._next.append(self._document)
        else:
            yield DOCUMENT_START, start, start, "", None, None, ""
            self._next.append(self._block_node)
        while self._next:
            yield self._next.pop()()
        _, start, _, _, _ = self._peek()
        yield DOCUMENT_END, start, start, "", None, None, ""

    def _directives(self) -> int:
        """Read the directives and the `---` after them; where that ends."""
        versions = 0
        own: set[str] = set()
        while True:
            kind, start, end, value, handle = self._peek()
            if kind == t.VERSION:
                versions += 1
                if versions > 1:
                    raise YamlProblem("found duplicate %YAML directive", start)
                major, minor = (int(number) for number in value.split("."))
                if major != 1 or minor not in (1, 2):
                    raise YamlProblem("found incompatible YAML document", start)
            elif kind == t.TAG_DIRECTIVE:
                if handle in own:
                    raise YamlProblem("found duplicate %TAG directive", start)
                own.add(handle)
                self._handles[handle] = value
            elif kind == t.DOCUMENT_START:
                self._advance()
                return end
            else:
                raise YamlProblem("did not find expected <document start>", start)
            self._advance()

    def _document(self) -> Event:
        kind, start, _, _, _ = self._peek()
        return _empty(start) if kind in _NO_DOCUMENT else self._block_node()

    def _block_node(self) -> Event:
        return self._node(block=True)

    def _node(self, *, block: bool = False, indentless: bool = False) -> Event:
        kind, start, end, value, style = self._peek()
        if kind == t.SCALAR:
            self._advance()
            return SCALAR, start, end, value, None, None, style
        if kind == t.ALIAS:
            self._advance()
            return ALIAS, start, end, value, None, None, ""
        anchor: str | None = None
        tag: str | None = None
        first = start
        if kind in (t.ANCHOR, t.TAG):
            anchor, tag, properties_end = self._properties()
            kind, start, end, value, style = self._peek()
        if kind == t.SCALAR:
            self._advance()
            return SCALAR, first, end, value, anchor, tag, style
        if kind == t.BLOCK_ENTRY and indentless:
            self._next.append(self._indentless_item)
            return SEQUENCE_START, first, end, "", anchor, tag, "block"
        if kind == t.FLOW_SEQUENCE:
            return self._open(SEQUENCE_START, self._flow_first_item, first, anchor, tag, "flow")
        if kind == t.FLOW_MAPPING:
            return self._open(MAPPING_START, self._flow_first_key, first, anchor, tag, "flow")
        if kind == t.BLOCK_SEQUENCE and block:
            return self._open(SEQUENCE_START, self._block_item, first, anchor, tag, "block")
        if kind == t.BLOCK_MAPPING and block:
            return self._open(MAPPING_START, self._block_key, first, anchor, tag, "block")
        if anchor is not None or tag is not None:
            return SCALAR, first, properties_end, "", anchor, tag, ""
        raise YamlProblem(
            "did not find expected node content",
            start,
            "while parsing a block node" if block else "while parsing a flow node",
            first,
        )

    def _properties(self) -> tuple[str | None, str | None, int]:
        """The anchor and the resolved tag before a node, and where they end."""
        anchor: str | None = None
        tag: tuple[int, str, str] | None = None
        kind, start, end, value, handle = self._peek()
        first = properties_end = start
        while (kind == t.ANCHOR and anchor is None) or (kind == t.TAG and tag is None):
            if kind == t.ANCHOR:
                anchor = value
            else:
                tag = start, handle, value
            properties_end = end
            self._advance()
            kind, start, end, value, handle = self._peek()
        if tag is None:
            return anchor, None, properties_end
        at, handle, suffix = tag
        if handle and handle not in self._handles:
            raise YamlProblem("found undefined tag handle", at, "while parsing a node", first)
        return anchor, self._handles.get(handle, "") + suffix, properties_end

    def _open(
        self,
        event: str,
        inside: Callable[[], Event],
        first: int,
        anchor: str | None,
        tag: str | None,
        style: str,
    ) -> Event:
        _, start, end, _, _ = self._peek()
        self._advance()
        self.opened.append(start)
        self._next.append(inside)
        return event, first, end, "", anchor, tag, style

    def _close(self, event: str) -> Event:
        _, start, end, _, _ = self._peek()
        self._advance()
        self.opened.pop()
        return event, start, end, "", None, None, ""

    def _block_item(self) -> Event:
        kind, start, end, _, _ = self._peek()
        if kind == t.BLOCK_ENTRY:
            self._advance()
            self._next.append(self._block_item)
            return _empty(end) if self._peek()[0] in _NO_SEQUENCE_ITEM else self._node(block=True)
        if kind == t.BLOCK_END:
            return self._close(SEQUENCE_END)
        raise YamlProblem(
            "did not find expected '-' indicator",
            start,
            "while parsing a block collection",
            self.opened[-1],
        )

    def _indentless_item(self) -> Event:
        kind, start, end, _, _ = self._peek()
        if kind != t.BLOCK_ENTRY:
            return SEQUENCE_END, start, start, "", None, None, ""
        self._advance()
        self._next.append(self._indentless_item)
        return _empty(end) if self._peek()[0] in _NO_INDENTLESS_ITEM else self._node(block=True)

    def _block_key(self) -> Event:
        kind, start, end, _, _ = self._peek()
        if kind == t.KEY:
            self._advance()
            self._next.append(self._block_value)
            if self._peek()[0] in _NO_BLOCK_VALUE:
                return _empty(end)
            return self._node(block=True, indentless=True)
        if kind == t.BLOCK_END:
            return self._close(MAPPING_END)
        raise YamlProblem(
            "did not find expected key", start, "while parsing a block mapping", self.opened[-1]
        )

    def _block_value(self) -> Event:
        kind, start, end, _, _ = self._peek()
        self._next.append(self._block_key)
        if kind != t.VALUE:
            return _empty(start)
        self._advance()
        if self._peek()[0] in _NO_BLOCK_VALUE:
            return _empty(end)
        return self._node(block=True, indentless=True)

    def _flow_first_item(self) -> Event:
        if self._peek()[0] == t.FLOW_SEQUENCE_END:
            return self._close(SEQUENCE_END)
        return self._flow_item_node()

    def _flow_item(self) -> Event:
        kind, start, _, _, _ = self._peek()
        if kind == t.FLOW_ENTRY:
            self._advance()
            kind = self._peek()[0]
        elif kind != t.FLOW_SEQUENCE_END:
            raise YamlProblem(
                "did not find expected ',' or ']'",
                start,
                "while parsing a flow sequence",
                self.opened[-1],
            )
        if kind == t.FLOW_SEQUENCE_END:
            return self._close(SEQUENCE_END)
        return self._flow_item_node()

    def _flow_item_node(self) -> Event:
        self._next.append(self._flow_item)
        kind, start, end, _, _ = self._peek()
        if kind != t.KEY:
            return self._node()
        self._advance()
        self._next.append(self._pair_key)
        return MAPPING_START, start, end, "", None, None, "flow"

    def _pair_key(self) -> Event:
        self._next.append(self._pair_value)
        kind, _, end, _, _ = self._peek()
        if kind not in (t.VALUE, t.FLOW_ENTRY, t.FLOW_SEQUENCE_END):
            return self._node()
        self._advance()
        return _empty(end)

    def _pair_value(self) -> Event:
        self._next.append(self._pair_end)
        kind, start, _, _, _ = self._peek()
        if kind == t.VALUE:
            self._advance()
            kind, start, _, _, _ = self._peek()
            if kind not in (t.FLOW_ENTRY, t.FLOW_SEQUENCE_END):
                return self._node()
        return _empty(start)

    def _pair_end(self) -> Event:
        start = self._peek()[1]
        return MAPPING_END, start, start, "", None, None, ""

    def _flow_first_key(self) -> Event:
        if self._peek()[0] == t.FLOW_MAPPING_END:
            return self._close(MAPPING_END)
        return self._flow_key_node()

    def _flow_key(self) -> Event:
        kind, start, _, _, _ = self._peek()
        if kind == t.FLOW_ENTRY:
            self._advance()
            kind = self._peek()[0]
        elif kind != t.FLOW_MAPPING_END:
            raise YamlProblem(
                "did not find expected ',' or '}'",
                start,
                "while parsing a flow mapping",
                self.opened[-1],
            )
        if kind == t.FLOW_MAPPING_END:
            return self._close(MAPPING_END)
        return self._flow_key_node()

    def _flow_key_node(self) -> Event:
        if self._peek()[0] != t.KEY:
            self._next.append(self._flow_no_value)
            return self._node()
        self._advance()
        self._next.append(self._flow_value)
        kind, start, _, _, _ = self._peek()
        if kind in (t.VALUE, t.FLOW_ENTRY, t.FLOW_MAPPING_END):
            return _empty(start)
        return self._node()

    def _flow_no_value(self) -> Event:
        self._next.append(self._flow_key)
        return _empty(self._peek()[1])

    def _flow_value(self) -> Event:
        self._next.append(self._flow_key)
        kind, start, _, _, _ = self._peek()
        if kind == t.VALUE:
            self._advance()
            kind, start, _, _, _ = self._peek()
            if kind not in (t.FLOW_ENTRY, t.FLOW_MAPPING_END):
                return self._node()
        return _empty(start)


def _empty(at: int) -> Event:
    return SCALAR, at, at, "", None, None, ""
