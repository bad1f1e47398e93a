"""Edits of a script's text that hold in the YAML it stands in."""

from __future__ import annotations

from ..edits import Edit
from ..execution.command import Command, Word
from ..source import Location, Span
from ..yamldoc.editing import remove_item
from ..yamldoc.nodes import Scalar, Sequence

_PHASES = ("before_script", "script", "after_script")
_OPENS = ("then", "do", "else", "{", "(", "\\", "&&", "||", "|", " in", ")")
_FLOW = frozenset(",[]{}")
_INDICATORS = "-?:,[]{}#&*!|>'\"%@`"


def scalar_at(command: Command, place: Location) -> Scalar | None:
    """The YAML scalar of the job's scripts that holds a place; None for a place in another file."""
    for phase in _PHASES:
        for line in command.job.lines(phase):
            node = line.node
            if not isinstance(node, Scalar) or node.source is not place.source:
                continue
            if node.span.contains(place.span):
                return node
    return None


def as_written(command: Command, place: Location, text: str) -> str | None:
    """One line of shell text as YAML has it at `place`; None where it cannot stand there."""
    if command.script is not None:
        return text
    scalar = scalar_at(command, place)
    if scalar is None:
        return None
    if scalar.style == "double":
        return text.replace("\\", "\\\\").replace('"', '\\"')
    if scalar.style == "single":
        return text.replace("'", "''")
    if scalar.style == "plain":
        if ": " in text or " #" in text or text.endswith(":"):
            return None
        if scalar.in_flow and _FLOW & set(text):
            return None
        if place.span.start == scalar.span.start and text[:1] in _INDICATORS:
            return None
    return text


def replace_text(command: Command, place: Location | None, text: str) -> Edit | None:
    """Put shell text in the place of other shell text."""
    written = None if place is None else as_written(command, place, text)
    if place is None or written is None:
        return None
    return Edit(place.path, place.span, written)


def insert_text(command: Command, place: Location | None, at: int, text: str) -> Edit | None:
    """Put shell text at the offset `at`, the start or the end of `place`."""
    if place is None:
        return None
    return replace_text(command, Location(place.source, Span(at, at)), text)


def put_behind(command: Command, place: Location | None, text: str) -> Edit | None:
    return None if place is None else insert_text(command, place, place.span.end, text)


def put_before(command: Command, text: str) -> Edit | None:
    """Put shell text before a command, or before the pipe that it stands in."""
    first = command
    while first.piped_from is not None:
        first = first.piped_from
    return insert_text(command, first.location, first.location.span.start, text)


def quoted(command: Command, word: Word) -> Edit | None:
    """Put double quotes around a word of variables and plain characters."""
    place = word.written
    if place is None or set(place.text) & set("'\"\\`*?[~ \t\n") or "$(" in place.text:
        return None
    start, value = 0, place.text
    if value.startswith("-") and "$" in value:
        # `-p$PASSWORD`: the option's own letters stay outside.
        start = value.index("$")
    inner = Location(place.source, Span(place.span.start + start, place.span.end))
    return replace_text(command, inner, f'"{value[start:]}"')


def remove_command(command: Command) -> Edit | None:
    """Take a command away that is a whole item of a script, or a line of its own in one."""
    place = command.location
    scalar = scalar_at(command, place)
    if scalar is None or command.piped_from is not None or command.piped_to is not None:
        return None
    if scalar.span == place.span or scalar.text.strip() == place.text:
        return _remove_item(command, scalar)
    if scalar.style != "literal":
        return None
    source = place.source
    first, last = source.position(place.span.start).line, source.position(place.span.end).line
    around = Span(source.line_span(first).start, source.line_span(last).end)
    if source.slice(around).strip() != place.text:
        return None
    # Behind the line of the `|`.
    above = source.text[scalar.span.start : around.start].partition("\n")[2].rstrip()
    if above.endswith(_OPENS) or last >= len(source.line_starts):
        return None
    return Edit(source.path, Span(around.start, source.line_starts[last]), "")


def _remove_item(command: Command, scalar: Scalar) -> Edit | None:
    for phase in _PHASES:
        value = command.job.keywords.get(phase)
        node = None if value is None else value.node
        if isinstance(node, Sequence) and scalar in node.items:
            return remove_item(node, scalar)
    return None
