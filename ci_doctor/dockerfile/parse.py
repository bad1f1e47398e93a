"""Read a Dockerfile as BuildKit's parser does, and go on where BuildKit would stop.

(BuildKit `frontend/dockerfile/parser/parser.go`, `directives.go`.) Two readings changed in
2025, and the newer ones are taken: text after a JSON array makes it no array, and blanks may stand
between `<<` and the name of a heredoc (read so only where a line ends it, because older
builders take it for plain text).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..source import Location, Source, Span
from .decoded import DecodedText, Decoder
from .expansion import variables
from .instructions import (
    DEFAULT_SHELL,
    WINDOWS_SHELL,
    Add,
    Arg,
    Command,
    Copy,
    Directive,
    Dockerfile,
    Env,
    Expose,
    Fault,
    From,
    Healthcheck,
    Heredoc,
    Instruction,
    Label,
    Onbuild,
    Run,
    Shell,
    Stage,
    User,
    Volume,
    Workdir,
)
from .lexer import SPACES, LexError, Variable, lex, words
from .verify import NAMES, go_quote, late_refusal, refusal
from .words import (
    BLANKS,
    Flag,
    NotStrings,
    Word,
    blank_separated,
    flags,
    json_words,
    quoted_words,
    split_name,
    trimmed,
    whole,
)

_KINDS: dict[str, type[Instruction]] = {
    "ADD": Add,
    "ARG": Arg,
    "CMD": Command,
    "COPY": Copy,
    "ENTRYPOINT": Command,
    "ENV": Env,
    "EXPOSE": Expose,
    "FROM": From,
    "HEALTHCHECK": Healthcheck,
    "LABEL": Label,
    "ONBUILD": Onbuild,
    "RUN": Run,
    "SHELL": Shell,
    "USER": User,
    "VOLUME": Volume,
    "WORKDIR": Workdir,
}
# Splits the arguments between two offsets of a line.
_Splitter = Callable[[DecodedText, int, int], tuple[Word, ...]]

_WITH_HEREDOCS = ("ADD", "COPY", "RUN")
_DIRECTIVES = ("syntax", "escape", "check")
_BOM = "\ufeff"
_INDENT = re.compile(f"[{SPACES}]*")
_DIRECTIVE_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9]*")
_HEREDOC = re.compile(r"([0-9]*)<<(-?)([ \t\r\n\f]*)([^<]*)")
_LEADING_TABS = re.compile(r"^\t+", re.MULTILINE)
_MAX_ONBUILD = 10  # ONBUILD ONBUILD is refused; only a hostile file holds more
_WINDOWS_IMAGES = ("mcr.microsoft.com/windows", "nanoserver", "servercore")


def parse_dockerfile(source: Source) -> Dockerfile:
    """The Dockerfile in `source`; never raises. Work grows linearly with the text."""
    return _Parser(source).parse()


@dataclass(slots=True)
class _Draft:
    """An instruction before its heredocs are read. Offsets are into `line`."""

    line: DecodedText
    start: int
    name_end: int
    flags: tuple[Flag, ...] = ()
    arguments: tuple[Word, ...] = ()
    is_json: bool = False
    trigger: _Draft | None = None
    problem: str = ""  # what BuildKit's parser refuses

    @property
    def name(self) -> str:
        return self.line.text[self.start : self.name_end].upper()

    @property
    def may_hold_heredocs(self) -> bool:
        inner = self.trigger or self if self.name == "ONBUILD" else self
        return inner.name in _WITH_HEREDOCS and not inner.is_json


@dataclass(slots=True)
class _Directives:
    """The parser directives met so far.

    `open`: the next line may be one. The parser itself allows blanks before `#`; who looks for
    `syntax` and `check` does not, and skips a `#!` line.
    """

    open: bool = True
    found: list[Directive] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    escape_open: bool = True
    frontend_open: bool = True


class _Parser:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0
        self.number = 0  # lines read
        self.escape = "\\"
        self.directives = _Directives()
        self.comments: list[Span] = []
        self.faults: list[Fault] = []
        self.instructions: list[Instruction] = []
        self.shell: tuple[str, ...] = DEFAULT_SHELL
        self.shells: dict[str, tuple[str, ...]] = {}  # at the end of each named stage
        self.stage_name = ""
        self.numbers_of: dict[tuple[str, bool], list[int]] | None = None

    def parse(self) -> Dockerfile:
        while (line := self._line()) is not None:
            start, end = line
            if self.number == 1 and self.text.startswith(_BOM):
                start += 1
            self._top_level(start, end)
        stages = tuple(_split_stages(self.instructions))
        self._check_whole(stages)
        return Dockerfile(
            self.source,
            tuple(self.directives.found),
            tuple(self.instructions),
            stages,
            tuple(self.comments),
            tuple(self.faults),
            self.escape,
        )

    def _line(self) -> tuple[int, int] | None:
        """The offsets of the next line without its line end."""
        start = self.at
        if start >= len(self.text):
            return None
        newline = self.text.find("\n", start)
        end = len(self.text) if newline < 0 else newline
        self.at = end if newline < 0 else newline + 1
        self.number += 1
        while end > start and self.text[end - 1] == "\r":
            end -= 1
        return start, end

    def _indented(self, start: int, end: int) -> int:
        match = _INDENT.match(self.text, start, end)
        return match.end() if match else start

    def _fault(self, message: str, span: Span, *, late: bool = False) -> None:
        self.faults.append(Fault(message, Location(self.source, span), late))

    def _top_level(self, start: int, end: int) -> None:
        first = self._indented(start, end)
        is_comment = self.text.startswith("#", first, end)
        if self.directives.open and self._directive(start, first, end):
            return
        if is_comment:
            self.comments.append(Span(first, end))
        elif first < end:
            self._instruction(first, end)

    def _directive(self, start: int, first: int, end: int) -> bool:
        """Take a line of the head of the file as a directive; after any other line there is none."""
        state = self.directives
        if self.number == 1 and self.text.startswith("#!", start, end):
            state.escape_open = False
            return False
        if start != first:
            state.frontend_open = False
        found = self._directive_text(first, end)
        if found is None:
            state.open = False
            return False
        key, value = found
        location = Location(self.source, Span(first, value.span.end))
        if key in state.seen:
            self._fault(f"only one {key} parser directive can be used", location.span)
            return True
        state.seen.add(key)
        if state.escape_open if key == "escape" else state.frontend_open:
            state.found.append(Directive(key, value, location))
        if key == "escape" and state.escape_open:
            if value.value in ("\\", "`"):
                self.escape = value.value
            else:
                message = f"invalid escape token '{value}' does not match ` or \\"
                self._fault(message, location.span)
        return True

    def _directive_text(self, start: int, end: int) -> tuple[str, Word] | None:
        """The name in lower case and the value of `# name = value`."""
        if not self.text.startswith("#", start, end):
            return None
        name = _DIRECTIVE_NAME.match(self.text, self._indented(start + 1, end), end)
        equals = self.text.find("=", start, end)
        if name is None or equals < 0 or self._indented(name.end(), equals) != equals:
            return None
        low, high = trimmed(self.text, equals + 1, end)
        if name.group().lower() not in _DIRECTIVES or low == high:
            return None
        decoder = Decoder(self.source, low)
        decoder.copy(low, high)
        value = decoder.build()
        return name.group().lower(), Word(value.text, value)

    def _continuation(self, start: int, end: int) -> int:
        """Where the escape character stands that continues the line, -1 without one."""
        while end > start and self.text[end - 1] in " \t":
            end -= 1
        last = end - 1
        if last < start or self.text[last] != self.escape:
            return -1
        return -1 if last > start and self.text[last - 1] == self.escape else last

    def _instruction(self, start: int, end: int) -> None:
        number = self.number
        first = Span(start, end)
        comments: list[Span] = []
        decoder = Decoder(self.source, start)
        while (stop := self._continuation(start, end)) >= 0:
            decoder.copy(start, stop)
            following = self._continued(comments)
            if following is None:
                break
            start, end = following
        else:
            decoder.copy(start, end)
        self.comments += comments
        line = decoder.build()
        draft = self._draft(line, 0, len(line))
        heredocs, unterminated = self._heredocs(draft)
        low, high = trimmed(line.text, 0, len(line))
        span = line.span(low, high) if low < high else first
        if heredocs:
            span = Span(span.start, max(span.end, heredocs[-1].end.end))
        instruction = self._build(draft, heredocs, span, tuple(comments), number)
        self._track_shell(instruction)
        self.instructions.append(instruction)
        if draft.problem or unterminated:
            self._fault(draft.problem or "unterminated heredoc", span)
            return
        problem = refusal(instruction)
        late = None if problem else late_refusal(instruction)
        if problem is not None:
            self._fault(f"dockerfile parse error on line {number}: {problem}", span)
        elif late is not None:
            self._fault(late, span, late=True)

    def _continued(self, comments: list[Span]) -> tuple[int, int] | None:
        """The next line that belongs to the instruction; comments and empty ones are passed."""
        while (line := self._line()) is not None:
            start, end = line
            first = self._indented(start, end)
            if self.text.startswith("#", first, end):
                comments.append(Span(first, end))
            elif first < end:
                return line
        return None

    def _draft(self, line: DecodedText, start: int, end: int, depth: int = 0) -> _Draft:
        text = line.text
        start, end = trimmed(text, start, end)
        name_end, rest = split_name(text, start, end)
        draft = _Draft(line, start, name_end)
        draft.flags, low, high = flags(line, rest, end, self.escape)
        name = draft.name
        try:
            if name in ("RUN", "CMD", "ENTRYPOINT", "SHELL"):
                self._maybe_json(draft, low, high, whole)
            elif name in ("ADD", "COPY", "VOLUME"):
                self._maybe_json(draft, low, high, blank_separated)
            elif name == "HEALTHCHECK":
                self._healthcheck(draft, low, high)
            elif name in ("ENV", "LABEL"):
                self._pairs(draft, low, high)
            elif name == "ARG":
                draft.arguments = quoted_words(line, low, high, self.escape)
            elif name in ("MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"):
                draft.arguments = whole(line, low, high)
            elif name == "ONBUILD" and low < high and depth < _MAX_ONBUILD:
                draft.trigger = self._draft(line, low, high, depth + 1)
                draft.problem = draft.trigger.problem
            else:
                draft.arguments = blank_separated(line, low, high)
        except NotStrings:
            draft.arguments = blank_separated(line, low, high)
            draft.problem = "when using JSON array syntax, arrays must be comprised of strings only"
        return draft

    def _maybe_json(self, draft: _Draft, low: int, high: int, otherwise: _Splitter) -> None:
        found = json_words(draft.line, low, high)
        draft.is_json = found is not None
        draft.arguments = otherwise(draft.line, low, high) if found is None else found

    def _healthcheck(self, draft: _Draft, low: int, high: int) -> None:
        text = draft.line.text
        end = low
        while end < high and text[end] not in BLANKS:
            end += 1
        kind = whole(draft.line, low, end)
        while end < high and text[end] in BLANKS:
            end += 1
        self._maybe_json(draft, end, high, whole)
        draft.arguments = kind + draft.arguments

    def _pairs(self, draft: _Draft, low: int, high: int) -> None:
        line = draft.line
        found = quoted_words(line, low, high, self.escape)
        if not found:
            return
        if "=" not in found[0].value:
            stop, rest = split_name(line.text, low, high)
            name = Word(line.text[low:stop], line, low)
            if rest == high:
                draft.arguments = (name,)
                draft.problem = f"{draft.name} must have two arguments"
            else:
                draft.arguments = (name, Word(line.text[rest:high], line, rest))
            return
        arguments: list[Word] = []
        for word in found:
            name, value = word.partition("=")
            if value is not None:
                arguments += (name, value)
            elif not draft.problem:
                draft.problem = (
                    f"Syntax error - can't find = in {go_quote(word.value)}. "
                    "Must be of the form: name=value"
                )
        draft.arguments = tuple(arguments)

    def _heredocs(self, draft: _Draft) -> tuple[tuple[Heredoc, ...], bool]:
        """The heredocs of an instruction, and whether the last one has no end."""
        line = draft.line
        if not draft.may_hold_heredocs or "<<" not in line.text:
            return (), False
        try:
            candidates = words(line.text, 0, len(line))
        except LexError:
            return (), False
        found: list[Heredoc] = []
        for start, end in candidates:
            match = _HEREDOC.fullmatch(line.text, start, end)
            name, expand = _heredoc_name(line.text, match.start(4), end) if match else ("", True)
            if match is None or not name:
                continue
            tabs = match[2] == "-"
            if match[3] and not self._is_ended(name, tabs):
                continue
            heredoc = self._heredoc(
                Word(match.group(), line, start), name, int(match[1][-9:] or 0), tabs, expand
            )
            found.append(heredoc)
            if not heredoc.terminated:
                return tuple(found), True
        return tuple(found), False

    def _heredoc(self, word: Word, name: str, descriptor: int, tabs: bool, expand: bool) -> Heredoc:
        start = stop = self.at
        ending: Span | None = None
        while (line := self._line()) is not None:
            stop = line[0]
            first = line[0]
            while tabs and first < line[1] and self.text[first] == "\t":
                first += 1
            if line[1] - first == len(name) and self.text.startswith(name, first):
                ending = Span(first, line[1])
                break
            stop = self.at
        decoder = Decoder(self.source, start)
        decoder.copy(start, stop)
        body = decoder.build()
        return Heredoc(
            name,
            word,
            body,
            _without_tabs(body) if tabs else body,
            ending or Span(stop, stop),
            expand,
            tabs,
            descriptor,
            terminated=ending is not None,
        )

    def _is_ended(self, name: str, tabs: bool) -> bool:
        """Whether a line from here on ends a heredoc of that name."""
        if self.numbers_of is None:
            self.numbers_of = defaultdict(list)
            for number, line in enumerate(self.text.split("\n"), 1):
                line = line.rstrip("\r")
                self.numbers_of[line, False].append(number)
                self.numbers_of[line.lstrip("\t"), True].append(number)
        numbers = self.numbers_of.get((name, tabs), [])
        return bool(numbers) and numbers[-1] > self.number

    def _build(
        self,
        draft: _Draft,
        heredocs: tuple[Heredoc, ...],
        span: Span,
        comments: tuple[Span, ...],
        number: int,
    ) -> Instruction:
        name_span = draft.line.span(draft.start, draft.name_end)
        if draft.start == draft.name_end:
            name_span = Span(span.start, span.start)
        common = (
            draft.name,
            draft.line.text[draft.start : draft.name_end],
            draft.line,
            Span(name_span.start, span.end),
            name_span,
            draft.flags,
            draft.arguments,
            draft.is_json,
            heredocs,
            comments,
            number,
            self.number,
        )
        kind = _KINDS.get(draft.name, Instruction)
        if kind is Run:
            return Run(*common, shell=self.shell)
        if kind is Onbuild and draft.trigger is not None:
            return Onbuild(
                *common, trigger=self._build(draft.trigger, heredocs, span, comments, number)
            )
        return kind(*common)

    def _track_shell(self, instruction: Instruction) -> None:
        if isinstance(instruction, Shell) and instruction.is_json and instruction.arguments:
            self.shell = tuple(word.value for word in instruction.arguments)
        elif isinstance(instruction, From):
            self.shells[self.stage_name] = self.shell
            alias = instruction.alias
            self.stage_name = "" if alias is None else alias.value.lower()
            image = "" if instruction.image is None else instruction.image.value.lower()
            platform = "" if instruction.platform is None else instruction.platform.value
            if image and image in self.shells:
                self.shell = self.shells[image]
            elif any(name in image for name in _WINDOWS_IMAGES) or (
                self.escape == "`" and not platform.startswith("linux")
            ):
                self.shell = WINDOWS_SHELL
            else:
                self.shell = DEFAULT_SHELL

    def _check_whole(self, stages: tuple[Stage, ...]) -> None:
        """What BuildKit sees only when it puts the instructions together."""
        if not self.text:
            self._fault("the Dockerfile cannot be empty", Span(0, 0))
            return
        if not self.instructions:
            self._fault("file with no instructions", Span(0, 0))
            return
        if not stages and all(isinstance(i, Arg) for i in self.instructions):
            self._fault("dockerfile contains no stages to build", self.instructions[-1].span)
            return
        known = [i for i in self.instructions if i.name in NAMES and not isinstance(i, Arg)]
        if known and not isinstance(known[0], From):
            self._fault("no build stage in current context", known[0].span)
        for instruction in known:
            from_ = instruction.from_ if isinstance(instruction, Copy) else None
            if from_ is not None and variables(from_, escape=self.escape):
                self._fault(
                    "variable expansion is not supported for --from, define a new stage with "
                    "FROM using ARG from global scope as a workaround",
                    from_.span,
                )


def _split_stages(instructions: list[Instruction]) -> Iterator[Stage]:
    end = len(instructions)
    starts = [i for i, instruction in enumerate(instructions) if isinstance(instruction, From)]
    for index, start in enumerate(starts):
        from_ = instructions[start]
        assert isinstance(from_, From)
        name = "" if from_.alias is None else from_.alias.value.lower()
        stop = starts[index + 1] if index + 1 < len(starts) else end
        yield Stage(index, name, from_, tuple(instructions[start + 1 : stop]))


def _heredoc_name(text: str, start: int, end: int) -> tuple[str, bool]:
    """The name behind `<<` without quotes, and whether variables in the body are expanded.

    An escape alone (`<<\\EOF`) does not stop BuildKit from expanding. "" is no heredoc.
    """
    try:
        lexemes = lex(text, start, end)
        single = len(words(text, start, end)) == 1
    except LexError:
        return "", True
    if not single:
        return "", True
    name = []
    expand = True
    for lexeme in lexemes:
        if isinstance(lexeme, Variable):
            name.append(text[lexeme.start : lexeme.end])
        else:
            name.append(lexeme.text)
            expand = expand and not (lexeme.quoted and text[lexeme.start - 1] in "'\"")
    return "".join(name), expand


def _without_tabs(body: DecodedText) -> DecodedText:
    decoder = Decoder(body.source, body.span(0, 0).start)
    at = 0
    for match in _LEADING_TABS.finditer(body.text):
        decoder.extend(body, at, match.start())
        at = match.end()
    decoder.extend(body, at, len(body))
    return decoder.build()
