"""The parse tree of a script, in our own terms.

Every span is relative to the script text that was parsed (characters, half-open), so that one
parse serves every place where the same text stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..source import Span


@dataclass(frozen=True, slots=True)
class Chars:
    """Literal characters of a word, quotes and escapes taken away.

    Where `span` is as long as `text` the characters map one to one; a longer span is an
    escape (`\\"`) or an ANSI-C sequence. `quoted` text is neither split nor globbed.
    """

    text: str
    span: Span
    quoted: bool = False
    single: bool = False  # in single quotes (or a quoted heredoc): `$X` stays as it is


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$NAME` or `${NAME<operator>argument}`; `name` may be `1`, `@`, `#`, `?`, ...

    `operator` is "" or what stands between name and argument: ":-", "-", ":=", ":?", "+", "##",
    "%", "/", ":" (substring), "^^", ",,", ...; `#` before the name (a length) gives "length",
    `!` gives "indirect". `argument` is the word after the operator. `index` is what stands in
    brackets after an array's name ("@", "*", "0").
    """

    name: str
    span: Span
    operator: str = ""
    argument: Word | None = None
    quoted: bool = False
    index: str = ""


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(…)` or backquotes ("command"), `<(…)` and `>(…)` ("process")."""

    kind: str
    body: Block
    span: Span
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`$((…))`, or anything else in a word that is not followed."""

    span: Span
    quoted: bool = False


WordPart = Chars | Parameter | Substitution | Arithmetic


@dataclass(frozen=True, slots=True)
class Word:
    """One word before expansion. `span` has its quotes in it."""

    parts: tuple[WordPart, ...]
    span: Span

    @property
    def literal(self) -> str | None:
        """The characters where nothing in it is expanded, else None."""
        if all(isinstance(part, Chars) for part in self.parts):
            return "".join(part.text for part in self.parts if isinstance(part, Chars))
        return None


@dataclass(frozen=True, slots=True)
class Assignment:
    """`NAME=value`, before a command, alone, or as a word of export/declare/local.

    `append` is `NAME+=value`; an array value has no `value` but `items`. `index` is what stands in
    brackets after the name.
    """

    name: str
    value: Word | None
    span: Span
    append: bool = False
    items: tuple[Word, ...] | None = None
    index: str = ""


@dataclass(frozen=True, slots=True)
class Redirect:
    """`operator` as written (">", ">>", "<", "2>&1" is ">&" with descriptor 2, "<<", "<<-", "<<<").

    For a heredoc `target` is its body, up to the end line (unquoted: expanded; quoted: `Chars`
    with `single` only). `span` is the operator with its word, without the body.
    """

    operator: str
    target: Word
    span: Span
    descriptor: int | None = None


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple command. `[[ … ]]`, `[ … ]`, `export …`, `declare …` and `unset` are simple commands too.

    `NAME=value` after `export`, `declare`, `typeset`, `local` and `readonly` stands in
    `assignments`, not in `words`. `(( … ))` is one word with an `Arithmetic`.
    """

    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Pipe:
    """`a | b | c`; `redirects` of `|&` are not kept."""

    commands: tuple[Statement, ...]
    span: Span
    negated: bool = False


@dataclass(frozen=True, slots=True)
class AndOr:
    """`left && right` or `left || right`."""

    left: Statement
    operator: str
    right: Statement
    span: Span


@dataclass(frozen=True, slots=True)
class If:
    """`branches` are (condition, body) for `if` and each `elif`."""

    branches: tuple[tuple[Block, Block], ...]
    otherwise: Block | None
    span: Span
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """`for`/`select` (with `variable`; `words` None means "$@"), `while` and `until` (with `condition`).

    `for ((…))` has no `variable` and no words.
    """

    kind: str
    body: Block
    span: Span
    variable: str = ""
    words: tuple[Word, ...] | None = None
    condition: Block | None = None
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    subject: Word
    arms: tuple[tuple[tuple[Word, ...], Block], ...]  # (patterns, body)
    span: Span
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    body: Statement
    span: Span


@dataclass(frozen=True, slots=True)
class Group:
    """`{ …; }`, or `( … )` where `subshell` is true."""

    body: Block
    span: Span
    subshell: bool = False
    redirects: tuple[Redirect, ...] = ()


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Text the parser could not read: it may hold any command."""

    span: Span


Statement = Simple | Pipe | AndOr | If | Loop | Case | Function | Group | NotUnderstood


@dataclass(frozen=True, slots=True)
class Block:
    """Statements in order. `background` holds the indices of those that end in `&`."""

    statements: tuple[Statement, ...]
    span: Span
    background: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Script:
    """A parsed script. `comments` are the spans of its comments, `#` included.

    `errors` are the places of text that was not understood.
    """

    text: str
    block: Block
    comments: tuple[Span, ...] = ()
    errors: tuple[Span, ...] = field(default=())
