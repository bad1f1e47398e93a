"""Which checks there are, and which of them a run asks for."""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from . import checks as builtin
from .check import Check
from .errors import CiDoctorError, UsageError

PLUGINS = "ci_doctor.checks"


class BadCheck(CiDoctorError):
    """A check module or plugin that does not keep the contract of `ci_doctor.check`."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` most likely stands for."""
    if len(name) > 100:
        return None
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return close[0] if close else None


@dataclass(frozen=True)
class Registry:
    """Checks ordered by family and id."""

    checks: tuple[Check, ...]

    @staticmethod
    def of(checks: Iterable[Check]) -> Registry:
        ordered = sorted(checks, key=lambda check: (check.family, check.id))
        seen: dict[str, Check] = {}
        for check in ordered:
            if seen.setdefault(check.id, check) is not check:
                raise BadCheck(f"two checks are called '{check.id}'")
        return Registry(tuple(ordered))

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    @property
    def ids(self) -> list[str]:
        return [check.id for check in self.checks]

    def get(self, check_id: str) -> Check | None:
        return next((check for check in self.checks if check.id == check_id), None)

    def leading_to(self, symptom: str) -> list[Check]:
        """The checks whose fault can show itself as this symptom."""
        return [check for check in self.checks if symptom in check.symptoms]

    def selection(
        self, select: Sequence[str] = (), ignore: Sequence[str] = (), off: Iterable[str] = ()
    ) -> Selection:
        """The checks that match a glob of `select` (all without any) and none of `ignore`.

        `off` are the ids that the configuration turns off; naming one in full in `select` turns it on.
        Raises UsageError for a glob that matches no check.
        """
        for glob in (*select, *ignore):
            self._must_match(glob)
        return Selection(tuple(select), tuple(ignore), frozenset(off))

    def _must_match(self, glob: str) -> None:
        if any(_matches(glob, check.family, check.id) for check in self.checks):
            return
        families = {check.family for check in self.checks}
        if glob in families:
            hint = f"did you mean '{glob}/*'?"
        else:
            names = [*self.ids, *(f"{check.family}/{check.id}" for check in self.checks)]
            near = nearest(glob, [*names, *(f"{family}/*" for family in families)])
            hint = f"did you mean '{near}'?" if near else "`ci-doctor checks` lists them"
        raise UsageError(f"no check matches '{glob}'", hint)


@dataclass(frozen=True)
class Selection:
    """Answers which checks a run asks for, by id and family."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    off: frozenset[str] = frozenset()

    def has(self, family: str, check_id: str) -> bool:
        if any(_matches(glob, family, check_id) for glob in self.ignore):
            return False
        if check_id in self.off:
            return check_id in self.select or f"{family}/{check_id}" in self.select
        return not self.select or any(_matches(g, family, check_id) for g in self.select)


def _matches(glob: str, family: str, check_id: str) -> bool:
    return fnmatchcase(f"{family}/{check_id}" if "/" in glob else check_id, glob)


@cache
def load_registry() -> Registry:
    """The checks of this package and those of installed plugins."""
    return Registry.of([*builtin_checks(builtin), *plugin_checks(entry_points(group=PLUGINS))])


def builtin_checks(package: ModuleType) -> Iterator[Check]:
    """The `CHECK` of every module `<family>/<name>.py` under `package`."""
    for family in pkgutil.iter_modules(package.__path__):
        folder = import_module(f"{package.__name__}.{family.name}")
        for module in pkgutil.iter_modules(folder.__path__):
            check = getattr(import_module(f"{folder.__name__}.{module.name}"), "CHECK", None)
            where = f"{folder.__name__}.{module.name}"
            if not isinstance(check, Check):
                raise BadCheck(f"{where} has no CHECK")
            if check.id != module.name.replace("_", "-"):
                raise BadCheck(f"{where} holds the check '{check.id}': id and module name differ")
            yield replace(check, family=family.name.replace("_", "-"))


def plugin_checks(points: Iterable[EntryPoint]) -> Iterator[Check]:
    """The checks of installed packages.

    An entry point of the group `ci_doctor.checks` names a `Check`, a module with a `CHECK`, or
    a function that returns Checks. Its own name is the family of a check that has none.
    """
    for point in sorted(points, key=lambda point: point.name):
        try:
            found = point.load()
            if isinstance(found, ModuleType):
                found = found.CHECK
            made = _called(found)
        except Exception as error:  # whatever a foreign package raises
            raise BadCheck(
                f"the plugin '{point.name}' ({point.value}) cannot be loaded: {error}",
                "uninstall it, or report this to its authors",
            ) from error
        for check in made:
            yield check if check.family else replace(check, family=point.name)


def _called(found: Check | Callable[[], Iterable[Check]]) -> list[Check]:
    made = [found] if isinstance(found, Check) else list(found())
    for check in made:
        if not isinstance(check, Check):
            raise TypeError(f"{check!r} is not a Check")
    return made
