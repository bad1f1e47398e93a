"""What apt is told in RUN steps: packages, repositories, foreign architectures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..images.vocabulary import architecture_of
from ..source import Location
from ..text import UNKNOWN
from .run import RunCommand

_APT = frozenset({"apt", "apt-get", "aptitude"})
_WRITES = frozenset({"add-apt-repository", "cat", "echo", "printf", "tee"})
# Options that take the next word.
_VALUED = frozenset({"-o", "-t", "-c", "--target-release", "--option", "--config-file"})
_OPTIONS = re.compile(r"\bdeb(?:-src)?\s+(\[[^]]*\])")
_ARCH = re.compile(r"\barch=([^\s\]]+)")


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A word by its name alone."""

    name: str
    location: Location


@dataclass(frozen=True, slots=True, eq=False)
class AptSource:
    """`[arch=…]` of a repository line: the architectures as platforms name them."""

    architectures: frozenset[str]
    written: str
    location: Location


def apt_packages(command: RunCommand) -> Iterator[Named]:
    """The packages of `apt-get install`, without versions; those of a foreign architecture not."""
    if command.name not in _APT:
        return
    words = list(command.arguments)
    installs = False
    skip = False
    for word in words:
        text = word.text.template
        if skip or text.startswith("-"):
            skip = not skip and text in _VALUED
            continue
        if not installs:
            if text != "install":
                return
            installs = True
            continue
        name = re.split("[=/]", text)[0]
        if UNKNOWN in name or ":" in name or not name:
            continue
        place = word.text.locate(0, len(name)) or word.written
        if place is not None:
            yield Named(name, place)


def apt_sources(command: RunCommand) -> Iterator[AptSource]:
    """The repositories for some architectures only that a command writes or adds."""
    if command.name not in _WRITES:
        return
    texts = [word.text for word in command.arguments]
    texts += [r.target for r in command.redirects if r.operator.startswith("<<")]
    for text in texts:
        for match in _OPTIONS.finditer(text.template):
            arch = _ARCH.search(match[1])
            if arch is None or UNKNOWN in arch[1] or "$" in arch[1]:
                continue
            known = {architecture_of(name) or name for name in arch[1].split(",")}
            place = text.locate(*match.span(1))
            if place is not None:
                yield AptSource(frozenset(known), arch[0], place)


def foreign_architectures(command: RunCommand) -> Iterator[Named]:
    """`dpkg --add-architecture NAME`."""
    values = [word.text.value for word in command.arguments]
    if command.name == "dpkg" and values[:1] == ["--add-architecture"] and len(values) > 1:
        yield Named(values[1] or "", command.location)
