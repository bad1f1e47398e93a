"""From the paths on a command line to what is linted, and from which root."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .check import PIPELINE_FILE
from .config import SETTINGS_FILE, Settings, read_settings
from .edits import Edit
from .errors import NotFound, Unreadable, UsageError
from .files.protocol import Files
from .files.root import find_root
from .files.working_tree import WorkingTree
from .finding import Finding, Report, sort_findings
from .lint import is_dockerfile
from .registry import nearest
from .source import Location, Source


@dataclass(eq=False)
class Target:
    """One root with the files to lint in it. `prefix` leads there where there are several."""

    root: Path
    files: Files
    settings: Settings
    entries: list[str] = field(default_factory=list)
    prefix: str = ""


def find_targets(
    paths: Sequence[str],
    checks: Collection[str],
    *,
    root: str | None = None,
    ci_file: str | None = None,
    config: str | None = None,
) -> list[Target]:
    """The roots that `paths` (the current folder without any) belong to, each with its files.

    A folder is its own root, and so is the folder of a file that is named like the CI file; any
    other file belongs to the top level of its git repository. `root`, `ci_file` and `config` are
    the options of that name; `checks` are the ids that exist. Raises UsageError.
    """
    targets: dict[Path, Target] = {}
    stated = None if root is None else _folder(root)
    for path in paths or (root or ".",):
        absolute = _absolute(path)
        if not os.path.lexists(absolute):
            raise UsageError(f"no such file or directory: {path}", _neighbour(absolute))
        if absolute.is_dir():
            base = stated or absolute
        elif absolute.is_file():
            base = stated or find_root(absolute, _normal(ci_file) if ci_file else PIPELINE_FILE)
        else:
            raise UsageError(f"{path} is neither a file nor a folder")
        if base not in targets:
            targets[base] = _target(base, checks, ci_file, config)
        target = targets[base]
        if absolute.is_dir():
            absolute = absolute / target.settings.ci_file
            if not absolute.exists():
                raise UsageError(
                    f"there is no {target.settings.ci_file} in {path}",
                    "name a file, or the pipeline of a folder with --ci-file",
                )
        try:
            entry = absolute.relative_to(base).as_posix()
        except ValueError:
            raise UsageError(
                f"{path} is not below the root {base}", "leave --root out, or name a folder above"
            ) from None
        _must_be_known(entry, path, target)
        target.entries.append(entry)
    if len(targets) > 1:
        for target in targets.values():
            target.prefix = Path(os.path.relpath(target.root)).as_posix() + "/"
    return list(targets.values())


def _neighbour(absent: Path) -> str:
    """A hint at the file that may be meant."""
    try:
        names = [entry.name for entry in absent.parent.iterdir()]
    except OSError:
        return ""
    near = nearest(absent.name, names)
    return f"did you mean '{near}'?" if near else ""


def _must_be_known(entry: str, path: str, target: Target) -> None:
    """Refuse a text that is neither YAML nor a Dockerfile by its name."""
    if entry.endswith((".yml", ".yaml")) or is_dockerfile(entry):
        return
    if entry == target.settings.ci_file:
        return
    try:
        target.files.read(entry)
    except Unreadable:
        return  # the lint says why
    raise UsageError(
        f"{path} is neither a YAML file nor a Dockerfile by its name",
        "--ci-file takes a pipeline of any name",
    )


def _target(base: Path, checks: Collection[str], ci_file: str | None, config: str | None) -> Target:
    files = WorkingTree(base)
    settings = Settings()
    try:
        if config is None:
            settings = read_settings(files.read(SETTINGS_FILE), checks)
        else:
            path = _absolute(config)
            text = WorkingTree(path.parent).read(path.name).text
            settings = read_settings(Source(config, text), checks)
    except NotFound:
        if config is not None:
            raise UsageError(f"no such file: {config}") from None
    except Unreadable as error:
        raise UsageError(error.message, error.hint) from None
    if ci_file is not None:
        settings = replace(settings, ci_file=_normal(ci_file))
    return Target(base, files, settings)


def _absolute(path: str) -> Path:
    """Without `..`, and with symbolic links left as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def _folder(path: str) -> Path:
    absolute = _absolute(path)
    if not absolute.is_dir():
        raise UsageError(f"no such folder: {path}")
    return absolute


def _normal(ci_file: str) -> str:
    normal = os.path.normpath(ci_file).replace(os.sep, "/")
    if normal.startswith("../") or os.path.isabs(normal):  # noqa: PTH117
        raise UsageError(f"--ci-file {ci_file} is not below the root", "see --root")
    return normal


def gather(reports: Iterable[tuple[str, Report]]) -> Report:
    """One report of all, with the prefix of each before its paths."""
    whole = Report()
    for prefix, report in reports:
        moved = report if not prefix else _Mover(prefix).report(report)
        whole.findings += moved.findings
        whole.unresolved += moved.unresolved
        whole.paths += moved.paths
        whole.suppressed += moved.suppressed
        whole.failures += moved.failures
        whole.sources |= moved.sources
    whole.findings = sort_findings(whole.findings)
    return whole


@dataclass
class _Mover:
    """Puts a prefix before every path. Fingerprints stay those of the root."""

    prefix: str
    sources: dict[Source, Source] = field(default_factory=dict)

    def report(self, report: Report) -> Report:
        return replace(
            report,
            findings=[self.finding(finding) for finding in report.findings],
            unresolved=[
                replace(unresolved, location=self.location(unresolved.location))
                for unresolved in report.unresolved
            ],
            paths=[self.prefix + path for path in report.paths],
            sources={s.path: s for s in map(self.source, report.sources.values())},
        )

    def finding(self, finding: Finding) -> Finding:
        fix = finding.fix
        if fix is not None:
            fix = replace(fix, edits=tuple(map(self.edit, fix.edits)))
        return replace(
            finding,
            location=self.location(finding.location),
            related=tuple(map(self.location, finding.related)),
            fix=fix,
        )

    def edit(self, edit: Edit) -> Edit:
        return replace(edit, path=self.prefix + edit.path)

    def location(self, location: Location) -> Location:
        return replace(location, source=self.source(location.source))

    def source(self, source: Source) -> Source:
        if source.external:
            return source
        if source not in self.sources:
            self.sources[source] = Source(self.prefix + source.path, source.text)
        return self.sources[source]
