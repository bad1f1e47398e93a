"""buildkitd.toml as a job writes it or the repository has it: the registries in it.

https://github.com/moby/buildkit/blob/master/docs/buildkitd.toml.md. Only the sections of
registries are read, line by line; a part of the text that is not known stays so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import Unreadable
from ..execution.command import Command
from ..execution.scripts import FileOrigin
from ..files.protocol import Files
from ..source import Location
from ..text import Text
from .build import Path
from .filesystem import FileSystem
from .jobs import FileWrite, JobBuilds

_SECTION = re.compile(
    r"""[ \t]*\[\[?[ \t]*registry[ \t]*\.[ \t]*(?:"(?P<d>[^"\n]*)"|'(?P<s>[^'\n]*)'|(?P<b>[\w-]+))"""
    r"""(?P<more>[ \t]*\.[^\]\n]*)?[ \t]*\]\]?"""
)
_ANY_SECTION = re.compile(r"[ \t]*\[")
_KEY = re.compile(r"[ \t]*(?P<key>[\w-]+)[ \t]*=[ \t]*")
_STRING = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")
_MOST_LINES = 5000
_LONGEST_ARRAY = 100  # lines


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """`key = value`; `strings` are the quoted texts in the value, each without its quotes."""

    key: str
    value: Text
    strings: tuple[Text, ...] = ()

    @property
    def is_true(self) -> bool:
        return self.value.template.strip() == "true"


@dataclass(frozen=True, slots=True, eq=False)
class RegistrySection:
    """`[registry."host"]` with its settings."""

    host: Text
    settings: tuple[Setting, ...] = ()

    @property
    def location(self) -> Location | None:
        """The host without its quotes."""
        return self.host.location

    def get(self, key: str) -> Setting | None:
        return next((setting for setting in self.settings if setting.key == key), None)


@dataclass(frozen=True, slots=True, eq=False)
class BuildkitdConfig:
    """A configuration that a daemon of the job is started with.

    `write` is the command that makes it, None for a file of the repository; `path` as given.
    """

    path: Text
    registries: tuple[RegistrySection, ...]
    write: FileWrite | None = None


def configs_of(builds: JobBuilds, files: Files) -> list[BuildkitdConfig]:
    """The configurations of buildkitds that the job starts, each once, as far as they are known."""
    filesystem = FileSystem(builds.image)
    found: dict[str, BuildkitdConfig] = {}
    for path, command in _paths(builds):
        target = filesystem.target(path.text, command)
        if target.display in found:
            continue
        write = _last_write(target, builds)
        text = _committed(path, files) if write is None else write.text
        if text is not None:
            found[target.display] = BuildkitdConfig(path.text, tuple(_read(text)), write)
    return list(found.values())


def _paths(builds: JobBuilds) -> Iterator[tuple[Path, Command]]:
    for build in builds.builds:
        flags = build.daemonless_flags
        if flags is not None and flags.config is not None:
            yield flags.config, build.command
        elif flags is not None and not flags.opaque:
            default = Text.of("/home/user/.config/buildkit/buildkitd.toml")
            if builds.image.rootless is False:
                default = Text.of("/etc/buildkit/buildkitd.toml")
            yield Path(default, None, None), build.command
    for create in builds.buildx_creates:
        if create.config is not None:
            yield create.config, create.command


def _last_write(target: Text, builds: JobBuilds) -> FileWrite | None:
    writes = [write for write in builds.writes if write.target.equals(target) is True]
    if not writes or any(write.appends for write in writes[1:]):
        return None
    return writes[-1]


def _committed(path: Path, files: Files) -> Text | None:
    if path.resolved is None or files.exists(path.resolved) is not True:
        return None
    try:
        source = files.read(path.resolved)
    except Unreadable:
        return None
    return Text.of(source.text, FileOrigin(source))


@dataclass(slots=True)
class _Reading:
    host: Text
    settings: list[Setting] = field(default_factory=list)

    def section(self) -> RegistrySection:
        return RegistrySection(self.host, tuple(self.settings))


def _read(text: Text) -> Iterator[RegistrySection]:
    template = text.template
    lines = template.split("\n", _MOST_LINES)[:_MOST_LINES]
    current: _Reading | None = None
    at = number = 0
    while number < len(lines):
        line = lines[number]
        section = _SECTION.match(line)
        if section is not None:
            group = next(name for name in ("d", "s", "b") if section[name] is not None)
            start, end = section.span(group)
            host = text[at + start : at + end]
            if current is not None:
                yield current.section()
            current = None if section["more"] else _Reading(host)
        elif _ANY_SECTION.match(line):
            if current is not None:
                yield current.section()
            current = None
        elif current is not None and (key := _KEY.match(line)) is not None:
            length = taken = 0
            # An array may go on over several lines.
            while True:
                length += len(lines[number + taken]) + 1
                taken += 1
                value = template[at + key.end() : at + length]
                open_ = value.count("[") > value.count("]")
                if not open_ or taken >= _LONGEST_ARRAY or number + taken >= len(lines):
                    break
            value_text = text[at + key.end() : at + length]
            current.settings.append(Setting(key["key"], value_text, _strings(value_text)))
            at += length
            number += taken
            continue
        at += len(line) + 1
        number += 1
    if current is not None:
        yield current.section()


def _strings(value: Text) -> tuple[Text, ...]:
    found = []
    for match in _STRING.finditer(value.template):
        group = 1 if match[1] is not None else 2
        found.append(value[match.start(group) : match.end(group)])
    return tuple(found)
