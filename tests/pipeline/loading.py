"""Short ways to load a pipeline and to look at all of it."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from ci_doctor.files.memory import MemoryFiles
from ci_doctor.pipeline.include import Fetcher
from ci_doctor.pipeline.load import load_pipeline
from ci_doctor.pipeline.model import Pipeline, Value
from ci_doctor.yamldoc.nodes import Fault

CI = ".gitlab-ci.yml"


def load(
    texts: str | Mapping[str, str],
    path: str = CI,
    *,
    fetcher: Fetcher | None = None,
    variables: Mapping[str, str] | None = None,
    inputs: Mapping[str, object] | None = None,
    root: bool | None = None,
) -> Pipeline:
    """Load what `texts` holds, an indented text as if it stood at the margin."""
    given = {path: texts} if isinstance(texts, str) else texts
    return load_pipeline(
        MemoryFiles({name: dedent(text).lstrip("\n") for name, text in given.items()}),
        path,
        fetcher=fetcher,
        variables=variables or {},
        inputs=inputs or {},
        root=root,
    )


def data(value: Value | None) -> object:
    """A Value as plain data."""
    if value is None:
        return None
    if value.is_mapping:
        return {key: data(entry) for key, entry in value.entries.items()}
    if value.is_list:
        return [data(item) for item in value.items]
    return value.data


def jobs(pipeline: Pipeline) -> dict[str, object]:
    """Every job's keywords as plain data."""
    return {
        name: {key: data(value) for key, value in job.keywords.items()}
        for name, job in pipeline.jobs.items()
    }


def shown(fault: Fault) -> tuple[str, str, str, str]:
    """Check, message, place and the text there."""
    place = fault.location
    return fault.check, fault.message, str(place), place.text


def faults(pipeline: Pipeline) -> list[tuple[str, str, str, str]]:
    return [shown(fault) for fault in pipeline.faults]


def unresolved(pipeline: Pipeline) -> list[tuple[str, str, str]]:
    return [(one.kind, one.name, str(one.location)) for one in pipeline.unresolved]


def hops(value: Value) -> list[tuple[str, str, str]]:
    """Kind, name and the text that took each step."""
    return [(hop.kind, hop.name, hop.location.text) for hop in value.via]


def variables(pipeline: Pipeline, job: str) -> dict[str, str]:
    return {name: one.text.display for name, one in pipeline.jobs[job].variables.items()}
