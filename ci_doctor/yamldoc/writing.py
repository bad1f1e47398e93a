"""Scalars as YAML text that GitLab's loader, YAML 1.1 and YAML 1.2 all read back alike."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from .nodes import Plain
from .psych import Refused, Symbol, resolve

# Longer keys must be marked by a `?` (YAML's limit for a simple key is 1024 characters).
LONGEST_KEY = 1000

_WORDS = re.compile(r"~|null|true|false|yes|no|on|off|y|n", re.IGNORECASE)
# What some version of YAML may take for a number, a date or a time.
_NUMERIC = re.compile(r"[-+.]*[0-9][0-9A-Fa-fxXoOTtZz_,.: +-]*")
_PLAIN = re.compile(r"(?:--?(?=[A-Za-z])|[A-Za-z0-9_./$(\\]).*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


class Literal(NamedTuple):
    """A block scalar: `header` (`|-`), and its lines without indentation.

    They are to be indented by two characters more than the collection that holds the scalar.
    """

    header: str
    lines: list[str]


def scalar(value: Plain) -> str:
    """A scalar on one line, plain where no loader takes it for anything else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Symbol):
        return ":" + (value if re.fullmatch(r"\w+", value, re.ASCII) else _quoted(value))
    return value if _is_plain(value) else _quoted(value)


def literal(text: str) -> Literal | None:
    """A text of several lines as a block scalar; None where it has one line or unusual characters."""
    if "\n" not in text or not all(c.isprintable() or c in "\n\t" for c in text):
        return None
    # Without its width written, indentation is told from the first line.
    width = "2" if text[0] in " \t\n" else ""
    if not text.endswith("\n"):
        chomping = "-"
    elif text == "\n" or text.endswith("\n\n"):
        chomping = "+"
    else:
        chomping = ""
    lines = text.removesuffix("\n").split("\n")
    return Literal(f"|{width}{chomping}", lines)


def _is_plain(text: str) -> bool:
    if not _PLAIN.fullmatch(text) or not text.isprintable() or text[-1] in " :":
        return False
    if ": " in text or " #" in text or _WORDS.fullmatch(text) or _NUMERIC.fullmatch(text):
        return False
    try:
        return resolve(text) == text
    except Refused:
        return False


def _quoted(text: str) -> str:
    if text.isprintable() and "'" not in text and ('"' in text or "\\" in text):
        return f"'{text}'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    mantissa, mark, exponent = repr(value).partition("e")
    if not mark:
        return mantissa
    point = "" if "." in mantissa else ".0"
    return f"{mantissa}{point}e{exponent}"
