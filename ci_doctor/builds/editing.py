"""Edits of a command in a script: words added, taken away, or given to the daemon it starts."""

from __future__ import annotations

from ..edits import Edit
from ..execution.command import Command
from ..pipeline.editing import add_variable
from ..source import Location, Span
from ..text import Literal
from .build import Build, Option

_BLANKS = " \t"


def add_behind(place: Location | None, text: str) -> Edit | None:
    """Write ` text` behind a word or an option."""
    if place is None:
        return None
    end = place.span.end
    return Edit(place.path, Span(end, end), f" {text}")


def add_option(command: Command, text: str) -> Edit | None:
    """Write ` text` behind the last word of a command."""
    return add_behind(command.words[-1].written, text)


def put_before_command(command: Command, text: str) -> Edit | None:
    """Write `text && ` before a command that stands alone, not in a pipe."""
    place = command.location
    if command.piped_from is not None or command.wrappers:
        return None
    start = place.span.start
    return Edit(place.path, Span(start, start), f"{text} && ")


def remove_option(option: Option) -> Edit | None:
    """Take an option with its value away, and its line where nothing else stands on it."""
    place = option.location
    if place is None:
        return None
    text, (start, end) = place.source.text, place.span
    line = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    behind = text[end:line_end].strip()
    if text[line:start].strip(_BLANKS) or behind not in ("", "\\"):
        # Other words stand on the line: the blanks before the option go with it.
        kept = text[line:start].rstrip(_BLANKS)
        return Edit(place.path, Span(line + len(kept) if kept else start, end), "")
    if behind:
        return Edit(place.path, Span(line, min(line_end + 1, len(text))), "")
    # The last line of the command: the line before it then needs no `\`.
    before = text[: max(line - 1, 0)].rstrip(_BLANKS + "\r")
    if before.endswith("\\"):
        before = before[:-1].rstrip(_BLANKS)
    return Edit(place.path, Span(len(before), end), "")


def add_daemon_flag(build: Build, flag: str) -> tuple[Edit, ...]:
    """Add a flag to the BUILDKITD_FLAGS that buildctl-daemonless.sh gives its daemon.

    Nothing where the value's end is not written in the pipeline.
    """
    flags = build.daemonless_flags
    if flags is None or flags.text is None:
        return add_variable(build.job, "BUILDKITD_FLAGS", flag)
    # Behind the last known character of the value, inside its quotes.
    last = flags.text.parts[-1] if flags.text.parts else None
    if not isinstance(last, Literal) or last.at is None:
        return ()
    place = last.at.locate()
    end = place.span.end
    return (Edit(place.path, Span(end, end), f" {flag}"),)
