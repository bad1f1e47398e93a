"""The resolved configuration as YAML."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from ci_doctor.errors import CiDoctorError, UsageError
from ci_doctor.pipeline.include import FetchedFile, NotFetched
from ci_doctor.resolve import resolve
from ci_doctor.source import Source

from .pipeline.loading import CI, data, faults, load


def resolved(
    texts: str | Mapping[str, str], *, job: str | None = None, origins: bool = False
) -> str:
    return "".join(resolve(load(texts), job=job, origins=origins))


def text(written: str) -> str:
    return dedent(written).lstrip("\n")


EVERYTHING = {
    CI: """
    include: ci/base.yml
    stages: [build, [test]]
    image: alpine:3.22
    default:
      before_script: echo hello
      interruptible: yes
    workflow:
      rules: [!reference [.rules, main], {when: always}]
    variables: {LEVEL: 3, VERSION: {value: "1.10", description: of the tool}}
    build:
      extends: [.script, .tagged]
      stage: build
      script:
        - !reference [.script, script]
        - [make, [all]]
        - |
          make check
          make install
      after_script: []
      needs: [[prepare]]
    """,
    "ci/base.yml": """
    .rules:
      main: [{if: $CI_COMMIT_BRANCH == "main"}]
    .script:
      script: echo script
      variables: {TAG: 012, EMPTY: ""}
    .tagged:
      tags: [docker]
      before_script: null
    prepare:
      trigger: {include: child.yml}
      inherit: {variables: false}
    """,
}


def test_what_jobs_are_made_of_is_written_out() -> None:
    assert resolved(EVERYTHING) == text("""
        stages:
          - .pre
          - build
          - test
          - .post
        workflow:
          rules:
            - if: $CI_COMMIT_BRANCH == "main"
            - when: always
        variables:
          LEVEL: 3
          VERSION:
            value: "1.10"
            description: of the tool
        prepare:
          stage: test
          trigger:
            include: child.yml
          inherit:
            variables: false
          interruptible: true
        build:
          script:
            - echo script
            - make
            - all
            - |
              make check
              make install
          variables:
            TAG: 10
            EMPTY: ""
          tags:
            - docker
          before_script:
            - echo hello
          stage: build
          after_script: []
          needs:
            - prepare
          image: alpine:3.22
          interruptible: true
        """)


def test_origins_name_the_line_of_every_value() -> None:
    assert resolved(EVERYTHING, origins=True) == text("""
        stages:
          - .pre  # GitLab's default
          - build  # .gitlab-ci.yml:2
          - test  # .gitlab-ci.yml:2
          - .post  # GitLab's default
        workflow:
          rules:
            - if: $CI_COMMIT_BRANCH == "main"  # ci/base.yml:2
            - when: always  # .gitlab-ci.yml:8
        variables:
          LEVEL: 3  # .gitlab-ci.yml:9
          VERSION:
            value: "1.10"  # .gitlab-ci.yml:9
            description: of the tool  # .gitlab-ci.yml:9
        prepare:  # ci/base.yml:9
          stage: test  # GitLab's default
          trigger:
            include: child.yml  # ci/base.yml:10
          inherit:
            variables: false  # ci/base.yml:11
          interruptible: true  # .gitlab-ci.yml:6
        build:  # .gitlab-ci.yml:10
          script:
            - echo script  # ci/base.yml:4
            - make  # .gitlab-ci.yml:15
            - all  # .gitlab-ci.yml:15
            - |  # .gitlab-ci.yml:16
              make check
              make install
          variables:
            TAG: 10  # ci/base.yml:5
            EMPTY: ""  # ci/base.yml:5
          tags:
            - docker  # ci/base.yml:7
          before_script:
            - echo hello  # .gitlab-ci.yml:5
          stage: build  # .gitlab-ci.yml:12
          after_script: []  # .gitlab-ci.yml:19
          needs:
            - prepare  # .gitlab-ci.yml:20
          image: alpine:3.22  # .gitlab-ci.yml:3
          interruptible: true  # .gitlab-ci.yml:6
        """)


@pytest.mark.parametrize("origins", [False, True])
def test_what_is_resolved_resolves_to_itself(origins: bool) -> None:
    once = resolved(EVERYTHING)

    written = resolved(EVERYTHING, origins=origins)

    assert resolved(written) == once
    assert faults(load(written)) == []


def test_one_job_is_printed_by_any_of_its_names() -> None:
    pipeline = """
        one: {script: x, parallel: {matrix: [{A: [a, b]}]}}
        other: {script: x}
        """
    job = text("""
        one:
          stage: test
          script:
            - x
          parallel:
            matrix:
              - A:
                  - a
                  - b
        """)

    assert resolved(pipeline, job="one") == job
    assert resolved(pipeline, job="one: [b]") == job


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("biuld", "no job is called 'biuld'", "did you mean 'build'?"),
        ("deploy", "no job is called 'deploy'", "`ci-doctor resolve` prints all jobs"),
        (".base", "'.base' is a hidden job: it never runs", "name a job that extends it"),
    ],
)
def test_a_job_that_is_not_there_is_a_usage_error(name: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        resolved(".base: {script: x}\nbuild: {extends: .base}\n", job=name)

    assert (error.value.message, error.value.hint) == (message, hint)


def test_what_nobody_can_see_stays_as_it_is_written() -> None:
    pipeline = """
        spec:
          inputs: {image: , when: {default: manual}}
        ---
        include: {remote: "https://example.com/a.yml"}
        build:
          extends: [.theirs, .ours]
          image: $[[ inputs.image ]]
          when: $[[ inputs.when ]]
          before_script: !reference [.theirs, before_script]
          script: [!reference [.theirs, script], make]
        .ours: {extends: .more, tags: [a]}
        """

    assert resolved(pipeline) == text("""
        build:
          extends:
            - .theirs
            - .more
          tags:
            - a
          image: $[[ inputs.image ]]
          when: manual
          before_script: !reference [".theirs", "before_script"]
          script:
            - !reference [".theirs", "script"]
            - make
        """)


def test_files_from_elsewhere_are_named_in_origins() -> None:
    class Elsewhere:
        def remote(self, url: str, integrity: str | None) -> FetchedFile | NotFetched:
            return FetchedFile(Source(url, "job: {script: x}\n", external=True))

    pipeline = load("include: https://example.com/a.yml\n", fetcher=Elsewhere())  # type: ignore[arg-type]

    assert "".join(resolve(pipeline, job="job", origins=True)) == text("""
        job:  # https://example.com/a.yml:1
          stage: test  # GitLab's default
          script:
            - x  # https://example.com/a.yml:1
        """)


def test_names_that_yaml_takes_for_something_else_are_quoted() -> None:
    long = "x" * 1100

    written = resolved(
        f"'yes': {{script: x}}\n'1:30': {{script: x}}\n\"a: b\\n\": {{script: x}}\n? {long}\n: {{script: x}}\n"
    )

    assert (
        written.splitlines()[6:]
        == text(f"""
        "yes":
          stage: test
          script:
            - x
        "1:30":
          stage: test
          script:
            - x
        "a: b\\n":
          stage: test
          script:
            - x
        ? {long}
        :
          stage: test
          script:
            - x
        """).splitlines()
    )
    assert list(load(written).jobs) == ["yes", "1:30", "a: b\n", long]


def test_lists_in_lists_and_empty_values_are_kept() -> None:
    pipeline = """
        job:
          script: x
          services: [[a, [], {}], {name: b, command: [["c"]], variables: {A: null}}]
          cache: {}
        """

    written = resolved(pipeline, job="job")

    assert written == text("""
        job:
          stage: test
          script:
            - x
          services:
            -
              - a
              - []
              - {}
            - name: b
              command:
                -
                  - c
              variables:
                A: null
          cache: {}
        """)
    services = load(pipeline).jobs["job"].keywords["services"]
    assert data(load(written).jobs["job"].keywords["services"]) == data(services)


def test_a_deep_configuration_is_no_recursion() -> None:
    chain = "".join(f".c{i}: {{x: {{z: !reference [.c{i + 1}, x]}}}}\n" for i in range(1500))

    written = resolved(
        chain + ".c1500: {x: end}\njob: {script: x, variables: !reference [.c0, x]}\n"
    )

    assert [line for line in written.splitlines() if "end" in line] == [" " * 3002 + "z: end"]


def test_references_that_double_without_end_are_an_error() -> None:
    doubling = "".join(
        f".d{i}: {{x: [!reference [.d{i + 1}, x], !reference [.d{i + 1}, x]]}}\n" for i in range(60)
    )
    bomb = doubling + ".d60: {x: [end]}\n"

    for keyword in ("script", "services"):
        with pytest.raises(CiDoctorError) as error:
            resolved(f"{bomb}job: {{script: x, {keyword}: !reference [.d0, x]}}\n")
        assert error.value.message == "more than 20000 values, too many to print"
