"""The texts of a check's examples: dedented, by path, the marks taken out."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping

from .check import MARKS, PIPELINE_FILE
from .source import Span


def texts(files: str | Mapping[str, str]) -> dict[str, str]:
    """The files of an example by path, as they would stand in a repository.

    Indentation common to all lines goes, and so does the line end after the opening quotes.
    """
    named = {PIPELINE_FILE: files} if isinstance(files, str) else files
    return {path: _dedented(text) for path, text in named.items()}


def _dedented(text: str) -> str:
    if text.startswith("\n"):
        text = textwrap.dedent(text[1:])
    return text


def unmarked(text: str) -> tuple[str, list[Span]]:
    """The text without `⟦` and `⟧`, and the spans that stood between them.

    Raises ValueError where they do not come in pairs.
    """
    spans: list[Span] = []
    pieces: list[str] = []
    length = 0
    start: int | None = None
    for piece in re.split(f"([{MARKS}])", text):
        if piece not in tuple(MARKS):
            pieces.append(piece)
            length += len(piece)
        elif (piece == MARKS[0]) is (start is None):
            if start is None:
                start = length
            else:
                spans.append(Span(start, length))
                start = None
        else:
            raise ValueError(f"'{piece}' without its counterpart")
    if start is not None:
        raise ValueError(f"'{MARKS[0]}' without its counterpart")
    return "".join(pieces), spans
