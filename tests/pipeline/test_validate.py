from __future__ import annotations

import time

import pytest

from ci_doctor.edits import Applicability, apply_fixes
from ci_doctor.finding import Severity
from ci_doctor.pipeline.keywords import ROOT

from .faults import ENTRY, faults_in, messages, placed


def fixed(text: str) -> str:
    fixes = [fault.fix for fault in faults_in(text) if fault.fix is not None]
    return apply_fixes(ENTRY, text, fixes)[0]


def test_a_template_is_judged_by_the_jobs_that_use_it() -> None:
    text = """
    .a:
      script: 10
    .b:
      image: [alpine]
      tags: docker
    test:
      extends: .b
      tags: [docker]
      script: make
    lint:
      extends: .b
      script: make lint
    """

    assert placed(text) == [
        ("image-invalid", "4:10", "[alpine]"),
        ("keyword-wrong-type", "5:9", "docker"),
    ]
    assert [fault.jobs for fault in faults_in(text)] == [("test", "lint"), ("lint",)]


def test_a_fault_behind_an_anchor_is_reported_where_it_is_written() -> None:
    text = """
    .shared: &shared
      retry: 7
    test:
      <<: *shared
      script: make
    """

    assert placed(text) == [("retry-invalid", "2:10", "7")]


def test_a_fault_of_an_included_file_is_reported_there() -> None:
    files = {
        ENTRY: "include: ci/a.yml\n",
        "ci/a.yml": "test:\n  script: make\n  retry: 7\n",
    }

    assert placed(files) == [("retry-invalid", "ci/a.yml:3:10", "7")]


def test_a_fault_in_default_has_no_job() -> None:
    text = """
    default:
      tags: docker
    test:
      script: make
    """

    (fault,) = faults_in(text)

    assert fault.message == "`default:tags` is 'docker', expected a list of strings"
    assert fault.jobs == ()


def test_what_is_under_a_broken_node_is_checked_too() -> None:
    text = """
    test:
      script: make
      unknown: 1
      artifacts:
        nothing: 2
        paths: out
        reports: {junit: {a: b}}
    """

    assert [check for check, _, _ in placed(text)] == [
        "keyword-unknown",
        "keyword-unknown",
        "artifacts-invalid",
        "artifacts-invalid",
    ]


@pytest.mark.parametrize(
    "include", ["{remote: 'https://example.com/a.yml'}", "{project: a/b, file: c.yml}"]
)
def test_absence_is_unknown_with_an_unread_include(include: str) -> None:
    text = f"""
    include: {include}
    deploy:
      stage: rollout
      needs: [package]
      extends: .deploy
      environment:
        on_stop: stop
      release:
        tag_name: v1
      image:
        entrypoint: [sh]
    notify:
      variables: {{A: b}}
    stop:
      script: make stop
      when: delayed
    """

    assert placed(text) == []


def test_what_is_written_is_judged_with_an_unread_include() -> None:
    text = """
    include: https://example.com/a.yml
    deploy:
      extends: .deploy
      retry: 5
      colour: red
      services: [{alias: db}]
    """

    assert placed(text) == [
        ("keyword-unknown", "5:3", "colour"),
        ("retry-invalid", "4:10", "5"),
        ("services-invalid", "6:14", "{alias: db}"),
    ]


def test_one_misspelt_script_is_one_fault() -> None:
    assert placed("test:\n  sript: make\n") == [("keyword-unknown", "2:3", "sript")]


@pytest.mark.parametrize(
    ("written", "repaired"),
    [
        ("- echo a: b", "- 'echo a: b'"),
        ('- echo "a": b', "- 'echo \"a\": b'"),
        ("- echo it's: b", "- |\n      echo it's: b"),
        ("- 3.10", "- '3.10'"),
        ("- yes", "- 'yes'"),
        ("- [make, no]", "- [make, 'no']"),
    ],
)
def test_a_command_that_is_no_text_is_made_one(written: str, repaired: str) -> None:
    text = f"test:\n  script:\n    {written}\n"

    result = fixed(text)

    assert result == f"test:\n  script:\n    {repaired}\n"
    assert faults_in(result) == []


@pytest.mark.parametrize(
    "written",
    ["- echo: {a: b}\n      c: d", "-", "- &x echo a: b", "- echo a:\n        b: c"],
)
def test_what_no_quotes_can_repair_is_left_to_a_person(written: str) -> None:
    text = f"test:\n  script:\n    {written}\n"

    assert [fault.check for fault in faults_in(text)] == ["script-not-string"]
    assert fixed(text) == text


def test_the_colon_that_makes_a_command_a_mapping_is_shown() -> None:
    (fault,) = faults_in("test:\n  script:\n    - echo a: b\n")

    assert fault.message == (
        "job 'test': an item of `script` is a mapping, not a command: `: ` after 'echo a' makes it "
        "one"
    )
    assert [(str(place), place.text) for place in fault.related] == [(".gitlab-ci.yml:3:13", ": ")]


def test_a_rename_is_safe_only_one_letter_away() -> None:
    near, far = faults_in("test:\n  script: make\n  imag: a\n  resourcegroups: b\n")

    assert near.fix is not None
    assert near.fix.applicability is Applicability.SAFE
    assert far.fix is not None
    assert far.fix.applicability is Applicability.UNSAFE


@pytest.mark.parametrize(
    ("written", "repaired"),
    [
        ("tset", "test"),
        ("'tset'", "'test'"),
        ('"tset"', '"test"'),
        ("unit tets", "unit tests"),
        ("it's donne", "it's donne"),
        ("yess", "yess"),
    ],
)
def test_a_rename_keeps_quotes_and_leaves_words_alone_that_would_need_them(
    written: str, repaired: str
) -> None:
    text = f"""\
stages: [test, unit tests, "it's done", "yes"]
lint:
  stage: {written}
  script: make
"""

    assert fixed(text) == text.replace(f"stage: {written}", f"stage: {repaired}")


def test_a_keyword_is_not_renamed_to_one_that_is_there() -> None:
    text = "test:\n  script: make\n  scripts: make test\n"

    assert [fault.fix for fault in faults_in(text)] == [None]


def test_the_key_written_last_wins_and_the_one_before_is_shown() -> None:
    (fault,) = faults_in("test:\n  script: make\n  script: make test\n")

    assert (fault.check, fault.severity) == ("duplicate-key", Severity.WARNING)
    assert [str(place) for place in fault.related] == [".gitlab-ci.yml:2:3"]


def test_the_same_text_twice_is_a_remark() -> None:
    assert placed("test:\n  script: make\n  script: make\n") == []


def test_the_head_of_a_file_is_checked() -> None:
    text = """
    spec:
      inputs:
        a: {typ: string}
        b: {type: text}
    ---
    test: {script: make}
    """

    assert placed(text) == [
        ("keyword-unknown", "3:9", "typ"),
        ("keyword-value-invalid", "4:15", "text"),
    ]


@pytest.mark.parametrize("keyword", sorted(set(ROOT) - {"include"}))
def test_null_is_accepted_at_the_top(keyword: str) -> None:
    assert messages(f"{keyword}: null\ntest:\n  script: make\n") == []


def test_both_ways_to_set_a_default_exclude_each_other() -> None:
    text = """
    image: alpine
    default:
      image: debian
    test:
      script: make
    """

    (conflict,) = [fault for fault in faults_in(text) if fault.severity is Severity.ERROR]

    assert conflict.details == "image is defined in top-level and `default:` entry"


def test_a_removed_keyword_says_what_took_its_place() -> None:
    text = """
    types: [test]
    test:
      type: test
      script: make
      artifacts:
        reports: {cobertura: a.xml}
    """

    assert [(fault.message, fault.hint) for fault in faults_in(text)] == [
        ("`types` was removed in GitLab 15.0", "write `stages` instead"),
        ("job 'test': `type` was removed in GitLab 15.0", "write `stage` instead"),
        (
            "job 'test': `cobertura` under `artifacts:reports` was removed in GitLab 15.0",
            "write `coverage_report` instead",
        ),
    ]


def test_a_pipeline_of_many_jobs_takes_a_moment() -> None:
    job = "job{0}: {{stage: test, script: [make {0}], needs: [base], tags: [x], retry: 1}}\n"
    text = "base: {stage: build, script: make}\n" + "".join(job.format(n) for n in range(1000))
    start = time.perf_counter()

    assert faults_in(text) == []
    assert time.perf_counter() - start < 20


def test_many_unknown_names_take_a_moment() -> None:
    names = "".join(
        f"job{n}: {{script: make, needs: [jbo{n}], keyword{n}: 1}}\n" for n in range(2000)
    )
    start = time.perf_counter()

    found = faults_in(names)

    assert len(found) == 4000
    assert time.perf_counter() - start < 20


def test_aliases_of_aliases_take_a_moment() -> None:
    lines = ["a0: &a0 [make, make, make, make, make, make, make, make, make]"]
    lines += [f".a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    text = "\n".join([f".{lines[0]}", *lines[1:], "test:", "  script: *a9", "  tags: *a9", ""])
    start = time.perf_counter()

    faults_in(text)

    assert time.perf_counter() - start < 30
