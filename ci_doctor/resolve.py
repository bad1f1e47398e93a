"""The resolved configuration as YAML: what GitLab would make jobs of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from .errors import CiDoctorError, UsageError
from .pipeline.jobs import EDGE_STAGES
from .pipeline.model import Job, Pipeline, Value
from .pipeline.spelling import Speller
from .pipeline.values import is_reference
from .source import Location
from .yamldoc.nodes import Scalar, Sequence
from .yamldoc.writing import LONGEST_KEY, literal, scalar

# References to lists of references grow without bound. A real job has some hundred values.
MAX_OF_JOB = 20_000
MAX_VALUES = 2_000_000
# Lists in which GitLab unpacks the lists that a `!reference` leaves.
SCRIPTS = ("before_script", "script", "after_script")
UNPACKED = (*SCRIPTS, "rules", "needs")


def resolve(pipeline: Pipeline, *, job: str | None = None, origins: bool = False) -> Iterator[str]:
    """The lines of a file that means the same and needs no `include`, `extends`, `default` or hidden job.

    `job` limits it to one job, named as it is written or as `parallel` names it. With `origins` each
    value is followed by a comment that says where it is written. What nobody here can see (an input,
    a reference to what was not read, unknown parents) stays as it is written. Raises UsageError
    for a job that is not there, CiDoctorError for what grows without bound.
    """
    jobs = list(pipeline.jobs.values()) if job is None else [_named(pipeline, job)]
    spent = 0
    if job is None:
        budget = _Budget()
        yield from _lines(dict(_globals(pipeline, budget)), None, origins, budget)
        spent = budget.spent
    for one in jobs:
        budget = _Budget()
        keywords = Value(dict(_keywords(one, budget)), one.value.node, one.value.key)
        yield from _lines({one.name: keywords}, one, origins, budget)
        spent += budget.spent
        if spent > MAX_VALUES:
            raise _too_many(MAX_VALUES)


def _named(pipeline: Pipeline, name: str) -> Job:
    job = pipeline.job_named(name)
    if job is not None:
        return job
    if name in pipeline.templates:
        raise UsageError(f"'{name}' is a hidden job: it never runs", "name a job that extends it")
    near = Speller().nearest(name, tuple(pipeline.jobs))
    hint = f"did you mean '{near.word}'?" if near else "`ci-doctor resolve` prints all jobs"
    raise UsageError(f"no job is called '{name}'", hint)


@dataclass
class _Budget:
    """Counts the values of one job, or of the global keywords."""

    spent: int = 0

    def spend(self) -> None:
        self.spent += 1
        if self.spent > MAX_OF_JOB:
            raise _too_many(MAX_OF_JOB)


def _too_many(limit: int) -> CiDoctorError:
    return CiDoctorError(
        f"more than {limit} values, too many to print",
        "lists that hold references to lists of references grow that fast",
    )


def _globals(pipeline: Pipeline, budget: _Budget) -> Iterator[tuple[str, Value]]:
    """What stands beside the jobs: the other global keywords have become part of them."""
    stages = pipeline.value.get("stages")
    if stages is None:
        if pipeline.stages is not None:
            yield "stages", Value(tuple(map(Value, pipeline.stages)))
    elif stages.is_list:
        first, last = map(Value, EDGE_STAGES)
        own = [one for one in _unpacked(stages, budget) if one.data not in EDGE_STAGES]
        yield "stages", Value((first, *own, last), stages.node, stages.key)
    else:
        yield "stages", stages
    if pipeline.workflow is not None:
        rules = pipeline.workflow.get("rules")
        flat = {} if rules is None else {"rules": _list(rules, budget)}
        yield "workflow", _replaced(pipeline.workflow, flat)
    variables = pipeline.value.get("variables")
    if variables is not None and variables.data is not None:
        yield "variables", variables


def _keywords(job: Job, budget: _Budget) -> Iterator[tuple[str, Value]]:
    if "stage" not in job.keywords and job.stage is not None:
        yield "stage", Value(job.stage)
    for name, value in job.keywords.items():
        if name == "extends":
            # Parents that were read are part of the job now.
            if is_reference(value):
                yield name, value
            elif job.unknown_parents:
                yield name, Value(tuple(map(Value, job.unknown_parents)), value.node, value.key)
        elif name in UNPACKED:
            yield name, _list(value, budget)
        elif name == "hooks" and value.is_mapping:
            lists = {key: _list(hook, budget) for key, hook in value.entries.items()}
            yield name, _replaced(value, lists)
        else:
            yield name, value


def _replaced(mapping: Value, entries: dict[str, Value]) -> Value:
    return Value(mapping.entries | entries, mapping.node, mapping.key)


def _list(value: Value, budget: _Budget) -> Value:
    """A list without lists in it; a scalar becomes its only item, a mapping stays."""
    if value.is_unknown or value.is_mapping or value.data is None:
        return value
    return Value(tuple(_unpacked(value, budget)), value.node, value.key)


def _unpacked(value: Value, budget: _Budget) -> Iterator[Value]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        budget.spend()
        if item.is_list and not item.is_unknown:
            waiting += reversed(item.items)
        else:
            yield item


@dataclass
class _Frame:
    """A collection that is being written: what is left of it, and how far it is indented.

    `lead` stands before the first entry in the place of the indentation: `- ` of a list item.
    """

    entries: Iterator[tuple[str | None, Value]]
    indent: int
    lead: str | None = None

    def start(self) -> str:
        lead, self.lead = self.lead, None
        return " " * self.indent if lead is None else lead


def _lines(
    entries: dict[str, Value], job: Job | None, origins: bool, budget: _Budget
) -> Iterator[str]:
    """Block style throughout; without recursion, since references may nest as deep as a file is long."""
    frames = [_Frame(iter(entries.items()), 0)]
    while frames:
        frame = frames[-1]
        key, value = next(frame.entries, (None, None))
        if value is None:
            frames.pop()
            continue
        budget.spend()
        head = frame.start() + ("-" if key is None else _key(key, frame.indent))
        place = job.location if job is not None and len(frames) == 1 else value.location
        comment = _comment(place) if origins else ""
        if value.is_unknown or not (value.items or value.entries):
            yield from _leaf(head, value, comment, frame.indent)
            continue
        below: Iterator[tuple[str | None, Value]]
        if value.is_mapping:
            below = iter(value.entries.items())
        else:
            below = ((None, item) for item in value.items)
        if key is None and value.is_mapping:
            frames.append(_Frame(below, frame.indent + 2, f"{head} "))
        else:
            yield f"{head}{comment if job is not None and len(frames) == 1 else ''}\n"
            frames.append(_Frame(below, frame.indent + 2))


def _key(key: str, indent: int) -> str:
    """`? ` marks a key that is too long to be found by its colon."""
    text = scalar(key)
    return f"{text}:" if len(text) <= LONGEST_KEY else f"? {text}\n{' ' * indent}:"


def _leaf(head: str, value: Value, comment: str, indent: int) -> Iterator[str]:
    data = value.data
    if value.node is not None and value.node.tag == "!reference" and data is None:
        yield f"{head} {_reference(value)}{comment}\n"
    elif isinstance(data, (tuple, dict)):
        yield f"{head} {'{}' if isinstance(data, dict) else '[]'}{comment}\n"
    else:
        block = literal(data) if isinstance(data, str) else None
        if block is None:
            yield f"{head} {scalar(data)}{comment}\n"
            return
        yield f"{head} {block.header}{comment}\n"
        for line in block.lines:
            yield f"{' ' * (indent + 2)}{line}\n" if line else "\n"


def _reference(value: Value) -> str:
    """A reference to what was not read, on one line."""
    node = value.node
    if isinstance(node, Sequence):
        items = [item.target for item in node.items]
        return f"!reference {json.dumps([item.text for item in items if isinstance(item, Scalar)])}"
    return "!reference " + (json.dumps(node.text) if isinstance(node, Scalar) else "{}")


def _comment(place: Location | None) -> str:
    if place is None:
        return "  # GitLab's default"
    where = f"{place.path}:{place.start.line}"
    return "  # " + "".join(c if c.isprintable() else "?" for c in where)
