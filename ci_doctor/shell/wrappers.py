"""Programs that only start another one: `sudo`, `env A=b`, `time`, `nice`, ... and the shells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "zsh"})

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


@dataclass(frozen=True, slots=True)
class _Wrapper:
    """`valued` are options that take the next word, `operands` words before the command."""

    valued: frozenset[str] = frozenset()
    operands: int = 0
    assignments: bool = False
    # With one of these it answers a question and starts nothing.
    asks: frozenset[str] = frozenset()


def _of(*valued: str, operands: int = 0, assignments: bool = False, asks: str = "") -> _Wrapper:
    return _Wrapper(frozenset(valued), operands, assignments, frozenset(asks.split()))


_WRAPPERS = {
    "sudo": _of(
        *("-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "-r", "-t"),
        *("-T", "-U", "-D", "-R", "--chdir", "--chroot"),
        assignments=True,
        asks="-l --list -v --validate -V --version -k -K -e",
    ),
    "doas": _of("-u", "-C", "-a", assignments=True),
    "env": _of("-u", "--unset", "-C", "--chdir", assignments=True, asks="-S --split-string"),
    "time": _of("-f", "--format", "-o", "--output"),
    "exec": _of("-a"),
    "command": _of(asks="-v -V"),
    "builtin": _of(),
    "nice": _of("-n", "--adjustment"),
    "ionice": _of("-c", "--class", "-n", "--classdata"),
    "nohup": _of(),
    "setsid": _of(),
    "stdbuf": _of("-i", "--input", "-o", "--output", "-e", "--error"),
    "timeout": _of("-s", "--signal", "-k", "--kill-after", operands=1),
    "gosu": _of(operands=1),
    "su-exec": _of(operands=1),
    "busybox": _of(),
    "eatmydata": _of(),
}


def is_wrapper(name: str) -> bool:
    """Whether a program of that name may start another one."""
    return name in _WRAPPERS


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """`start` is the index of the program among the words, `assignments` those of `A=b` before it.

    `names` are the wrappers that were taken away.
    """

    start: int
    names: tuple[str, ...] = ()
    assignments: tuple[int, ...] = ()


def unwrap(values: Sequence[str | None]) -> Unwrapped:
    """Find the program that a command starts in the end; None stands for a word not known.

    Where a wrapper stands alone or its options are not known it is itself the program.
    """
    start = 0
    names: list[str] = []
    assignments: list[int] = []
    while start < len(values):
        name = (values[start] or "").rsplit("/", 1)[-1]
        wrapper = _WRAPPERS.get(name)
        if wrapper is None:
            break
        following = _after(values, start + 1, wrapper, assignments)
        if following is None:
            break
        names.append(name)
        start = following
    return Unwrapped(start, tuple(names), tuple(i for i in assignments if i < start))


def _after(
    values: Sequence[str | None], index: int, wrapper: _Wrapper, assignments: list[int]
) -> int | None:
    operands = wrapper.operands
    options = True
    while index < len(values):
        value = values[index]
        if value is None:
            return None if operands or options else index
        if options and value == "--":
            options = False
        elif options and value in wrapper.asks:
            return None
        elif options and value.startswith("-") and len(value) > 1:
            index += value in wrapper.valued
        elif wrapper.assignments and _ASSIGNMENT.match(value):
            assignments.append(index)
            options = False
        elif operands:
            operands -= 1
        else:
            return index
        index += 1
    return None
