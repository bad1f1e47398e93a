"""Entries and items taken out of YAML text."""

from __future__ import annotations

import textwrap

import pytest

from ci_doctor.edits import Fix, apply_fixes
from ci_doctor.source import Source
from ci_doctor.yamldoc import parse_yaml
from ci_doctor.yamldoc.editing import find_entry, remove_entry, remove_item
from ci_doctor.yamldoc.nodes import Mapping, Node, Sequence


def content(text: str) -> Node:
    node = parse_yaml(Source("ci.yml", text)).content
    assert node is not None
    return node


def without(text: str, key: str) -> str | None:
    """The text without an entry of its top mapping."""
    text = textwrap.dedent(text).lstrip("\n")
    mapping = content(text)
    assert isinstance(mapping, Mapping)
    entry = find_entry(mapping, key)
    assert entry is not None
    edit = remove_entry(mapping, entry)
    return None if edit is None else apply_fixes("ci.yml", text, [Fix("", (edit,))])[0]


@pytest.mark.parametrize(
    ("text", "key", "result"),
    [
        ("a: 1\nb: 2 # two\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a: 1\nb:\n  - x\n\n  - y\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a: 1\nb: |\n  x\n  y\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a: 1\nb:\n", "b", "a: 1\n"),
        ("a: 1\r\nb: 2\r\nc: 3\r\n", "b", "a: 1\r\nc: 3\r\n"),
        ("a: 1\nb: &x 2", "b", "a: 1\n"),
        ("{a: 1, b: 2, c: 3}\n", "a", "{b: 2, c: 3}\n"),
        ("{a: 1, b: 2, c: 3}\n", "c", "{a: 1, b: 2}\n"),
        ("a: 1\n", "a", None),
    ],
)
def test_an_entry_goes_with_its_lines(text: str, key: str, result: str | None) -> None:
    assert without(text, key) == result


def test_the_first_entry_of_an_item_leaves_its_dash_to_the_next() -> None:
    text = "- name: x\n  alias: y\n"
    items = content(text)
    assert isinstance(items, Sequence)
    mapping = items.items[0]
    assert isinstance(mapping, Mapping)

    edit = remove_entry(mapping, mapping.entries[0])

    assert edit is not None
    assert apply_fixes("ci.yml", text, [Fix("", (edit,))])[0] == "- alias: y\n"


@pytest.mark.parametrize(
    ("text", "index", "result"),
    [
        ("- a\n- b-c # two\n- d\n", 1, "- a\n- d\n"),
        ("- a\n- name: b\n  alias: c\n- d\n", 1, "- a\n- d\n"),
        ("- a\n- &x b\n", 1, "- a\n"),
        ("[a, b, c]\n", 0, "[b, c]\n"),
        ("[a, b, c]\n", 2, "[a, b]\n"),
        ("- a\n", 0, None),
    ],
)
def test_an_item_goes_with_its_lines(text: str, index: int, result: str | None) -> None:
    items = content(text)
    assert isinstance(items, Sequence)

    edit = remove_item(items, items.items[index])

    given = None if edit is None else apply_fixes("ci.yml", text, [Fix("", (edit,))])[0]
    assert given == result
