from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ci_doctor.yamldoc.nodes import Node, Scalar

from .tree import content, scalars
from .written import ANY_CHARS, Document, documents


def values(root: Node, document: Document) -> list[Scalar]:
    """The scalars of the tree that the document tells of."""
    by_start = {scalar.span.start: scalar for scalar in scalars(root)}
    return [by_start[start] for start, _ in document.scalars]


@given(documents())
@settings(max_examples=300)
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
@settings(max_examples=100)
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
@settings(max_examples=300)
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
