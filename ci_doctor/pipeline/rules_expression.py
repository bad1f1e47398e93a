"""The language of `rules:if` (also `workflow`, `include` and `spec:inputs:rules`).

Lexer, precedence and limits are GitLab's (`lib/gitlab/ci/pipeline/expression`), its shunting-yard
algorithm included: it accepts exactly what GitLab accepts. Values are three-valued: what only
GitLab knows stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ..text import Symbol, Text
from . import re2

MAX_TOKENS = 100  # GitLab refuses an expression with this many

_BLANK = re.compile(r"\s+")
# In GitLab's order: the first that matches is taken.
_TOKENS: tuple[tuple[str, str], ...] = (
    ("(", r"\("),
    (")", r"\)"),
    ("input", r"\$\[\[\s*inputs\.(?P<input>[\w-]+)\s*\]\]"),
    ("variable", r"\$(?P<variable>\w+)"),
    ("string", r"\"(?P<double>.*?)\"|'(?P<single>.*?)'"),
    ("pattern", r"/(?:[^/]|\\/)+[^\\]/[ismU]*"),
    ("null", r"null"),
    ("boolean", r"\b(?:true|false)\b"),
    ("==", r"=="),
    ("=~", r"=~"),
    ("!=", r"!="),
    ("!~", r"!~"),
    ("&&", r"&&"),
    ("||", r"\|\|"),
    ("!", r"!"),
)
_PRECEDENCE = {"!": 1, "==": 10, "=~": 10, "!=": 10, "!~": 10, "&&": 11, "||": 12}
_VALUES = frozenset({"input", "variable", "string", "pattern", "null", "boolean"})


class ExpressionError(Exception):
    """GitLab refuses the expression.

    `message` is its internal reason, `start` to `end` the part of the expression at fault, `hint`
    what is wrong there in plain words.
    """

    def __init__(self, message: str, start: int, end: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Null:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class String:
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """`/source/flags`; `source` has `\\/` unescaped."""

    source: str
    flags: str
    expression: re2.Expression = field(compare=False)
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """`$NAME`."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Input:
    """`$[[ inputs.name ]]`."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Not:
    operand: Term
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Term
    right: Term
    start: int
    end: int


Term = Null | Boolean | String | Pattern | Name | Input | Not | Binary


@dataclass(frozen=True, slots=True)
class Expression:
    """A valid expression; terms carry the characters of `text` they were read from."""

    text: str
    root: Term

    def names(self) -> Iterator[Name]:
        """The variables in it, from left to right."""
        return (term for term in self.terms() if isinstance(term, Name))

    def terms(self) -> Iterator[Term]:
        """Every term, the outer ones first."""
        waiting = [self.root]
        while waiting:
            term = waiting.pop()
            yield term
            if isinstance(term, Not):
                waiting.append(term.operand)
            elif isinstance(term, Binary):
                waiting += (term.right, term.left)


def tokenize(text: str) -> list[Token]:
    """Raises ExpressionError for what is no token, and for too many."""
    patterns = [(kind, re.compile(pattern)) for kind, pattern in _TOKENS]
    tokens: list[Token] = []
    at = 0
    while True:
        blank = _BLANK.match(text, at)
        at = blank.end() if blank else at
        if len(tokens) >= MAX_TOKENS:
            raise ExpressionError(
                "Too many tokens!",
                tokens[-1].start,
                len(text),
                f"fewer than {MAX_TOKENS} are allowed",
            )
        if at == len(text):
            return tokens
        for kind, pattern in patterns:
            match = pattern.match(text, at)
            if match and match.end() > at:
                tokens.append(Token(kind, match[0], at, match.end()))
                at = match.end()
                break
        else:
            raise _unknown_lexeme(text, at)


def _unknown_lexeme(text: str, at: int) -> ExpressionError:
    rest = text[at:]
    end = at + len(re.match(r"\w+|.", rest, re.DOTALL)[0])  # type: ignore[index]
    hint = ""
    braced = re.match(r"\$\{(\w*)\}?", rest)
    percent = re.match(r"%(\w+)%", rest)
    if braced:
        end, hint = at + braced.end(), f"write ${braced[1] or 'NAME'} without braces"
    elif percent:
        end, hint = at + percent.end(), f"write ${percent[1]}"
    elif rest[0] in "\"'":
        end, hint = len(text), "this quote is not closed"
    elif rest[0] == "/":
        end = len(text)
        hint = "the expression between the slashes is not closed"
        short = re.match(r"/([^/]?)/", rest)
        if short:
            end, hint = at + short.end(), "between the slashes two characters or more are needed"
    elif rest[0] == "=":
        hint = "compare with `==` or `=~`"
    elif rest[0] in "&|":
        hint = f"write `{rest[0] * 2}`"
    elif rest[0] == "$":
        hint = "a variable's name must follow"
    elif re.match(r"\w", rest):
        hint = "a text needs quotes, a variable a `$`"
    return ExpressionError("Unknown lexeme found!", at, end, hint)


def parse_expression(text: str) -> Expression:
    """Raises ExpressionError where GitLab says `invalid expression syntax`."""
    tokens = tokenize(text)
    results: list[Term] = []
    for token in _reverse_polish(tokens):
        if token.kind in _VALUES:
            results.append(_value(token))
        elif token.kind == "!":
            if not results:
                raise _operand_missing("Invalid operand", token, tokens)
            operand = results.pop()
            results.append(Not(operand, token.start, max(operand.end, token.end)))
        elif token.kind == "(":
            message = "Unprocessable token found in parse tree: parenthesis_open"
            raise ExpressionError(message, token.start, token.end, "this parenthesis is not closed")
        else:
            right = results.pop() if results else None
            left = results.pop() if results else None
            if left is None or right is None:
                # With one operand GitLab takes it for the right one, wherever it stands.
                raise _operand_missing("Invalid left operand", token, tokens)
            start, end = min(left.start, right.start), max(left.end, right.end)
            results.append(Binary(token.kind, left, right, start, end))
    if not results:
        raise ExpressionError("Empty parse tree", 0, len(text), "the expression is empty")
    if len(results) > 1:
        raise _unreachable(tokens, text)
    return Expression(text, results[0])


def _reverse_polish(tokens: list[Token]) -> list[Token]:
    output: list[Token] = []
    operators: list[Token] = []
    for token in tokens:
        if token.kind in _VALUES:
            output.append(token)
        elif token.kind == ")":
            while operators and operators[-1].kind != "(":
                output.append(operators.pop())
            if not operators:
                hint = "no parenthesis is open here"
                raise ExpressionError("Unmatched parenthesis", token.start, token.end, hint)
            operators.pop()
        elif token.kind in ("(", "!"):
            operators.append(token)
        else:
            while (
                operators
                and operators[-1].kind != "("
                and _PRECEDENCE[token.kind] >= _PRECEDENCE[operators[-1].kind]
            ):
                output.append(operators.pop())
            operators.append(token)
    return output + operators[::-1]


def _value(token: Token) -> Term:
    text, start, end = token.text, token.start, token.end
    if token.kind == "variable":
        return Name(text[1:], start, end)
    if token.kind == "string":
        return String(text[1:-1], start, end)
    if token.kind == "null":
        return Null(start, end)
    if token.kind == "boolean":
        return Boolean(text == "true", start, end)
    if token.kind == "input":
        return Input(text[3:-2].strip().removeprefix("inputs."), start, end)
    last = text.rindex("/")
    written, flags = text[1:last], text[last + 1 :]
    source = written.replace("\\/", "/")
    try:
        return Pattern(source, flags, re2.parse(source, flags), start, end)
    except re2.Re2Error as error:
        low = start + 1 + _written_offset(written, error.start)
        high = start + 1 + _written_offset(written, error.end)
        raise ExpressionError("Invalid regular expression!", low, high, error.message) from error


def _written_offset(written: str, offset: int) -> int:
    """Where character `offset` stands before `\\/` is unescaped."""
    at = 0
    while True:
        escaped = written.find("\\/", at)
        if escaped < 0 or escaped >= offset:
            return offset
        at = escaped + 2
        offset += 1


def _operand_missing(message: str, token: Token, tokens: list[Token]) -> ExpressionError:
    index = tokens.index(token)
    after = tokens[index + 1 : index + 2]
    right = bool(after) and (after[0].kind in _VALUES or after[0].kind in ("(", "!"))
    side = "left" if right else "right"
    hint = f"nothing stands {side} of `{token.text}`"
    return ExpressionError(message, token.start, token.end, hint)


def _unreachable(tokens: list[Token], text: str) -> ExpressionError:
    message = "Unreachable nodes in parse tree"
    for one, other in pairwise(tokens):
        ends = one.kind in _VALUES or one.kind == ")"
        begins = other.kind in _VALUES or other.kind in ("(", "!")
        if ends and begins:
            hint = f"an operator is missing between `{one.text}` and `{other.text}`"
            return ExpressionError(message, one.start, other.end, hint)
    return ExpressionError(message, 0, len(text))


@dataclass(frozen=True, slots=True)
class _Unknown:
    """True or false, nobody here knows which."""


_UNKNOWN = _Unknown()
_Result = Text | None | bool | Pattern | _Unknown

Lookup = Callable[[str], Text | None]


def evaluate(expression: Expression, lookup: Lookup) -> bool | None:
    """Whether the rule's condition holds, None where that cannot be known here.

    `lookup` gives a variable's value: a Text (a Symbol where only GitLab knows it, or whether it is
    set at all), None where it is known not to be set. Inputs are asked for as `inputs.NAME`.
    """
    return _present(_evaluate(expression.root, lookup))


def constant(expression: Expression) -> bool | None:
    """True or False for a condition that is the same whatever the variables are."""
    return evaluate(expression, lambda name: Text((Symbol(f"any {name}"),)))


def _evaluate(term: Term, lookup: Lookup) -> _Result:
    match term:
        case Null():
            return None
        case Boolean(value=value):
            return value
        case String(value=value):
            return Text.of(value)
        case Pattern():
            return term
        case Name(name=name):
            return lookup(name)
        case Input(name=name):
            return lookup(f"inputs.{name}")
        case Not(operand=operand):
            present = _present(_evaluate(operand, lookup))
            return _UNKNOWN if present is None else not present
        case Binary(operator="&&" | "||"):
            return _logical(term, lookup)
    if _gives_a_side(term.left) or _gives_a_side(term.right):
        return _UNKNOWN
    left, right = _evaluate(term.left, lookup), _evaluate(term.right, lookup)
    answer = _equals(left, right) if term.operator in ("==", "!=") else _matches(left, right)
    if answer is None:
        return _UNKNOWN
    return answer if term.operator in ("==", "=~") else not answer


def _gives_a_side(term: Term) -> bool:
    """`$A || $B` compared with a text: GitLab compares the side it gives."""
    return isinstance(term, Binary) and term.operator in ("&&", "||")


def _logical(term: Binary, lookup: Lookup) -> bool | _Unknown:
    """`&&` and `||`.

    GitLab's code takes a variable that is set but blank for true there, its documentation for
    false: an answer that depends on it is unknown.
    """
    left = _evaluate(term.left, lookup)
    one = _present(left)
    other = _present(_evaluate(term.right, lookup))
    set_but_blank = isinstance(left, Text) and one is False
    answer: bool | None
    if term.operator == "&&":
        if one is False and not set_but_blank:
            answer = False
        else:
            answer = other if one is True or other is False else None
    elif one is True:
        answer = True
    elif one is False and not set_but_blank:
        answer = other
    elif one is None and isinstance(left, _Unknown):
        answer = True if other is True else None
    else:
        answer = False if one is False and other is False else None
    return _UNKNOWN if answer is None else answer


def _known_set(text: Text) -> bool:
    """Whether a variable with this value is certainly set: a lone unknown one may not be."""
    return not (len(text.parts) == 1 and isinstance(text.parts[0], Symbol)) or _never_empty(text)


def _never_empty(text: Text) -> bool:
    return text.equals("") is False


def _present(result: _Result) -> bool | None:
    """GitLab's `present?`: not null, not false, not blank."""
    if isinstance(result, _Unknown):
        return None
    if isinstance(result, Text):
        if result.value is not None:
            return bool(result.value.strip())
        answers = {_has_characters(variant) for variant in result.variants()}
        return answers.pop() if len(answers) == 1 else None
    return result is not None and result is not False


def _has_characters(text: Text) -> bool | None:
    if text.value is not None:
        return bool(text.value.strip())
    if text.strip().template.strip("\ufdd0"):
        return True
    return True if _never_empty(text) else None


def _equals(left: _Result, right: _Result) -> bool | None:
    if isinstance(left, _Unknown) or isinstance(right, _Unknown):
        return None
    if isinstance(left, Text) and isinstance(right, Text):
        return left.equals(right)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Text) and other is None:
            return False if _known_set(one) else None
        if isinstance(one, Text) and isinstance(other, bool):
            # Variables are texts, but an input may be a boolean.
            return None if not one.is_known else False
    if isinstance(left, Pattern) or isinstance(right, Pattern):
        return left == right if type(left) is type(right) else False
    return left is right or left == right


def _matches(left: _Result, right: _Result) -> bool | None:
    if isinstance(right, _Unknown) or isinstance(left, _Unknown):
        return None
    if right is None or right is False:
        return False
    if right is True:
        return None
    text = Text() if left is None or left is False else left
    if not isinstance(text, Text):
        return None
    pattern = _pattern_of(right)
    if pattern is None:
        return None
    answers: set[bool | None] = set()
    for variant in text.variants():
        if variant.value is None:
            answers.add(None)
        elif isinstance(pattern, str):
            answers.add(variant.value in pattern)
        else:
            answers.add(pattern.search(variant.value))
    return answers.pop() if len(answers) == 1 else None


def _pattern_of(right: Text | Pattern) -> re2.Expression | str | None:
    """The right side of `=~`: a variable that holds `/…/` is an expression, other text is text."""
    if isinstance(right, Pattern):
        return right.expression
    if right.value is None:
        return None
    written = re.fullmatch(r"/(?P<source>(?:[^/]|\\/)+[^\\])/(?P<flags>[ismU]*)", right.value)
    if written is None:
        return right.value
    try:
        return re2.parse(written["source"].replace("\\/", "/"), written["flags"])
    except re2.Re2Error:
        return None
