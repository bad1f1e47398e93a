"""Every span cuts exactly the expected text out of the file."""

from __future__ import annotations

import pytest

from ci_doctor.dockerfile import Copy, Env, From, Onbuild, Run, Scopes
from ci_doctor.source import Position

from .texts import first, only, parse

TEXT = """\
# syntax = docker/dockerfile:1
FROM --platform=linux/amd64 \\
  golang:1 AS build   # not a comment: too many words
RUN --mount=type=cache,target="/a b" \\
    # between
    apk add \\
      curl
  ENV A=b "C"='d e'
COPY --from=build <<-EOF one \\
  /dest/
\thello
\tEOF
ONBUILD  RUN ["a", "b\\"c"]
"""


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (0, TEXT[TEXT.index("FROM") : TEXT.index("words\n") + 5]),
        (1, TEXT[TEXT.index("RUN") : TEXT.index("curl") + 4]),
        (2, """ENV A=b "C"='d e'"""),
        (3, TEXT[TEXT.index("COPY") : TEXT.index("EOF\nONBUILD") + 3]),
        (4, 'ONBUILD  RUN ["a", "b\\"c"]'),
    ],
)
def test_an_instruction_runs_from_its_name_to_its_last_character(index: int, expected: str) -> None:
    instruction = parse(TEXT).instructions[index]

    assert instruction.location.text == expected
    assert instruction.name_location.text == instruction.keyword


def test_a_directive_and_its_value_have_places() -> None:
    [directive] = parse(TEXT).directives

    assert directive.location.text == "# syntax = docker/dockerfile:1"
    assert directive.value.location.text == "docker/dockerfile:1"


def test_words_and_flags_have_places() -> None:
    from_ = parse(TEXT).instructions[0]

    assert isinstance(from_, From)
    assert from_.image is not None
    assert from_.platform is not None
    assert [
        from_.flags[0].location.text,
        from_.platform.location.text,
        from_.image.location.text,
        from_.image.locate(0, 6).text,
    ] == ["--platform=linux/amd64", "linux/amd64", "golang:1", "golang"]
    assert from_.image.location.start == Position(3, 3)


def test_a_mount_field_has_its_place_behind_quotes() -> None:
    run = parse(TEXT).instructions[1]

    assert isinstance(run, Run)
    target = run.mounts[0].target
    assert target is not None
    assert [run.mounts[0].location.text, target.value, target.location.text] == [
        '--mount=type=cache,target="/a b"',
        "/a b",
        "/a b",
    ]


def test_names_and_values_of_pairs_have_places() -> None:
    env = parse(TEXT).instructions[2]

    assert isinstance(env, Env)
    assert [
        (pair.name.location.text, pair.value and pair.value.location.text) for pair in env.pairs
    ] == [("A", "b"), ('"C"', "'d e'")]


def test_a_heredoc_has_places_for_its_word_body_content_and_end() -> None:
    copy = parse(TEXT).instructions[3]

    assert isinstance(copy, Copy)
    [heredoc] = copy.heredocs
    assert [
        heredoc.word.location.text,
        heredoc.body.locate(0, 7).text,
        heredoc.content.locate(0, 5).text,
        TEXT[slice(*heredoc.end)],
        copy.sources[0].location.text,
    ] == ["<<-EOF", "\thello\n", "hello", "EOF", "one"]


def test_a_json_word_stands_inside_its_quotes() -> None:
    onbuild = parse(TEXT).instructions[4]

    assert isinstance(onbuild, Onbuild)
    assert onbuild.trigger is not None
    assert [word.location.text for word in onbuild.trigger.arguments] == ["a", 'b\\"c']
    assert onbuild.trigger.location.text == 'RUN ["a", "b\\"c"]'
    assert onbuild.trigger.arguments[1].locate(1, 2).text == '\\"'


def test_a_place_in_the_joined_line_leads_through_continuations() -> None:
    run = parse(TEXT).instructions[1]

    assert isinstance(run, Run)
    assert run.script is not None
    at = run.script.text.index("curl")
    assert run.script.locate(at, at + 4).start == Position(7, 7)
    assert run.text.value == run.line.text
    place = run.text.locate(len(run.line.text) - 4)
    assert place is not None
    assert place.start == Position(7, 7)


def test_a_word_over_two_lines_covers_the_line_end() -> None:
    from_ = first("FROM al\\\npine:3\n")

    assert isinstance(from_, From)
    assert from_.image is not None
    assert (from_.image.value, from_.image.location.text) == ("alpine:3", "al\\\npine:3")


def test_places_count_a_byte_order_mark_and_carriage_returns() -> None:
    text = "\ufeffFROM a\r\nRUN b \\\r\n  c\r\n"
    run = parse(text).instructions[1]

    assert run.location.text == "RUN b \\\r\n  c"
    assert run.location.start == Position(2, 1)


def test_a_heredoc_in_a_script_is_mapped_to_its_lines() -> None:
    run = only("RUN cat <<A <<-B\none\nA\n\ttwo\n\tB\n", Run)

    assert run.script is not None
    for piece, line in (("cat", 2), ("one", 3), ("two", 5)):
        at = run.script.text.index(piece)
        location = run.script.locate(at, at + 3)
        assert (location.text, location.start.line) == (piece, line)


def test_an_expanded_text_keeps_the_places_of_its_parts() -> None:
    text = "ARG TAG=3.20\nFROM alpine:$TAG\n"
    image = Scopes(parse(text)).bases[0].image

    assert image.value == "alpine:3.20"
    assert [part.at.locate().start for part in image.parts if part.at] == [
        Position(2, 6),
        Position(1, 9),
    ]


def test_a_stage_runs_from_its_from_to_its_last_instruction() -> None:
    text = "FROM a\nRUN b\n\n# c\nFROM d\n"

    assert [stage.location.text for stage in parse(text).stages] == ["FROM a\nRUN b", "FROM d"]
