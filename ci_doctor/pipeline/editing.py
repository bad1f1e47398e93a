"""Where a job's keywords are written, and edits that add to them."""

from __future__ import annotations

from collections.abc import Sequence

from ..edits import Edit
from ..yamldoc import nodes
from ..yamldoc.editing import add_entry, add_items, find_entry, holder, put_before, remove_entry
from ..yamldoc.nodes import Mapping
from .model import Image, Job, Pipeline, Value


def written_in(job: Job, keyword: str) -> Mapping | None:
    """The mapping in which the keyword's entry stands: the job, a template, `default:` or the root."""
    value = job.keywords.get(keyword)
    return None if value is None or value.key is None else _holders(job.pipeline).get(value.key)


def _holders(pipeline: Pipeline) -> dict[nodes.Node, Mapping]:
    """The mapping that holds each key of the files' roots, jobs and templates."""
    if pipeline.holders is None:
        pipeline.holders = {}
        for file in pipeline.files:
            root = file.content
            if isinstance(root, Mapping):
                inner = (entry.value.target for entry in root.entries)
                for mapping in (root, *(node for node in inner if isinstance(node, Mapping))):
                    pipeline.holders.update((entry.key, mapping) for entry in mapping.entries)
    return pipeline.holders


def is_job(pipeline: Pipeline, mapping: Mapping) -> bool:
    """Whether a mapping is a job or a template, not `default:` or a file's root."""
    for file in pipeline.files:
        if file.content is mapping:
            return False
        if isinstance(file.content, Mapping):
            entry = find_entry(file.content, "default")
            if entry is not None and entry.value.target is mapping:
                return False
    return True


def add_variable(job: Job, name: str, value: str) -> tuple[Edit, ...]:
    """Set a variable where the job's image is written, else where its script is.

    The value must need no quotes. Nothing where no place is certain.
    """
    return add_variables(job, {name: value})


def add_variables(job: Job, values: dict[str, str]) -> tuple[Edit, ...]:
    """Set several variables, each value as YAML writes it (quotes included)."""
    pairs = [f"{name}: {value}" for name, value in values.items()]
    for keyword in ("image", "script"):
        mapping = written_in(job, keyword)
        # `default:` and the root hold an image, and no variables that would reach this job alone.
        if mapping is None or not is_job(job.pipeline, mapping):
            continue
        entry = find_entry(mapping, keyword)
        if entry is None:
            continue
        variables = find_entry(mapping, "variables")
        if variables is None:
            text = "variables:\n  " + "\n  ".join(pairs)
            if mapping.flow:
                text = f"variables: {{{', '.join(pairs)}}}"
            edit = add_entry(mapping, entry, text)
        else:
            block = variables.value
            if not isinstance(block, Mapping) or not block.entries:
                continue
            text = ", ".join(pairs) if block.flow else "\n".join(pairs)
            edit = add_entry(block, block.entries[-1], text)
        if edit is not None:
            return (edit,)
    return ()


def remove_variable(job: Job, name: str) -> tuple[Edit, ...]:
    """Take a variable away where it is written.

    Nothing where another value would then show, and where no place is certain.
    """
    variable = job.variables.get(name)
    if variable is None or variable.scope not in ("global", "job"):
        return ()
    if len(variable.alternatives) > 1 or variable.value.shadowed:
        return ()
    if variable.scope == "job" and name in job.pipeline.variables:
        return ()
    for mapping in dict.fromkeys(_holders(job.pipeline).values()):
        outer = find_entry(mapping, "variables")
        inner = None if outer is None else outer.value
        if outer is None or not isinstance(inner, Mapping):
            continue
        entry = find_entry(inner, name)
        if entry is not None and entry.key is variable.value.key:
            edit = remove_entry(inner, entry) or remove_entry(mapping, outer)
            return () if edit is None else (edit,)
    return ()


def add_before_script(job: Job, lines: Sequence[str]) -> tuple[Edit, ...]:
    """Add commands to the end of the job's `before_script`, or give it one before its `script`.

    Each line must be a plain YAML scalar. Nothing where the job inherits a `before_script` from
    elsewhere, or where no place is certain.
    """
    before = job.keywords.get("before_script")
    if before is not None:
        mapping = written_in(job, "before_script")
        block = before.node
        if mapping is None or not is_job(job.pipeline, mapping):
            return ()
        if not isinstance(block, nodes.Sequence) or block.flow or not block.items:
            return ()
        edit = add_items(block, lines)
        return () if edit is None else (edit,)
    if job.may_inherit("before_script"):
        return ()
    mapping = written_in(job, "script")
    entry = None if mapping is None else find_entry(mapping, "script")
    if mapping is None or entry is None or mapping.flow:
        return ()
    items = "\n".join(f"  - {line}" for line in lines)
    return (put_before(entry, f"before_script:\n{items}"),)


def add_keyword(job: Job, block: str, flow: str, *, after: str) -> tuple[Edit, ...]:
    """Add a keyword behind the entry `after` of the job: `block` text, or `flow` text in a flow mapping."""
    mapping = written_in(job, after)
    if mapping is None or not is_job(job.pipeline, mapping):
        mapping, after = written_in(job, "script"), "script"
    entry = None if mapping is None else find_entry(mapping, after)
    if mapping is None or entry is None or not is_job(job.pipeline, mapping):
        return ()
    if after == "script" and not mapping.flow:
        return (put_before(entry, block),)
    edit = add_entry(mapping, entry, flow if mapping.flow else block)
    return () if edit is None else (edit,)


def remove_user(image: Image, user: Value, executor: str) -> Edit | None:
    """Take `image:docker:user` (or `kubernetes`) away, with the mapping that it leaves empty."""
    mapping = image.value.node
    outer = find_entry(mapping, executor) if isinstance(mapping, Mapping) else None
    if outer is None or not isinstance(mapping, Mapping):
        return None
    inner = outer.value
    entry = holder(inner, user.node)
    if not isinstance(inner, Mapping) or entry is None:
        return None
    return remove_entry(inner, entry) or remove_entry(mapping, outer)
