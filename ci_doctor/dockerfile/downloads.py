"""What a stage fetches from the network by URL: with curl and wget in RUN, and with ADD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..source import Location
from ..text import Text
from .instructions import Add, Run, Stage
from .run import RunCommands
from .scopes import Scopes

_PROGRAMS = frozenset({"curl", "wget", "aria2c", "axel", "fetch"})
_SCHEMES = ("https://", "http://", "ftp://")


@dataclass(frozen=True, eq=False)
class Download:
    """`url` with its variables expanded; `path_start` is where its path begins.

    `conditional`: it may not be fetched, although nothing before it failed.
    """

    url: Text
    path_start: int
    location: Location
    conditional: bool = False


def downloads(
    stage: Stage, steps: Iterable[tuple[Run, RunCommands]], scopes: Scopes
) -> Iterator[Download]:
    """The downloads of a stage whose RUN steps were read as `steps`."""
    for _, found in steps:
        for command in found.commands:
            if command.name in _PROGRAMS:
                for word in command.arguments:
                    place = word.written or command.location
                    yield from _download(word.text, place, command.conditional)
    for add in stage.of(Add):
        scope = scopes.at(add)
        for source in add.sources:
            yield from _download(scope.expand(source), source.location, False)


def _download(url: Text, location: Location, conditional: bool) -> Iterator[Download]:
    template = url.template
    scheme = next((s for s in _SCHEMES if s in template.lower()), None)
    if scheme is None:
        return
    host = template.lower().index(scheme) + len(scheme)
    path = template.find("/", host)
    if path >= 0:
        yield Download(url, path, location, conditional)
