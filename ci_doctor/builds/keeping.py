"""What of a job's files GitLab keeps for later jobs."""

from __future__ import annotations

from collections.abc import Iterator

from ..pipeline.model import Job, Value
from ..pipeline.variables import names_in

# https://docs.gitlab.com/runner/configuration/advanced-configuration/: a volume of the Docker executor.
_RUNNER_VOLUME = "/cache"
_CHECKOUT = ("$CI_PROJECT_DIR/", "${CI_PROJECT_DIR}/")
_WILD = "*?[{"


def is_kept(job: Job, path: str | None) -> bool | None:
    """Whether a directory is there again for a later job: by `cache`, by artifacts, on a volume.

    `path` is from the root of the repository, or absolute; None where it is not known.
    """
    if path is None:
        return None
    if path.startswith("/"):
        return None if f"{path}/".startswith(f"{_RUNNER_VOLUME}/") else False
    if job.may_inherit("cache") or job.may_inherit("artifacts"):
        return None
    answer: bool | None = False
    for pattern in _kept(job):
        fits = None if pattern is None else _covers(pattern, path)
        if fits is True:
            return True
        if fits is None:
            answer = None
    return answer


def _kept(job: Job) -> Iterator[str | None]:
    """The patterns of `cache:paths` and `artifacts:paths`; None for what is not known."""
    caches = job.keywords.get("cache")
    holders = [] if caches is None else list(caches.items or (caches,))
    artifacts = job.keywords.get("artifacts")
    holders += [] if artifacts is None else [artifacts]
    for holder in holders:
        if holder.is_unknown or _is_on(holder.get("untracked")):
            yield None
        paths = holder.get("paths")
        for item in () if paths is None else paths.items:
            yield _plain(item)


def _is_on(value: Value | None) -> bool:
    return value is not None and value.data is not False


def _plain(item: Value) -> str | None:
    text = item.string
    if text is None or item.has_unknown:
        return None
    for prefix in _CHECKOUT:
        text = text.removeprefix(prefix)
    return None if any(names_in(text)) else text.removeprefix("./").strip("/")


def _covers(pattern: str, path: str) -> bool | None:
    """Whether a pattern keeps all of a directory; None where its wildcards may."""
    end = next((n for n, letter in enumerate(pattern) if letter in _WILD), None)
    if end is None:
        return not pattern or f"{path}/".startswith(f"{pattern}/")
    literal = pattern[:end]
    if pattern[end:] in ("*", "**", "**/*") and f"{path}/".startswith(literal):
        return True
    return None if path.startswith(literal) or literal.startswith(f"{path}/") else False
