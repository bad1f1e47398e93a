"""The files that a build gets: its context, less what `.dockerignore` keeps out."""

from __future__ import annotations

from dataclasses import dataclass

from ..dockerfile.ignore import Ignore, Pattern, parse_ignore
from ..dockerfile.instructions import Add, Copy
from ..dockerfile.scopes import Scope
from ..dockerfile.words import Word
from ..errors import Unreadable
from ..execution.directories import normalise
from ..files.protocol import Files
from ..source import Location
from .build import Build, Tool
from .jobs import JobBuilds
from .presence import is_written

_WILD = frozenset("*?[")
_REMOTE = ("http://", "https://", "git://", "ssh://", "git@")


@dataclass(frozen=True, eq=False)
class BuildContext:
    """A directory of the repository that a build is given.

    `path` is from the root, "" for the root itself. `ignore` are the exclusions in force, None
    without a file of them; they are `known` unless one may be there that nobody here can read.
    """

    path: str
    ignore: Ignore | None
    known: bool

    def repository_path(self, path: str) -> str:
        """A path of the context, from the root of the repository."""
        return "/".join(part for part in (self.path, path) if part)

    def excludes(self, path: str) -> Pattern | None:
        """The pattern that keeps a path out, and all below it where it is a directory."""
        if self.ignore is None or not path:
            return None
        pattern = self.ignore.excludes(path)
        return None if pattern is None or self.ignore.takes_back_below(path) else pattern


@dataclass(frozen=True, eq=False)
class CopySource:
    """A source of COPY or ADD in the context: `path` is cleaned, "" for the whole context."""

    instruction: Copy
    path: str
    location: Location


def context_of(build: Build, builds: JobBuilds, files: Files) -> BuildContext | None:
    """The context of a build; None where it is remote, not known, or none is given."""
    if build.context is None or build.context.resolved is None or build.remote_context is not None:
        return None
    path = build.context.resolved
    candidates = [f"{path}/.dockerignore" if path else ".dockerignore"]
    if build.dockerfile is not None and build.builder.driver != "classic":
        if build.dockerfile.resolved is None:
            return BuildContext(path, None, known=False)
        # BuildKit's frontend looks beside the Dockerfile first.
        candidates.insert(0, f"{build.dockerfile.resolved}.dockerignore")
    for candidate in candidates:
        if is_written(candidate, build.command, builds):
            return BuildContext(path, None, known=False)
        there = files.exists(candidate)
        if there is False:
            continue
        if there is None:
            return BuildContext(path, None, known=False)
        try:
            ignore = parse_ignore(files.read(candidate))
        except Unreadable:
            return BuildContext(path, None, known=False)
        # Kaniko reads the same file with rules of its own.
        return BuildContext(path, ignore, known=build.tool is not Tool.KANIKO)
    return BuildContext(path, None, known=True)


def copy_sources(instruction: Copy, scope: Scope) -> list[CopySource]:
    """The files and directories of the context that COPY or ADD names without wildcards."""
    if instruction.from_ is not None:
        return []
    found = []
    for word in instruction.sources:
        path = _context_path(word, scope, is_add=isinstance(instruction, Add))
        if path is not None:
            found.append(CopySource(instruction, path, word.location))
    return found


def _context_path(word: Word, scope: Scope, *, is_add: bool) -> str | None:
    value = scope.expand(word).value
    if value is None or not value or _WILD & set(value):
        return None
    if is_add and value.lower().startswith(_REMOTE):
        return None
    # `..` leads no further up than the context (observed).
    parts: list[str] = []
    for part in value.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return normalise("/".join(parts))
