from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ci_doctor.dockerfile.decoded import DecodedText, Decoder
from ci_doctor.source import Location, Source, Span

SOURCE = Source("Dockerfile", "0123456789abcdef")


def decoded(*pieces: tuple[str, int, int] | tuple[int, int]) -> DecodedText:
    """Pieces: (start, end) copied from the file, or (text, start, end) standing for it."""
    decoder = Decoder(SOURCE, anchor=7)
    for piece in pieces:
        if len(piece) == 2:
            decoder.copy(*piece)
        else:
            decoder.replace(piece[0], Span(piece[1], piece[2]))
    return decoder.build()


def test_a_span_over_a_gap_covers_the_gap() -> None:
    text = decoded((0, 3), (5, 8))

    assert text.text == "012567"
    assert text.span(0, 3) == Span(0, 3)
    assert text.span(2, 4) == Span(2, 6)
    assert text.span(3, 6) == Span(5, 8)


def test_an_empty_span_stands_before_its_character_and_at_the_end_behind_the_last() -> None:
    text = decoded((0, 3), (5, 8))

    assert [text.span(at, at) for at in (0, 3, 6)] == [Span(0, 0), Span(5, 5), Span(8, 8)]


def test_a_replaced_character_stands_for_all_it_was_written_with() -> None:
    text = decoded((0, 2), ("\n", 2, 4), (4, 6))

    assert text.text == "01\n45"
    assert text.span(1, 3) == Span(1, 4)
    assert text.span(2, 3) == Span(2, 4)
    assert text.span(3, 5) == Span(4, 6)


def test_a_text_without_characters_stands_at_its_anchor() -> None:
    assert decoded().span(0, 0) == Span(7, 7)


def test_a_part_of_a_decoded_text_keeps_its_places() -> None:
    decoder = Decoder(SOURCE)
    decoder.extend(decoded((0, 3), ("é", 3, 7), (7, 10)), 2, 6)
    text = decoder.build()

    assert text.text == "2é78"
    assert [text.span(at, at + 1) for at in range(4)] == [
        Span(2, 3),
        Span(3, 7),
        Span(7, 8),
        Span(8, 9),
    ]


def test_a_decoded_text_is_the_origin_of_a_known_text() -> None:
    text = decoded((0, 3), (5, 8)).as_text(2, 5)

    assert text.value == "256"
    assert text.locate(1, 3) == Location(SOURCE, Span(5, 7))


@given(st.lists(st.tuples(st.integers(0, 16), st.integers(0, 16)).map(sorted), max_size=8))
def test_every_character_is_the_one_in_the_file(pieces: list[list[int]]) -> None:
    text = decoded(*[(start, end) for start, end in pieces])

    assert "".join(SOURCE.slice(text.span(at, at + 1)) for at in range(len(text))) == text.text
