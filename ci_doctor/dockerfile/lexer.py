"""Quotes, escapes and variables inside an argument, as BuildKit's `shell.Lex` reads them.

BuildKit expands `$X` itself in most instructions with a grammar of its own, close to a shell's:
`"…"`, `'…'`, the escape character, `$X`, `${X}` and the operators `:-  -  :+  +  :?  ?  #  ##  %
%%  /  //`. (BuildKit `frontend/dockerfile/shell/lex.go`.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

# What Go's unicode.IsSpace holds for: str.isspace() also takes the separators \x1c to \x1f.
SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
MAX_DEPTH = 50  # of `${A:-${B:-…}}`; BuildKit knows no limit, no person writes ten

_SPECIAL = frozenset("@*#?-$!")


@cache
def _plain(special: str) -> re.Pattern[str]:
    """Characters without a meaning where `special` have one."""
    return re.compile(f"[^{re.escape(special)}]+")


class LexError(Exception):
    """BuildKit refuses the text; the message is its own."""


@dataclass(frozen=True, slots=True)
class Chars:
    """Literal characters. `start` and `end` are where they stand, one to one.

    `quoted`: from quotes or behind an escape, so that blanks in it do not end a word.
    """

    text: str
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """`$X` or `${X<operator>word}`; for `/` and `//` `word` is the pattern.

    `operator` is "" for a plain use, else as written (":-", "##", ...); one that BuildKit does
    not know behind a colon (`${X:0:3}`) is ":" and the character. `quoted`: in double quotes.
    """

    name: str
    start: int
    end: int
    operator: str = ""
    word: tuple[Lexeme, ...] = ()
    replacement: tuple[Lexeme, ...] = ()
    quoted: bool = False


Lexeme = Chars | Variable


def lex(
    text: str, start: int = 0, end: int | None = None, *, escape: str = "\\", quotes: bool = True
) -> tuple[Lexeme, ...]:
    """The parts of `text[start:end]`; offsets are into `text`.

    Without `quotes`, `'` and `"` are ordinary characters (the body of a heredoc). Raises
    LexError where BuildKit does.
    """
    reader = _Reader(text, start, len(text) if end is None else end, escape, quotes)
    return tuple(reader.until("", raw_escapes=False, depth=0))


class _Reader:
    def __init__(self, text: str, at: int, end: int, escape: str, quotes: bool) -> None:
        self.text = text
        self.at = at
        self.end = end
        self.escape = escape
        self.quotes = quotes

    def until(self, stop: str, *, raw_escapes: bool, depth: int) -> list[Lexeme]:
        """Read to the unquoted character `stop` and past it, or with "" to the end."""
        text, end = self.text, self.end
        ordinary = _plain("$" + self.escape + stop + ("'\"" if self.quotes else ""))
        found: list[Lexeme] = []
        while self.at < end:
            at = self.at
            plain = ordinary.match(text, at, end)
            if plain:
                found.append(Chars(plain.group(), at, plain.end()))
                self.at = plain.end()
                continue
            char = text[at]
            if char == stop:
                self.at += 1
                return found
            if char == "$":
                found.append(self.dollar(quoted=False, depth=depth))
            elif char == "'":
                close = text.find("'", at + 1, end)
                if close < 0:
                    raise LexError(
                        "unexpected end of statement while looking for matching single-quote"
                    )
                found.append(Chars(text[at + 1 : close], at + 1, close, quoted=True))
                self.at = close + 1
            elif char == '"':
                found += self.double(raw_escapes=raw_escapes, depth=depth)
            else:
                if raw_escapes:
                    found.append(Chars(char, at, at + 1, quoted=True))
                if at + 1 < end:
                    found.append(Chars(text[at + 1], at + 1, at + 2, quoted=True))
                self.at = min(at + 2, end)
        if stop:
            raise LexError(f"unexpected end of statement while looking for matching {stop}")
        return found

    def double(self, *, raw_escapes: bool, depth: int) -> list[Lexeme]:
        text, end = self.text, self.end
        ordinary = _plain('$"' + self.escape)
        self.at += 1
        # Even an empty `""` makes a word.
        found: list[Lexeme] = [Chars("", self.at, self.at, quoted=True)]
        while self.at < end:
            at = self.at
            plain = ordinary.match(text, at, end)
            if plain:
                found.append(Chars(plain.group(), at, plain.end(), quoted=True))
                self.at = plain.end()
                continue
            char = text[at]
            if char == '"':
                self.at += 1
                return found
            if char == "$":
                found.append(self.dollar(quoted=True, depth=depth))
                continue
            # The escape character: it escapes `"`, `$` and itself, and stays before all others.
            following = text[at + 1] if at + 1 < end else ""
            if following and following in f'"${self.escape}':
                first = at if raw_escapes else at + 1
                found.append(Chars(text[first : at + 2], first, at + 2, quoted=True))
                self.at = at + 2
            else:
                found.append(Chars(char, at, at + 1, quoted=True))
                self.at = at + 1
        raise LexError("unexpected end of statement while looking for matching double-quote")

    def dollar(self, *, quoted: bool, depth: int) -> Lexeme:
        start = self.at
        self.at += 1
        if self.peek() != "{":
            name = self.name()
            if not name:
                return Chars("$", start, start + 1, quoted)
            return Variable(name, start, self.at, quoted=quoted)
        self.at += 1
        if self.peek() == "":
            raise LexError("syntax error: missing '}'")
        if self.peek() in "{}:":
            raise LexError("syntax error: bad substitution")
        if depth >= MAX_DEPTH:
            raise LexError("variables are nested too deeply")
        name = self.name()
        operator = self.peek()
        self.at += 1
        word: list[Lexeme] = []
        replacement: list[Lexeme] = []
        if operator == "}":
            operator = ""
        elif operator == "/":
            if self.peek() == "/":
                operator = "//"
                self.at += 1
            word = self.until("/", raw_escapes=True, depth=depth + 1)
            replacement = self.until("}", raw_escapes=True, depth=depth + 1)
        elif operator and operator in ":+-?#%":
            if operator == ":":
                operator += self.peek()
                self.at += 1
            elif operator in "#%" and self.peek() == operator:
                operator *= 2
                self.at += 1
            word = self.until("}", raw_escapes=operator[-1] in "#%", depth=depth + 1)
        else:
            raise LexError(f"unsupported modifier ({operator}) in substitution")
        return Variable(
            name, start, self.at, operator, tuple(word), tuple(replacement), quoted=quoted
        )

    def peek(self) -> str:
        return self.text[self.at] if self.at < self.end else ""

    def name(self) -> str:
        start = self.at
        first = self.peek()
        if first and first in _SPECIAL:
            self.at += 1
        elif first.isdecimal():
            while self.peek().isdecimal():
                self.at += 1
        else:
            while self.peek() == "_" or self.peek().isalpha() or self.peek().isdecimal():
                self.at += 1
        return self.text[start : self.at]


def words(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The words of `text[start:end]` as written, from offset to offset: split at blanks outside
    of quotes.

    A variable is split at the blanks between its braces, and the blanks between `<<` and the
    name of a heredoc belong to its word: that is how BuildKit looks for heredocs. Raises LexError.
    """
    found: list[tuple[int, int]] = []
    first = -1
    for lexeme in lex(text, start, end):
        if lexeme.quoted:
            # The quote or escape before it belongs to the word.
            first = lexeme.start - 1 if first < 0 else first
            continue
        at = lexeme.start
        while at < lexeme.end:
            if text[at] in SPACES:
                if first >= 0:
                    found.append((first, at))
                    first = -1
                at += 1
                continue
            first = at if first < 0 else first
            if isinstance(lexeme, Chars) and text.startswith("<<", at, lexeme.end):
                at += 2
                while at < lexeme.end and text[at] in " \t":
                    at += 1
            else:
                at += 1
    if first >= 0:
        found.append((first, end))
    return found
