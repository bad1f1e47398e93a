"""The programs that a job's scripts run, told from the words as they are written.

Most jobs of a pipeline have nothing to do with images, and walking one costs many times what a look
at its words does. The look is worth nothing where more than the words decides: then it says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ..pipeline.model import Job, Pipeline
from ..shell import syntax
from ..shell.parse import parse_script
from ..shell.wrappers import SHELLS, is_wrapper, unwrap
from ..text import UNKNOWN
from .expand import is_plain
from .foreign import runs_foreign_shell
from .scripts import SCRIPTS, job_script, may_be_followed, only_sets_up

_SOURCES = ("source", ".")
_MAX_DEPTH = 200  # blocks and substitutions in each other


class Written(NamedTuple):
    """A command as its words say; None for an argument that is not written out."""

    name: str
    arguments: tuple[str | None, ...]


def commands_written(job: Job) -> tuple[Written, ...] | None:
    """Every command that a job may run, None where its words alone do not tell them all.

    That is so where a program is named by a variable, and where other scripts or texts are run
    (`./build.sh`, `sh -c`, `eval`). The words of a function that nobody calls count, too.
    """
    if job.is_trigger or runs_foreign_shell(job):
        return ()
    found: tuple[Written, ...] = ()
    for keywords in SCRIPTS:
        script = job_script(job, *keywords)
        if script is not None:
            commands = _commands_in(script.unit.script.text)
            if commands is None:
                return None
            found += commands
    return found


def holds(job: Job, piece: str) -> bool:
    """Whether a script of the job, or a variable that the YAML gives it, has `piece` in it.

    For jobs whose `commands_written` are known. What is put together from less is not seen.
    """
    if not _is_written(job.pipeline, piece):
        return False
    scripts = (job_script(job, *keywords) for keywords in SCRIPTS)
    if any(piece in script.unit.script.text for script in scripts if script is not None):
        return True
    return any(
        piece in (value.string or "")
        for variable in job.variables.values()
        for value in (variable.value, *variable.alternatives)
    )


@lru_cache(maxsize=8)
def _is_written(pipeline: Pipeline, piece: str) -> bool:
    return any(piece in file.source.text for file in pipeline.files)


@lru_cache(maxsize=4096)
def _commands_in(text: str) -> tuple[Written, ...] | None:
    if UNKNOWN in text:
        return None
    found: dict[Written, None] = {}
    for statement in _simple_commands(parse_script(text).block):
        if statement is None:
            return None
        if statement.words and not _is_arithmetic(statement.words[0]):
            command = _written(statement.words)
            if command is None:
                return None
            found[command] = None
    return tuple(found)


def _written(words: tuple[syntax.Word, ...]) -> Written | None:
    """The command that a shell makes of these words; None where it may be any, or runs a text."""
    values = [_literal(word) for word in words]
    start = unwrap(values).start
    if start >= len(values) or None in values[: start + 1]:
        return None
    program = values[start] or ""
    name = program.rsplit("/", 1)[-1]
    arguments = tuple(values[start + 1 :])
    if name in SHELLS or name == "eval" or may_be_followed(program):
        return None
    if name in _SOURCES and not (arguments and arguments[0] and only_sets_up(arguments[0])):
        return None
    if is_wrapper(name) and None in values:
        return None  # an unknown word may be its option, or the program
    return Written(name, arguments)


def _is_arithmetic(word: syntax.Word) -> bool:
    """`(( … ))`, which stands alone."""
    return len(word.parts) == 1 and isinstance(word.parts[0], syntax.Arithmetic)


def _literal(word: syntax.Word) -> str | None:
    if all(isinstance(part, syntax.Chars) and is_plain(part) for part in word.parts):
        return word.literal
    return None


def _simple_commands(block: syntax.Block) -> Iterator[syntax.Simple | None]:
    """All simple commands in a block, those of substitutions included; None for too deep ones."""
    waiting: list[tuple[object, int]] = [(block, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            yield None
            return
        if isinstance(node, syntax.Simple):
            yield node
        waiting += [(part, depth + 1) for part in _parts(node)]


def _parts(node: object) -> Iterator[object]:
    """What may hold commands in a statement or a word."""
    match node:
        case syntax.Simple():
            yield from node.words
            yield from node.redirects
            for assignment in node.assignments:
                yield assignment.value
                yield from assignment.items or ()
        case syntax.Word():
            for part in node.parts:
                if isinstance(part, syntax.Substitution):
                    yield part.body
                elif isinstance(part, syntax.Parameter):
                    yield part.argument
        case syntax.Redirect():
            yield node.target
        case syntax.Block():
            yield from node.statements
        case syntax.Pipe():
            yield from node.commands
        case syntax.AndOr():
            while isinstance(node, syntax.AndOr):  # as deep as the list is long
                yield node.right
                node = node.left
            yield node
        case syntax.If():
            for condition, body in node.branches:
                yield condition
                yield body
            yield node.otherwise
            yield from node.redirects
        case syntax.Loop():
            yield from node.words or ()
            yield node.condition
            yield node.body
            yield from node.redirects
        case syntax.Case():
            yield node.subject
            for patterns, body in node.arms:
                yield from patterns
                yield body
            yield from node.redirects
        case syntax.Function():
            yield node.body
        case syntax.Group():
            yield node.body
            yield from node.redirects
