from __future__ import annotations

import pytest

from ci_doctor.pipeline.spelling import Near, Speller, edit_distance

KEYWORDS = ("script", "before_script", "after_script", "stage", "stages", "image", "only", "needs")


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("scripts", Near("script", 1, True)),
        ("scirpt", Near("script", 1, True)),
        ("befor_scrpt", Near("before_script", 2, True)),
        ("before-script", Near("before_script", 1, True)),
        ("Image", Near("image", 1, True)),
        ("ony", Near("only", 1, True)),
        ("stagee", Near("stage", 1, False)),
    ],
)
def test_the_nearest_word_is_found(word: str, near: Near) -> None:
    assert Speller().nearest(word, KEYWORDS) == near


@pytest.mark.parametrize("word", ["", "x", "on", "deploy", "make", "s" * 100])
def test_nothing_is_near_a_word_of_its_own(word: str) -> None:
    assert Speller().nearest(word, KEYWORDS) is None


def test_a_speller_stops_at_its_bound() -> None:
    speller = Speller(comparisons=2)

    assert speller.nearest("scripts", ["script"]) is not None
    assert speller.nearest("stagess", ["stages"]) is not None
    assert speller.nearest("scripts", ["script"]) is None


def test_distances_above_the_limit_are_not_counted() -> None:
    assert edit_distance("kitten", "sitting", 3) == 3
    assert edit_distance("kitten", "sitting", 2) is None
    assert edit_distance("ab", "ba", 1) == 1
