"""The language of `rules:if`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci_doctor.pipeline.predefined import domain_of
from ci_doctor.pipeline.rules_expression import (
    Binary,
    Boolean,
    ExpressionError,
    Input,
    Name,
    Not,
    Null,
    Pattern,
    String,
    Term,
    constant,
    evaluate,
    parse_expression,
)
from ci_doctor.text import Choice, Symbol, Text


def shape(term: Term) -> str:
    match term:
        case Binary(operator=operator, left=left, right=right):
            return f"({shape(left)} {operator} {shape(right)})"
        case Not(operand=operand):
            return f"!{shape(operand)}"
        case Name(name=name):
            return f"${name}"
        case Input(name=name):
            return f"inputs.{name}"
        case String(value=value):
            return repr(value)
        case Pattern(source=source, flags=flags):
            return f"/{source}/{flags}"
        case Boolean(value=value):
            return str(value).lower()
        case Null():
            return "null"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A", "$A"),
        (' $A == "x" ', "($A == 'x')"),
        ("$A==$B", "($A == $B)"),
        ("'x' != $A", "('x' != $A)"),
        ("$A == null", "($A == null)"),
        ("$A == true", "($A == true)"),
        ("$A =~ /^v[0-9]+$/i", "($A =~ /^v[0-9]+$/i)"),
        (r"$A =~ /^feature\/.*/", "($A =~ /^feature/.*/)"),
        ("$A !~ /ab/", "($A !~ /ab/)"),
        ('$A == "it\'s"', '($A == "it\'s")'),
        ("$[[ inputs.a-b ]] == 'x'", "(inputs.a-b == 'x')"),
        # `&&` binds tighter than `||`, comparisons tighter than both, `!` tightest.
        ("$A || $B && $C", "($A || ($B && $C))"),
        ("$A && $B || $C", "(($A && $B) || $C)"),
        ("$A == 'a' && $B != 'b' || $C", "((($A == 'a') && ($B != 'b')) || $C)"),
        ("!$A == $B", "(!$A == $B)"),
        ("!$A && !$B", "(!$A && !$B)"),
        ("!($A || $B)", "!($A || $B)"),
        ("!!$A", "!!$A"),
        ("($A || $B) && $C", "(($A || $B) && $C)"),
        ("(($A))", "$A"),
        # Operators of one precedence group from the left.
        ("$A || $B || $C", "(($A || $B) || $C)"),
        ("$A == $B != $C", "(($A == $B) != $C)"),
        ("$A\n  && $B", "($A && $B)"),
        # The shunting-yard algorithm does not mind where an operator stands.
        ("$A $B ==", "($A == $B)"),
    ],
)
def test_expression_is_parsed_with_gitlabs_precedence(text: str, expected: str) -> None:
    assert shape(parse_expression(text).root) == expected


@pytest.mark.parametrize(
    ("text", "message", "part", "hint"),
    [
        ("${A} == 'x'", "Unknown lexeme found!", "${A}", "write $A without braces"),
        ("%A% == 'x'", "Unknown lexeme found!", "%A%", "write $A"),
        ("$A = 'x'", "Unknown lexeme found!", "=", "compare with `==` or `=~`"),
        ("$A & $B", "Unknown lexeme found!", "&", "write `&&`"),
        ("$A | $B", "Unknown lexeme found!", "|", "write `||`"),
        ("$A == 'x", "Unknown lexeme found!", "'x", "this quote is not closed"),
        ("$A == main", "Unknown lexeme found!", "main", "a text needs quotes, a variable a `$`"),
        ("$A == 5", "Unknown lexeme found!", "5", "a text needs quotes, a variable a `$`"),
        ("$ == 'x'", "Unknown lexeme found!", "$", "a variable's name must follow"),
        (
            "$A =~ /./",
            "Unknown lexeme found!",
            "/./",
            "between the slashes two characters or more are needed",
        ),
        (
            "$A =~ /ab",
            "Unknown lexeme found!",
            "/ab",
            "the expression between the slashes is not closed",
        ),
        (
            "$A =~ /(?!x)ab/",
            "Invalid regular expression!",
            "(?!",
            "invalid perl operator: (?! (look-around)",
        ),
        ("$A =~ /(ab/", "Invalid regular expression!", "(ab", "missing )"),
        (
            r"$A =~ /a\/b\/(?=c)/",
            "Invalid regular expression!",
            "(?=",
            "invalid perl operator: (?= (look-around)",
        ),
        ("$A ==", "Invalid left operand", "==", "nothing stands right of `==`"),
        ("== $A", "Invalid left operand", "==", "nothing stands left of `==`"),
        ("$A && ", "Invalid left operand", "&&", "nothing stands right of `&&`"),
        ("$A && || $B", "Invalid left operand", "&&", "nothing stands right of `&&`"),
        ("!", "Invalid operand", "!", "nothing stands right of `!`"),
        ("$A)", "Unmatched parenthesis", ")", "no parenthesis is open here"),
        (
            "($A && $B",
            "Unprocessable token found in parse tree: parenthesis_open",
            "(",
            "this parenthesis is not closed",
        ),
        ("", "Empty parse tree", "", "the expression is empty"),
        ("()", "Empty parse tree", "()", "the expression is empty"),
        (
            "$A 'x'",
            "Unreachable nodes in parse tree",
            "$A 'x'",
            "an operator is missing between `$A` and `'x'`",
        ),
        (
            "$B && ($A) $C",
            "Unreachable nodes in parse tree",
            ") $C",
            "an operator is missing between `)` and `$C`",
        ),
    ],
)
def test_error_has_gitlabs_reason_its_place_and_a_hint(
    text: str, message: str, part: str, hint: str
) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse_expression(text)

    error = raised.value
    assert (error.message, text[error.start : error.end], error.hint) == (message, part, hint)


def test_ninety_nine_tokens_are_the_limit() -> None:
    allowed = " && ".join(["$A"] * 50)
    refused = allowed.replace("$A", "!$A", 1)

    assert shape(parse_expression(allowed).root).count("$A") == 50
    with pytest.raises(ExpressionError) as raised:
        parse_expression(refused)

    assert raised.value.message == "Too many tokens!"


def test_terms_know_their_characters() -> None:
    text = "!$A && ($B == 'x')"

    parts = [text[term.start : term.end] for term in parse_expression(text).terms()]

    assert parts == ["!$A && ($B == 'x'", "!$A", "$A", "$B == 'x'", "$B", "'x'"]


VALUES: dict[str, Text | None] = {
    "SET": Text.of("main"),
    "EMPTY": Text(),
    "BLANK": Text.of("  "),
    "FALSE": Text.of("false"),
    "NONE": None,
    "UNKNOWN": Text((Symbol("UNKNOWN"),)),
    "SHA": Text((Symbol("SHA", domain=domain_of("CI_COMMIT_SHA")),)),
    "PREFIXED": Text.of("release-") + Text((Symbol("UNKNOWN"),)),
    "EITHER": Text((Choice((Text.of("a1"), Text.of("a2"))),)),
    "PATTERN": Text.of("/^ma/"),
    "LONG": Text.of("domain name"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$SET", True),
        ("$EMPTY", False),
        ("$BLANK", False),
        ("$FALSE", True),
        ("$NONE", False),
        ("$UNKNOWN", None),
        ("$SHA", True),
        ("$PREFIXED", True),
        ("!$SET", False),
        ("!$NONE", True),
        ("!$UNKNOWN", None),
        ("true", True),
        ("false", False),
        ("null", False),
        ("'x'", True),
        ("''", False),
        ("$SET == 'main'", True),
        ("$SET == 'dev'", False),
        ("$SET != 'dev'", True),
        ("$SET == null", False),
        ("$NONE == null", True),
        ("$NONE != null", False),
        ("$EMPTY == null", False),
        ("$EMPTY == ''", True),
        ("$UNKNOWN == null", None),
        ("$UNKNOWN == 'x'", None),
        ("$UNKNOWN == $UNKNOWN", True),
        ("$SHA == null", False),
        ("$SHA == 'main'", False),
        ("$PREFIXED == 'main'", False),
        ("$PREFIXED == 'release-1'", None),
        ("$PREFIXED == null", False),
        ("$EITHER == 'a1'", None),
        ("$EITHER == 'b'", False),
        ("$EITHER =~ /^a[0-9]$/", True),
        ("$EITHER =~ /^bb/", False),
        ("$SET =~ /^ma/", True),
        ("$SET =~ /^in/", False),
        ("$SET !~ /^in/", True),
        ("$SET =~ /^MA/", False),
        ("$SET =~ /^MA/i", True),
        ("$NONE =~ /^ma/", False),
        ("$NONE !~ /^ma/", True),
        ("$UNKNOWN =~ /^ma/", None),
        ("$SET =~ $NONE", False),
        ("$SET =~ $PATTERN", True),
        # Plain text on the right is searched for the text on the left.
        ("$SET =~ $LONG", True),
        ("$LONG =~ $SET", False),
        ("$SET && $SHA", True),
        ("$SET && $NONE", False),
        ("$NONE && $UNKNOWN", False),
        ("$UNKNOWN && $NONE", False),
        ("$UNKNOWN && $SET", None),
        ("$SET || $UNKNOWN", True),
        ("$NONE || $SET", True),
        ("$NONE || $UNKNOWN", None),
        ("$UNKNOWN == 'x' || $SET", True),
        ("$NONE || $NONE", False),
        # A set but blank text: the code and the documentation of GitLab differ.
        ("$EMPTY && $SET", None),
        ("$EMPTY && $NONE", False),
        ("$EMPTY || $SET", None),
        ("($SET == 'main' && $NONE == null) || $UNKNOWN", True),
    ],
)
def test_evaluation_is_three_valued(text: str, expected: bool | None) -> None:
    assert evaluate(parse_expression(text), VALUES.__getitem__) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A", None),
        ("'a' == 'b'", False),
        ("'a' == 'a'", True),
        ("null", False),
        ("$A == $A", True),
        ("$A == $B", None),
        ("$A == 'x' && 'a' == 'b'", False),
        ("$A == 'x' || 'a' == 'a'", True),
        ("'23' =~ /^2/", True),
    ],
)
def test_constant_conditions_are_known(text: str, expected: bool | None) -> None:
    assert constant(parse_expression(text)) is expected


@given(st.text(alphabet="$AB()!=~&|'\"/ \\nul[i]", max_size=30))
@settings(max_examples=300)
def test_any_text_is_an_expression_or_an_error_inside_it(text: str) -> None:
    try:
        expression = parse_expression(text)
    except ExpressionError as error:
        assert 0 <= error.start <= error.end <= len(text)
    else:
        assert constant(expression) in (True, False, None)


@given(
    st.lists(st.sampled_from(["$A", "'x'", "&&", "||", "==", "!", "(", ")", "null"]), max_size=12)
)
@settings(max_examples=300)
def test_an_error_never_lies_outside_the_expression(words: list[str]) -> None:
    text = " ".join(words)
    try:
        terms = list(parse_expression(text).terms())
    except ExpressionError as error:
        assert 0 <= error.start <= error.end <= len(text)
    else:
        assert all(text[term.start : term.end].strip() for term in terms)
