"""Every check is proved by its own examples."""

from __future__ import annotations

import pytest

from ci_doctor.builds.build import Build
from ci_doctor.check import Check, Example, LookAlike
from ci_doctor.dockerfile import Dockerfile
from ci_doctor.pipeline.model import Job, Pipeline
from ci_doctor.registry import load_registry
from ci_doctor.testing import all_examples, assert_example, name_of

CHECKS = list(load_registry())


@pytest.mark.parametrize(
    ("check", "example"),
    [pytest.param(c, e, id=name_of(c, e)) for c, e in all_examples(CHECKS)],
)
def test_an_example_holds(check: Check, example: Example | LookAlike) -> None:
    assert_example(check, example)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_is_described(check: Check) -> None:
    examples = list(check.examples())

    assert sum(isinstance(example, Example) for example in examples) >= 2
    assert sum(isinstance(example, LookAlike) for example in examples) >= 2
    assert check.looks_at in (Pipeline, Job, Build, Dockerfile)
    assert check.title
    assert check.why
    assert check.links
    assert all(link.startswith("https://") for link in check.links)
    assert check.since


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_yields_to_checks_that_exist(check: Check) -> None:
    known = {other.id for other in CHECKS} - {check.id}

    assert set(check.yields_to) <= known
