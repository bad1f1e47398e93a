"""Which BuildKit executes a docker build: buildx's builders, as a job makes and selects them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..execution.command import Certainty, Command
from ..source import Location
from ..text import Text
from .attributes import parse_attributes
from .build import Attributes, Builder, Option, Path, parse_bool
from .docker import DockerCall
from .environment import exported, may_be_set_elsewhere
from .job_image import JobImage
from .options import BUILDX_CREATE, BUILDX_RM, BUILDX_USE, DOCKER_BUILD, Table, parse_options
from .paths import make_path
from .places import place_in

_DEFAULT_DRIVER = "docker-container"
# Drivers whose BuildKit does not run in the Docker daemon: buildx does not ask it for anything.
WITHOUT_DOCKER = frozenset({"kubernetes", "remote"})
_RM = ("buildx", "rm")
_SELECTING: dict[tuple[str, ...], Table] = {("buildx", "use"): BUILDX_USE, _RM: BUILDX_RM}
_MOST_BUILDERS = 200  # far above real jobs
# The first version whose `docker build` is buildx without being asked (docker/cli 23.0).
_FIRST_BUILDKIT = 23


@dataclass(frozen=True, slots=True, eq=False)
class BuildxCreate:
    """`docker buildx create`.

    `driver` is None where it is not known; `uses` whether it selects the builder; `endpoint` the
    context or address given; `config` and `flags` what buildkitd gets (`--buildkitd-config`).
    `opaque`: words that may hold more options.
    """

    command: Command
    options: tuple[Option, ...]
    name: Text | None
    name_location: Location | None
    driver: str | None
    driver_options: tuple[Attributes, ...]
    endpoint: Text | None
    endpoint_location: Location | None
    uses: bool | None
    appends: bool | None
    config: Path | None
    flags: Text | None
    opaque: bool

    def lacks(self, name: str) -> bool:
        return not self.opaque and all(option.name != name for option in self.options)


@dataclass(frozen=True, slots=True, eq=False)
class BuildxUse:
    """`docker buildx use`, or `rm` where `removes` is true; `name` None for the current builder."""

    command: Command
    name: Text | None
    removes: bool = False


def read_create(call: DockerCall) -> BuildxCreate | None:
    if call.path != ("buildx", "create"):
        return None
    parsed = parse_options(call.words, BUILDX_CREATE)
    opaque = bool(parsed.opaque)
    name = parsed.last("--name")
    driver = parsed.text("--driver")
    endpoint = parsed.positional[0] if len(parsed.positional) == 1 else None
    # `create tcp://…` takes docker-container too, whatever listens there.
    known = (None if opaque else _DEFAULT_DRIVER) if driver is None else driver.value
    config = parsed.last("--buildkitd-config")
    path = None
    if config is not None and config.value is not None:
        path = make_path(config.value, config.value_location, call.command.cwd)
    return BuildxCreate(
        call.command,
        parsed.options,
        None if name is None else name.value,
        None if name is None else name.value_location,
        known,
        tuple(parse_attributes(option) for option in parsed.given("--driver-opt")),
        None if endpoint is None else endpoint.text,
        None if endpoint is None else place_in(endpoint),
        _flag(parsed.last("--use"), opaque),
        _flag(parsed.last("--append"), opaque),
        path,
        parsed.text("--buildkitd-flags"),
        opaque,
    )


def read_use(call: DockerCall) -> BuildxUse | None:
    if call.path not in _SELECTING:
        return None
    parsed = parse_options(call.words, _SELECTING[call.path])
    name = parsed.rest[0].text if len(parsed.rest) == 1 else parsed.text("--builder")
    if name is None:
        option = call.given("--builder")
        name = None if option is None else option.value
    return BuildxUse(call.command, name, removes=call.path == _RM)


def _flag(option: Option | None, opaque: bool) -> bool | None:
    if option is None:
        return None if opaque else False
    return option.is_on


@dataclass(slots=True)
class _Selected:
    """A builder that is current: `builder` with the DOCKER_CONFIG that knows it."""

    builder: Builder
    config: Text | None


@dataclass(slots=True)
class Builders:
    """The builders of a job up to some command."""

    created: list[BuildxCreate] = field(default_factory=list)
    current: _Selected | None = None  # None: the default builder
    unsure: bool = False  # a command that may not run, or an unknown name, selected another one
    installed: bool | None = False  # `docker buildx install`

    def see(self, call: DockerCall) -> BuildxCreate | BuildxUse | None:
        """Take a docker command into account; the `create`, `use` or `rm` that it is."""
        certain = call.command.certainty is Certainty.ALWAYS
        create = read_create(call)
        if create is not None:
            self._create(create, certain)
            return create
        use = read_use(call)
        if use is not None:
            self._use(use, certain)
            return use
        if call.path in (("buildx", "install"), ("buildx", "uninstall")):
            self.installed = (call.path[1] == "install") if certain else None
        return None

    def _create(self, create: BuildxCreate, certain: bool) -> None:
        self.created.append(create)
        if create.uses is False:
            return
        chosen = Builder(create.driver, _rootless(create), create.name, create.command)
        self._select(chosen, create.command, certain and create.uses is True)

    def _use(self, use: BuildxUse, certain: bool) -> None:
        name = use.name
        if use.removes:
            self._remove(name, certain)
            return
        if name is None:
            self.unsure = True
            return
        if name.equals("default") is True:
            if certain:
                self.current, self.unsure = None, False
            else:
                self.unsure = self.current is not None
            return
        self._select(self._called(name), use.command, certain)

    def _select(self, builder: Builder, command: Command, certain: bool) -> None:
        config = exported(command, "DOCKER_CONFIG")
        if certain:
            self.current, self.unsure = _Selected(builder, config), False
            return
        same = self.current is not None and self.current.builder.driver == builder.driver
        if not same:
            self.unsure = True
            self.current = self.current or _Selected(builder, config)

    def _remove(self, name: Text | None, certain: bool) -> None:
        if self.current is None:
            return
        current = self.current.builder.name
        gone = True if name is None else None if current is None else current.equals(name)
        if gone is True and certain:
            self.current = None
        elif gone is not False:
            self.unsure = True

    def _called(self, name: Text) -> Builder:
        """The builder of a name: one that the job made, or one nobody here knows."""
        if name.equals("default") is True:
            return Builder("docker", False, name)
        if len(self.created) > _MOST_BUILDERS:
            return Builder(None, None, name)
        for create in reversed(self.created):
            made_up = create.name is None and not name.is_known
            same = made_up if create.name is None else create.name.equals(name)
            if same is False:
                continue
            # `use "$(docker buildx create)"`: the name is what the only create printed.
            if same is True and (not made_up or len(self.created) == 1):
                return Builder(create.driver, _rootless(create), name, create.command)
            return Builder(None, None, name)
        return Builder(None, None, name)

    def of_build(self, call: DockerCall, image: JobImage) -> Builder:
        """What executes a `docker build` or `docker buildx build`."""
        command = call.command
        named = _builder_name(call)
        if call.path == ("build",):
            asked = exported(command, "DOCKER_BUILDKIT")
            enabled = None if asked is None else parse_bool(asked)
            if asked is not None and enabled is False:
                return Builder("classic", False)
            if asked is not None and enabled is None and asked.is_empty is not True:
                return Builder(None)
            if asked is None or asked.is_empty is True:
                modern = _builds_with_buildkit(image)
                if may_be_set_elsewhere(command.job):
                    modern = None
                if modern is not True:
                    return Builder("classic" if modern is False else None, False)
            if named is None and self.installed is False:
                # docker/cli cmd/docker/builder.go: `docker build` takes the context's own builder.
                return Builder("docker", False)
            if self.installed is None:
                return Builder(None)
        if named is not None and named.is_empty is not True:
            return self._known_to(command, self._called(named), named=True)
        if self.unsure:
            return Builder(None)
        if self.current is None:
            # Where jobs run on a host, an earlier one may have selected a builder.
            known = image.name is not None and not may_be_set_elsewhere(command.job)
            return Builder("docker", False) if known else Builder(None)
        return self._known_to(command, self.current.builder, named=False)

    def _known_to(self, command: Command, builder: Builder, *, named: bool) -> Builder:
        """Builders live under DOCKER_CONFIG: with another one, they are not found."""
        if builder.created is None:
            return builder
        before = exported(builder.created, "DOCKER_CONFIG")
        now = exported(command, "DOCKER_CONFIG")
        same = before is now if before is None or now is None else before.equals(now)
        if same is True:
            return builder
        if same is None or named:
            return Builder(None, None, builder.name)
        return Builder("docker", False)


def _builder_name(call: DockerCall) -> Text | None:
    """`--builder`, behind the subcommand or before it, else BUILDX_BUILDER."""
    behind = parse_options(call.words, DOCKER_BUILD).text("--builder")
    before = call.given("--builder")
    if behind is not None:
        return behind
    return exported(call.command, "BUILDX_BUILDER") if before is None else before.value


def _rootless(create: BuildxCreate) -> bool | None:
    """buildkitd of the container driver runs as root in a privileged container."""
    for options in create.driver_options:
        image = options.get("image")
        if image is not None and image.value is not None:
            return image.value.contains("rootless")
        rootless = options.get("rootless")
        if rootless is not None and rootless.value is not None:
            return parse_bool(rootless.value)
    if create.driver in ("docker", "docker-container"):
        return False
    return False if create.driver == "kubernetes" and not create.opaque else None


def _builds_with_buildkit(image: JobImage) -> bool | None:
    """Whether a plain `docker build` is buildx: since docker 23, where the plugin is there."""
    if image.docker.official is not True:
        return None
    version = image.docker.version
    if version is None:
        tag = image.docker.tag
        floating = tag is not None and tag.value in {"latest", "cli", "dind", "dind-rootless"}
        return True if floating else None
    return version[0] >= _FIRST_BUILDKIT
