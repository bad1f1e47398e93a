"""What the shell's own commands change: variables, exports, options, the working directory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .command import Word
from .directories import enter
from .expand import small_number
from .shell import Shell

DECLARATIONS = frozenset({"export", "declare", "typeset", "local", "readonly"})
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_READ_OPTIONS = frozenset("adinNptu")  # those of `read` that take an argument
_OPTION_LETTERS = {"errexit": "e", "xtrace": "x", "allexport": "a"}


def run_builtin(shell: Shell, words: tuple[Word, ...]) -> None:
    """Let the shell feel a builtin; anything else leaves it as it is."""
    name = words[0].text.value
    builtin = _BUILTINS.get(name) if name is not None else None
    if builtin is not None:
        builtin(shell, words[1:])


def declare(shell: Shell, words: tuple[Word, ...], assigned: tuple[str, ...]) -> None:
    """`export`, `declare -x` and the like; `assigned` names are set already."""
    options = "".join(value[1:] for value in _values(words[1:]) if value[:1] == "-")
    exports = words[0].text.value == "export" or "x" in options
    removes = words[0].text.value == "export" and "n" in options
    for name in assigned:
        if exports and "f" not in options:
            shell.export(name, not removes)
    for word in words[1:]:
        left, right = word.text.partition("=")
        name = left.value or ""
        if not _NAME.fullmatch(name):
            continue
        if right is not None:  # `export "A=b"`
            shell.assign(name, right)
        if exports and "f" not in options:
            shell.export(name, not removes)


def _values(words: tuple[Word, ...]) -> Iterator[str]:
    return (word.text.value or "" for word in words)


def _unset(shell: Shell, words: tuple[Word, ...]) -> None:
    for value in _values(words):
        if _NAME.fullmatch(value):
            shell.unset(value)


def _cd(shell: Shell, words: tuple[Word, ...]) -> None:
    words = tuple(word for word in words if word.text.value not in ("-P", "-L", "-e", "--"))
    if len(words) != 1 or words[0].opaque:
        shell.set_cwd(None)
    elif words[0].text.value == "-":
        shell.set_cwd(shell.previous_cwd)
    else:
        shell.set_cwd(enter(words[0].text, shell.cwd))


def _pushd(shell: Shell, words: tuple[Word, ...]) -> None:
    shell.push_directory()
    _cd(shell, words)


def _popd(shell: Shell, words: tuple[Word, ...]) -> None:
    shell.pop_directory()


def _set(shell: Shell, words: tuple[Word, ...]) -> None:
    at = 0
    while at < len(words):
        value = words[at].text.value
        if value == "--":
            shell.positional = words[at + 1 :]
            return
        if value is None or value[:1] not in ("-", "+"):
            shell.positional = words[at:] if not words[at].opaque else None
            return
        on = value[0] == "-"
        for letter in value[1:]:
            if letter == "o" and at + 1 < len(words):
                at += 1
                letter = _OPTION_LETTERS.get(words[at].text.value or "", "")
            if letter:
                shell.set_option(letter, on)
        at += 1


def _shift(shell: Shell, words: tuple[Word, ...]) -> None:
    positional = shell.positional
    number = small_number(words[0].text.value or "") if words else 1
    if positional is None or number is None:
        shell.positional = None
        return
    # An opaque word may be several, or none.
    opaque = any(word.opaque for word in positional[:number])
    shell.positional = None if opaque else positional[number:]


def _read(shell: Shell, words: tuple[Word, ...]) -> None:
    values = list(_values(words))
    at = 0
    while at < len(values) and values[at][:1] == "-" and len(values[at]) > 1:
        takes = values[at][-1] in _READ_OPTIONS
        if values[at][-1] == "a" and at + 1 < len(values):
            shell.set_array(values[at + 1], None)
        at += 2 if takes else 1
    for value in values[at:] or ["REPLY"]:
        if _NAME.fullmatch(value):
            shell.forget(value)


def _mapfile(shell: Shell, words: tuple[Word, ...]) -> None:
    values = [value for value in _values(words) if _NAME.fullmatch(value)]
    shell.set_array(values[-1] if values else "MAPFILE", None)


def _getopts(shell: Shell, words: tuple[Word, ...]) -> None:
    values = list(_values(words))
    for value in (*values[1:2], "OPTARG", "OPTIND"):
        if _NAME.fullmatch(value):
            shell.forget(value)


def _printf(shell: Shell, words: tuple[Word, ...]) -> None:
    values = list(_values(words))
    if values[:1] == ["-v"] and len(values) > 1 and _NAME.fullmatch(values[1]):
        shell.forget(values[1])


def _let(shell: Shell, words: tuple[Word, ...]) -> None:
    for value in _values(words):
        for name in arithmetic_targets(value):
            shell.forget(name)


_ARITHMETIC = re.compile(
    r"([A-Za-z_]\w*)[ \t]*(?:\+\+|--|(?:<<|>>|[-+*/%&|^])?=(?!=))|(?:\+\+|--)([A-Za-z_]\w*)"
)


def arithmetic_targets(expression: str) -> list[str]:
    """The variables that an arithmetic expression sets."""
    return [match.group(1) or match.group(2) for match in _ARITHMETIC.finditer(expression)]


_BUILTINS: dict[str, Callable[[Shell, tuple[Word, ...]], None]] = {
    "unset": _unset,
    "cd": _cd,
    "pushd": _pushd,
    "popd": _popd,
    "set": _set,
    "shift": _shift,
    "read": _read,
    "mapfile": _mapfile,
    "readarray": _mapfile,
    "getopts": _getopts,
    "printf": _printf,
    "let": _let,
}
