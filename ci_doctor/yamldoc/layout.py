"""How a scalar's text is laid out in its file: which characters decode to which.

A scalar is a run of pieces `(decoded, start, end)`. A piece as long as the text it came from
stands there character by character; any other is an escape or a folded line break. Breaks, blanks
and escapes are libyaml's; the texts given here end in NUL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

Piece = tuple[str, int, int]

BREAKS = "\n\r\x85\u2028\u2029"
END_OR_BREAK = "\0" + BREAKS
BLANK_OR_END = " \t" + END_OR_BREAK
BREAK = rf"(?:\r\n|[{BREAKS}])"

DOCUMENT_MARK = re.compile(rf"(?:---|\.\.\.)(?=[{BLANK_OR_END}])")
# The blanks and breaks between two lines of a plain or quoted scalar: the first break, the others.
FOLD = re.compile(rf"[ \t]*({BREAK})((?:[ \t]*{BREAK})*)[ \t]*")
_BREAK = re.compile(BREAK)
_AFTER_ESCAPED_BREAK = re.compile(rf"({BREAK})((?:[ \t]*{BREAK})*)[ \t]*")
_SINGLE_RUN = re.compile(rf"[^{BLANK_OR_END}']+")
_DOUBLE_RUN = re.compile(rf"[^{BLANK_OR_END}\"\\]+")
_BLANKS = re.compile(r"[ \t]+")
_SPACES = re.compile(r" *")
_BLANK_LINE = re.compile(rf" *{BREAK}")
_LINE = re.compile(rf"[^{END_OR_BREAK}]*")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_REST_OF_HEADER = re.compile(rf"[ \t]*(?:#[^{END_OR_BREAK}]*)?")

ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    " ": " ",
    '"': '"',
    "/": "/",
    "\\": "\\",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_HEX_ESCAPES = {"x": 2, "u": 4, "U": 8}


class YamlProblem(Exception):
    """What libyaml says of a text it refuses.

    `at` is the offending place and `since` the start of what was being read (the bracket, the
    quote, the block), which is the place Psych names; None where libyaml gives none.
    """

    def __init__(self, problem: str, at: int, context: str = "", since: int | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.at = at
        self.context = context
        self.since = since
        # What was read before it: the last scalars, as (start, end, style), and the starts of the
        # collections that are open.
        self.scalars: tuple[tuple[int, int, str], ...] = ()
        self.opened: tuple[int, ...] = ()


def decoded_break(written: str) -> str:
    return written if written in "\u2028\u2029" else "\n"


def line_start(text: str, start: int, end: int) -> int:
    """Where the line that `end` is on starts, no earlier than `start`."""
    return max(start, *(text.rfind(char, start, end) + 1 for char in BREAKS))


def _breaks(text: str, start: int, end: int) -> Iterator[Piece]:
    for match in _BREAK.finditer(text, start, end):
        yield decoded_break(match.group()), match.start(), match.end()


def _folded(text: str, fold: re.Match[str]) -> Iterator[Piece]:
    """A single break becomes a space; of several the first goes and the others stay."""
    first = decoded_break(fold.group(1))
    if first != "\n":
        yield first, *fold.span(1)
    elif not fold.group(2):
        yield " ", *fold.span(1)
    yield from _breaks(text, *fold.span(2))


def plain_pieces(text: str, start: int, end: int) -> Iterator[Piece]:
    """The pieces of the plain scalar that stands from `start` to `end`."""
    pos = start
    while True:
        line = _LINE.match(text, pos, end)
        assert line is not None
        words = line.group().rstrip(" \t")
        yield words, pos, pos + len(words)
        fold = FOLD.match(text, pos + len(words), end)
        if fold is None:
            return
        yield from _folded(text, fold)
        pos = fold.end()


def quoted_pieces(text: str, start: int) -> Iterator[Piece]:
    """The pieces of the quoted scalar that opens at `start`; the last is `("", end, end)`.

    Raises YamlProblem where libyaml refuses it.
    """
    quote = text[start]
    run = _SINGLE_RUN if quote == "'" else _DOUBLE_RUN
    context = "while scanning a quoted scalar"
    pos = start + 1
    while True:
        chars = run.match(text, pos)
        if chars is not None:
            yield chars.group(), pos, chars.end()
            pos = chars.end()
        char = text[pos]
        if char == quote:
            if quote == '"' or text[pos + 1] != "'":
                yield "", pos + 1, pos + 1
                return
            yield "'", pos, pos + 2
            pos += 2
            continue
        if char == "\0":
            raise YamlProblem("found unexpected end of stream", pos, context, start)
        if char == "\\" and text[pos + 1] not in BREAKS:
            escape = _escape(text, pos, start)
            yield escape
            pos = escape[2]
            continue
        if char == "\\":
            fold = _AFTER_ESCAPED_BREAK.match(text, pos + 1)
            assert fold is not None
            yield from _breaks(text, *fold.span(2))
        else:
            fold = FOLD.match(text, pos)
            if fold is None:
                blanks = _BLANKS.match(text, pos)
                assert blanks is not None
                yield blanks.group(), pos, blanks.end()
                pos = blanks.end()
                continue
            yield from _folded(text, fold)
        pos = fold.end()
        if text[pos - 1] in BREAKS and DOCUMENT_MARK.match(text, pos):
            raise YamlProblem("found unexpected document indicator", pos, context, start)


def _escape(text: str, pos: int, start: int) -> Piece:
    context = "while parsing a quoted scalar"
    char = text[pos + 1]
    simple = ESCAPES.get(char)
    if simple is not None:
        return simple, pos, pos + 2
    length = _HEX_ESCAPES.get(char)
    if length is None:
        raise YamlProblem("found unknown escape character", pos, context, start)
    digits = text[pos + 2 : pos + 2 + length]
    if not _HEX.fullmatch(digits) or len(digits) < length:
        raise YamlProblem("did not find expected hexdecimal number", pos, context, start)
    code = int(digits, 16)
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        raise YamlProblem("found invalid Unicode character escape code", pos, context, start)
    return chr(code), pos, pos + 2 + length


class Header(NamedTuple):
    """`|`, `>2-`, ...: `chomping` is "", "-" or "+"; `end` is where the content's first line starts."""

    chomping: str
    increment: int  # 0 where the indentation is to be found out
    indicators_end: int
    end: int


def block_header(text: str, start: int) -> Header:
    """Read the header of the block scalar at `start`; YamlProblem where libyaml refuses it."""
    context = "while scanning a block scalar"
    chomping, increment = "", 0
    pos = start + 1
    for _ in range(2):
        char = text[pos]
        if char in "+-" and not chomping:
            chomping = char
        elif char in "123456789" and not increment:
            increment = int(char)
        elif char == "0" and not increment:
            raise YamlProblem("found an indentation indicator equal to 0", pos, context, start)
        else:
            break
        pos += 1
    rest = _REST_OF_HEADER.match(text, pos)
    assert rest is not None
    end = rest.end()
    if text[end] not in END_OR_BREAK:
        raise YamlProblem("did not find expected comment or line break", end, context, start)
    line_break = _BREAK.match(text, end)
    return Header(chomping, increment, pos, end if line_break is None else line_break.end())


class Block(NamedTuple):
    """A block scalar's content. Reading goes on at `end`, on the line that starts at `line`."""

    pieces: list[Piece]
    indent: int
    content_end: int  # the end of the last line with content
    end: int
    line: int


def read_block(
    text: str, header: Header, start: int, *, indent: int = 0, parent: int = -1
) -> Block:
    """Read the content under the `header` of the block scalar at `start`.

    `indent` is the column of the content; with 0 it is found as libyaml does, at least one more
    than `parent`, the column of the block that the scalar stands in.
    """
    folded = text[start] == ">"
    pos, indent, blank = _blank_lines(text, header.end, start, indent, parent)
    pieces: list[Piece] = []
    content_end = header.indicators_end
    end = header.end if not blank else blank[-1][2]
    before: Piece | None = None  # the break that ends the last line of content
    line_was_indented = False
    while pos - end == indent and text[pos] != "\0":
        indented = text[pos] in " \t"
        if before is not None:
            if not folded or before[0] != "\n" or line_was_indented or indented:
                pieces.append(before)
            elif not blank:
                pieces.append((" ", before[1], before[2]))
        pieces += blank
        line_was_indented = indented
        line = _LINE.match(text, pos)
        assert line is not None
        content_end = end = line.end()
        pieces.append((line.group(), pos, content_end))
        line_break = _BREAK.match(text, content_end)
        if line_break is None:
            before, blank, pos = None, [], content_end
            break
        end = line_break.end()
        before = (decoded_break(line_break.group()), content_end, end)
        pos, _, blank = _blank_lines(text, end, start, indent, parent)
        if blank:
            end = blank[-1][2]
    if before is not None and header.chomping != "-":
        pieces.append(before)
    if header.chomping == "+":
        pieces += blank
    return Block(pieces, indent, content_end, pos, end)


def content_indent(text: str, header: Header, value: str) -> int:
    """The column of a block scalar's content, told from its value; 0 where it has none."""
    content = value.lstrip(BREAKS)
    if not content:
        return 0
    pos = header.end
    for _ in range(len(value) - len(content)):
        blank = _BLANK_LINE.match(text, pos)
        assert blank is not None
        pos = blank.end()
    spaces = _SPACES.match(text, pos)
    assert spaces is not None
    return spaces.end() - pos - (len(content) - len(content.lstrip(" ")))


def block_end(text: str, start: int, end: int, value: str) -> int:
    """Where the last content of the block scalar that libyaml reads from `start` to `end` ends."""
    kept = value.rstrip(BREAKS)
    if kept and kept[-1] not in " \t":
        return start + len(text[start:end].rstrip(" \t" + BREAKS))
    written = text[start:end] + "\0"
    header = block_header(written, 0)
    block = read_block(written, header, 0, indent=content_indent(written, header, value))
    return start + block.content_end


def _blank_lines(
    text: str, line: int, start: int, indent: int, parent: int
) -> tuple[int, int, list[Piece]]:
    """Where the first line that is not blank has its first character, and the breaks before it."""
    breaks: list[Piece] = []
    widest = 0
    while True:
        spaces = _SPACES.match(text, line, line + indent if indent else len(text))
        assert spaces is not None
        pos = spaces.end()
        widest = max(widest, pos - line)
        char = text[pos]
        if char == "\t" and (not indent or pos - line < indent):
            raise YamlProblem(
                "found a tab character where an indentation space is expected",
                pos,
                "while scanning a block scalar",
                start,
            )
        if char not in BREAKS:
            return pos, indent or max(widest, parent + 1, 1), breaks
        line_break = _BREAK.match(text, pos)
        assert line_break is not None
        line = line_break.end()
        breaks.append((decoded_break(line_break.group()), pos, line))
