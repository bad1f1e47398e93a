"""Short ways to say what a test is about."""

from __future__ import annotations

from typing import TypeVar

from ci_doctor.dockerfile import Dockerfile, Instruction, Word, parse_dockerfile
from ci_doctor.source import Source, Span

_I = TypeVar("_I", bound=Instruction)


def parse(text: str) -> Dockerfile:
    return parse_dockerfile(Source("Dockerfile", text))


def only(text: str, kind: type[_I]) -> _I:
    """The one instruction of that kind in a Dockerfile of these lines behind `FROM scratch`."""
    [instruction] = parse("FROM scratch\n" + text).of(kind)
    return instruction


def first(text: str) -> Instruction:
    """The instruction in the first line of `text`."""
    return parse(text).instructions[0]


def values(words: tuple[Word | None, ...]) -> list[str | None]:
    return [None if word is None else word.value for word in words]


def slices(text: str, spans: tuple[Span, ...]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


def messages(text: str) -> list[str]:
    return [fault.message for fault in parse(text).faults]
