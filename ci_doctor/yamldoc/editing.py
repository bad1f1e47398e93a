"""Edits of YAML text that touch nothing but what they add: used by fixes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..edits import Edit
from ..source import Location, Source, Span
from .nodes import Entry, Mapping, Node, Scalar, Sequence, entry_span


def find_entry(mapping: Mapping, key: str) -> Entry | None:
    """The entry of that key that counts: the last one written."""
    for entry in reversed(mapping.entries):
        if isinstance(entry.key, Scalar) and entry.key.text == key and not entry.merge:
            return entry
    return None


def holder(mapping: Node | None, value: Node | None) -> Entry | None:
    """The entry of `mapping` whose value is that very node."""
    if isinstance(mapping, Mapping):
        for entry in mapping.entries:
            if entry.value is value or entry.value.target is value:
                return entry
    return None


def add_entry(mapping: Mapping, after: Entry, text: str) -> Edit | None:
    """Write `text` (`key: value`, further lines indented relative to it) behind the entry `after`.

    In a flow mapping `text` must be one line. None where no place is certain.
    """
    source = mapping.source
    if mapping.flow:
        return None if "\n" in text else _insert(source, after.value.span.end, f", {text}")
    if isinstance(after.value, Scalar) and _keeps_blank_lines(after.value):
        return None
    end = _line_end(source, max(after.key.span.end, after.value.span.end))
    newline = newline_of(source)
    indent = " " * (source.position(after.key.span.start).column - 1)
    lines = [indent + line if line else "" for line in text.split("\n")]
    return _insert(source, end, newline + newline.join(lines))


def put_before(entry: Entry, text: str) -> Edit:
    """Write `text` (a block entry, further lines indented relative to it) above a block entry."""
    source, start = entry.key.source, entry.key.span.start
    newline = newline_of(source)
    indent = " " * (source.position(start).column - 1)
    return _insert(source, start, text.replace("\n", newline + indent) + newline + indent)


def add_items(sequence: Sequence, lines: Iterable[str]) -> Edit | None:
    """Write plain scalars as further items of a block sequence. None where no place is certain."""
    last = sequence.items[-1]
    if isinstance(last, Scalar) and _keeps_blank_lines(last):
        return None
    source = sequence.source
    indent = source.position(sequence.span.start).column - 1
    newline = newline_of(source)
    items = "".join(f"{newline}{' ' * indent}- {line}" for line in lines)
    return _insert(source, _line_end(source, last.span.end), items)


def remove_entry(mapping: Mapping, entry: Entry) -> Edit | None:
    """Take an entry away with its lines. None for the only one: the mapping has to go then."""
    spans = [entry_span(other) for other in mapping.entries]
    return _without(mapping.source, spans, mapping.entries.index(entry), flow=mapping.flow)


def remove_item(sequence: Sequence, item: Node) -> Edit | None:
    """Take an item away with its lines. None for the only one: the sequence has to go then."""
    spans = [other.span for other in sequence.items]
    if not sequence.flow:
        text = sequence.source.text
        spans = [Span(text.rindex("-", 0, span.start), span.end) for span in spans]
    return _without(sequence.source, spans, sequence.items.index(item), flow=sequence.flow)


def _without(source: Source, spans: list[Span], index: int, *, flow: bool) -> Edit | None:
    if len(spans) == 1:
        return None
    start, end = spans[index]
    last = index + 1 == len(spans)
    if flow:
        cut = Span(spans[index - 1].end, end) if last else Span(start, spans[index + 1].start)
        return Edit(source.path, cut, "")
    line = source.line_span(source.position(start).line)
    if source.text[line.start : start].strip(" \t\ufeff"):
        # Behind the `-` of an item: the next entry takes its place.
        return None if last else Edit(source.path, Span(start, spans[index + 1].start), "")
    number = source.position(max(start, end - 1)).line
    starts = source.line_starts
    stop = starts[number] if number < len(starts) else len(source.text)
    return Edit(source.path, Span(line.start, stop), "")


def scalar_to_mapping(place: Location, key: str, more: str) -> tuple[Edit, ...]:
    """Turn the scalar (or alias) at `place` into `{key: scalar, more}`, quoting it where it must be."""
    written = place.text
    quote = '"' if re.search(r"[\[\]{},]", written) and written[0] not in "\"'*" else ""
    if quote and re.search(r'["\\]', written):
        return ()
    blank = " " if written.startswith("*") else ""
    return (
        _insert(place.source, place.span.start, f"{{{key}: {quote}"),
        _insert(place.source, place.span.end, f"{quote}{blank}, {more}}}"),
    )


def newline_of(source: Source) -> str:
    """The line end that the file uses."""
    return "\r\n" if "\r\n" in source.text else "\n"


def _insert(source: Source, at: int, text: str) -> Edit:
    return Edit(source.path, Span(at, at), text)


def _line_end(source: Source, at: int) -> int:
    return source.line_span(source.position(at).line).end


def _keeps_blank_lines(scalar: Scalar) -> bool:
    if scalar.style not in ("literal", "folded"):
        return False
    header = scalar.source.text[scalar.span.start :].split("\n", 1)[0]
    return "+" in header.split("#")[0]
