"""Proves a check by its examples, for the checks of this package and of plugins alike.

import pytest
from ci_doctor.testing import all_examples, assert_example

@pytest.mark.parametrize(("check", "example"), all_examples([CHECK]))
def test_example(check, example):
    assert_example(check, example)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .check import PIPELINE_FILE, Check, Example, LookAlike, Online
from .config import SETTINGS_FILE, Settings, read_settings
from .edits import Applicability, apply_fixes
from .examples import texts, unmarked
from .files.memory import MemoryFiles
from .finding import Finding, Report, Severity
from .images.published import ImagePlatforms
from .images.reference import Reference, parse_reference
from .lint import is_dockerfile, lint
from .registry import Registry, load_registry
from .source import Source, Span

# A fix may leave text to the next pass; more passes than this mean that it never ends.
MOST_PASSES = 10


def all_examples(checks: Iterable[Check]) -> Iterator[tuple[Check, Example | LookAlike]]:
    """Every example of every check, for `pytest.mark.parametrize`."""
    for check in checks:
        for example in check.examples():
            yield check, example


def name_of(check: Check, example: Example | LookAlike) -> str:
    """What to call an example in a test report."""
    number = next((n for n, e in enumerate(check.examples(), start=1) if e == example), 0)
    return f"{check.id}-{number}"


def assert_example(check: Check, example: Example | LookAlike) -> None:
    """Hold what an example says.

    An Example: exactly the marked texts are flagged, in every file, and each related place says
    what it is (`source.noted`); its fix makes `fixed`, in which the check's family finds nothing
    above info, and a second run of the fix changes nothing. A LookAlike: the family finds nothing
    above info.
    """
    if isinstance(example, LookAlike):
        files = {path: _unmarked(text)[0] for path, text in texts(example.files).items()}
        _assert_silent(check, files, example, "the look-alike")
        return
    files, marked = {}, []
    for path, text in texts(example.files).items():
        files[path], spans = _unmarked(text)
        marked += [(path, span) for span in spans]
    assert marked, f"{check.id}: an Example marks the flagged text with ⟦ and ⟧"
    findings = _run(check, files, example).findings
    mine = [finding for finding in findings if finding.check == check.id]
    flagged = sorted({(finding.location.path, finding.location.span) for finding in mine})
    assert flagged == sorted(marked), (
        f"{check.id} should flag\n{_shown(sorted(marked), files)}\n"
        f"and flags\n{_shown(flagged, files)}\n{_messages(findings)}"
    )
    mute = [str(place) for finding in mine for place in finding.related if not place.note]
    assert not mute, f"{check.id}: say of each related place what it is: {mute}"
    if example.fixed is None:
        offered = [f.fix.title for f in mine if f.fix is not None and _is_written(f)]
        assert not offered, f"{check.id} offers {offered}: show its result with `fixed`"
        return
    fixed = texts(example.fixed)
    result = _fixed(check, files, example)
    assert result == fixed, f"{check.id}: the fix makes\n{_all(result)}\nand not\n{_all(fixed)}"
    _assert_silent(check, fixed, example, "the fixed text")
    assert _fixed(check, fixed, example) == fixed, f"{check.id}: the fix never ends"


def _unmarked(text: str) -> tuple[str, list[Span]]:
    try:
        return unmarked(text)
    except ValueError as error:
        raise AssertionError(f"{error} in\n{text}") from None


def _assert_silent(
    check: Check, files: Mapping[str, str], example: Example | LookAlike, what: str
) -> None:
    loud = [
        finding
        for finding in _run(check, files, example).findings
        if finding.severity > Severity.INFO and finding.family == check.family
    ]
    assert not loud, f"{check.id}: {what} has findings of its family\n{_messages(loud)}"


def _run(check: Check, files: Mapping[str, str], example: Example | LookAlike) -> Report:
    registry = load_registry()
    if registry.get(check.id) is not check:  # a plugin's check that is not installed
        registry = Registry.of([*(c for c in registry if c.id != check.id), check])
    stated = Settings()
    if example.settings:
        source = Source(SETTINGS_FILE, texts(example.settings)[PIPELINE_FILE])
        stated = read_settings(source, registry.ids)
    entries = [path for path in files if path == stated.ci_file]
    entries = entries or [path for path in files if is_dockerfile(path)] or list(files)
    registries = None if example.online is None else _StatedRegistries(example.online)
    report = lint(
        MemoryFiles(dict(files)), entries, stated, registry=registry, registries=registries
    )
    for failure in report.failures:
        raise AssertionError(f"{failure}\n{_all(files)}") from failure.__cause__
    return report


class _StatedRegistries:
    """Registries that answer what an example states (`ci_doctor.images.published.Registries`)."""

    def __init__(self, online: Online) -> None:
        self._answers = {
            parse_reference(image): ImagePlatforms(
                frozenset([stated] if isinstance(stated, str) else stated),
                parse_reference(image).registry,
                single=isinstance(stated, str),
            )
            for image, stated in online.items()
        }

    def look_up(self, references: Iterable[Reference]) -> None:
        """Nobody needs to be asked."""

    def platforms(self, reference: Reference) -> ImagePlatforms | None:
        return self._answers.get(reference)

    def reason(self, reference: Reference) -> str:
        return "" if reference in self._answers else "the example does not state it"


def _fixed(check: Check, files: Mapping[str, str], example: Example | LookAlike) -> dict[str, str]:
    current = dict(files)
    for _ in range(MOST_PASSES):
        findings = _run(check, current, example).findings
        fixes = [f.fix for f in findings if f.check == check.id and f.fix and _is_written(f)]
        paths = {edit.path for fix in fixes for edit in fix.edits}
        after = current | {path: apply_fixes(path, current[path], fixes)[0] for path in paths}
        if after == current:
            return current
        current = after
    raise AssertionError(f"{check.id}: after {MOST_PASSES} passes the fix still finds work")


def _is_written(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.applicability is not Applicability.DISPLAY


def _shown(places: Iterable[tuple[str, Span]], files: Mapping[str, str]) -> str:
    lines = []
    for path, span in places:
        source = Source(path, files.get(path, ""))
        line, column = source.position(span.start)
        lines.append(f"  {path}:{line}:{column} {source.slice(span)!r}")
    return "\n".join(lines) or "  nothing"


def _messages(findings: Iterable[Finding]) -> str:
    return "\n".join(
        f"  {finding.location}: {finding.severity}[{finding.check}] {finding.message}"
        for finding in findings
    )


def _all(files: Mapping[str, str]) -> str:
    return "\n".join(f"--- {path}\n{text}" for path, text in files.items())
