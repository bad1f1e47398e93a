"""What `${NAME%pattern}` and its relatives make of a value, as far as it is known."""

from __future__ import annotations

import re

from ..text import Choice, Literal, Symbol, Text

_LONGEST = 4000  # characters of a value that a pattern is tried on
_MOST_STARS = 4
_MOST_OPTIONS = 32
_BRACKET = re.compile(r"\[([!^]?)(\]?[^\]]*)\]")


def transform(value: Text, operator: str, argument: Text) -> Text | None:
    """The value after `operator` with its argument; None where it cannot be told.

    The same operation on the same unseen variable gives the same unseen value: a Symbol named
    after the whole expression.
    """
    pattern = argument.value
    if pattern is None:
        return None
    parts = value.parts
    if len(parts) == 1 and isinstance(parts[0], Choice):
        choice = parts[0]
        if len(choice.options) > _MOST_OPTIONS:
            return None
        options = [transform(option, operator, argument) for option in choice.options]
        if any(option is None for option in options):
            return None
        return Text((Choice(tuple(o for o in options if o is not None), choice.at),))
    if len(parts) == 1 and isinstance(parts[0], Symbol):
        symbol = parts[0]
        name = f"{symbol.variable}{operator}{pattern}"
        return Text((Symbol(name, symbol.scope, at=symbol.at),))
    if operator in ("%", "%%") and not _is_glob(pattern) and parts:
        # The end of a value may be known where the rest is not.
        last = parts[-1]
        if isinstance(last, Literal) and len(last.value) >= len(pattern):
            cut = last.value.endswith(pattern) and pattern
            return value[: len(value) - len(pattern)] if cut else value
    known = value.value
    if known is None or len(known) > _LONGEST:
        return None
    return _transform_known(value, known, operator, pattern)


def _transform_known(value: Text, known: str, operator: str, pattern: str) -> Text | None:
    match operator:
        case "#" | "##" | "%" | "%%":
            return _trimmed(value, known, operator, pattern)
        case "/" | "//":
            return _replaced(value, known, pattern, everywhere=operator == "//")
        case ":":
            return _sliced(value, pattern)
        case "^^" | ",," | "^" | "," if not pattern:
            return _cased(value, operator)
        case _:
            return None


def _is_glob(pattern: str) -> bool:
    return any(character in pattern for character in "*?[\\")


def glob(pattern: str) -> re.Pattern[str] | None:
    """A shell pattern as a regular expression; None where it could take too long."""
    if pattern.count("*") > _MOST_STARS:
        return None
    result = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        bracket = _BRACKET.match(pattern, at)
        if char == "*":
            result.append(".*")
        elif char == "?":
            result.append(".")
        elif char == "\\" and at + 1 < len(pattern):
            result.append(re.escape(pattern[at + 1]))
            at += 1
        elif bracket and "[" not in bracket.group(2):
            inside = bracket.group(2).replace("\\", "\\\\").replace("]", "\\]").replace("^", "\\^")
            result.append(f"[{'^' if bracket.group(1) else ''}{inside}]")
            at = bracket.end() - 1
        else:
            result.append(re.escape(char))
        at += 1
    try:
        return re.compile("".join(result), re.DOTALL)
    except re.error:
        return None


def _trimmed(value: Text, known: str, operator: str, pattern: str) -> Text | None:
    regex = glob(pattern)
    if regex is None:
        return None
    length = len(known)
    if operator[0] == "#":
        ends = range(length + 1) if operator == "#" else range(length, -1, -1)
        return next((value[end:] for end in ends if regex.fullmatch(known, 0, end)), value)
    starts = range(length, -1, -1) if operator == "%" else range(length + 1)
    return next((value[:start] for start in starts if regex.fullmatch(known, start)), value)


def _replaced(value: Text, known: str, argument: str, *, everywhere: bool) -> Text | None:
    pattern, _, replacement = _unescaped_split(argument)
    anchored = pattern[:1] if pattern[:1] in ("#", "%") and not everywhere else ""
    pattern = pattern[1:] if anchored else pattern
    regex = glob(pattern)
    if regex is None or not pattern or "&" in replacement:
        return None
    pieces: list[Text] = []
    at = start = 0
    while start <= len(known):
        match = regex.match(known, start)
        if match is None or match.end() == start or (anchored == "%" and match.end() < len(known)):
            if anchored == "#":
                break
            start += 1
            continue
        pieces += [value[at:start], Text.of(replacement)]
        at = start = match.end()
        if not everywhere:
            break
    pieces.append(value[at:])
    return Text.join(pieces)


def _unescaped_split(argument: str) -> tuple[str, str, str]:
    """The pattern and the replacement around the first `/` that is no `\\/`."""
    at = 0
    while at < len(argument):
        if argument[at] == "\\":
            at += 2
        elif argument[at] == "/" and at:
            return argument[:at], "/", argument[at + 1 :]
        else:
            at += 1
    return argument, "", ""


def _sliced(value: Text, argument: str) -> Text | None:
    match = re.fullmatch(r"\s*(-?\d{1,6})\s*(?::\s*(-?\d{1,6})\s*)?", argument)
    if match is None:
        return None
    start = int(match.group(1))
    if start < 0:
        start += len(value)
        if start < 0:
            return Text()
    rest = value[start:]
    if match.group(2) is None:
        return rest
    length = int(match.group(2))
    if length < 0 and -length > len(rest):
        return None
    return rest[:length]


def _cased(value: Text, operator: str) -> Text | None:
    parts = []
    for index, part in enumerate(value.parts):
        if not isinstance(part, Literal):
            return None
        written = part.value
        change = str.upper if operator[0] == "^" else str.lower
        if len(operator) == 2:
            changed = change(written)
        else:
            changed = change(written[:1]) + written[1:] if index == 0 else written
        if len(changed) != len(written):
            return None
        parts.append(Literal(changed, part.at))
    return Text(tuple(parts))
