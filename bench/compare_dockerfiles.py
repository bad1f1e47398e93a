"""Compare ci-doctor's Dockerfile parser with BuildKit's own on every Dockerfile of a folder.

BuildKit's parser comes from PyPI's `dockerfile` (a development dependency). Prints every difference
and exits with 1 if one of them is not explained: that library holds a BuildKit older than the
two readings that changed in 2025 (see `ci_doctor.dockerfile.parse`).
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ci_doctor.dockerfile import Dockerfile, Instruction, Onbuild, parse_dockerfile
from ci_doctor.dockerfile.verify import NAMES
from ci_doctor.source import Source

_BLANK_HEREDOC = re.compile(r"<<-?[ \t]")
PARSER_FAULTS = (
    "the Dockerfile cannot be empty",
    "file with no instructions",
    "only one ",
    "invalid escape token ",
    "when using JSON array syntax",
    "Syntax error - can't find =",
    "ENV must have two arguments",
    "LABEL must have two arguments",
    "unterminated heredoc",
)


def is_dockerfile(name: str) -> bool:
    lower = name.lower()
    return lower.startswith(("dockerfile", "containerfile")) or lower.endswith(
        (".dockerfile", ".containerfile")
    )


def dockerfiles(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and is_dockerfile(path.name):
            yield path


def parser_fault(dockerfile: Dockerfile) -> str | None:
    """What BuildKit's parser (not what comes after it) would stop with."""
    for fault in dockerfile.faults:
        if fault.message.startswith(PARSER_FAULTS):
            return fault.message
    return None


def ours(instruction: Instruction) -> tuple[object, ...]:
    """An instruction in the shape of the `dockerfile` library's Command."""
    inner = instruction
    sub = None
    if isinstance(instruction, Onbuild) and instruction.trigger is not None:
        inner = instruction.trigger
        sub = inner.keyword
    known = inner.name in NAMES and not isinstance(inner, Onbuild)
    values = tuple(word.value for word in inner.arguments)
    return (
        instruction.keyword,
        sub,
        inner.is_json,
        instruction.start_line,
        instruction.end_line,
        tuple(map(str, instruction.flags)),
        values if known else None,
        tuple((h.name, h.descriptor, h.body.text) for h in instruction.heredocs if sub is None),
    )


def theirs(command: Any) -> tuple[object, ...]:
    """The same for the library: what it mangles is put right, what it lacks is left out."""
    inner = command.sub_cmd or command.cmd or ""
    values = tuple(value or "" for value in command.value)
    return (
        command.cmd or "",
        command.sub_cmd,
        command.json,
        command.start_line,
        command.end_line,
        tuple(_characters(flag) for flag in command.flags),
        values if inner.upper() in NAMES and inner.upper() != "ONBUILD" else None,
        tuple((h.name, h.file_descriptor, h.content or "") for h in command.heredocs),
    )


def _characters(flag: str) -> str:
    """The library's parser reads flags byte by byte and makes a character of each."""
    try:
        return flag.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return flag


def explanation(dockerfile: Dockerfile, instructions: Sequence[Instruction]) -> str:
    """Why the older parser of the library may read these otherwise, "" where it may not."""
    if dockerfile.directive("check"):
        return "check was no directive"
    for instruction in instructions:
        text = instruction.line.text
        if _BLANK_HEREDOC.search(text):
            return "blanks between << and the name of a heredoc"
        if not instruction.is_json and "[" in text and "]" in text:
            return "text behind a JSON array"
        if instruction.flags and dockerfile.escape == "`":
            return "the escape character in a flag"
    return ""


def differences(text: str) -> Iterator[tuple[str, str]]:
    """(what differs, explanation or "") for one Dockerfile; ends with the first difference."""
    import dockerfile

    mine = parse_dockerfile(Source("Dockerfile", text))
    fault = parser_fault(mine)
    try:
        commands = dockerfile.parse_string(text)
    except dockerfile.GoParseError as error:
        expected = str(error)
        if fault is None:
            yield f"not refused here: {expected}", explanation(mine, mine.instructions)
        elif fault != expected and not (not text and expected == "file with no instructions"):
            yield f"other words: {fault!r} for {expected!r}", ""
        return
    if fault is not None:
        yield f"refused here only: {fault}", explanation(mine, mine.instructions[-1:])
        return
    for instruction, command in zip(mine.instructions, commands, strict=False):
        if ours(instruction) != theirs(command):
            yield (
                f"line {command.start_line}: {ours(instruction)} for {theirs(command)}",
                explanation(mine, [instruction]),
            )
            return
    if len(mine.instructions) != len(commands):
        what = f"{len(mine.instructions)} instructions for {len(commands)}"
        yield what, explanation(mine, mine.instructions[-1:])


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("folder", type=Path)
    folder = options.parse_args().folder
    counts: Counter[str] = Counter()
    spent = 0.0
    for path in dockerfiles(folder):
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            counts["not UTF-8, left out"] += 1
            continue
        started = time.perf_counter()
        parsed = parse_dockerfile(Source(str(path), text))
        spent += time.perf_counter() - started
        counts["files"] += 1
        counts["instructions"] += len(parsed.instructions)
        for what, why in differences(text):
            counts["explained" if why else "unexplained"] += 1
            print(f"{path}: {what}" + (f" [{why}]" if why else ""))
    for name, count in counts.items():
        print(f"{name}: {count}")
    print(f"our parser: {spent * 1000:.0f} ms")
    return 1 if counts["unexplained"] else 0


if __name__ == "__main__":
    sys.exit(main())
