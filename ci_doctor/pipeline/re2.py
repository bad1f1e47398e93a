"""Regular expressions as RE2 reads them: GitLab uses it for `rules`, `regex` and `coverage`.

RE2 has no look-around, no back-references, no possessive or atomic groups. What it accepts is
translated for Python's `re`; where Python could run away on it, or reads it another way, only
the syntax is known and matching is left open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MAX_REPEAT = 1000  # kMaxRepeat in RE2
_MAX_NESTING = 100
_MAX_TEXT = 256  # keeps what Python's backtracking can do with three repetitions small
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


class Re2Error(Exception):
    """RE2 refuses the expression: `message` says why, `start` to `end` is the part it refuses."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True)
class Expression:
    """A valid expression; `python` is None where only its syntax is known."""

    source: str
    python: re.Pattern[str] | None

    def search(self, text: str) -> bool | None:
        """Whether it matches somewhere in `text`; None where that is not decided here."""
        if self.python is None or len(text) > _MAX_TEXT:
            return None
        return self.python.search(text) is not None


def parse(source: str, flags: str = "") -> Expression:
    """Check an expression; `flags` are RE2's `i`, `m`, `s` and `U`. Raises Re2Error."""
    scanner = _Scanner(source, multiline="m" in flags)
    scanner.scan()
    if not scanner.decidable or "U" in flags:
        return Expression(source, None)
    python = re.ASCII
    for flag in flags:
        python |= {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}[flag]
    try:
        return Expression(source, re.compile("".join(scanner.translated), python))
    except (re.error, OverflowError, RecursionError):
        return Expression(source, None)


@dataclass
class _Group:
    start: int
    repeats: bool = False  # something in it is repeated, or chosen by `|`


class _Scanner:
    def __init__(self, source: str, *, multiline: bool) -> None:
        self.source = source
        self._multiline = multiline
        self.translated: list[str] = []
        self.decidable = True
        self._at = 0
        self._groups: list[_Group] = [_Group(0)]
        self._unlimited = 0

    def scan(self) -> None:
        source = self.source
        operand: tuple[int, bool] | None = None  # where it starts, whether it holds repetitions
        while self._at < len(source):
            start = self._at
            character = source[start]
            if character == "(":
                self._open()
                operand = None
                continue
            if character == ")":
                if len(self._groups) == 1:
                    raise Re2Error("unexpected )", start, start + 1)
                group = self._groups.pop()
                self._take(1, ")")
                self._groups[-1].repeats |= group.repeats
                operand = (group.start, group.repeats)
                continue
            if character == "|":
                self._groups[-1].repeats = True
                self._take(1, "|")
                operand = None
                continue
            if character in "*+?" or (character == "{" and self._counted() is not None):
                self._repeat(operand)
                operand = None
                continue
            if character == "[":
                self._class()
            elif character == "\\":
                self._escape()
            elif character == "$" and not self._multiline:
                self._take(1, r"\Z")  # Python's `$` would also match before a last line end
            else:
                self._take(1, character if character in ".^$" else re.escape(character))
            operand = (start, False)
        if len(self._groups) > 1:
            raise Re2Error("missing )", self._groups[-1].start, len(source))

    def _take(self, length: int, translated: str) -> None:
        self._at += length
        self.translated.append(translated)

    def _open(self) -> None:
        start = self._at
        if len(self._groups) > _MAX_NESTING:
            self.decidable = False
        if not self.source.startswith("(?", start):
            self._groups.append(_Group(start))
            self._take(1, "(")
            return
        named = re.compile(r"\(\?P?<(\w+)>").match(self.source, start)
        flags = re.compile(r"\(\?([imsU]*)(-[imsU]+)?([:)])").match(self.source, start)
        if named:
            self._groups.append(_Group(start))
            self._take(len(named[0]), "(")
        elif flags and (flags[1] or flags[2] or flags[3] == ":"):
            if flags[1] or flags[2]:
                self.decidable = False
            if flags[3] == ":":
                self._groups.append(_Group(start))
                self._take(len(flags[0]), "(?:")
            else:
                self._take(len(flags[0]), "")
        else:
            kinds = ("(?<=", "(?<!", "(?=", "(?!", "(?>", "(?#", "(?(")
            kind = next((k for k in kinds if self.source.startswith(k, start)), "(?")
            names = {"(?>": "an atomic group", "(?#": "a comment", "(?(": "a condition"}
            what = names.get(kind, "look-around" if kind != "(?" else "an unknown group")
            raise Re2Error(f"invalid perl operator: {kind} ({what})", start, start + len(kind))

    def _counted(self) -> re.Match[str] | None:
        return re.compile(r"\{(\d+)(?:(,)(\d*))?\}").match(self.source, self._at)

    def _repeat(self, operand: tuple[int, bool] | None) -> None:
        start = self._at
        counted = self._counted()
        written = counted[0] if counted else self.source[start]
        if operand is None:
            raise Re2Error(
                f"no argument for repetition operator: {written}", start, start + len(written)
            )
        unlimited, many = written in "*+", written in "*+"
        if counted:
            low = _small(counted[1])
            unlimited = bool(counted[2]) and not counted[3]
            high = _small(counted[3]) if counted[3] else low
            if max(low, high) > _MAX_REPEAT or high < low:
                raise Re2Error(f"invalid repetition size: {written}", start, start + len(written))
            many = unlimited or high > 1
        if many:
            # A repetition of repetitions or of alternatives can take Python for ever.
            self.decidable = self.decidable and not operand[1]
            self._groups[-1].repeats = True
        self._unlimited += unlimited
        if self._unlimited > 3:
            self.decidable = False
        self._take(len(written), written)
        if self.source.startswith("?", self._at):
            self._take(1, "?")
        again = re.compile(r"[*+?]|\{\d+(?:,\d*)?\}").match(self.source, self._at)
        if again:
            written = self.source[start : again.end()]
            raise Re2Error(f"bad repetition operator: {written}", start, again.end())

    def _class(self) -> None:
        source, start = self.source, self._at
        self._take(1, "[")
        if source.startswith("^", self._at):
            self._take(1, "^")
        first = True
        while first or not source.startswith("]", self._at):
            first = False
            low_at = self._at
            low = self._class_part(start)
            if source.startswith("-", self._at) and source[self._at + 1 : self._at + 2] not in "]":
                self._take(1, "-")
                high = self._class_part(start)
                if low is None or high is None or high < low:
                    raise Re2Error("invalid character class range", low_at, self._at)
        self._take(1, "]")

    def _class_part(self, start: int) -> str | None:
        """Take one part of a character class: its character, None for a set such as `\\d`."""
        source = self.source
        if self._at >= len(source):
            raise Re2Error("missing ]", start, len(source))
        posix = re.compile(r"\[:(\^?)(\w+):\]").match(source, self._at)
        if posix:
            if posix[2] not in _POSIX:
                raise Re2Error("invalid character class range", posix.start(), posix.end())
            if posix[1]:
                self.decidable = False
            self._take(len(posix[0]), _POSIX[posix[2]])
            return None
        if source[self._at] == "\\":
            self._escape(in_class=True)
            translated = self.translated[-1]
            single = translated[-1:] if translated[-1:] not in "dDwWsS" else None
            return single if len(translated) == 1 or translated[0] == "\\" else None
        character = source[self._at]
        self._take(1, re.escape(character))
        return character

    def _escape(self, in_class: bool = False) -> None:
        source, start = self.source, self._at
        if start + 1 >= len(source):
            raise Re2Error("trailing \\", start, len(source))
        character = source[start + 1]
        if character in "pP":
            named = re.compile(r"\\[pP](?:\{\^?\w+\}|[A-Z])").match(source, start)
            if named is None:
                raise Re2Error("invalid character class range", start, start + 2)
            self.decidable = False
            self._take(len(named[0]), ".")
        elif character == "x":
            code = re.compile(r"\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))").match(
                source, start
            )
            if code is None or int(code[1] or code[2], 16) > 0x10FFFF:
                raise Re2Error("invalid escape sequence: \\x", start, start + 2)
            self._take(len(code[0]), re.escape(chr(int(code[1] or code[2], 16))))
        elif character == "Q" and not in_class:
            end = source.find("\\E", start + 2)
            quoted = source[start + 2 : len(source) if end < 0 else end]
            self._take(len(quoted) + (2 if end < 0 else 4), f"(?:{re.escape(quoted)})")
        elif character in "dDwWsS":
            # RE2's `\s` has no vertical tab; Python's has.
            self._take(2, "\\" + character)
        elif character in "AbBz" and not in_class:
            self._take(2, {"z": r"\Z"}.get(character, "\\" + character))
        elif character in "afnrtv":
            self._take(2, "\\" + character)
        elif character == "C" and not in_class:
            self.decidable = False
            self._take(2, ".")
        elif character == "0" or (
            character in "1234567" and source[start + 2 : start + 3].isdigit()
        ):
            octal = re.compile(r"\\[0-7]{1,3}").match(source, start)
            if octal is None or (character != "0" and len(octal[0]) < 3):
                raise Re2Error(f"invalid escape sequence: \\{character}", start, start + 2)
            self._take(len(octal[0]), re.escape(chr(int(octal[0][1:], 8))))
        elif character.isalnum() and character.isascii():
            what = " (a back-reference)" if character.isdigit() or character == "k" else ""
            raise Re2Error(f"invalid escape sequence: \\{character}{what}", start, start + 2)
        else:
            self._take(2, re.escape(character))


def _small(digits: str) -> int:
    return int(digits) if len(digits) < 6 else _MAX_REPEAT + 1
