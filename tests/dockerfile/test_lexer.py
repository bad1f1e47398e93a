from __future__ import annotations

import pytest

from ci_doctor.dockerfile.lexer import MAX_DEPTH, Chars, LexError, Variable, lex, words


def literal(text: str, escape: str = "\\") -> str:
    lexemes = lex(text, escape=escape)
    assert all(isinstance(lexeme, Chars) for lexeme in lexemes)
    return "".join(lexeme.text for lexeme in lexemes if isinstance(lexeme, Chars))


def test_quotes_and_escapes_are_taken_away_and_places_kept() -> None:
    assert lex(r"""a"b c"'d e'\f""") == (
        Chars("a", 0, 1),
        Chars("", 2, 2, quoted=True),
        Chars("b c", 2, 5, quoted=True),
        Chars("d e", 7, 10, quoted=True),
        Chars("f", 12, 13, quoted=True),
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r'"\a"', r"\a"),
        (r'"\""', '"'),
        (r'"\$A"', "$A"),
        (r'"\\"', "\\"),
        (r"'\a'", r"\a"),
        (r"\a\ b", "a b"),
        ("a\\", "a"),
        ("a$", "a$"),
        ("$ x", "$ x"),
    ],
)
def test_an_escape_escapes_only_what_it_may(written: str, meant: str) -> None:
    assert literal(written) == meant


def test_another_escape_character_leaves_the_backslash_alone() -> None:
    assert literal(r"C:\dir`a", escape="`") == r"C:\dira"


@pytest.mark.parametrize(
    ("written", "variable"),
    [
        ("$A", Variable("A", 0, 2)),
        ("${A}", Variable("A", 0, 4)),
        ("$12", Variable("12", 0, 3)),
        ("$@", Variable("@", 0, 2)),
        ("${A:-b}", Variable("A", 0, 7, ":-", (Chars("b", 5, 6),))),
        ("${A-}", Variable("A", 0, 5, "-")),
        ("${A:+$B}", Variable("A", 0, 8, ":+", (Variable("B", 5, 7),))),
        ("${A##*/}", Variable("A", 0, 8, "##", (Chars("*/", 5, 7),))),
        ("${A%.*}", Variable("A", 0, 7, "%", (Chars(".*", 4, 6),))),
        ("${A//b/c}", Variable("A", 0, 9, "//", (Chars("b", 5, 6),), (Chars("c", 7, 8),))),
        ("${A:0:3}", Variable("A", 0, 8, ":0", (Chars(":3", 5, 7),))),
    ],
)
def test_a_variable_is_read_with_its_operator(written: str, variable: Variable) -> None:
    assert lex(written) == (variable,)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("'a", "unexpected end of statement while looking for matching single-quote"),
        ('"a', "unexpected end of statement while looking for matching double-quote"),
        ("${", "syntax error: missing '}'"),
        ("${}", "syntax error: bad substitution"),
        ("${:a}", "syntax error: bad substitution"),
        ("${A,,}", "unsupported modifier (,) in substitution"),
        ("${A:-b", "unexpected end of statement while looking for matching }"),
        ("${A:-" * (MAX_DEPTH + 2), "variables are nested too deeply"),
    ],
)
def test_what_buildkit_refuses_is_refused(written: str, message: str) -> None:
    with pytest.raises(LexError) as error:
        lex(written)

    assert str(error.value) == message


def test_the_body_of_a_heredoc_keeps_its_quotes() -> None:
    assert lex("'$A\"", quotes=False) == (
        Chars("'", 0, 1),
        Variable("A", 1, 3),
        Chars('"', 3, 4),
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a  b\tc", ["a", "b", "c"]),
        ('a "b c"d', ["a", '"b c"d']),
        (r"a\ b c", [r"a\ b", "c"]),
        ("${A:-b c} d", ["${A:-b", "c}", "d"]),
        ('"${A:-b c}" d', ['"${A:-b c}"', "d"]),
        ("cat <<EOF", ["cat", "<<EOF"]),
        ("cat <<  EOF b", ["cat", "<<  EOF", "b"]),
        ("cat <<< x", ["cat", "<<<", "x"]),
        ("'' a", ["''", "a"]),
    ],
)
def test_words_are_split_as_buildkit_looks_for_heredocs(line: str, expected: list[str]) -> None:
    assert [line[start:end] for start, end in words(line, 0, len(line))] == expected
