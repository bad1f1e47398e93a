"""Paths that commands are given, as paths of the repository."""

from __future__ import annotations

from ..execution.directories import CHECKOUT, inside
from ..source import Location
from ..text import Choice, Symbol, Text
from .build import Path

_MOST_ALTERNATIVES = 32


def make_path(text: Text, location: Location | None, cwd: Text | None) -> Path:
    """The path `text` of a command that runs in `cwd` (relative to the repository, or unknown)."""
    if not any(isinstance(part, Choice) for part in (*text.parts, *(cwd or text).parts)):
        return Path(text, inside(text, cwd), location)
    folders = (None,) if cwd is None else cwd.variants(_MOST_ALTERNATIVES)
    resolved = [
        inside(variant, folder)
        for folder in folders
        for variant in text.variants(_MOST_ALTERNATIVES)
    ][:_MOST_ALTERNATIVES]
    known = tuple(dict.fromkeys(path for path in resolved if path is not None))
    if None in resolved:
        known = ()
    return Path(text, known[0] if len(known) == 1 else None, location, known)


def join(directory: Path, name: str | Text, location: Location | None = None) -> Path:
    """The path of a file in a directory that is itself a path."""
    rest = Text.of(name) if isinstance(name, str) else name
    if _is_absolute(rest):
        return make_path(rest, location, None)
    slash = Text() if directory.text.endswith("/") is True else Text.of("/")
    text = directory.text + slash + rest if directory.text.parts else rest
    if directory.resolved is not None:
        inner = make_path(rest, location, Text.of(directory.resolved))
        return Path(text, inner.resolved, location, inner.alternatives)
    paths = [make_path(rest, None, Text.of(folder)).resolved for folder in directory.alternatives]
    known = tuple(path for path in paths if path is not None)
    return Path(text, None, location, known if len(known) == len(paths) else ())


def _is_absolute(path: Text) -> bool:
    first = path.parts[0] if path.parts else None
    return path.template.startswith("/") or (
        isinstance(first, Symbol) and first.variable == CHECKOUT
    )
