"""Scalars that `$[[ inputs.x ]]` has changed, with the places their characters come from."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from ..source import Location
from ..text import At, Literal, Symbol, Text
from ..yamldoc.nodes import Alias, Scalar
from ..yamldoc.scalars import ScalarOrigin


class Piece(NamedTuple):
    """Characters `start` to `end` of the interpolated text, and of the written one.

    A piece that is no `block` was copied, character by character. `unknown` stands for a block whose
    value nobody here can see: its characters are the block's own.
    """

    start: int
    end: int
    written_start: int
    written_end: int
    block: bool = False
    unknown: Symbol | None = None


@dataclass(slots=True, eq=False)
class InterpolatedScalar(Scalar):
    """`value` and `text` after interpolation; `written` is the scalar in the file."""

    written: Scalar = field(kw_only=True)
    pieces: tuple[Piece, ...] = field(kw_only=True)

    @property
    def origin(self) -> ScalarOrigin:
        return _InterpolatedOrigin(self)

    @property
    def is_unknown(self) -> bool:
        """Whether the whole scalar is one block without a known value: it may be of any type."""
        return len(self.pieces) == 1 and self.pieces[0].unknown is not None

    @property
    def has_unknown(self) -> bool:
        return any(piece.unknown is not None for piece in self.pieces)

    @property
    def content(self) -> Text:
        origin = self.origin
        parts: list[Literal | Symbol] = []
        for piece in self.pieces:
            at = At(origin, piece.start, piece.end)
            if piece.unknown is not None:
                symbol = piece.unknown
                parts.append(Symbol(symbol.variable, symbol.scope, symbol.domain, at))
            elif piece.end > piece.start:
                parts.append(Literal(self.text[piece.start : piece.end], at))
        return Text(tuple(parts))


class _InterpolatedOrigin(ScalarOrigin):
    """Maps the interpolated text: what a block filled in comes from the whole block."""

    __slots__ = ("_interpolated", "_offsets")

    def __init__(self, scalar: InterpolatedScalar) -> None:
        super().__init__(scalar.written)
        self._interpolated = scalar.pieces
        self._offsets = [piece.start for piece in scalar.pieces]

    def _piece_at(self, offset: int) -> Piece:
        return self._interpolated[max(bisect_right(self._offsets, offset) - 1, 0)]

    def locate(self, start: int, end: int) -> Location:
        first = self._piece_at(start)
        last = first if end <= start else self._piece_at(end - 1)
        low = first.written_start if first.block else first.written_start + start - first.start
        high = last.written_end if last.block else last.written_start + end - last.start
        return super().locate(low, max(low, high))

    def offset_of(self, file_offset: int) -> int | None:
        written = super().offset_of(file_offset)
        for piece in self._interpolated if written is not None else ():
            if written is not None and piece.written_start <= written < piece.written_end:
                return piece.start if piece.block else piece.start + written - piece.written_start
        return None

    def escape(self, text: str, at: int) -> str | None:
        piece = self._piece_at(at)
        if piece.block and piece.start < at < piece.end:
            return None
        into = 0 if at <= piece.start else at - piece.start
        written = piece.written_start + into
        return super().escape(text, piece.written_end if piece.block and into else written)


@dataclass(slots=True, eq=False)
class InputUse(Alias):
    """A `$[[ inputs.x ]]` that stands for a whole list or mapping: `node` is the input's value."""
