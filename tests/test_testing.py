"""The harness for examples refuses what is not so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ci_doctor.check import Check, Context, Example, LookAlike, fix, replace
from ci_doctor.dockerfile import Dockerfile
from ci_doctor.examples import texts, unmarked
from ci_doctor.finding import Finding, Severity
from ci_doctor.pipeline.model import Job
from ci_doctor.source import Span
from ci_doctor.testing import assert_example


def old_images(job: Job, context: Context) -> Iterator[Finding]:
    """Flags images that end in `:old` and makes them end in `:new`."""
    if job.image is None or job.image.name.endswith(":old") is not True:
        return
    place = (job.image.name_value or job.image.value).location
    assert place is not None
    repair = fix("Use the new one", replace(place, place.text.replace(":old", ":new")))
    yield context.finding(place, "old image", fix=repair)


def check(find: object = old_images, looks_at: type[object] = Job) -> Check:
    return Check(
        id="test-old-image",
        title="Old image",
        severity=Severity.ERROR,
        looks_at=looks_at,
        find=find,  # type: ignore[arg-type]
        examples=lambda: iter(()),
        rationale="",
        links=(),
        since="0.1",
        family="test",
    )


def refused(example: Example | LookAlike, of: Check | None = None) -> str:
    with pytest.raises(AssertionError) as error:
        assert_example(of or check(), example)
    return str(error.value)


ONE = Example(
    {".gitlab-ci.yml": "one: {image: ⟦a:old⟧, script: make}\n"},
    fixed={".gitlab-ci.yml": "one: {image: a:new, script: make}\n"},
)


def test_a_true_example_is_silent() -> None:
    assert_example(check(), ONE)
    assert_example(check(), LookAlike("one: {image: a:new, script: make}\n"))


def test_an_example_without_marks_is_refused() -> None:
    assert "marks the flagged text" in refused(Example("one: {image: a:new, script: make}\n"))


def test_a_mark_on_other_text_is_refused() -> None:
    message = refused(Example("one: {image: a:⟦old⟧, script: make}\n", fixed=""))

    assert ".gitlab-ci.yml:1:16 'old'" in message
    assert ".gitlab-ci.yml:1:14 'a:old'" in message


def test_a_mark_without_its_counterpart_is_refused() -> None:
    assert "without its counterpart" in refused(Example("one: {image: ⟦a:old, script: make}\n"))


def test_a_fix_that_the_example_does_not_show_is_refused() -> None:
    assert "show its result" in refused(Example("one: {image: ⟦a:old⟧, script: make}\n"))


def test_a_fix_with_another_result_is_refused() -> None:
    wrong = Example(ONE.files, fixed={".gitlab-ci.yml": "one: {image: b:new, script: make}\n"})

    assert "the fix makes" in refused(wrong)


def test_a_look_alike_with_a_finding_is_refused() -> None:
    message = refused(LookAlike("one: {image: a:old, script: make}\n"))

    assert ".gitlab-ci.yml:1:14: error[test-old-image] old image" in message


def test_a_fix_that_never_ends_is_refused() -> None:
    def growing(job: Job, context: Context) -> Iterator[Finding]:
        place = job.image.value.location if job.image is not None else None
        assert place is not None
        yield context.finding(place, "x", fix=fix("Grow", replace(place, place.text + "x")))

    assert "still finds work" in refused(ONE, check(growing))


def test_a_crash_of_the_check_is_told_with_its_cause() -> None:
    def crash(job: Job, context: Context) -> Iterator[Finding]:
        raise KeyError("gone")

    assert "KeyError: 'gone'" in refused(ONE, check(crash))


def test_settings_of_an_example_count() -> None:
    def by_runner(job: Job, context: Context) -> Iterator[Finding]:
        if context.runner.privileged:
            yield context.finding(job.location, "privileged")

    example = Example(
        "⟦one⟧: {tags: [big], script: make}\ntwo: {script: make}\n",
        settings="runners: {tags: {big: {privileged: true}}}",
    )

    assert_example(check(by_runner), example)


def test_an_example_may_be_a_dockerfile_alone() -> None:
    def bases(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
        for stage in dockerfile.stages:
            yield context.finding(stage.from_.location, "a base")

    example = Example(
        {
            "Dockerfile": """
                ⟦FROM alpine⟧
                RUN true
            """
        }
    )

    assert_example(check(bases, Dockerfile), example)


def test_texts_lose_their_common_indentation() -> None:
    assert texts("\n    a:\n      b\n    ") == {".gitlab-ci.yml": "a:\n  b\n"}
    assert texts({"a": "  as it is\n"}) == {"a": "  as it is\n"}


def test_marks_give_spans_of_the_text_without_them() -> None:
    assert unmarked("a⟦b⟧c⟦⟧⟦de⟧") == ("abcde", [Span(1, 2), Span(3, 3), Span(3, 5)])
