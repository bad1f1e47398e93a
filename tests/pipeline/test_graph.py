from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from .faults import faults_in, messages, placed


def chain(count: int, *, closed: bool) -> str:
    """Jobs that each need the one before; closed, the first needs the last."""
    lines = []
    for number in range(count):
        before = number - 1 if number else count - 1
        needs = f"[j{before}]" if number or closed else "[]"
        lines.append(f"j{number}: {{script: make, needs: {needs}}}")
    return "\n".join(lines) + "\n"


def test_a_circle_is_named_in_the_order_of_waiting() -> None:
    assert messages(chain(3, closed=True)) == [
        "job 'j0': `needs` go round in a circle: j0 → j2 → j1 → j0"
    ]


def test_two_circles_are_two_faults() -> None:
    text = """
    a: {script: make, needs: [b]}
    b: {script: make, needs: [a]}
    c: {script: make, needs: [d, a]}
    d: {script: make, needs: [c]}
    """

    assert placed(text) == [
        ("needs-cycle", "1:27", "b"),
        ("needs-cycle", "3:27", "d"),
    ]


def test_a_long_circle_ends_within_a_moment() -> None:
    start = time.perf_counter()

    found = faults_in(chain(3000, closed=True))

    assert [fault.check for fault in found] == ["needs-cycle"]
    assert time.perf_counter() - start < 20


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), max_size=3, unique=True), min_size=8, max_size=8))
def test_a_circle_is_reported_exactly_where_sorting_fails(needs: list[list[int]]) -> None:
    text = "".join(
        f"j{number}: {{script: make, needs: [{', '.join(f'j{n}' for n in wanted)}]}}\n"
        for number, wanted in enumerate(needs)
    )
    left = set(range(8))
    while ready := {n for n in left if not left & set(needs[n])}:
        left -= ready

    found = [fault for fault in faults_in(text) if fault.check == "needs-cycle"]

    assert bool(found) == bool(left)


def test_a_need_may_name_an_instance_of_a_parallel_job() -> None:
    text = """
    build:
      script: make
      parallel:
        matrix:
          - ARCH: [amd64, arm64]
            OS: linux
    test:
      script: make test
      needs: ["build: [amd64, linux]", "build: [amd64, windows]"]
    """

    assert messages(text) == [
        "job 'test': `needs` names 'build: [amd64, windows]', which is no job of this pipeline"
    ]


def test_a_need_may_select_instances_by_their_values() -> None:
    text = """
    build:
      script: make
      parallel:
        matrix:
          - ARCH: [amd64, arm64]
    test:
      script: make test
      needs:
        - job: build
          parallel:
            matrix:
              - ARCH: [amd64, riscv64]
    """

    (fault,) = faults_in(text)

    assert fault.message == (
        "job 'test': `needs` selects 'build: [riscv64]', which the matrix of 'build' does not make"
    )
    assert fault.hint == "it makes build: [amd64], build: [arm64]"
    assert fault.details == "test job: undefined need: build: [riscv64]"


def test_the_same_job_with_other_values_is_no_duplicate() -> None:
    text = """
    build:
      script: make
      parallel:
        matrix:
          - ARCH: [amd64, arm64]
    test:
      script: make test
      needs:
        - {job: build, parallel: {matrix: [{ARCH: amd64}]}}
        - {job: build, parallel: {matrix: [{ARCH: arm64}]}}
    """

    assert messages(text) == []


def test_a_need_that_is_nearly_a_job_is_named() -> None:
    text = """
    compile: {script: make}
    test: {script: make test, needs: [complie]}
    """

    assert messages(text) == [
        "job 'test': `needs` names 'complie', which is no job of this pipeline, "
        "did you mean 'compile'?"
    ]


def test_a_need_of_a_template_says_so() -> None:
    text = """
    .compile: {script: make}
    test: {script: make test, needs: [.compile]}
    """

    assert messages(text) == ["job 'test': `needs` names the template '.compile', which never runs"]


def test_needs_of_rules_are_checked() -> None:
    text = """
    test:
      script: make test
      rules:
        - if: $CI_COMMIT_TAG
          needs: [build]
    """

    assert placed(text) == [("needs-undefined", "5:15", "build")]


def test_inputs_nobody_here_can_see_make_no_fault() -> None:
    text = """
    spec:
      inputs:
        job:
    ---
    test:
      script: make test
      stage: $[[ inputs.job ]]
      needs:
        - $[[ inputs.job ]]
        - $[[ inputs.job ]]-2
      dependencies:
        - $[[ inputs.job ]]
    """

    assert messages(text) == []


def test_the_artifact_of_a_child_pipeline_comes_from_a_job() -> None:
    text = """
    child:
      trigger:
        include:
          - artifact: child.yml
            job: generate
    """

    assert placed(text) == [("dependencies-undefined", "5:14", "generate")]


def test_a_matrix_value_of_a_need_is_one_of_the_jobs_own_matrix() -> None:
    text = """\
build:
  parallel: {matrix: [{ARCH: [amd64, arm64]}]}
  script: make
test:
  parallel: {matrix: [{ARCH: [amd64, arm64]}]}
  needs:
    - job: build
      parallel: {matrix: [{ARCH: ["$[[ matrix.%s ]]"]}]}
  script: make test
"""

    assert faults_in(text % "ARCH") == []
    assert [(f.check, f.details) for f in faults_in(text % "OS")] == [
        ("interpolation-invalid", "test job: 'OS' does not exist in matrix configuration")
    ]
