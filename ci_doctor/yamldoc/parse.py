"""YAML text to nodes, as GitLab reads a CI file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..finding import Confidence, Severity
from ..source import Location, Source, Span
from . import binding
from .grammar import (
    ALIAS,
    MAPPING_END,
    MAPPING_START,
    SCALAR,
    SEQUENCE_END,
    SEQUENCE_START,
    Event,
    parse_events,
)
from .layout import BREAK, BREAKS, YamlProblem, block_end
from .limits import (
    COLLECTION_BOUND,
    MOST_BYTES,
    MOST_LEVELS,
    SCALAR_BOUND,
    TOO_BIG,
    find_excess,
)
from .nodes import Alias, Entry, Fault, Mapping, Node, Plain, Scalar, Sequence, YamlFile
from .psych import REFERENCE, Refused, check_tag, is_merge, merged_entries, resolve, tagged_value

# GitLab splits the text before it parses, even inside a block scalar, and the first line of what
# follows loses its indentation.
_DIVIDER = re.compile(r"^---[ \t\r\n\f\v]+", re.MULTILINE)
_MOST_TEXTS = 3
# What libyaml calls a control character.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_YAML_TAG = "tag:yaml.org,2002:"
_STYLES = {"": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded"}
# An anchor or a tag, with what may stand between it and the node.
_PROPERTY = re.compile(rf"[&!](?:<[^>]*>|[^\s,\[\]{{}}]*)(?:(?:[ \t]+|{BREAK})(?:#[^{BREAKS}]*)?)*")
_COLON = re.compile(r"\s*:")
# A document that counts for more is not kept: with its aliases written out nobody could walk it.
_MOST_WEIGHT = 16 * MOST_BYTES


class _Endless(Exception):
    """A document is too deep or too heavy to be kept; `place` is where that shows."""

    def __init__(self, place: Span) -> None:
        super().__init__(TOO_BIG)
        self.place = place


def parse_yaml(source: Source, *, pure: bool = False) -> YamlFile:
    """Read a file as GitLab does. Nothing is raised: what GitLab refuses is in `faults`.

    A file that does not parse has exactly one fault and no documents, and so has one that is too
    deep, or far too big. With `pure` the binding to libyaml is left aside; the result is the same.
    """
    documents: list[Node] = []
    faults: list[Fault] = []
    for start, end in _texts(source.text):
        text = source.text[start:end]
        composer = _Composer(source, start, text)
        try:
            root = composer.compose(pure)
            if root is None or _is_blank(root):
                faults += composer.faults
                continue
            if composer.may_exceed:
                excess = find_excess(root)
                if excess is not None and excess.endless:
                    raise _Endless(excess.node.span)
                if excess is not None:
                    fault = _too_big(source, excess.node.span)
                    # The limit is an administrator's to raise, and the file can be read.
                    fault = replace(fault, severity=Severity.WARNING, confidence=Confidence.LIKELY)
                    composer.faults.append(fault)
        except YamlProblem as problem:
            from .faults import syntax_fault

            return YamlFile(source, [], [syntax_fault(source, start, text, problem)])
        except _Endless as endless:
            return YamlFile(source, [], [_too_big(source, endless.place)])
        faults += composer.faults
        documents.append(root)
    header = documents[0] if len(documents) > 1 and _has_spec(documents[0]) else None
    return YamlFile(source, documents, faults, header)


def _texts(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the texts that GitLab splits a file into; a byte order mark is left out."""
    starts, ends = [0], []
    for divider in _DIVIDER.finditer(text):
        if len(starts) == _MOST_TEXTS:
            break
        ends.append(divider.start())
        starts.append(divider.end())
    for start, end in zip(starts, [*ends, len(text)], strict=True):
        yield start + text.startswith("\ufeff", start), end


def _is_blank(root: Node) -> bool:
    """Whether GitLab leaves the document out (Rails' `blank?`)."""
    if root.tag == REFERENCE:
        return False
    if isinstance(root, Mapping):
        return not root.entries
    if isinstance(root, Sequence):
        return not root.items
    if isinstance(root, Scalar):
        value = root.value
        return value is None or value is False or (isinstance(value, str) and not value.strip())
    return False


def _has_spec(root: Node) -> bool:
    if not isinstance(root, Mapping) or root.tag == REFERENCE:
        return False
    return any(entry.name == "spec" for entry in merged_entries(root))


def _too_big(source: Source, place: Span) -> Fault:
    line_end = source.line_span(source.position(place.start).line).end
    span = Span(place.start, min(max(place.end, place.start + 1), line_end))
    return Fault(
        "yaml-syntax",
        TOO_BIG,
        Location(source, span),
        "GitLab allows 2 MiB and 100 levels for a parsed file, with every alias written out",
    )


class _Composer:
    """Makes the nodes of one text, which starts at offset `base` of the source."""

    def __init__(self, source: Source, base: int, text: str) -> None:
        self._source = source
        self._base = base
        self._text = text
        self._start()

    def _start(self) -> None:
        self.faults: list[Fault] = []
        self.may_exceed = False  # whether GitLab's limits need a closer look
        self._root: Node | None = None
        self._open: list[_Open] = []
        self._flow = 0
        self._anchors: dict[str, Node] = {}
        self._weight = len(self._text)
        self._deepest = 0
        # What an alias adds, by node: weight and levels. Nothing yet for a node that is still open.
        self._loads: dict[int, tuple[int, int]] = {}

    def compose(self, pure: bool) -> Node | None:
        """The root of the text's first document. Raises YamlProblem and _Endless."""
        control = _CONTROL.search(self._text)
        if control is not None:
            raise YamlProblem("control characters are not allowed", control.start())
        parser = None if pure else binding.load(len(self._text))
        if parser is not None:
            try:
                return self._compose(binding.read_events(parser, self._text))
            except binding.Unsure:
                self._start()
        return self._compose(parse_events(self._text))

    def _compose(self, events: Iterable[Event]) -> Node | None:
        for event in events:
            kind = event[0]
            if kind == SCALAR:
                self._add(self._scalar(event))
            elif kind in (MAPPING_START, SEQUENCE_START):
                self._begin(event)
            elif kind in (MAPPING_END, SEQUENCE_END):
                self._add(self._finish(event))
            elif kind == ALIAS:
                self._add(self._alias(event))
            if self._weight > _MOST_WEIGHT:
                raise _Endless(Span(self._base + event[1], self._base + event[2]))
        self.may_exceed |= self._weight > MOST_BYTES or self._deepest > MOST_LEVELS
        return self._root

    def _add(self, node: Node) -> None:
        """Put a finished node into the collection it belongs to."""
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if parent.entries is None:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = node
        else:
            key = parent.key
            parent.key = None
            may_merge = key.text == "<<" if isinstance(key, Scalar) else isinstance(key, Alias)
            parent.entries.append(Entry(key, node, may_merge and is_merge(key, node)))

    def _scalar(self, event: Event) -> Scalar:
        _, start, end, text, anchor, tag, style = event
        first = start
        if tag is not None or anchor is not None:
            tag = _short(tag)
            start = self._skip_properties(start, end, (tag is not None) + (anchor is not None))
        if style in ("|", ">"):
            end = block_end(self._text, start, end, text)
        elif first == end:
            start = end = self._place_of_nothing(start)
        span = Span(self._base + start, self._base + end)
        value: Plain = text
        if tag is not None or not style:
            try:
                value = resolve(text) if tag is None else tagged_value(tag, text)
            except Refused as refused:
                self._refuse(refused, first, end)
        self._weight += SCALAR_BOUND
        node = Scalar(
            self._source,
            span,
            value,
            text,
            _STYLES[style],
            self._flow > 0,
            tag=tag,
            anchor=anchor,
        )
        if anchor is not None:
            self._anchors[anchor] = node
            self._loads[id(node)] = SCALAR_BOUND + len(text), 0
        return node

    def _alias(self, event: Event) -> Alias:
        _, start, end, name, _, _, _ = event
        span = Span(self._base + start, self._base + end)
        target = self._anchors.get(name)
        if target is None:
            self.faults.append(
                Fault(
                    "yaml-syntax",
                    f"Unknown alias: {name}",
                    Location(self._source, span),
                    "no anchor of that name stands above; anchors do not cross files: "
                    "use !reference for another file's",
                )
            )
            target = Mapping(self._source, span, []) if self._in_merge() else None
            target = target or Scalar(self._source, span, None, "")
        elif id(target) in self._loads:
            weight, levels = self._loads[id(target)]
            self._weight += weight
            self._deepest = max(self._deepest, len(self._open) + levels)
        else:
            self.may_exceed = True
        return Alias(self._source, span, name, target)

    def _in_merge(self) -> bool:
        """Whether the next node stands under a merge key, directly or in its list."""
        for parent in self._open[:-3:-1]:
            if parent.entries is not None:
                return isinstance(parent.key, Scalar) and parent.key.text == "<<"
        return False

    def _begin(self, event: Event) -> None:
        kind, start, end, _, anchor, tag, style = event
        first = start
        if tag is not None or anchor is not None:
            tag = _short(tag)
            start = self._skip_properties(start, end, (tag is not None) + (anchor is not None))
        span = Span(self._base + start, self._base + end)
        flow = style == "flow"
        self._flow += flow
        node: Sequence | Mapping
        if kind == SEQUENCE_START:
            node = Sequence(self._source, span, [], flow, tag=tag, anchor=anchor)
            self._open.append(_Open(node, node.items, None, self._weight))
        else:
            node = Mapping(self._source, span, [], flow, tag=tag, anchor=anchor)
            self._open.append(_Open(node, [], node.entries, self._weight))
        self._weight += COLLECTION_BOUND
        self._deepest = max(self._deepest, len(self._open))
        if len(self._open) > MOST_LEVELS:
            raise _Endless(Span(span.start, span.start + 1))
        if anchor is not None:
            self._anchors[anchor] = node
        if tag is not None:
            try:
                check_tag(node)
            except Refused as refused:
                self._refuse(refused, first, first + len(self._text[first:start].rstrip()))

    def _finish(self, event: Event) -> Node:
        _, start, end, _, _, _, _ = event
        opened = self._open.pop()
        node = opened.node
        self._flow -= node.flow
        # A block, and a pair in a list (`[a: b]`), ends where its last node does.
        end = self._base + end
        if start == event[2]:
            if opened.entries:
                end = opened.entries[-1].value.span.end
            elif opened.items:
                end = opened.items[-1].span.end
        node.span = Span(node.span.start, end)
        if node.anchor is not None:
            chars = end - node.span.start
            levels = self._deepest - len(self._open)
            self._loads[id(node)] = self._weight - opened.weight + chars, levels
        return node

    def _refuse(self, refused: Refused, start: int, end: int) -> None:
        message = str(refused)
        hint = "GitLab loads no Ruby objects: remove the tag"
        if message.endswith((": Date", ": Time")):
            hint = "GitLab refuses a date without quotes: put it in quotes"
        elif message.startswith("invalid value"):
            hint = "GitLab takes this for a number and cannot read it: put it in quotes"
        place = Location(self._source, Span(self._base + start, self._base + end))
        self.faults.append(Fault("yaml-syntax", message, place, hint))

    def _skip_properties(self, start: int, end: int, count: int) -> int:
        """Where a node begins after its anchor and tag."""
        for _ in range(count):
            match = _PROPERTY.match(self._text, start, end)
            if match is not None:
                start = match.end()
        return start

    def _place_of_nothing(self, at: int) -> int:
        """Where a null that is not written stands: after its `:` or `-`, else after its key.

        libyaml puts some of them at the token that follows.
        """
        parent = self._open[-1] if self._open else None
        if self._text[at - 1 : at] in (":", "-", "?") or parent is None or parent.key is None:
            return at
        after_key = parent.key.span.end - self._base
        colon = _COLON.match(self._text, after_key, at)
        return after_key if colon is None else colon.end()


class _Open:
    """A collection that is being read; `entries` is None for a sequence."""

    __slots__ = ("entries", "items", "key", "node", "weight")

    def __init__(
        self,
        node: Sequence | Mapping,
        items: list[Node],
        entries: list[Entry] | None,
        weight: int,
    ) -> None:
        self.node = node
        self.items = items
        self.entries = entries
        self.key: Node | None = None
        self.weight = weight


def _short(tag: str | None) -> str | None:
    if tag is not None and tag.startswith(_YAML_TAG):
        return "!!" + tag[len(_YAML_TAG) :]
    return tag
