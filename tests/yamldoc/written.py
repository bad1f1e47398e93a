"""Hypothesis strategies that write YAML and know what every character of it stands for."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

# Decoded character, and the text in the file that it comes from.
Char = tuple[str, str]


@dataclass
class Written:
    """Text of a file in pieces: what each stands for in a scalar ("" for nothing)."""

    pieces: list[Char] = field(default_factory=list)

    def add(self, written: str, decoded: str = "") -> None:
        self.pieces.append((decoded, written))

    def add_verbatim(self, text: str) -> None:
        self.pieces += [(char, char) for char in text]

    def extend(self, other: Written) -> None:
        self.pieces += other.pieces

    @property
    def text(self) -> str:
        return "".join(written for _, written in self.pieces)

    @property
    def decoded(self) -> str:
        return "".join(decoded for decoded, _ in self.pieces)

    def places(self) -> list[tuple[int, int]]:
        """Where each decoded character is written."""
        places = []
        offset = 0
        for decoded, written in self.pieces:
            if decoded:
                places.append((offset, offset + len(written)))
            offset += len(written)
        return places


PLAIN_CHARS = "abZ09éß漢😀_-/=$.,+(@%!&*'\"|>"
ANY_CHARS = PLAIN_CHARS + ":#[]{}?`\\~^ "

eols = st.sampled_from(["\n", "\r\n"])
_blanks = st.sampled_from(["", "", " ", "   "])


def _join(draw: st.DrawFn, lines: list[Written], eol: str, indent: int) -> Written:
    """Lines of a plain or quoted scalar: one break becomes a space, of several the first goes."""
    result = Written()
    for number, line in enumerate(lines):
        if number:
            result.add(draw(_blanks))
            breaks = draw(st.integers(1, 3))
            result.add(eol, " " if breaks == 1 else "")
            for _ in range(breaks - 1):
                result.add(draw(_blanks))
                result.add(eol, "\n")
            result.add(" " * (indent + draw(st.integers(0, 3))))
        result.extend(line)
    return result


@st.composite
def plain(draw: st.DrawFn, eol: str, indent: int, *, flow: bool = False) -> Written:
    chars = PLAIN_CHARS.replace(",", "") if flow else PLAIN_CHARS
    words = st.builds(
        lambda first, rest: first + rest,
        st.sampled_from("abZé漢😀/$"),
        st.text(st.sampled_from(chars), min_size=5, max_size=9),
    )
    lines = []
    for line in draw(st.lists(st.lists(words, min_size=1, max_size=3), min_size=1, max_size=3)):
        written = Written()
        written.add_verbatim(draw(st.sampled_from([" ", "  ", ":", "#", " - "])).join(line))
        lines.append(written)
    return _join(draw, lines, eol, indent)


@st.composite
def single(draw: st.DrawFn, eol: str, indent: int) -> Written:
    lines = []
    texts = draw(st.lists(st.text(st.sampled_from(ANY_CHARS), max_size=8), min_size=1, max_size=3))
    for text in texts:
        line = Written()
        for char in text.strip() if len(texts) > 1 else text:
            line.add("''" if char == "'" else char, char)
        lines.append(line)
    if len(lines) > 1 and not all(line.pieces for line in lines):
        lines = lines[:1]
    result = Written()
    result.add("'")
    result.extend(_join(draw, lines, eol, indent))
    result.add("'")
    return result


_SHORT = {
    "\0": "\\0",
    "\a": "\\a",
    "\t": "\\t",
    "\n": "\\n",
    "\r": "\\r",
    "\x1b": "\\e",
    " ": "\\ ",
    '"': '\\"',
    "/": "\\/",
    "\\": "\\\\",
    "\x85": "\\N",
    "\xa0": "\\_",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


def _escapes(char: str) -> list[str]:
    code = ord(char)
    escapes = [_SHORT[char]] if char in _SHORT else []
    if code < 0x100:
        escapes.append(f"\\x{code:02X}")
    if code < 0x10000:
        escapes.append(f"\\u{code:04x}")
    return [*escapes, f"\\U{code:08x}"]


@st.composite
def double(draw: st.DrawFn, eol: str, indent: int) -> Written:
    alphabet = st.sampled_from(ANY_CHARS + "".join(_SHORT))
    lines = []
    texts = draw(st.lists(st.text(alphabet, max_size=8), min_size=1, max_size=3))
    for text in texts:
        line = Written()
        for number, char in enumerate(text):
            edge = char == " " and number in (0, len(text) - 1)
            must = edge or char in '"\\' or (char in _SHORT and char not in " /")
            forms = _escapes(char) if must else [char, char, *_escapes(char)]
            line.add(draw(st.sampled_from(forms)), char)
        lines.append(line)
    if not all(line.pieces for line in lines):
        lines = lines[:1]
    result = Written()
    result.add('"')
    body = _join(draw, lines, eol, indent)
    if draw(st.booleans()):  # an escaped line break stands for nothing
        body.add("\\" + eol + " " * indent)
        body.add("z", "z")
    result.extend(body)
    result.add('"')
    return result


@st.composite
def block(draw: st.DrawFn, eol: str, parent: int, *, folded: bool) -> Written:
    """A literal or folded scalar in a collection at column `parent`, up to its last line end."""
    chomping = draw(st.sampled_from(["", "-", "+"]))
    step = draw(st.integers(1, 4))
    explicit = draw(st.booleans())
    lines = draw(
        st.lists(st.text(st.sampled_from(ANY_CHARS + "\t"), max_size=8), min_size=1, max_size=5)
    )
    content = [line for line in lines if line]
    if content and content[0][0] in " \t" and not explicit:
        lines[lines.index(content[0])] = "x" + content[0]
    result = Written()
    header = [str(step) if explicit else "", chomping]
    result.add((">" if folded else "|") + "".join(draw(st.permutations(header))))
    result.add(draw(st.sampled_from(["", "  ", " # comment"])) + eol)

    last = max((number for number, line in enumerate(lines) if line), default=-1)
    before: str | None = None  # the last line with content
    for number, line in enumerate(lines):
        if not line:
            result.add(" " * draw(st.integers(0, parent + step)))
        else:
            result.add(" " * (parent + step))
            result.add_verbatim(line)
            before = line
        result.add(eol, _block_break(lines, number, last, before, chomping, folded=folded))
    return result


def _block_break(
    lines: list[str], number: int, last: int, before: str | None, chomping: str, *, folded: bool
) -> str:
    """What the break after line `number` stands for."""
    if number >= last:  # chomping decides over the last line's break and those after it
        return "\n" if chomping == "+" or (chomping == "" and number == last) else ""
    if not folded or not lines[number] or before is None:
        return "\n"
    following = next(line for line in lines[number + 1 :] if line)
    if before[0] in " \t" or following[0] in " \t":
        return "\n"
    return "" if not lines[number + 1] else " "


@dataclass
class Document:
    """A file, and the scalars in it that were written with care."""

    text: str
    scalars: list[tuple[int, Written]]  # where each one's text starts

    @property
    def expected(self) -> list[tuple[str, list[tuple[int, int]]]]:
        """For each scalar its decoded text, and where its characters are written."""
        return [
            (written.decoded, [(start + low, start + high) for low, high in written.places()])
            for start, written in self.scalars
        ]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A mapping with scalars of every style as values, in lists, in brackets, one level deeper."""
    eol = draw(eols)
    text = draw(st.sampled_from(["", "\ufeff", "# start" + eol]))
    scalars = []
    for number in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(["value", "item", "deeper", "list", "pair"]))
        before, after, column = {
            "value": ("", "", 0),
            "item": (eol + "  - ", "", 2),
            "deeper": (eol + "   deeper: ", "", 3),
            "list": ("[", ", 1]", 0),
            "pair": ("{a: ", "}", 0),
        }[place]
        flow = bool(after)
        styles = [
            plain(eol, column + 1, flow=flow),
            single(eol, column + 1),
            double(eol, column + 1),
        ]
        if not flow:
            styles += [block(eol, column, folded=False), block(eol, column, folded=True)]
        text += f"k{number}: " + before + draw(st.sampled_from(["", "", "!x ", f"&a{number} "]))
        written = draw(st.one_of(styles))
        scalars.append((len(text), written))
        text += written.text
        if written.text[0] not in "|>":
            text += after + draw(st.sampled_from(["", " # end", "  "])) + eol
        elif draw(st.booleans()):
            text += "# after" + eol
    return Document(text, scalars)
