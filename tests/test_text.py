from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_doctor.source import Location, Source, Span
from ci_doctor.text import UNKNOWN, At, Choice, Literal, Opaque, Symbol, Text

SHA = Text((Symbol("CI_COMMIT_SHA", "pipeline", "[0-9a-f]{40}"),))
IMAGE = Text((Symbol("CI_REGISTRY_IMAGE", "pipeline"),))
UNSEEN = Text((Symbol("TAG", "pipeline"),))
DATE = Text((Opaque("$(date)"),))


class InFile:
    """Decoded offsets stand `by` characters later in the file."""

    def __init__(self, source: Source, by: int = 0) -> None:
        self.source = source
        self.by = by

    def locate(self, start: int, end: int) -> Location:
        return Location(self.source, Span(start + self.by, end + self.by))


def text(value: str) -> Text:
    return Text.of(value)


def either(*options: Text) -> Text:
    return Text((Choice(options),))


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [
        (text("a"), text("a"), True),
        (text("a"), text("b"), False),
        (IMAGE, IMAGE, True),
        (IMAGE, UNSEEN, None),
        (IMAGE + text(":latest"), IMAGE + text(":cache"), False),
        (IMAGE + text(":") + SHA, IMAGE + text(":cache"), False),
        (IMAGE + text(":") + UNSEEN, IMAGE + text(":cache"), None),
        (IMAGE, IMAGE + text("/cache"), False),
        (IMAGE, IMAGE + UNSEEN, None),
        (DATE, DATE, None),
        (either(text("a"), text("b")), text("c"), False),
        (either(text("a"), text("b")), text("a"), None),
        (either(text("a"), text("a")), text("a"), True),
        (Text(), UNSEEN, None),
        (Text(), SHA, False),
        (Text((Symbol("X", "job one"),)), Text((Symbol("X", "job two"),)), None),
    ],
)
def test_equality_is_three_valued(left: Text, right: Text, answer: bool | None) -> None:
    assert left.equals(right) is answer
    assert right.equals(left) is answer


@pytest.mark.parametrize(
    ("value", "prefix", "answer"),
    [
        (IMAGE + text(":x"), "a", None),
        (text("https://") + IMAGE, "https://", True),
        (text("http") + IMAGE, "https://", None),
        (text("docker.io/") + IMAGE, "https://", False),
        (text("ab"), "abc", False),
    ],
)
def test_startswith_is_three_valued(value: Text, prefix: str, answer: bool | None) -> None:
    assert value.startswith(prefix) is answer


def test_endswith_and_contains_do_not_guess_about_unknown_parts() -> None:
    assert (IMAGE + text(":latest")).endswith(":latest") is True
    assert (text("a:") + UNSEEN).endswith(":latest") is None
    assert (IMAGE + text(":latest")).contains(":l") is True
    assert (IMAGE + text(":latest")).contains("x") is None
    assert text("abc").contains("x") is False


def test_a_piece_of_a_text_knows_its_place_in_the_file() -> None:
    source = Source("ci.yml", "script: type=image,name=$IMAGE:one,push=true")
    origin = InFile(source, 8)
    whole = (
        Text.of("type=image,name=", origin)
        + Text((Symbol("IMAGE", at=At(origin, 16, 22)),))
        + Text.of(":one,push=true", origin, 22)
    )

    pieces = whole.split(",")

    assert [piece.display for piece in pieces] == ["type=image", "name=$IMAGE:one", "push=true"]
    places = [piece.location for piece in pieces]
    assert [place and place.text for place in places] == [
        "type=image",
        "name=$IMAGE:one",
        "push=true",
    ]
    key, value = pieces[1].partition("=")
    assert value is not None
    place = value.location
    assert (key.value, place and place.text) == ("name", "$IMAGE:one")


def test_a_text_from_two_places_is_located_at_the_first() -> None:
    script, variable = Source("ci.yml", "build $X.img"), Source("vars.yml", "value")
    mixed = Text.of("value", InFile(variable)) + Text.of(".img", InFile(script, 8))

    assert mixed.location == Location(variable, Span(0, 5))


def test_variants_expand_choices_and_are_bounded() -> None:
    doubled = Text((Choice((text("a"), text("b"))), Literal("-"), Choice((text("1"), text("2")))))

    assert [v.value for v in doubled.variants()] == ["a-1", "a-2", "b-1", "b-2"]
    assert [v.value for v in Text(doubled.parts * 20).variants(limit=3)] == [
        "a-1" * 20,
        "a-1" * 19 + "a-2",
        "a-1" * 19 + "b-1",
    ]


@given(
    st.text(st.characters(exclude_characters=UNKNOWN), max_size=20),
    st.integers(0, 25),
    st.integers(0, 25),
)
def test_slices_are_those_of_the_string(value: str, start: int, stop: int) -> None:
    pieces = Text(tuple(Literal(character) for character in value))

    assert pieces[start:stop].value == value[start:stop]
    assert Text.of(value).strip().value == value.strip()
    assert [piece.value for piece in Text.of(value).split("a")] == value.split("a")
