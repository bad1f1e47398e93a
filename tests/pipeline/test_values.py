"""Values of nodes that no file that GitLab accepts can hold: they end all the same."""

from __future__ import annotations

from ci_doctor.pipeline.values import as_value
from ci_doctor.source import Source, Span
from ci_doctor.yamldoc.nodes import Alias, Entry, Mapping, Node, Scalar, Sequence

from .loading import data

SOURCE = Source("ci.yml", "")
NOWHERE = Span(0, 0)


def scalar(text: str) -> Scalar:
    return Scalar(SOURCE, NOWHERE, text, text)


def alias(node: Node) -> Alias:
    return Alias(SOURCE, NOWHERE, "a", node)


def test_loops_of_nodes_end() -> None:
    mapping = Mapping(SOURCE, NOWHERE, [])
    items = Sequence(SOURCE, NOWHERE, [scalar("x")])
    items.items.append(alias(items))
    mapping.entries += [
        Entry(scalar("<<"), alias(mapping), merge=True),
        Entry(scalar("list"), items),
        Entry(scalar("self"), alias(mapping)),
    ]

    value = as_value(mapping)

    assert list(value.entries) == ["list", "self"]
    assert data(value.get("self", "self", "self", "list").items[0]) == "x"  # type: ignore[union-attr]


def test_long_chains_of_merge_keys_need_no_recursion() -> None:
    below = Mapping(SOURCE, NOWHERE, [Entry(scalar("k0"), scalar("x"))])
    for index in range(1, 3000):
        key = Entry(scalar(f"k{index}"), scalar("x"))
        below = Mapping(SOURCE, NOWHERE, [Entry(scalar("<<"), alias(below), merge=True), key])

    entries = as_value(below).entries

    assert "k2999" in entries
    assert len(entries) < 3000  # far more than GitLab takes is cut off


def test_what_cannot_be_merged_is_a_key() -> None:
    mapping = Mapping(SOURCE, NOWHERE, [Entry(scalar("<<"), scalar("x"), merge=True)])

    assert data(as_value(mapping)) == {"<<": "x"}
