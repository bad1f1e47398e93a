from __future__ import annotations

import subprocess
import sys

import pytest

from ci_doctor.yamldoc.nodes import Alias, Mapping, Node, Scalar, Sequence, YamlFile

from .tree import content, read


def outline(node: Node) -> object:
    """The text of each node, in the shape of the tree."""
    text = node.source.slice(node.span)
    if isinstance(node, Mapping):
        return {text: [(outline(entry.key), outline(entry.value)) for entry in node.entries]}
    if isinstance(node, Sequence):
        return {text: [outline(item) for item in node.items]}
    return text


def data(node: Node) -> object:
    target = node.target
    if isinstance(target, Mapping):
        return {str(data(entry.key)): data(entry.value) for entry in target.entries}
    if isinstance(target, Sequence):
        return [data(item) for item in target.items]
    assert isinstance(target, Scalar)
    return target.value


def test_spans_end_with_the_last_content() -> None:
    root = content(
        "a:\n  - b # c\n  - 'd'\n\n# end\ne: |\n  f\n\n  # in\n\n\n# out\ng: h\n   i  \n\n"
    )

    assert outline(root) == {
        "a:\n  - b # c\n  - 'd'\n\n# end\ne: |\n  f\n\n  # in\n\n\n# out\ng: h\n   i": [
            ("a", {"- b # c\n  - 'd'": ["b", "'d'"]}),
            ("e", "|\n  f\n\n  # in"),
            ("g", "h\n   i"),
        ]
    }


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("- |\n  a\n\n\n", "|\n  a"),
        ("- |+\n  a\n\n\n- b", "|+\n  a"),
        ("- |\n  a  \n\n", "|\n  a  "),
        ("- |\n  a\n   \t\n\n- b", "|\n  a\n   \t"),
        ("- |2 # c\n\n\n- b", "|2"),
        ("- >-\n\n  a\n  # no comment\n # comment\n- b", ">-\n\n  a\n  # no comment"),
        ("- |\r\n  a\r\n\r\n- b", "|\r\n  a"),
    ],
)
def test_block_scalars_end_with_their_last_line(text: str, span: str) -> None:
    root = content(text)

    assert isinstance(root, Sequence)
    assert root.items[0].location.text == span


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("k:\nl: 1", 2),
        ("k: # c\nl: 1", 2),
        ("k:   &a\nl: 1", 7),
        ("? k\n\n# c\n? l\n: 1", 3),
        ("{k, l: 1}", 2),
        ("{k , l: 1}", 2),
        ("{k: , l: 1}", 3),
        ("{k  :\n , l: 1}", 5),
        ("k: !!str\nl: 1", 8),
    ],
)
def test_a_null_that_is_not_written_stands_after_its_colon_or_key(text: str, offset: int) -> None:
    root = content(text)

    assert isinstance(root, Mapping)
    assert root.entries[0].value.span == (offset, offset)


def test_an_empty_item_stands_after_its_dash() -> None:
    root = content("-\n- # c\n-   a\n")

    assert isinstance(root, Sequence)
    assert [tuple(item.span) for item in root.items] == [(1, 1), (3, 3), (12, 13)]


def test_tags_and_anchors_are_kept_and_left_out_of_spans() -> None:
    root = content(
        "a: &x !reference [b, c]\nd: !!map # c\n  &k e: !<tag:yaml.org,2002:str> 1\nf: &y\n  - g\n"
    )

    assert isinstance(root, Mapping)
    entries = root.entries
    inner = entries[1].value
    assert isinstance(inner, Mapping)
    nodes = [
        entries[0].value,
        inner,
        inner.entries[0].key,
        inner.entries[0].value,
        entries[2].value,
    ]
    assert [(node.tag, node.anchor, node.location.text) for node in nodes] == [
        ("!reference", "x", "[b, c]"),
        ("!!map", None, "&k e: !<tag:yaml.org,2002:str> 1"),
        (None, "k", "e"),
        ("!!str", None, "1"),
        (None, "y", "- g"),
    ]


def test_an_alias_knows_its_use_and_its_anchor() -> None:
    root = content("a: &x [1]\nb: *x\nc: [*x]\n*x : d\n")

    assert isinstance(root, Mapping)
    anchored = root.entries[0].value
    use = root.entries[1].value
    assert isinstance(use, Alias)
    assert (use.name, use.location.text, use.target, use.node) == ("x", "*x", anchored, anchored)
    assert root.entries[3].key.target is anchored


def test_duplicate_keys_are_kept() -> None:
    root = content("a: 1\nb: 2\na: 3\n")

    assert outline(root) == {"a: 1\nb: 2\na: 3": [("a", "1"), ("b", "2"), ("a", "3")]}


def test_pairs_in_a_list_are_mappings_without_braces() -> None:
    root = content("[a: b, {c: d}: e, f]")

    assert outline(root) == {
        "[a: b, {c: d}: e, f]": [
            {"a: b": [("a", "b")]},
            {"{c: d}: e": [({"{c: d}": [("c", "d")]}, "e")]},
            "f",
        ]
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # libyaml before 0.2 refuses these.
        ("{name: moby/buildkit:rootless}", {"name": "moby/buildkit:rootless"}),
        ("[http://a/?b=c, a?b, d?]", ["http://a/?b=c", "a?b", "d?"]),
        ("{b:c}", {"b:c": None}),
        ('{"b":c}', {"b": "c"}),
        # Not YAML 1.2: what other parsers take for text.
        ("a: b\u2028", {"a": "b"}),
        ("a:\tb", {"a": "b"}),
        ("a: b\\n", {"a": "b\\n"}),
        ("[a]#b", ["a"]),
        ("a: ''''", {"a": "'"}),
        ("- - a\n  - b\n- c", [["a", "b"], "c"]),
        ("a:\n- b\n-\nc: d", {"a": ["b", None], "c": "d"}),
        ("? a\n: b\n? c", {"a": "b", "c": None}),
        ("a: b\r\nc:\r\n  - d\r\n  - >\r\n   e\r\n   f\r\n", {"a": "b", "c": ["d", "e f\n"]}),
        ("s:\n  -a\n  -b\n", {"s": "-a -b"}),
    ],
)
def test_texts_are_read_as_libyaml_reads_them(text: str, value: object) -> None:
    root = content(text)

    assert data(root) == value


@pytest.mark.parametrize("start", ["", "\ufeff", "# c\n", "\n\n"])
def test_offsets_count_characters_from_the_start_of_the_file(start: str) -> None:
    text = start + "é: 😀 # 漢\nk: 'ü'\n"
    root = content(text)

    assert outline(root) == {"é: 😀 # 漢\nk: 'ü'": [("é", "😀"), ("k", "'ü'")]}
    assert root.span.start == len(start)


def documents(file: YamlFile) -> tuple[object, object, object]:
    assert file.faults == []
    header = data(file.header) if file.header is not None else None
    body = data(file.content) if file.content is not None else None
    return [data(document) for document in file.documents], header, body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ([], None, None)),
        ("# c\n", ([], None, None)),
        ("a: 1", ([{"a": 1}], None, {"a": 1})),
        ("---\na: 1\n", ([{"a": 1}], None, {"a": 1})),
        ("spec: 1\n---\na: 1", ([{"spec": 1}, {"a": 1}], {"spec": 1}, {"a": 1})),
        ("---\nspec: 1\n---\na: 1", ([{"spec": 1}, {"a": 1}], {"spec": 1}, {"a": 1})),
        # Without `spec` the first document counts, and a lone one is no header.
        ("a: 1\n---\nb: 1", ([{"a": 1}, {"b": 1}], None, {"a": 1})),
        ("spec: 1\n", ([{"spec": 1}], None, {"spec": 1})),
        ("spec: 1\n---\n", ([{"spec": 1}], None, {"spec": 1})),
        # Blank documents are left out.
        ("{}\n---\na: 1\n---\n[]", ([{"a": 1}], None, {"a": 1})),
        ("spec: 1\n---\n# c\n---\na: 1", ([{"spec": 1}, {"a": 1}], {"spec": 1}, {"a": 1})),
        # At most two dividers split; of what the last text holds, the first document is read.
        (
            "spec: 1\n---\na: 1\n---\nb: 1\n---\nc: 1\n",
            ([{"spec": 1}, {"a": 1}, {"b": 1}], {"spec": 1}, {"b": 1}),
        ),
        ("---\na: 1\n---\nb: 1\n---\nc: [\n", ([{"a": 1}, {"b": 1}], None, {"a": 1})),
        # The text is split even inside a block scalar, but not where no blank follows the dashes.
        ("spec: |\n  x\n--- \na: 1", ([{"spec": "x\n"}, {"a": 1}], {"spec": "x\n"}, {"a": 1})),
        ("a: 1\n---", ([{"a": 1}], None, {"a": 1})),
        ("a: 1\n...\nb: [", ([{"a": 1}], None, {"a": 1})),
        ("--- # c\na: 1", ([{"a": 1}], None, {"a": 1})),
        ("\ufeff---\na: 1\n", ([{"a": 1}], None, {"a": 1})),
    ],
)
def test_files_are_split_as_gitlab_splits_them(text: str, expected: object) -> None:
    assert documents(read(text)) == expected


def test_places_in_a_second_document_are_places_in_the_file() -> None:
    file = read("spec: 1\n---\n\njob:\n  script: [a]\n")

    assert file.content is not None
    assert outline(file.content) == {
        "job:\n  script: [a]": [
            ("job", {"script: [a]": [("script", {"[a]": ["a"]})]}),
        ]
    }


def test_importing_the_package_loads_no_parser() -> None:
    program = (
        "import sys, ci_doctor.yamldoc, ci_doctor.yamldoc.nodes\n"
        "print([m for m in sys.modules if 'ruamel' in m or m.endswith('yamldoc.parse')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
