"""Jobs as they would run: defaults inherited, variables layered, names expanded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product

from ..text import Opaque, Text
from .model import Child, Hop, Image, Job, Pipeline, Service, Value, Variable, flatten
from .variables import Candidates, Definition, Variables, definitions, expand, overlaid

# Top-level keys that are never jobs.
RESERVED = frozenset(
    (
        "include",
        "before_script",
        "image",
        "services",
        "after_script",
        "variables",
        "stages",
        "cache",
    )
)
# What `default:` may hold and jobs inherit.
INHERITED = (
    "after_script",
    "artifacts",
    "before_script",
    "cache",
    "hooks",
    "id_tokens",
    "identity",
    "image",
    "interruptible",
    "retry",
    "services",
    "tags",
    "timeout",
)
# Deprecated: at the top level these act as defaults.
GLOBAL = ("image", "services", "cache", "before_script", "after_script")
EDGE_STAGES = (".pre", ".post")
DEFAULT_STAGES = (".pre", "build", "test", "deploy", ".post")
MAX_PARALLEL = 200


def is_job_name(name: str, value: Value) -> bool:
    """Whether GitLab takes a top-level entry for a visible job."""
    if name in RESERVED or name.startswith("."):
        return False
    if name in ("default", "workflow"):
        return any(key in value.entries for key in ("script", "run", "trigger"))
    return True


def inherited_defaults(entries: Mapping[str, Value]) -> Value | None:
    """What jobs inherit: `default:`, and global keywords that it does not set."""
    default = entries.get("default")
    if default is not None and is_job_name("default", default):
        default = None
    values: dict[str, Value] = {}
    for key in GLOBAL:
        value = entries.get(key)
        if value is not None and value.data is not None:
            values[key] = value
    if default is None:
        return Value(values) if values else None
    values.update((key, v) for key, v in default.entries.items() if v.data is not None)
    return Value(values, default.node, default.key, default.via)


class Builder:
    """Builds the jobs of a pipeline whose other parts are set.

    `unknown_parents` are, by job, the parents that no file read defines.
    """

    def __init__(self, pipeline: Pipeline, unknown_parents: Mapping[str, tuple[str, ...]]) -> None:
        self._pipeline = pipeline
        self._unknown_parents = unknown_parents
        self._global = _global_candidates(pipeline)
        self._common = Variables(self._global)
        pipeline.variables = self._common

    def build(self, name: str, own: Value) -> Job:
        pipeline = self._pipeline
        keywords = self._inherit(own)
        is_trigger = _is_trigger(keywords)
        value = Value(keywords, own.node, own.key, own.via, own.shadowed)
        value.composed = True
        place = own.key_location or own.location
        assert place is not None
        parents = self._unknown_parents.get(name, ())
        does = is_trigger or "script" in keywords or "run" in keywords
        incomplete = bool(parents) or (not does and pipeline.has_unresolved)
        variables = self._variables(name, value)
        return Job(
            name=name,
            value=value,
            keywords={
                key: entry
                for key, entry in keywords.items()
                if entry.data is not None or entry.is_unknown
            },
            location=place,
            pipeline=pipeline,
            stage=_stage(value, unknown=incomplete),
            image=_image(keywords.get("image"), variables, name),
            services=tuple(_services(keywords.get("services"), variables, name)),
            variables=variables,
            tags=tuple(_expanded(tag, variables, name) for tag in _listed(keywords.get("tags"))),
            is_trigger=is_trigger,
            names=tuple(_names(name, keywords.get("parallel"))),
            incomplete=incomplete,
            unknown_parents=parents,
        )

    def _inherit(self, own: Value) -> dict[str, Value]:
        keywords = dict(own.entries)
        default = self._pipeline.default
        if default is None:
            return keywords
        wanted = own.get("inherit", "default")
        for key in ("interruptible",) if _is_trigger(keywords) else INHERITED:
            value = default.entries.get(key)
            if value is None or not _is_wanted(wanted, key):
                continue
            mine = keywords.get(key)
            if mine is None or (mine.data is None and not mine.is_unknown):
                place = value.key_location or value.location
                keywords[key] = value.brought_by(Hop("default", place, key)) if place else value
            else:
                keywords[key] = mine.replacing(value)
        return keywords

    def _variables(self, name: str, job: Value) -> Variables:
        candidates = self._global
        wanted = job.get("inherit", "variables")
        if wanted is not None and not wanted.has_unknown and candidates:
            kept = {key: found for key, found in candidates.items() if _is_wanted(wanted, key)}
            candidates = candidates if len(kept) == len(candidates) else kept
        own = definitions(job.get("variables"), "job")
        if own:
            candidates = overlaid(candidates, own)
        matrix = list(_matrix(job.get("parallel", "matrix")))
        if matrix:
            candidates = overlaid(candidates, *matrix)
        rules = _rule_variables(job.get("rules"), "rules")
        if rules:
            candidates = overlaid(candidates, *rules)
        if candidates is self._global:
            return self._common
        return Variables(candidates, name, self._common)


def _global_candidates(pipeline: Pipeline) -> Candidates:
    variables = pipeline.value.get("variables")
    candidates: Candidates = overlaid({}, definitions(variables, "global"))
    if pipeline.workflow is not None:
        rules = _rule_variables(pipeline.workflow.get("rules"), "workflow")
        if rules:
            candidates = overlaid(candidates, *rules)
    return candidates


def _is_wanted(inherit: Value | None, key: str) -> bool:
    """Whether `inherit:default` or `inherit:variables` lets `key` through."""
    if inherit is None or inherit.data is None or inherit.has_unknown:
        return True
    if isinstance(inherit.data, bool):
        return inherit.data
    return not inherit.is_list or any(
        item.has_unknown or item.string == key for item in inherit.items
    )


def _is_trigger(keywords: Mapping[str, Value]) -> bool:
    """A job that runs a pipeline, or mirrors one (`needs:pipeline` without a script)."""
    if "script" in keywords or "run" in keywords:
        return False
    if "trigger" in keywords:
        return keywords["trigger"].data is not None or keywords["trigger"].is_unknown
    needs = keywords.get("needs")
    if needs is None:
        return False
    needed = needs.items or (needs,)
    return any("pipeline" in need.entries and "job" not in need.entries for need in needed)


def _stage(job: Value, *, unknown: bool) -> str | None:
    stage = job.get("stage")
    if stage is None or (stage.data is None and not stage.is_unknown):
        return None if unknown else "test"
    return None if stage.has_unknown or not isinstance(stage.data, str) else stage.data


def stages_of(value: Value | None) -> tuple[str, ...] | None:
    """The stages in order, `.pre` and `.post` at the ends; None where they cannot be told."""
    if value is None or (value.data is None and not value.is_unknown):
        return DEFAULT_STAGES
    if not value.is_list:
        return None
    names = []
    for item in flatten(value):
        if item.has_unknown or item.string is None:
            return None
        names.append(item.string)
    return (".pre", *(name for name in names if name not in EDGE_STAGES), ".post")


def _rule_variables(rules: Value | None, scope: str) -> list[dict[str, Definition]]:
    """What each rule that lets the job run sets; nothing where no rule sets any."""
    if rules is None:
        return []
    found = []
    any_set = False
    for rule in flatten_mappings(rules):
        when = rule.get("when")
        if when is not None and when.data == "never":
            continue
        own = definitions(rule.get("variables"), scope)
        any_set = any_set or bool(own)
        found.append(own)
    return found if any_set else []


def flatten_mappings(value: Value) -> Iterator[Value]:
    """The mappings in nested lists (rules, needs)."""
    waiting = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if item.is_mapping:
            yield item
        elif depth <= 10:
            waiting += [(child, depth + 1) for child in reversed(item.items)]


def _matrix(matrix: Value | None) -> Iterator[dict[str, Definition]]:
    """The combinations of a matrix as alternatives: one for each value of each variable.

    A variable takes every value of its list; that the values of two variables belong together is
    not kept.
    """
    for entry in () if matrix is None else matrix.items:
        columns = {
            name: [item for item in (values.items or (values,)) if item.string is not None]
            for name, values in entry.entries.items()
        }
        longest = max((len(column) for column in columns.values()), default=0)
        for row in range(min(longest, MAX_PARALLEL)):
            yield {
                name: Definition(column[row % len(column)], "matrix")
                for name, column in columns.items()
                if column
            }


def _names(name: str, parallel: Value | None) -> Iterator[str]:
    """The names of the jobs that `parallel` makes, at most MAX_PARALLEL of them."""
    count = None if parallel is None else parallel.data
    if isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= MAX_PARALLEL:
        for instance in range(1, count + 1):
            yield f"{name} {instance}/{count}"
        return
    matrix = None if parallel is None else parallel.get("matrix")
    made = 0
    for entry in () if matrix is None else matrix.items:
        columns = [values.items or (values,) for values in entry.entries.values()]
        rows = product(*columns) if columns else iter(())
        for row in islice(rows, MAX_PARALLEL - made):
            made += 1
            shown = ", ".join(item.string for item in row if item.string is not None)
            yield f"{name}: [{shown}]"
    if not made:
        yield name


def _listed(value: Value | None) -> tuple[Value, ...]:
    """The items of a list; what stands there and is unknown is one item."""
    if value is None:
        return ()
    return (value,) if value.is_unknown else value.items


def _image(value: Value | None, variables: Mapping[str, Variable], job: str) -> Image | None:
    if value is None or (value.data is None and not value.is_unknown):
        return None
    name = value.get("name") if value.is_mapping else value
    return Image(
        name=_expanded(name, variables, job),
        value=value,
        name_value=name,
        entrypoint=value.get("entrypoint"),
        docker_user=value.get("docker", "user"),
        platform=value.get("docker", "platform"),
        kubernetes_user=value.get("kubernetes", "user"),
        pull_policy=value.get("pull_policy"),
    )


def _services(
    value: Value | None, variables: Mapping[str, Variable], job: str
) -> Iterator[Service]:
    for item in _listed(value):
        if item.is_list:
            continue
        name = item.get("name") if item.is_mapping else item
        alias = item.get("alias")
        own = definitions(item.get("variables"), "service")
        yield Service(
            name=_expanded(name, variables, job),
            value=item,
            name_value=name,
            aliases=tuple(_aliases(alias, variables, job)),
            entrypoint=item.get("entrypoint"),
            command=item.get("command"),
            variables=Variables(overlaid({}, own), job) if own else {},
        )


def _aliases(alias: Value | None, variables: Mapping[str, Variable], job: str) -> Iterator[Text]:
    """An alias may hold several names between commas and blanks."""
    if alias is None or alias.string is None:
        return
    for piece in _expanded(alias, variables, job).split(","):
        for name in piece.split(" "):
            if name.strip():
                yield name.strip()


def _expanded(value: Value | None, variables: Mapping[str, Variable], job: str) -> Text:
    if value is None:
        return Text()
    text = value.text
    if text is not None:
        return expand(text, value.origin, variables, job)
    unseen = value.location if value.is_unknown else None
    return Text() if unseen is None else Text((Opaque(unseen.text),))


def children(pipeline: Pipeline) -> Iterator[Child]:
    """The files of this repository that trigger jobs run."""
    for job in pipeline.jobs.values():
        include = job.get("trigger", "include")
        if include is None:
            continue
        for item in include.items or (include,):
            local = item.get("local") if item.is_mapping else item
            if local is None or local.has_unknown or not isinstance(local.data, str):
                continue
            path, place = local.data.lstrip("/"), local.location
            if place is not None and path and "$" not in path and "://" not in path:
                yield Child(path, job.name, place)
