from __future__ import annotations

import pytest

from ci_doctor.yamldoc.nodes import Mapping, Node, Sequence, entry_span, indent_of

from .tree import content


def mappings(node: Node) -> list[Mapping]:
    if isinstance(node, Sequence):
        return [found for item in node.items for found in mappings(item)]
    if not isinstance(node, Mapping):
        return []
    return [node, *(found for entry in node.entries for found in mappings(entry.value))]


@pytest.mark.parametrize(
    ("text", "indents"),
    [
        ("a:\n  b:\n      c: d\n", [0, 2, 6]),
        ("\ufeffa: 1\n", [0]),
        ("\ufeff  a: 1\n", [2]),
        ("- a: 1\n  b: 2\n-   c: 3\n", [2, 4]),
        ("a: {b: 1}\n", [0, None]),
        ("[{}, b: 1]\n", [None, None]),
        ("-  &k a: 1\n", [3]),
        ("? a\n: b\n", [0]),
        ("---\r\na:\r\n  b: 1\r\n", [0, 2]),
    ],
)
def test_the_indent_of_a_mapping_is_what_stands_before_its_keys(
    text: str, indents: list[int | None]
) -> None:
    assert [indent_of(mapping) for mapping in mappings(content(text))] == indents


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a: 1 # c\n\nb:\nc: |\n  d\n\n", ["a: 1", "b:", "c: |\n  d"]),
        ("&k a: &v 1\n!!str b: !t 2\n", ["&k a: &v 1", "!!str b: !t 2"]),
        ("? a\n: 1\n? !t &x b\n: 2\n", ["? a\n: 1", "? !t &x b\n: 2"]),
        ("{a: 1, &k b: [2], c}", ["a: 1", "&k b: [2]", "c"]),
        ("a: &x\n  - 1\n<<: {b: 2}\n", ["a: &x\n  - 1", "<<: {b: 2}", "b: 2"]),
        ("'a' : 1\n", ["'a' : 1"]),
        ("x? : 1\n", ["x? : 1"]),
    ],
)
def test_the_span_of_an_entry_is_all_of_it(text: str, spans: list[str]) -> None:
    root = content(text)

    assert [
        root.source.slice(entry_span(entry))
        for mapping in mappings(root)
        for entry in mapping.entries
    ] == spans
