"""Text put together from pieces of a file, every character of which knows where it stands.

An instruction loses its continuation lines and the comments between them, a flag its quotes, a
JSON string its escapes, a heredoc its leading tabs: what remains must still point into the file.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from ..source import Location, Source, Span
from ..text import Text


class Piece(NamedTuple):
    """`length` characters from `start` of the text were written at `span` of the file.

    They map one to one where `span` is as long; otherwise (an escape) all of them to all of it.
    """

    start: int
    length: int
    span: Span

    @property
    def is_exact(self) -> bool:
        return self.length == self.span.end - self.span.start


class DecodedText:
    """`text` with an `Origin`. Made by `Decoder`; compared by identity."""

    __slots__ = ("_anchor", "_pieces", "_starts", "source", "text")

    def __init__(self, source: Source, text: str, pieces: list[Piece], anchor: int) -> None:
        self.source = source
        self.text = text
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]
        self._anchor = anchor

    def __repr__(self) -> str:
        return f"DecodedText({self.text!r})"

    def __len__(self) -> int:
        return len(self.text)

    def span(self, start: int, end: int) -> Span:
        """The characters of the file from the first to the last of `start` to `end` (half-open).

        What was dropped between them (a continuation, a comment) lies inside the span.
        """
        if not self._pieces:
            return Span(self._anchor, self._anchor)
        first = self._at(start)
        if end <= start:
            return Span(first.start, first.start)
        return Span(first.start, self._at(end - 1).end)

    def locate(self, start: int, end: int) -> Location:
        return Location(self.source, self.span(start, end))

    def as_text(self, start: int = 0, end: int | None = None) -> Text:
        """The characters `start` to `end` as a known Text with their places."""
        return Text.of(self.text[start:end], self, start)

    def _at(self, index: int) -> Span:
        """Where character `index` stands; the empty span behind the last one at the end."""
        piece = self._pieces[max(bisect_right(self._starts, index) - 1, 0)]
        offset = index - piece.start
        if offset >= piece.length:
            return Span(piece.span.end, piece.span.end)
        if piece.is_exact:
            return Span(piece.span.start + offset, piece.span.start + offset + 1)
        return piece.span


class Decoder:
    """Collects the pieces of a DecodedText. `anchor` is the file offset of a text without characters."""

    def __init__(self, source: Source, anchor: int = 0) -> None:
        self._source = source
        self._anchor = anchor
        self._texts: list[str] = []
        self._pieces: list[Piece] = []
        self._length = 0

    def copy(self, start: int, end: int) -> None:
        """Append the file's characters `start` to `end` as they stand."""
        self.replace(self._source.text[start:end], Span(start, end))

    def replace(self, text: str, span: Span) -> None:
        """Append `text`, which stands for the file's characters `span`."""
        if not text:
            return
        last = self._pieces[-1] if self._pieces else None
        piece = Piece(self._length, len(text), span)
        if last and last.is_exact and piece.is_exact and last.span.end == span.start:
            self._pieces[-1] = Piece(
                last.start, last.length + piece.length, Span(last.span.start, span.end)
            )
        else:
            self._pieces.append(piece)
        self._texts.append(text)
        self._length += len(text)

    def extend(self, decoded: DecodedText, start: int, end: int) -> None:
        """Append the characters `start` to `end` of another text of the same file."""
        pieces, starts = decoded._pieces, decoded._starts
        index = max(bisect_right(starts, start) - 1, 0)
        while index < len(pieces) and pieces[index].start < end:
            piece = pieces[index]
            low, high = max(start, piece.start), min(end, piece.start + piece.length)
            if low < high:
                span = piece.span
                if piece.is_exact:
                    by = span.start - piece.start
                    span = Span(low + by, high + by)
                self.replace(decoded.text[low:high], span)
            index += 1

    def build(self) -> DecodedText:
        return DecodedText(self._source, "".join(self._texts), self._pieces, self._anchor)
