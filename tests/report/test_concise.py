"""One line a finding."""

from __future__ import annotations

from ci_doctor.finding import Confidence, Finding, Report, Severity
from ci_doctor.report import concise
from ci_doctor.source import Location, Source, Span


def test_one_line_for_each_finding() -> None:
    source = Source(".gitlab-ci.yml", "build:\n  image: a\n")
    found = Finding(
        check="kaniko-archived",
        family="kaniko",
        severity=Severity.WARNING,
        confidence=Confidence.CERTAIN,
        message="first\nsecond \x1b[31m",
        location=Location(source, Span(16, 17)),
    )

    assert concise.render(Report([found, found])) == (
        ".gitlab-ci.yml:2:10: warning[kaniko-archived] first\\x0asecond \\x1b[31m\n" * 2
    )


def test_no_findings_give_no_output() -> None:
    assert concise.render(Report()) == ""
