"""Which jobs use a text of the pipeline, and what that means for a fix in it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from .edits import Applicability, Edit, Fix
from .pipeline.model import Job, Value
from .places import Places
from .source import Location, Source, Span
from .yamldoc.nodes import Alias, Entry, Node, Scalar, Sequence
from .yamldoc.nodes import Mapping as MappingNode


@dataclass(eq=False)
class Sharing:
    """The jobs of one pipeline (none for Dockerfiles) over its files."""

    jobs: Mapping[str, Job]
    sources: Mapping[str, Source]  # by path, those outside the repository too
    places: Places

    def softened(self, fix: Fix, jobs: Iterable[str]) -> Fix:
        """The fix, as safe as it is for a fault that exactly `jobs` have.

        An edit of text that another job uses too, or of a followed script, needs a person;
        one outside the repository cannot be written.
        """
        applicability = fix.applicability
        if applicability is Applicability.DISPLAY:
            return fix
        faulty = set(jobs)
        for path in dict.fromkeys(edit.path for edit in fix.edits):
            source = self.sources.get(path)
            if source is not None and source.external:
                return replace(fix, applicability=Applicability.DISPLAY)
            if path in self.places.dockerfiles:
                continue
            if source is None or any(
                job not in faulty
                for span in self._touched(source, [e for e in fix.edits if e.path == path])
                for job in self.users(source, span)
            ):
                applicability = Applicability.UNSAFE
        return replace(fix, applicability=applicability)

    def inherited(self, location: Location, job: str) -> Location | None:
        """The text by which a job takes part in what stands at `location`.

        Its `extends:`, its `!reference` or alias; None where the job is written around it, or where
        the way is not known.
        """
        outermost = next(self.places.trail(location), None)
        own = self.jobs[job].location
        if (
            isinstance(outermost, Entry)
            and outermost.key.span == own.span
            and location.path == own.path
        ):
            return None
        best: Value | None = None
        for value in _values(self.jobs[job]):
            node = value.node.target if value.node is not None else None
            if (
                node is not None
                and node.source.path == location.path
                and node.span.contains(location.span)
                and (best is None or best.node is None or best.node.target.span.contains(node.span))
            ):
                best = value
        hops = [hop for hop in best.via if hop.kind != "include"] if best is not None else []
        return hops[-1].location.noted("inherited here") if hops else None

    def users(self, source: Source, span: Span) -> Iterator[str]:
        """The jobs that use any of the text, each as often as it does."""
        starts, uses = self._uses.get(source.path, ([], []))
        for index in range(bisect_left(starts, span.start), len(starts)):
            start, end, job = uses[index]
            if start > span.end:
                break
            if end <= span.end:
                yield job

    def in_use(self, location: Location) -> bool:
        """Whether the text stands in a job, in what a job uses, or in no job at all."""
        outermost = next(self.places.trail(location), None)
        if not isinstance(outermost, Entry) or not isinstance(outermost.key, Scalar):
            return True
        if not outermost.key.text.startswith("."):
            return True
        span = Span(outermost.key.span.start, outermost.value.span.end)
        return any(True for _ in self.users(location.source, span))

    def _touched(self, source: Source, edits: list[Edit]) -> Iterator[Span]:
        """The nodes whose meaning the edits of one file change."""
        whole = Span(min(e.span.start for e in edits), max(e.span.end for e in edits))
        node = self._around(source, whole)
        if node is not None and node.span == whole:  # put around a value: `{name: ` and `}`
            yield whole
            return
        for edit in edits:
            inserts = edit.span.start == edit.span.end
            node = self._receiving(source, edit) if inserts else self._around(source, edit.span)
            yield Span(0, len(source.text)) if node is None else node.span

    def _around(self, source: Source, span: Span) -> Node | None:
        """The smallest node that holds a text."""
        found = None
        for node in self._nodes(source, span):
            if node.span.contains(span) and not isinstance(node, Alias):
                found = node
        return found

    def _receiving(self, source: Source, edit: Edit) -> Node | None:
        """The node that an insertion adds to.

        Whole lines go to the mapping or sequence that is indented like them.
        """
        at = edit.span.start
        added = edit.text.lstrip("\r\n")
        kind: type[Node] = MappingNode
        if added != edit.text:  # behind the last line of an entry or item
            column = len(added) - len(added.lstrip(" ")) + 1
            kind = Sequence if added.lstrip(" ").startswith("- ") else MappingNode
            line = source.line_span(source.position(at).line)
            text = source.slice(line)
            at = line.start + len(text) - len(text.lstrip())
        elif "\n" in edit.text:  # above an entry
            column = source.position(at).column
        else:
            inside = [n for n in self._nodes(source, edit.span) if n.span.start < at < n.span.end]
            return inside[-1] if inside else None
        found = None
        for node in self._nodes(source, Span(at, at)):
            if isinstance(node, kind) and source.position(node.span.start).column == column:
                found = node
        return found

    def _nodes(self, source: Source, span: Span) -> Iterator[Node]:
        """The nodes around a text, outermost first."""
        file = self.places.yaml.get(source.path)
        if file is not None:
            yield from (d for d in file.documents if d.span.contains(span))
        for step in self.places.trail(Location(source, span)):
            yield step.value if isinstance(step, Entry) else step

    @cached_property
    def _uses(self) -> dict[str, tuple[list[int], list[tuple[int, int, str]]]]:
        """By path: every node that a job's values are written in, with the job."""
        uses: dict[str, set[tuple[int, int, str]]] = defaultdict(set)
        for job in self.jobs.values():
            for value in _values(job):
                # Of a value that the job replaces it still uses the mapping around it.
                keys = [replaced.key for replaced in value.shadowed]
                for node in (value.node, *keys):
                    if node is not None:
                        target = node.target
                        uses[target.source.path].add((*target.span, job.name))
        ordered = {path: sorted(found) for path, found in uses.items()}
        return {path: ([use[0] for use in found], found) for path, found in ordered.items()}


def _values(job: Job) -> Iterator[Value]:
    """Everything that the job's keywords and variables resolve to."""
    variables = [variable.value for variable in job.variables.values()]
    waiting: list[Value] = [*job.keywords.values(), *variables]
    seen: set[Value] = set()
    while waiting:
        value = waiting.pop()
        if value not in seen:
            seen.add(value)
            yield value
            waiting += value.items
            waiting += value.entries.values()
