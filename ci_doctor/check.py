"""The check contract: everything about one fault stands in one module under `checks/`."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .edits import Applicability, Edit, Fix
from .finding import Confidence, Finding, Severity
from .source import Location

if TYPE_CHECKING:
    from .builds.build import Build
    from .builds.flavours import Flavour
    from .builds.jobs import JobBuilds
    from .dockerfile.instructions import Dockerfile
    from .dockerfile.run import RunCommand
    from .execution.command import Command, Execution
    from .files.protocol import Files
    from .images.published import Registries
    from .pipeline.model import Job, Pipeline
    from .runner import Runner

PIPELINE_FILE = ".gitlab-ci.yml"
# By image, as in `Example.online`.
Online = Mapping[str, Sequence[str] | str]
MARKS = "⟦⟧"


@dataclass(frozen=True)
class Example:
    """Files with the fault. The flagged text stands between `⟦` and `⟧`, in one file or several.

    `files` is the pipeline's text, or texts by path. `fixed` is what the fix makes of it (the
    same shape), None where the check offers none. `settings` is the text of `.ci-doctor.yml`.
    `online` says what registries answer, by image: the platforms of its index, or the one of an
    image without an index. Any other image has no answer, and without `online` none is asked for.
    """

    files: str | Mapping[str, str]
    fixed: str | Mapping[str, str] | None = None
    settings: str = ""
    online: Online | None = None


@dataclass(frozen=True)
class LookAlike:
    """Files that look like the fault and are not: the check's whole family is silent (info apart)."""

    files: str | Mapping[str, str]
    settings: str = ""
    why: str = ""
    online: Online | None = None


@dataclass(frozen=True)
class Check:
    """One fault that ci-doctor knows.

    `looks_at` is Pipeline, Job, Build or Dockerfile: `find` is called with each of them.
    `symptoms` are the ids of the symptoms it can lead to; `yields_to` the checks whose finding on
    the same span covers the same fault.
    """

    id: str
    title: str
    severity: Severity
    looks_at: type[Any]
    find: Callable[[Any, Context], Iterable[Finding]]
    examples: Callable[[], Iterator[Example | LookAlike]]
    rationale: str
    links: tuple[str, ...]
    since: str
    symptoms: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    family: str = ""  # set by the registry from the module's folder

    @property
    def url(self) -> str:
        return f"https://gitlab.com/ci-doctor/ci-doctor/-/blob/main/docs/checks.md#{self.id}"

    @property
    def why(self) -> str:
        return textwrap.dedent(self.rationale).strip()


class Project(Protocol):
    """What a run knows beside one check's subject (`ci_doctor.lint` holds the real one)."""

    @property
    def online(self) -> Registries | None: ...

    def runner(self, job: Job | None) -> Runner: ...

    def builds_of(self, job: Job) -> JobBuilds: ...

    def dockerfile_of(self, build: Build) -> Dockerfile | None: ...

    def builds_with(self, dockerfile: Dockerfile) -> list[Build]: ...

    def run_commands(self, dockerfile: Dockerfile) -> list[RunCommand]: ...


@dataclass(eq=False)
class Context:
    """What a check may ask besides its subject. One per check and job.

    `job` is the job that the subject belongs to, None for a Pipeline or an unbuilt Dockerfile.
    """

    check: Check
    files: Files
    pipeline: Pipeline | None
    job: Job | None
    project: Project

    def finding(
        self,
        location: Location | None,
        message: str,
        *,
        severity: Severity | None = None,
        confidence: Confidence = Confidence.CERTAIN,
        details: str = "",
        related: Iterable[Location | None] = (),
        advice: Iterable[str] = (),
        fix: Fix | None = None,
    ) -> Finding:
        """A finding of this check; an uncertain one is never more severe than its confidence allows.

        `location` None (text that stands in no file) falls back to the job's key.
        """
        if location is None:
            assert self.job is not None, "a finding needs a place"
            location = self.job.location
        severity = self.check.severity if severity is None else severity
        return Finding(
            check=self.check.id,
            family=self.check.family,
            severity=min(severity, confidence.worst_severity),
            confidence=confidence,
            message=message,
            location=location,
            details=details,
            related=tuple(place for place in related if place is not None),
            advice=tuple(advice),
            fix=fix,
            jobs=() if self.job is None else (self.job.name,),
            url=self.check.url,
        )

    def faults(self) -> Iterator[Finding]:
        """A finding for each fault of the pipeline that bears this check's id."""
        from .pipeline.validate import faults_of

        assert self.pipeline is not None
        for fault in faults_of(self.pipeline).get(self.check.id, ()):
            finding = self.finding(
                fault.location,
                fault.message,
                severity=fault.severity,
                confidence=fault.confidence,
                details=fault.details,
                related=fault.related,
                advice=(fault.hint,) if fault.hint else (),
                fix=fault.fix,
            )
            yield dataclasses.replace(finding, jobs=fault.jobs)

    @property
    def online(self) -> Registries | None:
        """Whom to ask about images; None without `--online`."""
        return self.project.online

    @property
    def runner(self) -> Runner:
        """What is known of the runner of this job."""
        return self.project.runner(self.job)

    @property
    def execution(self) -> Execution:
        """The commands of this job; they cost a walk: ask for `commands` where names are enough."""
        return self.builds.execution

    def commands(self, *names: str) -> list[Command]:
        """The commands of this job that run one of these programs."""
        return self.builds.commands(*names)

    @property
    def builds(self) -> JobBuilds:
        """The builds, logins and pushes of this job."""
        assert self.job is not None
        return self.project.builds_of(self.job)

    def dockerfile(self, build: Build) -> Dockerfile | None:
        """The parsed Dockerfile of a build, None where it cannot be read."""
        return self.project.dockerfile_of(build)

    def builds_with(self, dockerfile: Dockerfile) -> list[Build]:
        """Every build of any job that uses this Dockerfile."""
        return self.project.builds_with(dockerfile)

    @property
    def all_builds(self) -> Iterator[JobBuilds]:
        """The builds, logins and pushes of every job of the pipeline."""
        assert self.pipeline is not None
        return (self.project.builds_of(job) for job in self.pipeline.jobs.values())

    def run_commands(self, dockerfile: Dockerfile, *names: str) -> Iterator[RunCommand]:
        """The commands (of these names) that RUN steps of the stages in use execute for certain.

        One that may be skipped, or whose failure is ignored, is left out.
        """
        for command in self.project.run_commands(dockerfile):
            if not command.guarded and (not names or command.name in names):
                yield command

    def operation(
        self,
        dockerfile: Dockerfile,
        location: Location,
        fails: Collection[Flavour],
        message: str,
        *,
        confidence: Confidence = Confidence.CERTAIN,
        details: str = "",
        advice: Iterable[str] = (),
        fix: Fix | None = None,
    ) -> Iterator[Finding]:
        """What an operation of a Dockerfile that fails under the builders `fails` means here.

        `message` is followed by the builders; an operation that no build meets is nothing, nor is
        one in a step that runs with `--security=insecure`.
        """
        from .builds.flavours import verdict
        from .builds.operations import has_more_rights, reaching

        if has_more_rights(dockerfile, location.span.start):
            return
        builds = reaching(dockerfile, location.span.start, self.builds_with(dockerfile))
        seen = verdict(builds, fails)
        if seen is None:
            return
        order = list(Confidence)
        finding = self.finding(
            location,
            f"{message} {seen.where}",
            severity=seen.severity,
            confidence=max(confidence, seen.confidence, key=order.index),
            details=details,
            advice=advice,
            fix=fix,
        )
        jobs = dict.fromkeys(build.job.name for build in builds)
        yield dataclasses.replace(finding, jobs=tuple(jobs))


def replace(location: Location, text: str) -> Edit:
    """The edit that puts `text` in the place of `location`."""
    return Edit(location.path, location.span, text)


def fix(title: str, *edits: Edit, unsafe: bool = False) -> Fix:
    return Fix(title, edits, Applicability.UNSAFE if unsafe else Applicability.SAFE)
