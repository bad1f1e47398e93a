"""The `git` executable, as a reader: it runs no hook, asks nobody and fetches nothing."""

from __future__ import annotations

import os
import subprocess
import weakref
from pathlib import Path
from typing import IO

from ..errors import CiDoctorError

# A git hook that runs ci-doctor hands down the repository it was called in.
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")


class GitFailed(CiDoctorError):
    """git is missing or ended with an error; `message` is its own first line."""


def _command(directory: Path, arguments: tuple[str, ...]) -> list[str]:
    # Both settings may stand in a repository's own configuration and would run or reach something.
    harmless = ("-c", "core.fsmonitor=false", "-c", "protocol.allow=never")
    return ["git", "-C", str(directory), *harmless, *arguments]


def _environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    environment |= {
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    return environment


def run(directory: Path, *arguments: str) -> bytes:
    """The standard output of a git command; raises GitFailed."""
    try:
        done = subprocess.run(
            _command(directory, arguments),
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as e:
        raise GitFailed(f"cannot run git: {e.strerror}", "install git") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = lines[0].removeprefix("fatal: ") if lines else f"exit code {done.returncode}"
        raise GitFailed(why)
    return done.stdout


class Conversation:
    """A git process that answers one question after the other, until it is closed."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        try:
            self._process = subprocess.Popen(
                _command(directory, arguments),
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as e:
            raise GitFailed(f"cannot run git: {e.strerror}", "install git") from None
        self.close = weakref.finalize(self, _end, self._process)

    def ask(self, question: bytes) -> IO[bytes]:
        """Send a question; the answer is to be read from what is returned. Raises GitFailed."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        try:
            stdin.write(question)
            stdin.flush()
        except (OSError, ValueError):
            raise GitFailed("git ended unexpectedly") from None
        return stdout


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                process.kill()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
