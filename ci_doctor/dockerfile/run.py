"""The commands that a RUN executes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ..shell.parse import parse_script
from ..shell.syntax import (
    AndOr,
    Arithmetic,
    Assignment,
    Block,
    Case,
    Chars,
    Function,
    Group,
    If,
    Loop,
    NotUnderstood,
    Parameter,
    Pipe,
    Redirect,
    Simple,
    Statement,
    Substitution,
)
from ..shell.syntax import Word as ShellWord
from ..shell.wrappers import SHELLS, Unwrapped, unwrap
from ..source import Location, Span
from ..text import At, Literal, Opaque, Part, Symbol, Text
from .decoded import DecodedText, Decoder
from .expansion import one_of
from .instructions import Run
from .scopes import Scope

MAX_DEPTH = 90  # of statements in statements, scripts in scripts, functions in functions
MIN_COMMANDS = 10_000  # more are followed only as far as the script is long

_DECLARING = frozenset({"export", "declare", "typeset", "local", "readonly"})
_TESTS = frozenset(
    {"[", "[[", "((", "test", "false", "grep", "egrep", "fgrep", "which", "type", "hash", "getent"}
    | {"id", "cmp", "diff", "expr", "pgrep", "pidof", "mountpoint", "dpkg-query"}
)
_TEST_OPTIONS = {
    "command": ("-v", "-V"),
    "dpkg": ("-s", "-l"),
    "rpm": ("-q", "-qa"),
    "apk": ("info",),
}
_FIND_EXEC = ("-exec", "-execdir", "-ok", "-okdir")
_XARGS_VALUED = ("-I", "-n", "-L", "-P", "-s", "-d", "-E", "-a")
_IFS = " \t\n"


@dataclass(frozen=True, slots=True, eq=False)
class RunWord:
    """One word after expansion, in the shape of `execution.command.Word`.

    An `opaque` word may stand for none or several words.
    """

    text: Text
    written: Location | None
    opaque: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RunRedirect:
    """`operator` as in `shell.syntax.Redirect`; `target` is the file, or a heredoc's text."""

    operator: str
    target: Text
    location: Location
    descriptor: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RunCommand:
    """A simple command of a RUN.

    `words[0]` is the program; what only starts it (`sudo`, `env A=b`, `time`, `exec`, ...)
    stands in `wrappers`. `conditional`: it may not run although nothing before it failed (in
    `if`, `case` or a loop, after `||`, after `[ … ] &&`). `failure_ignored`: the step goes on
    where it fails (`|| true`, a condition, `!`, not last in a pipe or a list without `set -e`).
    """

    run: Run
    words: tuple[RunWord, ...]
    location: Location
    redirects: tuple[RunRedirect, ...] = ()
    assignments: Mapping[str, Text] = field(default_factory=dict)
    wrappers: tuple[RunWord, ...] = ()
    conditional: bool = False
    failure_ignored: bool = False
    in_heredoc: bool = False
    in_substitution: bool = False

    def __repr__(self) -> str:
        return f"RunCommand({' '.join(word.text.display for word in self.words)!r})"

    @property
    def guarded(self) -> bool:
        """It may not run, or may fail without harm."""
        return self.conditional or self.failure_ignored

    @property
    def name(self) -> str | None:
        """The program without its folder; None where it is not known."""
        value = self.words[0].text.value if self.words else None
        return None if value is None else value.rsplit("/", 1)[-1]

    @property
    def program(self) -> RunWord:
        return self.words[0]

    @property
    def arguments(self) -> tuple[RunWord, ...]:
        return self.words[1:]

    @property
    def operands(self) -> tuple[RunWord, ...]:
        """The arguments that do not begin with a dash."""
        return tuple(w for w in self.arguments if not w.text.template.startswith("-"))

    def has(self, *options: str) -> bool:
        """Whether one of these options is given: "--all", also as "--all=x"; "-a" also as "-la"."""
        for word in self.arguments:
            given = word.text.template
            for option in options:
                if given == option or (option.startswith("--") and given.startswith(f"{option}=")):
                    return True
                short = len(option) == 2 and given[:1] == "-" and given[1:2] != "-"
                if short and option[1] in given[1:]:
                    return True
        return False

    @property
    def has_opaque_words(self) -> bool:
        return any(word.opaque for word in self.words)


@dataclass(frozen=True, slots=True, eq=False)
class VariableUse:
    """`$NAME` in a command of a RUN, with what is known of the variable there.

    `local`: the RUN itself sets it before. `has_default`: `${NAME:-x}` and the like, which say
    what an unset variable means.
    """

    name: str
    location: Location
    is_set: bool | None
    local: bool = False
    has_default: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class RunCommands:
    """What a RUN executes, in order; `not_followed` is text that may run more commands."""

    commands: tuple[RunCommand, ...]
    not_followed: tuple[Location, ...]
    uses: tuple[VariableUse, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.not_followed


def run_commands(run: Run, scope: Scope | None = None) -> Iterator[RunCommand]:
    """Every simple command a RUN would execute (see `read_run`)."""
    yield from read_run(run, scope).commands


def read_run(run: Run, scope: Scope | None = None) -> RunCommands:
    """Read the command or script of a RUN; `scope` gives the values of ARGs and ENVs.

    Bodies of `sh -c '…'`, `bash <<EOF`, `$(…)` and called functions are followed. A shell that
    is not a Unix one, another interpreter, `eval` and sourced files are not.
    """
    walker = _Walker(run, scope)
    if run.is_json:
        words = tuple(RunWord(word.text, word.location, quoted=True) for word in run.arguments)
        if words:
            walker.command(words, run.location, _Context(tail=True))
    elif run.script is not None:
        interpreter = run.interpreter
        shell = list(run.shell) if interpreter is None else _program_line(interpreter)
        name = _basename(shell[0]) if shell else ""
        takes_script = interpreter is not None or _script_index([*shell, ""]) is not None
        if name in SHELLS and takes_script:
            walker.options(shell[1:])
            walker.script(run.script, _Context(tail=True))
        else:
            walker.not_followed.append(run.location)
    return RunCommands(
        tuple(walker.commands), tuple(walker.not_followed), tuple(walker.uses.values())
    )


@dataclass(frozen=True, slots=True)
class _Context:
    """Where a statement stands. `tail`: its exit status is that of the step."""

    tail: bool = False
    conditional: bool = False
    ignored: bool = False
    substitution: bool = False
    depth: int = 0

    def inner(self, **changes: bool) -> _Context:
        return replace(self, depth=self.depth + 1, **changes)


@dataclass(slots=True)
class _State:
    """What commands change for those after them; `outer` is the shell that a subshell began in."""

    variables: dict[str, tuple[Text, bool | None]] = field(default_factory=dict)
    functions: dict[str, tuple[Statement, DecodedText]] = field(default_factory=dict)
    errexit: bool = False
    pipefail: bool = False
    ended: bool = False  # after `exit` or `exec`
    may_have_ended: bool = False  # after an `exit 0` that may not have run
    outer: _State | None = None
    knows_outer_functions: bool = True

    def subshell(self) -> _State:
        return replace(self, variables={}, functions={}, outer=self, knows_outer_functions=True)

    def new_shell(self) -> _State:
        """A shell started as a program: it inherits variables, but neither options nor functions."""
        return _State(may_have_ended=self.may_have_ended, outer=self, knows_outer_functions=False)

    def variable(self, name: str) -> tuple[Text, bool | None] | None:
        state: _State | None = self
        while state is not None:
            if name in state.variables:
                return state.variables[name]
            state = state.outer
        return None

    def function(self, name: str) -> tuple[Statement, DecodedText] | None:
        state: _State | None = self
        while state is not None:
            if name in state.functions:
                return state.functions[name]
            state = state.outer if state.knows_outer_functions else None
        return None


class _Walker:
    def __init__(self, run: Run, scope: Scope | None) -> None:
        self.run = run
        self.scope = scope
        self.state = _State()
        self.commands: list[RunCommand] = []
        self.not_followed: list[Location] = []
        self.uses: dict[Span, VariableUse] = {}  # by the place in the file
        script = run.script
        self.budget = max(MIN_COMMANDS, 0 if script is None else len(script))
        self.heredocs = [heredoc.body.span(0, len(heredoc.body)) for heredoc in run.heredocs]

    def lookup(self, name: str) -> tuple[Text, bool | None]:
        value = self.state.variable(name)
        if value is not None:
            return value
        if self.scope is not None:
            return self.scope.lookup(name)
        return Text((Symbol(name, "environment"),)), None

    def options(self, words: Iterable[str]) -> None:
        """Take over `-e`, `+e`, `-o errexit`, `-o pipefail` of `set` or of a shell."""
        option = ""
        for word in words:
            if word == "--":
                return
            if option:
                on = option == "-o"
                if word == "errexit":
                    self.state.errexit = on
                elif word == "pipefail":
                    self.state.pipefail = on
                option = ""
            elif word[:1] in ("-", "+") and not word.startswith("--"):
                if "e" in word:
                    self.state.errexit = word[0] == "-"
                if word.endswith("o"):
                    option = word[0] + "o"

    def script(self, decoded: DecodedText, context: _Context) -> None:
        self.block(parse_script(decoded.text).block, decoded, context)

    def block(self, block: Block, at: DecodedText, context: _Context) -> None:
        if context.depth > MAX_DEPTH:
            self.not_followed.append(at.locate(*block.span))
            return
        last = len(block.statements) - 1
        for index, statement in enumerate(block.statements):
            background = index in block.background
            self.statement(
                statement,
                at,
                context.inner(
                    tail=context.tail and index == last and not background,
                    ignored=context.ignored or background,
                ),
            )

    def statement(self, statement: Statement, at: DecodedText, context: _Context) -> None:
        if self.state.ended or len(self.commands) >= self.budget:
            return
        match statement:
            case Simple():
                self.simple(statement, at, context)
            case Pipe():
                self.pipe(statement, at, context)
            case AndOr():
                self.and_or(statement, at, context)
            case If():
                self.if_(statement, at, context)
            case Loop():
                self.loop(statement, at, context)
            case Case():
                self.substitutions(statement.subject, at, context)
                self.text(statement.subject, at)
                for _, body in statement.arms:
                    self.branch(body, at, context)
            case Function():
                self.state.functions[statement.name] = (statement.body, at)
            case Group():
                self.group(statement, at, context)
            case NotUnderstood():
                self.not_followed.append(at.locate(*statement.span))

    def branch(self, body: Block, at: DecodedText, context: _Context) -> None:
        """A body that may not run."""
        self.block(body, at, context.inner(conditional=True))

    def if_(self, statement: If, at: DecodedText, context: _Context) -> None:
        for index, (condition, body) in enumerate(statement.branches):
            self.block(
                condition,
                at,
                context.inner(ignored=True, conditional=context.conditional or index > 0),
            )
            self.branch(body, at, context)
        if statement.otherwise is not None:
            self.branch(statement.otherwise, at, context)

    def loop(self, statement: Loop, at: DecodedText, context: _Context) -> None:
        if statement.condition is not None:
            self.block(statement.condition, at, context.inner(ignored=True))
        if statement.variable:
            values = [self.words(word, at) for word in statement.words or ()]
            known = [word.text for found in values for word in found if not word.opaque]
            unknown = statement.words is None or len(known) != sum(map(len, values))
            text = _computed(f"${statement.variable}") if unknown or not known else one_of(known)
            self.state.variables[statement.variable] = (text, True)
            for word in statement.words or ():
                self.substitutions(word, at, context)
        self.branch(statement.body, at, context)

    def group(self, statement: Group, at: DecodedText, context: _Context) -> None:
        before = self.state
        if statement.subshell:
            self.state = before.subshell()
        self.block(statement.body, at, context)
        if statement.subshell:
            self.state = before

    def pipe(self, statement: Pipe, at: DecodedText, context: _Context) -> None:
        before = self.state
        last = len(statement.commands) - 1
        for index, command in enumerate(statement.commands):
            counts = index == last or before.pipefail
            self.state = before.subshell() if last else before
            self.statement(
                command,
                at,
                context.inner(
                    tail=context.tail and counts,
                    ignored=context.ignored or statement.negated or not counts,
                ),
            )
        self.state = before

    def and_or(self, statement: AndOr, at: DecodedText, context: _Context) -> None:
        items: list[tuple[str, Statement]] = []
        node: Statement = statement
        while isinstance(node, AndOr):
            items.append((node.operator, node.right))
            node = node.left
        items.append(("", node))
        items.reverse()
        # Whether a failure of each item is caught by an `||` behind it that does not fail itself.
        caught = [False] * len(items)
        handled = False
        for index in range(len(items) - 1, -1, -1):
            caught[index] = handled
            operator, item = items[index]
            if operator == "||":
                handled = not _fails(item)
        conditional = context.conditional
        errexit = self.state.errexit
        for index, (operator, item) in enumerate(items):
            # `set -e` looks at the last command of a list only.
            here = errexit and index == len(items) - 1
            self.state.errexit = here
            self.statement(
                item,
                at,
                context.inner(
                    conditional=conditional or operator == "||",
                    ignored=context.ignored or caught[index],
                ),
            )
            if self.state.errexit != here:  # `set -e && …`
                errexit = self.state.errexit
            conditional = conditional or _is_test(item)
        self.state.errexit = errexit

    def substitutions(self, word: ShellWord, at: DecodedText, context: _Context) -> None:
        """Walk the commands in `$(…)` of a word."""
        for part in word.parts:
            if isinstance(part, Substitution):
                before = self.state
                self.state = before.subshell()
                self.block(part.body, at, context.inner(substitution=True))
                self.state = before
            elif isinstance(part, Parameter) and part.argument is not None:
                self.substitutions(part.argument, at, context.inner())

    def simple(self, statement: Simple, at: DecodedText, context: _Context) -> None:
        only_assigns = not statement.words
        inside = context if only_assigns else context.inner(ignored=True)
        follows_script = self.script_of(statement)
        for assignment in statement.assignments:
            for value in (assignment.value, *(assignment.items or ())):
                if value is not None:
                    self.substitutions(value, at, inside)
        for word in statement.words:
            if word is not follows_script:
                self.substitutions(word, at, inside)
        for redirect in statement.redirects:
            self.substitutions(redirect.target, at, inside)
        values = {a.name: self.assigned(a, at) for a in statement.assignments}
        first = statement.words[0].literal if statement.words else None
        if only_assigns or first in _DECLARING:
            for name, text in values.items():
                self.assign(name, text, context)
            if only_assigns:
                return
        words = tuple(w for word in statement.words for w in self.words(word, at))
        if not words:
            return
        redirects = tuple(self.redirect(redirect, at) for redirect in statement.redirects)
        self.command(
            words,
            at.locate(*statement.span),
            context,
            redirects,
            values,
            (statement, at),
        )

    def command(
        self,
        words: tuple[RunWord, ...],
        location: Location,
        context: _Context,
        redirects: tuple[RunRedirect, ...] = (),
        assignments: Mapping[str, Text] | None = None,
        written: tuple[Simple, DecodedText] | None = None,
    ) -> None:
        found = unwrap([word.text.value for word in words])
        command = RunCommand(
            self.run,
            words[found.start :],
            location,
            redirects,
            {**(assignments or {}), **_environment(words, found)},
            words[: found.start],
            context.conditional or self.state.may_have_ended,
            context.ignored or not (context.tail or self.state.errexit or "exec" in found.names),
            any(span.contains(location.span) for span in self.heredocs),
            context.substitution,
        )
        if len(self.commands) + 1 == self.budget:
            self.not_followed.append(self.run.location)
        self.commands.append(command)
        self.consequences(command, found, context, written)

    def consequences(
        self,
        command: RunCommand,
        found: Unwrapped,
        context: _Context,
        written: tuple[Simple, DecodedText] | None,
    ) -> None:
        """Follow what the command runs in its turn, and keep what it changes."""
        name = command.name
        values = [word.text.value for word in command.words]
        # The last status of a function or a script is that of the command that ran it.
        inner = context.inner(tail=not command.failure_ignored)
        function = None if name is None else self.state.function(name)
        if name is None:
            self.not_followed.append(command.location)
        elif function is not None:
            if context.depth < MAX_DEPTH:
                self.statement(*function, inner)
            else:
                self.not_followed.append(command.location)
        elif name == "set":
            before = self.state.errexit, self.state.pipefail
            self.options(value or "" for value in values[1:])
            if context.conditional:  # only what makes failures matter less is taken for granted
                self.state.errexit &= before[0]
                self.state.pipefail &= before[1]
        elif name == "exit" and context.conditional:
            failed = len(values) > 1 and (values[1] or "0").strip("0") != ""
            self.state.may_have_ended = self.state.may_have_ended or not failed
        elif name == "exit":
            self.state.ended = True
        elif name in ("eval", "source", "."):
            self.not_followed.append(command.location)
        elif name == "unset":
            for value in values[1:]:
                if value is not None:
                    self.assign(value, Text(), context, is_set=False)
        elif name == "read":
            for value in values[1:]:
                if value is not None and not value.startswith("-"):
                    self.assign(value, _computed(f"${value}"), context)
        elif name in SHELLS or name == "su":
            self.shell(command, values, inner, written)
        elif name in ("xargs", "find"):
            started = command.words[slice(*_started(name, values))]
            if started:
                self.command(started, command.location, inner.inner(conditional=True))
        if "exec" in found.names:
            if context.conditional:
                self.state.may_have_ended = True
            else:
                self.state.ended = True

    def shell(
        self,
        command: RunCommand,
        values: list[str | None],
        context: _Context,
        written: tuple[Simple, DecodedText] | None,
    ) -> None:
        """`sh -c '…'`, `su -c '…'` and `sh <<EOF` run a script of their own."""
        index = _script_index(values)
        body: DecodedText | None = None
        if index is not None and written is not None:
            body = self.body_of(command.words[index], *written)
        elif index is not None:
            body = _decoded_text(command.words[index].text)
        elif written is not None and all(map(_is_option, values[1:])):
            for redirect in written[0].redirects:
                if redirect.operator in ("<<", "<<-"):
                    body = _rewritten(redirect.target, written[1])
        if body is None:
            self.not_followed.append(command.location)
            return
        before = self.state
        self.state = before.new_shell()
        self.options(value for value in values[1:index] if value is not None)
        self.script(body, context)
        self.state = before

    def body_of(self, word: RunWord, statement: Simple, at: DecodedText) -> DecodedText | None:
        for written in statement.words:
            if word.written is not None and at.locate(*written.span) == word.written:
                return _rewritten(written, at)
        return None

    def script_of(self, statement: Simple) -> ShellWord | None:
        """The word of `sh -c WORD`: its substitutions are met when the script is followed."""
        literals = [word.literal for word in statement.words]
        start = unwrap(literals).start
        if start >= len(literals) or _basename(literals[start] or "") not in SHELLS:
            return None
        index = _script_index(literals[start:])
        return None if index is None else statement.words[start + index]

    def assign(
        self, name: str, text: Text, context: _Context, *, is_set: bool | None = True
    ) -> None:
        if context.conditional:
            old, was_set = self.lookup(name)
            text = one_of((old, text))
            is_set = is_set if is_set is was_set else None
        self.state.variables[name] = (text, is_set)

    def assigned(self, assignment: Assignment, at: DecodedText) -> Text:
        if assignment.value is None or assignment.append or assignment.index:
            return _computed(f"${assignment.name}")
        return self.text(assignment.value, at)

    def redirect(self, redirect: Redirect, at: DecodedText) -> RunRedirect:
        return RunRedirect(
            redirect.operator,
            self.text(redirect.target, at),
            at.locate(*redirect.span),
            redirect.descriptor,
        )

    def text(self, word: ShellWord, at: DecodedText) -> Text:
        """A word as one text, not split."""
        parts: list[Part] = []
        for part in word.parts:
            parts += self.part(part, at).parts
        return Text(tuple(parts))

    def words(self, word: ShellWord, at: DecodedText) -> list[RunWord]:
        """The words that one word becomes: unquoted values are split at blanks."""
        written = at.locate(*word.span)
        fields: list[list[Part]] = [[]]
        kept = [False]  # fields that are words even when empty
        opaque = False
        quoted = any(part.quoted for part in word.parts)
        for part in word.parts:
            text = self.part(part, at)
            if part.quoted or isinstance(part, Chars):
                kept[-1] = kept[-1] or part.quoted
                if isinstance(part, Chars):
                    opaque = opaque or (not part.quoted and any(c in "*?[" for c in part.text))
                elif isinstance(part, Parameter):
                    opaque = opaque or part.name == "@" or part.index != ""
                fields[-1] += text.parts
            elif text.value is not None:
                first, *more = _split(text) or [Text()]
                fields[-1] += first.parts
                fields += [list(piece.parts) for piece in more]
                kept += [False] * len(more)
            else:
                opaque = True
                fields[-1] += text.parts
        return [
            RunWord(Text(tuple(parts)), written, opaque, quoted)
            for parts, keep in zip(fields, kept, strict=True)
            if parts or keep
        ]

    def part(self, part: Chars | Parameter | Substitution | Arithmetic, at: DecodedText) -> Text:
        place = At(at, *part.span)
        if isinstance(part, Chars):
            return Text((Literal(part.text, place),)) if part.text else Text()
        if isinstance(part, Parameter):
            return self.parameter(part, at, place)
        return Text((Opaque(at.text[slice(*part.span)], place),))

    def parameter(self, part: Parameter, at: DecodedText, place: At) -> Text:
        opaque = Text((Opaque(at.text[slice(*part.span)], place),))
        if not (part.name[:1].isalpha() or part.name.startswith("_")) or part.index:
            return opaque
        value, is_set = self.lookup(part.name)
        operator = part.operator
        use = at.locate(*part.span)
        local = self.state.variable(part.name) is not None
        default = operator.lstrip(":") in ("-", "=", "+", "?")
        self.uses.setdefault(
            use.span, VariableUse(part.name, use, is_set, local=local, has_default=default)
        )
        if not operator:
            return value
        if operator.lstrip(":") not in ("-", "=", "+") or part.argument is None:
            return opaque
        has = is_set
        if operator.startswith(":") and is_set is not False:
            empty = value.is_empty
            has = False if empty else None if empty is None or is_set is None else True
        other = self.text(part.argument, at)
        with_value = other if operator.endswith("+") else value
        without = Text() if operator.endswith("+") else other
        if has is None:
            return one_of((with_value, without), place, at.text[slice(*part.span)])
        return with_value if has else without


def _split(text: Text) -> list[Text]:
    """A known text at blanks; a blank at an end gives an empty field there."""
    value = text.template
    pieces = []
    start = 0
    for index, char in enumerate(value):
        if char in _IFS:
            if index > start or index == 0:
                pieces.append(text[start:index])
            start = index + 1
    if value:
        pieces.append(text[start:])
    return pieces


def _computed(written: str) -> Text:
    return Text((Opaque(written),))


def _basename(program: str) -> str:
    return program.rsplit("/", 1)[-1]


def _program_line(interpreter: str) -> list[str]:
    """The words of a `#!` line without `/usr/bin/env`."""
    words = interpreter.split()
    if words and _basename(words[0]) == "env":
        words = [word for word in words[1:] if word != "-S"]
    return words


def _is_option(value: str | None) -> bool:
    return value is not None and value[:1] in ("-", "+")


def _script_index(values: list[str | None]) -> int | None:
    """Where the script of `sh -c SCRIPT` or `su -c SCRIPT` stands; None where there is none."""
    is_su = values[0] is not None and _basename(values[0]) == "su"
    index = 1
    found_c = False
    while index < len(values):
        value = values[index]
        if value is None or not _is_option(value):
            if found_c or not is_su:
                return index if found_c else None
        elif value == "--command" or (not value.startswith("--") and "c" in value):
            found_c = True
            if is_su:
                return index + 1 if index + 1 < len(values) else None
        if value is not None and _is_option(value):
            valued = ("-s", "--shell", "-g", "-G", "-w") if is_su else ("--rcfile", "--init-file")
            cluster = not is_su and not value.startswith("--") and value[-1] in "oO"
            index += value in valued or cluster
        index += 1
    return None


def _started(name: str, values: list[str | None]) -> tuple[int, int]:
    """Where the command begins and ends that `xargs` or `find -exec` starts, if it does."""
    end = len(values)
    if name == "find":
        start = next((i for i, v in enumerate(values, 1) if v in _FIND_EXEC), end)
        return start, next((i for i in range(start, end) if values[i] in (";", "+")), end)
    index = 1
    while index < end:
        value = values[index]
        if value is None:
            return end, end
        if not value.startswith("-"):
            break
        index += 2 if value in _XARGS_VALUED else 1
    return index, end


def _environment(words: tuple[RunWord, ...], found: Unwrapped) -> dict[str, Text]:
    """`A=b` between wrappers such as `env` and the program."""
    values = {}
    for index in found.assignments:
        name, value = words[index].text.partition("=")
        if name.value is not None and value is not None:
            values[name.value] = value
    return values


def _rewritten(word: ShellWord, at: DecodedText) -> DecodedText:
    """A word as the script it becomes: quotes removed, variables and substitutions as written."""
    decoder = Decoder(at.source, at.span(word.span.start, word.span.start).start)
    for part in word.parts:
        if not isinstance(part, Chars) or part.span.end - part.span.start == len(part.text):
            decoder.extend(at, *part.span)
        else:
            decoder.replace(part.text, at.span(*part.span))
    return decoder.build()


def _decoded_text(text: Text) -> DecodedText | None:
    """The text of an exec-form word with its places."""
    if len(text.parts) != 1 or not isinstance(text.parts[0], Literal) or text.parts[0].at is None:
        return None
    at = text.parts[0].at
    if not isinstance(at.origin, DecodedText):
        return None
    decoder = Decoder(at.origin.source)
    decoder.extend(at.origin, at.start, at.end)
    return decoder.build()


def _is_test(statement: Statement) -> bool:
    """Whether a statement asks something: what follows its `&&` may not run."""
    match statement:
        case Pipe(commands=commands, negated=negated):
            return negated or _is_test(commands[-1])
        case Group(body=Block(statements=(*_, last))):
            return _is_test(last) if isinstance(last, (Simple, Pipe)) else isinstance(last, AndOr)
        case Simple(words=words) if words:
            values = [word.literal for word in words]
            values = values[unwrap(values).start :]
            name = _basename(values[0] or "") if values else ""
            if not name and words[0].parts and isinstance(words[0].parts[0], Arithmetic):
                return True
            return name in _TESTS or any(v in _TEST_OPTIONS.get(name, ()) for v in values[1:])
    return False


def _fails(statement: Statement) -> bool:
    """Whether a statement certainly ends in failure (`exit 1`, `false`, `{ echo …; exit 1; }`)."""
    for _ in range(MAX_DEPTH):
        match statement:
            case AndOr(operator="&&", right=right):
                statement = right
            case Group(body=Block(statements=(*_, last))):
                statement = last
            case Simple(words=(first, *rest)):
                name = first.literal
                code = rest[0].literal if rest else None
                return name == "false" or (name in ("exit", "return") and code != "0")
            case _:
                return False
    return False
