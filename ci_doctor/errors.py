"""What can go wrong with the user's input, said in one line with a hint."""

from __future__ import annotations


class CiDoctorError(Exception):
    """An expected failure: `message` is one line, `hint` says what to do about it.

    `exit_code` is 2 for a usage or configuration error, 3 where the work could not be done.
    """

    exit_code = 3

    def __init__(self, message: str, hint: str = "", exit_code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if exit_code is not None:
            self.exit_code = exit_code


class UsageError(CiDoctorError):
    """The command line or `.ci-doctor.yml` asks for something that cannot be meant."""

    exit_code = 2


class Unreadable(CiDoctorError):
    """A file is there and cannot be read as text (permissions, size, encoding, binary)."""


class NotFound(Unreadable):
    """A file is not there."""
