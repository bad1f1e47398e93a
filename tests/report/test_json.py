"""Findings as data, in the shape that docs/json.md promises."""

from __future__ import annotations

import json

from ci_doctor.edits import Applicability, Edit, Fix
from ci_doctor.errors import CiDoctorError
from ci_doctor.finding import Confidence, Finding, Report, Severity, Unresolved
from ci_doctor.report import json as json_report
from ci_doctor.source import Location, Source, Span

SOURCE = Source(".gitlab-ci.yml", "build:\n  image: ä\n")


def test_a_report_holds_everything_that_was_found() -> None:
    found = Finding(
        check="kaniko-archived",
        family="kaniko",
        severity=Severity.WARNING,
        confidence=Confidence.LIKELY,
        message="old",
        location=Location(SOURCE, Span(16, 17)),
        details="why",
        related=(Location(SOURCE, Span(0, 5), "the job"),),
        advice=("use another",),
        fix=Fix("Replace", (Edit(SOURCE.path, Span(16, 17), "b"),), Applicability.SAFE),
        jobs=("build",),
        fingerprint="f00",
        url="https://example.com",
    )
    report = Report(
        [found],
        unresolved=[Unresolved("remote include 'x'", "no network", Location(SOURCE, Span(0, 5)))],
        paths=[SOURCE.path],
        suppressed=3,
        failures=[CiDoctorError("check-failed: x", "report it")],
        sources={SOURCE.path: SOURCE},
    )

    start = {"line": 2, "column": 10, "offset": 16}
    end = {"line": 2, "column": 11, "offset": 17}
    job = {
        "start": {"line": 1, "column": 1, "offset": 0},
        "end": {"line": 1, "column": 6, "offset": 5},
    }
    assert json.loads(json_report.render(report)) == {
        "version": 1,
        "findings": [
            {
                "check": "kaniko-archived",
                "family": "kaniko",
                "severity": "warning",
                "confidence": "likely",
                "message": "old",
                "details": "why",
                "path": ".gitlab-ci.yml",
                "start": start,
                "end": end,
                "jobs": ["build"],
                "related": [{"path": ".gitlab-ci.yml", **job, "note": "the job"}],
                "advice": ["use another"],
                "fix": {
                    "title": "Replace",
                    "applicability": "safe",
                    "edits": [{"path": ".gitlab-ci.yml", "start": start, "end": end, "text": "b"}],
                },
                "fingerprint": "f00",
                "url": "https://example.com",
            }
        ],
        "unresolved": [
            {"what": "remote include 'x'", "hint": "no network", "path": ".gitlab-ci.yml", **job}
        ],
        "summary": {
            "error": 0,
            "warning": 1,
            "info": 0,
            "files": 1,
            "suppressed": 3,
            "failures": [{"message": "check-failed: x", "hint": "report it"}],
        },
    }


def test_output_is_ascii() -> None:
    found = Finding(
        check="x",
        family="x",
        severity=Severity.INFO,
        confidence=Confidence.CERTAIN,
        message="ä\u202e\U0001f600",
        location=Location(SOURCE, Span(0, 5)),
    )

    assert json_report.render(Report([found])).isascii()
