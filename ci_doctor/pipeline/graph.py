"""The order of jobs: stages, `needs`, `dependencies`, `on_stop`, and circles among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ..edits import Fix
from ..source import Location, noted
from .keyword_values import certain, rename, unseen
from .model import Job, Pipeline, Value
from .problems import Collector, listed, quoted, shown
from .spelling import Speller

MAX_NAME = 255
_MATRIX_VALUE = re.compile(r"\$\[\[\s*matrix\.(\w+)\s*\]\]")
MAX_NEEDS = 50  # GitLab.com's, and the default of `ci_needs_size_limit`


class Need(NamedTuple):
    """A job of this pipeline that another waits for.

    `name` is as written; `targets` are the expanded names it stands for; `value` the name's scalar.
    """

    name: str
    targets: tuple[str, ...]
    job: Job | None
    optional: bool
    value: Value


def check_graph(pipeline: Pipeline, out: Collector) -> None:
    """Report what GitLab checks job by job after the keywords, for every job."""
    graph = Graph(pipeline, out)
    for job in pipeline.jobs.values():
        out.job = job
        graph.check(job)
    out.job = None
    graph.check_circles()


@dataclass
class Graph:
    pipeline: Pipeline
    out: Collector
    names: dict[str, Job] = field(default_factory=dict)  # by expanded name and by plain name
    edges: dict[str, list[Need]] = field(default_factory=dict)
    speller: Speller = field(default_factory=Speller)

    def __post_init__(self) -> None:
        for job in self.pipeline.jobs.values():
            for name in job.names:
                self.names[name] = job
        for job in self.pipeline.jobs.values():
            self.names[job.name] = job
        stages = self.pipeline.stages
        self.order = None if stages is None else {s: i for i, s in reversed([*enumerate(stages)])}

    def check(self, job: Job) -> None:
        self._stage(job)
        needs = job.keywords.get("needs")
        own = list(self._needs(needs)) if needs is not None else []
        self.edges[job.name] = own
        is_job = "script" in job.keywords or "run" in job.keywords
        if needs is not None:
            self._types(job, needs, is_job=is_job)
            self._matrix_values(job, needs)
        self._check_needs(job, own, "need")
        for rule in _flat(job.keywords.get("rules")):
            ruled = rule.get("needs")
            if ruled is not None:
                self._check_needs(job, list(self._needs(ruled)), "need")
        self._dependencies(job, own, needs)
        self._dynamic_includes(job)
        self._on_stop(job)

    # Stages.

    def _stage(self, job: Job) -> None:
        stages = self.pipeline.stages
        value = job.keywords.get("stage")
        if value is not None and (
            not certain(value) or not isinstance(value.data, (str, type(None)))
        ):
            return
        if stages is None or job.stage is None or job.stage in stages or job.incomplete:
            return
        details = (
            f"{job.name} job: chosen stage {job.stage} does not exist; "
            f"available stages are {', '.join(stages)}"
        )
        own = [stage for stage in stages if stage not in (".pre", ".post")]
        if value is None or value.data is None:
            self.out.report(
                "stage-undefined",
                job.location,
                f"has no `stage`, and `stages` has no 'test' (stages: {listed(own)})",
                details=details,
                hint="a job without `stage` is in 'test'",
            )
            return
        near = self.speller.nearest(job.stage, own)
        meant = f", did you mean '{near.word}'?" if near else ""
        self.out.report(
            "stage-undefined",
            value,
            f"unknown stage {quoted(job.stage)} (stages: {listed(own)}){meant}",
            details=details,
            fix=None if near is None else rename(value.node, near),
        )

    def _position(self, job: Job) -> int | None:
        """Where the job's stage stands; None where that is not known."""
        if self.order is None or job.stage is None:
            return None
        return self.order.get(job.stage)

    # Needs.

    def _needs(self, needs: Value) -> Iterator[Need]:
        """The needs within this pipeline, with `$[[ … ]]` and unseen inputs left out."""
        for item in _flat(needs):
            name = item.get("job") if item.is_mapping else item
            if name is None or not isinstance(name.data, str) or not certain(name):
                continue
            if not name.data.strip() or any(
                k in item.entries for k in ("project", "ref", "pipeline")
            ):
                continue
            optional = item.get("optional")
            job = self.names.get(name.data)
            targets: tuple[str, ...] = (name.data,)
            if job is not None and name.data == job.name:
                chosen = item.get("parallel", "matrix")
                targets = job.names or (job.name,)
                if chosen is not None:
                    found = _selected(job.name, chosen)
                    if found is None:
                        continue
                    targets = found
            yield Need(
                name.data, targets, job, optional is not None and optional.data is True, name
            )

    def _types(self, job: Job, needs: Value, *, is_job: bool) -> None:
        """Which forms of need the job may have; a trigger job mirrors one pipeline at most."""
        bridges = 0
        for item in _flat(needs):
            entries = item.entries
            if not entries:
                continue
            is_bridge = "pipeline" in entries and "job" not in entries
            is_cross = not is_bridge and any(k in entries for k in ("project", "ref", "pipeline"))
            bridges += is_bridge
            wrong = "bridge" if is_bridge and is_job else "cross_dependency" if is_cross else ""
            if wrong and (is_job == is_bridge):
                what = (
                    "`needs:pipeline` without `job`"
                    if is_bridge
                    else "a need of another pipeline's job"
                )
                kind = "a job with `script`" if is_job else "a trigger job"
                self.out.report(
                    "keyword-conflict",
                    item,
                    f"{what} is not for {kind}",
                    details=f"jobs:{job.name}:needs config uses invalid types: {wrong}".lower(),
                )
        if bridges > 1 and not is_job:
            self.out.report(
                "keyword-conflict",
                needs.key_location or needs,
                f"`needs` names {bridges} pipelines, a trigger job mirrors one at most",
                details=f"jobs:{job.name} config should contain at most one bridge need".lower(),
            )

    def _matrix_values(self, job: Job, needs: Value) -> None:
        """`$[[ matrix.NAME ]]` in `needs:parallel:matrix` stands for the job's own matrix."""
        own = job.get("parallel", "matrix")
        if own is not None and not all(row.is_mapping for row in own.items):
            return
        known = {name for row in (own.items if own is not None else ()) for name in row.entries}
        for item in _flat(needs):
            matrix = item.get("parallel", "matrix")
            rows = () if matrix is None else matrix.items
            for value in (
                v for row in rows for entry in row.entries.values() for v in _flat(entry)
            ):
                for name in _MATRIX_VALUE.findall(value.string or ""):
                    if name not in known:
                        self.out.report(
                            "interpolation-invalid",
                            value,
                            f"`$[[ matrix.{name} ]]`: the job's own matrix has no {quoted(name)}",
                            details=f"{job.name} job: '{name}' does not exist in matrix configuration",
                            hint=f"it has {listed(sorted(known))}" if known else "",
                        )

    def _check_needs(self, job: Job, needs: list[Need], kind: str) -> None:
        self._defined(job, needs, kind)
        by_name: dict[str, list[Need]] = {}
        for need in needs:
            by_name.setdefault(need.name, []).append(need)
        for name, same in by_name.items():
            # The same job with other values of its matrix is another need.
            if len({need.targets for need in same}) < len(same):
                self.out.report(
                    "keyword-value-invalid",
                    same[-1].value,
                    f"`needs` names job {quoted(name)} {len(same)} times",
                    details=f"{job.name} has the following needs duplicated: {name}.",
                    related=[noted(need.value.location, "named here too") for need in same[:-1]],
                )
        total = sum(len(need.targets) for need in needs)
        if total > MAX_NEEDS:
            self.out.report(
                "needs-too-many",
                job.keywords["needs"].key_location if "needs" in job.keywords else job.location,
                f"needs {total} jobs, at most {MAX_NEEDS} are allowed",
                details=f"{job.name}: one job can only need {MAX_NEEDS} others, but you have listed "
                f"{total}. See needs keyword documentation for more details",
                hint="let a job in between gather them, or order by stages instead; "
                "a self-managed GitLab can raise the limit",
            )

    def _defined(self, job: Job, needs: Iterable[Need], kind: str) -> None:
        """`kind` is GitLab's word: "need" or "dependency"."""
        check = "needs" if kind == "need" else "dependencies"
        here = self._position(job)
        for need in needs:
            unknown = [name for name in need.targets if name not in self.names]
            if unknown:
                if not need.optional and not self.pipeline.has_unresolved:
                    self._undefined(job, need, unknown, kind, check)
                continue
            other = need.job
            assert other is not None
            for name in need.targets:
                if kind == "need" and len(name) > MAX_NAME:
                    self.out.report(
                        "job-name-invalid",
                        need.value,
                        f"the needed job's name has {len(name)} characters with its matrix values, "
                        f"at most {MAX_NAME} are allowed",
                        details=f"{job.name} job: need `{name}` name is too long "
                        f"(maximum is {MAX_NAME} characters)",
                    )
                    break
            there = self._position(other)
            if here is not None and there is not None and there > here:
                self.out.report(
                    f"{check}-later-stage",
                    need.value,
                    f"`{check}` names {quoted(need.name)}, which runs later "
                    f"(stage {quoted(other.stage or '')} comes after {quoted(job.stage or '')})",
                    details=f"{job.name} job: {kind} {need.targets[0]} is not defined in current "
                    "or prior stages",
                    related=[_stage_of(other)],
                )

    def _undefined(self, job: Job, need: Need, unknown: list[str], kind: str, check: str) -> None:
        details = f"{job.name} job: undefined {kind}: {unknown[0]}"
        if need.job is not None:
            known = [name for name in need.job.names if name not in unknown]
            self.out.report(
                f"{check}-undefined",
                need.value,
                f"`{check}` selects {quoted(unknown[0])}, which the matrix of "
                f"{quoted(need.name)} does not make",
                details=details,
                hint=f"it makes {listed(known)}" if known else "",
            )
            return
        hidden = need.name in self.pipeline.templates
        near = None if hidden else self.speller.nearest(need.name, self.names)
        meant = f", did you mean '{near.word}'?" if near else ""
        what = f"`{check}` names the template {quoted(need.name)}" if hidden else ""
        self.out.report(
            f"{check}-undefined",
            need.value,
            f"{what}, which never runs" if hidden
            else f"`{check}` names {quoted(need.name)}, which is no job of this pipeline{meant}",
            details=details,
            hint="" if meant else "`optional: true` if another configuration may define it",
            fix=None if near is None else rename(need.value.node, near),
        )  # fmt: skip

    # Dependencies.

    def _dependencies(self, job: Job, needs: list[Need], written: Value | None) -> None:
        value = job.keywords.get("dependencies")
        if value is None or (value.via and value.via[-1].kind == "default"):
            return
        items = [v for v in value.items if isinstance(v.data, str) and v.data and certain(v)]
        found = []
        for item in items:
            name = str(item.data)
            other = self.names.get(name)
            targets = other.names if other is not None and other.name == name else (name,)
            found.append(Need(name, targets or (name,), other, False, item))
        self._defined(job, found, "dependency")
        entries = list(_flat(written))
        if not found or not entries or any(unseen(entry) for entry in entries):
            return
        needed = {need.name for need in needs} | {t for need in needs for t in need.targets}
        if not needs and all("project" in e.entries or "pipeline" in e.entries for e in entries):
            self.out.report(
                "dependencies-undefined",
                value.key_location or value,
                "`dependencies` names jobs of this pipeline, `needs` only jobs of others",
                details=f"jobs:{job.name} needs corresponding to dependencies must be from the "
                "same pipeline".lower(),
            )
            return
        for dependency in found:
            if dependency.name not in needed and dependency.job is not None:
                self.out.report(
                    "dependencies-undefined",
                    dependency.value,
                    f"`dependencies` names {quoted(dependency.name)}, which is not in `needs`",
                    details=f"jobs:{job.name} dependencies the {dependency.name} should be part "
                    "of needs".lower(),
                    hint="with `needs`, only those jobs' artifacts can be fetched",
                    related=[
                        None if written is None else noted(written.key_location, "the `needs`")
                    ],
                )

    def _dynamic_includes(self, job: Job) -> None:
        """`trigger:include` of an artifact: the job that makes it."""
        includes = job.get("trigger", "include")
        for item in () if includes is None else _flat(includes):
            name = item.get("job")
            if name is not None and isinstance(name.data, str) and certain(name):
                other = self.names.get(name.data)
                self._defined(
                    job, [Need(name.data, (name.data,), other, False, name)], "dependency"
                )

    # Environments.

    def _on_stop(self, job: Job) -> None:
        environment = job.keywords.get("environment")
        value = None if environment is None else environment.get("on_stop")
        if environment is None or value is None or not isinstance(value.data, str):
            return
        if not certain(value):
            return
        name = value.data
        other = self.names.get(name)
        start = f"{job.name} job: on_stop job {name}"

        def report(
            sentence: str,
            wording: str,
            *related: Location | None,
            hint: str = "",
            fix: Fix | None = None,
        ) -> None:
            details = f"{start} {wording}"
            self.out.report(
                "environment-invalid",
                value,
                sentence,
                details=details,
                related=[
                    noted(place, f"{quoted(name)}, which should stop it") for place in related
                ],
                hint=hint,
                fix=fix,
            )

        if other is None:
            if not self.pipeline.has_unresolved:
                near = self.speller.nearest(name, self.pipeline.jobs)
                meant = f", did you mean '{near.word}'?" if near else ""
                sentence = f"`environment:on_stop` names {quoted(name)}, which is no job"
                fix = None if near is None else rename(value.node, near)
                report(f"{sentence} of this pipeline{meant}", "is not defined", fix=fix)
            return
        stop = other.keywords.get("environment")
        if stop is None:
            if not other.may_inherit("environment"):
                report(
                    f"`environment:on_stop` names {quoted(name)}, which has no `environment`",
                    "does not have environment defined",
                    other.location,
                    hint="give it the same `environment:name` and `action: stop`",
                )
            return
        names = [env.get("name") if env.is_mapping else env for env in (environment, stop)]
        mine, theirs = names
        if mine and theirs and certain(mine) and certain(theirs) and mine.data != theirs.data:
            report(
                f"`environment:on_stop` names {quoted(name)}, whose environment is "
                f"{shown(theirs)} and not {shown(mine)}",
                "have different environment name",
                theirs.location,
            )
        action = stop.get("action")
        if (action is None or (certain(action) and action.data != "stop")) and not (
            action is None and (other.unknown_parents or self.pipeline.has_unresolved)
        ):
            report(
                f"`environment:on_stop` names {quoted(name)}, which has no `action: stop`",
                "needs to have action stop defined",
                None if action is None else action.location,
                stop.key_location if action is None else None,
            )

    # Circles.

    def check_circles(self) -> None:
        """One fault for each knot of jobs that wait for each other (Tarjan, iterative)."""
        order = {name: index for index, name in enumerate(self.pipeline.jobs)}
        after = {
            name: [need for need in self.edges.get(name, ()) if need.job is not None]
            for name in order
        }
        for knot in _knots({n: [e.job.name for e in edges if e.job] for n, edges in after.items()}):
            first = min(knot, key=order.__getitem__)
            circle = _circle(first, set(knot), after)
            closing = circle[0]
            job = self.pipeline.jobs[first]
            names = [first, *(need.job.name for need in circle if need.job is not None)]
            if len(circle) == 1:
                sentence = "needs itself"
            else:
                sentence = f"`needs` go round in a circle: {_chain(names)}"
            self.out.report(
                "needs-cycle",
                closing.value,
                sentence,
                details="The pipeline has circular dependencies",
                related=[noted(need.value.location, "in the circle too") for need in circle[1:6]],
                job=job,
            )


def _chain(names: list[str]) -> str:
    if len(names) > 8:
        names = [*names[:4], "…", *names[-3:]]
    return " → ".join(names)


def _circle(start: str, members: set[str], after: dict[str, list[Need]]) -> list[Need]:
    """The shortest way from `start` back to it, within a knot."""
    came: dict[str, tuple[str, Need]] = {}
    queue = [start]
    for name in queue:
        for need in after[name]:
            assert need.job is not None
            other = need.job.name
            if other == start:
                way = [need]
                while name != start:
                    name, step = came[name]
                    way.append(step)
                return way[::-1]
            if other in members and other not in came:
                came[other] = (name, need)
                queue.append(other)
    raise AssertionError("a knot has a circle through each of its members")


def _knots(after: dict[str, list[str]]) -> Iterator[list[str]]:
    """Sets of nodes that reach each other, and nodes that reach themselves."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in after:
        if root in index:
            continue
        work = [(root, iter(after[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, following = work[-1]
            for other in following:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(after[other])))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    knot = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        knot.append(member)
                        if member == node:
                            break
                    if len(knot) > 1 or node in after[node]:
                        yield knot


def _flat(value: Value | None) -> Iterator[Value]:
    """The items of a list with the lists in it unpacked, or the value alone."""
    waiting = [] if value is None or value.data is None else [value]
    while waiting:
        item = waiting.pop()
        if item.is_list and not unseen(item):
            waiting += reversed(item.items)
        else:
            yield item


def _stage_of(job: Job) -> Location | None:
    value = job.keywords.get("stage")
    location = None if value is None else value.location
    return (location or job.location).noted(f"the stage of '{job.name}'")


def _selected(name: str, matrix: Value) -> tuple[str, ...] | None:
    """The instances that `needs:parallel:matrix` picks; None where that is not known."""
    names: list[str] = []
    for row in matrix.items:
        products = [""]
        for value in row.entries.values():
            choices = [v.string for v in (value.items if value.is_list else (value,))]
            known = value.items if value.is_list else (value,)
            if not all(certain(choice) for choice in known) or None in choices:
                return None
            products = [f"{p}, {c}" if p else str(c) for p in products for c in choices]
            if len(products) > 1000:
                return None
        names += [f"{name}: [{product}]" for product in products]
    return tuple(names)
