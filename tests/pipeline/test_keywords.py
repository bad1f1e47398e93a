"""The keyword model: against GitLab's published schema, and within itself."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Iterator
from typing import Any

import pytest

from ci_doctor.pipeline.keywords import (
    BRIDGE,
    DEFAULT,
    FAILURE_REASONS,
    JOB,
    REMOVED,
    ROOT,
    SPEC,
    TRIGGER,
    WORKFLOW,
    Cases,
    Items,
    Keyword,
    Kind,
    Names,
    Record,
    Shapes,
)


def schema() -> dict[str, Any]:
    """GitLab's schema of `.gitlab-ci.yml` as `check-jsonschema` ships it."""
    pytest.importorskip("check_jsonschema")
    folder = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    loaded: dict[str, Any] = json.loads((folder / "gitlab-ci.json").read_text(encoding="utf-8"))
    return loaded


def schema_keys(part: Any, whole: dict[str, Any], depth: int = 0) -> Iterator[str]:
    """The paths of keys that a part of the schema allows."""
    if depth > 12 or not isinstance(part, dict):
        return
    reference = part.get("$ref")
    if reference is not None:
        yield from schema_keys(whole["definitions"][reference.split("/")[-1]], whole, depth + 1)
    for key, below in part.get("properties", {}).items():
        if key == "!reference":
            continue
        yield key
        yield from (f"{key}:{path}" for path in schema_keys(below, whole, depth + 1))
    for union in ("anyOf", "oneOf", "allOf"):
        for choice in part.get(union, ()):
            yield from schema_keys(choice, whole, depth + 1)
    for items in ("items", "then"):
        yield from schema_keys(part.get(items), whole, depth + 1)


def our_keys(kind: Kind | None, depth: int = 0) -> Iterator[str]:
    if kind is None or depth > 12:
        return
    if isinstance(kind, Record):
        for key, keyword in kind.keys.items():
            yield key
            yield from (f"{key}:{path}" for path in our_keys(keyword.kind, depth + 1))
    elif isinstance(kind, Items):
        yield from our_keys(kind.of, depth + 1)
    elif isinstance(kind, Shapes):
        for shape in (kind.mapping, kind.sequence):
            yield from our_keys(shape, depth + 1)
    elif isinstance(kind, Cases):
        for case in kind.cases:
            yield from our_keys(case.kind, depth + 1)


def table(keywords: dict[str, Keyword]) -> set[str]:
    return set(our_keys(Record(keys=keywords)))


# What stands below free names, or is data that GitLab checks elsewhere.
FREE = ("inputs", "secrets", "id_tokens", "variables", "matrix", "run", "identity", "include")


def missing(theirs: Iterator[str], ours: set[str]) -> set[str]:
    return {
        path
        for path in theirs
        if path not in ours and not any(part in FREE for part in path.split(":")[:-1])
    }


def test_no_job_keyword_of_the_schema_is_unknown_here() -> None:
    whole = schema()

    theirs = schema_keys(whole["definitions"]["job_template"], whole)

    assert missing(theirs, table({**JOB, "trigger": TRIGGER})) == {
        "artifacts:reports:license_management"
    }


def test_no_root_keyword_of_the_schema_is_unknown_here() -> None:
    whole = schema()
    theirs = set(whole["properties"]) - {"$schema", "spec", "pages", "!reference"}

    assert theirs - set(ROOT) == set()


def test_no_default_or_workflow_keyword_of_the_schema_is_unknown_here() -> None:
    whole = schema()

    default = missing(
        schema_keys(whole["properties"]["default"], whole), set(our_keys(DEFAULT.kind))
    )
    workflow = missing(
        schema_keys(whole["properties"]["workflow"], whole), set(our_keys(WORKFLOW.kind))
    )

    assert default == {"artifacts:reports:license_management"}
    assert workflow == set()


def test_no_header_keyword_of_the_schema_is_unknown_here() -> None:
    whole = schema()

    theirs = schema_keys(whole["properties"]["spec"], whole)

    assert missing(theirs, set(our_keys(SPEC.kind))) == set()


def test_every_reason_to_retry_of_the_schema_is_known_here() -> None:
    reasons = [choice["const"] for choice in schema()["definitions"]["retry_errors"]["oneOf"]]

    assert set(reasons) - set(FAILURE_REASONS) == set()


def test_a_trigger_job_has_no_script() -> None:
    assert set(BRIDGE) - set(JOB) == {"trigger"}
    assert not {"script", "run", "image", "services", "artifacts", "tags"} & set(BRIDGE)


def test_removed_keywords_are_not_known_any_more() -> None:
    for (path, key), removed in REMOVED.items():
        known = ROOT if not path else JOB
        if path == "artifacts:reports":
            reports = JOB["artifacts"].kind
            assert isinstance(reports, Record)
            inner = reports.keys["reports"].kind
            assert isinstance(inner, Record)
            known = dict(inner.keys)
        assert key not in known
        assert not removed.instead or removed.instead in known


def test_names_and_records_carry_their_kind() -> None:
    secrets = JOB["secrets"].kind

    assert isinstance(secrets, Names)
    assert isinstance(secrets.of, Record)
    assert "vault" in secrets.of.keys
