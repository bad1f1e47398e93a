"""The arguments and flags of one instruction, as BuildKit splits them.

The functions take the joined line and the offsets in it to read between.
(BuildKit `frontend/dockerfile/parser/line_parsers.go`, `split_command.go`.)
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from ..source import Location, Span
from ..text import Text
from .decoded import DecodedText, Decoder
from .lexer import SPACES

BLANKS = " \t\n\v\f\r"  # where BuildKit looks at bytes, not at characters
_FIELD = re.compile(r"[^\t\v\f\r ]+")
_JSON_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\["\\/bfnrtu][^"\\\x00-\x1f]*)*"')
_JSON_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
_JSON_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """An argument, or a part of one: `value` stands at `start` of `decoded`."""

    value: str
    decoded: DecodedText
    start: int = 0

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return f"Word({self.value!r})"

    @property
    def span(self) -> Span:
        """In the file, first to last character: the quotes around a JSON string are outside."""
        return self.decoded.span(self.start, self.start + len(self.value))

    @property
    def location(self) -> Location:
        return Location(self.decoded.source, self.span)

    def locate(self, start: int, end: int) -> Location:
        """Characters `start` to `end` of `value`."""
        return self.decoded.locate(self.start + start, self.start + end)

    @property
    def text(self) -> Text:
        """As written, nothing expanded."""
        return Text.of(self.value, self.decoded, self.start)

    def part(self, start: int, end: int | None = None) -> Word:
        """The word of characters `start` to `end`."""
        end = len(self.value) if end is None else end
        return Word(self.value[start:end], self.decoded, self.start + start)

    def partition(self, separator: str) -> tuple[Word, Word | None]:
        """Before and after the first `separator`; (self, None) without one."""
        index = self.value.find(separator)
        if index < 0:
            return self, None
        return self.part(0, index), self.part(index + len(separator))


@dataclass(frozen=True, slots=True, eq=False)
class Flag:
    """`--name=value` before the arguments; quotes in it are removed.

    `name` is without its dashes, `value` None for a bare `--link`.
    """

    name: str
    value: Word | None
    location: Location

    def __str__(self) -> str:
        return f"--{self.name}" if self.value is None else f"--{self.name}={self.value}"

    @property
    def span(self) -> Span:
        return self.location.span

    @property
    def is_true(self) -> bool | None:
        """What a flag such as `--link` says; None for a value BuildKit refuses."""
        value = "true" if self.value is None else self.value.value.lower()
        return {"true": True, "false": False}.get(value)


class NotStrings(Exception):
    """A JSON array that holds something else than strings."""


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets without the blanks (as Go knows them) at both ends."""
    while start < end and text[start] in SPACES:
        start += 1
    while end > start and text[end - 1] in SPACES:
        end -= 1
    return start, end


def split_name(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the first word ends, and where what follows it begins."""
    field = _FIELD.match(text, start, end)
    stop = field.end() if field else start
    rest = stop
    while rest < end and text[rest] in BLANKS:
        rest += 1
    return stop, rest


def blank_separated(line: DecodedText, start: int, end: int) -> tuple[Word, ...]:
    return tuple(
        Word(match.group(), line, match.start()) for match in _FIELD.finditer(line.text, start, end)
    )


def whole(line: DecodedText, start: int, end: int) -> tuple[Word, ...]:
    return (Word(line.text[start:end], line, start),) if end > start else ()


def quoted_words(line: DecodedText, start: int, end: int, escape: str) -> tuple[Word, ...]:
    """Words split at blanks outside of quotes; quotes and escapes stay in them."""
    text = line.text
    words = []
    first = -1
    blank_ok = False
    quote = ""
    at = start
    stop = end  # of the word, which loses an escape character at the very end
    while at < end:
        char = text[at]
        if first < 0:
            if char in SPACES:
                at += 1
                continue
            first = at
        if not quote and char in SPACES:
            if blank_ok or at > first:
                words.append(Word(text[first:at], line, first))
            first, blank_ok = -1, False
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote, blank_ok = char, True
        elif char == escape and quote != "'":
            if at + 1 == end:
                stop = at
            at += 1
        at += 1
    if first >= 0 and (blank_ok or stop > first):
        words.append(Word(text[first:stop], line, first))
    return tuple(words)


def flags(
    line: DecodedText, start: int, end: int, escape: str
) -> tuple[tuple[Flag, ...], int, int]:
    """The flags at the start, and the trimmed offsets of what follows them."""
    text = line.text
    found = []
    at = start
    while True:
        while at < end and text[at] in BLANKS:
            at += 1
        if not text.startswith("--", at, end):
            break
        first = at
        kept: list[int] = []  # offsets of the characters of the flag without its quotes
        quote = ""
        while at < end:
            char = text[at]
            if quote:
                if char == quote:
                    quote = ""
                    at += 1
                    continue
            elif char in BLANKS:
                break
            elif char in "'\"":
                quote = char
                at += 1
                continue
            if char == escape:
                at += 1
                if at == end:
                    break
            kept.append(at)
            at += 1
        value = "".join(text[i] for i in kept)
        if value == "--":
            break
        found.append(_flag(line, value, kept, first, at))
    return tuple(found), *trimmed(text, at, end)


def _flag(line: DecodedText, value: str, kept: list[int], start: int, end: int) -> Flag:
    name, separator, rest = value[2:].partition("=")
    location = line.locate(start, end)
    if not separator:
        return Flag(name, None, location)
    where = kept[len(value) - len(rest) :]
    behind = kept[len(value) - len(rest) - 1] + 1
    return Flag(name, _scattered(line, rest, where, behind), location)


def _scattered(line: DecodedText, value: str, where: list[int], anchor: int) -> Word:
    """A word whose characters stand at the offsets `where` of the line."""
    if not where:
        return Word("", line, anchor)
    if where[-1] - where[0] == len(value) - 1:
        return Word(value, line, where[0])
    decoder = Decoder(line.source)
    first = 0
    for index in range(1, len(where) + 1):
        if index == len(where) or where[index] != where[index - 1] + 1:
            decoder.extend(line, where[first], where[index - 1] + 1)
            first = index
    return Word(value, decoder.build())


def json_words(line: DecodedText, start: int, end: int) -> tuple[Word, ...] | None:
    """The strings of a JSON array, None where the text is no JSON array.

    Raises NotStrings. Text after the array makes it no array (older BuildKit let it pass).
    """
    text = line.text
    if not text.startswith("[", start, end):
        return None
    words: list[Word] = []
    at = _json_blanks(text, start + 1, end)
    if text.startswith("]", at, end):
        return () if _json_blanks(text, at + 1, end) == end else None
    while True:
        match = _JSON_STRING.match(text, at, end)
        if match is None:
            if _is_json_array(text[start:end]):
                raise NotStrings
            return None
        word = _json_string(line, match.start() + 1, match.end() - 1)
        if word is None:
            return None
        words.append(word)
        at = _json_blanks(text, match.end(), end)
        if text.startswith(",", at, end):
            at = _json_blanks(text, at + 1, end)
        elif text.startswith("]", at, end):
            return tuple(words) if _json_blanks(text, at + 1, end) == end else None
        else:
            return None


def _json_blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at] in " \t\r\n":
        at += 1
    return at


def _json_string(line: DecodedText, start: int, end: int) -> Word | None:
    """The string between two quotes, None where an escape in it is wrong."""
    text = line.text
    if text.find("\\", start, end) < 0:
        return Word(text[start:end], line, start)
    decoder = Decoder(line.source)
    at = start
    while at < end:
        backslash = text.find("\\", at, end)
        stop = end if backslash < 0 else backslash
        if stop > at:
            decoder.extend(line, at, stop)
        at = stop
        if at == end:
            break
        match = _JSON_ESCAPE.match(text, at, end)
        if match is None:
            return None
        stop = match.end()
        if match[1] is None:
            char = _JSON_LETTERS.get(match[2], match[2])
        else:
            code = int(match[1], 16)
            low = _JSON_ESCAPE.match(text, stop, end) if 0xD800 <= code < 0xDC00 else None
            if low and low[1] and 0xDC00 <= int(low[1], 16) < 0xE000:
                code = 0x10000 + ((code - 0xD800) << 10) + int(low[1], 16) - 0xDC00
                stop = low.end()
            char = "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
        decoder.replace(char, line.span(at, stop))
        at = stop
    decoded = decoder.build()
    return Word(decoded.text, decoded)


def _is_json_array(text: str) -> bool:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        # Numbers stay text: Python refuses to convert a very long one.
        json.loads(text, parse_constant=refuse, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def csv_fields(value: Word) -> tuple[Word, ...]:
    """Comma-separated fields. One in quotes may hold commas, and `""` in it is a quote."""
    fields = []
    text = value.value
    at = 0
    while at <= len(text):
        if text.startswith('"', at):
            close = at + 1
            while (close := text.find('"', close)) >= 0 and text.startswith('""', close):
                close += 2
            close = len(text) if close < 0 else close
            fields.append(value.part(at + 1, close))
            comma = text.find(",", close)
        else:
            comma = text.find(",", at)
            fields.append(value.part(at, len(text) if comma < 0 else comma))
        if comma < 0:
            break
        at = comma + 1
    return tuple(fields)
