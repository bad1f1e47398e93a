from __future__ import annotations

import pytest

from ci_doctor.dockerfile import From, Run
from ci_doctor.dockerfile.editing import (
    add_flag,
    add_line_above,
    add_line_behind,
    remove_flag,
    remove_line,
)
from ci_doctor.edits import Edit, Fix, apply_fixes

from .texts import parse

TEXT = "FROM --platform=$X  alpine AS a\nARG B\nRUN <<EOF\nmake\nEOF\nRUN --network=none x\n"


def applied(text: str, edit: Edit) -> str:
    return apply_fixes("Dockerfile", text, [Fix("", (edit,))])[0]


def test_lines_are_added_around_an_instruction_with_its_heredoc() -> None:
    first, *_ = parse(TEXT).of(Run)

    assert applied(TEXT, add_line_behind(first, "ARG C")) == TEXT.replace(
        "\nEOF\n", "\nEOF\nARG C\n"
    )
    assert applied(TEXT, add_line_above(first, "ARG C")) == TEXT.replace(
        "RUN <<EOF", "ARG C\nRUN <<EOF"
    )


def test_flags_are_added_and_taken_away() -> None:
    dockerfile = parse(TEXT)
    (base,) = dockerfile.of(From)
    *_, last = dockerfile.of(Run)
    flag, network = base.flag("platform"), last.flag("network")
    assert flag is not None
    assert network is not None

    assert applied(TEXT, remove_flag(flag)) == TEXT.replace("--platform=$X  ", "")
    assert applied(TEXT, remove_flag(network)) == TEXT.replace("--network=none ", "")
    assert applied(TEXT, add_flag(last, "--mount=type=tmpfs")) == TEXT.replace(
        "RUN --network", "RUN --mount=type=tmpfs --network"
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_instruction_goes_with_its_line_end(newline: str) -> None:
    text = newline.join(["FROM alpine", "ARG B  ", "RUN x", ""])
    argument = parse(text).instructions[1]

    assert applied(text, remove_line(argument)) == newline.join(["FROM alpine", "RUN x", ""])
    assert (
        applied(text, add_line_behind(argument, "ARG C")).count(newline) == text.count(newline) + 1
    )


def test_the_last_line_may_have_no_end() -> None:
    text = "FROM alpine\nARG B"

    assert applied(text, remove_line(parse(text).instructions[1])) == "FROM alpine\n"
