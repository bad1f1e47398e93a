"""One simple command as a job would run it."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from enum import Enum

from ..pipeline.model import Job
from ..source import Location
from ..text import Text


class Certainty(Enum):
    """Whether a job reaches a command, given that nothing before it failed."""

    ALWAYS = "always"
    POSSIBLE = "possible"  # in a branch, a loop, a function that may not be called, after `||`


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """One word after expansion.

    `text` is what the program gets. `opaque` words may stand for none or several words
    (`$OPTIONS` unquoted and unknown, `"$@"`, a glob, an array): while a command has any, no option
    may be called absent. `written` is the word in the script, quotes included.
    """

    text: Text
    written: Location | None
    opaque: bool = False
    quoted: bool = False  # any part of it stood in quotes


@dataclass(frozen=True, slots=True, eq=False)
class Redirect:
    """`operator` as in `shell.syntax.Redirect`; `target` is the file, or the heredoc's text."""

    operator: str
    target: Text
    location: Location | None
    descriptor: int | None = None
    literal: bool = False  # a heredoc with a quoted end: nothing in it is expanded


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """A condition a command stands under: `words` of the test, and whether it must hold.

    `words` is empty for a test that is no simple command.
    """

    words: tuple[Word, ...]
    holds: bool
    location: Location | None


@dataclass(slots=True, eq=False)
class Command:
    """A simple command with what surrounds it.

    `words[0]` is the program after aliases of no meaning (`sudo`, `time`, `exec`, `command`, `env A=b`,
    `nice`, `timeout 5`) are taken away: those stand in `wrappers`. `environment` are the variables that the
    program sees or could see by expansion at that moment, prefix assignments included; a name
    that is absent there is not set by the YAML or the script: a project variable may be.
    `exported` names those that reach the program.
    """

    job: Job
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    phase: str  # "before_script", "script", "after_script", "hooks"
    location: Location
    environment: Mapping[str, Text]
    exported: Set[str] = frozenset()
    wrappers: tuple[Word, ...] = ()
    assignments: Mapping[str, Text] = field(default_factory=dict)  # prefix, or the whole command
    cwd: Text | None = None  # relative to the repository; None where it is not known
    certainty: Certainty = Certainty.ALWAYS
    guards: tuple[Guard, ...] = ()
    background: bool = False
    failure_ignored: bool = False  # `|| true`, a condition, `!`, not last in a pipe, after `set +e`
    script: str | None = None  # the repository script it stands in, None for the YAML itself
    in_function: str = ""
    in_substitution: bool = False  # in `$(…)`: its standard output becomes text
    piped_from: Command | None = None
    piped_to: Command | None = None
    # Stands for a group, a branch, a loop or a function behind its commands: it has no words, its
    # redirects say where what they print goes.
    group: bool = False
    xtrace: bool = False  # after `set -x`: the command with its values stands in the trace

    @property
    def name(self) -> str | None:
        """The program without its folder; None where it is not known."""
        if not self.words:
            return None
        value = self.words[0].text.value
        return None if value is None else value.rsplit("/", 1)[-1]

    @property
    def program(self) -> Word:
        return self.words[0]

    @property
    def arguments(self) -> tuple[Word, ...]:
        return self.words[1:]

    @property
    def has_opaque_words(self) -> bool:
        return any(word.opaque for word in self.words)

    def variable(self, name: str) -> Text | None:
        return self.environment.get(name)


@dataclass(frozen=True, slots=True, eq=False)
class NotFollowed:
    """Text that may run commands nobody here sees: a script that could not be read, `eval`,

    a fetched script, a word that is the program but not known, text the parser did not read.
    `kind` is "script", "eval", "remote", "program", "syntax", "include" or "shell" (PowerShell, cmd).
    """

    kind: str
    location: Location | None
    after: int  # how many commands stand before it
    what: str = ""


@dataclass(slots=True, eq=False)
class Execution:
    """All commands of a job in the order in which they may run.

    before_script and script share one shell, after_script has its own. `complete` is false
    where something was not followed.
    """

    job: Job
    commands: list[Command] = field(default_factory=list)
    not_followed: list[NotFollowed] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return not self.not_followed

    def named(self, *names: str) -> list[Command]:
        return [command for command in self.commands if command.name in names]
