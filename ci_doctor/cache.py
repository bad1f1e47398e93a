"""Files from elsewhere, kept on disk for the next run.

A cache is a convenience: where it cannot be read or written, there is none.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path


class Cache:
    """Contents by key. What a key stands for must never change: a file at a commit, not at a branch.

    The folder is made for this user alone, and is not used where it is another's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def of_user() -> Cache:
        """The cache in this user's cache folder (`XDG_CACHE_HOME`, `~/.cache/ci-doctor`)."""
        import platformdirs

        return Cache(Path(platformdirs.user_cache_dir("ci-doctor", appauthor=False)))

    def get(self, *key: str) -> bytes | None:
        if not self._is_ours():
            return None
        try:
            return self._path(key).read_bytes()
        except OSError:
            return None

    def put(self, content: bytes, *key: str) -> None:
        """Keep `content`: whole, or not at all."""
        if not self._folder.is_absolute():  # no home: `~` stays as it is
            return
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._is_ours():
                return
            handle, name = tempfile.mkstemp(dir=self._folder)  # readable by this user alone
        except OSError:
            return
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(self._path(key))
        except OSError:
            with suppress(OSError):
                Path(name).unlink()

    def _path(self, key: tuple[str, ...]) -> Path:
        return self._folder / hashlib.sha256("\0".join(key).encode()).hexdigest()

    def _is_ours(self) -> bool:
        """Whether nobody else can have put anything there."""
        try:
            status = self._folder.stat()
        except OSError:
            return False
        if os.name == "nt":
            return stat.S_ISDIR(status.st_mode)
        mine = status.st_uid == os.geteuid() and not status.st_mode & 0o022
        return stat.S_ISDIR(status.st_mode) and mine
