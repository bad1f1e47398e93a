"""`.dockerignore`: which files of a context a build does not get.

Patterns as github.com/moby/patternmatcher reads them: `*` and `?` stop at `/`, `**` does not, the
last pattern that fits a path or a directory above it decides, `!` takes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..edits import Edit
from ..source import Location, Source, Span

_STAR, _ONE, _ALL, _FOLDERS = "*", "?", "**", "**/"
_EMPTY = frozenset({_STAR, _ALL, _FOLDERS})  # they may stand for no characters


@dataclass(frozen=True)
class Pattern:
    """One line. `text` is the pattern without `!` and a leading `/`, cleaned as a path."""

    text: str
    takes_back: bool
    location: Location

    @cached_property
    def _tokens(self) -> tuple[str, ...]:
        return tuple(_tokens(self.text))

    def matches(self, path: str) -> bool:
        """Whether it fits the path itself. Takes time in proportion to path and pattern."""
        states = self._closed({0})
        for character in path:
            after: set[int] = set()
            for state in states:
                inside = state < 0  # within what `**/` stands for
                at = -state - 1 if inside else state
                if at == len(self._tokens):
                    continue
                after.update(_step(self._tokens[at], at, character))
            states = self._closed(after)
            if not states:
                return False
        return len(self._tokens) in states

    def _closed(self, states: set[int]) -> set[int]:
        """With the states that need no further character."""
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            passes = 0 <= state < len(self._tokens) and self._tokens[state] in _EMPTY
            if passes and state + 1 not in states:
                states.add(state + 1)
                waiting.append(state + 1)
        return states

    def may_reach_into(self, folder: str) -> bool:
        """Whether it may fit something below a directory."""
        literal = self.text.split("*")[0].split("?")[0].split("[")[0]
        below = f"{folder}/"
        return literal.startswith(below) or (literal != self.text and below.startswith(literal))


@dataclass(frozen=True)
class Ignore:
    """A `.dockerignore` file."""

    source: Source
    patterns: tuple[Pattern, ...]

    def excludes(self, path: str) -> Pattern | None:
        """The pattern that keeps a path of the context (`/` between names) out of the build."""
        decided: Pattern | None = None
        for pattern in self.patterns:
            if any(pattern.matches(each) for each in _with_parents(path)):
                decided = None if pattern.takes_back else pattern
        return decided

    def takes_back_below(self, folder: str) -> bool:
        """Whether something below an excluded directory may be in the build all the same."""
        return any(p.takes_back and p.may_reach_into(folder) for p in self.patterns)


def parse_ignore(source: Source) -> Ignore:
    patterns = []
    for number in range(1, len(source.line_starts) + 1):
        line = source.line(number)
        text = line.strip()
        if not text or line.startswith("#"):
            continue
        start = source.text.index(text, source.line_span(number).start)
        location = Location(source, Span(start, start + len(text)))
        takes_back = text.startswith("!")
        cleaned = _clean(text[1:].strip() if takes_back else text)
        if cleaned:
            patterns.append(Pattern(cleaned, takes_back, location))
    return Ignore(source, tuple(patterns))


def _clean(pattern: str) -> str:
    """As Go's filepath.Clean leaves it, without the `/` in front."""
    parts: list[str] = []
    for part in pattern.split("/"):
        if part in ("", "."):
            continue
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".." or not pattern.startswith("/"):
            parts.append(part)
    return "/".join(parts)


def _with_parents(path: str) -> list[str]:
    names = path.split("/")
    return ["/".join(names[:count]) for count in range(1, len(names) + 1)]


def _tokens(pattern: str) -> list[str]:
    """Wildcards, `[…]` classes as written, and single characters (an escaped one has its `\\`)."""
    tokens: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**", at):
            at += 2
            at += pattern.startswith("/", at)
            tokens.append(_ALL if at == len(pattern) else _FOLDERS)
            continue
        close = pattern.find("]", at + 2) if pattern[at] == "[" else -1
        length = 1
        if close > 0:
            length = close + 1 - at
        elif pattern[at] == "\\" and at + 1 < len(pattern):
            length = 2
        tokens.append(pattern[at : at + length])
        at += length
    return tokens


def _step(token: str, at: int, character: str) -> tuple[int, ...]:
    """The states after `character` from the one before `token`; -at-1 is within `**/`."""
    if token == _ALL:
        return (at,)
    if token == _FOLDERS:
        return (-at - 1, at + 1) if character == "/" else (-at - 1,)
    if token == _STAR:
        return () if character == "/" else (at,)
    if token == _ONE:
        return () if character == "/" else (at + 1,)
    if len(token) > 2 and token[0] == "[":
        return (at + 1,) if _in_class(token[1:-1], character) else ()
    return (at + 1,) if character == token[-1] else ()


def _in_class(members: str, character: str) -> bool:
    negated = members.startswith("^")
    members = members[negated:]
    found = False
    at = 0
    while at < len(members):
        if members[at + 1 : at + 2] == "-" and at + 2 < len(members):
            found = found or members[at] <= character <= members[at + 2]
            at += 3
        else:
            found = found or members[at] == character
            at += 1
    return found is not negated


def add_pattern(ignore: Ignore, pattern: str) -> Edit:
    """Write a further line at the end of the file."""
    text = ignore.source.text
    newline = "\r\n" if "\r\n" in text else "\n"
    glue = newline if text and not text.endswith("\n") else ""
    return Edit(ignore.source.path, Span(len(text), len(text)), f"{glue}{pattern}{newline}")
