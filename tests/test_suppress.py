"""Ignore comments: where they may stand, and what they hide."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ci_doctor.check import Check, Context
from ci_doctor.checks.hygiene.unused_ignore import CHECK as UNUSED
from ci_doctor.dockerfile import Dockerfile
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.finding import Finding, Report, Severity
from ci_doctor.lint import lint
from ci_doctor.pipeline.model import Job
from ci_doctor.registry import Registry

CI = ".gitlab-ci.yml"


def bad_words(job: Job, context: Context) -> Iterator[Finding]:
    """Flags the command word `bad` and the image `bad`."""
    if job.image is not None and job.image.name.value == "bad":
        place = job.image.name_value or job.image.value
        yield context.finding(place.location, "a bad image")
    for command in context.execution.commands:
        for word in command.words:
            if word.text.value == "bad":
                yield context.finding(word.written, "a bad word")


def bad_bases(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for instruction in dockerfile.instructions:
        for word in instruction.arguments:
            start = word.value.find("bad")
            if start >= 0:
                yield context.finding(word.locate(start, start + 3), "a bad word")


def check(check_id: str, find: object, looks_at: type[object]) -> Check:
    return Check(check_id, "", Severity.ERROR, looks_at, find, iter, "", (), "0.1", family="test")  # type: ignore[arg-type]


REGISTRY = Registry.of(
    [check("bad", bad_words, Job), check("bad-base", bad_bases, Dockerfile), UNUSED]
)


def run(files: dict[str, str] | str) -> Report:
    texts = {CI: files} if isinstance(files, str) else files
    report = lint(MemoryFiles(texts), [CI], registry=REGISTRY)
    assert report.failures == []
    return report


def left(files: dict[str, str] | str) -> list[tuple[str, str]]:
    """What is still reported: check and place."""
    return [(f.check, str(f.location)) for f in run(files).findings]


HIDDEN = {
    "at the end of the line": """\
build:
  script:
    - bad # ci-doctor: ignore[bad] because
""",
    "at the end of a line in a block": """\
build:
  script:
    - |
      good
      bad  # ci-doctor: ignore[bad]
""",
    "alone above the item": """\
build:
  script:
    # ci-doctor: ignore[bad]
    - bad
""",
    "alone above the command in a block": """\
build:
  script:
    - |
      good
      # ci-doctor: ignore[bad]
      bad
""",
    "alone above a command with continued lines": """\
build:
  script:
    - |
      # ci-doctor: ignore[bad]
      good \\
        --option \\
        bad
""",
    "above a comment": """\
build:
  script:
    # ci-doctor: ignore[bad]
    # and more words about it
    - bad
""",
    "above the keyword": """\
build:
  # ci-doctor: ignore[bad]
  script:
    - good
    - bad
""",
    "at the keyword": """\
build:
  image: # ci-doctor: ignore[bad]
    name: bad
  script: good
""",
    "at the block's indicator": """\
build:
  script:
    - | # ci-doctor: ignore[bad]
      good
      bad
""",
    "at the job's key": """\
build: # ci-doctor: ignore[bad]
  script: bad
""",
    "above the job's key": """\
# ci-doctor: ignore[bad]
build:
  script: bad
""",
    "at the key of a job that inherits": """\
.template:
  script: bad
build: # ci-doctor: ignore[bad]
  extends: .template
""",
    "several ids": """\
build:
  script: bad # ci-doctor: ignore[bad-base,  bad]
""",
    "without blanks": """\
build:
  script: bad #ci-doctor:ignore[bad]
""",
    "with Windows line ends": "build:\r\n  # ci-doctor: ignore[bad]\r\n  script: bad\r\n",
    "with a byte order mark": "\ufeff# ci-doctor: ignore[bad]\nbuild:\n  script: bad\n",
}


@pytest.mark.parametrize("pipeline", HIDDEN.values(), ids=HIDDEN)
def test_a_comment_hides_the_finding(pipeline: str) -> None:
    report = run(pipeline)

    assert [f.message for f in report.findings if f.check == "bad"] == []
    assert report.suppressed == 1


SHOWN = {
    "another check": "build:\n  script: bad # ci-doctor: ignore[bad-base]\n",
    "the line below": "build:\n  script:\n    - bad\n    # ci-doctor: ignore[bad]\n    - good\n",
    "an empty line between": "build:\n  # ci-doctor: ignore[bad]\n\n  script: bad\n",
    "text in quotes": "build:\n  script: 'bad # ci-doctor: ignore[bad]'\n  tags: [x]\n",
    "the end of an earlier line": "build:\n  tags: [x] # ci-doctor: ignore[bad]\n  script: bad\n",
    "another job": "a: # ci-doctor: ignore[bad]\n  script: good\nbuild:\n  script: bad\n",
}


@pytest.mark.parametrize("pipeline", SHOWN.values(), ids=SHOWN)
def test_a_comment_elsewhere_hides_nothing(pipeline: str) -> None:
    report = run(pipeline)

    assert [f.message for f in report.findings if f.check == "bad"] == ["a bad word"]
    assert report.suppressed == 0


def test_a_comment_at_one_job_leaves_the_others() -> None:
    report = run("""\
.template:
  script: bad
one: # ci-doctor: ignore[bad]
  extends: .template
two:
  extends: .template
""")

    assert [(str(f.location), f.jobs) for f in report.findings] == [
        (".gitlab-ci.yml:2:11", ("two",))
    ]
    assert report.suppressed == 0


def test_comments_work_in_scripts_and_dockerfiles() -> None:
    files = {
        CI: "build:\n  image: docker:28\n  script: [./build.sh, docker build .]\n",
        "build.sh": "#!/bin/sh\n# ci-doctor: ignore[bad]\nbad\nbad\n",
        "Dockerfile": """\
# ci-doctor: ignore[bad-base]
FROM bad
# ci-doctor: ignore[bad-base]
RUN good && \\
    bad
RUN good && \\
    # ci-doctor: ignore[bad-base]
    bad
RUN bad
""",
    }

    assert left(files) == [("bad-base", "Dockerfile:9:5"), ("bad", "build.sh:4:1")]


def test_an_ignore_without_effect_is_reported_at_its_id() -> None:
    assert left("""\
build: # ci-doctor: ignore[bad, bad-base]
  script: good
""") == [
        ("unused-ignore", ".gitlab-ci.yml:1:28"),
        ("unused-ignore", ".gitlab-ci.yml:1:33"),
    ]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ignore[baad]", "no check is called 'baad': did you mean 'bad'?"),
        ("ignore[]", "this comment ignores nothing: it names no check"),
        ("ignore", "this comment ignores nothing: it names no check"),
    ],
)
def test_an_ignore_that_names_no_check_is_reported(comment: str, message: str) -> None:
    report = run(f"build:\n  script: good # ci-doctor: {comment}\n")

    assert [f.message for f in report.findings] == [message]


def test_an_ignore_is_not_called_unused_when_its_check_did_not_run() -> None:
    files = MemoryFiles({CI: "build:\n  script: good # ci-doctor: ignore[bad]\n"})
    selection = REGISTRY.selection(ignore=["bad"])

    report = lint(files, [CI], registry=REGISTRY, selection=selection)

    assert report.findings == []
