"""Which variables the instructions of a stage use."""

from __future__ import annotations

from collections.abc import Iterator

from .expansion import variables
from .instructions import Arg, Copy, Env, Expose, Instruction, Run, Stage, User, Volume, Workdir
from .run import VariableUse, read_run
from .scopes import Scopes
from .words import Word

_SETS = frozenset({"eval", "source", "."})  # may set any variable of the shell


def instruction_uses(stage: Stage, scopes: Scopes) -> Iterator[VariableUse]:
    """The variables that a stage uses at build time, in order: in RUN and where BuildKit expands.

    A RUN that evaluates text nobody here sees is left out. CMD, ENTRYPOINT and HEALTHCHECK run later.
    """
    for instruction in stage.instructions:
        scope = scopes.at(instruction)
        if isinstance(instruction, Run):
            found = read_run(instruction, scope)
            if not any(command.name in _SETS for command in found.commands):
                yield from found.uses
            continue
        declared = [pair.name for pair in instruction.pairs] if isinstance(instruction, Arg) else []
        for word in _expanded(instruction):
            # An ARG sees those before it on the same line.
            here = {
                name.value for name in declared if name.start + len(name.value) < word.start - 1
            }
            for variable in variables(word, escape=scopes.dockerfile.escape):
                yield VariableUse(
                    variable.name,
                    word.locate(variable.start, variable.end),
                    True if variable.name in here else scope.is_set(variable.name),
                    has_default=variable.operator.lstrip(":") in ("-", "+", "?"),
                )


def _expanded(instruction: Instruction) -> Iterator[Word]:
    """The words that BuildKit itself expands (its dockerfile2llb/convert.go)."""
    if isinstance(instruction, (Arg, Env)):  # and LABEL
        for pair in instruction.pairs:
            if pair.value is not None:
                yield pair.value
    elif isinstance(instruction, Copy):
        yield from instruction.arguments
        if instruction.chown is not None:
            yield instruction.chown
    elif isinstance(instruction, (Expose, User, Volume, Workdir)):
        yield from instruction.arguments
