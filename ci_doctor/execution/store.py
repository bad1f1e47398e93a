"""The state of a shell over time, whatever it is that is kept.

Every command of a job keeps the environment it ran in. A store remembers each change with a
version number instead of copying, so that a snapshot costs nothing, and a branch or a subshell is
undone by what it changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Set
from enum import Enum
from typing import Any, Final

from ..pipeline.model import Variable
from ..text import Text


class Missing(Enum):
    """Why there is no value."""

    UNSET = "unset"  # taken away by the script
    NEVER = "never"  # nothing here sets it: a project variable may


UNSET: Final = Missing.UNSET
NEVER: Final = Missing.NEVER

# A plain string is a variable's name; everything else is (kind, name).
Key = str | tuple[str, str]


class Store:
    """Values by key, with their history."""

    def __init__(self) -> None:
        self._versions: dict[Key, list[int]] = {}
        self._values: dict[Key, list[Any]] = {}
        self._log: list[Key] = []
        self.last_variable = 0  # the versions of the latest changes
        self.last_export = 0

    def __iter__(self) -> Iterator[Key]:
        return iter(tuple(self._versions))

    @property
    def version(self) -> int:
        return len(self._log)

    def get(self, key: Key, version: int | None = None) -> Any:
        """The value at a version (the latest without one); NEVER where there was none yet."""
        versions = self._versions.get(key)
        if versions is None:
            return NEVER
        index = len(versions) if version is None else bisect_right(versions, version)
        return self._values[key][index - 1] if index else NEVER

    def set(self, key: Key, value: Any) -> None:
        self._log.append(key)
        version = len(self._log)
        self._versions.setdefault(key, []).append(version)
        self._values.setdefault(key, []).append(value)
        if isinstance(key, str):
            self.last_variable = version
        elif key[0] == "export":
            self.last_export = version

    def changed_since(self, version: int) -> dict[Key, Any]:
        """The latest values of the keys that were set after `version` and differ from then."""
        changed = {}
        for key in dict.fromkeys(self._log[version:]):
            value = self.get(key)
            if value is not self.get(key, version):
                changed[key] = value
        return changed

    def restore(self, version: int) -> dict[Key, Any]:
        """Undo every change after `version`; what was undone."""
        changed = self.changed_since(version)
        for key in changed:
            self.set(key, self.get(key, version))
        return changed


class Environment(Mapping[str, Text]):
    """The variables at one version: those of the YAML, overlaid by the script's."""

    __slots__ = ("_base", "_store", "_version")

    def __init__(self, base: Mapping[str, Variable], store: Store) -> None:
        self._base = base
        self._store = store
        self._version = store.version

    def __getitem__(self, name: str) -> Text:
        value = self._store.get(name, self._version)
        if isinstance(value, Text):
            return value
        if value is UNSET or name not in self._base:
            raise KeyError(name)
        return self._base[name].text

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        value = self._store.get(name, self._version)
        return isinstance(value, Text) or (value is not UNSET and name in self._base)

    def __iter__(self) -> Iterator[str]:
        names = dict.fromkeys(self._base)
        names.update(dict.fromkeys(key for key in self._store if isinstance(key, str)))
        return (name for name in names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Exported(Set[str]):
    """The names that reach programs at one version. All variables of the YAML do."""

    __slots__ = ("_base", "_store", "_version")

    def __init__(self, base: Mapping[str, Variable], store: Store) -> None:
        self._base = base
        self._store = store
        self._version = store.version

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        exported = self._store.get(("export", name), self._version)
        return name in self._base if exported is NEVER else bool(exported)

    def __iter__(self) -> Iterator[str]:
        names = dict.fromkeys(self._base)
        names.update(dict.fromkeys(key[1] for key in self._store if key[0] == "export"))
        return (name for name in names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @classmethod
    def _from_iterable(cls, names: Any) -> Any:
        return frozenset(names)
