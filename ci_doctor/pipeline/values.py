"""From YAML nodes to Values: aliases and merge keys followed, as Psych does it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from ..source import Location, Span
from ..yamldoc.nodes import Alias, Mapping, Node, Scalar, Sequence
from .model import Data, Hop, Value, as_string
from .scalars import InputUse

REFERENCE = "!reference"

# Entries that merge keys may add up to in one file; GitLab gives up far below ("The parsed YAML
# is too big"), for the chains of anchors that would make it necessary.
_MAX_MERGED = 200_000
_MAX_HOPS = 32
_MAX_TAG = 256  # a tag, an anchor and blanks before a node


class _Pair(NamedTuple):
    key: Node
    value: Node
    via: tuple[Hop, ...] = ()


class Reader:
    """Makes Values of the nodes of one pipeline, each mapping's entries found once."""

    def __init__(self) -> None:
        self._pairs: dict[int, dict[str, _Pair]] = {}
        self._nodes: list[Node] = []  # keeps the ids in `_pairs` in use
        self._merged = 0

    def value(self, node: Node, key: Node | None = None, via: tuple[Hop, ...] = ()) -> Value:
        """The Value of a node; nothing below it is looked at before it is asked for."""
        while isinstance(node, Alias):
            kind = "input" if isinstance(node, InputUse) else "alias"
            via = (Hop(kind, node.location, node.name), *via)
            node = node.node
        if isinstance(node, Scalar):
            return Value(None if node.tag == REFERENCE else node.value, node, key, via)
        if isinstance(node, Mapping) and node.tag == REFERENCE:
            return Value((), node, key, via)
        return Value.lazy(partial(self._data, node, via), node, key, via)

    def _data(self, node: Node, via: tuple[Hop, ...]) -> Data:
        if isinstance(node, Sequence):
            return tuple(self.value(item, None, via) for item in node.items)
        assert isinstance(node, Mapping)
        return {
            name: self.value(pair.value, pair.key, pair.via + via)
            for name, pair in self._entries(node).items()
        }

    def _entries(self, mapping: Mapping) -> dict[str, _Pair]:
        """The entries by key after merges; iterative, since chains of merges have no limit."""
        waiting = [mapping]
        started: set[int] = set()
        while waiting:
            current = waiting[-1]
            if id(current) in self._pairs:
                waiting.pop()
                continue
            started.add(id(current))
            below = [
                target
                for target, _ in _merges(current)
                if id(target) not in self._pairs and id(target) not in started
            ]
            if below:
                waiting += below
                continue
            self._pairs[id(current)] = self._merge(current)
            self._nodes.append(current)
            waiting.pop()
        return self._pairs[id(mapping)]

    def _merge(self, mapping: Mapping) -> dict[str, _Pair]:
        pairs: dict[str, _Pair] = {}
        for entry in mapping.entries:
            targets = _targets(entry.value) if entry.merge else []
            if not targets:
                pairs[key_name(entry.key)] = _Pair(entry.key, entry.value)
                continue
            # The first of a list wins; the whole merge wins over what stands above it.
            for target, use in reversed(targets):
                hop = Hop("merge", use.location, use.name if isinstance(use, Alias) else "")
                found = self._pairs.get(id(target), {})
                self._merged += len(found)
                if self._merged > _MAX_MERGED:
                    break
                for name, pair in found.items():
                    via = (*pair.via, hop) if len(pair.via) < _MAX_HOPS else pair.via
                    pairs[name] = _Pair(pair.key, pair.value, via)
        return pairs


def as_value(node: Node) -> Value:
    """The Value of a node that stands alone, a header for example."""
    return Reader().value(node)


def _merges(mapping: Mapping) -> list[tuple[Mapping, Node]]:
    return [t for entry in mapping.entries if entry.merge for t in _targets(entry.value)]


def _targets(value: Node) -> list[tuple[Mapping, Node]]:
    """The mappings that `<<:` brings in, each with the node that names it."""
    target = value.target
    if isinstance(target, Mapping):
        return [(target, value)]
    if isinstance(target, Sequence):
        return [(item.target, item) for item in target.items if isinstance(item.target, Mapping)]
    return []


def key_name(key: Node) -> str:
    """A mapping key as GitLab names it: a symbol (`:a`) is its name, a number its digits."""
    target = key.target
    if not isinstance(target, Scalar):
        return target.source.slice(target.span)
    if isinstance(target.value, str):
        if target.style == "plain" and len(target.text) > 1 and target.text.startswith(":"):
            return target.text[1:].strip("\"'")
        return target.value
    return as_string(target.value) or ""


def reference_location(node: Node) -> Location:
    """A `!reference` with its tag, which a node's own span leaves out."""
    text, span = node.source.text, node.span
    start = text.rfind(REFERENCE, max(0, span.start - _MAX_TAG), span.start)
    if start < 0:
        return node.location
    return Location(node.source, Span(start, max(span.end, start + len(REFERENCE))))


def is_reference(value: Value) -> bool:
    """Whether a value is a `!reference` that is not resolved."""
    return value.node is not None and value.node.tag == REFERENCE
