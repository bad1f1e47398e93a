"""A Dockerfile: its directives, instructions and stages, with exact places.

Names and values are BuildKit's: an argument is a `Word` with quotes and `$` as written, in the
JSON form decoded. What `$X` stands for depends on the place: see `dockerfile.scopes`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from ..source import Location, Source, Span
from ..text import Text
from .decoded import DecodedText, Decoder
from .words import Flag, Word, csv_fields


@dataclass(frozen=True, slots=True, eq=False)
class Heredoc:
    """`<<NAME` in an instruction, and the lines up to `NAME`.

    `word` is `<<NAME` as written; `body` has its tabs even for `<<-`, `content` has not. `end` is
    the line that ends it, empty at the end of the file where it is missing.
    """

    name: str
    word: Word
    body: DecodedText
    content: DecodedText
    end: Span
    expand: bool = True  # false where the name is quoted
    strip_tabs: bool = False
    descriptor: int = 0
    terminated: bool = True


@dataclass(frozen=True, eq=False)
class Instruction:
    """One instruction; unknown ones are kept as plain `Instruction`.

    `name` is upper-case, `keyword` the same as written. `line` is the whole instruction with continuation lines joined and the
    comments between them dropped, heredocs not included. `span` runs from the name to the last
    character, or to the end of the last heredoc. `start_line` and `end_line` (1-based) are
    BuildKit's: the last one may be a comment or an empty line.
    """

    name: str
    keyword: str
    line: DecodedText
    span: Span
    name_span: Span
    flags: tuple[Flag, ...] = ()
    arguments: tuple[Word, ...] = ()
    is_json: bool = False
    heredocs: tuple[Heredoc, ...] = ()
    comments: tuple[Span, ...] = ()
    start_line: int = 0
    end_line: int = 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.line.text!r})"

    @property
    def source(self) -> Source:
        return self.line.source

    @property
    def location(self) -> Location:
        return Location(self.source, self.span)

    @property
    def name_location(self) -> Location:
        return Location(self.source, self.name_span)

    @property
    def text(self) -> Text:
        """The joined line as a Text with its places."""
        return self.line.as_text()

    def flag(self, name: str) -> Flag | None:
        """The last flag of that name."""
        for flag in reversed(self.flags):
            if flag.name == name:
                return flag
        return None

    def flag_value(self, name: str) -> Word | None:
        flag = self.flag(name)
        return None if flag is None else flag.value

    def _argument(self, index: int = 0) -> Word | None:
        return self.arguments[index] if index < len(self.arguments) else None


class From(Instruction):
    """`FROM [--platform=…] image [AS alias]`. `image` is None where nothing follows FROM."""

    @property
    def image(self) -> Word | None:
        return self._argument()

    @property
    def platform(self) -> Word | None:
        return self.flag_value("platform")

    @property
    def alias(self) -> Word | None:
        """The name after AS as written."""
        if len(self.arguments) == 3 and self.arguments[1].value.lower() == "as":
            return self.arguments[2]
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """`name=value` of ARG, ENV or LABEL; `value` keeps its quotes.

    `value` is None for an ARG without a default. `delimited` is false for `ENV name value`.
    """

    name: Word
    value: Word | None
    delimited: bool = True


class Arg(Instruction):
    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        return tuple(Pair(*word.partition("=")) for word in self.arguments)


class Env(Instruction):
    """ENV, and LABEL (which is written the same way)."""

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        words = self.arguments
        delimited = not self._is_old_form
        return tuple(
            Pair(name, value, delimited)
            for name, value in zip(words[::2], words[1::2], strict=False)
        )

    @property
    def _is_old_form(self) -> bool:
        if len(self.arguments) != 2:
            return False
        name, value = self.arguments
        between = self.line.text[name.start + len(name.value) : value.start]
        return between != "="


class Label(Env):
    pass


class Copy(Instruction):
    """COPY and ADD."""

    @property
    def destination(self) -> Word | None:
        return self.arguments[-1] if len(self.arguments) > 1 else None

    @cached_property
    def sources(self) -> tuple[Word, ...]:
        """Files, directories and URLs; sources that are heredocs are left out."""
        heredocs = {
            start
            for heredoc in self.heredocs
            for start in range(heredoc.word.start, heredoc.word.start + len(heredoc.word.value))
        }
        words = self.arguments[:-1]
        return words if self.is_json else tuple(w for w in words if w.start not in heredocs)

    @property
    def from_(self) -> Word | None:
        """A stage's name or index, or an image."""
        return self.flag_value("from")

    @property
    def chown(self) -> Word | None:
        return self.flag_value("chown")

    @property
    def chmod(self) -> Word | None:
        return self.flag_value("chmod")

    @property
    def link(self) -> bool | None:
        flag = self.flag("link")
        return False if flag is None else flag.is_true

    @property
    def parents(self) -> bool | None:
        flag = self.flag("parents")
        return False if flag is None else flag.is_true

    @property
    def excludes(self) -> tuple[Word, ...]:
        return tuple(f.value for f in self.flags if f.name == "exclude" and f.value is not None)


class Add(Copy):
    @property
    def from_(self) -> Word | None:
        return None

    @property
    def keep_git_dir(self) -> bool | None:
        flag = self.flag("keep-git-dir")
        return False if flag is None else flag.is_true

    @property
    def checksum(self) -> Word | None:
        return self.flag_value("checksum")


@dataclass(frozen=True, slots=True, eq=False)
class MountField:
    """`key=value` of a `--mount`; `key` in lower case, `value` None for a bare `rw`."""

    key: str
    value: Word | None
    word: Word


@dataclass(frozen=True, slots=True, eq=False)
class Mount:
    """One `--mount=…`: comma-separated fields as BuildKit's CSV reader splits them."""

    flag: Flag
    fields: tuple[MountField, ...]

    @property
    def location(self) -> Location:
        return self.flag.location

    def get(self, *keys: str) -> Word | None:
        for item in reversed(self.fields):
            if item.key in keys:
                return item.value
        return None

    @property
    def type(self) -> str:
        """In lower case; "bind" where none is given. It may be a `$variable`."""
        value = self.get("type")
        return "bind" if value is None else value.value.lower()

    @property
    def from_(self) -> Word | None:
        return self.get("from")

    @property
    def source(self) -> Word | None:
        return self.get("source", "src")

    @property
    def target(self) -> Word | None:
        return self.get("target", "dst", "destination")

    @property
    def id(self) -> Word | None:
        return self.get("id")


def _mount_field(word: Word) -> MountField:
    key, value = word.partition("=")
    return MountField(key.value.lower(), value, word)


DEFAULT_SHELL = ("/bin/sh", "-c")
WINDOWS_SHELL = ("cmd", "/S", "/C")


@dataclass(frozen=True, eq=False)
class Run(Instruction):
    """`RUN command`, `RUN ["exec", "form"]` or `RUN <<EOF`.

    `shell` is what runs the shell form here: the last SHELL of the stage or of the stage it is
    based on, else the default.
    """

    shell: tuple[str, ...] = DEFAULT_SHELL

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        return tuple(
            Mount(flag, tuple(_mount_field(word) for word in csv_fields(flag.value)))
            for flag in self.flags
            if flag.name == "mount" and flag.value is not None
        )

    @property
    def network(self) -> Word | None:
        return self.flag_value("network")

    @property
    def security(self) -> Word | None:
        return self.flag_value("security")

    @cached_property
    def script(self) -> DecodedText | None:
        """What the shell is given, None for the exec form.

        Continuation lines are joined and the comments between them dropped, as BuildKit does.
        `RUN <<EOF` alone gives the heredoc's content; otherwise the heredocs follow the
        command, for the shell to read.
        """
        if self.is_json:
            return None
        if self.heredoc_script is not None:
            return self.heredoc_script.content
        decoder = Decoder(self.source, self.span.end)
        for word in self.arguments:
            decoder.extend(word.decoded, word.start, word.start + len(word.value))
        for heredoc in self.heredocs:
            start = heredoc.body.span(0, 0).start
            decoder.replace("\n", Span(start - 1, start))
            decoder.extend(heredoc.body, 0, len(heredoc.body))
            decoder.replace(heredoc.name, heredoc.end)
        return decoder.build()

    @property
    def interpreter(self) -> str | None:
        """The `#!` line of a script in `RUN <<EOF`, which then runs instead of the shell."""
        if self.heredoc_script is None or not self.heredoc_script.content.text.startswith("#!"):
            return None
        return self.heredoc_script.content.text[2:].split("\n", 1)[0].strip()

    @cached_property
    def heredoc_script(self) -> Heredoc | None:
        """The heredoc that is the whole command."""
        if self.is_json or not self.heredocs or len(self.arguments) != 1:
            return None
        first, word = self.heredocs[0], self.arguments[0]
        alone = first.word.start == word.start and len(first.word.value) == len(word.value)
        return first if alone else None


class Command(Instruction):
    """CMD and ENTRYPOINT: `arguments` are the words of the exec form, or one shell command."""


class Healthcheck(Instruction):
    """`arguments` are the kind (CMD or NONE) and the command."""


class Shell(Instruction):
    """`arguments` are the words of the shell."""


class User(Instruction):
    @property
    def user(self) -> Word | None:
        return self._argument()


class Workdir(Instruction):
    @property
    def path(self) -> Word | None:
        return self._argument()


class Expose(Instruction):
    """`arguments` are the ports."""


class Volume(Instruction):
    """`arguments` are the paths."""


@dataclass(frozen=True, eq=False)
class Onbuild(Instruction):
    """`trigger` is the instruction that runs in a stage based on this one."""

    trigger: Instruction | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Directive:
    """`# syntax=…`, `# escape=…` or `# check=…` at the top; `name` in lower case."""

    name: str
    value: Word
    location: Location

    @property
    def span(self) -> Span:
        return self.location.span


@dataclass(frozen=True, slots=True)
class Fault:
    """What BuildKit's Dockerfile frontend refuses, in its own words.

    A `late` one is met only when the stage is built.
    """

    message: str
    location: Location
    late: bool = False


_I = TypeVar("_I", bound=Instruction)


@dataclass(frozen=True, eq=False)
class Stage:
    """A FROM and what follows it up to the next one.

    `name` is in lower case, "" without AS. `instructions` does not hold the FROM.
    """

    index: int
    name: str
    from_: From
    instructions: tuple[Instruction, ...]

    def __repr__(self) -> str:
        return f"Stage({self.index}, {self.name!r}, {self.from_!r})"

    @property
    def span(self) -> Span:
        last = self.instructions[-1] if self.instructions else self.from_
        return Span(self.from_.span.start, last.span.end)

    @property
    def location(self) -> Location:
        return Location(self.from_.source, self.span)

    @property
    def label(self) -> str:
        """For messages: the name, else the index."""
        return self.name or str(self.index)

    def of(self, kind: type[_I]) -> Iterator[_I]:
        for instruction in self.instructions:
            if isinstance(instruction, kind):
                yield instruction


@dataclass(frozen=True, eq=False)
class Dockerfile:
    """A parsed Dockerfile; with `faults` BuildKit would not build it.

    `instructions` holds all of them in order, `comments` every comment line (those inside of
    instructions too, directives not). `escape` is the escape character in force.
    """

    source: Source
    directives: tuple[Directive, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    stages: tuple[Stage, ...] = ()
    comments: tuple[Span, ...] = ()
    faults: tuple[Fault, ...] = ()
    escape: str = "\\"

    def __repr__(self) -> str:
        return f"Dockerfile({self.source.path!r})"

    @property
    def path(self) -> str:
        return self.source.path

    def directive(self, name: str) -> Directive | None:
        for directive in self.directives:
            if directive.name == name:
                return directive
        return None

    @property
    def syntax(self) -> Directive | None:
        """`# syntax=…`: another frontend may accept what `faults` holds."""
        return self.directive("syntax")

    @cached_property
    def global_args(self) -> tuple[Arg, ...]:
        """The ARGs before the first FROM."""
        end = self.stages[0].from_.span.start if self.stages else len(self.source.text)
        return tuple(
            instruction
            for instruction in self.instructions
            if isinstance(instruction, Arg) and instruction.span.start < end
        )

    def stage_of(self, instruction: Instruction) -> Stage | None:
        """The stage that an instruction (its FROM too) stands in."""
        index = bisect_right(self._stage_starts, instruction.span.start) - 1
        return None if index < 0 else self.stages[index]

    @cached_property
    def _stage_starts(self) -> list[int]:
        return [stage.from_.span.start for stage in self.stages]

    def of(self, kind: type[_I]) -> Iterator[_I]:
        for instruction in self.instructions:
            if isinstance(instruction, kind):
                yield instruction

    def find_stage(self, name: str) -> Stage | None:
        """The stage of that name (case does not count; the last one wins) or of that index."""
        name = name.lower()
        for stage in reversed(self.stages):
            if stage.name and stage.name == name:
                return stage
        if name.isascii() and name.isdigit() and len(name) < 10 and int(name) < len(self.stages):
            return self.stages[int(name)]
        return None
