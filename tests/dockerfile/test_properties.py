"""Properties over generated Dockerfiles."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.compare_dockerfiles import differences
from ci_doctor.dockerfile import (
    Dockerfile,
    Instruction,
    Onbuild,
    Run,
    Scopes,
    Word,
    copied_images,
    from_images,
    needed_stages,
    parse_dockerfile,
    read_run,
)
from ci_doctor.source import Source, Span

PIECES = [
    *("FROM ", "RUN ", "run ", "ENV ", "ARG ", "COPY ", "ADD ", "LABEL ", "ONBUILD ", "CMD "),
    *("HEALTHCHECK ", "SHELL ", "USER ", "VOLUME ", "FOO ", "\n", "\n", "\n", "\r\n", " ", "\t"),
    *(
        "\\",
        "\\\n",
        "\\ \n",
        "`",
        "`\n",
        "#",
        "# c\n",
        "# escape=`\n",
        "# syntax=a/b\n",
        "a",
        "b=c",
    ),
    *(
        "x y",
        '"',
        "'",
        '"q r"',
        "=",
        "$",
        "${",
        "}",
        "${A}",
        "${A:-b}",
        "${A/",
        "$A",
        "<<",
        "<<EOF",
    ),
    *("<<-EOF", '<<"EOF"', "EOF\n", "\tEOF\n", "<<E", "\nE\n", "--mount=a", "--from=x", "--", "-"),
    *("[", "]", '["a"]', '["a","b"]', ",", '"a"', "é", '\\"', "1", "null", "NONE", "<", "3<<X"),
    *("\nX\n", "\x0b", "\x0c", "\x1c", "\u2028", "if ", "; then", "; fi", "&& ", "|| ", "sh -c '"),
]
SOUPS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)

NAMES = st.sampled_from(["A", "B", "PATH", "http_proxy"])
WORDS = st.text("abcXYZ019./:-_=$é", min_size=1, max_size=8).filter(
    lambda w: not w.startswith("--")
)
BLANKS = st.sampled_from([" ", "  ", "\t", " \\\n", " \\\n  ", " \\\n# comment\n ", " \\ \n\n\t"])


@st.composite
def instructions(draw: st.DrawFn) -> tuple[str, str, list[str], list[str]]:
    """(text, name, flags, words) of an instruction whose words are separated by blanks."""
    name = draw(st.sampled_from(["FROM", "copy", "Add", "EXPOSE", "volume"]))
    flags = [
        f"--{draw(st.sampled_from(['from', 'chown', 'link']))}={draw(WORDS)}"
        for _ in range(draw(st.integers(0, 2)))
    ]
    words = draw(st.lists(WORDS, min_size=1, max_size=4))
    text = name
    for word in (*flags, *words):
        text += draw(BLANKS) + word
    return text, name, flags, words


@given(st.lists(instructions(), min_size=1, max_size=5), st.sampled_from(["\n", "\n\n", "\n# c\n"]))
@settings(max_examples=60, deadline=None)
def test_instructions_are_put_together_from_their_own_text(
    parts: list[tuple[str, str, list[str], list[str]]], between: str
) -> None:
    text = between.join(part[0] for part in parts) + "\n"
    dockerfile = parse_dockerfile(Source("Dockerfile", text))

    assert [
        (
            i.location.text,
            i.keyword,
            [flag.location.text for flag in i.flags],
            [word.location.text for word in i.arguments],
        )
        for i in dockerfile.instructions
    ] == parts


@given(SOUPS)
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_and_every_place_lies_in_its_instruction(text: str) -> None:
    dockerfile = parse_dockerfile(Source("Dockerfile", text))

    whole = Span(0, len(text))
    end = 0
    for instruction in dockerfile.instructions:
        assert whole.contains(instruction.span)
        assert instruction.span.start >= end
        end = instruction.span.end
        for word in words_of(instruction):
            assert instruction.span.contains(word.span)
            if len(word.value) == word.span.end - word.span.start:
                assert word.location.text == word.value
        for heredoc in instruction.heredocs:
            assert instruction.span.contains(heredoc.end)
            assert text[slice(*heredoc.body.span(0, len(heredoc.body)))] == heredoc.body.text


def words_of(instruction: Instruction) -> Iterator[Word]:
    yield from instruction.arguments
    for flag in instruction.flags:
        if flag.value is not None:
            yield flag.value
    if isinstance(instruction, Onbuild) and instruction.trigger is not None:
        yield from words_of(instruction.trigger)


@given(SOUPS)
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_asked_everything(text: str) -> None:
    dockerfile = parse_dockerfile(Source("Dockerfile", "FROM a AS x\n" + text))

    ask(dockerfile)


def ask(dockerfile: Dockerfile) -> None:
    for complete in (True, False):
        scopes = Scopes(dockerfile, complete=complete)
        for instruction in dockerfile.instructions:
            scopes.at(instruction).lookup("A")
        for run in dockerfile.of(Run):
            for command in read_run(run, scopes.at(run)).commands:
                assert command.words
                for word in command.words:
                    assert word.written is not None
                    assert run.span.contains(word.written.span)
    from_images(dockerfile)
    needed_stages(dockerfile, "x")
    copied_images(dockerfile)


@given(SOUPS)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_as_buildkit_reads_it(text: str) -> None:
    pytest.importorskip("dockerfile", reason="BuildKit's parser has no wheel for this platform")

    assert [what for what, why in differences(text) if not why] == []


@given(st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_arbitrary_characters_are_no_danger(text: str) -> None:
    ask(parse_dockerfile(Source("Dockerfile", text)))
