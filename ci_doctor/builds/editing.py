"""Edits of a command in a script: words added, taken away, or given to the daemon it starts."""

from __future__ import annotations

from ..edits import Edit
from ..execution.command import Word
from ..pipeline.editing import add_variable
from ..source import Location, Span
from ..text import UNKNOWN, Literal, Text
from .build import Build, Option

_BLANKS = " \t"


def add_behind(place: Location | None, text: str) -> Edit | None:
    """Write ` text` behind a word or an option."""
    if place is None:
        return None
    end = place.span.end
    return Edit(place.path, Span(end, end), f" {text}")


def add_option(build: Build, text: str) -> Edit | None:
    """Write ` text` behind the last option of a build that has its value."""
    valued = [option.location for option in build.options if option.value is not None]
    return add_behind(valued[-1] if valued else subcommand(build), text)


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
        # Other words stand on the line: the blanks beside the option go with it.
        kept = text[line:start].rstrip(_BLANKS)
        if kept:
            return Edit(place.path, Span(line + len(kept), end), "")
        rest = text[end:line_end].lstrip(_BLANKS)
        return Edit(place.path, Span(start, line_end - len(rest)), "")
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


def retag(name: Text, tag: str) -> Edit | None:
    """Give an image the tag `tag`. None for a digest, and where the tag is not written in one piece."""
    template = name.template
    start = template.find(":", template.rfind("/") + 1)
    if "@" in template:
        return None
    if start < 0:
        place = name.locate(len(template) - 1)
        if place is None or UNKNOWN in template[-1:]:
            return None
        return Edit(place.path, Span(place.span.end, place.span.end), f":{tag}")
    written = name.locate(start + 1)
    if written is None or UNKNOWN in template[start:] or written.text != template[start + 1 :]:
        return None
    return Edit(written.path, written.span, tag)


def subcommand(build: Build) -> Location | None:
    """Where the `build` of `buildctl build` stands."""
    for word in build.command.arguments:
        if word.text.value in ("build", "b"):
            return word.written
    return None


def quote_around(word: Word, place: Location) -> str | None:
    """The shell quote that is open where `place` begins in a word: `"`, `'` or "" for none."""
    written = word.written
    if written is None or written.source is not place.source:
        return None
    if not written.span.contains(place.span):
        return None
    quote = ""
    text = written.source.text
    at = written.span.start
    while at < place.span.start:
        letter = text[at]
        if letter == "\\" and quote != "'":
            at += 1
        elif letter in "\"'" and quote in ("", letter):
            quote = "" if quote else letter
        at += 1
    return quote
