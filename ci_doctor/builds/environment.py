"""Variables as a program sees them."""

from __future__ import annotations

from ..execution.command import Command
from ..pipeline.model import Job
from ..text import Text


def exported(command: Command, name: str) -> Text | None:
    """The value of an environment variable of the program, None where YAML and script set none."""
    return command.environment.get(name) if name in command.exported else None


def is_set(value: Text | None) -> bool | None:
    """Whether a variable has a value that is not empty."""
    if value is None:
        return False
    empty = value.is_empty
    return None if empty is None else not empty


def may_be_set_elsewhere(job: Job) -> bool:
    """Whether an include that was not read may set variables of this job."""
    return bool(job.unknown_parents) or job.pipeline.has_unresolved
