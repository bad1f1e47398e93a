"""YAML text to tokens, by the rules of libyaml 0.2.5, the version that GitLab's Ruby uses.

Offsets are characters of the text given. Tokens stand where libyaml puts its marks, and what
libyaml refuses raises a YamlProblem with libyaml's own words and places.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from .layout import (
    BLANK_OR_END,
    BREAK,
    BREAKS,
    DOCUMENT_MARK,
    END_OR_BREAK,
    FOLD,
    YamlProblem,
    block_header,
    line_start,
    plain_pieces,
    quoted_pieces,
    read_block,
)

# kind, start, end, value (of a name, a scalar, a tag's suffix), style of a scalar or handle of a tag
Token = tuple[str, int, int, str, str]

STREAM_END = "end"
VERSION = "%YAML"
TAG_DIRECTIVE = "%TAG"
DOCUMENT_START = "---"
DOCUMENT_END = "..."
BLOCK_SEQUENCE = "block sequence"
BLOCK_MAPPING = "block mapping"
BLOCK_END = "block end"
FLOW_SEQUENCE = "["
FLOW_SEQUENCE_END = "]"
FLOW_MAPPING = "{"
FLOW_MAPPING_END = "}"
FLOW_ENTRY = ","
BLOCK_ENTRY = "-"
KEY = "?"
VALUE = ":"
ALIAS = "*"
ANCHOR = "&"
TAG = "!"
SCALAR = "scalar"

_WORD = r"\-0-9A-Za-z_"
_COMMENT = rf"(?:#[^{END_OR_BREAK}]*)?"
# What stands between tokens; group 1 is the last line break. A tab is refused where a key may
# start, and so at the start of a line outside brackets.
_GAP_BEFORE_KEY = re.compile(rf" *{_COMMENT}(?:({BREAK}) *{_COMMENT})*")
_GAP = re.compile(rf"[ \t]*{_COMMENT}(?:({BREAK}) *{_COMMENT})*")
_GAP_IN_FLOW = re.compile(rf"[ \t]*{_COMMENT}(?:({BREAK})[ \t]*{_COMMENT})*")
# A line of a plain scalar, with the blanks after it.
_PLAIN = re.compile(rf"(?:[^{END_OR_BREAK}:#]+|:(?![{BLANK_OR_END}])|(?<![ \t])#)*")
_PLAIN_IN_FLOW = re.compile(
    rf"(?:[^{END_OR_BREAK}:#,\[\]{{}}]+|:(?![{BLANK_OR_END},?\[\]{{}}])|(?<![ \t])#)*"
)
_SIMPLE_QUOTED = re.compile(rf"'([^{END_OR_BREAK}']*)'(?!')|\"([^{END_OR_BREAK}\"\\]*)\"")
_REST_OF_LINE = re.compile(rf"[ \t]*{_COMMENT}")
_BREAK = re.compile(BREAK)
_BLANKS = re.compile(r"[ \t]*")
_NAME = re.compile(rf"[{_WORD}]*")
_NAME_END = BLANK_OR_END + "?:,]}%@`"
_TAG_HANDLE = re.compile(rf"![{_WORD}]*!?")
_URI = re.compile(rf"[{_WORD};/?:@&=+$.!~*'()]*")
_URI_WITH_FLOW = re.compile(rf"[{_WORD};/?:@&=+$.!~*'(),\[\]]*")
_NUMBER = re.compile(r"[0-9]*")
_TWO_HEX = re.compile(r"[0-9A-Fa-f]{2}")

# A key stands on one line, and its colon at most so many characters after its start.
_LONGEST_KEY = 1024


class Scanner:
    """The tokens of a text that holds neither NUL nor a byte order mark."""

    def __init__(self, text: str) -> None:
        self.scalars: deque[tuple[int, int, str]] = deque(maxlen=4)  # the last: start, end, style
        self._text = text + "\0"
        self._pos = 0
        self._line = 0  # where the current line starts
        self._tokens: deque[Token] = deque()
        self._taken = 0
        self._settled = 0  # how many of the tokens are sure to get no KEY before them
        self._indent = -1  # the column of the innermost open block
        self._outer_indents: list[int] = []
        self._flow = 0
        self._key_allowed = True
        # For each flow level what may turn out to be a key: the number of its first token, its
        # offset, the start of its line, and whether nothing but a key can stand there.
        self._keys: list[tuple[int, int, int, bool] | None] = [None]
        self._readers: dict[str, Callable[[], None]] = {
            "[": self._flow_start,
            "{": self._flow_start,
            "]": self._flow_end,
            "}": self._flow_end,
            ",": self._flow_entry,
            "-": self._dash,
            "?": self._question,
            ":": self._colon,
            "*": self._name,
            "&": self._name,
            "!": self._tag,
            "|": self._block_scalar,
            ">": self._block_scalar,
            "'": self._quoted,
            '"': self._quoted,
            "\0": self._stream_end,
            **dict.fromkeys("#%@`\t", self._nothing),
        }

    def peek(self) -> Token:
        """The next token, to be left behind with `advance`."""
        if not self._settled:
            self._fill()
        return self._tokens[0]

    def advance(self) -> None:
        """Leave the token that `peek` gave; the end of the stream is never left."""
        self._tokens.popleft()
        self._taken += 1
        self._settled -= 1

    def _fill(self) -> None:
        while not self._settled:
            if self._tokens:
                self._drop_stale_keys()
                self._settled = len(self._tokens)
                for key in self._keys:
                    if key is not None:
                        self._settled = key[0] - self._taken
                        break
                if self._settled:
                    return
            self._fetch()

    def _drop_stale_keys(self) -> None:
        for level, key in enumerate(self._keys):
            if key is not None and (key[2] < self._line or key[1] + _LONGEST_KEY < self._pos):
                self._drop_key(level)

    def _drop_key(self, level: int = -1) -> None:
        key = self._keys[level]
        if key is not None and key[3]:
            raise YamlProblem(
                "could not find expected ':'", self._pos, "while scanning a simple key", key[1]
            )
        self._keys[level] = None

    def _note_key(self) -> None:
        if self._key_allowed:
            self._drop_key()
            required = not self._flow and self._indent == self._pos - self._line
            number = self._taken + len(self._tokens)
            self._keys[-1] = (number, self._pos, self._line, required)
        self._key_allowed = False

    def _fetch(self) -> None:
        if self._flow:
            gap = _GAP_IN_FLOW.match(self._text, self._pos)
        elif self._key_allowed:
            gap = _GAP_BEFORE_KEY.match(self._text, self._pos)
        else:
            gap = _GAP.match(self._text, self._pos)
        assert gap is not None
        pos = self._pos = gap.end()
        if gap.end(1) >= 0:
            self._line = gap.end(1)
            if not self._flow:
                self._key_allowed = True
        self._drop_stale_keys()
        column = pos - self._line
        if column < self._indent:
            self._unroll(column)
        char = self._text[pos]
        if column == 0 and char in "%-.":
            if char == "%":
                return self._directive()
            if DOCUMENT_MARK.match(self._text, pos):
                return self._document_mark()
        return self._readers.get(char, self._plain)()

    def _add(self, kind: str, start: int, end: int, value: str = "", style: str = "") -> None:
        self._pos = end
        self._tokens.append((kind, start, end, value, style))

    def _indicator(self) -> None:
        self._add(self._text[self._pos], self._pos, self._pos + 1)

    def _nothing(self) -> None:
        raise YamlProblem(
            "found character that cannot start any token",
            self._pos,
            "while scanning for the next token",
            self._pos,
        )

    def _roll(self, column: int, kind: str, at: int, index: int | None = None) -> None:
        """Open a block at `column` where none is open."""
        if not self._flow and self._indent < column:
            self._outer_indents.append(self._indent)
            self._indent = column
            self._tokens.insert(
                len(self._tokens) if index is None else index, (kind, at, at, "", "")
            )

    def _unroll(self, column: int) -> None:
        if not self._flow:
            while self._indent > column:
                self._add(BLOCK_END, self._pos, self._pos)
                self._indent = self._outer_indents.pop()

    def _stream_end(self) -> None:
        self._unroll(-1)
        self._drop_key()
        self._line = self._pos + 1  # as if on a new line, where no key can go on
        self._add(STREAM_END, self._pos, self._pos)

    def _document_mark(self) -> None:
        self._unroll(-1)
        self._drop_key()
        self._key_allowed = False
        self._add(self._text[self._pos : self._pos + 3], self._pos, self._pos + 3)

    def _flow_start(self) -> None:
        self._note_key()
        self._flow += 1
        self._keys.append(None)
        self._key_allowed = True
        self._indicator()

    def _flow_end(self) -> None:
        self._drop_key()
        if self._flow:
            self._flow -= 1
            self._keys.pop()
        self._key_allowed = False
        self._indicator()

    def _flow_entry(self) -> None:
        self._drop_key()
        self._key_allowed = True
        self._indicator()

    def _dash(self) -> None:
        if self._text[self._pos + 1] not in BLANK_OR_END:
            return self._plain()
        self._open_block(BLOCK_SEQUENCE, "block sequence entries")
        self._drop_key()
        self._key_allowed = True
        return self._indicator()

    def _question(self) -> None:
        if not self._flow and self._text[self._pos + 1] not in BLANK_OR_END:
            return self._plain()
        self._open_block(BLOCK_MAPPING, "mapping keys")
        self._drop_key()
        self._key_allowed = not self._flow
        return self._indicator()

    def _colon(self) -> None:
        if not self._flow and self._text[self._pos + 1] not in BLANK_OR_END:
            return self._plain()
        key = self._keys[-1]
        if key is None:
            self._open_block(BLOCK_MAPPING, "mapping values")
            self._key_allowed = not self._flow
        else:
            number, at, line, _ = key
            index = number - self._taken
            self._tokens.insert(index, (KEY, at, at, "", ""))
            self._roll(at - line, BLOCK_MAPPING, at, index)
            self._keys[-1] = None
            self._key_allowed = False
        return self._indicator()

    def _open_block(self, kind: str, what: str) -> None:
        if not self._flow:
            if not self._key_allowed:
                raise YamlProblem(
                    f"{what} are not allowed in this context", self._pos, since=self._pos
                )
            self._roll(self._pos - self._line, kind, self._pos)

    def _name(self) -> None:
        """An anchor or an alias."""
        self._note_key()
        start = self._pos
        kind = self._text[start]
        end = self._skip(_NAME, start + 1)
        if end == start + 1 or self._text[end] not in _NAME_END:
            raise YamlProblem(
                "did not find expected alphabetic or numeric character",
                end,
                "while scanning an anchor" if kind == ANCHOR else "while scanning an alias",
                start,
            )
        self._add(kind, start, end, self._text[start + 1 : end])

    def _tag(self) -> None:
        self._note_key()
        text, start = self._text, self._pos
        context = "while scanning a tag"
        if text[start + 1] == "<":
            handle = ""
            suffix, end = self._uri(start, start + 2, "while parsing a tag", _URI_WITH_FLOW)
            if text[end] != ">":
                raise YamlProblem("did not find the expected '>'", end, context, start)
            end += 1
        else:
            end = self._skip(_TAG_HANDLE, start)
            handle = text[start:end]
            if len(handle) > 1 and handle.endswith("!"):
                suffix, end = self._uri(start, end, "while parsing a tag")
            else:
                suffix, end = self._uri(start, end, "while parsing a tag", head=handle)
                handle = "!" if suffix else ""
                suffix = suffix or "!"
        if text[end] not in BLANK_OR_END and not (self._flow and text[end] == ","):
            raise YamlProblem("did not find expected whitespace or line break", end, context, start)
        self._add(TAG, start, end, suffix, handle)

    def _uri(
        self,
        start: int,
        pos: int,
        context: str,
        pattern: re.Pattern[str] = _URI,
        head: str = "",
    ) -> tuple[str, int]:
        """The URI at `pos` with the part of it that `head` holds after its `!`, and its end."""
        parts = [head[1:]]
        end = pos
        while True:
            parts.append(self._text[end : self._skip(pattern, end)])
            end += len(parts[-1])
            if self._text[end] != "%":
                break
            char, end = self._uri_escape(start, end, context)
            parts.append(char)
        if end == pos and not head:
            raise YamlProblem("did not find expected tag URI", end, context, start)
        return "".join(parts), end

    def _uri_escape(self, start: int, pos: int, context: str) -> tuple[str, int]:
        """One character written as the `%XX` of its UTF-8 bytes."""
        octets = bytearray()
        length = 1
        while len(octets) < length:
            digits = _TWO_HEX.match(self._text, pos + 1)
            if self._text[pos] != "%" or digits is None:
                raise YamlProblem("did not find URI escaped octet", pos, context, start)
            octet = int(digits.group(), 16)
            if octets:
                if octet & 0xC0 != 0x80:
                    raise YamlProblem(
                        "found an incorrect trailing UTF-8 octet", pos, context, start
                    )
            elif octet & 0x80:
                length = 2 if octet & 0xE0 == 0xC0 else 3 if octet & 0xF0 == 0xE0 else 4
                if length == 4 and octet & 0xF8 != 0xF0:
                    raise YamlProblem("found an incorrect leading UTF-8 octet", pos, context, start)
            octets.append(octet)
            pos += 3
        return octets.decode(errors="replace"), pos

    def _directive(self) -> None:
        self._unroll(-1)
        self._drop_key()
        self._key_allowed = False
        text, start = self._text, self._pos
        context = "while scanning a directive"
        pos = self._skip(_NAME, start + 1)
        name = text[start + 1 : pos]
        if not name:
            raise YamlProblem("could not find expected directive name", pos, context, start)
        if text[pos] not in BLANK_OR_END:
            raise YamlProblem("found unexpected non-alphabetical character", pos, context, start)
        if name == "YAML":
            handle = ""
            value, pos = self._version(start, self._skip(_BLANKS, pos))
        elif name == "TAG":
            handle, value, pos = self._tag_directive(start, self._skip(_BLANKS, pos))
        else:
            raise YamlProblem("found unknown directive name", pos, context, start)
        end = self._skip(_REST_OF_LINE, pos)
        if text[end] not in END_OR_BREAK:
            raise YamlProblem("did not find expected comment or line break", end, context, start)
        self._add(f"%{name}", start, pos, value, handle)
        self._pos = end
        line_break = _BREAK.match(text, end)
        if line_break is not None:
            self._pos = self._line = line_break.end()

    def _version(self, start: int, pos: int) -> tuple[str, int]:
        context = "while scanning a %YAML directive"
        first = pos
        for last in (False, True):
            end = self._skip(_NUMBER, pos)
            if end - pos > 9:
                raise YamlProblem("found extremely long version number", pos + 9, context, start)
            if end == pos:
                raise YamlProblem("did not find expected version number", pos, context, start)
            if last:
                break
            if self._text[end] != ".":
                raise YamlProblem(
                    "did not find expected digit or '.' character", end, context, start
                )
            pos = end + 1
        return self._text[first:end], end

    def _tag_directive(self, start: int, pos: int) -> tuple[str, str, int]:
        text = self._text
        context = "while scanning a %TAG directive"
        end = self._skip(_TAG_HANDLE, pos)
        handle = text[pos:end]
        if not handle:
            raise YamlProblem(
                "did not find expected '!'", end, "while scanning a tag directive", start
            )
        if not handle.endswith("!"):
            raise YamlProblem(
                "did not find expected '!'", end, "while parsing a tag directive", start
            )
        if text[end] not in " \t":
            raise YamlProblem("did not find expected whitespace", end, context, start)
        pos = self._skip(_BLANKS, end)
        prefix, end = self._uri(start, pos, "while parsing a %TAG directive", _URI_WITH_FLOW)
        if text[end] not in BLANK_OR_END:
            raise YamlProblem("did not find expected whitespace or line break", end, context, start)
        return handle, prefix, end

    def _scalar_token(self, start: int, end: int, value: str, style: str) -> None:
        self.scalars.append((start, end, style))
        self._tokens.append((SCALAR, start, end, value, style))

    def _plain(self) -> None:
        self._note_key()
        text, start = self._text, self._pos
        line = (_PLAIN_IN_FLOW if self._flow else _PLAIN).match(text, start)
        assert line is not None
        value = line.group().rstrip(" \t")
        end = start + len(value)
        self._pos = line.end()
        char = text[self._pos]
        if char == ":":
            if self._flow:
                self._refuse_colon(start)
            else:
                key = self._keys[0]
                if key is not None and key[1] == start and self._pos - start <= _LONGEST_KEY:
                    return self._plain_key(start, end, value)
        elif char in BREAKS:
            end = self._more_lines(start, end)
            if end > line.end():
                value = "".join([piece[0] for piece in plain_pieces(text, start, end)])
        return self._scalar_token(start, end, value, "")

    def _plain_key(self, start: int, end: int, value: str) -> None:
        """The tokens of `value:`, at once: most of a file's lines begin with them."""
        self._keys[0] = None
        self._roll(start - self._line, BLOCK_MAPPING, start)
        self._tokens.append((KEY, start, start, "", ""))
        self._scalar_token(start, end, value, "")
        self._indicator()

    def _refuse_colon(self, start: int) -> None:
        if self._text[self._pos + 1] in ",?[]{}":
            raise YamlProblem(
                "found unexpected ':'", self._pos, "while scanning a plain scalar", start
            )

    def _more_lines(self, start: int, end: int) -> int:
        """Read the further lines of a plain scalar; the end of the last."""
        text = self._text
        pattern = _PLAIN_IN_FLOW if self._flow else _PLAIN
        indent = self._indent + 1
        while True:
            fold = FOLD.match(text, end)
            if fold is None:
                self._pos = self._skip(_BLANKS, end)
                return end
            pos = self._pos = fold.end()
            if "\t" in text[fold.end(1) : pos]:
                self._refuse_tab(start, fold.end(1), pos, indent)
            self._line = line_start(text, fold.end(1), pos) if fold.group(2) else fold.end(1)
            self._key_allowed = True
            column = pos - self._line
            if (
                (column < indent and not self._flow)
                or text[pos] == "#"
                or (column == 0 and DOCUMENT_MARK.match(text, pos))
            ):
                return end
            line = pattern.match(text, pos)
            assert line is not None
            self._pos = line.end()
            words = line.group().rstrip(" \t")
            if words:
                self._key_allowed = False
                end = pos + len(words)
            if self._flow and text[self._pos] == ":":
                self._refuse_colon(start)
            if text[self._pos] not in BREAKS:
                return end

    def _refuse_tab(self, start: int, line: int, end: int, indent: int) -> None:
        for pos in range(line, end):
            char = self._text[pos]
            if char in BREAKS:
                line = pos + 1
            elif char == "\t" and pos - line < indent:
                raise YamlProblem(
                    "found a tab character that violates indentation",
                    pos,
                    "while scanning a plain scalar",
                    start,
                )

    def _quoted(self) -> None:
        self._note_key()
        text, start = self._text, self._pos
        simple = _SIMPLE_QUOTED.match(text, start)
        if simple is not None:
            self._pos = simple.end()
            value = simple.group(1) if simple.group(2) is None else simple.group(2)
        else:
            pieces = list(quoted_pieces(text, start))
            self._pos = pieces[-1][2]
            self._line = line_start(text, self._line, self._pos)
            value = "".join([piece[0] for piece in pieces])
        self._scalar_token(start, self._pos, value, text[start])

    def _block_scalar(self) -> None:
        if self._flow:
            self._nothing()
        self._drop_key()
        self._key_allowed = True
        text, start = self._text, self._pos
        header = block_header(text, start)
        indent = max(self._indent, 0) + header.increment if header.increment else 0
        block = read_block(text, header, start, indent=indent, parent=self._indent)
        self._pos = block.end
        self._line = block.line
        value = "".join([piece[0] for piece in block.pieces])
        self._scalar_token(start, block.line, value, text[start])

    def _skip(self, pattern: re.Pattern[str], pos: int) -> int:
        match = pattern.match(self._text, pos)
        return pos if match is None else match.end()
