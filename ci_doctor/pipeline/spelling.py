"""The known word that a misspelt one most likely stands for."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

_LONGEST = 60  # longer words are no typing errors of a known one


class Near(NamedTuple):
    """`distance` counts letters inserted, left out, changed or swapped; `alone`: none is as near."""

    word: str
    distance: int
    alone: bool


class Speller:
    """Looks words up with a bound on all the work together, so that hostile input stays cheap."""

    def __init__(self, comparisons: int = 40_000) -> None:
        self._left = comparisons

    def nearest(self, word: str, known: Collection[str]) -> Near | None:
        """The nearest of `known` within a third of the word's length; None where nothing is near."""
        if len(word) > _LONGEST or self._left < len(known):
            return None
        self._left -= len(known)
        limit = min(len(word) // 3, 3) if len(word) > 2 else 0
        best: list[tuple[int, str]] = []
        for other in known:
            if other == word or abs(len(other) - len(word)) > max(limit, 1):
                continue
            distance = 1 if same(word, other) else edit_distance(word, other, limit)
            if distance is not None and distance <= max(limit, 1):
                best.append((distance, other))
        if not best:
            return None
        distance, found = min(best)
        return Near(found, distance, sum(d == distance for d, _ in best) == 1)


def same(word: str, other: str) -> bool:
    """Whether two words differ only in case, `-`, `_` and blanks."""
    return word != other and _plain(word) == _plain(other)


def _plain(word: str) -> str:
    return word.lower().replace("-", "_").replace(" ", "_").strip("_")


def edit_distance(a: str, b: str, limit: int) -> int | None:
    """Letters to insert, delete, change or swap with their neighbour; None above `limit`."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        above, before, row = before, row, [i] + [0] * len(b)
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row[j] = cost
        if min(row) > limit:
            return None
    return row[-1] if row[-1] <= limit else None
