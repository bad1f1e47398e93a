"""`$X` in an instruction's arguments, expanded as BuildKit does it (see `dockerfile.lexer`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..text import At, Choice, Literal, Opaque, Part, Text
from .lexer import Chars, Lexeme, LexError, Variable, lex
from .words import Word

# The value of a variable, and whether it is set (None: not known). Unset ones have no characters.
Lookup = Callable[[str], tuple[Text, bool | None]]

# What grows beyond these is Opaque: `ARG B=$A$A` doubles from line to line.
MAX_CHARACTERS = 8192
MAX_PARTS = 200
MAX_OPTIONS = 16
MAX_PATTERN = 256  # characters of a value that `${X#pattern}` is applied to


def expand(word: Word, lookup: Lookup, *, escape: str = "\\", quotes: bool = True) -> Text:
    """What BuildKit makes of an argument: quotes removed, variables replaced.

    What it would refuse, and operators on values that are not known, are Opaque.
    """
    try:
        lexemes = lex(word.value, escape=escape, quotes=quotes)
    except LexError:
        return _opaque(word, 0, len(word.value))
    return _Expansion(word, lookup).all(lexemes)


def variables(word: Word, *, escape: str = "\\") -> tuple[Variable, ...]:
    """The variables that an argument uses, those in `${X:-$Y}` too; none where it does not lex."""
    try:
        return tuple(_variables(lex(word.value, escape=escape)))
    except LexError:
        return ()


def _variables(lexemes: Iterable[Lexeme]) -> Iterable[Variable]:
    for lexeme in lexemes:
        if isinstance(lexeme, Variable):
            yield lexeme
            yield from _variables(lexeme.word)
            yield from _variables(lexeme.replacement)


def one_of(options: Iterable[Text], at: At | None = None, written: str = "") -> Text:
    """A text that is one of these: flat, without doubles, Opaque where there are too many."""
    flat: dict[Text, None] = {}
    for option in options:
        for variant in option.variants(MAX_OPTIONS + 1):
            flat[variant] = None
    if len(flat) > MAX_OPTIONS:
        return Text((Opaque(written or "$…", at),))
    if len(flat) == 1:
        return next(iter(flat))
    return Text((Choice(tuple(flat), at),))


class _Expansion:
    def __init__(self, word: Word, lookup: Lookup) -> None:
        self.word = word
        self.lookup = lookup

    def all(self, lexemes: Iterable[Lexeme]) -> Text:
        parts: list[Part] = []
        characters = 0
        for lexeme in lexemes:
            if isinstance(lexeme, Chars):
                new: tuple[Part, ...] = ()
                if lexeme.text:
                    new = (Literal(lexeme.text, _at(self.word, lexeme.start, lexeme.end)),)
            else:
                new = self.variable(lexeme).parts
            parts += new
            characters += sum(len(part.value) for part in new if isinstance(part, Literal))
            if characters > max(MAX_CHARACTERS, len(self.word.value)) or len(parts) > max(
                MAX_PARTS, len(self.word.value)
            ):
                return _opaque(self.word, 0, len(self.word.value))
        return Text(tuple(parts))

    def variable(self, variable: Variable) -> Text:
        value, is_set = self.lookup(variable.name)
        operator = variable.operator
        if not operator:
            return value
        if operator in ("-", ":-", "+", ":+", "?", ":?"):
            has = is_set
            if operator.startswith(":") and is_set is not False:
                empty = value.is_empty
                has = False if empty else None if empty is None or is_set is None else True
            if operator.endswith("?"):
                return self.unknown(variable) if has is False else value
            other = self.all(variable.word)
            if operator.endswith("-"):
                options = {True: (value,), False: (other,), None: (value, other)}[has]
            else:
                options = {True: (other,), False: (Text(),), None: (other, Text())}[has]
            return one_of(
                options, _at(self.word, variable.start, variable.end), self.written(variable)
            )
        if is_set is False:
            return Text()
        known = value.value
        pattern = self.all(variable.word).value
        replacement = self.all(variable.replacement).value
        if is_set is None or known is None or pattern is None or len(known) > MAX_PATTERN:
            return self.unknown(variable)
        result: str | None = None
        if operator in ("#", "##"):
            result = _without_prefix(known, pattern, longest=operator == "##")
        elif operator in ("%", "%%"):
            result = _without_suffix(known, pattern, longest=operator == "%%")
        elif operator in ("/", "//") and replacement is not None:
            result = _replaced(known, pattern, replacement, every=operator == "//")
        if result is None:
            return self.unknown(variable)
        at = _at(self.word, variable.start, variable.end)
        return Text((Literal(result, at),)) if result else Text()

    def written(self, variable: Variable) -> str:
        return self.word.value[variable.start : variable.end]

    def unknown(self, variable: Variable) -> Text:
        return _opaque(self.word, variable.start, variable.end)


def _at(word: Word, start: int, end: int) -> At:
    return At(word.decoded, word.start + start, word.start + end)


def _opaque(word: Word, start: int, end: int) -> Text:
    return Text((Opaque(word.value[start:end], _at(word, start, end)),))


# A pattern as a list: a character, or one of these.
_ANY, _ONE = object(), object()


def _pattern(pattern: str) -> list[object] | None:
    """`*`, `?` and escapes; None for an escape that BuildKit refuses."""
    items: list[object] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        following = pattern[at + 1 : at + 2]
        if char == "*":
            items.append(_ANY)
        elif char == "?":
            items.append(_ONE)
        elif char == "\\" and following not in ("}", "/"):
            if following not in ("*", "?", "\\") or not following:
                return None
            items.append(following)
            at += 1
        elif char != "\\":
            items.append(char)
        at += 1
    return items


def _ends(items: list[object], value: str, start: int) -> list[int]:
    """Every offset at which a match that starts at `start` may end, in order."""
    reached = {start}
    for item in items:
        if item is _ANY:
            reached = set(range(min(reached), len(value) + 1)) if reached else set()
        else:
            reached = {
                at + 1 for at in reached if at < len(value) and (item is _ONE or value[at] == item)
            }
    return sorted(reached)


def _without_prefix(value: str, pattern: str, *, longest: bool) -> str | None:
    items = _pattern(pattern)
    if items is None or len(items) > MAX_PATTERN:
        return None
    ends = _ends(items, value, 0)
    return value[ends[-1 if longest else 0] :] if ends else value


def _without_suffix(value: str, pattern: str, *, longest: bool) -> str | None:
    items = _pattern(pattern)
    if items is None or len(items) > MAX_PATTERN:
        return None
    ends = _ends(items[::-1], value[::-1], 0)
    return value[: len(value) - ends[-1 if longest else 0]] if ends else value


def _replaced(value: str, pattern: str, replacement: str, *, every: bool) -> str | None:
    items = _pattern(pattern)
    if items is None or not items or len(items) > MAX_PATTERN // 4:
        return None
    result = []
    at = 0
    while at < len(value):
        ends = _ends(items, value, at)
        if not ends:
            result.append(value[at])
            at += 1
            continue
        result.append(replacement)
        at = max(ends[-1], at + 1)
        if not every:
            break
    return "".join(result) + value[at:]
