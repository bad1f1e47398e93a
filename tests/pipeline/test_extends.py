"""`extends`."""

from __future__ import annotations

import time

from .loading import data, faults, hops, jobs, load, shown


def test_parents_merge_in_order_and_the_job_wins() -> None:
    pipeline = load(
        """
        .one:
          script: [one]
          variables: {A: one, B: one}
          image: {name: one, entrypoint: [""]}
        .two:
          script: [two]
          variables: {B: two, C: two}
          image: two
        job:
          extends: [.one, .two]
          variables: {C: job}
        """
    )

    assert jobs(pipeline) == {
        "job": {
            "script": ["two"],
            "variables": {"A": "one", "B": "two", "C": "job"},
            "image": "two",
            "extends": [".one", ".two"],
        }
    }


def test_what_was_replaced_stays_visible_nearest_first() -> None:
    pipeline = load(
        """
        .one: {script: [one], variables: {A: one}}
        .two: {script: [two], variables: {A: two}}
        job: {extends: [.one, .two], script: [own], variables: {A: own}}
        """
    )

    job = pipeline.jobs["job"]
    assert [data(value) for value in job.keywords["script"].shadowed] == [["two"], ["one"]]
    replaced = job.keywords["variables"].entries["A"].shadowed
    assert [(value.data, hops(value)) for value in replaced] == [
        ("two", [("extends", ".two", ".two")]),
        ("one", [("extends", ".one", ".one")]),
    ]


def test_values_know_the_way_they_came() -> None:
    pipeline = load(
        """
        .base: {script: [make]}
        .mid: {extends: .base, tags: [docker]}
        job:
          extends: .mid
          stage: test
        """
    )

    job = pipeline.jobs["job"]
    assert hops(job.keywords["script"].items[0]) == [
        ("extends", ".base", ".base"),
        ("extends", ".mid", ".mid"),
    ]
    assert hops(job.keywords["tags"]) == [("extends", ".mid", ".mid")]
    assert hops(job.keywords["stage"]) == []
    assert (job.location.text, str(job.keywords["script"].location)) == (
        "job",
        ".gitlab-ci.yml:1:17",
    )


def test_null_in_the_job_drops_a_parents_keyword() -> None:
    pipeline = load(
        """
        .base: {script: [x], rules: [{if: $A}], variables: {A: a, B: b}}
        job: {extends: .base, rules: null, variables: {A: null}}
        """
    )

    assert jobs(pipeline) == {
        "job": {"script": ["x"], "variables": {"A": None, "B": "b"}, "extends": ".base"}
    }
    assert data(pipeline.jobs["job"].value.get("rules")) is None


def test_jobs_and_global_keywords_can_be_extended() -> None:
    pipeline = load(
        """
        .image: {image: alpine}
        default: {extends: .image}
        first: {script: [a], stage: deploy}
        second: {extends: first}
        """
    )

    assert jobs(pipeline) == {
        "first": {"script": ["a"], "stage": "deploy", "image": "alpine"},
        "second": {"script": ["a"], "stage": "deploy", "extends": "first", "image": "alpine"},
    }


def test_an_undefined_parent_is_a_fault_at_its_name() -> None:
    pipeline = load(
        """
        .base: {script: [x]}
        job:
          extends: [.base, .nope, .neither]
        """
    )

    message = "job: unknown keys in `extends` (.nope, .neither)"
    assert faults(pipeline) == [
        ("extends-undefined", message, ".gitlab-ci.yml:3:20", ".nope"),
        ("extends-undefined", message, ".gitlab-ci.yml:3:27", ".neither"),
    ]
    job = pipeline.jobs["job"]
    assert (job.unknown_parents, job.incomplete, job.stage) == ((".nope", ".neither"), True, None)
    assert job.may_inherit("services")


def test_unknown_parents_are_handed_down() -> None:
    pipeline = load(
        """
        include: {remote: "https://example.com/a.yml"}
        .mine: {extends: .theirs}
        job: {extends: .mine, script: [x]}
        """
    )

    assert faults(pipeline) == []
    job = pipeline.jobs["job"]
    assert (job.unknown_parents, job.incomplete) == ((".theirs",), True)


def test_a_base_that_is_no_mapping_is_a_fault() -> None:
    pipeline = load(
        """
        .lines: [a, b]
        job: {extends: .lines, script: [x]}
        """
    )

    assert faults(pipeline) == [
        (
            "extends-invalid",
            "job: invalid base hashes in `extends` (.lines)",
            ".gitlab-ci.yml:2:16",
            ".lines",
        )
    ]


def test_a_circle_is_reported_once_where_it_closes() -> None:
    pipeline = load(
        """
        a: {extends: b, script: [x]}
        b: {extends: c}
        c: {extends: a}
        d: {extends: a}
        e: {extends: e}
        """
    )

    assert [(*shown(fault), fault.hint) for fault in pipeline.faults] == [
        (
            "extends-cycle",
            "a: circular dependency detected in `extends`",
            ".gitlab-ci.yml:3:14",
            "a",
            "the circle: a → b → c → a",
        ),
        (
            "extends-cycle",
            "e: circular dependency detected in `extends`",
            ".gitlab-ci.yml:5:14",
            "e",
            "the circle: e → e",
        ),
    ]


def chain(levels: int) -> str:
    """A job with so many levels of parents."""
    links = "".join(f".p{i}: {{extends: .p{i + 1}}}\n" for i in range(1, levels))
    return f"job: {{extends: .p1}}\n{links}.p{levels}: {{script: [x]}}\n"


def test_eleven_levels_work_and_a_twelfth_does_not() -> None:
    assert faults(load(chain(11))) == []
    pipeline = load(chain(12))

    [fault] = pipeline.faults
    assert shown(fault) == (
        "extends-too-deep",
        ".p11: nesting too deep in `extends`",
        ".gitlab-ci.yml:1:16",
        ".p1",
    )
    assert data(pipeline.jobs["job"].value.get("script")) == ["x"]


def test_a_chain_of_thousands_ends_in_one_fault() -> None:
    started = time.monotonic()

    pipeline = load(chain(3000))

    assert [fault.check for fault in pipeline.faults] == ["extends-too-deep"]
    assert data(pipeline.jobs["job"].value.get("script")) == ["x"]
    assert time.monotonic() - started < 10


def test_extends_cannot_hold_a_reference() -> None:
    pipeline = load(
        """
        .names: {list: [.base]}
        .base: {script: [x]}
        job: {extends: !reference [.names, list], stage: test}
        """
    )

    job = pipeline.jobs["job"]
    assert (job.incomplete, job.unknown_parents) == (True, ("!reference [.names, list]",))
