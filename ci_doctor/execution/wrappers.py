"""Programs that run the rest of their words as a command, and shells that are given a script."""

from __future__ import annotations

from typing import NamedTuple

from ..shell import wrappers
from ..text import Text
from .command import Word


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
    # What is not known of a word may be anything but the beginning of an option.
    found = wrappers.unwrap([None if word.opaque else word.text.template for word in words])
    assignments = []
    for index in found.assignments:
        name, value = words[index].text.partition("=")
        assignments.append((name.template, value or Text()))
    return Unwrapped(words[: found.start], words[found.start :], tuple(assignments))


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
