from __future__ import annotations

import pytest

from ci_doctor.files.memory import MemoryFiles
from ci_doctor.finding import Confidence, Severity
from ci_doctor.pipeline.conditions import MERGE_REQUEST as MERGE
from ci_doctor.pipeline.conditions import PUSH, TAG, runs_of
from ci_doctor.pipeline.load import load_pipeline

from .faults import faults_in, placed

MERGE_REQUEST = '$CI_PIPELINE_SOURCE == "merge_request_event"'


def rules(*conditions: str) -> str:
    return "test:\n  script: make\n  rules:\n" + "".join(f"    - if: {c}\n" for c in conditions)


@pytest.mark.parametrize(
    "condition",
    [
        '$CI_PIPELINE_SOURCE == "merge_request"',
        "$CI_COMMIT_BRANCH && $CI_COMMIT_TAG",
        "$CI_COMMIT_TAG && $CI_MERGE_REQUEST_IID",
        f"{MERGE_REQUEST} && $CI_COMMIT_BRANCH",
        '$CI_COMMIT_REF_PROTECTED == "yes"',
    ],
)
def test_a_condition_no_pipeline_fulfils_is_found(condition: str) -> None:
    found = faults_in(rules(f"'{condition}'", "$CI_COMMIT_TAG"))

    assert [(fault.check, fault.severity, fault.confidence) for fault in found] == [
        ("rules-never-match", Severity.WARNING, Confidence.LIKELY)
    ]


@pytest.mark.parametrize(
    "condition",
    [
        "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
        '$DEPLOY == "true"',
        '$CI_PIPELINE_SOURCE == "schedule" && $CI_COMMIT_BRANCH',
        '$CI_PIPELINE_SOURCE == "parent_pipeline" && $CI_MERGE_REQUEST_IID',
        "$CI_COMMIT_TAG =~ /^v[0-9]+/",
        "$CI_REGISTRY_USER",
        "$CI_MERGE_REQUEST_LABELS =~ /full/",
    ],
)
def test_a_condition_some_pipeline_may_fulfil_is_left_alone(condition: str) -> None:
    assert faults_in(rules(f"'{condition}'")) == []


def test_a_condition_without_variables_is_a_remark() -> None:
    found = faults_in(rules('\'"off" == "on"\'', "$CI_COMMIT_TAG"))

    assert [(fault.check, fault.severity) for fault in found] == [
        ("rules-never-match", Severity.INFO)
    ]


def test_what_an_input_switches_off_is_left_alone() -> None:
    files = {
        ".gitlab-ci.yml": """
        include:
          - local: ci/test.yml
            inputs: {nightly: false}
        """,
        "ci/test.yml": """
        spec:
          inputs:
            nightly: {type: boolean}
        ---
        test:
          script: make
          rules:
            - if: '"$[[ inputs.nightly ]]" == "true"'
        """,
    }

    assert faults_in(files) == []


def test_only_and_rules_are_compared_for_needs() -> None:
    text = """
    build:
      stage: build
      script: make
      only: [tags]
    test:
      script: make test
      needs: [build]
    """

    # Without `only`, `test` runs for branches, where `build` may be left out.
    assert faults_in(text)[0].check == "deprecated-keyword"
    assert placed(text) == []


def test_a_needed_job_that_never_runs_is_an_error() -> None:
    text = """
    build:
      stage: build
      script: make
      rules:
        - when: never
    test:
      script: make test
      needs: [build]
    """

    assert placed(text, Severity.ERROR) == [("needs-undefined", "8:11", "build")]


def test_a_needed_job_that_an_unread_file_may_change_is_left_alone() -> None:
    text = """
    include: https://example.com/ci.yml
    build:
      stage: build
      script: make
      rules:
        - if: $CI_COMMIT_TAG
    test:
      script: make test
      needs: [build]
    """

    assert placed(text) == []


def test_a_job_without_rules_is_not_in_merge_request_pipelines() -> None:
    text = f"""
    build:
      stage: build
      script: make
    test:
      script: make test
      needs: [build]
      rules:
        - if: {MERGE_REQUEST}
    """

    (fault,) = faults_in(text)

    assert fault.check == "needs-undefined"
    assert (
        fault.message == "job 'test': `needs` names 'build', which is not there for a merge request"
    )
    assert fault.severity is Severity.WARNING


def test_workflow_rules_put_jobs_without_rules_into_their_pipelines() -> None:
    text = f"""
    workflow:
      rules:
        - if: {MERGE_REQUEST}
    build:
      stage: build
      script: make
    test:
      script: make test
      needs: [build]
      rules:
        - if: {MERGE_REQUEST}
    """

    assert placed(text) == []


def test_a_rule_with_changes_does_not_always_match() -> None:
    text = """
    test:
      script: make
      rules:
        - changes: [src]
        - exists: [Makefile]
        - if: $CI_COMMIT_TAG
    """

    assert faults_in(text) == []


def test_gitlabs_warning_is_quoted_where_a_job_would_run_twice() -> None:
    text = """
    test:
      script: make
      rules:
        - when: always
    """

    (fault,) = faults_in(text)

    assert fault.check == "double-pipelines"
    assert fault.details.startswith(
        "jobs:test may allow multiple pipelines to run for a single action due to `rules:when` "
        "clause with no `workflow:rules` - read more: https://docs.gitlab.com/"
    )


@pytest.mark.parametrize(
    "only",
    ["[branches, merge_requests]", "[pushes, merge_requests]"],
)
def test_only_may_start_two_pipelines_as_well(only: str) -> None:
    found = placed(f"test:\n  script: make\n  only: {only}\n")

    assert found == [("double-pipelines", "3:3", "only")]


def test_only_for_merge_requests_and_one_branch_starts_one_pipeline() -> None:
    assert placed("test:\n  script: make\n  only: [merge_requests, main]\n") == []


@pytest.mark.parametrize(
    ("keywords", "push", "tag", "merge_request"),
    [
        ("", True, True, False),
        ("only: [tags]", None, True, None),
        ("rules: [{if: $CI_COMMIT_TAG}]", False, True, False),
        ("rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]", None, None, None),
        (f"rules: [{{if: '{MERGE_REQUEST}'}}, {{if: $CI_COMMIT_BRANCH}}]", True, False, True),
        ("rules: [{if: $DEPLOY}]", None, None, None),
    ],
)
def test_a_job_is_in_some_kinds_of_pipelines(
    keywords: str, push: bool | None, tag: bool | None, merge_request: bool | None
) -> None:
    files = MemoryFiles({".gitlab-ci.yml": f"test:\n  script: make\n  {keywords}\n"})
    runs = runs_of(load_pipeline(files, ".gitlab-ci.yml").jobs["test"])

    assert (runs[PUSH.name], runs[TAG.name], runs[MERGE.name]) == (push, tag, merge_request)
