"""What encloses a span in its file: YAML entries, Dockerfile instructions, shell commands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .shell.syntax import AndOr, Block, Case, Function, Group, If, Loop, Pipe, Statement
from .source import Location, Source
from .yamldoc.nodes import Entry, Mapping, Node, Scalar, Sequence, YamlFile

if TYPE_CHECKING:
    from .dockerfile.instructions import Dockerfile, Instruction

# How many lines a command that is continued with `\` is followed upwards.
LONGEST_COMMAND = 1000


@dataclass(eq=False)
class Places:
    """The parsed files of a run, by path."""

    yaml: dict[str, YamlFile] = field(default_factory=dict)
    dockerfiles: dict[str, Dockerfile] = field(default_factory=dict)
    _starts: dict[Node, list[int]] = field(default_factory=dict)
    _instruction_starts: dict[str, list[int]] = field(default_factory=dict)

    def anchor(self, location: Location) -> str:
        """What holds the text, in words that stay the same when lines move.

        The YAML key path without indices (`.build/script`), a Dockerfile's stage and instruction
        (`build/RUN`), or the function of a script.
        """
        path = location.path
        if path in self.dockerfiles:
            instruction = self._instruction(location)
            stage = instruction and self.dockerfiles[path].stage_of(instruction)
            return f"{stage.label if stage else ''}/{instruction.name}" if instruction else ""
        if path in self.yaml:
            keys = [step.key.target for step in self.trail(location) if isinstance(step, Entry)]
            return "/".join(key.text for key in keys if isinstance(key, Scalar))
        return _function(location)

    def lines(self, location: Location) -> set[int]:
        """The lines (1-based) on which the text, or something that holds it, starts.

        That is every YAML entry and list item around it, the Dockerfile instruction, and the
        command that is continued with `\\` up to there.
        """
        source = location.source
        starts = [location.span.start]
        if source.path in self.dockerfiles:
            instruction = self._instruction(location)
            starts += [instruction.span.start] if instruction else []
        elif source.path in self.yaml:
            for step in self.trail(location):
                starts.append((step.key if isinstance(step, Entry) else step).span.start)
        lines = {source.position(start).line for start in starts}
        return lines | {_first_line(source, location.start.line)}

    def scalar(self, location: Location) -> Scalar | None:
        """The YAML scalar that holds the text."""
        node: Node | None = None
        for step in self.trail(location):
            node = step.value if isinstance(step, Entry) else step
        return node if isinstance(node, Scalar) and node.span.contains(location.span) else None

    def trail(self, location: Location) -> Iterator[Entry | Node]:
        """The entries and list items around the text, outermost first."""
        file = self.yaml.get(location.path)
        node = next(
            (d for d in file.documents if d.span.contains(location.span)) if file else iter(()),
            None,
        )
        while isinstance(node, (Mapping, Sequence)):
            children: list[Entry] | list[Node] = (
                node.entries if isinstance(node, Mapping) else node.items
            )
            index = bisect_right(self._child_starts(node, children), location.span.start) - 1
            if index < 0:
                return
            child = children[index]
            if location.span.end > _end(child):
                return
            yield child
            node = child.value if isinstance(child, Entry) else child

    def _child_starts(self, node: Node, children: list[Entry] | list[Node]) -> list[int]:
        if node not in self._starts:
            self._starts[node] = [
                (child.key if isinstance(child, Entry) else child).span.start for child in children
            ]
        return self._starts[node]

    def _instruction(self, location: Location) -> Instruction | None:
        instructions = self.dockerfiles[location.path].instructions
        starts = self._instruction_starts.get(location.path)
        if starts is None:
            starts = [instruction.span.start for instruction in instructions]
            self._instruction_starts[location.path] = starts
        index = bisect_right(starts, location.span.start) - 1
        if index < 0 or not instructions[index].span.contains(location.span):
            return None
        return instructions[index]


def _end(child: Entry | Node) -> int:
    if isinstance(child, Entry):
        return max(child.key.span.end, child.value.span.end)
    return child.span.end


def _first_line(source: Source, line: int) -> int:
    for _ in range(LONGEST_COMMAND):
        if line == 1 or not source.line(line - 1).rstrip(" \t").endswith("\\"):
            break
        line -= 1
    return line


def _function(location: Location) -> str:
    """The shell function of a script around the text, the innermost one; empty outside of them."""
    from .shell.parse import parse_script

    name = ""
    waiting: list[Statement | Block] = [parse_script(location.source.text).block]
    while waiting:
        part = waiting.pop()
        if not part.span.contains(location.span):
            continue
        if isinstance(part, Function):
            name = part.name
        waiting = list(_inside(part))
    return name


def _inside(part: Statement | Block) -> Iterator[Statement | Block]:
    match part:
        case Block(statements=statements) | Pipe(commands=statements):
            yield from statements
        case AndOr(left=left, right=right):
            yield from (left, right)
        case If(branches=branches, otherwise=otherwise):
            for condition, body in branches:
                yield from (condition, body)
            if otherwise is not None:
                yield otherwise
        case Case(arms=arms):
            yield from (body for _, body in arms)
        case Loop(body=inner) | Function(body=inner) | Group(body=inner):
            yield inner
