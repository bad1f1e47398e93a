"""Whether a path of the repository is there at a command: committed, or made by the job before."""

from __future__ import annotations

from collections.abc import Iterator

from ..execution.command import Command
from ..execution.directories import inside
from ..files.protocol import Files
from ..pipeline.model import Job, Value
from ..text import Symbol, Text
from .filesystem import COPIES
from .jobs import JobBuilds

# They leave no files behind, but for what their redirections write.
_LEAVES_NOTHING = """
. : [ [[ addgroup adduser apk apt apt-cache apt-get arch awk base64 basename break cat cd chgrp chmod
chown cmp comm command continue cut date declare df diff dirname du echo egrep env envsubst exit
export expr false fgrep find fold free getent getopts grep hash head hostname id jq kill let local ls
md5sum mkdir mktemp mount nc nl nproc nslookup od ping printenv printf ps pwd read readlink readonly
realpath return rev rm rmdir sed seq set sha1sum sha256sum sha512sum shift shopt sleep sort source
stat sync tac tail tee test time tput tr trap true type ulimit umask uname unset
update-ca-certificates uptime wait wc which whoami
"""
_PASSIVE = frozenset(_LEAVES_NOTHING.split())
# Subcommands of git that leave the work tree as it is.
_GIT_ASKS = """
--version branch cat-file config describe diff fetch for-each-ref log ls-files ls-remote ls-tree
merge-base name-rev push remote rev-list rev-parse shortlog show show-ref status tag version
"""
_GIT_LEAVES_NOTHING = frozenset(_GIT_ASKS.split())
_GIT_VALUED = frozenset({"-C", "-c", "--git-dir", "--work-tree"})
_BUILDCTL = frozenset({"buildctl", "buildctl-daemonless.sh"})
_WILD = "*?[{$\\"
_TO_FILE = ("--iidfile", "--metadata-file")
# Subcommands of docker that leave no files; `run`, `cp`, `save` and `compose` may.
_DOCKER_ONLY_ASKS = frozenset({"context", "image", "images", "info", "inspect", "login", "logout"})
_DOCKER_IN_DAEMON = frozenset({"buildx", "manifest", "ps", "pull", "push", "rmi", "tag", "version"})
_DOCKER_LEAVES_NOTHING = _DOCKER_ONLY_ASKS | _DOCKER_IN_DAEMON


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
    if before is None or any(_makes_unseen(other, builds) for other in before):
        return None
    for target in _made(before, builds):
        made = _in_repository(target)
        if made is None or made == path or made.startswith(f"{path}/"):
            return None
    return None if any(_overlaps(path, p) for p in _brought(job)) else False


def may_be_brought(target: Text, job: Job, files: Files) -> bool:
    """Whether a file may be there before a job's first command: committed, from artifacts or a cache.

    `target` as in FileWrite; nothing is brought to a place outside the repository.
    """
    path = _in_repository(target)
    if path is None:
        return True
    if path == "/":
        return False
    unseen = job.pipeline.has_unresolved or files.exists(path) is not False
    return unseen or any(_overlaps(path, brought) for brought in _brought(job))


def is_written(path: str, command: Command, builds: JobBuilds) -> bool:
    """Whether a command before this one is seen to write the file at `path`, or to change it."""
    writers = {id(w.command) for w in builds.writes if _in_repository(w.target) == path}
    if not writers:
        return False
    for other in builds.execution.commands:
        if other is command:
            return False
        if id(other) in writers:
            return True
    return False


def _before(command: Command, builds: JobBuilds) -> list[Command] | None:
    """The commands before this one; None where something unseen runs before it."""
    commands = builds.execution.commands
    index = next((n for n, other in enumerate(commands) if other is command), len(commands))
    if any(gap.after <= index for gap in builds.execution.not_followed):
        return None
    return commands[:index]


def _makes_unseen(command: Command, builds: JobBuilds) -> bool:
    """Whether a command may leave files that its words do not tell of."""
    if not command.words or command.name in _PASSIVE:
        return False
    if command.name in COPIES:
        written = [write.target for write in builds.writes if write.command is command]
        return not written or any(_in_repository(target) != "/" for target in written)
    if command.name == "git":
        return _git_subcommand(command) not in _GIT_LEAVES_NOTHING
    if command.name in _BUILDCTL:
        return any("dest=" in word.text.template or word.opaque for word in command.arguments)
    return command.name != "docker" or _docker_writes(command, builds)


def _git_subcommand(command: Command) -> str | None:
    words = iter(word.text.value or "" for word in command.arguments)
    for word in words:
        if word in _GIT_VALUED:
            next(words, None)
        elif word[:1] != "-" or word == "--version":
            return word
    return None


def _docker_writes(command: Command, builds: JobBuilds) -> bool:
    """Whether docker may leave files: containers with volumes, and `--output` of a build."""
    build = next((build for build in builds.builds if build.command is command), None)
    if build is not None:
        elsewhere = all(output.type in (None, "image", "registry") for output in build.outputs)
        return bool(build.opaque) or not elsewhere or bool(build.given(*_TO_FILE))
    call = next((call for call in builds.docker_calls if call.command is command), None)
    return call is None or not call.path or call.path[0] not in _DOCKER_LEAVES_NOTHING


def _made(before: list[Command], builds: JobBuilds) -> Iterator[Text]:
    """The files and directories that these commands are seen to make."""
    seen = {id(command) for command in before}
    for write in builds.writes:
        if id(write.command) in seen:
            yield write.target
    for directory in builds.directories:
        if id(directory.command) in seen:
            yield directory.target


def _in_repository(target: Text) -> str | None:
    """A path from the root of the repository, "/" for one outside; None where it is not known."""
    path = inside(target, None)
    if path is not None:
        return path
    first = target.parts[0] if target.parts else None
    outside = target.startswith("/") is True or (
        isinstance(first, Symbol) and first.variable == "HOME"
    )
    return "/" if outside else None


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
