"""An image build as one command of a job asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from ..execution.command import Command, Word
from ..images.reference import DOCKER_HUB, TextReference
from ..pipeline.model import Job, Service
from ..source import Location
from ..text import Text
from .continuation import Break


class Tool(Enum):
    BUILDCTL_DAEMONLESS = "buildctl-daemonless.sh"
    BUILDCTL = "buildctl"
    BUILDX = "docker buildx build"
    DOCKER = "docker build"
    KANIKO = "kaniko executor"
    OPAQUE = (
        "opaque"  # bake, compose, make, buildah, podman: an image may be built, how is not modelled
    )


class Status(Enum):
    """What a tool makes of an option."""

    KNOWN = "known"
    IGNORED = "ignored"  # accepted for compatibility, without effect
    DEPRECATED = "deprecated"  # works, under a newer name
    REMOVED = "removed"  # an older version had it; refused now
    UNKNOWN = "unknown"  # refused


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """One option as given. `name` is its long name with dashes ("--opt", also for `-o`), as
    written where the tool does not know it; `value` is None for a bare flag.

    `location` covers the option and its value, `value_location` the value alone. `words` are
    the words it was read from (two for `--opt X`, one for `--opt=X`). `known` is false for a name
    the tool refuses.
    """

    name: str
    value: Text | None
    words: tuple[Word, ...]
    location: Location | None
    value_location: Location | None = None
    known: bool = True
    status: Status = Status.KNOWN

    @property
    def is_on(self) -> bool | None:
        """Whether a boolean flag is set: `--push`, `--push=true`; None for a value not known."""
        return True if self.value is None else parse_bool(self.value)

    def place(self, start: int = 0, end: int | None = None) -> Location | None:
        """Where characters `start` to `end` of the value stand."""
        from .places import place_in

        if self.value is None:
            return self.location
        word = self.words[-1]
        base = len(word.text) - len(self.value)
        return place_in(word, base + start, None if end is None else base + end)


_TRUE = {"1", "t", "T", "TRUE", "true", "True"}
_FALSE = {"0", "f", "F", "FALSE", "false", "False"}


def parse_bool(text: Text) -> bool | None:
    """A boolean as Go's strconv.ParseBool reads it; None where it is unknown or refused."""
    answers = {
        True if v.value in _TRUE else False if v.value in _FALSE else None for v in text.variants()
    }
    return answers.pop() if len(answers) == 1 else None


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """`key=value` of an `--output`, cache or secret option; `value` None for a field without `=`.

    `key` keeps its case as written, and its blanks where the tool does not cut them off.
    `quoted`: the whole field stands in CSV quotes. `implied`: the tool means it without its being
    written (the `type=registry` of `--cache-from REF`). `offset` is where the value starts in the
    option's value, None where it is not one run of it.
    """

    key: str
    value: Text | None
    location: Location | None
    value_location: Location | None = None
    quoted: bool = False
    implied: bool = False
    offset: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Attributes:
    """A CSV value such as `type=image,"name=a,b",push=true`, field by field.

    `opaque` is true while an unknown part may hold further fields. `error` is what Go's CSV
    reader says where it refuses the value (the fields are then empty). `short` is a form without
    keys (`--cache-from REF`, `-o DIR`), given as the fields that it means.
    """

    fields: tuple[Attribute, ...]
    option: Option
    opaque: bool = False
    error: str = ""
    short: bool = False

    def get(self, key: str) -> Attribute | None:
        """The last field of that key (keys are case-insensitive in BuildKit)."""
        for attribute in reversed(self.fields):
            if attribute.key.lower() == key:
                return attribute
        return None

    def lacks(self, key: str) -> bool:
        """Known to be absent."""
        return not self.opaque and not self.error and self.get(key) is None

    def value(self, key: str) -> str | None:
        """The value of a field, None where it is absent or not known."""
        attribute = self.get(key)
        if attribute is None or attribute.value is None:
            return None
        return attribute.value.value


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """Where a build's result goes. For docker tools `--push`, `--load` and `-t` are folded in here.

    `type` is the exporter as far as known ("registry" is buildx's image that is pushed);
    `pushes` is three-valued; `names` each with its place. A docker build with nothing but `-t` has
    one output of type None that does not push: its builder's default decides what becomes of it.
    """

    type: str | None
    names: tuple[ImageName, ...]
    pushes: bool | None
    attributes: Attributes | None = None  # None where it comes from --push, --load or -t
    push: Attribute | Option | None = None  # what turns the push on or off
    location: Location | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ImageName:
    """`reference` is None where no value of its unknown parts makes the name valid."""

    text: Text
    reference: TextReference | None
    location: Location | None

    @property
    def host(self) -> Text | None:
        """The registry as a client asks for its credentials; None where it is not known."""
        from .keys import DOCKER_HUB_KEY

        if self.reference is None or self.reference.registry is None:
            return None
        registry = self.reference.registry
        return Text.of(DOCKER_HUB_KEY) if registry.value == DOCKER_HUB else registry


@dataclass(frozen=True, slots=True, eq=False)
class Platform:
    """One item of a platform list, as written (blanks kept).

    `certain` is false where only some of the lists that it may be have the item (a matrix).
    """

    text: Text
    location: Location | None
    certain: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class BuildArg:
    """`value` is None for `K` alone: the value is taken from the environment."""

    name: Text
    value: Text | None
    location: Location | None


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A path of the repository. `text` as given, `resolved` from the root with `/` and without
    `..` where the folder the command runs in is known, else None. `alternatives` are the paths it
    may resolve to where it is one of several known ones (a matrix)."""

    text: Text
    resolved: str | None
    location: Location | None
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Builder:
    """What executes the build: BuildKit by driver.

    `driver` is "docker", "docker-container", "kubernetes", "remote", "daemonless", "buildkitd",
    "classic" (DOCKER_BUILDKIT=0), "kaniko" or None where it is not known. `name` and `created`
    tell which `buildx create` made it.
    """

    driver: str | None
    rootless: bool | None = None
    name: Text | None = None
    created: Command | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Daemon:
    """The Docker daemon or buildkitd that the command talks to.

    `kind` is "dind" (with `service`), "socket", "remote" (another machine, a buildkitd `service`, or
    the BuildKit of a builder whose driver does without Docker), "local" (a daemon started in the
    job), "daemonless", "none" (the pipeline offers nothing that answers), or None where it is not
    known. `address` is DOCKER_HOST, BUILDKIT_HOST, `--addr`, or what the client falls back to;
    `location` where the address is written; `tls` three-valued.
    """

    kind: str | None
    address: Text | None = None
    service: Service | None = None
    tls: bool | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Credential:
    """One entry that a job made before a command: `key` is the registry as written.

    `how` is "config.json", "docker login", "DOCKER_AUTH_CONFIG", "helper" or "gitlab" (what Kaniko
    takes from CI_REGISTRY* by itself). `certain` is false where the command that made it may not
    run, or what it wrote may not be what the client reads.
    """

    key: Text
    how: str
    location: Location | None
    command: Command | None
    certain: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Credentials:
    """What the client finds at one command.

    `complete` means: nothing else can be there (every earlier command is known and none of the
    unknown ones could log in). Only then is a missing entry known to be missing. `why_unknown`
    names what could hold more, for the message of a less certain finding. `brought`: the job's image,
    or the machine that runs a job without one, may bring credentials, and that is the only doubt.
    """

    entries: tuple[Credential, ...]
    complete: bool
    why_unknown: str = ""
    brought: bool = False

    def covers(self, host: Text, *, brought: bool = True) -> bool | None:
        """Whether a key fits the registry `host`: True, False (known to be missing), None.

        With `brought=False` as if image and machine brought none.
        """
        from .keys import key_matches

        answers = [(key_matches(entry.key, host), entry.certain) for entry in self.entries]
        if (True, True) in answers:
            return True
        known = self.complete or (self.brought and not brought)
        if any(answer is not False for answer, _ in answers) or not known:
            return None
        return False


@dataclass(frozen=True, slots=True, eq=False)
class DaemonlessFlags:
    """BUILDKITD_FLAGS as buildctl-daemonless.sh splits it: on blanks, quotes stay.

    `text` is the variable's value, None where it is not set; `words` its words, each with its
    place; `location` where the value is written. `opaque`: an unknown part may hold more flags.
    `config` is the file of `--config`, `entitlements` what `--allow-insecure-entitlement` allows.
    """

    text: Text | None
    words: tuple[Word, ...]
    location: Location | None
    opaque: bool = False
    config: Path | None = None
    entitlements: tuple[Text, ...] = ()

    def has(self, flag: str) -> bool | None:
        """Whether `flag`, alone or with a value, is among the words."""
        for word in self.words:
            name, _ = word.text.partition("=")
            if name.equals(flag) is True:
                return True
        return None if self.opaque else False


@dataclass(slots=True, eq=False)
class Build:
    """One build. Fields that the tool does not have, or that are absent, are empty.

    `opaque` are the words that may hold more options: while there are any, no option is known
    to be absent (ask `lacks`). `breaks` are the lines of the command that the shell tears off: their
    options were meant. For an OPAQUE build only `job`, `command` and `credentials` mean anything.
    """

    tool: Tool
    job: Job
    command: Command
    options: tuple[Option, ...] = ()
    positional: tuple[Word, ...] = ()
    context: Path | None = None
    remote_context: Text | None = None  # a git or http context
    dockerfile: Path | None = None
    dockerfile_text: Text | None = None  # read from standard input
    outputs: tuple[Output, ...] = ()
    platforms: tuple[Platform, ...] = ()
    build_args: tuple[BuildArg, ...] = ()
    cache_from: tuple[Attributes, ...] = ()
    cache_to: tuple[Attributes, ...] = ()
    secrets: tuple[Attributes, ...] = ()
    entitlements: tuple[Option, ...] = ()
    labels: tuple[BuildArg, ...] = ()
    target: Text | None = None
    target_location: Location | None = None
    frontend: Text | None = None
    locals: Mapping[str, Path] = field(default_factory=dict)  # buildctl --local by name
    opts: tuple[Attribute, ...] = ()  # buildctl --opt
    named_contexts: tuple[BuildArg, ...] = ()  # --build-context, `--opt context:NAME=`
    global_options: tuple[Option, ...] = ()  # before the subcommand: `buildctl --addr`, `docker -H`
    daemonless_flags: DaemonlessFlags | None = None
    builder: Builder = field(default_factory=lambda: Builder(None))
    daemon: Daemon = field(default_factory=lambda: Daemon(None))
    credentials: Credentials = field(default_factory=lambda: Credentials((), complete=False))
    opaque: tuple[Word, ...] = ()
    breaks: tuple[Break, ...] = ()

    @property
    def names(self) -> tuple[ImageName, ...]:
        return tuple(name for output in self.outputs for name in output.names)

    def given(self, *names: str) -> list[Option]:
        return [option for option in self.options if option.name in names]

    def lacks(self, *names: str) -> bool:
        """Whether none of these options is given, known for certain."""
        return not self.opaque and not self.breaks and not self.given(*names)
