"""Findings as data (docs/json.md)."""

from __future__ import annotations

import json
from typing import Any

from ..edits import Edit, Fix
from ..finding import Finding, Report, Severity, Unresolved
from ..source import Location, Source, Span

VERSION = 1


def render(report: Report) -> str:
    document = {
        "version": VERSION,
        "findings": [_finding(finding, report) for finding in report.findings],
        "unresolved": [_unresolved(unresolved) for unresolved in report.unresolved],
        "summary": {
            **{str(s): report.count(s) for s in sorted(Severity, reverse=True)},
            "files": len(report.paths),
            "suppressed": report.suppressed,
            "failures": [{"message": e.message, "hint": e.hint} for e in report.failures],
        },
    }
    # ASCII alone: it survives every encoding of standard output.
    return json.dumps(document, indent=2) + "\n"


def _finding(finding: Finding, report: Report) -> dict[str, Any]:
    return {
        "check": finding.check,
        "family": finding.family,
        "severity": str(finding.severity),
        "confidence": str(finding.confidence),
        "message": finding.message,
        "details": finding.details,
        **_place(finding.location),
        "jobs": list(finding.jobs),
        "related": [{**_place(place), "note": place.note} for place in finding.related],
        "advice": list(finding.advice),
        "fix": None if finding.fix is None else _fix(finding.fix, report),
        "fingerprint": finding.fingerprint,
        "url": finding.url,
    }


def _fix(fix: Fix, report: Report) -> dict[str, Any]:
    return {
        "title": fix.title,
        "applicability": str(fix.applicability),
        "edits": [_edit(edit, report) for edit in fix.edits],
    }


def _edit(edit: Edit, report: Report) -> dict[str, Any]:
    source = report.sources.get(edit.path) or Source(edit.path, "")  # a file to be made
    return {"path": edit.path, **_span(source, edit.span), "text": edit.text}


def _unresolved(unresolved: Unresolved) -> dict[str, Any]:
    return {
        "what": unresolved.what,
        "hint": unresolved.hint,
        **_place(unresolved.location),
    }


def _place(location: Location) -> dict[str, Any]:
    return {"path": location.path, **_span(location.source, location.span)}


def _span(source: Source, span: Span) -> dict[str, Any]:
    return {"start": _point(source, span.start), "end": _point(source, span.end)}


def _point(source: Source, offset: int) -> dict[str, int]:
    line, column = source.position(offset)
    return {"line": line, "column": column, "offset": offset}
