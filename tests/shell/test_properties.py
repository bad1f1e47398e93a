"""What holds for every script, tried on generated ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from ci_doctor.shell.parse import parse_script
from ci_doctor.shell.syntax import Chars, Script, Simple, Word
from ci_doctor.source import Span

_PLAIN = st.text("abcXYZ019-_=.,:/@%+é", min_size=1, max_size=6)
_ANYTHING = st.text("ab $'\"\\`(){}[]#;&|<>!*?~\té\n", max_size=8)


@st.composite
def _pieces(draw: st.DrawFn) -> tuple[str, str]:
    """A piece of a word as written, and the characters it stands for."""
    kind = draw(st.sampled_from(["plain", "single", "double", "escape", "ansi"]))
    if kind == "plain":
        text = draw(_PLAIN)
        return text, text
    text = draw(_ANYTHING)
    if kind == "single":
        text = text.replace("'", "")
        return f"'{text}'", text
    if kind == "double":
        written = "".join(f"\\{c}" if c in '$`"\\' else c for c in text)
        return f'"{written}"', text
    if kind == "ansi":
        escapes = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t"}
        return "$'" + "".join(escapes.get(c, c) for c in text) + "'", text
    character = draw(st.sampled_from("$`\"'\\ #;&|<>(){}*?ab"))
    return f"\\{character}", character


_WORDS = st.lists(_pieces(), min_size=1, max_size=4)
_GAPS = st.sampled_from([" ", "  ", "\t", " \\\n  ", "\\\n "])


@settings(max_examples=150, deadline=None)
@given(st.lists(_WORDS, min_size=1, max_size=5), _GAPS)
def test_quoted_words_come_back_as_they_were_meant(
    words: list[list[tuple[str, str]]], gap: str
) -> None:
    written = ["".join(piece for piece, _ in word) for word in words]
    text = gap.join(["true", *written])

    script = parse_script(text)

    (simple,) = script.block.statements
    assert isinstance(simple, Simple)
    assert [word.literal for word in simple.words[1:]] == [
        "".join(meant for _, meant in word) for word in words
    ]
    assert [text[slice(*word.span)] for word in simple.words[1:]] == written


_FRAGMENTS = st.sampled_from(
    [
        *("a", "docker build", " ", "\n", ";", "&&", "||", "|", "&", "!", "#x", "\\\n", "\\"),
        *("'", '"', "$'", "`", "$(", ")", "(", "((", "))", "{ ", " }", "${", "}", "$X", "$((", "$"),
        *("if ", " then ", " fi", " else ", "for x in ", "for ((", " do ", " done", "while "),
        *("case x in ", "esac", ";;", " in ", "f() ", "function g ", "[[ ", " ]]", "[ ", " ]"),
        *(
            "A=1 ",
            "A=(",
            "A+=",
            "<<E\n",
            "E\n",
            "<<-'F'\n",
            "\tF\n",
            "<<<",
            ">f",
            "2>&1",
            "<(",
            ">",
        ),
        *("$[[ inputs.x ]]", "é", "\r\n", "\0", "time ", "coproc ", "select ", "${#X:-0}", "~"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_FRAGMENTS, max_size=25).map("".join))
def test_any_text_gives_a_tree_whose_places_lie_in_it(text: str) -> None:
    script = parse_script(text)

    for span, inside in _spans(script):
        assert inside.start <= span.start <= span.end <= inside.end, (span, inside)


@settings(max_examples=200, deadline=None)
@given(st.lists(_FRAGMENTS, max_size=25).map("".join))
def test_characters_of_equal_length_stand_as_they_are_written(text: str) -> None:
    for chars in _chars(parse_script(text).block):
        if chars.span.end - chars.span.start == len(chars.text):
            assert text[slice(*chars.span)] == chars.text


def _spans(script: Script) -> Iterator[tuple[Span, Span]]:
    """Every span of the tree, with one that it must lie in."""
    whole = Span(0, len(script.text))
    waiting: list[tuple[object, Span]] = [(script.block, whole)]
    while waiting:
        node, inside = waiting.pop()
        if isinstance(node, tuple | list) and not isinstance(node, Span):
            waiting += [(child, inside) for child in node]
        elif is_dataclass(node):
            span = getattr(node, "span", inside)
            yield span, inside
            # A here-document's body stands after the line of its command.
            inner = span if isinstance(node, Word) else whole
            waiting += [
                (getattr(node, field.name), inner) for field in fields(node) if field.name != "span"
            ]
    for span in (*script.comments, *script.errors):
        yield span, whole


def _chars(node: object) -> Iterator[Chars]:
    if isinstance(node, Chars):
        yield node
    elif isinstance(node, tuple):
        for child in node:
            yield from _chars(child)
    elif is_dataclass(node):
        for field in fields(node):
            yield from _chars(getattr(node, field.name))
