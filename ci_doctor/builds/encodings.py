"""`base64` as jobs use it to make the `auth` of a config.json."""

from __future__ import annotations

from ..execution.command import Command, Word
from ..text import UNKNOWN, Opaque, Text
from .jobs import Encoding
from .output_text import standard_input
from .places import place_of

PROGRAMS = frozenset({"base64", "openssl"})
_NO_WRAP = ("-w0", "--wrap=0", "-w=0")
_DECODE = ("-d", "-D", "--decode", "-di", "-id")


def read_encoding(command: Command) -> Encoding | None:
    """What a base64 command encodes; None for another program, and for decoding."""
    words = [word.text.template for word in command.arguments]
    if command.name == "base64":
        if any(word in _DECODE for word in words):
            return None
        wraps = _base64_wraps(command.arguments)
    elif command.name == "openssl" and words and words[0] in ("base64", "enc"):
        if "-d" in words or (words[0] == "enc" and "-base64" not in words):
            return None
        wraps = None if command.has_opaque_words else "-A" not in words
    else:
        return None
    after = command.piped_to
    if wraps is not False and after is not None:
        wraps = False if _drops_newlines(after) else None if after.name != "tee" else wraps
    given = standard_input(command)
    text = None if given is None else given.text
    newline = None
    if text is not None and text.template:
        newline = text.template.endswith("\n")
        if text.template.endswith(UNKNOWN):
            newline = None if text.is_computed else False
    place = place_of(*command.words)
    return Encoding(command, text, wraps, newline, place, command.piped_from)


def encoded_in(text: Text, encodings: list[Encoding]) -> list[Encoding]:
    """The encodings whose output is part of a text: `$(… | base64)` in it, or in its variables."""
    places = [
        part.at.locate()
        for variant in text.variants()
        for part in variant.parts
        if isinstance(part, Opaque) and part.at is not None
    ]
    return [
        encoding
        for encoding in encodings
        if encoding.location is not None
        and any(
            place.source is encoding.location.source and place.span.contains(encoding.location.span)
            for place in places
        )
    ]


def _base64_wraps(words: tuple[Word, ...]) -> bool | None:
    texts = [word.text.template for word in words]
    for index, text in enumerate(texts):
        if text in _NO_WRAP:
            return False
        if text in ("-w", "--wrap"):
            width = texts[index + 1 : index + 2]
            return width != ["0"] if width and UNKNOWN not in width[0] else None
        if text.startswith(("-w", "--wrap=")):
            return None if UNKNOWN in text else not text.endswith(("w0", "=0"))
    return None if any(word.opaque for word in words) else True


def _drops_newlines(command: Command) -> bool:
    """`tr -d '\\n'` and the like."""
    words = [word.text.template for word in command.arguments]
    if command.name == "tr":
        return bool(words) and words[0].startswith("-") and "d" in words[0]
    return command.name == "xargs"
