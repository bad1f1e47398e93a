"""What goes to standard output and standard error, and how it may look there."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from typing import TextIO

from ..errors import CiDoctorError
from ..report.printable import printable
from ..report.text import Terminal


def prepare_streams() -> None:
    """A character that the terminal's encoding lacks is escaped, never an error.

    Where the caller closed a stream, what goes there goes nowhere.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def terminal(stream: TextIO, *, no_color: bool = False) -> Terminal:
    """What `stream` can show (https://no-color.org)."""
    tty = stream.isatty()
    plain = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    return Terminal(
        color=tty and not plain,
        links=tty and not plain,
        unicode=encoding.startswith("utf"),
        width=shutil.get_terminal_size().columns if tty else Terminal.width,
    )


def write(stream: TextIO, text: str) -> None:
    """Write all of it now. Raises BrokenPipeError, or CiDoctorError where it cannot be written."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        drop(stream)
        raise CiDoctorError(f"cannot write the output: {error.strerror}") from None


def drop(stream: TextIO) -> None:
    """What is still buffered must not raise again when Python flushes it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def report_error(error: CiDoctorError, *, no_color: bool = False) -> None:
    """One line that says what is wrong, and one that says what to do."""
    with suppress(CiDoctorError):  # there is nowhere else to say it
        _report(error, no_color)


def _report(error: CiDoctorError, no_color: bool) -> None:
    color = terminal(sys.stderr, no_color=no_color).color
    red, end = ("\x1b[1;31m", "\x1b[0m") if color else ("", "")
    write(sys.stderr, f"{red}error{end}: {printable(error.message)}\n")
    if error.hint:
        write(sys.stderr, f"hint: {printable(error.hint)}\n")
