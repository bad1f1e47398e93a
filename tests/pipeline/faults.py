"""Runs the validation on texts, for the tests."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from ci_doctor.files.memory import MemoryFiles
from ci_doctor.finding import Severity
from ci_doctor.pipeline.load import load_pipeline
from ci_doctor.pipeline.validate import faults_of
from ci_doctor.yamldoc.nodes import Fault

ENTRY = ".gitlab-ci.yml"


def faults_in(files: str | Mapping[str, str], entry: str = ENTRY) -> list[Fault]:
    """All faults of a pipeline, given as its text or as texts by path; they are dedented."""
    named = {ENTRY: files} if isinstance(files, str) else files
    texts = {path: textwrap.dedent(text).lstrip("\n") for path, text in named.items()}
    pipeline = load_pipeline(MemoryFiles(texts), entry)
    return [fault for faults in faults_of(pipeline).values() for fault in faults]


def placed(
    files: str | Mapping[str, str], least: Severity = Severity.WARNING
) -> list[tuple[str, str, str]]:
    """Check, place and flagged text of every fault that is severe enough."""
    return [
        (fault.check, str(fault.location).removeprefix(f"{ENTRY}:"), fault.location.text)
        for fault in faults_in(files)
        if fault.severity >= least
    ]


def messages(files: str | Mapping[str, str], least: Severity = Severity.WARNING) -> list[str]:
    return [fault.message for fault in faults_in(files) if fault.severity >= least]
