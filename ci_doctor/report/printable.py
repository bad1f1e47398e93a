"""Text from users' files as it may safely reach a terminal."""

from __future__ import annotations

import unicodedata

TAB = "    "

# Characters that reorder or hide the text around them (Unicode's bidirectional controls, U+061C
# and the marks, separators, and what shows as nothing).
_INVISIBLE = frozenset(
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2028\u2029"
    "\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def printable(text: str) -> str:
    """The text on one line, with control and invisible characters written as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(shown, text))


def printable_lines(text: str) -> list[str]:
    """The same for a text of several lines; never an empty list."""
    return [printable(line) for line in text.strip("\r\n").splitlines()] or [""]


def shown(character: str) -> str:
    """What stands for one character in the output."""
    if character == "\t":
        return TAB
    if character in _INVISIBLE or unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
        code = ord(character)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    return character


def width(text: str) -> int:
    """How many columns a printable text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(character) or unicodedata.category(character) == "Me"
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )
