from __future__ import annotations

from ci_doctor.edits import Edit, Fix, apply_fixes
from ci_doctor.source import Span


def fix(*edits: tuple[int, int, str], path: str = "f") -> Fix:
    return Fix("change", tuple(Edit(path, Span(start, end), text) for start, end, text in edits))


def test_fixes_are_applied_from_the_end_so_that_offsets_stay_true() -> None:
    assert apply_fixes("f", "abcdef", [fix((0, 1, "AA")), fix((4, 5, ""))]) == ("AAbcdf", 2)


def test_a_fix_goes_in_whole_or_not_at_all() -> None:
    assert apply_fixes("f", "abcdef", [fix((0, 2, "X")), fix((1, 3, "Y"), (5, 6, "Z"))]) == (
        "Xcdef",
        1,
    )


def test_two_insertions_at_one_place_wait_for_the_next_pass() -> None:
    assert apply_fixes("f", "ab", [fix((1, 1, "X")), fix((1, 1, "Y"))]) == ("aXb", 1)


def test_the_same_edit_of_two_fixes_is_made_once() -> None:
    both = [fix((0, 0, "top\n"), (2, 3, "C")), fix((0, 0, "top\n"), (4, 5, "E"))]

    assert apply_fixes("f", "abcdef", both) == ("top\nabCdEf", 2)


def test_edits_of_other_files_are_left_alone() -> None:
    assert apply_fixes("f", "ab", [fix((0, 1, "X"), path="g")]) == ("ab", 0)
