"""What a check says, where, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from .edits import Fix
from .errors import CiDoctorError
from .source import Location, Source


class Severity(IntEnum):
    """Ordered: a higher value is worse."""

    INFO = 1  # advice
    WARNING = 2  # risk or silent loss
    ERROR = 3  # the job breaks, or pushes nothing, or pushes the wrong thing

    def __str__(self) -> str:
        return self.name.lower()


class Confidence(Enum):
    CERTAIN = "certain"  # under the assumptions of docs/configuration.md
    LIKELY = "likely"  # depends on a fact the message names
    POSSIBLE = "possible"

    def __str__(self) -> str:
        return self.value

    @property
    def worst_severity(self) -> Severity:
        """An error is certain or it is no error."""
        return {
            Confidence.CERTAIN: Severity.ERROR,
            Confidence.LIKELY: Severity.WARNING,
            Confidence.POSSIBLE: Severity.INFO,
        }[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place.

    `jobs` are the jobs that have it; `details` is further text (GitLab's own message, what
    the failing job will print); `advice` are lines to write or steps to take; `anchor` is
    the container where it is written, for the fingerprint (see `ci_doctor.lint`).
    """

    check: str
    family: str
    severity: Severity
    confidence: Confidence
    message: str
    location: Location
    details: str = ""
    related: tuple[Location, ...] = ()
    advice: tuple[str, ...] = ()
    fix: Fix | None = None
    jobs: tuple[str, ...] = ()
    anchor: str = ""
    fingerprint: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Something that could not be seen, and what would make it visible.

    `kind` is "include", or "image" for one that no registry told about.
    """

    what: str
    hint: str
    location: Location
    kind: str = "include"


@dataclass(slots=True)
class Report:
    """All that a run found.

    `suppressed` counts findings that comments or a baseline hide; `paths` are the files checked,
    `sources` the texts (by path) that findings and their fixes speak of.
    """

    findings: list[Finding] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    suppressed: int = 0
    failures: list[CiDoctorError] = field(default_factory=list)  # what could not be done
    sources: dict[str, Source] = field(default_factory=dict)

    def worst(self) -> Severity | None:
        return max((finding.severity for finding in self.findings), default=None)

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """By file, place, then check, so that output never depends on the order of checks."""
    return sorted(findings, key=lambda f: (f.location.path, f.location.span, f.check, f.message))
