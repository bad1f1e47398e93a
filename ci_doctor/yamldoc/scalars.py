"""Where the characters of a scalar's text stand in its file, and how to write more of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

from ..source import Location, Span
from .layout import (
    BREAK,
    BREAKS,
    Piece,
    block_header,
    content_indent,
    plain_pieces,
    quoted_pieces,
    read_block,
)
from .nodes import Scalar
from .psych import resolve

# The rest of a block scalar's last line (or of its header's), and the blank lines below.
_REST_OF_BLOCK = re.compile(rf"[^{BREAKS}]*(?:{BREAK} *)*")
# What cannot stand as it is: breaks, what libyaml refuses, and what editors drop.
_UNWRITABLE = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
_NO_PLAIN_START = frozenset("-?:,[]{}#&*!|>'\"%@`")
_NO_PLAIN = re.compile(r":(?:\s|$)|\s#")
_NO_PLAIN_IN_FLOW = re.compile(r":(?:\s|$)|\s#|[,\[\]{}]|:\?")
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class ScalarOrigin:
    """The map from `scalar.text` to the file, character by character (a `text.Origin`)."""

    __slots__ = (
        "_chomping",
        "_empty_at",
        "_has_explicit_indent",
        "_pieces",
        "_scalar",
        "_starts",
        "indent",
    )

    def __init__(self, scalar: Scalar) -> None:
        self._scalar = scalar
        # The column of a block scalar's lines; None for other styles and where there are none.
        self.indent: int | None = None
        self._chomping = ""
        self._has_explicit_indent = False
        start, end = scalar.span
        text = scalar.source.text
        pieces: list[Piece]
        if scalar.style == "plain":
            self._empty_at = start
            pieces = list(plain_pieces(text, start, end)) if scalar.text else []
        elif scalar.style in ("single", "double"):
            self._empty_at = start + 1
            pieces = [
                (chars, start + low, start + high)
                for chars, low, high in quoted_pieces(text[start:end] + "\0", 0)
            ]
        else:
            self._empty_at = end
            rest = _REST_OF_BLOCK.match(text, end)
            written = text[start : end if rest is None else rest.end()] + "\0"
            header = block_header(written, 0)
            self._chomping = header.chomping
            self._has_explicit_indent = header.increment > 0
            self.indent = content_indent(written, header, scalar.text) or None
            block = read_block(written, header, 0, indent=self.indent or 0)
            pieces = [(chars, start + low, start + high) for chars, low, high in block.pieces]
        self._pieces = [piece for piece in pieces if piece[0]]
        self._starts = [0, *accumulate(len(piece[0]) for piece in self._pieces)]

    def locate(self, start: int, end: int) -> Location:
        """The text that characters `start` to `end` came from; where they would be if none."""
        length = self._starts[-1]
        start = min(max(start, 0), length)
        end = min(end, length)
        if start >= end:
            offset = self._boundary(start)
            return Location(self._scalar.source, Span(offset, offset))
        return Location(self._scalar.source, Span(self._place(start)[0], self._place(end - 1)[1]))

    def offset_of(self, file_offset: int) -> int | None:
        """The character of the text that the one at `file_offset` belongs to, if any."""
        index = bisect_right(self._pieces, file_offset, key=lambda piece: piece[1]) - 1
        if index < 0 or file_offset >= self._pieces[index][2]:
            return None
        chars, low, high = self._pieces[index]
        return self._starts[index] + (file_offset - low if len(chars) == high - low else 0)

    def _piece(self, index: int) -> int:
        return bisect_right(self._starts, index) - 1

    def _place(self, index: int) -> Span:
        """Where one character stands."""
        piece = self._piece(index)
        chars, low, high = self._pieces[piece]
        if len(chars) == high - low:
            low += index - self._starts[piece]
            high = low + 1
        return Span(low, high)

    def _is_break(self, index: int) -> bool:
        """Whether a character comes from a line break, folded to a space or not."""
        if not 0 <= index < self._starts[-1]:
            return False
        return self._scalar.source.text[self._place(index).start] in BREAKS

    def _boundary(self, index: int) -> int:
        """Where text before character `index` goes: after the one before it, on the same line."""
        if not self._pieces:
            return self._empty_at
        if index == self._starts[-1] or (index and not self._is_break(index - 1)):
            return self._place(index - 1).end
        return self._place(index).start

    def escape(self, text: str, at: int) -> str | None:
        """How to write `text` at `locate(at, at)`, so that it comes to stand before character `at`.

        None where the style cannot hold it there.
        """
        if not text:
            return ""
        style = self._scalar.style
        if style != "literal" and self._is_break(at - 1) and self._is_break(at):
            return None  # on an empty line it would change how the breaks are folded
        match style:
            case "double":
                return self._escape_double(text, at)
            case "single":
                return self._escape_single(text, at)
            case "plain":
                return self._escape_plain(text, at)
            case "literal":
                return self._escape_literal(text, at)
            case _:
                return self._escape_folded(text, at)

    def _escape_double(self, text: str, at: int) -> str:
        written = [_escape_char(char) for char in text]
        if any(char in BREAKS for char in self._scalar.location.text):
            # Beside a line break blanks are dropped unless escaped.
            for edge in (0, -1):
                written[edge] = "\\ " if text[edge] == " " else written[edge]
        return "".join(written)

    def _escape_single(self, text: str, at: int) -> str | None:
        if _UNWRITABLE.search(text) or self._loses_blank(text, at):
            return None
        return text.replace("'", "''")

    def _escape_plain(self, text: str, at: int) -> str | None:
        old = self._scalar.text
        new = old[:at] + text + old[at:]
        unwritable = _NO_PLAIN_IN_FLOW if self._scalar.in_flow else _NO_PLAIN
        if (
            self._scalar.value != old
            or self._scalar.tag is not None
            or _UNWRITABLE.search(text)
            or self._loses_blank(text, at)
            or new[0] in " \t"
            or new[-1] in " \t"
            or (at == 0 and text[0] in _NO_PLAIN_START)
            or unwritable.search(new)
            or resolve(new) != new
        ):
            return None
        return text

    def _loses_blank(self, text: str, at: int) -> bool:
        """Whether a blank at an edge of `text` would be dropped beside a line break."""
        return (text[0] in " \t" and self._is_break(at - 1)) or (
            text[-1] in " \t" and self._is_break(at)
        )

    def _escape_literal(self, text: str, at: int) -> str | None:
        indent = self.indent
        if indent is None or _UNWRITABLE.search(text.replace("\n", "")):
            return None
        length = self._starts[-1]
        starts_line = at == 0 or self._is_break(at - 1)
        before_content = not self._scalar.text[:at].strip(BREAKS)
        if (
            before_content
            and not self._has_explicit_indent
            and text.lstrip("\n")[:1] in (" ", "\t")
        ):
            return None  # the blanks would count as indentation
        if at == length and not self._may_end_with(text, starts_line):
            return None
        margin = " " * indent
        eol = "\r\n" if "\r\n" in self._scalar.location.text else "\n"
        lines = text.split("\n")
        if starts_line and lines[0]:
            place = self._boundary(at)
            column = place - self._scalar.source.text.rfind("\n", 0, place) - 1
            lines[0] = margin[column:] + lines[0]
        lines[1:] = [margin + line if line else "" for line in lines[1:]]
        if text[-1] == "\n" and at < length and not self._is_break(at):
            lines[-1] = margin
        return eol.join(lines)

    def _may_end_with(self, text: str, starts_line: bool) -> bool:
        """Whether chomping leaves `text` whole at the end of a literal scalar."""
        if not starts_line:
            return text[-1] != "\n"
        if self._chomping == "+":
            return text[-1] == "\n"
        return text[-1] == "\n" and text[-2:-1] not in ("", "\n")

    def _escape_folded(self, text: str, at: int) -> str | None:
        if self.indent is None or _UNWRITABLE.search(text):
            return None
        if at == 0 or self._is_break(at - 1):
            following = self._scalar.text[at : at + 1]
            if not following or following in " \t\n" or text[0] in " \t":
                return None
        return text


def _escape_char(char: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if not _UNWRITABLE.match(char):
        return char
    code = ord(char)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )
