"""The files that a job writes, as far as its commands show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..execution.command import Certainty, Command, Word
from ..execution.directories import absolute
from ..source import Location
from ..text import Literal, Opaque, Symbol, Text
from .environment import exported
from .job_image import JobImage
from .jobs import DirectoryMade, FileWrite
from .output_text import Stream, standard_input, standard_output

_WRITES = {">", ">|", "&>", ">&"}
_APPENDS = {">>", "&>>"}
# Options of these programs name the file they write.
_OUTPUT_OPTIONS = {
    "curl": ("-o", "--output"),
    "wget": ("-O", "--output-document"),
    "openssl": ("-out",),
    "sed": ("-i", "--in-place"),
}
# Programs that put files under another name, with the options whose value is a word of its own.
COPIES = {"cp": "St", "ln": "St", "mv": "St", "install": "Sgmot"}
_LONG_VALUED = frozenset({"--group", "--mode", "--owner", "--suffix"})
_INTO = "--target-directory"
_MOST_PARTS = 2000  # of a file's text; a longer one is not followed
# Directories that are there from the start.
_IMAGE_DIRECTORIES = {"/", "/tmp", "/etc", "/root", "/home", "/var", "/usr", "/opt", "/kaniko"}


@dataclass(slots=True)
class FileSystem:
    """Directories made and files written so far. Paths are normalised by `target`."""

    image: JobImage
    directories: dict[str, bool] = field(default_factory=dict)  # made for certain, or perhaps
    unsure: bool = False  # a directory of unknown name was made
    contents: dict[str, FileWrite] = field(default_factory=dict)
    made_by: list[DirectoryMade] = field(default_factory=list)

    def home(self, command: Command) -> Text:
        given = exported(command, "HOME") or self.image.home
        return Text((Symbol("HOME"),)) if given is None else given

    def target(self, path: Text, command: Command) -> Text:
        """A path of a command from the root of the file system, without `.`, `..` and `//`."""
        if not path.parts:
            return path
        first = path.parts[0]
        rest = Text(path.parts[1:])
        if isinstance(first, Literal):
            if first.value == "~" or first.value.startswith("~/"):
                path = self.home(command) + path[1:]
            elif not first.value.startswith("/"):
                path = _working_directory(command) + Text.of("/") + path
        elif isinstance(first, Symbol) and first.variable == "HOME":
            path = self.home(command) + rest
        elif (
            isinstance(first, Symbol)
            and first.variable == "DOCKER_CONFIG"
            and self.image.docker_config is not None
        ):
            path = self.image.docker_config + rest
        return _normalise(path)

    def docker_directory(self, command: Command, given: Text | None) -> Text:
        """Where a Docker client looks for config.json: `--config`, DOCKER_CONFIG, `$HOME/.docker`."""
        directory = given or exported(command, "DOCKER_CONFIG") or self.image.docker_config
        if directory is None:
            directory = self.home(command) + Text.of("/.docker")
        return self.target(directory, command)

    def see(self, command: Command) -> list[FileWrite]:
        """Take a command into account; the files that it writes."""
        certain = command.certainty is Certainty.ALWAYS
        for word in _directories_made(command):
            target = self.target(word.text, command)
            self._made(target, certain)
            self.made_by.append(DirectoryMade(command, word.text, target, word.written))
        if command.name == "install" and _given(command, "D", "-D"):
            # It makes the directory of its destination by the way.
            for _, destination in _copied(command)[-1:]:
                target = self.target(destination.text, command)
                self._made(target[: max(target.template.rfind("/"), 0)], certain)
        writes = list(self._writes(command))
        for write in writes:
            self._keep(write)
        return writes

    def has_directory(self, path: Text) -> bool | None:
        """Whether the directory of a normalised path is there; None where it is not known."""
        slash = path.template.rfind("/")
        if slash <= 0:
            return True
        folder = path[:slash]
        if folder.value in _IMAGE_DIRECTORIES or folder.equals(self.image.home or Text()) is True:
            return True
        if folder.template.count("/") == 0 and isinstance(folder.parts[0], Symbol):
            return True  # $HOME, $CI_PROJECT_DIR
        made = self.directories.get(folder.display)
        if made is not None:
            return True if made else None
        if self.image.docker_config is not None and folder.equals(self.image.docker_config):
            return True
        # Only of these images is known what they do not have.
        plain = self.image.docker.official is True or self.image.buildkit.official is True
        return False if plain and not self.unsure and _is_comparable(folder) else None

    def made(self, directory: Text) -> None:
        """A command made a directory by the way (`docker login`)."""
        self._made(directory, True)

    def _made(self, directory: Text, certain: bool) -> None:
        if not _is_comparable(directory):
            self.unsure = True
            return
        path = directory.display
        while path and path not in self.directories:
            self.directories[path] = certain
            path = path.rpartition("/")[0]
        if path and certain:
            self.directories[path] = True

    def _keep(self, write: FileWrite) -> None:
        key = write.target.display
        before = self.contents.get(key)
        if write.appends and before is not None:
            text = None
            if before.text is not None and write.text is not None:
                whole = before.text + write.text
                text = whole if len(whole.parts) <= _MOST_PARTS else None
            write = FileWrite(
                write.command, write.path, write.target, text, write.location, before.appends
            )
        self.contents[key] = write

    def _writes(self, command: Command) -> Iterator[FileWrite]:
        stream: Stream | None = None
        if not command.words:
            # `> file` empties it; what a group prints is not put together.
            stream = Stream(None if command.group else Text(), command.location)
        for redirect in command.redirects:
            if redirect.operator in _WRITES | _APPENDS and redirect.descriptor in (None, 1):
                if redirect.target.value in ("/dev/null", "/dev/stderr", "1", "2", "&1", "&2"):
                    continue
                stream = stream or standard_output(command)
                yield self._write(
                    command,
                    redirect.target,
                    stream,
                    redirect.location,
                    redirect.operator in _APPENDS,
                )
        if command.words:
            yield from self._arguments(command)

    def _arguments(self, command: Command) -> Iterator[FileWrite]:
        name = command.name or ""
        plain = [word for word in command.arguments if word.text.template[:1] != "-"]
        if name == "tee":
            flags = {word.text.template for word in command.arguments} - {""}
            stream = standard_input(command) or Stream(None, command.location)
            for word in plain:
                appends = bool(flags & {"-a", "--append", "-ai"})
                yield self._write(command, word.text, stream, word.written, appends)
        elif name in COPIES:
            copied = _copied(command)
            for source, destination in copied:
                yield self._copy(command, source, destination, many=len(copied) > 1)
        elif name in _OUTPUT_OPTIONS:
            yield from self._outputs(command, name, plain)

    def _outputs(self, command: Command, name: str, plain: list[Word]) -> Iterator[FileWrite]:
        computed = Stream(None, command.location)
        names = _OUTPUT_OPTIONS[name]
        words = command.arguments
        if name == "sed":
            if plain and any(w.text.template.startswith(names) for w in words):
                yield self._write(command, plain[-1].text, computed, plain[-1].written, False)
            return
        for index, word in enumerate(words[:-1]):
            if word.text.template in names:
                path = words[index + 1]
                yield self._write(command, path.text, computed, path.written, False)

    def _copy(self, command: Command, source: Word, destination: Word, *, many: bool) -> FileWrite:
        path = destination.text
        into = many or path.endswith("/") is True or path.endswith("/.docker") is True
        if into or _given(command, "t", _INTO):
            # Into a directory, under its own name.
            name = source.text[source.text.template.rfind("/") + 1 :]
            path = path + (Text() if path.endswith("/") is True else Text.of("/")) + name
        kept = self.contents.get(self.target(source.text, command).display)
        text = None if kept is None else kept.text
        return self._write(
            command,
            path,
            Stream(text, destination.written),
            destination.written,
            False,
            source.text,
        )

    def _write(
        self,
        command: Command,
        path: Text,
        stream: Stream,
        location: Location | None,
        appends: bool,
        source: Text | None = None,
    ) -> FileWrite:
        text = stream.text
        if text is None and stream.file is not None:
            source = stream.file.text
            kept = self.contents.get(self.target(source, command).display)
            text = None if kept is None else kept.text
        target = self.target(path, command)
        return FileWrite(
            command, path, target, text, location, appends, self.has_directory(target), source
        )


def _given(command: Command, letter: str, long: str) -> bool:
    """Whether an option is given, alone or in a bundle of short ones."""
    words = [word.text.template for word in command.arguments]
    return any(
        word.startswith(long) or (word[:1] == "-" and word[1:2] != "-" and letter in word[1:])
        for word in words
    )


def _operands(command: Command, valued: str) -> tuple[list[Word], Word | None]:
    """The words that are neither options nor their values, and the value of `-t`."""
    operands: list[Word] = []
    into: Word | None = None
    words = iter(command.arguments)
    for word in words:
        written = word.text.template
        if written == "--":
            operands += words
        elif written[:1] != "-" or written == "-":
            operands.append(word)
        elif written in _LONG_VALUED:
            next(words, None)
        elif written == _INTO:
            into = next(words, None)
        elif written[1:2] != "-":
            at = next((n for n, letter in enumerate(written) if n and letter in valued), None)
            if at == len(written) - 1:
                value = next(words, None)
                into = value if written[at] == "t" else into
    return operands, into


def _copied(command: Command) -> list[tuple[Word, Word]]:
    """What `cp` and its like put where: sources with their destinations."""
    if command.name == "install" and _given(command, "d", "--directory"):
        return []
    operands, into = _operands(command, COPIES[command.name or ""])
    if into is None and operands:
        into = operands.pop()
    return [] if into is None else [(source, into) for source in operands]


def _directories_made(command: Command) -> list[Word]:
    if command.name == "mkdir":
        return _operands(command, "m")[0]
    if command.name == "install" and _given(command, "d", "--directory"):
        return _operands(command, COPIES["install"])[0]
    return []


def _working_directory(command: Command) -> Text:
    if command.cwd is None:
        return Text((Opaque("$(pwd)"),))
    return absolute(command.cwd, command.job.name)


def _normalise(path: Text) -> Text:
    pieces: list[Text] = []
    for piece in path.split("/"):
        if piece.value in ("", "."):
            continue
        if piece.value == ".." and pieces and pieces[-1].value not in (None, ".."):
            pieces.pop()
        else:
            pieces.append(piece)
    absolute = path.template.startswith("/")
    texts: list[Text] = []
    for index, piece in enumerate(pieces):
        if index or absolute:
            texts.append(Text.of("/"))
        texts.append(piece)
    return Text.join(texts)


def _is_comparable(path: Text) -> bool:
    """Whether two such paths are the same exactly where they look the same."""
    first = path.parts[0] if path.parts else None
    rooted = path.template.startswith("/") or (
        isinstance(first, Symbol) and first.variable in ("HOME", "CI_PROJECT_DIR")
    )
    return rooted and not path.is_computed
