"""A shell as a job's script changes it: variables, arrays, functions, working directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..pipeline.model import Variable
from ..pipeline.variables import unknown_variable
from ..shell.syntax import Statement
from ..text import Choice, Opaque, Text
from .command import Word
from .directories import absolute
from .expand import bounded, one_of
from .scripts import Unit
from .store import NEVER, UNSET, Environment, Exported, Key, Missing, Store

_CWD = ("cwd", "")
_PREVIOUS = ("previous", "")
_STACK = ("directories", "")
_ARGUMENTS = ("arguments", "")


class Definition(NamedTuple):
    """A shell function."""

    body: Statement
    unit: Unit


class Shell:
    """The state of one shell. `base` are the YAML's variables, all of them exported."""

    def __init__(self, base: Mapping[str, Variable], job: str, cwd: Text | None) -> None:
        self.base = base
        self.job = job
        self.store = Store()
        self._environment: tuple[int, Environment] | None = None
        self._exported: tuple[int, Exported] | None = None
        self.set_cwd(cwd)
        self.positional: tuple[Word, ...] | None = ()

    @property
    def environment(self) -> Mapping[str, Text]:
        """The variables now; the same object while none changes."""
        if self._environment is None or self._environment[0] != self.store.last_variable:
            self._environment = (self.store.last_variable, Environment(self.base, self.store))
        return self._environment[1]

    @property
    def exported(self) -> Exported:
        if self._exported is None or self._exported[0] != self.store.last_export:
            self._exported = (self.store.last_export, Exported(self.base, self.store))
        return self._exported[1]

    def variable(self, name: str) -> Text | Missing:
        value: Text | Missing = self.store.get(name)
        if value is not NEVER:
            return value
        if name in self.base:
            return self.base[name].text
        if name == "PWD" and self.cwd is not None:
            return absolute(self.cwd, self.job)
        return NEVER

    def assign(self, name: str, value: Text) -> None:
        if self.store.get(("array", name)) is not NEVER:
            self.store.set(("array", name), NEVER)
        self.store.set(name, bounded(value, f"${name}"))

    def unset(self, name: str) -> None:
        self.store.set(name, UNSET)
        if self.store.get(("array", name)) is not NEVER:
            self.store.set(("array", name), NEVER)

    def forget(self, name: str) -> None:
        """The variable gets a value that nobody here can tell."""
        self.assign(name, Text((Opaque(f"${name}"),)))

    def export(self, name: str, exported: bool = True) -> None:
        if (name in self.exported) is not exported:
            self.store.set(("export", name), exported)

    def save(self, names: Iterable[str]) -> list[tuple[Key, Any]]:
        """What `put_back` needs to make these variables what they are now."""
        return [
            (key, self.store.get(key))
            for name in names
            for key in (name, ("array", name), ("export", name))
        ]

    def put_back(self, saved: Iterable[tuple[Key, Any]]) -> None:
        for key, value in saved:
            if self.store.get(key) is not value:
                self.store.set(key, value)

    def array(self, name: str) -> tuple[Word, ...] | None:
        words = self.store.get(("array", name))
        return words if isinstance(words, tuple) else None

    def has_array(self, name: str) -> bool:
        return self.store.get(("array", name)) is not NEVER

    def set_array(self, name: str, words: tuple[Word, ...] | None) -> None:
        """Make `name` an array; None for one whose words are not known."""
        self.store.set(("array", name), words)

    @property
    def positional(self) -> tuple[Word, ...] | None:
        words: tuple[Word, ...] | None = self.store.get(_ARGUMENTS)
        return words

    @positional.setter
    def positional(self, words: tuple[Word, ...] | None) -> None:
        self.store.set(_ARGUMENTS, words)

    @property
    def cwd(self) -> Text | None:
        cwd: Text | None = self.store.get(_CWD)
        return cwd

    def set_cwd(self, cwd: Text | None) -> None:
        previous = self.store.get(_CWD)
        self.store.set(_PREVIOUS, None if previous is NEVER else previous)
        self.store.set(_CWD, cwd)

    @property
    def previous_cwd(self) -> Text | None:
        previous: Text | None = self.store.get(_PREVIOUS)
        return previous

    def push_directory(self) -> None:
        self.store.set(_STACK, (*self._stack, self.cwd))

    def pop_directory(self) -> None:
        stack = self._stack
        self.set_cwd(stack[-1] if stack else None)
        self.store.set(_STACK, stack[:-1])

    @property
    def _stack(self) -> tuple[Text | None, ...]:
        stack = self.store.get(_STACK)
        return stack if isinstance(stack, tuple) else ()

    def function(self, name: str) -> Definition | None:
        found = self.store.get(("function", name))
        return found if isinstance(found, Definition) else None

    def define(self, name: str, definition: Definition) -> None:
        self.store.set(("function", name), definition)

    def option(self, letter: str) -> bool:
        return self.store.get(("option", letter)) is True

    def set_option(self, letter: str, on: bool) -> None:
        if self.option(letter) is not on:
            self.store.set(("option", letter), on)

    def enter_program(self, arguments: tuple[Word, ...] | None) -> None:
        """Become the shell of a script that this shell starts: only exported variables are left."""
        exported = self.exported
        for key in self.store:
            if isinstance(key, str):
                if key not in exported:
                    self.store.set(key, NEVER)
            elif key[0] in ("array", "function", "option"):
                self.store.set(key, NEVER)
        self.positional = arguments

    def merge(self, branches: Iterable[Mapping[Key, Any]], *, may_skip: bool) -> None:
        """Go on after branches of which one ran, or with `may_skip` perhaps none.

        Each branch is given as what it changed (`store.restore` tells).
        """
        changes = list(branches)
        if may_skip:
            changes.append({})
        for key in dict.fromkeys(key for change in changes for key in change):
            before = self.store.get(key)
            values = [change.get(key, before) for change in changes]
            if all(value is values[0] for value in values):
                self.store.set(key, values[0])
            else:
                self._merge(key, before, values)

    def _merge(self, key: Key, before: Any, values: list[Any]) -> None:
        values.sort(key=lambda value: value is not before)
        if isinstance(key, str):
            text = one_of([self._as_text(key, value) for value in values])
            self.store.set(key, bounded(text, f"${key}"))
            return
        match key[0]:
            case "array":
                self.store.set(key, _merged_array(before, values))
            case "cwd":
                known = [value for value in values if value is not None]
                self.store.set(key, one_of(known) if len(known) == len(values) else None)
            case "function":
                found = [value for value in values if isinstance(value, Definition)]
                self.store.set(key, found[-1] if found else NEVER)
            case "export":
                self.store.set(key, any(value is True for value in values))
            case "arguments":
                self.store.set(key, None)
            case "option":
                self.store.set(key, before)
            case _:
                self.store.set(key, None)

    def _as_text(self, name: str, value: Text | Missing) -> Text:
        if isinstance(value, Text):
            return value
        if value is UNSET:
            return Text()
        if name in self.base:
            return self.base[name].text
        return Text((unknown_variable(name, self.job),))


def _merged_array(before: Any, values: list[Any]) -> tuple[Word, ...] | None:
    """Words that only some branches add may or may not be there."""
    start = before if isinstance(before, tuple) else ()
    merged = list(start)
    if before is None:
        return None
    for value in values:
        if value is before or value is NEVER:
            continue
        if not isinstance(value, tuple) or value[: len(start)] != start:
            return None
        for word in value[len(start) :]:
            text = Text((Choice((Text(), word.text)),))
            merged.append(Word(text, word.written, opaque=True, quoted=word.quoted))
    return tuple(merged)
