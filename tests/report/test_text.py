"""Findings as a person reads them, in a pipe and on a terminal."""

from __future__ import annotations

import pytest

from ci_doctor.edits import Applicability, Edit, Fix
from ci_doctor.errors import CiDoctorError
from ci_doctor.finding import Confidence, Finding, Report, Severity, Unresolved
from ci_doctor.report import text
from ci_doctor.report.text import Terminal
from ci_doctor.source import Location, Source, Span

PIPELINE = """\
build:
  image: moby/buildkit:rootless
  script:
    - |
      buildctl-daemonless.sh build \\
        --output type=image,push=true
"""


def location(source: Source, flagged: str, note: str = "") -> Location:
    start = source.text.index(flagged)
    return Location(source, Span(start, start + len(flagged)), note)


def finding(place: Location, message: str = "the entrypoint swallows the script") -> Finding:
    return Finding(
        check="rootless-missing-entrypoint",
        family="rootless",
        severity=Severity.ERROR,
        confidence=Confidence.CERTAIN,
        message=message,
        location=place,
        url="https://example.com/checks#rootless-missing-entrypoint",
    )


def shown(found: Finding, terminal: Terminal | None = None) -> str:
    return text.render(Report([found]), terminal)


def test_the_flagged_text_is_underlined() -> None:
    source = Source(".gitlab-ci.yml", PIPELINE)

    assert shown(finding(location(source, "moby/buildkit:rootless"))) == (
        "error[rootless-missing-entrypoint]: the entrypoint swallows the script\n"
        " --> .gitlab-ci.yml:2:10\n"
        "  │\n"
        "2 │   image: moby/buildkit:rootless\n"
        "  │          ^^^^^^^^^^^^^^^^^^^^^^\n"
        "\n"
    )


def test_related_places_details_advice_and_fix_follow() -> None:
    source = Source(".gitlab-ci.yml", PIPELINE)
    parent = Source("ci/buildkit.yml", "\n" * 9 + ".buildkit:\n")
    place = location(source, "moby/buildkit:rootless")
    found = Finding(
        check="rootless-missing-entrypoint",
        family="rootless",
        severity=Severity.WARNING,
        confidence=Confidence.LIKELY,
        message="the entrypoint swallows the script",
        location=place,
        details="sh: cannot open\nexit code 2",
        related=(location(parent, ".buildkit", "inherited here"),),
        advice=('add the entrypoint:\nentrypoint: [""]',),
        fix=Fix("Add `entrypoint`", (Edit(source.path, place.span, "x"),), Applicability.UNSAFE),
        jobs=("a", "b", "c", "d", "e", "f"),
    )

    assert shown(found) == (
        "warning[rootless-missing-entrypoint]: the entrypoint swallows the script\n"
        "  --> .gitlab-ci.yml:2:10\n"
        "   │\n"
        " 2 │   image: moby/buildkit:rootless\n"
        "   │          ^^^^^^^^^^^^^^^^^^^^^^\n"
        "   inherited here\n"
        "  --> ci/buildkit.yml:10:1\n"
        "   │\n"
        "10 │ .buildkit:\n"
        "   │ ---------\n"
        "   │\n"
        "   = jobs: a, b, c, d and 2 more\n"
        "   = note: sh: cannot open\n"
        "           exit code 2\n"
        "   = help: add the entrypoint:\n"
        '           entrypoint: [""]\n'
        "   = fix, after a look: Add `entrypoint`\n"
        "\n"
    )


def test_a_text_of_two_lines_is_underlined_without_its_indentation() -> None:
    source = Source(".gitlab-ci.yml", PIPELINE)
    place = location(source, "build \\\n        --output type=image,push=true\n")

    assert shown(finding(place)).splitlines()[3:] == [
        "5 │       buildctl-daemonless.sh build \\",
        "  │                              ^^^^^^^",
        "6 │         --output type=image,push=true",
        "  │         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        "",
    ]


def test_the_middle_of_a_long_text_is_left_out() -> None:
    source = Source("ci/build.sh", "".join(f"line {n}\n" for n in range(1, 21)))
    place = Location(source, Span(7, len(source.text)))

    lines = shown(finding(place)).splitlines()[3:]

    assert [line for line in lines if "^" not in line] == [
        " 2 │ line 2",
        " 3 │ line 3",
        " 4 │ line 4",
        "   │ …",
        "20 │ line 20",
        "",
    ]


def test_an_empty_span_is_marked_by_one_character() -> None:
    source = Source("a.yml", "build:\n")

    assert shown(finding(Location(source, Span(6, 6)))).splitlines()[3:] == [
        "1 │ build:",
        "  │       ^",
        "",
    ]


def test_a_line_too_long_is_cut_around_the_flagged_text() -> None:
    source = Source("a.yml", "x" * 500 + "HERE" + "y" * 500)

    lines = shown(finding(location(source, "HERE")), Terminal(width=45)).splitlines()[-3:]

    assert lines == [
        f"1 │ …{'x' * 10}HERE{'y' * 24}…",
        "  │            ^^^^",
        "",
    ]


@pytest.mark.parametrize(
    ("line", "excerpt", "marks"),
    [
        ("\tkey: HERE", "    key: HERE", "         ^^^^"),
        ("日本: HERE", "日本: HERE", "      ^^^^"),
        ("e\u0301: HERE", "e\u0301: HERE", "   ^^^^"),
        ("\x1b[31m: HERE", "\\x1b[31m: HERE", "          ^^^^"),
        ("\u202e: HERE", "\\u202e: HERE", "        ^^^^"),
    ],
)
def test_underlines_stand_below_what_is_shown(line: str, excerpt: str, marks: str) -> None:
    source = Source("a.yml", line)

    lines = shown(finding(location(source, "HERE"))).splitlines()[3:5]

    assert lines == [f"1 │ {excerpt}", f"  │ {marks}"]


def test_a_byte_order_mark_takes_no_column() -> None:
    source = Source("a.yml", "\ufeffbuild: HERE\n")

    assert shown(finding(location(source, "HERE"))).splitlines()[1:5] == [
        " --> a.yml:1:8",
        "  │",
        "1 │ build: HERE",
        "  │        ^^^^",
    ]


def test_messages_and_paths_cannot_steer_the_terminal() -> None:
    source = Source("a\x1b]0;b.yml", "x: y\n")

    lines = shown(finding(location(source, "y"), "job '\x1b[2J\u202e' fails\nquietly")).splitlines()

    assert lines[:2] == [
        "error[rootless-missing-entrypoint]: job '\\x1b[2J\\u202e' fails\\x0aquietly",
        " --> a\\x1b]0;b.yml:1:4",
    ]


def test_a_narrow_encoding_gets_ascii() -> None:
    source = Source("a.yml", "".join(f"{n}\n" for n in range(9)))
    output = shown(finding(Location(source, Span(0, 18))), Terminal(unicode=False))

    assert output.isascii()


def test_a_terminal_gets_color_and_a_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLORTERM", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    source = Source("a.yml", "x: y\n")
    terminal = Terminal(color=True, links=True, width=80)

    output = shown(finding(location(source, "y")), terminal)

    first = output.splitlines()[0]
    assert first.startswith("\x1b]8;id=")
    assert ";https://example.com/checks#rootless-missing-entrypoint\x1b\\" in first
    assert "\x1b[1;31merror[rootless-missing-entrypoint]\x1b[0m" in first


def counted(*severities: Severity, suppressed: int = 0, files: int = 1) -> str:
    source = Source("a.yml", "x: y\n")
    report = Report(suppressed=suppressed, paths=["a.yml"] * files)
    for severity in severities:
        found = finding(location(source, "y"))
        report.findings.append(
            Finding(
                check=found.check,
                family=found.family,
                severity=severity,
                confidence=found.confidence,
                message=found.message,
                location=found.location,
            )
        )
    return text.render_summary(report)


def test_the_summary_counts_by_severity() -> None:
    error, warning, info = Severity.ERROR, Severity.WARNING, Severity.INFO

    assert counted() == "No faults found in 1 file\n"
    assert counted(error, error, warning, files=3) == "2 errors and 1 warning in 3 files\n"
    assert counted(info, warning, error) == "1 error, 1 warning and 1 info in 1 file\n"
    assert counted(warning, suppressed=2) == "1 warning in 1 file (2 ignored)\n"


def test_a_run_that_could_read_nothing_does_not_say_that_nothing_was_found() -> None:
    unreadable = CiDoctorError("ci.yml is empty")

    assert text.render_summary(Report(failures=[unreadable])) == ""
    assert text.render_summary(Report(failures=[unreadable], paths=["a.yml"])) == (
        "No faults found in 1 file\n"
    )


def test_what_was_not_read_is_said_once() -> None:
    source = Source(".gitlab-ci.yml", "include: {project: group/ci, file: a.yml}\n")
    report = Report(
        unresolved=[
            Unresolved(
                "project include 'group/ci'", "needs a network", location(source, "group/ci")
            )
        ],
        paths=[".gitlab-ci.yml"],
    )

    assert text.render_summary(report) == (
        "note: 1 include was not read: what may be defined there counts as unknown\n"
        "  --> .gitlab-ci.yml:1:20: project include 'group/ci' (needs a network)\n"
        "No faults found in 1 file\n"
    )
