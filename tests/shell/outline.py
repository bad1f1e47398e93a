"""A parse tree as one line per statement, so that tests compare all of it."""

from __future__ import annotations

from ci_doctor.shell.parse import parse_script
from ci_doctor.shell.syntax import (
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
    Word,
    WordPart,
)


def outline(text: str) -> list[str]:
    """The statements of a script.

    Quoted characters stand in `"…"`, those that keep `$` in `'…'`; `«…»` is a heredoc's body, `?(…)`
    text that was not understood.
    """
    return _Outline(text).block(parse_script(text).block)


class _Outline:
    def __init__(self, text: str) -> None:
        self.text = text

    def block(self, block: Block) -> list[str]:
        return [
            self.statement(statement) + (" &" if index in block.background else "")
            for index, statement in enumerate(block.statements)
        ]

    def inline(self, block: Block) -> str:
        return "{" + "; ".join(self.block(block)) + "}"

    def statement(self, statement: Statement) -> str:
        match statement:
            case Simple(assignments, words, redirects):
                parts = [*map(self.assignment, assignments), *map(self.word, words)]
                return " ".join(parts + [self.redirect(redirect) for redirect in redirects])
            case Pipe(commands, _, negated):
                return ("! " if negated else "") + " | ".join(map(self.statement, commands))
            case AndOr(left, operator, right):
                return f"({self.statement(left)} {operator} {self.statement(right)})"
            case If(branches, otherwise):
                shown = [f"{self.inline(test)} then {self.inline(body)}" for test, body in branches]
                end = "" if otherwise is None else f" else {self.inline(otherwise)}"
                return "if " + " elif ".join(shown) + end + self.redirects(statement.redirects)
            case Loop(kind, body, _, variable, words, condition):
                head = "" if condition is None else " " + self.inline(condition)
                if variable:
                    head = f" {variable}"
                    head += "" if words is None else f" in {' '.join(map(self.word, words))}"
                return f"{kind}{head} do {self.inline(body)}" + self.redirects(statement.redirects)
            case Case(subject, arms):
                shown = [
                    f"{'|'.join(map(self.word, patterns))}) {self.inline(body)}"
                    for patterns, body in arms
                ]
                end = self.redirects(statement.redirects)
                return f"case {self.word(subject)} in {' '.join(shown)}{end}"
            case Function(name, body):
                return f"{name}() {self.statement(body)}"
            case Group(body, _, subshell):
                shown_body = self.inline(body)
                shown_body = f"({shown_body[1:-1]})" if subshell else shown_body
                return shown_body + self.redirects(statement.redirects)
            case NotUnderstood(span):
                return f"?({self.text[span.start : span.end].strip()})"

    def assignment(self, assignment: Assignment) -> str:
        index = f"[{assignment.index}]" if assignment.index else ""
        name = assignment.name + index + ("+=" if assignment.append else "=")
        if assignment.items is not None:
            return f"{name}({' '.join(map(self.word, assignment.items))})"
        assert assignment.value is not None
        return name + self.word(assignment.value)

    def redirects(self, redirects: tuple[Redirect, ...]) -> str:
        return "".join(f" {self.redirect(redirect)}" for redirect in redirects)

    def redirect(self, redirect: Redirect) -> str:
        descriptor = "" if redirect.descriptor is None else str(redirect.descriptor)
        target = self.word(redirect.target)
        if redirect.operator in ("<<", "<<-"):
            target = f"«{target}»"
        return f"{descriptor}{redirect.operator}{target}"

    def word(self, word: Word) -> str:
        return "".join(map(self.part, word.parts))

    def part(self, part: WordPart) -> str:
        match part:
            case Chars(text, _, quoted, single):
                return f"'{text}'" if single else f'"{text}"' if quoted else text
            case Parameter(name, _, operator, argument, quoted, index):
                shown = f"{name}[{index}]" if index else name
                shown += operator + ("" if argument is None else self.word(argument))
                shown = "${" + shown + "}"
                return f'"{shown}"' if quoted else shown
            case Substitution(kind, body, _, quoted):
                shown = ("$(" if kind == "command" else "<(") + "; ".join(self.block(body)) + ")"
                return f'"{shown}"' if quoted else shown
            case Arithmetic(span):
                return "#(" + self.text[span.start : span.end] + ")"
