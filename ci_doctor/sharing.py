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
from .yamldoc.nodes import Entry, Scalar


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
        for edit in fix.edits:
            source = self.sources.get(edit.path)
            if source is not None and source.external:
                return replace(fix, applicability=Applicability.DISPLAY)
            if edit.path in self.places.dockerfiles:
                continue
            if source is None or any(
                job not in faulty for job in self.users(source, self._container(source, edit))
            ):
                applicability = Applicability.UNSAFE
        return replace(fix, applicability=applicability)

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

    def _container(self, source: Source, edit: Edit) -> Span:
        """The smallest node around an edit; what is put between two texts belongs to neither."""
        inserts = edit.span.start == edit.span.end
        best = Span(0, len(source.text))
        for step in self.places.trail(Location(source, edit.span)):
            node = step.value if isinstance(step, Entry) else step
            inside = node.span.contains(edit.span) and (
                not inserts or node.span.start < edit.span.start < node.span.end
            )
            if inside:
                best = node.span
        return best

    @cached_property
    def _uses(self) -> dict[str, tuple[list[int], list[tuple[int, int, str]]]]:
        """By path: every node that a job's values are written in, with the job."""
        uses: dict[str, set[tuple[int, int, str]]] = defaultdict(set)
        for job in self.jobs.values():
            variables = [variable.value for variable in job.variables.values()]
            waiting: list[Value] = [*job.keywords.values(), *variables]
            seen: set[Value] = set()
            while waiting:
                value = waiting.pop()
                if value in seen:
                    continue
                seen.add(value)
                if value.node is not None:
                    node = value.node.target
                    uses[node.source.path].add((*node.span, job.name))
                waiting += value.items
                waiting += value.entries.values()
        ordered = {path: sorted(found) for path, found in uses.items()}
        return {path: ([use[0] for use in found], found) for path, found in ordered.items()}
