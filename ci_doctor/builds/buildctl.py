"""`buildctl build`, with a daemon of its own (buildctl-daemonless.sh) or without."""

from __future__ import annotations

from dataclasses import dataclass

from ..execution.command import Command, Word
from ..files.protocol import Files
from ..text import UNKNOWN, Opaque, Text
from .attributes import parse_attributes, parse_cache, split_names, split_platforms
from .build import (
    Attribute,
    Attributes,
    Build,
    BuildArg,
    Option,
    Output,
    Path,
    Platform,
    Tool,
    parse_bool,
)
from .dockerfiles import default_dockerfile
from .options import BUILDCTL_BUILD, BUILDCTL_GLOBAL, parse_options
from .paths import join, make_path

_TOOLS = {
    "buildctl": Tool.BUILDCTL,
    "buildctl-daemonless.sh": Tool.BUILDCTL_DAEMONLESS,
    "buildctl-daemonless": Tool.BUILDCTL_DAEMONLESS,
}
PROGRAMS = frozenset(_TOOLS)


@dataclass(frozen=True, slots=True)
class BuildctlCall:
    """A use of buildctl. `subcommand` is None where it is not known, "" where none is given."""

    command: Command
    tool: Tool
    options: tuple[Option, ...]
    subcommand: str | None
    words: tuple[Word, ...]
    opaque: tuple[Word, ...]

    @property
    def address(self) -> Option | None:
        """The last `--addr`."""
        given = [option for option in self.options if option.name == "--addr"]
        return given[-1] if given else None


def read_call(command: Command) -> BuildctlCall | None:
    """A call of buildctl, None for any other program."""
    tool = _TOOLS.get(command.name or "")
    if tool is None:
        return None
    parsed = parse_options(command.arguments, BUILDCTL_GLOBAL, interspersed=False)
    if not parsed.rest:
        return BuildctlCall(command, tool, parsed.options, "", (), parsed.opaque)
    first, *words = parsed.rest
    subcommand = None if first.opaque else first.text.value
    if subcommand == "b":
        subcommand = "build"
    opaque = parsed.opaque if subcommand is None else parsed.opaque[:0]
    return BuildctlCall(command, tool, parsed.options, subcommand, tuple(words), opaque)


def read_build(call: BuildctlCall, files: Files) -> Build | None:
    """The build that a call asks for; None for another subcommand."""
    if call.subcommand not in ("build", None):
        return None
    command = call.command
    build = Build(call.tool, command.job, command, global_options=call.options)
    parsed = parse_options(call.words, BUILDCTL_BUILD)
    build.options = parsed.options
    build.positional = parsed.positional
    opaque = [*call.opaque, *parsed.opaque]
    opaque += [w for w in parsed.positional if w.text.template.startswith(UNKNOWN)]
    build.frontend = parsed.text("--frontend")
    build.outputs = tuple(_output(option) for option in parsed.given("--output"))
    build.cache_to = _caches(parsed.given("--export-cache"))
    build.cache_from = _caches(parsed.given("--import-cache"))
    build.secrets = tuple(parse_attributes(o) for o in parsed.given("--secret"))
    build.entitlements = tuple(parsed.given("--allow"))
    _read_locals(build, parsed.given("--local"), opaque)
    _read_opts(build, parsed.given("--opt"), opaque)
    _read_dockerfile(build, files)
    build.opaque = tuple(dict.fromkeys(opaque))
    return build


def _caches(options: list[Option]) -> tuple[Attributes, ...]:
    return tuple(cache for option in options for cache in parse_cache(option, legacy=True))


def _output(option: Option) -> Output:
    """BuildKit's client lower-cases the keys; `push=` without a value pushes (observed)."""
    attributes = parse_attributes(option)
    kind = attributes.get("type")
    name = attributes.get("name")
    push = attributes.get("push")
    names = () if name is None else split_names(option, name)
    known = None if kind is None or kind.value is None else kind.value.value
    return Output(known, names, _pushes(attributes, known), attributes, push, option.location)


def _pushes(attributes: Attributes, kind: str | None) -> bool | None:
    push = attributes.get("push")
    if kind == "registry":
        return True  # buildctl has no such exporter; that is what is asked for
    if push is None:
        return None if attributes.opaque or attributes.error else False
    if push.value is None:
        return None
    return True if push.value.is_empty is True else parse_bool(push.value)


def _read_locals(build: Build, options: list[Option], opaque: list[Word]) -> None:
    places: dict[str, Path] = {}
    for option in options:
        if option.value is None:
            continue
        name, directory = option.value.partition("=")
        if name.value is None:
            opaque.append(option.words[-1])
        elif directory is not None:
            place = option.place(len(name) + 1)
            places[name.value] = make_path(directory, place, build.command.cwd)
    build.locals = places
    build.context = places.get("context")


def _read_opts(build: Build, options: list[Option], opaque: list[Word]) -> None:
    opts: list[Attribute] = []
    arguments: list[BuildArg] = []
    labels: list[BuildArg] = []
    contexts: list[BuildArg] = []
    platforms: list[Platform] = []
    for option in options:
        if option.value is None:
            continue
        key, value = option.value.partition("=")
        offset = None if value is None else len(key) + 1
        place = option.place() if offset is None else option.place(offset)
        name = key.template if UNKNOWN not in key.template else key.display
        opts.append(Attribute(name, value, option.value_location, place, offset=offset))
        kind, named = key.partition(":")
        if kind.value is None:
            opaque.append(option.words[-1])
        elif named is not None:
            entry = BuildArg(named, _argument_value(named, value), option.value_location)
            lists = {"build-arg": arguments, "label": labels, "context": contexts}
            if kind.value in lists:
                lists[kind.value].append(entry)
        elif value is not None and offset is not None:
            if kind.value == "platform":
                platforms = split_platforms(option, offset)
            elif kind.value == "target":
                build.target, build.target_location = value, place
            elif kind.value == "context":
                build.remote_context = value
    build.opts = tuple(opts)
    build.build_args, build.labels = tuple(arguments), tuple(labels)
    build.named_contexts, build.platforms = tuple(contexts), tuple(platforms)


def _argument_value(name: Text, value: Text | None) -> Text | None:
    """`build-arg:$X` may hold `K=V`: its value is then unknown, not absent."""
    if value is None and UNKNOWN in name.template:
        return Text((Opaque(name.display),))
    return value


def _is_file(path: str, files: Files) -> bool:
    return files.exists(path) is True and files.is_directory(path) is False


def _read_dockerfile(build: Build, files: Files) -> None:
    directory = build.locals.get("dockerfile")
    filename = next((opt for opt in reversed(build.opts) if opt.key == "filename"), None)
    if directory is None:
        return
    if filename is not None and filename.value is not None:
        build.dockerfile = join(directory, filename.value, filename.value_location)
    elif directory.resolved and _is_file(directory.resolved, files):
        build.dockerfile = directory  # refused; that file is what is meant
    else:
        build.dockerfile = default_dockerfile(directory, directory.location, files)
