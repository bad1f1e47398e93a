"""From files and checks to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import pytest

from ci_doctor.check import Check, Context, fix, replace
from ci_doctor.config import Settings
from ci_doctor.dockerfile import Dockerfile
from ci_doctor.edits import Applicability, Edit
from ci_doctor.examples import unmarked
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.finding import Confidence, Finding, Report, Severity
from ci_doctor.lint import is_dockerfile, lint
from ci_doctor.pipeline.include import FetchedFile, NotFetched
from ci_doctor.pipeline.model import Job, Pipeline
from ci_doctor.registry import Registry
from ci_doctor.source import Location, Source, Span

CI = ".gitlab-ci.yml"


def check(
    check_id: str,
    find: Callable[[Any, Context], Iterable[Finding]],
    *,
    looks_at: type[Any] = Job,
    severity: Severity = Severity.ERROR,
    yields_to: tuple[str, ...] = (),
) -> Check:
    return Check(
        id=check_id,
        title="A fault",
        severity=severity,
        looks_at=looks_at,
        find=find,
        examples=lambda: iter(()),
        rationale="",
        links=(),
        since="0.1",
        yields_to=yields_to,
        family="test",
    )


def image_of(job: Job, context: Context) -> Iterator[Finding]:
    """Every image is a fault."""
    if job.image is not None:
        place = (job.image.name_value or job.image.value).location
        yield context.finding(place, "this image is a fault")


def script_of(job: Job, context: Context) -> Iterator[Finding]:
    """Every line of the script is a fault."""
    for line in job.lines("script"):
        yield context.finding(line.location, "this line is a fault")


def from_of(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    """Every base image is a fault."""
    for stage in dockerfile.stages:
        yield context.finding(stage.from_.location, "this base is a fault")


IMAGE = check("image", image_of)
SCRIPT = check("script", script_of)
BASE = check("base", from_of, looks_at=Dockerfile)


def run(files: dict[str, str] | str, *checks: Check, **options: Any) -> Report:
    texts = {CI: files} if isinstance(files, str) else files
    paths = options.pop("paths", [CI])
    return lint(MemoryFiles(texts), paths, registry=Registry.of(checks), **options)


class Seen(NamedTuple):
    place: str
    text: str
    jobs: tuple[str, ...]


def seen(report: Report) -> list[Seen]:
    assert report.failures == []
    return [Seen(str(f.location), f.location.text, f.jobs) for f in report.findings]


def test_a_fault_in_a_template_is_one_finding_of_all_its_jobs() -> None:
    report = run(
        """\
.build: {image: alpine}
one: {extends: .build, script: make}
two: {extends: .build, script: make}
three: {image: debian, script: make}
""",
        IMAGE,
    )

    assert seen(report) == [
        Seen(".gitlab-ci.yml:1:17", "alpine", ("one", "two")),
        Seen(".gitlab-ci.yml:4:16", "debian", ("three",)),
    ]


def test_the_worst_of_merged_findings_stands() -> None:
    def by_job(job: Job, context: Context) -> Iterator[Finding]:
        severity = Severity.WARNING if job.name == "one" else Severity.ERROR
        assert job.image is not None
        yield context.finding(job.image.value.location, "fault", severity=severity)

    report = run(
        """\
default: {image: alpine}
one: {script: make}
two: {script: make}
""",
        check("by-job", by_job),
    )

    assert [(f.severity, f.jobs) for f in report.findings] == [(Severity.ERROR, ("one", "two"))]


def test_a_check_yields_to_another_only_at_the_same_text() -> None:
    weaker = check("weaker", image_of, yields_to=("stronger",))
    stronger = check("stronger", lambda job, c: image_of(job, c) if job.name == "one" else ())
    pipeline = "one: {image: alpine, script: make}\ntwo: {image: alpine, script: make}\n"

    report = run(pipeline, weaker, stronger)

    assert [(f.check, f.jobs) for f in report.findings] == [
        ("stronger", ("one",)),
        ("weaker", ("two",)),
    ]


def test_a_check_does_not_yield_to_one_that_is_not_selected() -> None:
    weaker = check("weaker", image_of, yields_to=("stronger",))
    registry = Registry.of([weaker, check("stronger", image_of)])
    files = MemoryFiles({CI: "one: {image: alpine, script: make}\n"})

    report = lint(files, [CI], registry=registry, selection=registry.selection(["weaker"]))

    assert [f.check for f in report.findings] == ["weaker"]


def test_a_crashing_check_is_reported_and_hides_nothing() -> None:
    def crash(job: Job, context: Context) -> Iterator[Finding]:
        yield from image_of(job, context)
        raise KeyError("x\ny")

    pipeline = "one: {image: a, script: make}\ntwo: {image: b, script: make}\n"

    report = run(pipeline, check("crash", crash), SCRIPT)

    assert [str(failure) for failure in report.failures] == [
        "check-failed: 'crash' on job 'one' and 1 more: KeyError: 'x\\ny'"
    ]
    assert [(f.check, f.location.text) for f in report.findings] == [
        ("crash", "a"),
        ("script", "make"),
        ("crash", "b"),
        ("script", "make"),
    ]


def test_settings_change_severity_as_far_as_confidence_allows() -> None:
    def unsure(job: Job, context: Context) -> Iterator[Finding]:
        yield context.finding(job.location, "perhaps", confidence=Confidence.LIKELY)

    settings = Settings(severities={"image": Severity.INFO, "unsure": Severity.ERROR})
    pipeline = "one: {image: a, script: make}\n"

    report = run(pipeline, IMAGE, check("unsure", unsure), settings=settings)

    assert [(f.check, f.severity) for f in report.findings] == [
        ("unsure", Severity.WARNING),
        ("image", Severity.INFO),
    ]


def test_a_check_that_is_off_does_not_run() -> None:
    report = run(
        "one: {image: a, script: make}\n", IMAGE, settings=Settings(off=frozenset(["image"]))
    )

    assert report.findings == []


def test_min_severity_hides_what_is_less_severe() -> None:
    warning = check("warning", script_of, severity=Severity.WARNING)
    pipeline = "one: {image: a, script: make}\n"

    report = run(pipeline, IMAGE, warning, min_severity=Severity.ERROR)

    assert [f.check for f in report.findings] == ["image"]


def fingerprints(pipeline: str) -> list[str]:
    return [finding.fingerprint for finding in run(pipeline, SCRIPT).findings]


def test_a_fingerprint_stays_when_lines_and_blanks_change() -> None:
    before = "one:\n  script:\n    - make   all\n    - test\n"
    after = "# new\n\none:\n  image: a\n  script:\n    - echo\n    - make all\n    - test\n"

    assert fingerprints(before) == [fingerprints(after)[1], fingerprints(after)[2]]


def test_a_fingerprint_tells_equal_texts_apart() -> None:
    twice = "one: {script: [make, make]}\n"
    in_another_job = "one: {script: [make]}\ntwo: {script: [make]}\n"

    assert len({*fingerprints(twice), *fingerprints(in_another_job)}) == 3


def test_a_fingerprint_does_not_depend_on_what_is_ignored() -> None:
    ignored = "one:\n  script:\n    # ci-doctor: ignore[script]\n    - make\n    - make\n"
    reported = "one:\n  script:\n    - make\n    - make\n"

    assert fingerprints(ignored) == fingerprints(reported)[1:]


INCLUDED = {
    CI: "include: ci/build.yml\none: {extends: .build, image: alpine, script: make}\n",
    "ci/build.yml": ".build: {}\ntwo: {image: debian, script: make}\n",
}


def test_what_a_pipeline_includes_is_linted_with_it() -> None:
    assert seen(run(INCLUDED, IMAGE)) == [
        Seen(".gitlab-ci.yml:2:31", "alpine", ("one",)),
        Seen("ci/build.yml:2:14", "debian", ("two",)),
    ]


def test_an_included_file_is_linted_through_the_pipeline() -> None:
    assert seen(run(INCLUDED, IMAGE, paths=["ci/build.yml"])) == [
        Seen("ci/build.yml:2:14", "debian", ("two",))
    ]


def test_a_file_that_is_not_included_is_a_pipeline_of_its_own() -> None:
    files = {
        CI: "one: {image: alpine, script: make}\n",
        "other.yml": "two: {image: a, script: b}\n",
    }

    assert seen(run(files, IMAGE, paths=["other.yml"])) == [Seen("other.yml:1:14", "a", ("two",))]


PARENT = {
    CI: "start: {trigger: {include: ci/child.yml}}\n",
    "ci/child.yml": "include: ci/part.yml\none: {image: alpine, script: make}\n",
    "ci/part.yml": "two: {image: debian, script: make}\n",
}


def test_a_child_pipeline_is_linted_with_its_parent() -> None:
    assert seen(run(PARENT, IMAGE)) == [
        Seen("ci/child.yml:2:14", "alpine", ("one",)),
        Seen("ci/part.yml:1:14", "debian", ("two",)),
    ]
    assert seen(run(PARENT, IMAGE, paths=["ci/part.yml"])) == [
        Seen("ci/part.yml:1:14", "debian", ("two",))
    ]


def test_files_that_make_up_one_child_pipeline_are_not_linted_apart() -> None:
    files = PARENT | {CI: "start: {trigger: {include: [ci/child.yml, ci/part.yml]}}\n"}

    assert seen(run(files, IMAGE)) == []


def test_a_pipeline_that_starts_itself_is_linted_once() -> None:
    files = {CI: "start: {trigger: {include: .gitlab-ci.yml}}\none: {image: a, script: make}\n"}

    assert seen(run(files, IMAGE)) == [Seen(".gitlab-ci.yml:2:14", "a", ("one",))]


def test_a_broken_root_pipeline_does_not_hide_another_file() -> None:
    files = {CI: "one: [\n", "other.yml": "two: {image: a, script: b}\n"}

    assert seen(run(files, IMAGE, paths=["other.yml"])) == [Seen("other.yml:1:14", "a", ("two",))]


BUILD = """\
{name}:
  image: docker:28
  script:
    - docker build -f {dockerfile} .
"""


def test_a_dockerfile_is_followed_and_has_the_jobs_that_build_it() -> None:
    files = {
        CI: BUILD.format(name="one", dockerfile="app/Dockerfile")
        + BUILD.format(name="two", dockerfile="app/Dockerfile"),
        "app/Dockerfile": "FROM alpine\n",
        "other/Dockerfile": "FROM debian\n",
    }

    assert seen(run(files, BASE)) == [Seen("app/Dockerfile:1:1", "FROM alpine", ("one", "two"))]


def test_a_named_dockerfile_knows_the_jobs_of_the_root_pipeline() -> None:
    files = {
        CI: BUILD.format(name="one", dockerfile="app/Dockerfile"),
        "app/Dockerfile": "FROM alpine\n",
        "other/Dockerfile": "FROM debian\n",
    }
    named = ["app/Dockerfile", "other/Dockerfile"]

    assert seen(run(files, BASE, IMAGE, paths=named)) == [
        Seen("app/Dockerfile:1:1", "FROM alpine", ("one",)),
        Seen("other/Dockerfile:1:1", "FROM debian", ()),
    ]


def related(report: Report) -> list[tuple[str, str, str]]:
    return [(str(p), p.text, p.note) for f in report.findings for p in f.related]


def test_an_inherited_fault_shows_how_the_job_comes_to_it() -> None:
    files = {
        CI: """\
include: ci/build.yml
.mine: {extends: .build}
one: {extends: .mine, script: make}
two: {script: make, image: !reference [.other, image]}
three: {script: make, image: alpine}
""",
        "ci/build.yml": ".build: {image: debian}\n.other: {image: busybox}\n",
    }

    assert related(run(files, IMAGE)) == [
        (".gitlab-ci.yml:3:16", ".mine", "inherited here"),
        (".gitlab-ci.yml:4:28", "!reference [.other, image]", "inherited here"),
    ]


def test_a_fault_in_a_dockerfile_shows_the_build() -> None:
    files = {CI: BUILD.format(name="one", dockerfile="Dockerfile"), "Dockerfile": "FROM alpine\n"}

    assert related(run(files, BASE)) == [(".gitlab-ci.yml:4:7", "docker", "built here")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Dockerfile", True),
        ("a/Containerfile", True),
        ("app.Dockerfile", True),
        ("app.dockerfile", True),
        ("Dockerfile.prod", True),
        ("Dockerfile.dockerignore", False),
        ("Dockerfiles/a.yml", False),
        (".gitlab-ci.yml", False),
    ],
)
def test_dockerfiles_are_known_by_name(path: str, expected: bool) -> None:
    assert is_dockerfile(path) is expected


def test_excluded_files_have_no_findings_unless_named() -> None:
    settings = Settings(exclude=("ci/",))

    assert [f.location.path for f in run(INCLUDED, IMAGE, settings=settings).findings] == [CI]
    named = run(INCLUDED, IMAGE, settings=settings, paths=["ci/build.yml"])
    assert [f.location.path for f in named.findings] == ["ci/build.yml"]


def test_what_cannot_be_read_is_a_failure_and_the_rest_is_checked() -> None:
    files = {CI: "one: {image: a, script: make}\n", "empty.yml": "\n", "Dockerfile": " \n"}

    report = run(files, IMAGE, paths=["missing.yml", "empty.yml", "Dockerfile", CI])

    assert [failure.message.split(":")[0] for failure in report.failures][1:] == [
        "empty.yml is empty",
        "Dockerfile is empty",
    ]
    assert "missing.yml" in report.failures[0].message
    assert [f.location.text for f in report.findings] == ["a"]


def test_an_include_that_was_not_read_is_said_once() -> None:
    report = run(
        """\
include:
  - {project: group/ci, file: a.yml}
one: {image: a, script: make}
two: {image: b, script: make}
""",
        IMAGE,
    )

    assert [str(unresolved.location) for unresolved in report.unresolved] == [".gitlab-ci.yml:2:31"]


class Elsewhere:
    """Another project with one file."""

    def project(self, project: str, ref: str | None, file: str) -> FetchedFile:
        text = ".build:\n  # ci-doctor: ignore[fixing]\n  image: debian\n"
        return FetchedFile(Source(f"{project}@main:/{file}", text, external=True))

    def template(self, name: str) -> NotFetched:
        return NotFetched("not here")

    def component(self, address: str) -> NotFetched:
        return NotFetched("not here")

    def remote(self, url: str, integrity: str | None) -> NotFetched:
        return NotFetched("not here")


REMOTE = """\
include:
  - {project: group/ci, file: a.yml}%s
one: {extends: .build, script: make}
"""


def test_a_fault_outside_the_repository_stands_at_the_include() -> None:
    report = run(REMOTE % "", FIXING, fetcher=Elsewhere())

    assert seen(report) == [Seen(".gitlab-ci.yml:2:31", "a.yml", ("one",))]
    assert related(report) == [
        ("group/ci@main:/a.yml:3:10", "debian", "written here"),
        (".gitlab-ci.yml:3:16", ".build", "inherited here"),
    ]
    assert [f.fix and f.fix.applicability for f in report.findings] == [Applicability.DISPLAY]
    assert report.paths == [CI]


def test_a_fault_outside_the_repository_can_be_ignored_at_the_include() -> None:
    report = run(REMOTE % " # ci-doctor: ignore[fixing]", FIXING, fetcher=Elsewhere())

    assert (report.findings, report.suppressed) == ([], 1)


def fixing(job: Job, context: Context) -> Iterator[Finding]:
    """Replaces the image of jobs that do not have the tag `good`."""
    if job.image is not None and job.get("tags") is None:
        location = job.image.value.location
        assert location is not None
        yield context.finding(location, "fault", fix=fix("Replace", replace(location, "b")))


FIXING = check("fixing", fixing)


def applicability(files: dict[str, str] | str, *checks: Check) -> list[Applicability]:
    return [f.fix.applicability for f in run(files, *checks).findings if f.fix is not None]


def test_a_fix_is_safe_where_only_faulty_jobs_use_the_text() -> None:
    pipeline = """\
.build: {image: a}
one: {extends: .build, script: make}
two: {extends: .build, image: c, tags: [good], script: make}
"""

    assert applicability(pipeline, FIXING) == [Applicability.SAFE]


def test_a_fix_is_unsafe_where_a_job_without_the_fault_uses_the_text() -> None:
    pipeline = """\
.build: {image: a}
one: {extends: .build, script: make}
two: {extends: .build, tags: [good], script: make}
"""

    assert applicability(pipeline, FIXING) == [Applicability.UNSAFE]


TEMPLATE = """\
.build:
  image: a # why
one: {extends: .build, script: make}
two: {extends: .build, image: c, tags: [good], script: make}
"""
TWO_JOBS = """\
one:
  script:
    - make
  image: a
two:
  script: make
"""


@pytest.mark.parametrize(
    ("pipeline", "edits", "expected"),
    [
        # Another value of a shared template: only the jobs that take it are touched.
        (TEMPLATE, [("image: ⟦a⟧ #", "b")], Applicability.SAFE),
        (TEMPLATE, [("image: ⟦⟧a #", "{name: "), ("a⟦⟧ # why", "}")], Applicability.SAFE),
        # A further keyword in it reaches all of them.
        (TEMPLATE, [("# why⟦⟧", "\n  tags: [x]")], Applicability.UNSAFE),
        (TEMPLATE, [("⟦⟧image: a", "tags: [x]\n  ")], Applicability.UNSAFE),
        (TEMPLATE, [("⟦⟧one:", "other: {}\n")], Applicability.UNSAFE),
        # In a job of its own they reach nobody else.
        (TWO_JOBS, [("image: a⟦⟧", "\n  tags: [x]")], Applicability.SAFE),
        (TWO_JOBS, [("- make⟦⟧", "\n    - test")], Applicability.SAFE),
        (TWO_JOBS, [("⟦⟧script:\n", "tags: [x]\n  ")], Applicability.SAFE),
        (TWO_JOBS, [("image: a⟦⟧", "\nother: {}")], Applicability.UNSAFE),
    ],
)
def test_a_fix_is_safe_unless_it_reaches_a_job_without_the_fault(
    pipeline: str, edits: list[tuple[str, str]], expected: Applicability
) -> None:
    def editing(job: Job, context: Context) -> Iterator[Finding]:
        if job.name == "one":
            made = []
            for marked, new in edits:
                text, [span] = unmarked(marked)
                made.append(Edit(CI, span.shift(pipeline.index(text)), new))
            yield context.finding(job.location, "fault", fix=fix("Edit", *made))

    assert applicability(pipeline, check("editing", editing)) == [expected]


def test_a_fix_in_a_followed_script_is_unsafe() -> None:
    def in_scripts(job: Job, context: Context) -> Iterator[Finding]:
        for command in context.execution.named("make"):
            word = command.program.written
            assert word is not None
            yield context.finding(word, "fault", fix=fix("Replace", replace(word, "ninja")))

    files = {CI: "one: {script: [make, ./ci/build.sh]}\n", "ci/build.sh": "#!/bin/sh\nmake\n"}

    report = run(files, check("in-scripts", in_scripts))

    assert [(f.location.path, f.fix and f.fix.applicability) for f in report.findings] == [
        (CI, Applicability.SAFE),
        ("ci/build.sh", Applicability.UNSAFE),
    ]
    assert report.paths == [CI, "ci/build.sh"]


def test_a_fault_without_a_check_of_its_own_is_reported_all_the_same() -> None:
    report = run("one: [\n")

    assert [(f.check, f.family, f.severity) for f in report.findings] == [
        ("yaml-syntax", "pipeline", Severity.ERROR)
    ]


def test_pipeline_checks_run_once_for_each_pipeline() -> None:
    def whole(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
        yield context.finding(Location(pipeline.entry, Span(0, 3)), "fault")

    files = {CI: "one: {script: a}\n", "b.yml": "two: {script: b}\n"}

    report = run(files, check("whole", whole, looks_at=Pipeline), paths=[CI, "b.yml"])

    assert seen(report) == [Seen(".gitlab-ci.yml:1:1", "one", ()), Seen("b.yml:1:1", "two", ())]
