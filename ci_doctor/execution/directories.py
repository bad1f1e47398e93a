"""Paths of the repository as a script names them.

The checkout is the root, "" as a path; `$CI_PROJECT_DIR` is its absolute name.
"""

from __future__ import annotations

from ..pipeline.variables import unknown_variable
from ..text import Choice, Literal, Symbol, Text

CHECKOUT = "CI_PROJECT_DIR"
_MOST_DIRECTORIES = 16


def inside(path: Text, cwd: Text | None) -> str | None:
    """`path`, given in `cwd`, from the root with `/` and without `.` and `..`.

    None where it is not known or lies outside the repository.
    """
    spelt = _spell(path)
    if spelt is None:
        return None
    absolute, rest = spelt
    if absolute:
        return normalise(rest)
    folder = None if cwd is None else cwd.value
    return None if folder is None else normalise(f"{folder}/{rest}")


def enter(path: Text, cwd: Text | None) -> Text | None:
    """The working directory after `cd path`; one of several where the path or `cwd` is."""
    folders: list[str] = []
    for start in (None,) if cwd is None else cwd.variants(_MOST_DIRECTORIES + 1):
        for variant in path.variants(_MOST_DIRECTORIES + 1):
            folder = inside(variant, start)
            if folder is None or len(folders) > _MOST_DIRECTORIES:
                return None
            if folder not in folders:
                folders.append(folder)
    if len(folders) > 1:
        return Text((Choice(tuple(Text.of(folder) for folder in folders)),))
    return Text.of(folders[0])


def absolute(cwd: Text, job: str) -> Text:
    """The absolute name of a working directory, as `pwd` prints it."""
    checkout = Text((unknown_variable(CHECKOUT, job),))
    if cwd.value == "":
        return checkout
    return checkout + Text.of("/") + cwd


def normalise(path: str) -> str | None:
    """Without `.`, `..` and empty parts; None where it leads out of the root."""
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            if not parts:
                return None
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _spell(path: Text) -> tuple[bool, str] | None:
    """Whether the path begins at the checkout, and its characters after that."""
    absolute = False
    rest = path
    first = path.parts[0] if path.parts else None
    if isinstance(first, Symbol) and first.variable == CHECKOUT:
        absolute = True
        rest = Text(path.parts[1:])
    if not all(isinstance(part, Literal) for part in rest.parts):
        return None
    value = rest.template
    if absolute:
        # `${CI_PROJECT_DIR}x` is another folder.
        return (True, value) if value[:1] in ("", "/") else None
    if not value or value[0] in "/~":
        return None
    return False, value
