from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci_doctor.yamldoc.nodes import Mapping, Node, Scalar, Sequence

from .tree import content, read, scalars
from .written import ANY_CHARS, Document, documents


def values(root: Node, document: Document) -> list[Scalar]:
    """The scalars of the tree that the document tells of."""
    by_start = {scalar.span.start: scalar for scalar in scalars(root)}
    return [by_start[start] for start, _ in document.scalars]


def value(text: str) -> Scalar:
    """The value of the first key."""
    root = content(text)
    assert isinstance(root, Mapping)
    scalar = root.entries[0].value
    assert isinstance(scalar, Scalar)
    return scalar


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("k: ab", ["a", "b"]),
        ("k: a\n\n   b\n c", ["a", "\n", "b", "\n", "c"]),
        ("k: 'a''b'", ["a", "''", "b"]),
        ('k: "a\\tb\\x41\\u00e9\\U0001F600"', ["a", "\\t", "b", "\\x41", "\\u00e9", "\\U0001F600"]),
        ('k: "a \\\n   b\\ \n c"', ["a", " ", "b", "\\ ", "\n", "c"]),
        ("k: |\n  a\n\n   b\n", ["a", "\n", "\n", " ", "b", "\n"]),
        ("k: |-\r\n  a\r\n  b\r\n", ["a", "\r\n", "b"]),
        ("k: |+\n  a\n\n", ["a", "\n", "\n"]),
        ("k: >1\n\n  a\n b\n c\n", ["\n", " ", "a", "\n", "b", "\n", "c", "\n"]),
        ("k: >-\n\n  a\n  b\n\n  c\n\n", ["\n", "a", "\n", "b", "\n", "c"]),
    ],
)
def test_each_character_is_written_as(text: str, pieces: list[str]) -> None:
    scalar = value(text)

    assert [scalar.origin.locate(i, i + 1).text for i in range(len(scalar.text))] == pieces


@pytest.mark.parametrize(
    ("text", "start", "end", "place"),
    [
        ("k: echo $A", 5, 7, "$A"),
        ("k: |\n  a b\n  c d\n", 2, 5, "b\n  c"),
        ("k: >\n  a \\\n  b\n", 0, 5, "a \\\n  b"),
        ("k: 'it''s'", 0, 4, "it''s"),
        ("k: ab", -3, 99, "ab"),
    ],
)
def test_a_range_is_all_from_its_first_to_its_last_character(
    text: str, start: int, end: int, place: str
) -> None:
    assert value(text).origin.locate(start, end).text == place


@pytest.mark.parametrize(
    ("text", "at", "offset"),
    [
        ("k:\nl: 1", 0, 2),
        ("k: ''", 0, 4),
        ('k: ""', 0, 4),
        ("k: |\nl: 1", 0, 4),
        ("k: ab", 0, 3),
        ("k: ab", 1, 4),
        ("k: ab", 2, 5),
        ("k: 'a'", 1, 5),
        # Beside a line break the place is on the line of the character before.
        ("k: a  \n  b", 1, 4),
        ("k: a  \n  b", 2, 9),
        # At a line's start it is behind the indentation, at the very end below the last line.
        ("k: |\n  a\n  b\n", 1, 8),
        ("k: |\n  a\n  b\n", 2, 11),
        ("k: |\n  a\n  b\n", 4, 13),
        ("k: |-\n  a\n", 1, 9),
    ],
)
def test_an_empty_range_stands_where_text_would_go(text: str, at: int, offset: int) -> None:
    assert value(text).origin.locate(at, at).span == (offset, offset)


@pytest.mark.parametrize(
    ("text", "indent"),
    [
        ("k: |\n    a\n", 4),
        ("k: |2\n    a\n", 2),
        ("k: >\n\n   a\n", 3),
        ("k: |\n\n\n", None),
        ("k: a\n   b\n", None),
    ],
)
def test_the_indent_of_a_block_scalar_is_the_column_of_its_lines(
    text: str, indent: int | None
) -> None:
    assert value(text).origin.indent == indent


@pytest.mark.parametrize(
    ("text", "at", "added", "written"),
    [
        ('k: "a"', 1, 'b"\\\n\té\x07\u2028', 'b\\"\\\\\\n\\té\\x07\\u2028'),
        ("k: 'a'", 1, "it's", "it''s"),
        ("k: 'a'", 1, "b\n", None),
        ("k: abc", 1, " --push", " --push"),
        ("k: abc", 1, ": ", None),
        ("k: abc", 1, " #", None),
        ("k: abc", 3, ":", None),
        ("k: abc", 3, " ", None),
        ("k: abc", 0, "*", None),
        ("k: abc", 1, ",x", ",x"),
        ("k: [abc]", 1, ",x", None),
        ("k: 12", 2, "3", None),
        ("k: |\n  a\n  b\n", 2, "c\nd", "c\n  d"),
        ("k: |\n  a\n  b\n", 2, "c\n", "c\n  "),
        ("k: |\n  a\n", 2, "c\n", "  c\n"),
        ("k: |\n  a\n", 2, "c", None),
        ("k: |\r\n  a\r\n", 1, "\nc", "\r\n  c"),
        ("k: |-\n  a\n", 1, "\nc", "\n  c"),
        ("k: |-\n  a\n", 1, "\n", None),
        ("k: |\n  a\n", 0, " c", None),
        ("k: |2\n  a\n", 0, " c", " c"),
        ("k: >\n  a\n  b\n", 1, " c", " c"),
        ("k: >\n  a\n  b\n", 1, "\nc", None),
        ("k: >\n  a\n  b\n", 2, " c", None),
        ("k: |\nl: 1", 0, "a", None),
    ],
)
def test_text_is_escaped_as_the_style_needs(
    text: str, at: int, added: str, written: str | None
) -> None:
    root = content(text)
    assert isinstance(root, Mapping)
    node = root.entries[0].value
    scalar = node.items[0] if isinstance(node, Sequence) else node
    assert isinstance(scalar, Scalar)

    assert scalar.origin.escape(added, at) == written


def test_the_place_of_an_unknown_alias_has_no_characters() -> None:
    file = read("k: *nope\n")

    assert isinstance(file.content, Mapping)
    target = file.content.entries[0].value.target
    assert isinstance(target, Scalar)
    assert target.origin.locate(0, 0).span == (3, 3)


@given(documents())
@settings(max_examples=200)
def test_every_character_maps_to_the_text_it_was_written_as(document: Document) -> None:
    found = values(content(document.text), document)

    assert [
        (
            scalar.text,
            [
                tuple(scalar.origin.locate(index, index + 1).span)
                for index in range(len(scalar.text))
            ],
        )
        for scalar in found
    ] == document.expected


@given(documents())
@settings(max_examples=60)
def test_every_place_of_a_character_maps_back_to_it(document: Document) -> None:
    for scalar, (text, places) in zip(
        values(content(document.text), document), document.expected, strict=True
    ):
        owner = {offset: index for index, place in enumerate(places) for offset in range(*place)}
        span = scalar.span

        assert [scalar.origin.offset_of(offset) for offset in range(span.start, span.end)] == [
            owner.get(offset) for offset in range(span.start, span.end)
        ]
        assert scalar.text == text


@given(documents(), st.data())
@settings(max_examples=200)
def test_escaped_text_comes_to_stand_where_it_was_put(
    document: Document, data: st.DataObject
) -> None:
    root = content(document.text)
    found = values(root, document)
    number = data.draw(st.integers(0, len(found) - 1))
    scalar = found[number]
    at = data.draw(st.integers(0, len(scalar.text)))
    text = data.draw(st.text(st.sampled_from(ANY_CHARS + "\n\t"), min_size=1, max_size=6))

    written = scalar.origin.escape(text, at)

    if written is None:
        return
    place = scalar.origin.locate(at, at).span
    assert place.start == place.end
    after = document.text[: place.start] + written + document.text[place.end :]
    wanted = [s.text for s in scalars(root)]
    index = list(scalars(root)).index(scalar)
    wanted[index] = scalar.text[:at] + text + scalar.text[at:]
    assert [s.text for s in scalars(content(after))] == wanted
