"""Whole trees as plain values, for comparison."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ci_doctor.source import Source
from ci_doctor.yamldoc import parse_yaml
from ci_doctor.yamldoc.nodes import Alias, Mapping, Node, Scalar, Sequence, YamlFile


def read(text: str, *, pure: bool = True) -> YamlFile:
    return parse_yaml(Source("ci.yml", text), pure=pure)


def content(text: str) -> Node:
    """The content of a file without faults."""
    file = read(text)
    assert file.faults == []
    assert file.content is not None
    return file.content


def shape(node: Node) -> Any:
    """Everything that is known of a node and of those below it."""
    common = (type(node).__name__, tuple(node.span), node.tag, node.anchor)
    if isinstance(node, Alias):
        return (*common, node.name, tuple(node.target.span))
    if isinstance(node, Scalar):
        return (*common, repr(node.value), node.text, node.style, node.in_flow)
    if isinstance(node, Sequence):
        return (*common, node.flow, [shape(item) for item in node.items])
    assert isinstance(node, Mapping)
    entries = [(shape(entry.key), shape(entry.value), entry.merge) for entry in node.entries]
    return (*common, node.flow, entries)


def outcome(file: YamlFile) -> Any:
    header = file.documents.index(file.header) if file.header is not None else None
    faults = [(f.message, tuple(f.location.span), f.hint) for f in file.faults]
    return [shape(document) for document in file.documents], header, faults


def scalars(node: Node) -> Iterator[Scalar]:
    """The scalars of a tree in the order of the file, keys too, aliases not followed."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, Sequence):
            waiting += reversed(node.items)
        elif isinstance(node, Mapping):
            for entry in reversed(node.entries):
                waiting += (entry.value, entry.key)
