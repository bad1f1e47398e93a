"""Where a part of a word is written."""

from __future__ import annotations

from ..execution.command import Word
from ..source import Location, Span
from ..text import At, Literal, Part, Text


def place_in(word: Word, start: int = 0, end: int | None = None) -> Location | None:
    """Where characters `start` to `end` of `word.text` stand, without the quotes around them.

    What comes from a variable as a whole is placed where its value is written; a variable in the
    middle of other text at its use in the script.
    """
    text = word.text
    end = len(text) if end is None else end
    written = word.written
    if written is None:
        return text.locate(start, end)
    if start <= 0 and end >= len(text) and not text.parts:
        return written
    before, inside, after = _spans(word, written, start, end)
    whole = written.source.text
    if inside is None:
        elsewhere = text[start:end].location
        if elsewhere is not None:
            return elsewhere
        low = written.span.start if before is None else before
        high = written.span.end if after is None else after
    else:
        low, high = inside
        if start < end and not _is_located(text[start : start + 1], written):
            low = written.span.start if before is None else before
        if start < end and not _is_located(text[end - 1 : end], written):
            high = written.span.end if after is None else after
    while low < high and whole[low] in "\"'":
        low += 1
    while low < high and whole[high - 1] in "\"'":
        high -= 1
    return Location(written.source, Span(low, high))


def place_of(*words: Word) -> Location | None:
    """The text from the first of these words to the last, quotes included."""
    places = [place for place in map(_whole, words) if place is not None]
    if not places:
        return None
    first = places[0]
    span = first.span
    for place in places[1:]:
        if place.source is first.source and place.span.start >= span.start:
            span = Span(span.start, max(span.end, place.span.end))
    return Location(first.source, span)


def _whole(word: Word) -> Location | None:
    written = word.written
    if written is None:
        return word.text.location
    if word.text.parts and _spans(word, written, 0, len(word.text))[1] is None:
        return word.text.location or written
    return written


def _spans(
    word: Word, written: Location, start: int, end: int
) -> tuple[int | None, Span | None, int | None]:
    """The end of what stands in `written` before `start`, the span of the part, the start of the rest."""
    before: int | None = None
    inside: Span | None = None
    after: int | None = None
    at = 0
    for part in word.text.parts:
        length = len(part.value) if isinstance(part, Literal) else 1
        end_here = at + length
        if at < start and (span := _span_of(part, 0, min(end_here, start) - at, written)):
            before = span.end
        low, high = max(at, start), min(end_here, end)
        if low < high and (span := _span_of(part, low - at, high - at, written)):
            inside = span if inside is None else Span(inside.start, max(inside.end, span.end))
        low = max(at, end)
        if after is None and low < end_here:
            span = _span_of(part, low - at, length, written)
            after = None if span is None else span.start
        at = end_here
    return before, inside, after


def _span_of(part: Part, start: int, end: int, written: Location) -> Span | None:
    """The span of characters `start` to `end` of a part, where it stands inside `written`."""
    at = part.at
    if at is None:
        return None
    if isinstance(part, Literal) and at.end - at.start == len(part.value):
        at = At(at.origin, at.start + start, at.start + end)
    place = at.locate()
    if place.source is written.source and written.span.contains(place.span):
        return place.span
    return None


def _is_located(text: Text, written: Location) -> bool:
    return _span_of(text.parts[0], 0, 1, written) is not None
