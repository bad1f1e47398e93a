"""A pipeline from its entry file, resolved as GitLab resolves it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ..files.protocol import Files
from ..yamldoc.nodes import Fault
from .extends import Extends
from .include import Fetcher, Includes
from .inputs import Given, from_python
from .jobs import (
    DEFAULT_STAGES,
    RESERVED,
    Builder,
    children,
    inherited_defaults,
    is_job_name,
    stages_of,
)
from .model import Pipeline, UnresolvedInclude, Value
from .references import References
from .values import Reader

CI_FILE = ".gitlab-ci.yml"
_NOTHING: Mapping[str, str] = MappingProxyType({})
_UNDEFINED = ("extends-undefined", "reference-undefined")
_NO_INPUTS: Mapping[str, object] = MappingProxyType({})


def load_pipeline(
    files: Files,
    path: str,
    *,
    fetcher: Fetcher | None = None,
    variables: Mapping[str, str] = _NOTHING,
    inputs: Mapping[str, object] = _NO_INPUTS,
    root: bool | None = None,
) -> Pipeline:
    """Read the pipeline whose entry file is `path`.

    Whatever is wrong in it becomes a fault; only an entry file that cannot be read raises (NotFound,
    Unreadable). Without a `fetcher` nothing outside the repository is read: `unresolved` says
    what. `variables` are known to GitLab before the pipeline exists (for `include`), `inputs`
    those of the entry file. `root` says whether the file is a project's CI file; None decides by
    its name. Any other file is a fragment where it has no jobs, has inputs, or uses names
    (parents, references, needs, stages) that no file read defines.
    """
    source = files.read(path)
    reader = Reader()
    includes = Includes(fetcher, variables, reader)
    given = {name: from_python(name, value) for name, value in inputs.items()}
    contents = includes.load(source, files, Given(given, required=bool(given)))
    written = {key: value for key, value in contents.value.entries.items() if key != "include"}
    pipeline = Pipeline(source, Value({}), files=includes.files, unresolved=includes.unresolved)
    pipeline.broken = contents.unknown and not includes.unresolved
    if root is None:
        root = path == CI_FILE
    pipeline.fragment = not root and _is_fragment(pipeline, written)

    complete = not pipeline.has_unresolved
    extended = Extends(written, complete=complete)
    references = References(Value(dict(extended.entries)), includes.documents, complete=complete)
    entries = {name: references.resolve(value) for name, value in extended.entries.items()}

    pipeline.value = Value(entries, contents.value.node)
    pipeline.faults = [*includes.faults, *extended.faults, *references.faults]
    if path == CI_FILE:
        pipeline.faults += [_no_parent(i) for i in includes.unresolved if i.kind == "artifact"]
    pipeline.templates = {name: value for name, value in entries.items() if name.startswith(".")}
    pipeline.stages = stages_of(entries.get("stages")) if contents.stages_known else None
    pipeline.default = inherited_defaults(entries)
    workflow = entries.get("workflow")
    if workflow is not None and not is_job_name("workflow", workflow):
        pipeline.workflow = workflow
    if not root and not pipeline.has_unresolved and _uses_foreign_names(pipeline):
        pipeline.fragment = True
        pipeline.faults = [f for f in pipeline.faults if f.check not in _UNDEFINED]
    if pipeline.fragment:
        pipeline.stages = None
    builder = Builder(pipeline, extended.unknown)
    for name, value in entries.items():
        if is_job_name(name, value) and value.is_mapping:
            pipeline.jobs[name] = builder.build(name, value)
    pipeline.children = list(children(pipeline))
    return pipeline


def _uses_foreign_names(pipeline: Pipeline) -> bool:
    """Whether a file, not being a project's own, needs what only others can define."""
    if any(fault.check in _UNDEFINED for fault in pipeline.faults):
        return True
    entries = pipeline.value.entries
    jobs = {k: v for k, v in entries.items() if is_job_name(k, v) and v.is_mapping}
    for job in jobs.values():
        stage = job.get("stage")
        if "stages" not in entries and stage is not None and stage.data not in DEFAULT_STAGES:
            return True
        if any(name not in jobs for name in _needed(job.get("needs"))):
            return True
    return False


def _needed(needs: Value | None) -> Iterator[str]:
    """The jobs of this pipeline that `needs` names, those that `parallel` makes by their own name."""
    for need in () if needs is None else needs.items:
        name = need.get("job") if need.is_mapping else need
        elsewhere = any(key in need.entries for key in ("project", "pipeline", "optional"))
        if not elsewhere and name is not None and isinstance(name.data, str):
            yield re.sub(r"(?: \d+/\d+|: \[.*\])$", "", name.data)


def _is_fragment(pipeline: Pipeline, entries: Mapping[str, Value]) -> bool:
    """Whether a file is meant to be included: no jobs of its own, or inputs to be given."""
    if any(file.header is not None and file.source is pipeline.entry for file in pipeline.files):
        return True
    return not any(
        value.is_mapping and key not in RESERVED and is_job_name(key, value)
        for key, value in entries.items()
    )


def _no_parent(include: UnresolvedInclude) -> Fault:
    """An artifact of another job in a project's own CI file: only a child pipeline has a parent."""
    message = "Including configs from artifacts is only allowed when triggering child pipelines"
    return Fault("include-invalid", message, include.location)
