"""Files and checks in, a Report out."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from .builds.base_images import unknown_images
from .builds.build import Build
from .builds.jobs import JobBuilds
from .builds.operations import used_commands
from .builds.presence import is_written
from .builds.survey import builds_of
from .check import Check, Context
from .config import Settings
from .dockerfile import Dockerfile, parse_dockerfile
from .dockerfile.run import RunCommand
from .errors import CiDoctorError, Unreadable
from .files.protocol import Files
from .finding import Finding, Report, Severity, Unresolved, sort_findings
from .images.published import Registries
from .images.reference import Reference
from .pipeline.include import Fetcher
from .pipeline.load import load_pipeline
from .pipeline.model import Job, Pipeline, Value
from .pipeline.validate import faults_of
from .places import Places
from .registry import Registry, Selection, load_registry
from .runner import Runner
from .sharing import Sharing
from .source import Location, Source, Span
from .suppress import Ignore, Ignores, unknown
from .yamldoc.nodes import Fault

FINGERPRINT_SCHEME = "1"
UNUSED_IGNORE = "unused-ignore"
_NOTHING: Mapping[str, str] = MappingProxyType({})

# Findings with the same key are one finding, of several jobs.
Key = tuple[str, str, Span, str]


class CheckFailed(CiDoctorError):
    """A check, or the reading of what it looks at, raised what it should not."""


def is_dockerfile(path: str) -> bool:
    """Whether a file of that name is read as a Dockerfile."""
    name = path.rsplit("/", 1)[-1]
    return name.lower().endswith((".dockerfile", ".containerfile")) or (
        name.split(".")[0] in ("Dockerfile", "Containerfile") and not name.endswith("ignore")
    )


def lint(
    files: Files,
    paths: Iterable[str],
    settings: Settings | None = None,
    *,
    registry: Registry | None = None,
    selection: Selection | None = None,
    min_severity: Severity = Severity.INFO,
    fetcher: Fetcher | None = None,
    variables: Mapping[str, str] = _NOTHING,
    registries: Registries | None = None,
) -> Report:
    """Check pipelines and Dockerfiles, and everything they lead to.

    `paths` are relative to the root of `files`. A file that the root's pipeline includes, and a
    Dockerfile, are seen through that pipeline, and only their own findings are reported. What
    could not be read and which checks crashed stand in `failures` of the report. Without a
    `fetcher` nothing outside the repository is read, and without `registries` nobody is asked about
    images; `variables` are as in `load_pipeline`.
    """
    settings = settings or Settings()
    registry = registry or load_registry()
    selection = selection or registry.selection(off=settings.off)
    run = Run(files, settings, registry, selection, fetcher, variables, registries)
    run.load(paths)
    return run.report(min_severity)


@dataclass(eq=False)
class Subject:
    """One pipeline, or the Dockerfiles of them all (then `pipeline` is None).

    `only` limits what is reported to some paths.
    """

    pipeline: Pipeline | None
    jobs: Mapping[str, Job]
    sources: Mapping[str, Source]  # by path
    sharing: Sharing
    only: frozenset[str] | None = None
    findings: list[Finding] = field(default_factory=list)


@dataclass(eq=False)
class Run:
    """One lint: answers what checks ask (`ci_doctor.check.Project`) and gathers what they say."""

    files: Files
    settings: Settings
    registry: Registry
    selection: Selection
    fetcher: Fetcher | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    registries: Registries | None = None
    failures: list[CiDoctorError] = field(default_factory=list)
    places: Places = field(default_factory=Places)
    named: list[str] = field(default_factory=list)
    _pipelines: list[Subject] = field(default_factory=list)
    _runners: dict[Job, Runner] = field(default_factory=dict)
    _builds: dict[Job, JobBuilds | None] = field(default_factory=dict)
    _dockerfiles: dict[str, Dockerfile | None] = field(default_factory=dict)
    _used_by: dict[str, list[Build]] | None = None
    _run_commands: dict[Dockerfile, list[RunCommand]] = field(default_factory=dict)
    _looked_up: dict[Reference, Location] = field(default_factory=dict)
    _crashes: dict[str, tuple[Exception, list[str]]] = field(default_factory=dict)

    def load(self, paths: Iterable[str]) -> None:
        """Read the named files, and the root's pipeline where they may belong to it."""
        self.named = list(dict.fromkeys(paths))
        root = self.settings.ci_file
        others = [path for path in self.named if path != root]
        if root in self.named:
            self._load(root, root=True)
        elif others:
            self._load(root, root=True, only=frozenset(others))
        for path in others:
            if is_dockerfile(path):
                if not self._is_empty(path, "a Dockerfile begins with FROM"):
                    self._parsed(path)
            elif not any(path in subject.sources for subject in self._pipelines):
                self._load(path)

    def _load(
        self, path: str, *, root: bool | None = None, only: frozenset[str] | None = None
    ) -> None:
        """Read a pipeline, and the child pipelines it starts from files of the repository.

        With `only` nobody named it: it need not be there, or be readable. `root` as in
        `load_pipeline`.
        """
        try:
            if self._is_empty(path, "a pipeline has at least one job", report=only is None):
                return
            pipeline = self._read_pipeline(path, root)
        except CiDoctorError as error:
            if only is None:
                self.failures.append(error)
            return
        except Exception as error:
            self._crash(f"reading {path}", error)
            return
        loaded = {path}
        waiting = [pipeline]
        while waiting:
            pipeline = waiting.pop()
            self._add(pipeline, only)
            for child in _children(pipeline):
                if child not in loaded:
                    loaded.add(child)
                    try:
                        waiting.append(self._read_pipeline(child, True))
                    except CiDoctorError:
                        continue  # a fault of the job that names it: a check says so
                    except Exception as error:
                        self._crash(f"reading {child}", error)

    def _read_pipeline(self, path: str, root: bool | None) -> Pipeline:
        return load_pipeline(
            self.files, path, fetcher=self.fetcher, variables=self.variables, root=root
        )

    def _add(self, pipeline: Pipeline, only: frozenset[str] | None) -> None:
        sources = {file.source.path: file.source for file in pipeline.files}
        for file in pipeline.files:
            self.places.yaml.setdefault(file.source.path, file)
        sharing = Sharing(pipeline.jobs, sources, self.places)
        self._pipelines.append(Subject(pipeline, pipeline.jobs, sources, sharing, only))

    def _is_empty(self, path: str, hint: str, *, report: bool = True) -> bool:
        """Whether there is nothing to check, which is reported as a failure."""
        try:
            if self.files.read(path).text.strip("\ufeff \t\r\n"):
                return False
            error: CiDoctorError = Unreadable(f"{path} is empty", hint)
        except Unreadable as unreadable:
            error = unreadable
        if report:
            self.failures.append(error)
        return True

    # What checks ask.

    @cached_property
    def online(self) -> Registries | None:
        """The registries, once they were asked for the images of all builds together."""
        if self.registries is not None:
            for builds in self._builds_by_dockerfile().values():
                for build in builds:
                    dockerfile = self.dockerfile_of(build)
                    for image, reference in unknown_images(build, dockerfile) if dockerfile else ():
                        self._looked_up.setdefault(reference, image.location)
            self.registries.look_up(self._looked_up)
        return self.registries

    def runner(self, job: Job | None) -> Runner:
        if job is None:
            return self.settings.default_runner
        if job not in self._runners:
            tags = job.get("tags")
            names = [] if tags is None else [tag.string for tag in tags.items]
            self._runners[job] = self.settings.runner_for([name for name in names if name])
        return self._runners[job]

    def builds_of(self, job: Job) -> JobBuilds:
        if job not in self._builds:
            try:
                self._builds[job] = builds_of(job, self.files)
            except Exception as error:  # a fault of ours in one job must not hide the others
                self._builds[job] = None
                self._crash(f"following the script of job '{job.name}'", error)
        builds = self._builds[job]
        if builds is None:
            raise CheckFailed(f"the script of job '{job.name}' could not be followed")
        return builds

    def dockerfile_of(self, build: Build) -> Dockerfile | None:
        path = build.dockerfile.resolved if build.dockerfile else None
        # What a job writes over the file nobody here sees.
        if path is None or is_written(path, build.command, self.builds_of(build.job)):
            return None
        return self._parsed(path)

    def builds_with(self, dockerfile: Dockerfile) -> list[Build]:
        return self._builds_by_dockerfile().get(dockerfile.source.path, [])

    def run_commands(self, dockerfile: Dockerfile) -> list[RunCommand]:
        if dockerfile not in self._run_commands:
            builds = self.builds_with(dockerfile)
            self._run_commands[dockerfile] = used_commands(dockerfile, builds)
        return self._run_commands[dockerfile]

    def _parsed(self, path: str) -> Dockerfile | None:
        if path not in self._dockerfiles:
            self._dockerfiles[path] = None
            try:
                dockerfile = parse_dockerfile(self.files.read(path))
                self._dockerfiles[path] = self.places.dockerfiles[path] = dockerfile
            except Unreadable:
                pass  # the job may write it itself; a check of the build says what is missing
            except Exception as error:
                self._crash(f"reading {path}", error)
        return self._dockerfiles[path]

    def _builds_by_dockerfile(self) -> dict[str, list[Build]]:
        if self._used_by is None:
            self._used_by = defaultdict(list)
            for subject in self._pipelines:
                for job in subject.jobs.values():
                    for build in self._builds_for(job):
                        dockerfile = self.dockerfile_of(build)
                        if dockerfile is not None:
                            self._used_by[dockerfile.source.path].append(build)
        return self._used_by

    def _builds_for(self, job: Job) -> list[Build]:
        try:
            return self.builds_of(job).builds
        except CheckFailed:
            return []

    # Running the checks.

    def report(self, min_severity: Severity) -> Report:
        """Run the checks on everything that was loaded."""
        for subject in self._pipelines:
            subject.findings = self._settled(self._of_pipeline(subject), subject)
        subjects = [*self._pipelines, self._of_dockerfiles()]
        prints = _fingerprints(f for subject in subjects for f in subject.findings)
        ignores = Ignores(self.places)
        shown: list[Finding] = []
        suppressed = 0
        for subject in subjects:
            for finding in subject.findings:
                if not self._shows(subject, finding.location.path):
                    continue
                left = ignores.apply(finding, subject.jobs)
                if left is None:
                    suppressed += 1
                else:
                    shown.append(replace(left, fingerprint=prints[_key(finding)]))
        unused = list(self._unused(subjects, ignores))
        prints = _fingerprints(unused)
        shown += [replace(finding, fingerprint=prints[_key(finding)]) for finding in unused]
        findings = sort_findings(f for f in _merged(shown) if f.severity >= min_severity)
        return Report(
            findings=findings,
            unresolved=list(self._unresolved()),
            paths=sorted({source.path for s in subjects for source in self._looked_at(s)}),
            suppressed=suppressed,
            failures=[*self.failures, *self._crashed()],
            sources={path: d.source for path, d in self.places.dockerfiles.items()}
            | {path: s for subject in subjects for path, s in self._sources(subject).items()},
        )

    def _of_pipeline(self, subject: Subject) -> list[Finding]:
        pipeline = subject.pipeline
        assert pipeline is not None
        found = []
        try:
            faults = faults_of(pipeline)
        except Exception as error:
            self._crash(f"checking the keywords of {pipeline.entry.path}", error)
            faults = pipeline.validated = _by_check(pipeline.faults)
        unheard = set(faults) - set(self.registry.ids)
        for check in [*self._checks(Pipeline), *map(_fault_check, sorted(unheard))]:
            if self.selection.has(check.family, check.id):
                found += self._ask(check, pipeline, pipeline, None)
        of_job, of_build = self._checks(Job), self._checks(Build)
        for job in pipeline.jobs.values():
            for check in of_job:
                found += self._ask(check, job, pipeline, job)
            for build in self._builds_for(job) if of_build else ():
                for check in of_build:
                    found += self._ask(check, build, pipeline, job)
        return found

    def _of_dockerfiles(self) -> Subject:
        """Every Dockerfile is looked at once, for all the jobs whose builds use it."""
        checks = self._checks(Dockerfile)
        everything = any(subject.only is None for subject in self._pipelines)
        named = [path for path in self.named if is_dockerfile(path)]
        paths = dict.fromkeys([*(self._builds_by_dockerfile() if everything else ()), *named])
        jobs: dict[str, Job] = {}
        found: list[Finding] = []
        sources: dict[str, Source] = {}
        for path in paths:
            dockerfile = self._parsed(path)
            if dockerfile is None:
                continue
            sources[path] = dockerfile.source
            builders = list(dict.fromkeys(build.job for build in self.builds_with(dockerfile)))
            jobs |= {job.name: job for job in builders}
            first = builders[0] if builders else None
            pipeline = first.pipeline if first is not None else None
            names = tuple(dict.fromkeys(job.name for job in builders))
            for check in checks:
                asked = self._ask(check, dockerfile, pipeline, first)
                found += [replace(finding, jobs=names) for finding in asked]
        only = None if everything else frozenset(named)
        subject = Subject(None, jobs, sources, Sharing(jobs, sources, self.places), only)
        subject.findings = self._settled(found, subject)
        return subject

    def _checks(self, kind: type[object]) -> list[Check]:
        return [
            check
            for check in self.registry
            if check.looks_at is kind and self.selection.has(check.family, check.id)
        ]

    def _ask(
        self, check: Check, subject: object, pipeline: Pipeline | None, job: Job | None
    ) -> list[Finding]:
        found: list[Finding] = []
        try:
            found.extend(check.find(subject, Context(check, self.files, pipeline, job, self)))
        except CheckFailed:
            pass  # reported where the script could not be followed
        except Exception as error:  # a crashing check hides nothing
            where = "" if job is None else f" on job '{job.name}'"
            self._crash(f"'{check.id}'{where}", error)
        return found

    def _crash(self, what: str, error: Exception) -> None:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        self._crashes.setdefault(reason[:300], (error, []))[1].append(what)

    def _crashed(self) -> Iterator[CheckFailed]:
        """One line for each kind of crash: a fault of ours may show in every job."""
        for reason, (error, places) in self._crashes.items():
            more = f" and {len(places) - 1} more" if len(places) > 1 else ""
            failed = CheckFailed(
                f"check-failed: {places[0]}{more}: {reason}",
                "this is a fault of ci-doctor: please report it with the file",
            )
            failed.__cause__ = error
            yield failed

    # From what checks say to what is reported.

    def _settled(self, found: list[Finding], subject: Subject) -> list[Finding]:
        """One finding a fault, with its configured severity and a place in the repository."""
        settled = []
        for finding in _merged(self._not_yielding(found)):
            severity = self.settings.severities.get(finding.check)
            if severity is not None:
                severity = min(severity, finding.confidence.worst_severity)
                finding = replace(finding, severity=severity)
            if finding.fix is not None:
                finding = replace(finding, fix=subject.sharing.softened(finding.fix, finding.jobs))
            way = self._way(finding, subject)
            if way is not None and all(str(way) != str(place) for place in finding.related):
                finding = replace(finding, related=(*finding.related, way))
            if finding.location.source.external and subject.pipeline is not None:
                entry = _include_of(finding.location.source, subject.pipeline)
                remote = finding.location.noted("written here")
                finding = replace(finding, location=entry, related=(remote, *finding.related))
            settled.append(replace(finding, anchor=self.places.anchor(finding.location)))
        return settled

    def _way(self, finding: Finding, subject: Subject) -> Location | None:
        """How the first job with the fault comes to what is written elsewhere."""
        dockerfile = self._dockerfiles.get(finding.location.path)
        if dockerfile is not None:
            builds = self.builds_with(dockerfile)
            if not builds or finding.related:
                return None
            command = builds[0].command
            return (command.program.written or command.location).noted("built here")
        if finding.jobs and finding.location.path in self.places.yaml:
            return subject.sharing.inherited(finding.location, finding.jobs[0])
        return None

    def _not_yielding(self, found: list[Finding]) -> Iterator[Finding]:
        """Without the findings whose fault another check reports at the same text."""
        standing = {(f.check, f.location.path, f.location.span, f.jobs) for f in found}
        for finding in found:
            check = self.registry.get(finding.check)
            place = (finding.location.path, finding.location.span, finding.jobs)
            if check is None or not any((other, *place) in standing for other in check.yields_to):
                yield finding

    def _shows(self, subject: Subject, path: str) -> bool:
        if subject.only is not None and path not in subject.only:
            return False
        return path in self.named or not self.settings.excludes(path)

    def _looked_at(self, subject: Subject) -> list[Source]:
        """The files of the repository whose findings are shown."""
        return [
            source
            for path, source in self._sources(subject).items()
            if not source.external and self._shows(subject, path)
        ]

    def _sources(self, subject: Subject) -> dict[str, Source]:
        """The files that the checks saw, with the scripts that the jobs run."""
        sources = dict(subject.sources)
        if subject.pipeline is not None:
            for job in subject.jobs.values():
                builds = self._builds.get(job)
                for source in builds.scripts if builds else ():
                    sources.setdefault(source.path, source)
        return sources

    def _unused(self, subjects: Sequence[Subject], ignores: Ignores) -> Iterator[Finding]:
        """A finding for each ignore comment that hides nothing though its check ran."""
        check = self.registry.get(UNUSED_IGNORE)
        if check is None or not self.selection.has(check.family, check.id):
            return
        for subject in subjects:
            context = Context(check, self.files, subject.pipeline, None, self)
            for source in self._looked_at(subject):
                for ignore in ignores.of(source):
                    message = self._fault_of(ignore, subject)
                    if message:
                        finding = context.finding(ignore.location, message)
                        yield replace(finding, anchor=self.places.anchor(ignore.location))

    def _fault_of(self, ignore: Ignore, subject: Subject) -> str:
        check = self.registry.get(ignore.check)
        if check is None:
            return unknown(ignore, self.registry.ids)
        if ignore.used or not self.selection.has(check.family, check.id):
            return ""
        pipeline = subject.pipeline
        if pipeline is not None and (
            pipeline.has_unresolved or not subject.sharing.in_use(ignore.location)
        ):
            return ""  # the fault may show where the rest of the pipeline is seen
        return f"'{ignore.check}' finds nothing here that could be ignored"

    def _unresolved(self) -> Iterator[Unresolved]:
        seen = set()
        for subject in self._pipelines:
            for include in subject.pipeline.unresolved if subject.pipeline else ():
                what = f"{include.kind} include '{include.name}'"
                if (what, include.location.path) not in seen:
                    seen.add((what, include.location.path))
                    yield Unresolved(what, include.reason, include.location)
        for reference, location in self._looked_up.items():
            reason = self.registries.reason(reference) if self.registries is not None else ""
            if reason:
                yield Unresolved(f"image '{reference}'", reason, location, kind="image")


def _key(finding: Finding) -> Key:
    return (finding.check, finding.location.path, finding.location.span, finding.message)


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each key, the worst of them, with the jobs of all."""
    merged: dict[Key, list[Finding]] = {}
    for finding in findings:
        merged.setdefault(_key(finding), []).append(finding)
    return [_joined(same) if len(same) > 1 else same[0] for same in merged.values()]


def _joined(findings: list[Finding]) -> Finding:
    worst = max(findings, key=lambda finding: finding.severity)
    jobs = dict.fromkeys(job for finding in findings for job in finding.jobs)
    return replace(worst, jobs=tuple(jobs))


def _fingerprints(findings: Iterable[Finding]) -> dict[Key, str]:
    """sha256 of what stays the same when lines, messages, severities or jobs change."""
    ordinals: dict[tuple[str, ...], int] = defaultdict(int)
    prints: dict[Key, str] = {}
    for finding in sort_findings({_key(f): f for f in findings}.values()):
        text = " ".join(finding.location.text.split())
        same = (finding.check, finding.location.path, finding.anchor, text)
        parts = (FINGERPRINT_SCHEME, *same, str(ordinals[same]))
        ordinals[same] += 1
        prints[_key(finding)] = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return prints


def _children(pipeline: Pipeline) -> Iterator[str]:
    """The files that are child pipelines by themselves: several in one trigger are merged."""
    by_job = Counter(child.job for child in pipeline.children)
    for child in pipeline.children:
        include = pipeline.jobs[child.job].get("trigger", "include")
        if by_job[child.job] == 1 and include is not None and len(include.items) < 2:
            yield child.path


def _include_of(source: Source, pipeline: Pipeline) -> Location:
    """The `include:` entry of the repository by which a file from outside takes part."""
    waiting, seen = [pipeline.value], set[Value]()
    while waiting:
        value = waiting.pop()
        if value in seen:
            continue
        seen.add(value)
        if value.node is not None and value.node.source.path == source.path:
            for hop in reversed(value.via):  # the outermost stands in the entry file
                if hop.kind == "include" and not hop.location.source.external:
                    return hop.location
        waiting += [*value.items, *value.entries.values()]
    return Location(pipeline.entry, pipeline.entry.line_span(1))


def _by_check(faults: Iterable[Fault]) -> dict[str, list[Fault]]:
    by_check: dict[str, list[Fault]] = {}
    for fault in faults:
        by_check.setdefault(fault.check, []).append(fault)
    return by_check


def _fault_check(check_id: str) -> Check:
    """Reports the faults of an id that has no module of its own."""
    return Check(
        id=check_id,
        title="Configuration fault",
        severity=Severity.ERROR,
        looks_at=Pipeline,
        find=lambda _, context: context.faults(),
        examples=lambda: iter(()),
        rationale="GitLab refuses this configuration.",
        links=("https://docs.gitlab.com/ci/yaml/",),
        since="0.1",
        family="pipeline",
    )
