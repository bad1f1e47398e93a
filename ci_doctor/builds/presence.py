"""Whether a path of the repository is there at a command: committed, or made by the job before."""

from __future__ import annotations

from collections.abc import Iterator

from ..execution.command import Command
from ..execution.directories import inside
from ..files.protocol import Files
from ..pipeline.model import Job, Value
from .jobs import JobBuilds

# They leave no files behind, but for what their redirections write.
_LEAVES_NOTHING = """
. : [ [[ addgroup adduser apk apt apt-cache apt-get arch basename break cat cd chgrp chmod chown
command continue cut date declare df dirname docker-credential-gcr du echo env exit export expr
false find getent grep egrep fgrep head hostname id kill let local ls mkdir mount nproc nslookup
ping printenv printf ps pwd read readlink readonly realpath return rm rmdir set sha256sum shift
shopt sleep sort source stat tail test time trap true type ulimit umask uname unset
update-ca-certificates wait wc which whoami
"""
_PASSIVE = frozenset(_LEAVES_NOTHING.split())
_WILD = "*?[{$\\"


def is_there(path: str, command: Command, builds: JobBuilds, files: Files) -> bool | None:
    """Whether `path` (from the root) exists when `command` runs; None where that is not known.

    Absent is what neither the repository, the commands before, artifacts nor caches can have made.
    """
    if path == "" or files.exists(path) is True:
        return True
    if files.exists(path) is None:
        return None
    job = builds.job
    if job.incomplete or not job.knows_variables or job.may_inherit("before_script"):
        return None
    before = _before(command, builds)
    if before is None or any(_could_make(path, other, builds) for other in before):
        return None
    return None if any(_overlaps(path, p) for p in _brought(job)) else False


def _before(command: Command, builds: JobBuilds) -> list[Command] | None:
    """The commands before this one; None where something unseen runs before it."""
    commands = builds.execution.commands
    index = next((n for n, other in enumerate(commands) if other is command), len(commands))
    if any(gap.after <= index for gap in builds.execution.not_followed):
        return None
    return commands[:index]


def _could_make(path: str, command: Command, builds: JobBuilds) -> bool:
    """Whether a command may leave something at `path`, below it, or above it."""
    for write in builds.writes:
        if write.command is command:
            target = inside(write.path, command.cwd)
            if target is None and write.path.startswith("/") is not True:
                return True
            if target is not None and _overlaps(path, target):
                return True
    name = command.name
    if not command.words:
        return False
    if name == "mkdir":
        for word in command.arguments:
            if word.text.template[:1] == "-" or word.text.startswith("/") is True:
                continue
            target = inside(word.text, command.cwd)
            if target is None or _overlaps(path, target):
                return True
        return False
    return name not in _PASSIVE


def _brought(job: Job) -> Iterator[str]:
    """The paths that artifacts of other jobs and this job's caches may bring, as far as literal."""
    for other in job.pipeline.jobs.values():
        if other is not job:
            yield from _paths(other.get("artifacts"))
    needs = job.get("needs")
    for need in () if needs is None else needs.items:
        if need.get("project") is not None or need.get("pipeline") is not None:
            yield ""
    cache = job.get("cache")
    if cache is not None:
        for value in cache.items or (cache,):
            yield from _paths(value)


def _paths(keyword: Value | None) -> Iterator[str]:
    if keyword is None:
        return
    if keyword.is_unknown or keyword.get("untracked") is not None:
        yield ""
    paths = keyword.get("paths")
    for path in () if paths is None else paths.items:
        yield path.string or ""


def _overlaps(path: str, pattern: str) -> bool:
    """Whether a pattern may match `path`, something in it, or a directory it stands in."""
    end = next((n for n, letter in enumerate(pattern) if letter in _WILD), None)
    prefix = (pattern if end is None else pattern[:end]).removeprefix("./")
    if end is not None:
        return path.startswith(prefix) or prefix.startswith(f"{path}/")
    prefix = prefix.strip("/")
    return f"{path}/".startswith(f"{prefix}/") or prefix.startswith(f"{path}/") or not prefix
