"""Commands of several lines that the shell takes apart, or glues together, against their writer's will."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..edits import Edit
from ..execution.command import Command
from ..source import Location, Source, Span

_COMMENT = re.compile(r"#[^\n]*")
_OPERATOR = re.compile(r"[;|&(){}]")
_JOINED = re.compile(r"\\[ \t]*\r?\n[ \t\r\n]*")


@dataclass(frozen=True, slots=True, eq=False)
class Break:
    """A line of a command whose end does not do what it should.

    `kind` is "blank" (blanks behind the `\\` make it quote a blank), "missing" (no `\\`), "comment" (a
    comment ends the command) or "joined" (a `\\` in YAML text whose lines become one: it quotes the
    blank before the next word). `rest` is the first word of what is lost. `edits` mend it, none
    where no place is certain.
    """

    kind: str
    location: Location
    rest: str
    edits: tuple[Edit, ...] = ()


def find_breaks(commands: Sequence[Command], index: int) -> tuple[Break, ...]:
    """The broken lines of the command at `index`: what follows it begins with an option."""
    command = commands[index]
    joined = _joined(command)
    breaks = [] if joined is None else [joined]
    before = command
    for after in commands[index + 1 :]:
        if not after.words or not after.program.text.template.startswith("-"):
            break
        if after.location.source is not before.location.source:
            break
        if after.location.span.start < before.location.span.end:
            break
        if before.piped_to is not None or before.background:
            break
        broken = _between(command, before, after)
        if broken is None:
            break
        if breaks and breaks[-1].kind == broken.kind == "missing":
            # Lines without any `\\` are one fault.
            broken = _together(breaks.pop(), broken)
        breaks.append(broken)
        before = after
    return tuple(breaks)


def _together(first: Break, second: Break) -> Break:
    edits = (*first.edits, *second.edits) if first.edits and second.edits else ()
    return Break(first.kind, first.location, first.rest, edits)


def _between(command: Command, before: Command, after: Command) -> Break | None:
    """What separates two commands; None where more does than the end of a line."""
    source = before.location.source
    rest = after.program.text.display
    start, end = before.location.span.end, after.location.span.start
    last = before.words[-1]
    blank = last.text.value
    if blank and not blank.strip() and last.written is not None:
        start = last.written.span.start
    text = source.text[start:end]
    if _OPERATOR.search(_COMMENT.sub("", text)):
        return None
    comment = _COMMENT.search(text)
    if comment is not None:
        place = Location(source, Span(start + comment.start(), start + comment.end()))
        return Break("comment", place, rest, _without_comments(source, command, start, text))
    if text.startswith("\\"):
        blanks = text[1:].split("\n", 1)[0].rstrip("\r")
        place = Location(source, Span(start, start + 1 + len(blanks)))
        edit = Edit(source.path, Span(start + 1, place.span.end), "")
        return Break("blank", place, rest, (edit,))
    place = after.program.written or after.location
    # Only a line end between them: in another item of `script` there is no line to continue.
    mends = not text.strip() and "\n" in text
    behind = start + len(text) - len(text.lstrip(" \t"))
    edits = (Edit(source.path, Span(start, behind), " \\"),) if mends else ()
    return Break("missing", place, rest, edits)


def _without_comments(source: Source, command: Command, start: int, text: str) -> tuple[Edit, ...]:
    """Put the comments above the command: nothing where its first line continues another one."""
    line = source.text.rfind("\n", 0, command.location.span.start) + 1
    above = source.text[:line].rstrip("\r\n \t")
    indent = source.text[line : command.location.span.start]
    if indent.strip() or above.endswith(("\\", "&&", "||")):
        return ()
    lines = text.split("\n")
    comments = [piece.strip() for piece in lines if piece.lstrip().startswith("#")]
    first = lines[0].strip()
    if first not in ("", "\\") or any(
        piece.strip() and not piece.lstrip().startswith("#") for piece in lines[1:]
    ):
        return ()
    # From behind the line end that continues the command to the option that follows.
    at = start + len(lines[0])
    end = start + len(text)
    kept = source.text[start : start + len(lines[0])].rstrip()
    glue = "" if kept.endswith("\\") or _continued(source, start) else " \\"
    tail = "\n" + lines[-1]
    moved = "".join(f"{comment}\n{indent}" for comment in comments)
    place = command.location.span.start
    return (
        Edit(source.path, Span(place, place), moved),
        Edit(source.path, Span(at, end), glue + tail),
    )


def _continued(source: Source, at: int) -> bool:
    """Whether a `\\` stands before `at`, blanks apart."""
    return source.text[:at].rstrip(" \t").endswith("\\")


def _joined(command: Command) -> Break | None:
    """The first `\\` that YAML's joined lines put before a blank, and edits for all of them."""
    edits: list[Edit] = []
    first: Location | None = None
    rest = ""
    for word in command.arguments:
        place = word.written
        match = None if place is None else _JOINED.match(place.text)
        if place is None or match is None or not word.text.template.startswith(" "):
            continue
        start = place.span.start
        if first is None:
            first = Location(place.source, Span(start, start + 1))
            rest = word.text.display.strip()
        text = place.source.text
        blanks = len(text[:start]) - len(text[:start].rstrip(" \t"))
        end = start + match.group().index("\n")
        edits.append(Edit(place.path, Span(start - blanks, end), ""))
    return None if first is None else Break("joined", first, rest, tuple(edits))
