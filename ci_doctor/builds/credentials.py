"""The registry credentials that a client finds, command by command.

How clients look them up: docker/cli cli/config (configfile, credentials); DOCKER_AUTH_CONFIG is
read by docker/cli since 28.3 and by what vendors it (BuildKit since v0.24), before config.json.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..execution.command import Certainty, Command, Word
from ..pipeline.variables import unknown_variable
from ..source import Location
from ..text import UNKNOWN, Opaque, Text
from .build import Credential, Credentials, Tool
from .config_json import ConfigDocument, read_config
from .docker import DockerCall
from .environment import exported
from .filesystem import FileSystem
from .job_image import JobImage
from .jobs import ConfigWrite, FileWrite, JobBuilds, Login
from .keys import DOCKER_HUB_KEY, host_of, key_matches
from .options import DOCKER_LOGIN, parse_options
from .output_text import standard_input
from .places import place_in
from .programs import could_log_in

__all__ = ["Wallet", "key_matches", "read_login"]

CONFIG = "config.json"
# Far above real jobs; what goes beyond is not known.
_MOST_CONFIGS = 50
_MOST_ENTRIES = 500
_MOST_PIECES = 200
_FIRST_BUILDKIT_WITH_VARIABLE = (0, 24)
_FIRST_DOCKER_WITH_VARIABLE = (28, 3)

# Clients that write Docker's config.json: the words before the options, and their table.
_LOGINS: dict[str, tuple[str, ...]] = {
    "crane": ("auth", "login"),
    "gcrane": ("auth", "login"),
    "ko": ("login",),
    "krane": ("auth", "login"),
    "cosign": ("login",),
    "oras": ("login",),
    "nerdctl": ("login",),
}
_LOGOUTS: dict[str, tuple[str, ...]] = {
    "crane": ("auth", "logout"),
    "gcrane": ("auth", "logout"),
    "oras": ("logout",),
    "nerdctl": ("logout",),
}
PROGRAMS = frozenset({*_LOGINS, *_LOGOUTS})
# They keep credentials of their own and write Docker's file only when told to.
_OTHER_STORES = frozenset({"skopeo", "podman", "buildah"})
_MAKES_READY = frozenset({"mkdir", "chmod", "chown", "ls", "touch", "install", "test", "["})
_FILE_OPTIONS = ("--authfile", "--compat-auth-file")


def read_login(command: Command, call: DockerCall | None) -> Login | None:
    """`docker login` and `logout`, and those of other clients that write the same file."""
    tool = command.name or ""
    if call is not None:
        if call.path not in (("login",), ("logout",)):
            return None
        return _login(command, tool, call.words, logout=call.path == ("logout",))
    for table, logout in ((_LOGINS, False), (_LOGOUTS, True)):
        words = table.get(tool)
        if words is None:
            continue
        given = tuple(word.text.value for word in command.arguments[: len(words)])
        if given == words:
            return _login(command, tool, command.arguments[len(words) :], logout=logout)
    return None


def _login(command: Command, tool: str, words: tuple[Word, ...], *, logout: bool) -> Login:
    parsed = parse_options(words, DOCKER_LOGIN)
    candidates = parsed.positional if len(parsed.rest) > 1 else parsed.rest
    registry = candidates[0] if len(candidates) == 1 else None
    text = Text() if registry is None else registry.text
    user, password = parsed.last("--username"), parsed.last("--password")
    stdin = parsed.last("--password-stdin")
    given = standard_input(command) if stdin is not None else None
    opaque = tuple(word for word in parsed.opaque if word is not registry)
    if registry is None and opaque:
        text = Text((Opaque(" ".join(word.text.display for word in opaque)),))
    return Login(
        command,
        text,
        None if user is None else user.value,
        None if password is None else password.value,
        from_stdin=stdin is not None and stdin.is_on is not False,
        logout=logout,
        key=login_key(text),
        registry_location=None if registry is None else place_in(registry),
        user_option=user,
        password_option=password,
        stdin_option=stdin,
        stdin=None if given is None else given.text,
        tool=tool,
        opaque=opaque,
    )


def login_key(registry: Text) -> Text:
    """The key under which `docker login REGISTRY` stores: its host name (observed)."""
    if not registry.parts or registry.value in ("", "docker.io", DOCKER_HUB_KEY):
        return Text.of(DOCKER_HUB_KEY)
    return host_of(registry)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A credential as made. `sound` is false once something may have taken it away again.

    A command in a branch makes it for the commands of that branch.
    """

    credential: Credential
    sound: bool = True

    @staticmethod
    def of(
        key: Text, how: str, location: Location | None, command: Command, sound: bool = True
    ) -> _Entry:
        certain = command.certainty is Certainty.ALWAYS
        return _Entry(Credential(key, how, location, command, certain), sound)

    def at(self, command: Command, same_file: bool) -> Credential:
        """The credential as `command` finds it."""
        made = self.credential
        sure = made.certain or _in_its_branch(made.command, command)
        certain = sure and self.sound and same_file
        return made if certain == made.certain else replace(made, certain=certain)

    def doubted(self) -> _Entry:
        return replace(self, sound=False)


def _in_its_branch(made_by: Command | None, command: Command) -> bool:
    """Whether a command stands under all the conditions of an earlier one."""
    if made_by is None or not made_by.guards:
        return False
    mine = command.guards[: len(made_by.guards)]
    return len(mine) == len(made_by.guards) and all(
        a is b for a, b in zip(mine, made_by.guards, strict=True)
    )


@dataclass(slots=True)
class _Document:
    """The writes that make one config.json, in order."""

    pieces: list[FileWrite] = field(default_factory=list)
    overwrites: tuple[Credential, ...] = ()
    parsed: ConfigDocument | None = None  # of `text`, None where it is not read yet or not known

    @property
    def text(self) -> Text | None:
        texts = [piece.text for piece in self.pieces]
        known = [text for text in texts if text is not None]
        return Text.join(known) if len(known) == len(texts) else None

    def read(self) -> ConfigDocument | None:
        if self.parsed is None:
            text = self.text
            self.parsed = None if text is None else read_config(text)
        return self.parsed

    def entries(self) -> tuple[_Entry, ...]:
        """Its entries; doubted where the client may not be able to read the file."""
        document, text = self.read(), self.text
        if document is None or text is None:
            return ()
        found = []
        for entries, how in ((document.entries, "config.json"), (document.helpers, "helper")):
            for entry in entries:
                key, sound = entry.key, document.valid is not False
                if "$" in key.template:
                    # In single quotes: the variable's name is not its value, but it is meant.
                    key, sound = Text((Opaque(key.display),)), False
                place = text.locate(entry.start, entry.end)
                found.append(_Entry.of(key, how, place, self.least_certain, sound))
        return tuple(found)

    @property
    def least_certain(self) -> Command:
        """The write that is least sure to happen."""
        for piece in self.pieces:
            if piece.command.certainty is not Certainty.ALWAYS:
                return piece.command
        return self.pieces[-1].command

    def unknown(self) -> str:
        """Why it may hold more than its credentials; "" where it does not."""
        document = self.read()
        if document is None:
            return f"the content of {self.pieces[-1].path.display} is not known"
        if document.valid is False or (document.loose and not document.entries):
            return f"{self.pieces[-1].path.display} does not hold what was meant"
        if document.store is not None:
            return f"the credential store `{document.store.display}` is not known"
        if not document.complete:
            return f"a part of {self.pieces[-1].path.display} is not known"
        return ""


@dataclass(slots=True)
class _Config:
    """One config.json: what is settled, and the document that is being written."""

    target: Text
    settled: list[_Entry] = field(default_factory=list)
    document: _Document | None = None
    unknown: str = ""

    @property
    def entries(self) -> tuple[_Entry, ...]:
        written = () if self.document is None else self.document.entries()
        return (*self.settled, *written)

    @property
    def why_unknown(self) -> str:
        return self.unknown or ("" if self.document is None else self.document.unknown())

    def settle(self, *, certain: bool = True) -> None:
        """Close the document; its entries stay, perhaps only perhaps."""
        if self.document is None and certain:
            return
        self.unknown = self.why_unknown
        entries = self.entries
        self.settled = list(entries) if certain else [entry.doubted() for entry in entries]
        self.document = None

    def add(self, entry: _Entry) -> None:
        if len(self.settled) < _MOST_ENTRIES:
            self.settled.append(entry)
        else:
            self.unknown = self.unknown or "the job logs in more often than is followed"

    def clear(self) -> None:
        self.settled, self.document, self.unknown = [], None, ""


@dataclass(slots=True)
class Wallet:
    """The credentials of a job up to some command. Show it every command, in order."""

    filesystem: FileSystem
    image: JobImage
    followed: frozenset[str] = frozenset()  # scripts whose own commands are seen
    why_unknown: str = ""  # what may have logged in anywhere
    brought: str = ""  # why the job's image or machine may have credentials from the start
    # Whether a file may be there from the start: by the repository, artifacts or a cache.
    is_there: Callable[[Text], bool] = lambda target: False
    configs: dict[str, _Config] = field(default_factory=dict)
    _log: list[tuple[FileWrite, _Document | None]] = field(default_factory=list)

    def see(self, command: Command, writes: list[FileWrite]) -> None:
        """Take a command and the files that it writes into account."""
        for write in writes:
            if self._is_config(write):
                self._write(write)
        if command.name in ("rm", "unlink"):
            self._remove(command)
        elif command.name == "gcloud":
            self._gcloud(command)
        elif command.name == "az":
            self._azure(command)
        elif command.name in _OTHER_STORES:
            words = [word.text.template for word in command.arguments]
            if "login" in words[:1] and any(w.startswith(_FILE_OPTIONS) for w in words):
                self.doubt(f"`{command.name} login` may write the file of the docker client")
        else:
            self.doubt(could_log_in(command, self.followed) or "")

    def doubt(self, why: str) -> None:
        """From here on something may be there that nobody saw; the first reason stays."""
        self.why_unknown = self.why_unknown or why

    def login(self, login: Login, directory: Text) -> None:
        """A login writes its key into the config.json of `directory`, and keeps the others."""
        self.filesystem.made(directory)
        config = self._config(directory + Text.of(f"/{CONFIG}"))
        certain = login.command.certainty is Certainty.ALWAYS
        config.settle()
        if login.logout:
            config.settled = [
                entry if gone is False else entry.doubted()
                for entry in config.settled
                for gone in (key_matches(entry.credential.key, login.key),)
                if not (gone is True and certain)
            ]
            return
        place = login.registry_location or login.command.program.written
        config.add(_Entry.of(login.key, "docker login", place, login.command))

    def at(self, command: Command, tool: Tool, directory: Text) -> Credentials:
        """What a client finds that looks into `directory`."""
        entries: list[Credential] = []
        why = self.why_unknown
        path = directory + Text.of(f"/{CONFIG}")
        seen = False
        for config in self.configs.values():
            same = config.target.equals(path)
            if same is False:
                continue
            seen = seen or same is True
            entries += [entry.at(command, same is True) for entry in config.entries]
            why = why or config.why_unknown
        why = why or ("" if seen else self._unseen(path))
        variable, unknown = self._variable(command, tool)
        entries += variable
        why = why or unknown
        if tool is Tool.KANIKO:
            entries.append(_gitlab(command))
        return Credentials(
            tuple(entries),
            complete=not why and not self.brought,
            why_unknown=why or self.brought,
            brought=bool(self.brought) and not why,
        )

    def _variable(self, command: Command, tool: Tool) -> tuple[list[Credential], str]:
        """The entries of DOCKER_AUTH_CONFIG, where the client reads it."""
        value = exported(command, "DOCKER_AUTH_CONFIG")
        reads = reads_auth_variable(self.image, tool)
        if value is None or value.is_empty is True or reads is False:
            return [], ""
        document = read_config(value)
        if document.valid is not True or not document.complete:
            return (
                [],
                "the value of DOCKER_AUTH_CONFIG is not known" if document.valid is None else "",
            )
        # Any other field makes the client ignore the whole variable (observed).
        strict = not document.helpers and document.store is None
        strict = strict and all(set(entry.fields) == {"auth"} for entry in document.entries)
        return [
            Credential(
                entry.key,
                "DOCKER_AUTH_CONFIG",
                value.locate(entry.start, entry.end),
                None,
                certain=strict and reads is True,
            )
            for entry in document.entries
        ], ""

    def _unseen(self, target: Text) -> str:
        """Why a config.json may hold credentials before the job writes it; "" where it does not."""
        return f"{target.display} may be there from the start" if self.is_there(target) else ""

    def _is_config(self, write: FileWrite) -> bool:
        folder, slash, name = write.target.template.rpartition("/")
        if name != CONFIG or not slash:
            return False
        if folder.rpartition("/")[2].startswith(".docker"):
            return True
        if write.target.display in self.configs:
            return True
        if any(symbol.variable == "DOCKER_CONFIG" for symbol in write.path.symbols()):
            return True
        directory = self.filesystem.docker_directory(write.command, None)
        if write.target[: len(folder)].equals(directory) is True:
            return True
        template = "" if write.text is None else write.text.template
        return any(key in template for key in ('"auths"', '"credHelpers"', '"credsStore"'))

    def _config(self, target: Text) -> _Config:
        known = self.configs.get(target.display)
        if known is not None:
            return known
        config = _Config(target, unknown=self._unseen(target))
        if len(self.configs) < _MOST_CONFIGS:
            self.configs[target.display] = config
        else:
            self.doubt("the job writes more files of credentials than are followed")
        return config

    def _write(self, write: FileWrite) -> None:
        config = self._config(write.target)
        certain = write.command.certainty is Certainty.ALWAYS
        document = config.document
        if write.appends and document is not None:
            parsed = document.read()
            if len(document.pieces) >= _MOST_PIECES:
                config.unknown = f"{write.path.display} has more pieces than are read"
            elif parsed is None or parsed.ends_early or not _has_text(document):
                document.pieces.append(write)
                document.parsed = None
                self._log.append((write, document))
            else:
                self._log.append((write, None))
            return
        if write.appends and config.settled:
            self._log.append((write, None))
            return
        before = tuple(entry.credential for entry in config.entries)
        if certain:
            config.clear()
        else:
            config.settle(certain=False)
        overwrites = () if write.appends else before
        config.document = _Document([write], overwrites)
        self._log.append((write, config.document))

    def _remove(self, command: Command) -> None:
        certain = command.certainty is Certainty.ALWAYS
        for word in command.arguments:
            if word.text.template[:1] == "-":
                continue
            target = self.filesystem.target(word.text, command)
            for config in self.configs.values():
                folder = config.target[: len(config.target) - len(CONFIG) - 1]
                gone = {config.target.equals(target), folder.equals(target)}
                if True in gone and certain:
                    config.clear()
                elif gone != {False}:
                    config.settle(certain=False)

    def _gcloud(self, command: Command) -> None:
        words = [word.text for word in command.arguments]
        if [text.template for text in words[:2]] != ["auth", "configure-docker"]:
            return
        hosts = [h for text in words[2:] if text.template[:1] != "-" for h in text.split(",")]
        if not hosts:
            self.doubt("`gcloud auth configure-docker` sets up its registries")
        self._helpers(command, hosts)

    def _azure(self, command: Command) -> None:
        words = [word.text for word in command.arguments]
        if [text.template for text in words[:2]] != ["acr", "login"]:
            return
        for option, value in pairwise(words):
            if option.value in ("-n", "--name"):
                host = value if "." in value.template else value + Text.of(".azurecr.io")
                self._helpers(command, [host])
                return
        self.doubt("`az acr login` logs in")

    def _helpers(self, command: Command, hosts: list[Text]) -> None:
        directory = self.filesystem.docker_directory(command, None)
        config = self._config(directory + Text.of(f"/{CONFIG}"))
        config.settle()
        for host in hosts:
            place = host.location or command.program.written
            config.add(_Entry.of(host, "helper", place, command))

    def config_writes(self, directories: list[Text]) -> list[ConfigWrite]:
        """Every write to a config.json, judged by where the job's clients look."""
        result = []
        for write, document in self._log:
            folder = write.target[: len(write.target) - len(CONFIG) - 1]
            looked = directories or [self.filesystem.docker_directory(write.command, None)]
            answers = {folder.equals(directory) for directory in looked}
            matches = True if True in answers else False if answers == {False} else None
            last = document is not None and document.pieces[-1] is write
            parsed = None if document is None else document.read()
            if document is None:
                parsed = None if write.text is None else read_config(write.text)
            shown = parsed if last or document is None else None
            result.append(
                ConfigWrite(
                    write.command,
                    write.path,
                    write.text,
                    () if shown is None else tuple(entry.key for entry in shown.entries),
                    write.location,
                    write.appends,
                    None if shown is None else shown.valid,
                    write.target,
                    matches,
                    write.directory_made,
                    shown,
                    None if shown is None else write.text if document is None else document.text,
                    partial=document is not None and not last,
                    unread=document is None,
                    overwrites=document.overwrites
                    if document is not None and document.pieces[0] is write
                    else (),
                    looked_in=tuple(directories),
                )
            )
        return result


def reads_auth_variable(image: JobImage, tool: Tool) -> bool | None:
    """Whether a tool of the job's image takes credentials from DOCKER_AUTH_CONFIG."""
    if tool is Tool.KANIKO:
        return False
    buildctl = tool in (Tool.BUILDCTL, Tool.BUILDCTL_DAEMONLESS)
    version = image.buildkit.version if buildctl else image.docker.version
    first = _FIRST_BUILDKIT_WITH_VARIABLE if buildctl else _FIRST_DOCKER_WITH_VARIABLE
    official = image.buildkit.official if buildctl else image.docker.official
    if official is not True:
        return None
    if version is None:
        return True  # a floating tag
    shorter = min(len(version), len(first))
    if version[:shorter] != first[:shorter]:
        return version > first
    return True if len(version) >= len(first) else None


def is_misplaced(write: ConfigWrite, builds: JobBuilds) -> bool:
    """Whether a config.json with credentials is written where no client of the job looks.

    A directory that some other command is told about may be meant for that one.
    """
    if write.directory_matches is not False or not write.looked_in:
        return False
    folder = write.target.template.rpartition("/")[0]
    if folder.rpartition("/")[2] != ".docker" or UNKNOWN in folder:
        return False
    if not write.entries and write.text is not None:
        return False
    for command in builds.execution.commands:
        if command is write.command or command.name in _MAKES_READY:
            continue
        if any(folder in word.text.template for word in command.words):
            return False
    return True


def is_written_elsewhere(host: Text, builds: JobBuilds) -> bool:
    """Whether the credentials for a registry are there, in a file that no client reads."""
    return any(
        key_matches(key, host) is not False
        for write in builds.config_writes
        if is_misplaced(write, builds)
        for key in write.keys
    )


def _has_text(document: _Document) -> bool:
    text = document.text
    return text is None or bool(text.template.strip())


def _gitlab(command: Command) -> Credential:
    """Kaniko's own helper for GitLab: CI_REGISTRY with CI_REGISTRY_USER and CI_REGISTRY_PASSWORD."""
    key = command.variable("CI_REGISTRY")
    if key is None:
        key = Text((unknown_variable("CI_REGISTRY", command.job.name),))
    return Credential(key, "gitlab", None, None)
