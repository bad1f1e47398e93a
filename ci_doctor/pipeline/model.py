"""A pipeline as GitLab would run it, every value with the place where it is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Union

from ..source import Location, Source
from ..text import Origin, Text
from ..yamldoc import nodes
from ..yamldoc.nodes import Fault, Node, Plain, Scalar, YamlFile
from .scalars import InterpolatedScalar


@dataclass(frozen=True, slots=True)
class Hop:
    """One step by which a value reached its job.

    `kind` is "extends", "reference", "alias", "merge", "include" or "default"; `location` is
    the text that took the step (the `extends:` entry, the `!reference`, the `*alias`). `certain` is
    false for an `include` whose `rules` may leave it out.
    """

    kind: str
    location: Location
    name: str = ""  # the parent's name, the referenced path, the file
    certain: bool = True


Data = Union["Plain", "tuple[Value, ...]", "dict[str, Value]"]

# More than any real pipeline needs; they bound the work for a hostile one.
_MAX_SHADOWED = 32
_MAX_HOPS = 256


class Value:
    """What a keyword resolves to. Immutable; two Values are equal only where they are one object.

    `data` is a plain scalar, a tuple of Values, or a dict of Values by key. `node` is where it
    is WRITTEN (None for what GitLab supplies), `key` the key's node for a mapping entry, `via`
    the hops from there to the job (outermost last), `shadowed` what it replaced: the value a
    parent, a default or an included file gave for the same keyword, nearest first. Items and
    entries carry all of this themselves, the hops of what they stand in included.
    """

    __slots__ = ("_data", "_make", "composed", "key", "node", "shadowed", "via")

    def __init__(
        self,
        data: Data,
        node: Node | None = None,
        key: Node | None = None,
        via: tuple[Hop, ...] = (),
        shadowed: tuple[Value, ...] = (),
    ) -> None:
        self._data = data
        self._make: Callable[[], Data] | None = None
        self.node = node
        self.key = key
        self.via = via
        self.shadowed = shadowed
        self.composed = False

    @classmethod
    def lazy(
        cls,
        make: Callable[[], Data],
        node: Node | None = None,
        key: Node | None = None,
        via: tuple[Hop, ...] = (),
        shadowed: tuple[Value, ...] = (),
        *,
        composed: bool = False,
    ) -> Value:
        """A Value whose data is made when it is first asked for (an alias bomb never is).

        `composed` data comes from more than `node`: it was merged, or references were resolved.
        """
        value = cls(None, node, key, via, shadowed)
        value._make = make
        value.composed = composed
        return value

    def __repr__(self) -> str:
        return f"Value({self.data!r})"

    @property
    def data(self) -> Data:
        if self._make is not None:
            self._data = self._make()
            self._make = None
        return self._data

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.data, dict)

    @property
    def is_list(self) -> bool:
        return isinstance(self.data, tuple)

    @property
    def items(self) -> tuple[Value, ...]:
        """The items of a list, else nothing."""
        data = self.data
        return data if isinstance(data, tuple) else ()

    @property
    def entries(self) -> dict[str, Value]:
        """The entries of a mapping, else nothing."""
        data = self.data
        return data if isinstance(data, dict) else {}

    def get(self, *path: str) -> Value | None:
        """The value at a path of keys, None where it is absent."""
        value: Value | None = self
        for key in path:
            if value is None:
                return None
            value = value.entries.get(key)
        return value

    @property
    def is_unknown(self) -> bool:
        """Whether all of it is something nobody here can see, of whatever type.

        Either an input without a value (`data` is then the `$[[ … ]]` itself), or a `!reference`
        to what no file read defines (`data` is None).
        """
        if isinstance(self.node, InterpolatedScalar):
            return self.node.is_unknown
        return self.node is not None and self.node.tag == "!reference"

    @property
    def has_unknown(self) -> bool:
        """Whether a part of a scalar is an input nobody here can see, or all of it is unknown."""
        if isinstance(self.node, InterpolatedScalar):
            return self.node.has_unknown
        return self.is_unknown

    @property
    def string(self) -> str | None:
        """A scalar as GitLab makes it a string ("true", "1.1"); None for null, lists and mappings."""
        return as_string(self.data)

    @property
    def text(self) -> Text | None:
        """`string` with its places; what an unseen input would fill in is a Symbol."""
        string = self.string
        if string is None:
            return None
        if isinstance(self.node, InterpolatedScalar) and self.node.text == string:
            return self.node.content
        return Text.of(string, self.origin)

    @property
    def origin(self) -> Origin | None:
        """Maps characters of `string` to the file, where they are the scalar's own text."""
        if isinstance(self.node, Scalar) and self.node.text == self.string:
            return self.node.origin
        return None

    @property
    def location(self) -> Location | None:
        return None if self.node is None else self.node.location

    @property
    def content_location(self) -> Location | None:
        """The characters of a scalar without their quotes; `location` for anything else."""
        origin, string = self.origin, self.string
        if origin is None or not string or not isinstance(self.node, Scalar):
            return self.location
        quoted = self.node.style in ("single", "double")
        return origin.locate(0, len(string)) if quoted else self.location

    @property
    def key_location(self) -> Location | None:
        return None if self.key is None else self.key.location

    def brought_by(self, *hops: Hop) -> Value:
        """The same value after further hops, which its items and entries take too."""
        if not hops:
            return self
        return self._copy(self.key, (self.via + hops)[:_MAX_HOPS], self.shadowed, hops)

    def standing(self, key: Node | None, shadowed: tuple[Value, ...]) -> Value:
        """The same value under another key, in the place of others."""
        return self._copy(key, self.via, shadowed)

    def replacing(self, other: Value) -> Value:
        """The same value, standing where `other` stood before."""
        shadowed = (*self.shadowed, other, *other.shadowed)
        return self._copy(self.key, self.via, shadowed[:_MAX_SHADOWED])

    def merged_over(self, base: Value) -> Value:
        """Deep merge as GitLab does it: mappings entry by entry, anything else replaces."""
        mine, theirs = self.data, base.data
        if not isinstance(mine, dict) or not isinstance(theirs, dict):
            return self.replacing(base)
        merge = partial(_merge, theirs, mine)
        return Value.lazy(merge, self.node, self.key, self.via, self.shadowed, composed=True)

    def _copy(
        self,
        key: Node | None,
        via: tuple[Hop, ...],
        shadowed: tuple[Value, ...],
        hops: tuple[Hop, ...] = (),
    ) -> Value:
        if self._make is None and not isinstance(self._data, (tuple, dict)):
            return Value(self._data, self.node, key, via, shadowed)
        make = partial(_bring, self, hops)
        if isinstance(self._make, partial) and self._make.func is _bring:
            # One step however many files a value has come through: no deep recursion.
            source, before = self._make.args
            make = partial(_bring, source, before + hops)
        return Value.lazy(make, self.node, key, via, shadowed, composed=self.composed)


def _bring(value: Value, hops: tuple[Hop, ...]) -> Data:
    data = value.data
    if not hops:
        return data
    if isinstance(data, tuple):
        return tuple(item.brought_by(*hops) for item in data)
    if isinstance(data, dict):
        return {key: entry.brought_by(*hops) for key, entry in data.items()}
    return data


def _merge(base: dict[str, Value], top: dict[str, Value]) -> Data:
    merged = dict(base)
    for key, value in top.items():
        below = merged.get(key)
        merged[key] = value if below is None else value.merged_over(below)
    return merged


def as_string(data: object) -> str | None:
    """A plain scalar as Ruby's `to_s` writes it; None for null and for what is no scalar."""
    if isinstance(data, str):
        return data
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int):
        return str(data)
    if isinstance(data, float):
        if math.isnan(data):
            return "NaN"
        if math.isinf(data):
            return "Infinity" if data > 0 else "-Infinity"
        mantissa, mark, exponent = repr(data).partition("e")
        return f"{mantissa}.0e{exponent}" if mark and "." not in mantissa else repr(data)
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A variable of `.gitlab-ci.yml`.

    `text` is its value with the variables in it expanded (unless `expand: false`); with
    several values (matrix, `rules:variables`) it is a Choice. `scope` is "global", "job",
    "rules", "matrix", "service" or "workflow". A variable written in the YAML counts as known although
    a project variable could override it.
    """

    name: str
    text: Text
    value: Value
    scope: str
    expand: bool = True
    alternatives: tuple[Value, ...] = ()  # every value that a Choice may come from


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """`name` is the image as written with variables expanded; `entrypoint` None when absent."""

    name: Text
    value: Value  # the whole `image:`
    name_value: Value | None  # the scalar that holds the name
    entrypoint: Value | None = None
    docker_user: Value | None = None
    platform: Value | None = None
    kubernetes_user: Value | None = None
    pull_policy: Value | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """One of `services:`. `aliases` are the names written; default names are `hostnames`."""

    name: Text
    value: Value
    name_value: Value | None
    aliases: tuple[Text, ...] = ()
    entrypoint: Value | None = None
    command: Value | None = None
    variables: Mapping[str, Variable] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnresolvedInclude:
    """An `include` that was not read: what it is, why, and its entry."""

    kind: str  # remote, project, template, component, artifact, local (a name with variables)
    name: str
    location: Location
    reason: str


@dataclass(slots=True, eq=False)
class Job:
    """A job as it would run: extends, default, `!reference` and global variables applied.

    `keywords` holds every keyword that is set (not null). An absent one may still come from an
    include that could not be read: ask `may_inherit`.
    """

    name: str
    value: Value
    keywords: Mapping[str, Value]
    location: Location  # the job's key where the entry file (or the last include) writes it
    pipeline: Pipeline
    stage: str | None = None  # None where it is not known
    image: Image | None = None
    services: tuple[Service, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    tags: tuple[Text, ...] = ()  # with variables expanded
    is_trigger: bool = False
    names: tuple[str, ...] = ()  # expanded by parallel / matrix; (name,) otherwise
    incomplete: bool = False  # no script here, or an unknown parent: what it does is not known
    unknown_parents: tuple[str, ...] = ()  # names in `extends` that no file read defines

    def get(self, *path: str) -> Value | None:
        return self.value.get(*path)

    def may_inherit(self, keyword: str) -> bool:
        """Whether an absent keyword could come from what was not read."""
        return keyword not in self.keywords and (
            bool(self.unknown_parents) or self.pipeline.has_unresolved
        )

    @property
    def knows_variables(self) -> bool:
        """Whether every variable that the YAML sets for this job has been read."""
        return not self.unknown_parents and not self.pipeline.has_unresolved

    def lines(self, keyword: str) -> tuple[Value, ...]:
        """The items of before_script, script, after_script or a hook: flattened scalar Values.

        What nobody here can see (`is_unknown`) is an item too; it may stand for several lines.
        """
        value = self.keywords.get(keyword)
        return () if value is None else tuple(flatten(value))

    def via(self, value: Value) -> Iterator[Hop]:
        yield from value.via


MAX_NESTING = 10  # GitLab flattens lists in scripts, rules and stages this deep
_MAX_ITEMS = 100_000


def flatten(value: Value) -> Iterator[Value]:
    """The items of nested lists, mappings and nulls left out; a lone scalar is one item."""
    waiting = [(value, 0)]
    given = 0
    while waiting and given < _MAX_ITEMS:
        item, depth = waiting.pop()
        given += 1
        if item.is_unknown:
            yield item
        elif isinstance(item.data, tuple):
            if depth <= MAX_NESTING:
                waiting += [(child, depth + 1) for child in reversed(item.data)]
        elif item.data is not None and not isinstance(item.data, dict):
            yield item


@dataclass(frozen=True, slots=True)
class Child:
    """A file of this repository that a trigger job runs as a child pipeline."""

    path: str
    job: str
    location: Location  # the file's name in `trigger:include`
    certain: bool = True


@dataclass(slots=True, eq=False)
class Pipeline:
    """All jobs of one entry file with its includes.

    `value` is the whole configuration after includes, `extends` and `!reference`. `jobs` are the
    visible jobs in GitLab's order, `templates` the hidden ones (`.name`), as resolved Values.
    `default` are the values jobs inherit: those of `default:` and of deprecated global keywords.
    `faults` are configuration faults met while reading (the family `pipeline` of checks reports
    them). A `fragment` has no jobs of its own and is meant to be included elsewhere: foreign
    symbols are unknown in it. `broken`: a file that takes part could not be read because of a fault.
    """

    entry: Source
    value: Value
    files: list[YamlFile] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    templates: dict[str, Value] = field(default_factory=dict)
    stages: tuple[str, ...] | None = ()  # with .pre and .post; None where unread files may set them
    variables: Mapping[str, Variable] = field(default_factory=dict)
    default: Value | None = None
    workflow: Value | None = None
    unresolved: list[UnresolvedInclude] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    fragment: bool = False
    broken: bool = False
    children: list[Child] = field(default_factory=list)
    validated: dict[str, list[Fault]] | None = None  # kept by `ci_doctor.pipeline.validate`
    holders: dict[Node, nodes.Mapping] | None = None  # kept by `ci_doctor.pipeline.editing`
    runs: Mapping[str, tuple[bool | None, ...]] | None = None  # kept by `pipeline.conditions`
    _by_name: dict[str, Job] | None = None

    @property
    def has_unresolved(self) -> bool:
        """Whether what is absent may stand in a file that was not read."""
        return bool(self.unresolved) or self.fragment or self.broken

    def job_named(self, name: str) -> Job | None:
        """The job that `needs` or `dependencies` mean: by its own or by an expanded name."""
        if self._by_name is None:
            self._by_name = {other: job for job in self.jobs.values() for other in job.names}
            self._by_name.update(self.jobs)
        return self._by_name.get(name)
