"""Paths within a repository."""

from __future__ import annotations

import os


def clean(path: str) -> str | None:
    """The path without `.` and doubled `/`; None where it leads out of the root or into `.git`."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or "\0" in path or ".." in parts:
        return None
    if any(part.lower() == ".git" for part in parts):
        return None
    try:
        os.fsencode(path)
    except UnicodeEncodeError:  # half a surrogate pair names no file
        return None
    return "/".join(parts)


def parents(path: str) -> list[str]:
    """The directories a path lies in, outermost first, without the root."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
