"""Programs that run the rest of their words as a command, and shells that are given a script."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..text import Text
from .command import Word

SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "zsh"})

# By name: the options that take their argument as a further word.
_WRAPPERS: dict[str, frozenset[str]] = {
    "builtin": frozenset(),
    "busybox": frozenset(),
    "command": frozenset(),
    "doas": frozenset({"-u", "-C"}),
    "env": frozenset({"-u", "--unset", "-C", "--chdir"}),
    "exec": frozenset({"-a"}),
    "ionice": frozenset({"-c", "-n", "--class", "--classdata"}),
    "nice": frozenset({"-n", "--adjustment"}),
    "nohup": frozenset(),
    "setsid": frozenset(),
    "stdbuf": frozenset({"-i", "-o", "-e", "--input", "--output", "--error"}),
    "sudo": frozenset({"-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U", "-D", "-R", "-T"}),
    "time": frozenset({"-f", "-o", "--format", "--output"}),
    "timeout": frozenset({"-k", "-s", "--kill-after", "--signal"}),
}
_ASSIGNING = frozenset({"env", "sudo", "doas"})
# With one of these it does something else than to run a command.
_NOT_RUNNING = {
    "command": frozenset({"-v", "-V"}),
    "env": frozenset({"-S", "--split-string"}),
    "sudo": frozenset({"-l", "-v", "-k", "-K", "-e", "--list", "--validate"}),
}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


class Unwrapped(NamedTuple):
    """A command without the programs that only run it."""

    wrappers: tuple[Word, ...]
    words: tuple[Word, ...]
    assignments: tuple[tuple[str, Text], ...] = ()  # `env A=b`

    @property
    def replaces_shell(self) -> bool:
        return any(word.text.value == "exec" for word in self.wrappers)


def unwrap(words: tuple[Word, ...]) -> Unwrapped:
    """Take `sudo`, `time`, `env A=b`, `timeout 5` and the like away, as many as there are."""
    start = 0
    assignments: list[tuple[str, Text]] = []
    while start < len(words):
        inner = _one_step(words, start, assignments)
        if inner is None:
            break
        start = inner
    return Unwrapped(words[:start], words[start:], tuple(assignments))


def _one_step(
    words: tuple[Word, ...], start: int, assignments: list[tuple[str, Text]]
) -> int | None:
    name = _program(words[start])
    takes = _WRAPPERS.get(name)
    if takes is None:
        return None
    found: list[tuple[str, Text]] = []
    durations = 1 if name == "timeout" else 0
    at = start + 1
    while at < len(words):
        word = words[at]
        template = word.text.template
        value = word.text.value
        if word.opaque:
            return None
        if value == "--":
            at += 1
            break
        if value is not None and len(value) > 1 and value[0] == "-":
            if value in _NOT_RUNNING.get(name, ()):
                return None
            at += 2 if value in takes else 1
        elif name in _ASSIGNING and _ASSIGNMENT.match(template):
            variable, text = word.text.partition("=")
            found.append((variable.template, text or Text()))
            at += 1
        elif durations:
            durations -= 1
            at += 1
        else:
            break
    if at >= len(words):
        return None
    assignments += found
    return at


def _program(word: Word) -> str:
    value = word.text.value or ""
    return value.rsplit("/", 1)[-1]


class ShellCall(NamedTuple):
    """What `sh …` is asked to run: `text` (`-c`), the file `path`, or standard input (neither)."""

    text: Word | None = None
    path: Word | None = None
    arguments: tuple[Word, ...] = ()
    errexit: bool = False
    known: bool = True  # false where an unknown word may be an option or the script


def read_shell_call(words: tuple[Word, ...]) -> ShellCall:
    """Read the words of `sh`, `bash` and the like."""
    command = False
    errexit = False
    at = 1
    while at < len(words):
        value = words[at].text.value
        if words[at].opaque:
            return ShellCall(known=False)
        if value in ("--", "-"):
            at += 1
            break
        if value is None or len(value) < 2 or value[0] not in "-+":
            break
        if value.startswith("--"):
            at += 2 if value in ("--rcfile", "--init-file") else 1
            continue
        letters = value[1:]
        command = command or (value[0] == "-" and "c" in letters)
        errexit = errexit or (value[0] == "-" and "e" in letters)
        at += 1
        if letters[-1] in "oO":
            if at < len(words) and words[at].text.value == "errexit":
                errexit = True
            at += 1
        if "s" in letters and not command:
            return ShellCall(arguments=words[at:], errexit=errexit)
    if at >= len(words):
        return ShellCall(errexit=errexit)
    if command:
        return ShellCall(text=words[at], arguments=words[at + 1 :], errexit=errexit)
    return ShellCall(path=words[at], arguments=words[at + 1 :], errexit=errexit)
