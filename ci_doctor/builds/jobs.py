"""What one job does with images: builds, pushes, logins, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..execution.command import Command, Execution, Word
from ..pipeline.model import Job
from ..source import Location, Source
from ..text import Text
from .build import Build, Credential, Credentials, Daemon, ImageName, Option
from .builder import BuildxCreate, BuildxUse
from .config_json import AuthEntry, ConfigDocument
from .job_image import JobImage


@dataclass(frozen=True, slots=True, eq=False)
class Push:
    """An image sent to a registry: `docker push`, `--push`, `push=true`, Kaniko's `--destination`.

    `build` is the build that pushes by itself, None for `docker push`. `location` is the text that
    asks for it (`push=true`, `--push`, the `push` of `docker push`). `host` is the registry as a
    client asks for its credentials (`https://index.docker.io/v1/` for Docker Hub).
    """

    command: Command
    name: ImageName | None
    host: Text | None
    location: Location | None
    credentials: Credentials
    build: Build | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FileWrite:
    """A file that a command writes: by redirection, tee, cp, mv, `-o FILE`.

    `path` is as written, `target` from the root of the file system (or `$HOME`,
    `$CI_PROJECT_DIR` where their values are not known). `text` is what is written, None where it
    is computed or comes from a file nobody here sees. `source` is the file that was copied.
    `directory_made`: whether its directory is there, by the job or by its image.
    """

    command: Command
    path: Text
    target: Text
    text: Text | None
    location: Location | None
    appends: bool = False
    directory_made: bool | None = None
    source: Text | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DirectoryMade:
    """A directory that a command makes (`mkdir`, `install -d`); `path` and `target` as in FileWrite."""

    command: Command
    path: Text
    target: Text
    location: Location | None


@dataclass(frozen=True, slots=True, eq=False)
class ConfigWrite:
    """One write to a `config.json` of a Docker client.

    `path` is the file as written; `directory_matches` tells whether the client of this job will
    read it, `looked_in` where its clients look (none without a client). `text` is what is written, with unknown parts; None where it is computed. `keys` are
    the registries in it. `appends` is `>>`.

    Several writes may make one document (`echo '{' > f; echo … >> f`): the last of them has the
    `document` and its `valid_json` and `keys`, the others are `partial`. A `>>` behind a complete
    document is `unread`: clients read the first one only. `overwrites` are the entries that were
    there before and are gone.
    """

    command: Command
    path: Text
    text: Text | None
    keys: tuple[Text, ...]
    location: Location | None
    appends: bool = False
    valid_json: bool | None = None
    target: Text = field(default_factory=Text)
    directory_matches: bool | None = None
    directory_made: bool | None = None
    document: ConfigDocument | None = None
    document_text: Text | None = None  # what the indices of `document` count in
    partial: bool = False
    unread: bool = False
    overwrites: tuple[Credential, ...] = ()
    looked_in: tuple[Text, ...] = ()

    @property
    def entries(self) -> tuple[AuthEntry, ...]:
        """The entries under `auths`; none for a partial write, and where the text is not known."""
        return () if self.document is None else self.document.entries

    def place(self, start: int, end: int) -> Location | None:
        """Where characters `start` to `end` of the document stand in the command that writes it.

        None where they come from elsewhere: a variable's value, a command before.
        """
        if self.document_text is None:
            return None
        place = self.document_text.locate(start, end)
        command: Command | None = self.command
        while command is not None and place is not None:
            inputs = [r.target.location for r in command.redirects if r.operator.startswith("<<")]
            for region in (command.location, *inputs):
                if region is None or region.source is not place.source:
                    continue
                if region.span.contains(place.span):
                    return place
            command = command.piped_from
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Login:
    """`docker login` (or a logout): `registry` is empty for Docker Hub.

    `key` is where the client stores it. `stdin` is what is piped in as the password, None where it
    is computed or nothing is. `tool` is the program ("docker", "crane", ...). `opaque`: words that
    may hold more options or the registry.
    """

    command: Command
    registry: Text
    user: Text | None
    password: Text | None
    from_stdin: bool
    logout: bool = False
    key: Text = field(default_factory=Text)
    registry_location: Location | None = None
    user_option: Option | None = None
    password_option: Option | None = None
    stdin_option: Option | None = None
    stdin: Text | None = None
    tool: str = "docker"
    opaque: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """`base64` in a job: what goes in, whether the output has line breaks, whether the input ends
    in one (`echo` without `-n`). `text` is None where the input is computed."""

    command: Command
    text: Text | None
    wraps: bool | None
    newline: bool | None
    location: Location | None
    source: Command | None = None  # what prints the input


@dataclass(frozen=True, slots=True, eq=False)
class ClientCall:
    """A use of docker or buildctl that talks to a daemon.

    `path` are the subcommands (`("buildx", "build")`), empty where they are not known.
    """

    command: Command
    path: tuple[str, ...]
    words: tuple[Word, ...]
    options: tuple[Option, ...]
    daemon: Daemon


@dataclass(frozen=True, slots=True, eq=False)
class DockerRun:
    """`docker run`: its image, and the options before it."""

    command: Command
    image: ImageName | None
    words: tuple[Word, ...]
    arguments: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DockerTag:
    """`docker tag`."""

    command: Command
    source: ImageName
    target: ImageName


@dataclass(frozen=True, slots=True, eq=False)
class Pull:
    """`docker pull`, with the credentials at that moment."""

    command: Command
    name: ImageName
    credentials: Credentials


@dataclass(frozen=True, slots=True, eq=False)
class ManifestCreate:
    """`docker manifest create` or `docker buildx imagetools create`: one name for several images."""

    command: Command
    target: ImageName
    sources: tuple[ImageName, ...]
    tool: str  # "manifest" or "imagetools"


@dataclass(frozen=True, slots=True, eq=False)
class DockerContext:
    """`docker context create` or `use`."""

    command: Command
    action: str
    name: Text | None


@dataclass(slots=True, eq=False)
class Walked:
    """What only a walk through all the commands of a job tells."""

    execution: Execution
    writes: list[FileWrite] = field(default_factory=list)
    directories: list[DirectoryMade] = field(default_factory=list)
    config_writes: list[ConfigWrite] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class JobBuilds:
    """Everything the checks of builds look at, for one job, in the order of its commands.

    `writes` are all files that the job is seen to write, `config_writes` those of Docker clients,
    `directories` those it makes. A job that plainly has nothing to do with images is walked only
    when its commands, writes or directories are asked for: ask for anything else first.
    """

    job: Job
    image: JobImage
    walk: Callable[[], Walked]
    walked: Walked | None = None
    programs: frozenset[str] | None = None  # all that it runs; None where that takes a walk
    writes_config: bool = True
    builds: list[Build] = field(default_factory=list)
    pushes: list[Push] = field(default_factory=list)
    pulls: list[Pull] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    encodings: list[Encoding] = field(default_factory=list)
    docker_commands: list[Command] = field(default_factory=list)  # every use of the docker CLI
    docker_calls: list[ClientCall] = field(default_factory=list)  # the same, with their daemons
    buildctl_calls: list[ClientCall] = field(default_factory=list)
    buildx_creates: list[BuildxCreate] = field(default_factory=list)
    buildx_uses: list[BuildxUse] = field(default_factory=list)
    docker_runs: list[DockerRun] = field(default_factory=list)
    tags: list[DockerTag] = field(default_factory=list)
    manifests: list[ManifestCreate] = field(default_factory=list)
    contexts: list[DockerContext] = field(default_factory=list)
    daemon: Daemon = field(default_factory=lambda: Daemon(None))  # for the first docker command

    @property
    def _seen(self) -> Walked:
        if self.walked is None:
            self.walked = self.walk()
        return self.walked

    @property
    def execution(self) -> Execution:
        return self._seen.execution

    @property
    def writes(self) -> list[FileWrite]:
        return self._seen.writes

    @property
    def directories(self) -> list[DirectoryMade]:
        return self._seen.directories

    @property
    def config_writes(self) -> list[ConfigWrite]:
        return self._seen.config_writes if self.writes_config else []

    def commands(self, *names: str) -> list[Command]:
        """The commands of these programs; a job that plainly runs none of them is not walked."""
        if self.programs is not None and self.programs.isdisjoint(names):
            return []
        return self.execution.named(*names)

    @property
    def scripts(self) -> Iterator[Source]:
        """The scripts of the repository that were followed, one for each of their commands."""
        if self.walked is not None:
            for command in self.walked.execution.commands:
                if command.script is not None:
                    yield command.location.source
