"""Configuration faults on their way out: one for each place, with all jobs that have it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..edits import Fix
from ..finding import Confidence, Severity
from ..source import Location
from ..yamldoc.nodes import Fault
from .keywords import Keyword
from .model import Job, Value

_NAMED_JOBS = 3
_SHOWN = 60


class Place:
    """A keyword in the configuration, under GitLab's name and ours.

    GitLab says "jobs:test:artifacts when", we say "`artifacts:when`" of job 'test'.
    """

    __slots__ = ("item", "key", "keyword", "parent")

    def __init__(
        self, parent: Place | None, key: str, keyword: Keyword | None = None, item: str = ""
    ) -> None:
        self.parent = parent
        self.key = key
        self.keyword = keyword
        self.item = item

    def under(self, key: str, keyword: Keyword | None = None) -> Place:
        return Place(self, key, keyword)

    @property
    def location(self) -> str:
        """GitLab's location of the node: keys joined by `:`."""
        if self.parent is None:
            return self.key
        if self.item:
            above = "" if self.parent.parent is None else self.parent.parent.location
            return self.item.format(location=self.parent.location, parent=above).lstrip(":")
        parent = self.parent.location
        if self.keyword is not None and self.keyword.location:
            return self.keyword.location.format(parent=parent)
        return f"{parent}:{self.key}" if parent else self.key

    @property
    def path(self) -> str:
        """The keyword as a person writes it, from the job or the root down."""
        if self.parent is None:
            return ""
        above = self.parent.path
        if self.item:
            return above
        return f"{above}:{self.key}" if above else self.key

    @property
    def check(self) -> str:
        """The check that reports wrong values here; "" where it depends on the fault."""
        place: Place | None = self
        while place is not None:
            if place.keyword is not None and place.keyword.check:
                return place.keyword.check
            place = place.parent
        return ""

    @property
    def in_list(self) -> bool:
        place: Place | None = self
        while place is not None and not place.item:
            place = place.parent
        return place is not None

    def says(self, refusal: str, *, bare: bool = False) -> str:
        """GitLab's message for the value here. It prints those in lower case, names and all."""
        if bare:
            return f"{self.location} {refusal}"
        if self.keyword is not None and not self.keyword.node and self.parent is not None:
            subject = f"{self.parent.location} {self.key.replace('_', ' ')}"
        else:
            subject = f"{self.location} config"
        return f"{subject} {refusal}".lower()

    def says_of(self, attribute: str, refusal: str) -> str:
        """GitLab's message for an attribute of the node here."""
        return f"{self.location} {attribute.replace('_', ' ')} {refusal}".lower()


class Collector:
    """Gathers faults in the order they are met; equal ones at one place become one.

    `job` is the job that is looked at, None for what no job owns.
    """

    def __init__(self, fallback: Location) -> None:
        self.job: Job | None = None
        self._fallback = fallback
        self._found: dict[tuple[object, ...], tuple[Fault, dict[str, None]]] = {}

    def report(
        self,
        check: str,
        place: Value | Location | None,
        sentence: str,
        *,
        details: str = "",
        hint: str = "",
        severity: Severity = Severity.ERROR,
        confidence: Confidence = Confidence.CERTAIN,
        related: Iterable[Location | None] = (),
        fix: Fix | None = None,
        job: Job | None = None,
    ) -> None:
        """`sentence` is the message without the job's name; `place` None means the job's key."""
        job = job or self.job
        location = (
            place.location or place.key_location if isinstance(place, Value) else place
        ) or (self._fallback if job is None else job.location)
        key = (check, location.source.path, location.span, sentence)
        if key not in self._found:
            fault = Fault(
                check,
                sentence,
                location,
                hint,
                details,
                (),
                severity,
                confidence,
                tuple(other for other in related if other is not None),
                None if location.source.external else fix,
            )
            self._found[key] = fault, {}
        if job is not None:
            self._found[key][1][job.name] = None

    def faults(self) -> Iterator[Fault]:
        for fault, found_in in self._found.values():
            jobs = tuple(found_in)
            message = f"{named(jobs)}: {fault.message}" if jobs else fault.message
            yield replace(fault, message=message, jobs=jobs)


def named(jobs: tuple[str, ...]) -> str:
    """The jobs for a message: "job 'a'", "jobs 'a', 'b' and 7 more"."""
    if len(jobs) == 1:
        return f"job {quoted(jobs[0])}"
    shown = [quoted(name) for name in jobs[:_NAMED_JOBS]]
    if len(jobs) > _NAMED_JOBS:
        return f"jobs {', '.join(shown)} and {len(jobs) - _NAMED_JOBS} more"
    return f"jobs {', '.join(shown[:-1])} and {shown[-1]}"


def quoted(text: str) -> str:
    """`text` between quotes, on one line and of a bearable length."""
    flat = " ".join(text.split()) if text.strip() else text
    return f"'{flat if len(flat) <= _SHOWN else flat[: _SHOWN - 1] + '…'}'"


def shown(value: Value) -> str:
    """What a value is, for "is ..., expected ...". Never long."""
    data = value.data
    if isinstance(data, str):
        return quoted(data)
    if isinstance(data, tuple):
        return "a list"
    if isinstance(data, dict):
        return "a mapping"
    if data is None:
        return "empty"
    return value.string or ""


def listed(words: Iterable[str], limit: int = 12) -> str:
    """Words joined by commas, the rest counted."""
    known = list(words)
    if len(known) <= limit:
        return ", ".join(known)
    return f"{', '.join(known[:limit])} and {len(known) - limit} more"
