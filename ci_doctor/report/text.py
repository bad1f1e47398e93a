"""Findings for people: the text in question, what is wrong with it, and what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ..edits import Applicability
from ..finding import Finding, Report, Severity
from ..source import Location, Source, Span
from .printable import printable, printable_lines, shown, width

# How many lines of a flagged text are shown before its middle is left out.
LONGEST_EXCERPT = 6
MOST_JOBS = 4

_FIX = {
    Applicability.SAFE: "fix",
    Applicability.UNSAFE: "fix, after a look",
    Applicability.DISPLAY: "fix, by hand",
}
# What it means, by kind, that something could not be seen.
_UNRESOLVED = {
    "include": "not read: what may be defined there counts as unknown",
    "image": "not seen in a registry: the platforms count as unknown",
}


class Piece(NamedTuple):
    """A run of characters with the role that decides its look (see `STYLES`)."""

    text: str
    role: str = ""
    link: str = ""


Line = list[Piece]

# By role, in Rich's words.
STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "info": "bold cyan",
    "message": "bold",
    "gutter": "blue",
    "path": "",
    "note": "bold",
    "help": "bold green",
    "faint": "dim",
}


@dataclass(frozen=True)
class Terminal:
    """What the output can show; the defaults suit a file or a pipe."""

    color: bool = False
    links: bool = False
    unicode: bool = True
    width: int = 160

    @property
    def bar(self) -> str:
        return "│" if self.unicode else "|"

    @property
    def ellipsis(self) -> str:
        return "…" if self.unicode else "..."


def render(report: Report, terminal: Terminal | None = None) -> str:
    """The findings, one block each, with an empty line between them."""
    terminal = terminal or Terminal()
    lines: list[Line] = []
    for finding in report.findings:
        lines += [*_finding(finding, terminal), []]
    return _painted(lines, terminal)


def render_summary(report: Report, terminal: Terminal | None = None) -> str:
    """How many findings there are, and what could not be seen.

    Nothing is counted where nothing could be read: that is no clean bill.
    """
    terminal = terminal or Terminal()
    counts = [] if report.failures and not report.paths else [_counts(report)]
    return _painted([*_unresolved(report), *counts], terminal)


def _finding(finding: Finding, terminal: Terminal) -> Iterator[Line]:
    severity = str(finding.severity)
    label = f"{severity}[{finding.check}]"
    first, *more = _wrapped([f"{label}: {printable(finding.message)}"], terminal.width - 2)
    yield [Piece(label, severity, finding.url), Piece(first[len(label) :], "message")]
    yield from ([Piece(f"  {line}", "message")] for line in more)
    places = [finding.location, *finding.related]
    margin = max(len(str(_last_line(place))) for place in places)
    yield from _excerpt(finding.location, severity, "^", margin, terminal)
    for place in finding.related:
        note = printable(place.note) or "see"
        yield [Piece(" " * (margin + 1)), Piece(f"{note}", "note")]
        yield from _excerpt(place, "gutter", "-", margin, terminal)
    remarks = list(_remarks(finding))
    if remarks:
        yield [Piece(" " * (margin + 1) + terminal.bar, "gutter")]
    for label, role, text in remarks:
        lead = " " * (margin + 1) + "= "
        indent = len(lead) + len(label) + 2
        lines = printable_lines(text)
        if label == "note":  # prose; advice may be lines to copy
            lines = _wrapped(lines, max(terminal.width - indent, 40))
        yield [Piece(lead, "gutter"), Piece(f"{label}: ", role), Piece(lines[0])]
        yield from ([Piece(" " * indent + line)] for line in lines[1:])


def _wrapped(lines: Iterable[str], width: int) -> list[str]:
    return [
        piece
        for line in lines
        for piece in textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)
        or [""]
    ]


def _remarks(finding: Finding) -> Iterator[tuple[str, str, str]]:
    """What stands below the excerpt: label, role and text."""
    if finding.jobs:
        names = ", ".join(finding.jobs[:MOST_JOBS])
        more = len(finding.jobs) - MOST_JOBS
        yield (
            "job" if len(finding.jobs) == 1 else "jobs",
            "note",
            names + (f" and {more} more" if more > 0 else ""),
        )
    if finding.details:
        yield "note", "note", finding.details
    for advice in finding.advice:
        yield "help", "help", advice
    if finding.fix is not None:
        yield _FIX[finding.fix.applicability], "help", finding.fix.title


def _excerpt(
    place: Location, role: str, mark: str, margin: int, terminal: Terminal
) -> Iterator[Line]:
    source, bar = place.source, terminal.bar
    yield [Piece(" " * margin + "--> ", "gutter"), Piece(printable(str(place)), "path")]
    yield [Piece(" " * (margin + 1) + bar, "gutter")]
    for number in _shown_lines(place):
        if number is None:
            yield [
                Piece(" " * (margin + 1) + bar, "gutter"),
                Piece(f" {terminal.ellipsis}", "faint"),
            ]
            continue
        text, start, end = _cropped(source, number, place.span, margin, terminal)
        yield [
            Piece(f"{number:>{margin}} {bar}", "gutter"),
            *([Piece(f" {text}")] if text.strip() else []),
        ]
        if end > start or number == place.start.line:
            marks = " " * (start + 1) + mark * max(end - start, 1)
            yield [Piece(" " * (margin + 1) + bar, "gutter"), Piece(marks, role)]


def _last_line(place: Location) -> int:
    """The last line with flagged text: a span may end with a line end."""
    end = max(place.span.start, place.span.end - 1)
    return place.source.position(end).line


def _shown_lines(place: Location) -> Iterator[int | None]:
    """The numbers of the lines to show; None stands for lines left out."""
    first, last = place.start.line, _last_line(place)
    if last - first < LONGEST_EXCERPT:
        yield from range(first, last + 1)
    else:
        yield from range(first, first + LONGEST_EXCERPT - 3)
        yield None
        yield last


def _cropped(
    source: Source, number: int, span: Span, margin: int, terminal: Terminal
) -> tuple[str, int, int]:
    """A line as shown, and the columns (0-based, half-open) of the flagged text in it.

    Of a line too long for the terminal, the surroundings of the flagged text are shown.
    """
    line = source.line_span(number)
    start = min(max(span.start, line.start), line.end)
    end = min(max(span.end, start), line.end)
    if number > source.position(span.start).line:
        # Indentation before the later lines of a text is no part of it.
        blank = len(source.slice(line)) - len(source.slice(line).lstrip())
        start = min(max(start, line.start + blank), max(end, line.start))
    room = max(terminal.width - margin - 4, 20)
    low, high = line.start, line.end
    if width(printable(source.slice(line))) > room:
        low = max(line.start, min(start - room // 4, line.end - room + 2))
        high = low
        used = 0
        while high < line.end:
            used += width(shown(source.text[high]))
            if used > room - 2:
                break
            high += 1
        start, end = max(start, low), min(end, high)
    before = terminal.ellipsis if low > line.start else ""
    after = terminal.ellipsis if high < line.end else ""
    left = before + printable(source.text[low:start].lstrip("\ufeff"))
    flagged = printable(source.text[start : max(start, end)].lstrip("\ufeff"))
    right = printable(source.text[max(start, end) : high])
    return left + flagged + right + after, width(left), width(left) + width(flagged)


def _unresolved(report: Report) -> Iterator[Line]:
    for kind, outcome in _UNRESOLVED.items():
        of_kind = [unresolved for unresolved in report.unresolved if unresolved.kind == kind]
        if of_kind:
            were = f"1 {kind} was" if len(of_kind) == 1 else f"{len(of_kind)} {kind}s were"
            yield [Piece("note", "note"), Piece(f": {were} {outcome}")]
        for unresolved in of_kind:
            yield [
                Piece("  --> ", "gutter"),
                Piece(f"{printable(str(unresolved.location))}: {printable(unresolved.what)}"),
                Piece(f" ({printable(unresolved.hint)})" if unresolved.hint else "", "faint"),
            ]


def _counts(report: Report) -> Line:
    files = f"in {len(report.paths)} file{'s' * (len(report.paths) != 1)}"
    hidden = f" ({report.suppressed} ignored)" if report.suppressed else ""
    counted = [
        Piece(_number(report.count(severity), severity), str(severity))
        for severity in sorted(Severity, reverse=True)
        if report.count(severity)
    ]
    if not counted:
        return [Piece("No faults found", "help"), Piece(f" {files}{hidden}")]
    return [*_listed(counted), Piece(f" {files}{hidden}")]


def _number(count: int, severity: Severity) -> str:
    if severity is Severity.INFO:
        return f"{count} info"
    return f"{count} {severity}{'s' * (count != 1)}"


def _listed(pieces: list[Piece]) -> Iterator[Piece]:
    for index, piece in enumerate(pieces):
        if index:
            yield Piece(", " if index < len(pieces) - 1 else " and ")
        yield piece


def _painted(lines: Iterable[Line], terminal: Terminal) -> str:
    if not terminal.color:
        return "".join("".join(piece.text for piece in line) + "\n" for line in lines)
    from io import StringIO

    from rich.console import Console
    from rich.style import Style
    from rich.text import Text

    out = StringIO()
    console = Console(
        file=out, force_terminal=True, no_color=False, highlight=False, width=terminal.width
    )
    for line in lines:
        painted = Text()
        for piece in line:
            style = Style.parse(STYLES.get(piece.role, ""))
            if piece.link and terminal.links:
                style += Style(link=piece.link)
            painted.append(piece.text, style)
        console.print(painted, soft_wrap=True)
    return out.getvalue()
