"""Files that stand in a mapping: for tests, examples and single texts."""

from __future__ import annotations

from collections.abc import Mapping

from ..source import Source
from .decode import decode, is_a_directory, not_found
from .path import clean, parents
from .protocol import Names
from .wildcard import Wildcard


class MemoryFiles:
    """`contents` are texts (or bytes) by path; `absent_known` says whether they are all there is."""

    def __init__(self, contents: Mapping[str, str | bytes], absent_known: bool = True) -> None:
        self._contents = dict(contents)
        self._directories = {"", *(d for path in contents for d in parents(path))}
        self._sources: dict[str, Source] = {}
        self._absent = False if absent_known else None

    def read(self, path: str) -> Source:
        name = clean(path)
        if name is None or (name not in self._contents and name not in self._directories):
            raise not_found(path)
        if name not in self._contents:
            raise is_a_directory(path)
        if name not in self._sources:
            content = self._contents[name]
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            self._sources[name] = Source(name, decode(name, data))
        return self._sources[name]

    def exists(self, path: str) -> bool | None:
        name = clean(path)
        if name is None:
            return None
        return True if name in self._contents or name in self._directories else self._absent

    def is_directory(self, path: str) -> bool | None:
        name = clean(path)
        if name is None:
            return None
        if name in self._directories:
            return True
        return False if name in self._contents else self._absent

    def list(self, path: str) -> Names:
        name = clean(path)
        if name is None:
            return []
        folder = f"{name}/" if name else ""
        paths = (p for p in (*self._contents, *self._directories) if p.startswith(folder))
        return sorted({p[len(folder) :].partition("/")[0] for p in paths} - {""})

    def glob(self, pattern: str) -> Names:
        wildcard = Wildcard(pattern)
        return sorted(path for path in self._contents if wildcard.matches(path))
