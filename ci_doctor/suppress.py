"""Inline ignores: `# ci-doctor: ignore[id] reason`.

A comment counts at the end of a line for what starts there, or alone on the line above it. "It"
is the flagged text or anything that holds it: a list item, a keyword, a Dockerfile instruction, a
command with continued lines, a whole job. At a job's key it counts for that job wherever the
fault is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from .finding import Finding
from .pipeline.model import Job
from .places import Places
from .registry import nearest
from .source import Location, Source, Span

_COMMENT = re.compile(r"(?<![^\s\ufeff])#[ \t]*ci-doctor:[ \t]*ignore\b(?:\[([^\]\r\n]*)\])?")


@dataclass(eq=False)
class Ignore:
    """One id in a comment. `line` is the line it speaks of (1-based)."""

    check: str  # empty where the comment names none
    location: Location
    line: int
    used: bool = False


@dataclass(eq=False)
class Ignores:
    """The ignore comments of a run's files. Those of files outside the repository do not count."""

    places: Places
    _read_from: dict[str, list[Ignore]] = field(default_factory=dict)
    _by_line: dict[tuple[str, str], dict[int, list[Ignore]]] = field(default_factory=dict)

    def apply(self, finding: Finding, jobs: Mapping[str, Job]) -> Finding | None:
        """The finding with the jobs for which it is not ignored, None where none is left.

        `jobs` are the jobs by name that `finding.jobs` speaks of.
        """
        if self._hit(finding.check, finding.location):
            return None
        left = tuple(
            name
            for name in finding.jobs
            if name not in jobs or not self._hit(finding.check, jobs[name].location)
        )
        if finding.jobs and not left:
            return None
        return replace(finding, jobs=left)

    def _hit(self, check: str, location: Location) -> bool:
        self.of(location.source)
        by_line = self._by_line.get((location.path, check))
        if by_line is None:
            return False
        hit = False
        for line in self.places.lines(location):
            for ignore in by_line.get(line, ()):
                ignore.used = hit = True
        return hit

    def of(self, source: Source) -> list[Ignore]:
        """Every id in the ignore comments of a file, in the order written."""
        if source.path not in self._read_from:
            ignores = list(self._read(source))
            self._read_from[source.path] = ignores
            for ignore in ignores:
                by_line = self._by_line.setdefault((source.path, ignore.check), {})
                by_line.setdefault(ignore.line, []).append(ignore)
        return self._read_from[source.path]

    def _read(self, source: Source) -> Iterator[Ignore]:
        if source.external or "ci-doctor:" not in source.text:
            return
        for comment in _COMMENT.finditer(source.text):
            span = Span(*comment.span())
            scalar = self.places.scalar(Location(source, span))
            if scalar is not None and scalar.style not in ("literal", "folded"):
                continue  # text in quotes, not a comment
            line = _spoken_of(source, span.start)
            if not (comment[1] or "").strip():
                yield Ignore("", Location(source, span), line)
                continue
            start = comment.start(1)
            for name in comment[1].split(","):
                at = start + len(name) - len(name.lstrip())
                yield Ignore(name.strip(), Location(source, Span(at, at + len(name.strip()))), line)
                start += len(name) + 1


def _spoken_of(source: Source, offset: int) -> int:
    """The comment's own line, or the next line that is no comment where it stands alone."""
    line = source.position(offset).line
    if source.text[source.line_span(line).start : offset].strip(" \t\ufeff"):
        return line
    last = len(source.line_starts)
    while line < last and source.line(line).lstrip(" \t").startswith("#"):
        line += 1
    return line


def unknown(ignore: Ignore, ids: Iterable[str]) -> str:
    """What is wrong with an ignore whose id no check has."""
    if not ignore.check:
        return "this comment ignores nothing: it names no check"
    near = nearest(ignore.check, ids)
    return f"no check is called '{ignore.check}'" + (f": did you mean '{near}'?" if near else "")
