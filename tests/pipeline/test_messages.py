"""GitLab's own messages 60 to 130: a file that leads to each, at its place, and one that does not.

Left out, because no file can lead to them in a current GitLab: 110 (`needs: []` is legal since 15.x),
"config must specify either project or include" of 126 (a mapping without `include` is read as one
with `project`), and the older wordings of 118, 126 and 127.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import pytest

from ci_doctor.examples import unmarked
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.finding import Severity
from ci_doctor.pipeline.load import load_pipeline
from ci_doctor.pipeline.validate import faults_of
from ci_doctor.source import Span
from ci_doctor.yamldoc.nodes import Fault

ENTRY = ".gitlab-ci.yml"
SCRIPT_REFUSAL = "config should be a string or a nested array of strings up to 10 levels deep"


@dataclass(frozen=True)
class Case:
    """`text` with the place between marks leads to `message`; `fine` to nothing worse than a remark."""

    number: int
    message: str
    check: str
    text: str
    fine: str
    severity: Severity = Severity.ERROR


def faults_in(text: str) -> list[Fault]:
    pipeline = load_pipeline(MemoryFiles({ENTRY: text}), ENTRY)
    return [fault for faults in faults_of(pipeline).values() for fault in faults]


JOB = "test:\n  script: make test\n"


def job(lines: str) -> str:
    """A job `test` with further keywords."""
    return JOB + textwrap.indent(textwrap.dedent(lines).strip("\n"), "  ") + "\n"


CASES = [
    Case(
        60,
        "jobs config should contain at least one visible job",
        "job-without-script",
        "⟦.base⟧:\n  script: make\n",
        ".base:\n  image: alpine\n\n" + JOB,
    ),
    Case(
        61,
        "jobs test config should implement the script:, run:, or trigger: keyword",
        "job-without-script",
        "⟦test⟧:\n  image: alpine\n",
        ".test:\n  image: alpine\n\n" + JOB,
    ),
    Case(
        61,
        "jobs stagess config should implement the script:, run:, or trigger: keyword",
        "keyword-unknown",
        "⟦stagess⟧: [test]\n\n" + JOB,
        "stages: [test]\n\n" + JOB,
    ),
    Case(
        62,
        "jobs:test config contains unknown keys: colour, size",
        "keyword-unknown",
        job("⟦colour⟧: red\n⟦size⟧: 3"),
        ".test:\n  colour: red\n\n" + JOB,
    ),
    Case(
        63,
        "jobs:test script can't be blank",
        "job-without-script",
        "test:\n  ⟦script⟧: []\n",
        'test:\n  script: [""]\n',
    ),
    Case(
        63,
        "jobs:test script can't be blank",
        "job-without-script",
        'test:\n  ⟦script⟧: " "\n',
        "test:\n  script: make\n  before_script: []\n",
    ),
    Case(
        64,
        f"jobs:test:script {SCRIPT_REFUSAL}",
        "script-not-string",
        "test:\n  script:\n    - ⟦echo state: ok⟧\n",
        "test:\n  script:\n    - 'echo state: ok'\n",
    ),
    Case(
        64,
        f"jobs:test:before_script {SCRIPT_REFUSAL}",
        "script-not-string",
        job("before_script: [make, ⟦10⟧]"),
        job('before_script: [make, "10"]'),
    ),
    Case(
        64,
        f"jobs:test:after_script {SCRIPT_REFUSAL}",
        "script-not-string",
        job("after_script: ⟦{rm: out}⟧"),
        job("after_script: rm out"),
    ),
    Case(
        64,
        f"jobs:test:script {SCRIPT_REFUSAL}",
        "script-not-string",
        f"test:\n  script: {'[' * 10}⟦[make]⟧{']' * 10}\n",
        f"test:\n  script: {'[' * 10}make{']' * 10}\n",
    ),
    Case(
        65,
        "jobs:job name can't be blank",
        "job-name-invalid",
        '⟦""⟧:\n  script: make\n',
        '"-":\n  script: make\n',
    ),
    Case(
        66,
        "jobs:10 name should be a symbol",
        "job-name-invalid",
        "⟦10⟧:\n  script: make\n",
        '"10":\n  script: make\n',
    ),
    Case(
        67,
        f"jobs:{'n' * 256} name is too long (maximum is 255 characters)",
        "job-name-invalid",
        f"⟦{'n' * 256}⟧:\n  script: make\n",
        f"{'n' * 255}:\n  script: make\n",
    ),
    Case(
        68,
        "jobs:test config these keys cannot be used together: script, trigger",
        "keyword-conflict",
        job("⟦trigger⟧: group/project"),
        "test:\n  trigger: group/project\n",
    ),
    Case(
        68,
        "jobs:test config these keys cannot be used together: before_script, run",
        "keyword-conflict",
        "test:\n  before_script: [make]\n  ⟦run⟧:\n    - {name: one, script: make}\n",
        "test:\n  run:\n    - {name: one, script: make}\n",
    ),
    Case(
        69,
        "jobs:test config key may not be used with `rules`: only",
        "keyword-conflict",
        job("rules:\n  - if: $CI_COMMIT_TAG\n⟦only⟧: [tags]"),
        job("rules:\n  - if: $CI_COMMIT_TAG\nonly: null"),
    ),
    Case(
        70,
        "jobs:test when should be one of: on_success, on_failure, always, manual, delayed",
        "keyword-value-invalid",
        job("when: ⟦never⟧"),
        job("when: on_failure"),
    ),
    Case(
        70,
        "jobs:test when should be one of: on_success, on_failure, always, manual",
        "keyword-value-invalid",
        "test:\n  trigger: group/project\n  when: ⟦delayed⟧\n",
        "test:\n  trigger: group/project\n  when: manual\n",
    ),
    Case(
        71,
        "jobs:test start in should be a duration",
        "timeout-invalid",
        job("when: delayed\nstart_in: ⟦tomorrow⟧"),
        job("when: delayed\nstart_in: 1 day"),
    ),
    Case(
        71,
        "jobs:test start in should not exceed the limit",
        "timeout-invalid",
        job("when: delayed\nstart_in: ⟦8 days⟧"),
        job("when: delayed\nstart_in: 1 week"),
    ),
    Case(
        71,
        "jobs:test start in must be blank",
        "keyword-conflict",
        job("⟦start_in⟧: 1 day"),
        job("start_in: null"),
    ),
    Case(
        72,
        "jobs:test allow failure should be a hash or a boolean value",
        "keyword-wrong-type",
        job('allow_failure: ⟦"true"⟧'),
        job("allow_failure: yes"),
    ),
    Case(
        73,
        "jobs:test:allow_failure exit codes should be an array of integers or an integer",
        "keyword-wrong-type",
        job('allow_failure: {exit_codes: ⟦"1"⟧}'),
        job("allow_failure: {exit_codes: [1, 137]}"),
    ),
    Case(
        74,
        "jobs:test rules should be an array containing hashes and arrays of hashes",
        "keyword-wrong-type",
        job("rules: ⟦$CI_COMMIT_TAG⟧"),
        job("rules: [[{if: $CI_COMMIT_TAG}]]"),
    ),
    Case(
        74,
        "jobs:test rules should be an array containing hashes and arrays of hashes",
        "keyword-wrong-type",
        job("rules: [⟦manual⟧, {if: $CI_COMMIT_TAG}]"),
        job("rules: [{if: $CI_COMMIT_TAG, when: manual}]"),
    ),
    Case(
        75,
        "jobs:test:rules:rule config contains unknown keys: unless",
        "keyword-unknown",
        job("rules: [{⟦unless⟧: $CI_COMMIT_TAG}]"),
        job("rules: [{if: $CI_COMMIT_TAG}]"),
    ),
    Case(
        76,
        "jobs:test:rules:rule if invalid expression syntax",
        "rules-expression-invalid",
        job("rules: [{if: '$CI_COMMIT_BRANCH == ⟦main⟧'}]"),
        job("""rules: [{if: '$CI_COMMIT_BRANCH == "main"'}]"""),
    ),
    Case(
        77,
        "jobs:test:rules:rule when unknown value: sometimes",
        "keyword-value-invalid",
        job("rules: [{if: $CI_COMMIT_TAG, when: ⟦sometimes⟧}]"),
        job("rules: [{if: $CI_COMMIT_TAG, when: always}]"),
    ),
    Case(
        78,
        "jobs:test:rules:rule allow failure should be a boolean value",
        "keyword-wrong-type",
        job("rules: [{if: $CI_COMMIT_TAG, allow_failure: ⟦{exit_codes: 1}⟧}]"),
        job("rules: [{if: $CI_COMMIT_TAG, allow_failure: true}]"),
    ),
    Case(
        79,
        "jobs:test:rules:rule config contains disallowed keys: start_in",
        "keyword-conflict",
        job("rules: [{if: $CI_COMMIT_TAG, ⟦start_in⟧: 1 day}]"),
        job("rules: [{if: $CI_COMMIT_TAG, when: delayed, start_in: 1 day}]"),
    ),
    Case(
        80,
        "jobs:test:rules:rule:changes config has too many entries (maximum 50)",
        "keyword-value-invalid",
        job(f"rules: [{{changes: ⟦[{', '.join(['a'] * 51)}]⟧}}]"),
        job(f"rules: [{{changes: [{', '.join(['a'] * 50)}]}}]"),
    ),
    Case(
        80,
        "jobs:test:rules:rule:changes should be an array or a hash",
        "keyword-wrong-type",
        job("rules: [{changes: ⟦src⟧}]"),
        job("rules: [{changes: [src]}]"),
    ),
    Case(
        80,
        "jobs:test:rules:rule:changes config missing required keys: paths",
        "keyword-value-invalid",
        job("rules: [{⟦changes⟧: {compare_to: main}}]"),
        job("rules: [{changes: {paths: [src], compare_to: main}}]"),
    ),
    Case(
        81,
        "jobs:test:stage config should be a string",
        "keyword-wrong-type",
        job("stage: ⟦1⟧"),
        "stages: ['1']\n" + job("stage: '1'"),
    ),
    Case(
        82,
        "test job: chosen stage tset does not exist; available stages are .pre, build, test, "
        "deploy, .post",
        "stage-undefined",
        job("stage: ⟦tset⟧"),
        job("stage: .post\nneeds: []\nrules: null") + "\nbuild:\n  script: make\n",
    ),
    Case(
        82,
        "test job: chosen stage test does not exist; available stages are .pre, build, .post",
        "stage-undefined",
        "stages: [build]\n\n⟦test⟧:\n  script: make\n",
        "stages: [build, test]\n\ntest:\n  script: make\n",
    ),
    Case(
        83,
        "stages config should be an array of strings or a nested array of strings up to 10 levels "
        "deep",
        "keyword-wrong-type",
        "stages: ⟦test⟧\n\n" + JOB,
        "stages: [[[build], test]]\n\n" + JOB,
    ),
    Case(
        84,
        "jobs:test:tags config should be an array of strings",
        "keyword-wrong-type",
        job("tags: ⟦docker⟧"),
        job("tags: [docker]"),
    ),
    Case(
        85,
        "jobs:test:image config should be a hash or a string",
        "image-invalid",
        job("image: ⟦[alpine]⟧"),
        job("image: {name: alpine}"),
    ),
    Case(
        86,
        "jobs:test:image name can't be blank",
        "image-invalid",
        job("⟦image⟧: {entrypoint: [sh]}"),
        job("image: {name: alpine, entrypoint: [sh]}"),
    ),
    Case(
        86,
        "jobs:test:image name can't be blank",
        "image-invalid",
        job('image: ⟦""⟧'),
        job("image: $IMAGE"),
    ),
    Case(
        86,
        "jobs:test:image entrypoint should be an array of strings",
        "image-invalid",
        job("image: {name: alpine, entrypoint: ⟦sh⟧}"),
        job('image: {name: alpine, entrypoint: [""]}'),
    ),
    Case(
        87,
        "jobs:test:services config should be a array",
        "services-invalid",
        job("services: ⟦docker:dind⟧"),
        job("services: [docker:dind]"),
    ),
    Case(
        88,
        "jobs:test:services:service config should be a hash or a string",
        "services-invalid",
        job("services: [docker:dind, ⟦10⟧]"),
        job("services: [{name: docker:dind}]"),
    ),
    Case(
        88,
        "jobs:test:services:service command should be an array of strings",
        "services-invalid",
        job("services: [{name: docker:dind, command: ⟦--debug⟧}]"),
        job("services: [{name: docker:dind, command: [--debug]}]"),
    ),
    Case(
        89,
        "variables config should be a hash",
        "variable-not-scalar",
        "variables: ⟦[A, B]⟧\n\n" + JOB,
        "variables: {}\n\n" + JOB,
    ),
    Case(
        90,
        "variable definition must be either a string or a hash",
        "variable-not-scalar",
        job("variables: {A: ⟦[1, 2]⟧}"),
        job("variables: {A: 1.10, B: true, C: , D: {value: x}}"),
    ),
    Case(
        91,
        "variables:a config uses invalid data keys: regex",
        "keyword-unknown",
        "variables:\n  A: {value: x, ⟦regex⟧: y}\n\n" + JOB,
        "variables:\n  A: {value: x, description: y}\n\n" + JOB,
    ),
    Case(
        91,
        "jobs:test:variables:a config uses invalid data keys: description",
        "keyword-unknown",
        job("variables: {A: {value: x, ⟦description⟧: y}}"),
        job("variables: {A: {value: x, expand: false}}"),
    ),
    Case(
        92,
        "variables:a config value must be present in options",
        "keyword-value-invalid",
        "variables:\n  A: {value: ⟦x⟧, options: [y, z]}\n\n" + JOB,
        "variables:\n  A: {value: x, options: [x, y]}\n\n" + JOB,
    ),
    Case(
        93,
        "jobs:test:parallel should be an integer or a hash",
        "parallel-out-of-range",
        job('parallel: ⟦"2"⟧'),
        job("parallel: 2"),
    ),
    Case(
        94,
        "jobs:test:parallel config must be less than or equal to 200",
        "parallel-out-of-range",
        job("parallel: ⟦201⟧"),
        job("parallel: 200"),
    ),
    Case(
        94,
        "jobs:test:parallel config must be greater than or equal to 1",
        "parallel-out-of-range",
        job("parallel: ⟦0⟧"),
        job("parallel: 1"),
    ),
    Case(
        94,
        "jobs:test:parallel config must be an integer",
        "parallel-out-of-range",
        job("parallel: ⟦1.5⟧"),
        job("parallel: 0x10"),
    ),
    Case(
        95,
        "jobs:test:parallel:matrix config generates too many jobs (maximum is 200)",
        "matrix-invalid",
        job(f"parallel:\n  ⟦matrix⟧: [{{A: [{', '.join(map(str, range(201)))}]}}]"),
        job(f"parallel:\n  matrix: [{{A: [{', '.join(map(str, range(200)))}]}}]"),
    ),
    Case(
        96,
        'jobs:test:parallel config cannot use "parallel: <number>".',
        "parallel-out-of-range",
        "test:\n  trigger: group/project\n  parallel: ⟦2⟧\n",
        "test:\n  trigger: group/project\n  parallel: {matrix: [{A: [1, 2]}]}\n",
    ),
    Case(
        97,
        "retry config must be less than or equal to 2",
        "retry-invalid",
        job("retry: ⟦3⟧"),
        job("retry: 2"),
    ),
    Case(
        97,
        "retry max must be less than or equal to 2",
        "retry-invalid",
        job("retry: {max: ⟦3⟧}"),
        job('retry: {max: "2"}'),
    ),
    Case(
        97,
        "retry when contains unknown values: bad_luck",
        "retry-invalid",
        job("retry: {when: [always, ⟦bad_luck⟧]}"),
        job("retry: {when: [script_failure, runner_system_failure]}"),
    ),
    Case(
        97,
        "retry config has to be either an integer or a hash",
        "retry-invalid",
        job('retry: ⟦"2"⟧'),
        job("retry: {max: 2, when: always}"),
    ),
    Case(
        98,
        "jobs:test:cache:key should be a hash, a string or a symbol",
        "cache-invalid",
        job("cache: {key: ⟦1⟧, paths: [a]}"),
        job("cache: {key: '1', paths: [a]}"),
    ),
    Case(
        99,
        "jobs:test:cache:key:files config requires at least 1 item",
        "cache-invalid",
        job("cache: {key: {files: ⟦[]⟧}, paths: [a]}"),
        job("cache: {key: {files: [go.sum]}, paths: [a]}"),
    ),
    Case(
        100,
        "jobs:test:cache:key config missing required keys: files",
        "cache-invalid",
        job("cache: {⟦key⟧: {prefix: x}, paths: [a]}"),
        job("cache: {key: {files_commits: [go.sum], prefix: x}, paths: [a]}"),
    ),
    Case(
        101,
        "cache:paths config should be an array of strings",
        "cache-invalid",
        "cache: {paths: ⟦a⟧}\n\n" + JOB,
        "default:\n  cache: {paths: [a]}\n\n" + JOB,
    ),
    Case(
        102,
        "jobs:test:cache policy should be a variable or one of: pull-push, push, pull",
        "cache-invalid",
        job("cache: {policy: ⟦never⟧}"),
        job("cache: {policy: $POLICY}"),
    ),
    Case(
        103,
        "jobs:test:artifacts expire in should be a duration",
        "artifacts-invalid",
        job("artifacts: {paths: [a], expire_in: ⟦7⟧}"),
        job("artifacts: {paths: [a], expire_in: '7'}"),
    ),
    Case(
        104,
        "jobs:test:artifacts when should be one of: on_success, on_failure, always",
        "artifacts-invalid",
        job("artifacts: {paths: [a], when: ⟦sometimes⟧}"),
        job("artifacts: {paths: [a], when: always}"),
    ),
    Case(
        105,
        "jobs:test:artifacts paths should be an array of strings",
        "artifacts-invalid",
        job("artifacts: {paths: ⟦a⟧}"),
        job("artifacts: {paths: [a]}"),
    ),
    Case(
        106,
        "jobs:test:artifacts:reports config contains unknown keys: unit",
        "keyword-unknown",
        job("artifacts: {reports: {⟦unit⟧: a.xml}}"),
        job("artifacts: {reports: {junit: [a.xml]}}"),
    ),
    Case(
        107,
        "jobs:test dependencies should be an array of strings",
        "keyword-wrong-type",
        job("dependencies: ⟦build⟧"),
        job("dependencies: []"),
    ),
    Case(
        108,
        "jobs:test dependencies the build should be part of needs",
        "dependencies-undefined",
        job("needs: [lint]\ndependencies: [⟦build⟧]")
        + "build: {stage: build, script: make}\nlint: {stage: build, script: make}\n",
        job("needs: [lint, build]\ndependencies: [build]")
        + "build: {stage: build, script: make}\nlint: {stage: build, script: make}\n",
    ),
    Case(
        109,
        "jobs:test needs corresponding to dependencies must be from the same pipeline",
        "dependencies-undefined",
        job("needs: [{project: a/b, job: c, ref: main, artifacts: true}]\n⟦dependencies⟧: [build]")
        + "build: {stage: build, script: make}\n",
        job(
            "needs: [build, {project: a/b, job: c, ref: main, artifacts: true}]\n"
            "dependencies: [build]"
        )
        + "build: {stage: build, script: make}\n",
    ),
    Case(
        111,
        "jobs:test:needs:need has an unsupported type",
        "keyword-wrong-type",
        job("needs: [⟦1⟧]"),
        job("needs: ['1']") + "'1': {script: make}\n",
    ),
    Case(
        112,
        "jobs:test:needs config uses invalid types: cross_dependency",
        "keyword-conflict",
        "test:\n  trigger: a/b\n  needs: [⟦{project: a/b, job: c, ref: main}⟧]\n",
        "test:\n  trigger: a/b\n  needs: [{pipeline: a/b}]\n",
    ),
    Case(
        112,
        "jobs:test:needs config uses invalid types: bridge",
        "keyword-conflict",
        job("needs: [⟦{pipeline: a/b}⟧]"),
        job("needs: [{pipeline: $UPSTREAM, job: c}]"),
    ),
    Case(
        113,
        "test job: undefined need: build",
        "needs-undefined",
        job("needs: [⟦build⟧]"),
        job("needs: [{job: build, optional: true}]"),
    ),
    Case(
        114,
        "test job: undefined dependency: build",
        "dependencies-undefined",
        job("dependencies: [⟦build⟧]"),
        job("dependencies: [build]") + "build: {stage: build, script: make}\n",
    ),
    Case(
        115,
        "test job: need deploy is not defined in current or prior stages",
        "needs-later-stage",
        job("needs: [⟦deploy⟧]") + "deploy: {stage: deploy, script: make}\n",
        job("needs: [deploy]") + "deploy: {script: make}\n",
    ),
    Case(
        115,
        "test job: dependency deploy is not defined in current or prior stages",
        "dependencies-later-stage",
        job("dependencies: [⟦deploy⟧]") + "deploy: {stage: deploy, script: make}\n",
        job("dependencies: [deploy]") + "deploy: {script: make}\n",
    ),
    Case(
        116,
        "test has the following needs duplicated: build.",
        "keyword-value-invalid",
        job("needs: [build, {job: ⟦build⟧}]") + "build: {script: make}\n",
        job("needs: [build]\ndependencies: [build]") + "build: {script: make}\n",
    ),
    Case(
        117,
        f"test job: need `build: [{'v' * 250}]` name is too long (maximum is 255 characters)",
        "job-name-invalid",
        job("needs: [⟦build⟧]")
        + f"build: {{script: make, parallel: {{matrix: [{{A: {'v' * 250}}}]}}}}\n",
        job("needs: [build]")
        + f"build: {{script: make, parallel: {{matrix: [{{A: {'v' * 200}}}]}}}}\n",
    ),
    Case(
        118,
        "The pipeline has circular dependencies",
        "needs-cycle",
        job("needs: [⟦lint⟧]") + "lint: {script: make, needs: [test]}\n",
        job("needs: [lint]") + "lint: {script: make, needs: []}\n",
    ),
    Case(
        119,
        "test: one job can only need 50 others, but you have listed 51. See needs keyword "
        "documentation for more details",
        "needs-too-many",
        job("⟦needs⟧: [build]") + "build: {script: make, parallel: 51}\n",
        job("needs: [build]") + "build: {script: make, parallel: 50}\n",
    ),
    Case(
        120,
        "'test' job needs 'build' job, but 'build' does not exist in the pipeline. This might be "
        "because of the only, except, or rules keywords. To need a job that sometimes does not "
        "exist in the pipeline, use needs:optional.",
        "needs-undefined",
        job("needs: [⟦build⟧]") + "build: {script: make, rules: [{if: $CI_COMMIT_TAG}]}\n",
        job("needs: [build]") + "build: {script: make, rules: [{changes: [src]}]}\n",
        Severity.WARNING,
    ),
    Case(
        121,
        "test job: on_stop job stop is not defined",
        "environment-invalid",
        job("environment: {name: a, on_stop: ⟦stop⟧}"),
        job("environment: {name: a, on_stop: stop}")
        + "stop: {script: make, environment: {name: a, action: stop}}\n",
    ),
    Case(
        121,
        "test job: on_stop job stop does not have environment defined",
        "environment-invalid",
        job("environment: {name: a, on_stop: ⟦stop⟧}") + "stop: {script: make}\n",
        job("environment: {name: a, on_stop: stop}")
        + "stop: {script: make, environment: {name: a, action: stop}}\n",
    ),
    Case(
        121,
        "test job: on_stop job stop have different environment name",
        "environment-invalid",
        job("environment: {name: a, on_stop: ⟦stop⟧}")
        + "stop: {script: make, environment: {name: b, action: stop}}\n",
        job("environment: {name: a/$X, on_stop: stop}")
        + "stop: {script: make, environment: {name: a/$X, action: stop}}\n",
    ),
    Case(
        121,
        "test job: on_stop job stop needs to have action stop defined",
        "environment-invalid",
        job("environment: {name: a, on_stop: ⟦stop⟧}") + "stop: {script: make, environment: a}\n",
        job("environment: {name: a, on_stop: stop}")
        + "stop: {script: make, environment: {name: a, action: stop}}\n",
    ),
    Case(
        122,
        "jobs:test publish can only be used within a `pages` job",
        "pages-invalid",
        job("⟦publish⟧: out"),
        "pages:\n  script: make\n  publish: out\n",
    ),
    Case(
        123,
        "test job: use either test:publish or test:pages:publish",
        "pages-invalid",
        job("pages: {publish: out}\n⟦publish⟧: out"),
        job("pages: {publish: out}"),
    ),
    Case(
        124,
        "jobs:test config should contain either a trigger or a needs:pipeline",
        "job-without-script",
        "⟦test⟧:\n  needs: [build]\n\nbuild:\n  script: make\n",
        "test:\n  needs: [build]\n  trigger: a/b\n\nbuild:\n  script: make\n",
    ),
    Case(
        125,
        "jobs:test config should contain at most one bridge need",
        "keyword-conflict",
        "test:\n  ⟦needs⟧: [{pipeline: a/b}, {pipeline: a/c}]\n",
        "test:\n  needs: [{pipeline: a/b}]\n",
    ),
    Case(
        126,
        "jobs:test:trigger has to be either a string or a hash",
        "keyword-wrong-type",
        "test:\n  trigger: ⟦[a/b]⟧\n",
        "test:\n  trigger: a/b\n",
    ),
    Case(
        126,
        "jobs:test:trigger strategy should be depend or mirror",
        "keyword-value-invalid",
        "test:\n  trigger: {project: a/b, strategy: ⟦wait⟧}\n",
        "test:\n  trigger: {project: a/b, strategy: depend}\n",
    ),
    Case(
        126,
        "jobs:test:trigger project can't be blank",
        "keyword-value-invalid",
        "test:\n  ⟦trigger⟧: {branch: main}\n",
        "test:\n  trigger: {project: a/b, branch: main}\n",
    ),
    Case(
        127,
        "jobs:test:environment config should be a hash or a string",
        "environment-invalid",
        job("environment: ⟦[a]⟧"),
        job("environment: a"),
    ),
    Case(
        127,
        "jobs:test:environment action should be start, stop, prepare, verify, or access",
        "environment-invalid",
        job("environment: {name: a, action: ⟦halt⟧}"),
        job("environment: {name: a, action: verify}"),
    ),
    Case(
        127,
        "jobs:test:environment deployment tier must be one of production, staging, testing, "
        "development, other",
        "environment-invalid",
        job("environment: {name: a, deployment_tier: ⟦live⟧}"),
        job("environment: {name: a, deployment_tier: staging}"),
    ),
    Case(
        128,
        "jobs:test:release tag name can't be blank",
        "keyword-value-invalid",
        job("⟦release⟧: {description: x}"),
        job("release: {tag_name: $CI_COMMIT_TAG, description: x}"),
    ),
    Case(
        128,
        "jobs:test:release released at must be a valid datetime",
        "keyword-value-invalid",
        job("release: {tag_name: a, description: x, released_at: ⟦soon⟧}"),
        job("release: {tag_name: a, description: x, released_at: '2026-01-31T08:00:00Z'}"),
    ),
    Case(
        128,
        "jobs:test:release ref must be a valid ref",
        "keyword-value-invalid",
        job("release: {tag_name: a, description: x, ref: ⟦a..b⟧}"),
        job("release: {tag_name: a, description: x, ref: $CI_COMMIT_SHA}"),
    ),
    Case(
        129,
        "jobs:test:only has to be either an array of conditions or a hash",
        "keyword-wrong-type",
        job("only: ⟦main⟧"),
        job("only: [main]"),
    ),
    Case(
        129,
        "jobs:test:only variables invalid expression syntax",
        "rules-expression-invalid",
        job("only: {variables: ['⟦X⟧ == $Y']}"),
        job("only: {variables: ['$X == $Y']}"),
    ),
    Case(
        130,
        "Pipeline will not run for the selected trigger. The rules configuration prevented any jobs "
        "from being added to the pipeline.",
        "job-never-runs",
        job("⟦rules⟧: [{if: '$CI_COMMIT_TAG && $CI_COMMIT_BRANCH'}]"),
        job("rules: [{if: '$CI_COMMIT_TAG || $CI_COMMIT_BRANCH'}]"),
        Severity.WARNING,
    ),
    Case(
        130,
        "Pipeline filtered out by workflow rules.",
        "workflow-invalid",
        "workflow:\n  ⟦rules⟧: [{if: '$CI_COMMIT_TAG && $CI_COMMIT_BRANCH'}]\n\n" + JOB,
        "workflow:\n  rules: [{if: $CI_COMMIT_TAG}]\n\n" + JOB,
        Severity.WARNING,
    ),
]


def name(case: Case) -> str:
    return f"{case.number}-{case.message[:60]}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_fault_quotes_gitlab_at_its_place(case: Case) -> None:
    text, spans = unmarked(case.text)

    found = [fault for fault in faults_in(text) if fault.details == case.message]

    assert spans
    assert [(fault.check, fault.location.span, fault.severity) for fault in found] == [
        (case.check, Span(*span), case.severity) for span in spans
    ]


@pytest.mark.parametrize("case", CASES, ids=name)
def test_what_only_looks_like_the_fault_is_fine(case: Case) -> None:
    assert [fault for fault in faults_in(case.fine) if fault.severity > Severity.INFO] == []


def test_every_message_has_a_case() -> None:
    assert {case.number for case in CASES} == set(range(60, 131)) - {110}
