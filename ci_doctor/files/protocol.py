"""The files of one repository, wherever they are kept."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from ..source import Source

MAX_BYTES = 10 * 1024 * 1024  # far above any real pipeline file, script or Dockerfile


Names: TypeAlias = list[str]  # `Files.list` hides the type within the classes


class Files(Protocol):
    """Paths are relative to the root, with `/`, without `.` and `..`; "" is the root itself.

    A path that leads out of the root (also through a symbolic link) or into `.git` is not read.
    What was read is kept: a text has one Source, and later changes of the files are not seen.
    """

    def read(self, path: str) -> Source:
        """The text of a file, with its byte order mark and line ends.

        Raises NotFound where it is not there, and Unreadable for a directory, binary data, bytes that
        are not UTF-8, a Git LFS pointer, or more than MAX_BYTES.
        """
        ...

    def exists(self, path: str) -> bool | None:
        """True, False (known to be absent), or None.

        Absence is known only where the repository itself answers: a git tree, and a working
        tree for paths that are not ignored and not in a submodule. A path out of the root is not
        known.
        """
        ...

    def is_directory(self, path: str) -> bool | None: ...

    def list(self, path: str) -> Names:
        """The names in a directory, sorted; empty where there is none."""
        ...

    def glob(self, pattern: str) -> Names:
        """The files that match as GitLab's `include:local` reads a pattern, sorted.

        See `ci_doctor.files.wildcard`. Raises CiDoctorError where there are too many files to look
        at.
        """
        ...
