"""The docker client's commands: what is called, behind global options and aliases."""

from __future__ import annotations

from dataclasses import dataclass

from ..execution.command import Command, Word
from .build import Option
from .options import BUILDX_GLOBAL, COMPOSE_GLOBAL, DOCKER_GLOBAL, parse_options

# Commands that only group others.
_GROUPS = frozenset(
    {
        "builder",
        "buildx",
        "checkpoint",
        "compose",
        "config",
        "container",
        "context",
        "image",
        "manifest",
        "network",
        "node",
        "plugin",
        "scout",
        "secret",
        "service",
        "stack",
        "swarm",
        "system",
        "trust",
        "volume",
    }
)
_NESTED_GROUPS = frozenset({("buildx", "imagetools"), ("buildx", "history"), ("buildx", "debug")})
_SAME = {
    ("buildx", "b"): ("buildx", "build"),
    ("buildx", "debug", "build"): ("buildx", "build"),
    ("builder", "build"): ("build",),
    ("image", "build"): ("build",),
    ("image", "push"): ("push",),
    ("image", "pull"): ("pull",),
    ("image", "tag"): ("tag",),
    ("image", "save"): ("save",),
    ("image", "load"): ("load",),
    ("container", "run"): ("run",),
}
_GLOBAL = {"buildx": BUILDX_GLOBAL, "compose": COMPOSE_GLOBAL}
_STANDALONE = {"docker-buildx": ("buildx",), "buildx": ("buildx",)}
PROGRAMS = frozenset({"docker", *_STANDALONE})


@dataclass(frozen=True, slots=True)
class DockerCall:
    """A use of the docker client.

    `path` are the subcommands (`("buildx", "build")`; an alias is given as what it stands for),
    empty where they are not known. `words` is what follows them; `options` are the options before
    and between them. `opaque`: an unknown word may hold the subcommand.
    """

    command: Command
    path: tuple[str, ...]
    words: tuple[Word, ...]
    options: tuple[Option, ...]
    opaque: tuple[Word, ...] = ()

    def given(self, name: str) -> Option | None:
        """The last global option of that name."""
        found = [option for option in self.options if option.name == name]
        return found[-1] if found else None


def read_call(command: Command) -> DockerCall | None:
    """A call of docker (or of buildx by itself), None for any other program."""
    name = command.name or ""
    path: tuple[str, ...] = _STANDALONE.get(name, ())
    if name != "docker" and not path:
        return None
    options: list[Option] = []
    words: tuple[Word, ...] = command.arguments
    while True:
        table = _GLOBAL.get(path[0], DOCKER_GLOBAL) if path else DOCKER_GLOBAL
        parsed = parse_options(words, table, interspersed=False)
        if not parsed.rest:
            return DockerCall(command, path, (), tuple(options) + parsed.options, parsed.opaque)
        word = parsed.rest[0]
        subcommand = None if word.opaque else word.text.value
        if subcommand is None:
            # `docker $COMMAND`: whatever stands behind it.
            options += parsed.options
            return DockerCall(command, path, words, tuple(options), (word,))
        options += parsed.options
        path = (*path, subcommand)
        words = parsed.rest[1:]
        if len(path) == 1 and subcommand in _GROUPS:
            continue
        if path in _NESTED_GROUPS:
            continue
        return DockerCall(command, _SAME.get(path, path), words, tuple(options))
