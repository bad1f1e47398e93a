"""One file with more than twenty faults: all in one run, each at its line and column."""

from __future__ import annotations

from ci_doctor.files.memory import MemoryFiles
from ci_doctor.finding import Severity
from ci_doctor.pipeline.load import load_pipeline
from ci_doctor.pipeline.validate import faults_of

PIPELINE = """\
stages: [build, test, deploy]

varaibles:
  REGISTRY: registry.example.com

default:
  image:
    entrypoint: [""]
  retry: 5

.package:
  artifacts:
    paths: out/
    expire_in: 7
  scripts: only a template, nobody minds

compile:
  stage: build
  extends: .package
  script:
    - echo target: release
    - make
  timeout: an hour or so

compile debug:
  stage: build
  extends: .package
  script: make debug
  parallel: 500

unit tests:
  stage: tests
  needs: [complie]
  script: make test
  rules:
    - if: '$CI_COMMIT_BRANCH == main'
      when: sometimes
  only: [main]

lint:
  needs: [report]
  dependencies: [compile]
  script: make lint
  cache:
    key: {prefix: lint}

report:
  needs: [lint]
  script: make report
  services: docker:dind

stop review:
  stage: deploy
  script: make stop
  environment:
    name: review
    action: halt

2026:
  stage: deploy
  script: make release
  variables:
    FLAGS: [a, b]

publish:
  stage: deploy
  environment: production
"""

# check, line, column, text; in the order of the file.
PLANTED = [
    ("keyword-unknown", 3, 1, "varaibles"),
    ("image-invalid", 7, 3, "image"),
    ("retry-invalid", 9, 10, "5"),
    ("artifacts-invalid", 13, 12, "out/"),
    ("artifacts-invalid", 14, 16, "7"),
    ("keyword-unknown", 15, 3, "scripts"),
    ("script-not-string", 21, 7, "echo target: release"),
    ("timeout-invalid", 23, 12, "an hour or so"),
    ("parallel-out-of-range", 29, 13, "500"),
    ("stage-undefined", 32, 10, "tests"),
    ("needs-undefined", 33, 11, "complie"),
    ("rules-expression-invalid", 36, 33, "main"),
    ("keyword-value-invalid", 37, 13, "sometimes"),
    ("keyword-conflict", 38, 3, "only"),
    ("needs-cycle", 41, 11, "report"),
    ("dependencies-undefined", 42, 18, "compile"),
    ("cache-invalid", 45, 5, "key"),
    ("services-invalid", 50, 13, "docker:dind"),
    ("environment-invalid", 57, 13, "halt"),
    ("job-name-invalid", 59, 1, "2026"),
    ("variable-not-scalar", 63, 12, "[a, b]"),
    ("job-without-script", 65, 1, "publish"),
]


def test_all_faults_of_a_file_are_found_in_one_run_at_their_places() -> None:
    pipeline = load_pipeline(MemoryFiles({".gitlab-ci.yml": PIPELINE}), ".gitlab-ci.yml")

    faults = [fault for found in faults_of(pipeline).values() for fault in found]

    assert sorted(
        (fault.location.start.line, fault.location.start.column, fault.check, fault.location.text)
        for fault in faults
        if fault.severity is Severity.ERROR
    ) == [(line, column, check, written) for check, line, column, written in PLANTED]


def test_a_fault_of_a_template_is_reported_once_with_its_jobs() -> None:
    pipeline = load_pipeline(MemoryFiles({".gitlab-ci.yml": PIPELINE}), ".gitlab-ci.yml")

    (paths, _) = faults_of(pipeline)["artifacts-invalid"]

    assert paths.jobs == ("compile", "compile debug")
    assert paths.message == (
        "jobs 'compile' and 'compile debug': `artifacts:paths` is 'out/', expected a list of strings"
    )
