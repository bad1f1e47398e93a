"""`docker buildx build`, and `docker build`, which is the same since docker 23."""

from __future__ import annotations

from ..execution.command import Word
from ..files.protocol import Files
from ..source import Location
from ..text import UNKNOWN
from .attributes import (
    image_name,
    parse_attributes,
    parse_buildx_output,
    parse_cache,
    split_names,
    split_platforms,
)
from .build import (
    Attributes,
    Build,
    BuildArg,
    ImageName,
    Option,
    Output,
    Platform,
    Tool,
    parse_bool,
)
from .docker import DockerCall
from .dockerfiles import default_dockerfile, from_standard_input
from .options import BUILDX_BUILD, DOCKER_BUILD, Parsed, parse_options
from .paths import make_path
from .places import place_in

_REMOTE = ("http://", "https://", "git://", "ssh://", "git@", "github.com/")


def read_build(call: DockerCall, files: Files) -> Build | None:
    """The build of `docker build` or `docker buildx build`; None for any other command."""
    if call.path == ("buildx", "build"):
        tool, table = Tool.BUILDX, BUILDX_BUILD
    elif call.path == ("build",):
        tool, table = Tool.DOCKER, DOCKER_BUILD
    else:
        return None
    command = call.command
    parsed = parse_options(call.words, table)
    build = Build(tool, command.job, command, global_options=call.options)
    build.options = parsed.options
    build.positional = parsed.positional
    place, opaque = _context_word(parsed)
    build.opaque = tuple(opaque)
    _read_context(build, place, files)
    build.build_args = _arguments(parsed.given("--build-arg"))
    build.labels = _arguments(parsed.given("--label"))
    build.named_contexts = _arguments(parsed.given("--build-context"))
    build.cache_from = _caches(parsed.given("--cache-from"))
    build.cache_to = _caches(parsed.given("--cache-to"))
    build.secrets = tuple(parse_attributes(option) for option in parsed.given("--secret"))
    build.entitlements = tuple(parsed.given("--allow"))
    build.platforms = _platforms(build, parsed)
    target = parsed.last("--target")
    if target is not None:
        build.target, build.target_location = target.value, target.value_location
    build.outputs = tuple(_outputs(parsed, bool(opaque)))
    return build


def _context_word(parsed: Parsed) -> tuple[Word | None, list[Word]]:
    """The context among the words that are no options, and the words that may hold options."""
    opaque = list(parsed.opaque)
    candidates = list(parsed.positional)
    if len(candidates) > 1:
        # Docker takes one argument: a word whose beginning is not known may be an option.
        doubtful = [word for word in candidates if word.text.template.startswith(UNKNOWN)]
        if len(doubtful) == len(candidates) - 1:
            opaque += doubtful
            candidates = [word for word in candidates if word not in doubtful]
    if len(candidates) == 1:
        return candidates[0], opaque
    if not candidates and len(parsed.rest) == 1:
        return parsed.rest[0], opaque
    return None, opaque


def _read_context(build: Build, word: Word | None, files: Files) -> None:
    command = build.command
    given = [option for option in build.options if option.name == "--file"]
    file = given[-1] if given else None
    remote = False
    piped = False
    if word is not None:
        text = word.text
        remote = any(text.startswith(prefix) is True for prefix in _REMOTE)
        piped = text.equals("-") is True
        if remote:
            build.remote_context = text
        elif not piped:
            build.context = make_path(text, place_in(word), command.cwd)
    if file is not None and file.value is not None and file.value.equals("-") is not True:
        if not remote and not piped:
            build.dockerfile = make_path(file.value, file.value_location, command.cwd)
    elif file is not None or piped:
        build.dockerfile, build.dockerfile_text = from_standard_input(command)
    elif build.context is not None and not build.given("--file"):
        build.dockerfile = default_dockerfile(build.context, build.context.location, files)


def _arguments(options: list[Option]) -> tuple[BuildArg, ...]:
    arguments = []
    for option in options:
        if option.value is not None:
            name, value = option.value.partition("=")
            if value is None and UNKNOWN in name.template:
                value = name  # `--build-arg $X` may hold `K=V`
            arguments.append(BuildArg(name, value, option.value_location))
    return tuple(arguments)


def _caches(options: list[Option]) -> tuple[Attributes, ...]:
    return tuple(cache for option in options for cache in parse_cache(option))


def _platforms(build: Build, parsed: Parsed) -> tuple[Platform, ...]:
    given = parsed.given("--platform")
    if given:
        return tuple(item for option in given for item in split_platforms(option))
    default = build.command.variable("DOCKER_DEFAULT_PLATFORM")
    if default is None or default.is_empty is True or build.opaque:
        return ()
    return (Platform(default, default.location),)


def _outputs(parsed: Parsed, opaque: bool) -> list[Output]:
    tags = tuple(
        image_name(option.value, option.value_location)
        for option in parsed.given("--tag")
        if option.value is not None
    )
    outputs = [_output(option, tags) for option in parsed.given("--output")]
    push = parsed.last("--push")
    if push is not None and push.is_on is not False:
        outputs = _with_push(outputs, tags, push)
    load = parsed.last("--load")
    if load is not None and load.is_on is not False:
        outputs.append(Output("docker", tags, False, location=load.location))
    if opaque:
        outputs = [_may_push(output) for output in outputs]
    if not outputs and tags:
        outputs.append(Output(None, tags, None if opaque else False, location=_first(tags)))
    return outputs


def _output(option: Option, tags: tuple[ImageName, ...]) -> Output:
    attributes = parse_buildx_output(option)
    kind = attributes.get("type")
    known = None if kind is None or kind.value is None else kind.value.value
    push = attributes.get("push")
    pushes: bool | None = False
    if known == "registry":
        pushes = True
    elif known is None or known == "image":
        if push is not None and push.value is not None:
            pushes = True if push.value.is_empty is True else parse_bool(push.value)
        elif attributes.opaque or known is None:
            pushes = None
    name = attributes.get("name")
    # `-t` wins over `name=` (docker/buildx build/opt.go).
    names = tags or (() if name is None else split_names(option, name))
    if known in ("local", "tar"):
        names = ()
    return Output(known, names, pushes, attributes, push, option.location)


def _with_push(outputs: list[Output], tags: tuple[ImageName, ...], push: Option) -> list[Output]:
    """`--push` turns image outputs into pushing ones, or adds a registry output."""
    pushed = [
        Output(o.type, o.names, push.is_on, o.attributes, push, o.location)
        if o.type in ("image", "registry")
        else o
        for o in outputs
    ]
    if not any(output.push is push for output in pushed):
        pushed.append(Output("registry", tags, push.is_on, push=push, location=push.location))
    return pushed


def _may_push(output: Output) -> Output:
    """With opaque words around, an image output may still be told to push."""
    if output.pushes is False and output.type in (None, "image"):
        return Output(
            output.type, output.names, None, output.attributes, output.push, output.location
        )
    return output


def _first(names: tuple[ImageName, ...]) -> Location | None:
    return names[0].location
