from __future__ import annotations

import pytest

from ci_doctor.shell.wrappers import Unwrapped, unwrap


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mount a", Unwrapped(0)),
        ("sudo mount a", Unwrapped(1, ("sudo",))),
        ("sudo -E -u root -- mount a", Unwrapped(5, ("sudo",))),
        ("sudo --user=root A=b mount", Unwrapped(3, ("sudo",), (2,))),
        ("/usr/bin/env -i -u C A=b mount", Unwrapped(5, ("env",), (4,))),
        ("env A=b time nice -n 5 mount", Unwrapped(6, ("env", "time", "nice"), (1,))),
        ("timeout -k 5 10m mount", Unwrapped(4, ("timeout",))),
        ("exec gosu app mount", Unwrapped(3, ("exec", "gosu"))),
        ("busybox mount", Unwrapped(1, ("busybox",))),
        ("command -v mount", Unwrapped(0)),
        ("sudo -l", Unwrapped(0)),
        ("sudo", Unwrapped(0)),
        ("timeout 5", Unwrapped(0)),
        ("env A=b", Unwrapped(0)),
        ("sudo ? mount", Unwrapped(0)),
        ("sudo -- ? mount", Unwrapped(2, ("sudo",))),
        ("fakeroot mknod a", Unwrapped(0)),
    ],
)
def test_the_program_behind_wrappers_is_found(line: str, expected: Unwrapped) -> None:
    assert unwrap([None if word == "?" else word for word in line.split()]) == expected
