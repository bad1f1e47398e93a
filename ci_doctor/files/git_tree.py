"""The files of a commit, read from git's object database: nothing is checked out."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from ..errors import CiDoctorError, Unreadable, UsageError
from ..source import Source
from . import git
from .decode import decode, is_a_directory, not_found, too_large
from .path import clean, parents
from .protocol import MAX_BYTES, Names
from .wildcard import Wildcard

_FILE = "blob"
_SUBMODULE = "commit"
_LINK_MODE = "120000"
_MOST_LINKS = 40  # as many as Linux follows
_CHUNK = 1 << 20


class _Entry(NamedTuple):
    kind: str  # "blob" or "commit"
    mode: str
    object: str


class GitTree:
    """The files of `ref` (a branch, tag or commit), or those of one directory in it.

    Raises UsageError where the repository, the ref or the directory is not there. One git process
    stays open to read from: close the tree, or use it in a `with` statement.
    """

    def __init__(self, repository: Path, ref: str, subdirectory: str = "") -> None:
        self._repository = repository
        self.ref = ref
        self.commit = self._commit(ref)
        folder = clean(subdirectory)
        if folder is None:
            raise UsageError(f"{subdirectory} is not a directory of the repository")
        self._tree = f"{self.commit}:{folder}" if folder else self.commit
        self._folder = folder
        self._sources: dict[str, Source] = {}
        self._links: dict[str, str | None] = {}
        self._reader: git.Conversation | None = None
        self._entries = self._list_entries()

    def __repr__(self) -> str:
        return f"GitTree({str(self._repository)!r}, {self.ref!r}, {self._folder!r})"

    def __enter__(self) -> GitTree:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the git process. Reading on starts a new one."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def read(self, path: str) -> Source:
        name = clean(path)
        place = None if name is None else self._follow(name)
        if name is None or place is None:
            raise not_found(path)
        entry = self._entries.get(place)
        if entry is None and place not in self._children:
            raise not_found(path)
        if entry is None or entry.kind == _SUBMODULE:
            raise is_a_directory(path)
        if name not in self._sources:
            self._sources[name] = Source(name, decode(name, self._content(name, entry.object)))
        return self._sources[name]

    def exists(self, path: str) -> bool | None:
        place = self._place(path)
        if place is None or self._in_submodule(place):
            return None
        return place in self._entries or place in self._children

    def is_directory(self, path: str) -> bool | None:
        place = self._place(path)
        if place is None or self._in_submodule(place):
            return None
        entry = self._entries.get(place)
        return place in self._children if entry is None else entry.kind == _SUBMODULE

    def list(self, path: str) -> Names:
        place = self._place(path)
        return [] if place is None else sorted(self._children.get(place, ()))

    def glob(self, pattern: str) -> Names:
        wildcard = Wildcard(pattern)
        return sorted(p for p in self._entries if wildcard.matches(p) and self._is_file(p))

    def _commit(self, ref: str) -> str:
        if not ref or ref.startswith("-"):
            raise UsageError(f"{ref!r} is not a git ref")
        try:
            git.run(self._repository, "rev-parse", "--git-dir")
        except git.GitFailed as e:
            if e.hint:  # git itself is missing
                raise
            hint = ""
            if "dubious ownership" in e.message:
                hint = f"git config --global --add safe.directory {self._repository}"
            raise UsageError(f"git cannot read {self._repository}: {e.message}", hint) from None
        try:
            found = git.run(self._repository, "rev-parse", "--verify", f"{ref}^{{commit}}")
        except git.GitFailed:
            raise UsageError(
                f"{self._repository} has no ref {ref!r}", "git fetch it first"
            ) from None
        return found.decode("ascii").strip()

    def _list_entries(self) -> dict[str, _Entry]:
        try:
            listing = git.run(self._repository, "ls-tree", "-r", "-z", "--full-tree", self._tree)
        except git.GitFailed as e:
            if self._folder:
                raise UsageError(f"{self.ref} has no directory {self._folder!r}") from None
            raise CiDoctorError(f"cannot read {self.ref}: {e.message}") from None
        entries = {}
        for line in listing.split(b"\0"):
            if line:
                info, _, path = os.fsdecode(line).partition("\t")
                mode, kind, name = info.split(" ")
                entries[path] = _Entry(kind, mode, name)
        return entries

    @cached_property
    def _children(self) -> dict[str, set[str]]:
        """The names in each directory, the root included."""
        children: dict[str, set[str]] = {"": set()}
        for path in self._entries:
            folder = ""
            for part in path.split("/"):
                names = children.setdefault(folder, set())
                names.add(part)
                folder = f"{folder}/{part}" if folder else part
        return children

    def _place(self, path: str) -> str | None:
        name = clean(path)
        return None if name is None else self._follow(name)

    def _is_file(self, path: str) -> bool:
        place = self._follow(path)
        entry = None if place is None else self._entries.get(place)
        return entry is not None and entry.kind == _FILE

    def _in_submodule(self, place: str) -> bool:
        return any(self._is_submodule(directory) for directory in parents(place))

    def _is_submodule(self, path: str) -> bool:
        entry = self._entries.get(path)
        return entry is not None and entry.kind == _SUBMODULE

    def _follow(self, name: str) -> str | None:
        """The path with symbolic links resolved; None where one leads out of the tree."""
        done: list[str] = []
        waiting = name.split("/")[::-1] if name else []
        links = 0
        while waiting:
            part = waiting.pop()
            if part in ("", "."):
                continue
            if part == "..":
                if not done:
                    return None
                done.pop()
                continue
            done.append(part)
            here = "/".join(done)
            entry = self._entries.get(here)
            if entry is None or entry.mode != _LINK_MODE:
                continue
            target = self._target(here, entry)
            links += 1
            if target is None or target.startswith("/") or links > _MOST_LINKS:
                return None
            done.pop()
            waiting += target.split("/")[::-1]
        return clean("/".join(done))

    def _target(self, path: str, entry: _Entry) -> str | None:
        if path not in self._links:
            try:
                self._links[path] = os.fsdecode(self._content(path, entry.object))
            except CiDoctorError:
                self._links[path] = None
        return self._links[path]

    def _content(self, name: str, object_name: str) -> bytes:
        if self._reader is None:
            self._reader = git.Conversation(self._repository, "cat-file", "--batch")
        answer = self._reader.ask(f"{object_name}\n".encode("ascii"))
        header = answer.readline().split()
        if len(header) != 3 or header[1] != b"blob":
            if not header:
                self.close()
            raise Unreadable(
                f"cannot read {name} at {self.ref}: its content is not in the repository",
                "fetch it: the clone is partial or damaged",
            )
        size = int(header[2])
        if size > MAX_BYTES:
            left = size + 1
            while left > 0 and (chunk := answer.read(min(left, _CHUNK))):
                left -= len(chunk)
            raise too_large(name, size)
        content = answer.read(size)
        answer.read(1)
        return content
