"""Kaniko's executor."""

from __future__ import annotations

from ..execution.command import Command, Word
from ..files.protocol import Files
from ..text import UNKNOWN, Text
from .attributes import image_name, parse_attributes, split_platforms
from .build import Build, BuildArg, Option, Output, Path, Platform, Tool, parse_bool
from .options import KANIKO, Parsed, parse_options
from .paths import join, make_path

PROGRAMS = frozenset({"executor", "kaniko", "kaniko-executor", "kaniko-build"})
# What a program of such a name must be given to be Kaniko's.
_TELLING = ("--context", "--destination", "--dockerfile", "--no-push", "-c", "-d", "-f")
_SUBCOMMANDS = frozenset({"version", "login", "push", "help", "completion", "bake"})
_LOCAL = "dir://"
_SCHEMES = ("tar://", "gs://", "s3://", "git://", "https://", "http://")


def is_kaniko(command: Command, *, in_kaniko_image: bool | None) -> bool:
    """Whether a command runs the executor: by its path, its image or its options."""
    name = command.name
    if name not in PROGRAMS:
        return False
    path = command.program.text.template
    if path.endswith("/kaniko/executor") or (name == "executor" and in_kaniko_image is True):
        return True
    words = [word.text.template for word in command.arguments]
    return any(word.partition("=")[0] in _TELLING for word in words)


def read_build(command: Command, files: Files) -> Build | None:
    """The build of a call of the executor; None for its subcommands."""
    parsed = parse_options(command.arguments, KANIKO)
    if parsed.rest and parsed.rest[0].text.value in _SUBCOMMANDS:
        return None
    build = Build(Tool.KANIKO, command.job, command)
    build.options = parsed.options
    build.positional = parsed.positional
    opaque = list(parsed.opaque)
    opaque += [w for w in parsed.positional if w.text.template.startswith(UNKNOWN)]
    build.opaque = tuple(opaque)
    _read_context(build, parsed)
    _read_dockerfile(build, parsed, files)
    build.build_args = _arguments(parsed.given("--build-arg"))
    build.labels = _arguments(parsed.given("--label"))
    build.secrets = tuple(parse_attributes(option) for option in parsed.given("--secret"))
    target = parsed.last("--target")
    if target is not None:
        build.target, build.target_location = target.value, target.value_location
    build.platforms = _platforms(parsed)
    build.outputs = tuple(_outputs(command, parsed, opaque))
    return build


def _read_context(build: Build, parsed: Parsed) -> None:
    option = parsed.last("--context")
    if option is None or option.value is None:
        return
    value = option.value
    if any(value.startswith(scheme) is True for scheme in _SCHEMES):
        build.remote_context = value
        return
    start = len(_LOCAL) if value.startswith(_LOCAL) is True else 0
    context = make_path(value[start:], option.place(start), build.command.cwd)
    folder = parsed.text("--context-sub-path")
    # Read only for a context with a scheme (kaniko cmd/executor/cmd/root.go).
    build.context = join(context, folder, context.location) if folder and start else context


def _read_dockerfile(build: Build, parsed: Parsed, files: Files) -> None:
    """`--dockerfile` (default `Dockerfile`) is looked up where the command runs, then in the context."""
    option = parsed.last("--dockerfile")
    text = Text.of("Dockerfile")
    place = None if build.context is None else build.context.location
    if option is not None and option.value is not None:
        text, place = option.value, option.value_location
        if any(text.startswith(scheme) is True for scheme in _SCHEMES):
            return
    here = make_path(text, place, build.command.cwd)
    if build.context is None:
        build.dockerfile = here if build.remote_context is None and option is not None else None
        return
    inside = join(build.context, text, place)
    if inside.resolved == here.resolved and inside.alternatives == here.alternatives:
        build.dockerfile = here
    else:
        build.dockerfile = _first_there(here, inside, files)


def _first_there(here: Path, inside: Path, files: Files) -> Path | None:
    there = None if here.resolved is None else files.exists(here.resolved)
    if there is True:
        return here
    if there is False:
        return inside
    found = None if inside.resolved is None else files.exists(inside.resolved)
    return inside if found is True else Path(here.text, None, here.location)


def _arguments(options: list[Option]) -> tuple[BuildArg, ...]:
    arguments = []
    for option in options:
        if option.value is not None:
            name, value = option.value.partition("=")
            if value is None and UNKNOWN in name.template:
                value = name
            arguments.append(BuildArg(name, value, option.value_location))
    return tuple(arguments)


def _platforms(parsed: Parsed) -> tuple[Platform, ...]:
    option = parsed.last("--custom-platform", "--customPlatform")
    return () if option is None else tuple(split_platforms(option))


def _outputs(command: Command, parsed: Parsed, opaque: list[Word]) -> list[Output]:
    outputs: list[Output] = []
    destinations = [option for option in parsed.given("--destination") if option.value is not None]
    no_push = parsed.last("--no-push")
    pushes = _pushes(command, no_push, bool(opaque))
    if destinations:
        names = tuple(
            image_name(option.value, option.value_location)
            for option in destinations
            if option.value is not None
        )
        outputs.append(
            Output(
                "image",
                names,
                pushes,
                push=destinations[0] if no_push is None else no_push,
                location=destinations[0].location,
            )
        )
    for name, kind in (
        ("--tar-path", "docker"),
        ("--tarPath", "docker"),
        ("--oci-layout-path", "oci"),
    ):
        option = parsed.last(name)
        if option is not None:
            outputs.append(Output(kind, (), False, location=option.location))
    return outputs


def _pushes(command: Command, no_push: Option | None, opaque: bool) -> bool | None:
    if no_push is not None:
        off = no_push.is_on
    else:
        variable = command.variable("KANIKO_NO_PUSH")
        off = None if opaque else False if variable is None else parse_bool(variable)
    return None if off is None else not off
