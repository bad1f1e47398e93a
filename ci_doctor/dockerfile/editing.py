"""Edits of a Dockerfile that touch nothing but what they add or take away."""

from __future__ import annotations

from ..edits import Edit
from ..source import Span
from .instructions import Instruction
from .words import Flag


def add_line_behind(instruction: Instruction, line: str) -> Edit:
    """Write a line below an instruction, and its heredocs."""
    text = instruction.source.text
    newline = "\r\n" if "\r\n" in text else "\n"
    end = instruction.span.end
    return Edit(instruction.source.path, Span(end, end), newline + line)


def add_line_above(instruction: Instruction, line: str) -> Edit:
    """Write a line above an instruction."""
    text = instruction.source.text
    newline = "\r\n" if "\r\n" in text else "\n"
    start = instruction.span.start
    return Edit(instruction.source.path, Span(start, start), line + newline)


def remove_line(instruction: Instruction) -> Edit:
    """Take an instruction away with its line end."""
    text, (start, end) = instruction.source.text, instruction.span
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    for newline in ("\r\n", "\n"):
        if text.startswith(newline, end):
            return Edit(instruction.source.path, Span(start, end + len(newline)), "")
    return Edit(instruction.source.path, Span(start, end), "")


def add_flag(instruction: Instruction, flag: str) -> Edit:
    """Write a flag behind the instruction's name."""
    at = instruction.name_span.end
    return Edit(instruction.source.path, Span(at, at), f" {flag}")


def remove_flag(flag: Flag) -> Edit:
    """Take a flag away with the blanks behind it."""
    text, (start, end) = flag.location.source.text, flag.location.span
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    return Edit(flag.location.path, Span(start, end), "")
