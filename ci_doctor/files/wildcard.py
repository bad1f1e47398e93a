"""Patterns of `include:local`, in GitLab's own grammar.

GitLab (`Repository#search_files_by_wildcard_path`) knows three wildcards and no others: `**/` is
any directories or none, `**` any characters, `*` any characters but `/`. `?`, `[` and `{` stand for
themselves, names that begin with a dot are like any other, and a leading `/` is dropped.
"""

from __future__ import annotations


class Wildcard:
    """A pattern. Matching takes time in proportion to the path, whatever the pattern."""

    def __init__(self, pattern: str) -> None:
        pattern = pattern.lstrip("/")
        self._literals: dict[str, int] = {}  # character -> positions that it takes one further
        self._stay = 0  # positions that take any character and stay
        self._stay_in_name = 0  # the same for any character but `/`
        self._enter = 0  # positions where `**/` begins: any character leads to the next one
        self._leave = 0  # positions inside `**/`: `/` leads to the next one
        self._skips: list[tuple[int, int]] = []  # positions that need no character, and the next
        at = 0
        for token in _tokens(pattern):
            bit = 1 << at
            at += 1
            if token == "**/":
                self._enter |= bit
                self._stay |= bit << 1
                self._leave |= bit << 1
                self._skips.append((bit, bit << 2))
                at += 1
            elif token in ("**", "*"):
                if token == "**":
                    self._stay |= bit
                else:
                    self._stay_in_name |= bit
                self._skips.append((bit, bit << 1))
            else:
                self._literals[token] = self._literals.get(token, 0) | bit
        self._end = 1 << at
        head, star, tail = pattern.partition("*")
        self._prefix = head
        self._suffix = tail.rpartition("*")[2].rpartition("/")[2] if star else ""
        self.folder = head.rpartition("/")[0]
        # The number of folders that a path has at most, None for any.
        self.depth = None if "**" in pattern else pattern.count("/")

    def matches(self, path: str) -> bool:
        if not path.startswith(self._prefix) or not path.endswith(self._suffix):
            return False
        states = self._closed(1)
        for character in path:
            after = (states & self._literals.get(character, 0)) << 1
            after |= states & self._stay
            after |= (states & self._enter) << 1
            if character == "/":
                # A `/` that is the first character of what `**/` stands for ends it too.
                after |= (states & self._leave) << 1
                after |= (states & self._enter) << 2
            else:
                after |= states & self._stay_in_name
            if not after:
                return False
            states = self._closed(after)
        return bool(states & self._end)

    def _closed(self, states: int) -> int:
        for bit, next_bit in self._skips:
            if states & bit:
                states |= next_bit
        return states


def _tokens(pattern: str) -> list[str]:
    """Characters and wildcards, found in the order in which GitLab replaces them."""
    tokens: list[str] = []
    for i, piece in enumerate(pattern.split("**/")):
        if i:
            tokens.append("**/")
        for j, part in enumerate(piece.split("**")):
            if j:
                tokens.append("**")
            tokens.extend(part)
    return tokens
