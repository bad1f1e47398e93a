"""The files of a directory on disk."""

from __future__ import annotations

import os
import stat
from functools import cached_property
from pathlib import Path
from typing import IO

from ..errors import CiDoctorError, Unreadable
from ..source import Source
from . import git
from .decode import decode, is_a_directory, not_found, too_large
from .path import clean, parents
from .protocol import MAX_BYTES, Names
from .wildcard import Wildcard

_MOST_ENTRIES = 200_000  # of a directory that is no git work tree, in one walk


class WorkingTree:
    """The files below `root`. Where `root` lies in a git work tree, git tells what is absent.

    git is asked only when a path is missing or a pattern is to be matched. A pattern sees what git
    sees: tracked files, and new ones that are not ignored.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._top = Path(os.path.realpath(root))
        self._sources: dict[str, Source] = {}

    def __repr__(self) -> str:
        return f"WorkingTree({str(self.root)!r})"

    def read(self, path: str) -> Source:
        name = clean(path)
        real = None if name is None else self._inside(name)
        if name is None or real is None:
            raise not_found(path)
        if name not in self._sources:
            self._sources[name] = Source(name, decode(name, _read(name, real)))
        return self._sources[name]

    def exists(self, path: str) -> bool | None:
        status = self._status(path)
        return True if isinstance(status, os.stat_result) else status

    def is_directory(self, path: str) -> bool | None:
        status = self._status(path)
        return stat.S_ISDIR(status.st_mode) if isinstance(status, os.stat_result) else status

    def list(self, path: str) -> Names:
        name = clean(path)
        real = None if name is None else self._inside(name)
        try:
            names = [] if real is None else [entry.name for entry in real.iterdir()]
        except OSError:
            return []
        return sorted(name for name in names if name.lower() != ".git")

    def glob(self, pattern: str) -> Names:
        wildcard = Wildcard(pattern)
        names = self._git.files() if self._git is not None else self._walk(wildcard)
        real_folders: dict[str, bool] = {}
        return sorted(
            name for name in names if wildcard.matches(name) and self._is_file(name, real_folders)
        )

    @cached_property
    def _git(self) -> _WorkTree | None:
        return _WorkTree.of(self._top)

    def _inside(self, name: str) -> Path | None:
        """The real path of a file, None where it is not below the root."""
        # Unlike Path.resolve, realpath is content with a loop of links.
        real = Path(os.path.realpath(self._top / name))
        inside = real.is_relative_to(self._top) and clean(self._below(real)) is not None
        return real if inside else None

    def _below(self, real: Path) -> str:
        below = real.relative_to(self._top).as_posix()
        return "" if below == "." else below

    def _status(self, path: str) -> os.stat_result | bool | None:
        """What is there; False where the path is known to be absent, None where it is not known."""
        name = clean(path)
        real = None if name is None else self._inside(name)
        if real is None:
            return None
        try:
            return real.stat()
        except (FileNotFoundError, NotADirectoryError):
            known = self._git is not None and self._git.lacks(self._below(real))
            return False if known else None
        except OSError:
            return None

    def _is_file(self, name: str, real_folders: dict[str, bool]) -> bool:
        """`real_folders` keeps which folders are no links and lie in none, to ask once for each."""
        folder = name.rpartition("/")[0]
        if folder not in real_folders:
            real_folders[folder] = self._inside(folder) == self._top / folder
        try:
            status = (self._top / name).lstat()
        except OSError:
            return False
        if real_folders[folder] and not stat.S_ISLNK(status.st_mode):
            return stat.S_ISREG(status.st_mode)
        real = self._inside(name)
        return real is not None and real.is_file()

    def _walk(self, wildcard: Wildcard) -> Names:
        found: Names = []
        seen = 0
        waiting = [wildcard.folder]
        while waiting:
            folder = waiting.pop()
            real = self._inside(folder)
            try:
                entries = [] if real is None else list(os.scandir(real))
            except OSError:
                continue
            seen += len(entries)
            if seen > _MOST_ENTRIES:
                raise CiDoctorError(
                    f"{self.root} holds too many files to look for a pattern in",
                    "choose a smaller directory with --root",
                )
            for entry in entries:
                name = f"{folder}/{entry.name}" if folder else entry.name
                if entry.name.lower() == ".git":
                    continue
                # Links to directories are not followed: git does not either.
                if not entry.is_dir(follow_symlinks=False):
                    found.append(name)
                elif wildcard.depth is None or name.count("/") < wildcard.depth:
                    waiting.append(name)
        return found


def _read(name: str, real: Path) -> bytes:
    try:
        mode = real.stat().st_mode
        if stat.S_ISDIR(mode):
            raise is_a_directory(name)
        if not stat.S_ISREG(mode):
            raise Unreadable(f"cannot read {name}: it is not a regular file")
        with real.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                raise too_large(name, size)
            return file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError) as e:
        raise not_found(name, e.strerror or "it is not there") from None
    except OSError as e:
        raise Unreadable(f"cannot read {name}: {e.strerror}") from None


class _WorkTree:
    """What git knows of the files below a directory. Paths are relative to it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ignores: git.Conversation | None = None
        self._answers: dict[str, bool] = {}

    @staticmethod
    def of(directory: Path) -> _WorkTree | None:
        """None outside a git work tree, and where git cannot be run or refuses."""
        try:
            inside = git.run(directory, "rev-parse", "--is-inside-work-tree").strip() == b"true"
        except CiDoctorError:
            return None
        return _WorkTree(directory) if inside else None

    def files(self) -> list[str]:
        """Tracked files, and new ones that are not ignored."""
        return [*self._tracked, *self._new]

    def lacks(self, path: str) -> bool:
        """Whether a path that is not on disk is no file of the repository either.

        Not so in a submodule, for what is tracked (deleted, or left out by a sparse checkout), and
        for ignored paths, which a build may make.
        """
        try:
            if any(p in self._submodules for p in (*parents(path), path)):
                return False
            if path in self._tracked or path in self._tracked_directories:
                return False
            return not self._ignored(path)
        except CiDoctorError:
            return False

    @cached_property
    def _index(self) -> list[tuple[str, str]]:
        """(mode, path) of everything tracked."""
        entries = git.run(self._directory, "ls-files", "--stage", "-z").split(b"\0")
        split = (os.fsdecode(entry).partition("\t") for entry in entries if entry)
        return [(info.partition(" ")[0], path) for info, _, path in split]

    @cached_property
    def _tracked(self) -> dict[str, None]:
        return dict.fromkeys(path for _, path in self._index)

    @cached_property
    def _tracked_directories(self) -> frozenset[str]:
        return frozenset(directory for path in self._tracked for directory in parents(path))

    @cached_property
    def _submodules(self) -> frozenset[str]:
        return frozenset(path for mode, path in self._index if mode == "160000")

    @cached_property
    def _new(self) -> list[str]:
        names = git.run(self._directory, "ls-files", "--others", "--exclude-standard", "-z")
        return [os.fsdecode(name) for name in names.split(b"\0") if name]

    def _ignored(self, path: str) -> bool:
        """Whether a file or a directory of that name is ignored."""
        if path not in self._answers:
            if self._ignores is None:
                arguments = ("check-ignore", "--stdin", "-z", "--verbose", "--non-matching")
                self._ignores = git.Conversation(self._directory, *arguments)
            name = os.fsencode(path)
            answer = self._ignores.ask(name + b"\0" + name + b"/\0")
            # Source of the pattern, line, pattern, path: the first three are empty where none fits.
            fields = [_until_nul(answer) for _ in range(8)]
            if None in fields:
                self._ignores.close()
                self._ignores = None
                raise git.GitFailed("git ended unexpectedly")
            patterns = [field or b"" for field in fields[2::4]]
            self._answers[path] = any(p and not p.startswith(b"!") for p in patterns)
        return self._answers[path]


def _until_nul(stream: IO[bytes]) -> bytes | None:
    """A field of an answer, None at the stream's end."""
    field = bytearray()
    while (byte := stream.read(1)) != b"\0":
        if not byte:
            return None
        field += byte
    return bytes(field)
