"""Parse a script into the types of `shell.syntax`.

tree-sitter-bash reads the grammar of commands; words, comments and here-documents are read by
`shell.scan` and `shell.words` (see there). What bash would refuse becomes `NotUnderstood`, line by
line, and the commands around it are kept.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ..source import Span
from .scan import ASSIGNMENT, Scan
from .syntax import (
    AndOr,
    Arithmetic,
    Assignment,
    Block,
    Case,
    Function,
    Group,
    If,
    Loop,
    NotUnderstood,
    Pipe,
    Redirect,
    Script,
    Simple,
    Statement,
    Word,
)
from .words import WordReader

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_NESTING = 80  # compound commands in compound commands
SUBSTITUTION_NESTING = 8  # what one `$(…)` counts there: it takes that much more of Python's stack

_DECLARATIONS = frozenset({"export", "declare", "typeset", "local", "readonly"})
_COMPOUND = frozenset(
    {
        "if_statement",
        "elif_clause",
        "else_clause",
        "while_statement",
        "for_statement",
        "case_statement",
        "case_item",
        "do_group",
        "compound_statement",
        "subshell",
        "function_definition",
        "list",
        "pipeline",
        "negated_command",
    }
)


@lru_cache(maxsize=4096)
def parse_script(text: str) -> Script:
    """The parse tree of `text`, parsed once per distinct text.

    `parse_script.cache_info().misses` counts the parses.
    """
    comments: list[Span] = []
    errors: list[Span] = []
    block = _Region(text, 0, len(text), 0, comments, errors).parse()
    return Script(text, block, tuple(sorted(comments)), tuple(sorted(set(errors))))


@cache
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


class _Region:
    """A stretch of a script that is parsed by itself: all of it, a substitution, a line."""

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        depth: int,
        comments: list[Span],
        errors: list[Span],
        *,
        line: bool = False,
    ) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.depth = depth  # levels around the region
        self.level = 0  # levels in it, at the statement being read
        self.comments = comments
        self.errors = errors
        self.line = line  # already a single line after an error
        self.words = WordReader(text, self._body)

    def parse(self) -> Block:
        span = Span(self.start, self.end)
        if self.depth > MAX_NESTING:
            return Block((self._not_understood(span),), span)
        self.scan = Scan(self.text, self.start, self.end)
        tail: tuple[Statement, ...] = ()
        if self.scan.stopped is not None:
            # bash would refuse the whole script; what stands before may still be worth a look.
            line = self._line_of(self.scan.stopped).start
            self.end = max(line, self.start)
            tail = (self._not_understood(Span(self.end, span.end)),)
            self.scan = Scan(self.text, self.start, self.end)
        if not self.line:
            self.comments += self.scan.comments
        self.errors += self.scan.faults
        root = _parser().parse(bytes(self.scan.masked)).root_node
        block = self._block([root] if root.type == "ERROR" else root.children, span, 0)
        return Block((*block.statements, *tail), span, block.background)

    def _body(self, start: int, end: int) -> Block:
        depth = self.depth + self.level + SUBSTITUTION_NESTING
        return _Region(self.text, start, end, depth, self.comments, self.errors).parse()

    def _span(self, node: Node) -> Span:
        return Span(self.start + node.start_byte, self.start + node.end_byte)

    def _not_understood(self, span: Span) -> NotUnderstood:
        self.errors.append(span)
        return NotUnderstood(span)

    def _line_of(self, offset: int) -> Span:
        """The logical line around `offset`: between newlines that end commands."""
        lines = self.scan.lines
        index = bisect_left(lines, offset)
        start = lines[index - 1] + 1 if index else self.start
        return Span(start, lines[index] if index < len(lines) else self.end)

    def _block(self, nodes: Iterable[Node], span: Span, level: int) -> Block:
        """The statements among `nodes`, which are siblings; `&` marks the one before it."""
        statements: list[Statement] = []
        background: set[int] = set()
        nodes = [node for node in nodes if node.end_byte > node.start_byte or node.is_missing]
        broken = [self._span(node) for node in nodes if self._is_broken(node)]
        regions = self._whole_lines(broken, span) if broken else []
        done = 0
        for node in nodes:
            here = self._span(node)
            while done < len(regions) and regions[done].start <= here.start:
                statements += self._recover(regions[done], level)
                done += 1
            if done and here.start < regions[done - 1].end:
                continue
            if node.is_named:
                statements.append(self._statement(node, level))
            elif node.type == "&" and statements:
                background.add(len(statements) - 1)
        for region in regions[done:]:
            statements += self._recover(region, level)
        return Block(tuple(statements), span, frozenset(background))

    def _is_broken(self, node: Node) -> bool:
        """Whether the error is in this statement itself, and not in a block that it holds."""
        if node.type == "ERROR" or node.is_missing:
            return True
        if not node.has_error:
            return False
        if node.type not in _COMPOUND:
            return True
        return any(
            child.type == "ERROR"
            or child.is_missing
            or (child.has_error and (child.type not in _COMPOUND or self._is_torn(child)))
            for child in node.children
        )

    def _is_torn(self, node: Node) -> bool:
        """Whether a clause or a part of a list has lost a token of its own."""
        level = [node]
        while level:
            children = [child for part in level for child in part.children]
            if any(child.is_missing for child in children):
                return True
            level = [
                child
                for child in children
                if child.has_error and child.type in ("list", "pipeline", "negated_command")
            ]
        return False

    def _whole_lines(self, broken: list[Span], span: Span) -> list[Span]:
        regions: list[Span] = []
        for start, end in broken:
            start = max(self._line_of(start).start, span.start)
            end = min(self._line_of(max(start, end - 1)).end, span.end)
            end = max(end, start)
            if regions and start <= regions[-1].end:
                regions[-1] = Span(regions[-1].start, max(regions[-1].end, end))
            else:
                regions.append(Span(start, end))
        return regions

    def _recover(self, region: Span, level: int) -> list[Statement]:
        """Read a region with an error line by line, so that one line costs no other."""
        lines = self.scan.lines
        first, last = bisect_left(lines, region.start), bisect_left(lines, region.end)
        if self.line or first == last:
            return [self._not_understood(region)]
        starts = [region.start, *(offset + 1 for offset in lines[first:last])]
        ends = [*lines[first:last], region.end]
        statements: list[Statement] = []
        for start, end in zip(starts, ends, strict=True):
            if self.text[start:end].strip():
                sub = _Region(
                    self.text, start, end, self.depth + level, self.comments, self.errors, line=True
                )
                statements += sub.parse().statements
        return statements

    def _statement(self, node: Node, level: int) -> Statement:
        span = self._span(node)
        if self.depth + level > MAX_NESTING:
            return self._not_understood(span)
        self.level = level
        match node.type:
            case "command":
                return self._simple(node, span)
            case "list":
                return self._and_or(node, level)
            case "pipeline":
                return self._pipe(node, span, level)
            case "negated_command":
                inner = self._first_statement(node, level)
                if isinstance(inner, Pipe) and not inner.negated:
                    return Pipe(inner.commands, span, negated=True)
                return Pipe((inner,), span, negated=True)
            case "if_statement":
                return self._if(node, span, level)
            case "while_statement":
                return self._while(node, span, level)
            case "for_statement":
                return self._for(node, span, level)
            case "case_statement":
                return self._case(node, span, level)
            case "function_definition":
                return self._function(node, span, level)
            case "compound_statement" | "subshell":
                body = self._inner(node, level)
                subshell = node.type == "subshell"
                return Group(body, span, subshell, self._redirects(span.end))
            case _:
                return self._not_understood(span)

    def _first_statement(self, node: Node, level: int) -> Statement:
        for child in node.children:
            if child.is_named:
                return self._statement(child, level + 1)
        return self._not_understood(self._span(node))

    def _inner(self, node: Node, level: int) -> Block:
        """The block between the first and the last token of `node` (`{ }`, `do … done`)."""
        children = node.children
        span = Span(
            self.start + children[0].end_byte,
            self.start + max(children[0].end_byte, children[-1].start_byte),
        )
        return self._block(children[1:-1], span, level + 1)

    def _simple(self, node: Node, span: Span) -> Statement:
        assignments: list[Assignment] = []
        words: list[Word] = []
        declares = False
        for child in node.children:
            start, end = self._span(child)
            if start == end:
                continue
            if self.scan.masked[start - self.start] != ord("x"):
                # tree-sitter takes a stray `fi` or `done` for a program.
                return self._not_understood(span)
            if start in self.scan.bare_redirects:
                continue
            assignment = ASSIGNMENT.match(self.text, start, end) if declares or not words else None
            if assignment:
                value = self._assignment(assignment, start, end)
                if value is None:
                    return self._not_understood(span)
                assignments.append(value)
                continue
            if not (words or assignments) and self.text.startswith("((", start):
                if not self.text.endswith("))", start, end):
                    body = self._body(start + 1, end - 1)
                    return Group(body, Span(start, end), True, self._redirects(start))
                words.append(Word((Arithmetic(Span(start, end)),), Span(start, end)))
                continue
            words.append(self.words.word(start, end))
            if len(words) == 1:
                declares = words[0].literal in _DECLARATIONS
        redirects = self._redirects(span.start)
        if redirects:
            span = Span(span.start, max(span.end, max(r.span.end for r in redirects)))
        return Simple(tuple(assignments), tuple(words), redirects, span)

    def _assignment(self, match: re.Match[str], start: int, end: int) -> Assignment | None:
        name, index, plus = match.groups()
        index = index[1:-1] if index else ""
        value = match.end()
        if not self.text.startswith("(", value, end):
            word = self.words.word(value, end)
            return Assignment(name, word, Span(start, end), bool(plus), None, index)
        items = self.words.items(value + 1, end - 1)
        if items is None:
            return None
        return Assignment(name, None, Span(start, end), bool(plus), items, index)

    def _redirects(self, key: int) -> tuple[Redirect, ...]:
        result = []
        for raw in sorted(self.scan.redirects.get(key, ()), key=lambda raw: raw.span):
            if raw.operator in ("<<", "<<-"):
                target = self.words.heredoc(
                    *raw.target, literal=raw.literal, dash=raw.operator == "<<-"
                )
            else:
                target = self.words.word(*raw.target)
            result.append(Redirect(raw.operator, target, raw.span, raw.descriptor))
        return tuple(result)

    def _and_or(self, node: Node, level: int) -> Statement:
        """`a && b || c`; tree-sitter nests it to the left, as deep as the list is long."""
        rest: list[tuple[str, Node]] = []
        while node.type == "list":
            named = [child for child in node.children if child.is_named]
            if len(named) != 2:
                return self._not_understood(self._span(node))
            operator = next(c.type for c in node.children if c.type in ("&&", "||"))
            rest.append((operator, named[1]))
            node = named[0]
        statement = self._statement(node, level + 1)
        for operator, right in reversed(rest):
            other = self._statement(right, level + 1)
            statement = AndOr(
                statement, operator, other, Span(statement.span.start, other.span.end)
            )
        return statement

    def _pipe(self, node: Node, span: Span, level: int) -> Statement:
        commands = [self._statement(c, level + 1) for c in node.children if c.is_named]
        negated = False
        if commands and isinstance(commands[0], Pipe) and commands[0].negated:
            negated = True
            commands[:1] = commands[0].commands
        return Pipe(tuple(commands), span, negated)

    def _if(self, node: Node, span: Span, level: int) -> Statement:
        branches: list[tuple[Block, Block]] = []
        otherwise: Block | None = None
        clauses = [c for c in node.children if c.type in ("elif_clause", "else_clause")]
        first = [c for c in node.children if c not in clauses]
        for part, nodes in ((node, first), *((c, c.children) for c in clauses)):
            if part.type == "else_clause":
                otherwise = self._block(nodes[1:], self._stretch(nodes[1:], part), level + 1)
                continue
            then = next((i for i, c in enumerate(nodes) if c.type == "then"), None)
            if then is None:
                return self._not_understood(span)
            condition = nodes[1:then]
            body = [c for c in nodes[then + 1 :] if c.type != "fi"]
            branches.append(
                (
                    self._block(condition, self._stretch(condition, part), level + 1),
                    self._block(body, self._stretch(body, part), level + 1),
                )
            )
        return If(tuple(branches), otherwise, span, self._redirects(span.end))

    def _stretch(self, nodes: list[Node], parent: Node) -> Span:
        if not nodes:
            return Span(self.start + parent.end_byte, self.start + parent.end_byte)
        return Span(self.start + nodes[0].start_byte, self.start + nodes[-1].end_byte)

    def _while(self, node: Node, span: Span, level: int) -> Statement:
        children = node.children
        body = next((c for c in children if c.type == "do_group"), None)
        if body is None:
            return self._not_understood(span)
        condition = [c for c in children[1:] if c.end_byte <= body.start_byte]
        return Loop(
            children[0].type,
            self._inner(body, level),
            span,
            condition=self._block(condition, self._stretch(condition, node), level + 1),
            redirects=self._redirects(span.end),
        )

    def _for(self, node: Node, span: Span, level: int) -> Statement:
        children = node.children
        body = next((c for c in children if c.type in ("do_group", "compound_statement")), None)
        if body is None or len(children) < 2:
            return self._not_understood(span)
        words: tuple[Word, ...] | None = None
        if any(c.type == "in" for c in children):
            words = tuple(
                self.words.word(*self._span(c)) for c in node.children_by_field_name("value")
            )
        variable = self.text[slice(*self._span(children[1]))]
        if variable.startswith("(("):
            variable, words = "", ()
        return Loop(
            children[0].type,
            self._inner(body, level),
            span,
            variable,
            words,
            redirects=self._redirects(span.end),
        )

    def _case(self, node: Node, span: Span, level: int) -> Statement:
        subject = node.child_by_field_name("value")
        if subject is None:
            return self._not_understood(span)
        arms = []
        for item in node.children:
            if item.type != "case_item":
                continue
            children = item.children
            close = next((i for i, c in enumerate(children) if c.type == ")"), None)
            if close is None:
                return self._not_understood(span)
            patterns = tuple(
                self.words.word(*self._span(c)) for c in children[:close] if c.is_named
            )
            body = [c for c in children[close + 1 :] if c.type not in (";;", ";&", ";;&")]
            arms.append((patterns, self._block(body, self._stretch(body, item), level + 1)))
        return Case(
            self.words.word(*self._span(subject)), tuple(arms), span, self._redirects(span.end)
        )

    def _function(self, node: Node, span: Span, level: int) -> Statement:
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        if name is None or body is None:
            return self._not_understood(span)
        return Function(self.text[slice(*self._span(name))], self._statement(body, level + 1), span)
