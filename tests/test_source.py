from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ci_doctor.source import Location, Position, Source, Span


def test_lines_end_with_lf_crlf_or_cr() -> None:
    source = Source("f", "a\nbb\r\nccc\rd")

    assert [source.line(n) for n in (1, 2, 3, 4)] == ["a", "bb", "ccc", "d"]
    assert source.position(7) == Position(3, 2)
    assert source.offset(3, 2) == 7


def test_byte_order_mark_takes_no_column() -> None:
    source = Source("f", "\ufeffstages: [a]\nb: 1")

    assert source.position(1) == Position(1, 1)
    assert source.offset(1, 1) == 1
    assert source.line(1) == "stages: [a]"
    assert source.position(13) == Position(2, 1)


@given(st.text(alphabet="ab\r\n\ufeffé😀", max_size=40), st.integers(0, 40))
def test_position_and_offset_are_inverse(text: str, at: int) -> None:
    source = Source("f", text)
    at = min(at, len(text))
    if text.startswith("\ufeff") and at == 0:
        return

    assert source.offset(*source.position(at)) == at


def test_a_location_shows_path_line_and_column() -> None:
    location = Location(Source("ci/build.yml", "a:\n  b: c\n"), Span(5, 6), "inherited here")

    assert str(location) == "ci/build.yml:2:3"
    assert location.text == "b"
    assert (location.start, location.end) == (Position(2, 3), Position(2, 4))
