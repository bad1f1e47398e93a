"""Walk the scripts of a job in the order in which they run.

Nothing is executed. Both ways of a branch are taken, loops once; a variable that a branch may have
set is one of several afterwards. Scripts of the repository are followed, each call once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import CiDoctorError
from ..files.protocol import Files
from ..pipeline.model import Job
from ..shell import syntax
from ..shell.wrappers import SHELLS
from ..source import Location, Span
from ..text import Opaque, Text
from .builtins import DECLARATIONS, arithmetic_targets, declare, run_builtin
from .command import Certainty, Command, Execution, Guard, NotFollowed, Redirect, Word
from .directories import inside
from .expand import Expander, joined, one_of
from .foreign import runs_foreign_shell
from .output import printed
from .questions import asks
from .scripts import (
    HOOKS,
    SCRIPTS,
    JobScript,
    Unit,
    file_unit,
    job_script,
    may_be_followed,
    only_sets_up,
    text_unit,
)
from .shell import Definition, Shell
from .store import Key, Missing
from .wrappers import ShellCall, read_shell_call, unwrap

MAX_COMMANDS = 10_000
MAX_STEPS = 100_000  # statements, calls included
MAX_PARTS = 1_000_000  # of all words together
MAX_DEPTH = 60  # blocks, calls and scripts in each other
MAX_CALLS = 16  # functions and scripts in each other
MAX_SCRIPTS = 100
MAX_SCRIPT_SIZE = 512 * 1024
_MOST_GUARDS = 24
_MOST_SCRIPTS_OF_A_WORD = 8

_SHEBANG = re.compile(
    r"#![ \t]*(?:\S*/env[ \t]+(?:-\S+[ \t]+)*)?(?:[^\s/]*/)*(?P<program>[^\s/]+)(?P<rest>[^\n]*)"
)
_ARGUMENTS = "@"
_SSH_AGENT = re.compile(r"(?:\$\(|`)[ \t]*(?:/\S*/)?ssh-agent\b")  # it prints assignments
_LOCAL = frozenset({"local", "declare", "typeset"})
_DOWNLOADS = frozenset({"curl", "wget", "fetch", "aria2c"})
_DOWNLOAD_WRITTEN = re.compile(r"\b(?:curl|wget)\b")


def execute(job: Job, files: Files) -> Execution:
    """All commands of `job`, with the repository's scripts that it runs."""
    return _Walker(job, files).run()


@dataclass(frozen=True, slots=True)
class Leaving:
    """`exit`, `return`, `break` or `continue`: what it leaves, and whether with a failure."""

    scope: str  # "job", "function", "loop"
    fails: bool | None  # None: as the command before it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one statement does to those after it.

    `leaves`: they are never reached. `perhaps`: they are not, unless the guards hold.
    `command` is set for a simple command; `true` and `false` are the conditions under which any
    other statement succeeds or fails, as far as they can be told.
    """

    leaves: Leaving | None = None
    perhaps: tuple[tuple[Leaving, tuple[Guard, ...]], ...] = ()
    command: Command | None = None
    true: tuple[Guard, ...] = ()
    false: tuple[Guard, ...] = ()
    asks: bool = False  # a test: that it fails is nothing out of the ordinary

    def when(self, holds: bool) -> tuple[Guard, ...]:
        if self.command is not None:
            if not self.command.words:
                return ()
            words = (*self.command.wrappers, *self.command.words)
            return (Guard(words, holds, self.command.location),)
        return self.true if holds else self.false

    def inside(self, *scopes: str) -> Outcome:
        """The same seen from outside of what is left: `scopes` end there."""
        leaves = self.leaves
        if leaves is not None and leaves.scope in scopes:
            leaves = None
        perhaps = tuple((each, ()) for each, _ in self.perhaps if each.scope not in scopes)
        return replace(self, leaves=leaves, perhaps=perhaps)


@dataclass(frozen=True, slots=True)
class Context:
    """Where in the job a statement stands."""

    unit: Unit
    phase: str
    script: JobScript | None = None  # only directly in the YAML's script
    certain: bool = True
    guards: tuple[Guard, ...] = ()
    ignored: bool = False  # a failure has no effect
    final: bool = True  # the last of its script, whose exit status it gives
    background: bool = False
    function: str = ""
    substitution: bool = False
    zero: Text | None = None
    depth: int = 0
    calls: tuple[str, ...] = ()  # the functions and scripts that are running
    stdin: Command | None = None
    redirects: tuple[Redirect, ...] = ()  # of a group around a single command

    def under(self, guards: tuple[Guard, ...], *, certain: bool = False) -> Context:
        room = max(_MOST_GUARDS - len(self.guards), 0)
        return replace(self, guards=self.guards + guards[:room], certain=self.certain and certain)

    def deeper(self) -> Context:
        return replace(self, depth=self.depth + 1)


@dataclass(slots=True)
class _Place:
    """What an expansion sees (`expand.Surroundings`)."""

    walker: _Walker
    context: Context

    @property
    def job_name(self) -> str:
        return self.walker.job.name

    @property
    def unit(self) -> Unit:
        return self.context.unit

    @property
    def zero(self) -> Text | None:
        return self.context.zero

    @property
    def positional(self) -> tuple[Word, ...] | None:
        return self.walker.shell.positional

    def variable(self, name: str) -> Text | Missing:
        return self.walker.shell.variable(name)

    def assign(self, name: str, value: Text) -> None:
        self.walker.shell.assign(name, value)

    def array(self, name: str) -> tuple[Word, ...] | None:
        return self.walker.shell.array(name)

    def has_array(self, name: str) -> bool:
        return self.walker.shell.has_array(name)

    def substitution(self, part: syntax.Substitution) -> Text:
        return self.walker.substitution(part, self.context)


@dataclass(slots=True)
class _Frame:
    """A running function: what its `local` variables hide."""

    names: set[str] = field(default_factory=set)
    saved: list[tuple[Key, Any]] = field(default_factory=list)


class _Walker:
    def __init__(self, job: Job, files: Files) -> None:
        self.job = job
        self.files = files
        self.execution = Execution(job)
        self.shell = self._new_shell(Text())
        self.frames: list[_Frame] = []
        self.followed: set[tuple[str, str]] = set()
        self.full = False
        self.steps = 0
        self.parts = 0

    def run(self) -> Execution:
        if self.job.is_trigger:
            return self.execution
        if runs_foreign_shell(self.job):
            self.not_followed("shell", self.job.location, "PowerShell or cmd")
            return self.execution
        for keyword in ("before_script", "script"):
            if self.job.may_inherit(keyword):
                self.not_followed("include", self.job.location, keyword)
        if self.job.get("run") is not None:
            self.not_followed("script", self.job.location, "run")
        for keywords in SCRIPTS:
            script = job_script(self.job, *keywords)
            if script is not None:
                # The hook runs before there is a checkout to be in.
                self._run_script(script, None if keywords == HOOKS else Text())
        if self.job.may_inherit("after_script"):
            self.not_followed("include", self.job.location, "after_script")
        return self.execution

    def _new_shell(self, cwd: Text | None) -> Shell:
        shell = Shell(self.job.variables, self.job.name, cwd)
        shell.set_option("e", True)  # as GitLab Runner starts it
        return shell

    def _run_script(self, script: JobScript, cwd: Text | None) -> None:
        self.shell = self._new_shell(cwd)
        for location in script.unknown:
            self.not_followed("include", location, "!reference")
        context = Context(script.unit, script.keyword(0), script)
        self.block(script.unit.script.block, context)

    def not_followed(self, kind: str, location: Location | None, what: str = "") -> None:
        self.execution.not_followed.append(
            NotFollowed(kind, location, len(self.execution.commands), what)
        )

    # Statements

    def block(self, block: syntax.Block, context: Context) -> Outcome:
        """The statements of a block in order, up to one that always leaves it."""
        outcome = Outcome()
        perhaps: list[tuple[Leaving, tuple[Guard, ...]]] = []
        final = context.final
        context = replace(context, final=False) if len(block.statements) > 1 else context
        for index, statement in enumerate(block.statements):
            if self.full:
                break
            if final and index and index == len(block.statements) - 1:
                context = replace(context, final=True)
            if index in block.background:
                outcome = self._forked(statement, replace(context, background=True))
                continue
            outcome = self.statement(statement, context)
            perhaps += outcome.perhaps
            if outcome.leaves is not None:
                break
            for leaving, guards in outcome.perhaps:
                context = context.under(guards, certain=leaving.fails is True)
        return replace(outcome, perhaps=tuple(perhaps))

    def statement(self, statement: syntax.Statement, context: Context) -> Outcome:
        unit = context.unit
        self.steps += 1
        if context.depth > MAX_DEPTH:
            self.not_followed("syntax", unit.locate(statement.span), "too deep")
            return Outcome()
        if context.script is not None and isinstance(statement, syntax.Simple):
            phase = context.script.keyword(statement.span.start)
            if phase != context.phase:
                context = replace(context, phase=phase)
        match statement:
            case syntax.Simple():
                return self.simple(statement, context)
            case syntax.AndOr():
                return self._chain(statement, context.deeper())
            case syntax.Pipe():
                return self._pipe(statement, context.deeper())
            case syntax.If():
                return self._if(statement, context.deeper())
            case syntax.Case():
                return self._case(statement, context.deeper())
            case syntax.Loop():
                return self._loop(statement, context.deeper())
            case syntax.Function():
                self.shell.define(statement.name, Definition(statement.body, unit))
                return Outcome()
            case syntax.Group():
                redirects = self._expand_redirects(statement.redirects, context)
                inner = context.deeper()
                if len(statement.body.statements) == 1:
                    inner = replace(inner, redirects=context.redirects + redirects)
                    redirects = ()
                if statement.subshell:
                    outcome = self._forked(statement.body, inner)
                else:
                    outcome = self.block(statement.body, inner)
                self._group_output(statement, redirects, context)
                return outcome
            case syntax.NotUnderstood():
                self.not_followed("syntax", unit.locate(statement.span))
                return Outcome()

    def _forked(self, body: syntax.Statement | syntax.Block, context: Context) -> Outcome:
        """In a subshell: nothing it changes stays."""
        mark = self.shell.store.version
        walk = (
            self.block(body, context)
            if isinstance(body, syntax.Block)
            else self.statement(body, context)
        )
        self.shell.store.restore(mark)
        left = walk.inside("job", "function", "loop")
        return replace(left, perhaps=())

    def _chain(self, statement: syntax.AndOr, context: Context) -> Outcome:
        """`a && b || c`: each part runs depending on how the parts before it ended."""
        terms: list[tuple[str, syntax.Statement]] = []
        first: syntax.Statement = statement
        while isinstance(first, syntax.AndOr):
            terms.append((first.operator, first.right))
            first = first.left
        terms.append(("", first))
        terms.reverse()
        # From the end: whether a later `||` takes a failure away.
        caught = [False] * len(terms)
        for index in range(len(terms) - 2, -1, -1):
            operator, following = terms[index + 1]
            caught[index] = caught[index + 1] or (
                operator == "||" and not self._always_fails(following, 0)
            )
        true: tuple[Guard, ...] = ()
        false: tuple[Guard, ...] = ()
        question = False
        perhaps: list[tuple[Leaving, tuple[Guard, ...]]] = []
        outcome = Outcome()
        for (operator, term), catches in zip(terms, caught, strict=True):
            if self.full:
                break
            here = context
            certain = True
            if operator == "&&":
                certain = not question
                here = context.under(true, certain=certain)
            elif operator == "||":
                certain = False
                here = context.under(false)
            here = replace(here, ignored=here.ignored or catches)
            mark = self.shell.store.version
            outcome = self.statement(term, here)
            asked = outcome.when(True) if outcome.asks else ()
            if operator:
                changed = self.shell.store.restore(mark)
                if outcome.leaves is not None:
                    stay = false if operator == "&&" else true
                    fails = outcome.leaves.fails
                    if fails is None and operator == "||":
                        fails = True  # `a || exit` ends with the failure of `a`
                    perhaps.append((replace(outcome.leaves, fails=fails), stay))
                else:
                    self.shell.merge([changed], may_skip=not certain)
            perhaps += [(leaving, guards if certain else ()) for leaving, guards in outcome.perhaps]
            if operator == "&&":
                if outcome.leaves is None:
                    # Which part of several failed is not known.
                    false = outcome.when(False) if not true else (Guard((), False, None),)
                    true = (*true, *asked)[:_MOST_GUARDS]
                    question = question or outcome.asks
                else:  # who goes on has not come here
                    true, question = (Guard((), False, None),), True
            elif operator == "||":
                if outcome.leaves is None:
                    false = (*false, *outcome.when(False))[:_MOST_GUARDS]
                    true = ()
                    question = outcome.asks
                else:
                    question = False
            else:
                if outcome.leaves is not None:
                    return replace(outcome, perhaps=tuple(perhaps))
                true, false, question = asked, outcome.when(False), outcome.asks
        return Outcome(None, tuple(perhaps), None, true, false, question)

    def _always_fails(self, statement: syntax.Statement, depth: int) -> bool:
        """Whether a statement surely ends with a failure: `exit 1`, `{ echo no; false; }`."""
        if depth > 8:
            return False
        match statement:
            case syntax.Simple(words=words) if words:
                name = words[0].literal
                status = words[1].literal if len(words) > 1 else None
                if name in ("exit", "return"):
                    return len(words) == 1 or status not in ("0", None)
                function = self.shell.function(name) if name is not None else None
                if function is not None:
                    return self._always_fails(function.body, depth + 1)
                return name == "false"
            case syntax.Group(body=body) if body.statements:
                return self._always_fails(body.statements[-1], depth + 1)
            case syntax.AndOr(right=right):
                return self._always_fails(right, depth + 1)
            case _:
                return False

    def _pipe(self, statement: syntax.Pipe, context: Context) -> Outcome:
        """`a | b`: every part in a subshell of its own; a single one is `! a`."""
        commands = statement.commands
        last = len(commands) - 1
        previous: Command | None = None
        outcome = Outcome()
        for index, part in enumerate(commands):
            ignored = context.ignored or index < last or statement.negated
            here = replace(context, ignored=ignored, stdin=previous or context.stdin)
            if last == 0:
                outcome = self.statement(part, here)
                break
            outcome = self._forked(part, here)
            simple = isinstance(part, syntax.Simple)
            command = (outcome.command if simple else None) or self._group_command(part, here)
            if previous is not None:
                command.piped_from = previous
                previous.piped_to = command
            previous = command
        if not statement.negated:
            return outcome if last == 0 else replace(outcome, leaves=None)
        return Outcome(
            outcome.leaves,
            outcome.perhaps,
            None,
            outcome.when(False),
            outcome.when(True),
            asks=True,
        )

    def _group_command(
        self,
        statement: syntax.Statement,
        context: Context,
        redirects: tuple[Redirect, ...] = (),
    ) -> Command:
        """Stands for a group, a loop or a function: its output is that of many commands."""
        return Command(
            self.job,
            (),
            redirects,
            context.phase,
            context.unit.locate(statement.span),
            self.shell.environment,
            self.shell.exported,
            cwd=self.shell.cwd,
            certainty=Certainty.ALWAYS if context.certain else Certainty.POSSIBLE,
            guards=context.guards,
            background=context.background,
            script=context.unit.path,
            in_function=context.function,
            in_substitution=context.substitution,
            group=True,
        )

    def _group_output(
        self, statement: syntax.Statement, redirects: tuple[Redirect, ...], context: Context
    ) -> None:
        """Note where the output of several commands goes, behind them."""
        written = tuple(each for each in redirects if ">" in each.operator)
        if written and not self.full:
            self.execution.commands.append(self._group_command(statement, context, written))

    def _if(self, statement: syntax.If, context: Context) -> Outcome:
        redirects = self._expand_redirects(statement.redirects, context)
        changes: list[dict[Key, Any]] = []
        perhaps: list[tuple[Leaving, tuple[Guard, ...]]] = []
        leaving: list[Leaving | None] = []
        before: tuple[Guard, ...] = ()  # the conditions that did not hold
        for index, (condition, body) in enumerate(statement.branches):
            here = context if index == 0 else context.under(before)
            test = self.block(condition, replace(here, ignored=True))
            perhaps += test.perhaps
            if test.leaves is not None:
                return replace(test, perhaps=tuple(perhaps))
            stay = test.when(False) if index == 0 else ()
            self._branch(body, here.under(test.when(True)), stay, changes, perhaps, leaving)
            before = (*before, *test.when(False))
        if statement.otherwise is not None:
            stay = test.when(True) if len(statement.branches) == 1 else ()
            here = context.under(before)
            self._branch(statement.otherwise, here, stay, changes, perhaps, leaving)
        self._group_output(statement, redirects, context)
        return self._joined(changes, perhaps, leaving, all_ways=statement.otherwise is not None)

    def _branch(
        self,
        body: syntax.Block,
        context: Context,
        stay: tuple[Guard, ...],
        changes: list[dict[Key, Any]],
        perhaps: list[tuple[Leaving, tuple[Guard, ...]]],
        leaving: list[Leaving | None],
    ) -> None:
        """Walk one of several ways; `stay` are the guards under which it is not taken."""
        mark = self.shell.store.version
        outcome = self.block(body, context)
        changed = self.shell.store.restore(mark)
        leaving.append(outcome.leaves)
        perhaps += [(each, ()) for each, _ in outcome.perhaps]
        if outcome.leaves is None:
            changes.append(changed)
        else:
            perhaps.append((outcome.leaves, stay))

    def _joined(
        self,
        changes: list[dict[Key, Any]],
        perhaps: list[tuple[Leaving, tuple[Guard, ...]]],
        leaving: list[Leaving | None],
        *,
        all_ways: bool,
    ) -> Outcome:
        """Go on after branches. `all_ways`: one of them was taken."""
        if all_ways and all(leaving):
            fails = all(each is not None and each.fails is True for each in leaving)
            scope = next(each.scope for each in leaving if each is not None)
            return Outcome(Leaving(scope, fails), tuple(perhaps))
        self.shell.merge(changes, may_skip=not all_ways)
        return Outcome(perhaps=tuple(perhaps))

    def _case(self, statement: syntax.Case, context: Context) -> Outcome:
        redirects = self._expand_redirects(statement.redirects, context)
        expander = Expander(_Place(self, context))
        subject = self._one_word(statement.subject, expander)
        word = Word(Text.of("case"), None)
        changes: list[dict[Key, Any]] = []
        perhaps: list[tuple[Leaving, tuple[Guard, ...]]] = []
        leaving: list[Leaving | None] = []
        default = False
        for patterns, body in statement.arms:
            words = tuple(self._one_word(pattern, expander) for pattern in patterns)
            default = default or any(pattern.literal == "*" for pattern in patterns)
            guard = Guard((word, subject, *words), True, words[0].written if words else None)
            stay = (replace(guard, holds=False),) if len(statement.arms) == 1 else ()
            self._branch(body, context.under((guard,)), stay, changes, perhaps, leaving)
        self._group_output(statement, redirects, context)
        return self._joined(changes, perhaps, leaving, all_ways=default)

    def _one_word(self, word: syntax.Word, expander: Expander) -> Word:
        """A word where nothing is split."""
        quoted = any(isinstance(part, syntax.Chars) and part.quoted for part in word.parts)
        return Word(expander.text(word), expander.unit.locate(word.span), quoted=quoted)

    def _loop(self, statement: syntax.Loop, context: Context) -> Outcome:
        redirects = self._expand_redirects(statement.redirects, context)
        guards: tuple[Guard, ...] = ()
        perhaps: list[tuple[Leaving, tuple[Guard, ...]]] = []
        # What the body sets may be set already, by the round before.
        assigned = _assigned(statement.body, 0)
        if _ARGUMENTS in assigned:
            self.shell.positional = None
        for name in sorted(assigned - {statement.variable, _ARGUMENTS}):
            before = Expander(_Place(self, context)).present(name)
            self.shell.assign(name, one_of((before, Text((Opaque(f"${name}"),)))))
        if statement.condition is not None:
            test = self.block(statement.condition, replace(context, ignored=True))
            perhaps += test.perhaps
            guards = test.when(statement.kind == "while")
            certain = statement.kind == "while" and _is_true(statement.condition)
        else:
            certain = self._set_loop_variable(statement, context)
        mark = self.shell.store.version
        body = self.block(statement.body, context.under(guards, certain=certain)).inside("loop")
        changed = self.shell.store.restore(mark)
        perhaps += body.perhaps
        self._group_output(statement, redirects, context)
        if body.leaves is not None:
            if certain:
                return Outcome(body.leaves, tuple(perhaps))
            perhaps.append((body.leaves, ()))
        else:
            self.shell.merge([changed], may_skip=not certain)
        return Outcome(perhaps=tuple(perhaps))

    def _set_loop_variable(self, statement: syntax.Loop, context: Context) -> bool:
        """Give the variable of a `for` all its values; whether there surely is one."""
        name = statement.variable
        if not name:  # `for ((i=0; …))`
            header = context.unit.script.text[statement.span.start : statement.body.span.start]
            for target in arithmetic_targets(header):
                self.shell.forget(target)
            return False
        words: tuple[Word, ...] | None
        if statement.words is None:
            words = self.shell.positional
        else:
            words = Expander(_Place(self, context)).words(statement.words)
        if not words:
            self.shell.forget(name)
            return False
        self.shell.assign(name, one_of([self._loop_value(word, name) for word in words]))
        return statement.kind == "for" and not all(word.opaque for word in words)

    def _loop_value(self, word: Word, name: str) -> Text:
        return Text((Opaque(f"${name}"),)) if word.opaque else word.text

    # Commands

    def simple(self, statement: syntax.Simple, context: Context) -> Outcome:
        unit, shell = context.unit, self.shell
        if self._is_full(unit, statement.span):
            return Outcome()
        expander = Expander(_Place(self, context))
        words = expander.words(statement.words)
        redirects = context.redirects + self._expand_redirects(statement.redirects, context)
        self.parts += sum(len(word.text.parts) for word in words)
        unwrapped = unwrap(words)
        words = unwrapped.words
        declares = bool(words) and words[0].text.value in DECLARATIONS
        prefix = bool(words) and not declares
        names = [assignment.name for assignment in statement.assignments]
        saved = shell.save([*names, *(n for n, _ in unwrapped.assignments)]) if prefix else []
        if declares and words[0].text.value in _LOCAL and self.frames:
            self._hide(names, words)
        assigned = self._assign(statement.assignments, expander)
        if declares:
            declare(shell, words, tuple(assigned))
        for name, value in unwrapped.assignments:
            assigned[name] = value
            shell.assign(name, value)
        if prefix:
            for name in assigned:
                shell.export(name)
        command = Command(
            self.job,
            words,
            redirects,
            context.phase,
            unit.locate(statement.span),
            shell.environment,
            shell.exported,
            unwrapped.wrappers,
            assigned,
            shell.cwd,
            Certainty.ALWAYS if context.certain else Certainty.POSSIBLE,
            context.guards,
            context.background,
            failure_ignored=context.ignored or not (shell.option("e") or context.final),
            script=unit.path,
            in_function=context.function,
            in_substitution=context.substitution,
            piped_from=context.stdin,
            xtrace=shell.option("x"),
        )
        outcome = self._run(command, statement, context)
        shell.put_back(saved)
        if unwrapped.replaces_shell and outcome.leaves is None:
            outcome = replace(outcome, leaves=Leaving("job", None))
        return outcome

    def _is_full(self, unit: Unit, span: Span) -> bool:
        """Whether the job has had its share of work; said once."""
        if not self.full:
            self.full = (
                len(self.execution.commands) >= MAX_COMMANDS
                or self.steps > MAX_STEPS
                or self.parts > MAX_PARTS
            )
            if self.full:
                self.not_followed("script", unit.locate(span), "too many commands")
        return self.full

    def _run(self, command: Command, statement: syntax.Simple, context: Context) -> Outcome:
        """Add the command and do to the shell what it does."""
        words = command.words
        name = words[0].text.value if words else None
        function = self.shell.function(name) if name and not command.wrappers else None
        if function is not None and name is not None:
            outcome = self._call(name, function, words[1:], context)
            self._group_output(statement, command.redirects, context)
            true = Guard((*command.wrappers, *words), True, command.location)
            return replace(outcome, true=(true,), false=(replace(true, holds=False),))
        self.execution.commands.append(command)
        done = Outcome(command=command, asks=asks(words))
        if not words:
            return done
        if (arithmetic := _arithmetic_command(statement, context.unit)) is not None:
            for target in arithmetic_targets(arithmetic):
                self.shell.forget(target)
            return done
        if name is None and ("/" not in words[0].text.template or words[0].opaque):
            # `if $PUSH; then`: a variable by itself is true or false.
            if len(words) > 1 or not (context.ignored or _is_boolean(words[0].text)):
                self.not_followed("program", words[0].written, words[0].text.display)
            return done
        match name or "/":
            case "exit" | "return" | "break" | "continue":
                return replace(done, leaves=_leaving(command))
            case "eval":
                outcome = self._eval(words[1:], command, context)
            case "source" | ".":
                if len(words) == 1:
                    return done
                outcome = self._source(words[1], words[2:], context)
            case _ if command.name in SHELLS:
                outcome = self._shell_call(read_shell_call(words), command, context)
            case _ if "/" in words[0].text.template:
                outcome = self._script(words[0], words[1:], context)
            case _:
                run_builtin(self.shell, words)
                return done
        return replace(outcome, command=command, asks=done.asks)

    def _assign(
        self, assignments: tuple[syntax.Assignment, ...], expander: Expander
    ) -> dict[str, Text]:
        """Set the variables; their values by name, arrays left out."""
        shell = self.shell
        assigned: dict[str, Text] = {}
        for assignment in assignments:
            name = assignment.name
            if assignment.items is not None:
                shell.set_array(name, self._array(assignment, expander))
                continue
            value = expander.text(assignment.value) if assignment.value is not None else Text()
            if assignment.index:
                words = shell.array(name)
                fits = words is not None and assignment.index == str(len(words))
                word = Word(value, expander.unit.locate(assignment.span), quoted=True)
                shell.set_array(name, (*words, word) if fits and words is not None else None)
                continue
            if assignment.append:
                value = expander.present(name) + value
            shell.assign(name, value)
            assigned[name] = value
            if shell.option("a"):
                shell.export(name)
        return assigned

    def _array(self, assignment: syntax.Assignment, expander: Expander) -> tuple[Word, ...] | None:
        items = assignment.items or ()
        if any(
            isinstance(item.parts[0], syntax.Chars)
            and not item.parts[0].quoted
            and item.parts[0].text.startswith("[")
            for item in items
            if item.parts
        ):
            return None  # `[key]=value`
        words = expander.words(items)
        if not assignment.append or not self.shell.has_array(assignment.name):
            return words
        before = self.shell.array(assignment.name)
        return None if before is None else before + words

    def _hide(self, names: list[str], words: tuple[Word, ...]) -> None:
        """Remember what the `local` variables of the running function hide."""
        declared = [word.text.partition("=")[0].value or "" for word in words[1:]]
        frame = self.frames[-1]
        new = [
            name for name in (*names, *declared) if name.isidentifier() and name not in frame.names
        ]
        frame.names.update(new)
        frame.saved += self.shell.save(new)

    def _expand_redirects(
        self, redirects: tuple[syntax.Redirect, ...], context: Context
    ) -> tuple[Redirect, ...]:
        if not redirects:
            return ()
        expander = Expander(_Place(self, context))
        return tuple(
            Redirect(
                redirect.operator,
                expander.text(redirect.target),
                context.unit.locate(redirect.span),
                redirect.descriptor,
                all(isinstance(p, syntax.Chars) and p.single for p in redirect.target.parts)
                and bool(redirect.target.parts),
            )
            for redirect in redirects
        )

    def substitution(self, part: syntax.Substitution, context: Context) -> Text:
        """Walk `$(…)`; what it prints, as far as that is plain."""
        unit = context.unit
        unknown = Text((unit.opaque(part.span),))
        if context.depth > MAX_DEPTH:
            self.not_followed("syntax", unit.locate(part.span), "too deep")
            return unknown
        mark = self.shell.store.version
        inner = replace(context, substitution=True, depth=context.depth + 1, stdin=None)
        outcome = self.block(part.body, inner)
        self.shell.store.restore(mark)
        if part.kind != "command" or len(part.body.statements) != 1:
            return unknown
        last = part.body.statements[0]
        command = outcome.command
        while isinstance(last, syntax.AndOr):  # `cd … && pwd`
            if not _is_cd(last.right) and last is not part.body.statements[0]:
                return unknown
            last = last.left
        if last is not part.body.statements[0]:
            command = self.execution.commands[-1] if self.execution.commands else None
            if not _is_cd(last) or command is None or command.name != "pwd":
                return unknown
        text = None if command is None else printed(command)
        return unknown if text is None else text

    # Functions and scripts

    def _call(
        self, name: str, function: Definition, arguments: tuple[Word, ...], context: Context
    ) -> Outcome:
        if name in context.calls or len(context.calls) >= MAX_CALLS:
            return Outcome()  # it calls itself: its commands are known already
        shell = self.shell
        positional = shell.positional
        shell.positional = arguments
        self.frames.append(_Frame())
        inner = replace(
            context,
            unit=function.unit,
            script=None,
            function=name,
            depth=context.depth + 1,
            calls=(*context.calls, name),
        )
        outcome = self.statement(function.body, inner)
        shell.put_back(self.frames.pop().saved)
        shell.positional = positional
        # `return 1` and a test as the last command are answers to the caller.
        returns = [each for each in (outcome.leaves, *(p[0] for p in outcome.perhaps)) if each]
        answers = outcome.asks or any(r.scope == "function" and r.fails for r in returns)
        return replace(outcome.inside("function", "loop"), command=None, asks=answers)

    def _eval(self, words: tuple[Word, ...], command: Command, context: Context) -> Outcome:
        text = joined(words)
        if not text.is_known or any(word.opaque for word in words):
            if not _SSH_AGENT.match(text.display):
                kind = "remote" if _downloads(text) else "eval"
                self.not_followed(kind, command.location, text.display)
            return Outcome()
        return self._nested(text_unit(text, command.location, context.unit.path), context)

    def _nested(self, unit: Unit, context: Context) -> Outcome:
        """A script in a text, run by the shell itself."""
        if len(context.calls) >= MAX_CALLS:
            self.not_followed("eval", unit.locate(Span(0, 0)), "too deep")
            return Outcome()
        inner = replace(
            context,
            unit=unit,
            script=None,
            depth=context.depth + 1,
            calls=(*context.calls, ""),
            redirects=(),
        )
        return self.block(unit.script.block, inner)

    def _program(
        self,
        unit: Unit,
        arguments: tuple[Word, ...],
        zero: Text | None,
        context: Context,
        errexit: bool,
    ) -> Outcome:
        """A script in a shell of its own, which gets the exported variables only."""
        mark = self.shell.store.version
        self.shell.enter_program(arguments)
        self.shell.set_option("e", errexit)
        inner = replace(context, zero=zero, function="", final=True)
        self._nested(unit, inner)
        self.shell.store.restore(mark)
        return Outcome()

    def _shell_call(self, call: ShellCall, command: Command, context: Context) -> Outcome:
        """`sh script`, `sh -c text`, or `sh` with a script on its standard input."""
        if not call.known:
            self.not_followed("script", command.location, joined(command.words).display)
            return Outcome()
        if call.text is not None:
            text = call.text.text
            if text.is_computed:
                kind = "remote" if _downloads(text) else "eval"
                self.not_followed(kind, command.location, text.display)
                return Outcome()
            unit = text_unit(text, command.location, context.unit.path)
            zero = call.arguments[0].text if call.arguments else None
            return self._program(unit, call.arguments[1:], zero, context, call.errexit)
        if call.path is not None:
            return self._script(
                call.path, call.arguments, context, errexit=call.errexit, by_shell=True
            )
        for redirect in reversed(command.redirects):
            if redirect.operator in ("<<", "<<-", "<<<"):
                unit = text_unit(redirect.target, command.location, context.unit.path)
                return self._program(unit, call.arguments, None, context, call.errexit)
            if redirect.operator == "<":
                word = Word(redirect.target, redirect.location)
                return self._script(
                    word, call.arguments, context, errexit=call.errexit, by_shell=True
                )
        if context.stdin is not None:
            kind = "remote" if _comes_from_download(context.stdin) else "eval"
            self.not_followed(kind, command.location, "standard input")
        return Outcome()

    def _source(self, word: Word, arguments: tuple[Word, ...], context: Context) -> Outcome:
        """`source file`: it runs in this shell."""
        if only_sets_up(word.text.display):
            return Outcome()
        for path, place in self._paths(word, context):
            source = self._read(path, word, arguments, place, sourced=True)
            if source is None:
                continue
            positional = self.shell.positional
            if arguments:
                self.shell.positional = arguments
            outcome = self._nested(source, replace(place, calls=(*place.calls, path)))
            self.shell.positional = positional
            if place is context:
                return outcome.inside("function")
        return Outcome()

    def _script(
        self,
        word: Word,
        arguments: tuple[Word, ...],
        context: Context,
        *,
        errexit: bool = False,
        by_shell: bool = False,
    ) -> Outcome:
        """A script of the repository, as a program of its own; any other program is none."""
        if not by_shell and not may_be_followed(word.text.template):
            return Outcome()
        for path, place in self._paths(word, context):
            unit = self._read(path, word, arguments, place, by_shell=by_shell)
            if unit is not None:
                shebang = _SHEBANG.match(unit.script.text)
                stops = errexit or bool(
                    shebang and not by_shell and re.search(r"\s-\w*e", shebang["rest"])
                )
                inner = replace(place, calls=(*place.calls, path))
                self._program(unit, arguments, word.text, inner, stops)
        return Outcome()

    def _paths(self, word: Word, context: Context) -> Iterator[tuple[str, Context]]:
        """The scripts of the repository that a word may name, each with where it then runs."""
        cwd = self.shell.cwd
        variants = word.text.variants(_MOST_SCRIPTS_OF_A_WORD + 1)
        if word.opaque or len(variants) > _MOST_SCRIPTS_OF_A_WORD:
            self.not_followed("script", word.written, word.text.display)
            return
        for variant in variants:
            path = inside(variant, cwd)
            if path:
                yield path, context if len(variants) == 1 else context.under(())
            else:
                kind = "remote" if _downloads(variant) else "script"
                self.not_followed(kind, word.written, variant.display)

    def _read(
        self,
        path: str,
        word: Word,
        arguments: tuple[Word, ...],
        context: Context,
        *,
        sourced: bool = False,
        by_shell: bool = False,
    ) -> Unit | None:
        """The script at `path`, None where it is not read (again)."""
        key = (path, joined(arguments).display)
        if path in context.calls or (key in self.followed and not sourced):
            return None
        try:
            source = self.files.read(path)
        except CiDoctorError:
            self.not_followed("script", word.written, path)
            return None
        shebang = _SHEBANG.match(source.text)
        foreign = shebang is not None and shebang["program"] not in SHELLS
        too_much = len(source.text) > MAX_SCRIPT_SIZE or len(self.followed) >= MAX_SCRIPTS
        if too_much or (foreign and not sourced and not by_shell):
            self.not_followed("script", word.written, path)
            return None
        self.followed.add(key)
        return file_unit(source, path, word.text)


def _leaving(command: Command) -> Leaving:
    scope = {"exit": "job", "return": "function"}.get(command.name or "", "loop")
    if scope == "loop":
        return Leaving(scope, False)
    status = command.arguments[0].text.value if command.arguments else None
    if status is None or not (status.isascii() and status.isdigit()):
        return Leaving(scope, None)
    return Leaving(scope, status.strip("0") != "")


def _downloads(text: Text) -> bool:
    return _DOWNLOAD_WRITTEN.search(text.display) is not None


def _comes_from_download(command: Command | None) -> bool:
    while command is not None:
        if command.name in _DOWNLOADS:
            return True
        command = command.piped_from
    return False


def _arithmetic_command(statement: syntax.Simple, unit: Unit) -> str | None:
    """The expression of `(( … ))`."""
    parts = statement.words[0].parts if statement.words else ()
    if len(parts) != 1 or not isinstance(parts[0], syntax.Arithmetic):
        return None
    written = unit.script.text[parts[0].span.start : parts[0].span.end]
    return written[2:-2] if written.startswith("((") else None


def _is_cd(statement: syntax.Statement) -> bool:
    return (
        isinstance(statement, syntax.Simple)
        and bool(statement.words)
        and statement.words[0].literal == "cd"
    )


def _is_boolean(text: Text) -> bool:
    return all(variant.value in ("true", "false", ":", "") for variant in text.variants())


def _is_true(condition: syntax.Block) -> bool:
    last = condition.statements[-1] if condition.statements else None
    return (
        isinstance(last, syntax.Simple)
        and len(last.words) == 1
        and last.words[0].literal in ("true", ":")
    )


def _assigned(node: syntax.Statement | syntax.Block, depth: int) -> set[str]:
    """The variables that a statement sets, and `_ARGUMENTS`; functions that it calls are left out."""
    if depth > MAX_DEPTH:
        return set()
    parts: list[syntax.Statement | syntax.Block | None] = []
    match node:
        case syntax.Block():
            parts += node.statements
        case syntax.Simple():
            if node.words and node.words[0].literal in ("shift", "set"):
                return {_ARGUMENTS}
            return {assignment.name for assignment in node.assignments if assignment.items is None}
        case syntax.AndOr():
            found: set[str] = set()
            left: syntax.Statement = node
            while isinstance(left, syntax.AndOr):
                found |= _assigned(left.right, depth + 1)
                left = left.left
            return found | _assigned(left, depth + 1)
        case syntax.If():
            parts += [part for branch in node.branches for part in branch]
            parts.append(node.otherwise)
        case syntax.Loop():
            parts += [node.condition, node.body]
        case syntax.Case():
            parts += [body for _, body in node.arms]
        case syntax.Group(subshell=False):
            parts.append(node.body)
    names: set[str] = set()
    for part in parts:
        if part is not None:
            names |= _assigned(part, depth + 1)
    return names
