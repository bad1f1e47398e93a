"""Which Dockerfile a build reads."""

from __future__ import annotations

from ..execution.command import Command
from ..files.protocol import Files
from ..source import Location
from ..text import Text
from .build import Path
from .output_text import standard_input
from .paths import join, make_path

_NAME = "Dockerfile"
_OTHER_NAME = "dockerfile"  # BuildKit's frontend takes it where there is no `Dockerfile`


def default_dockerfile(directory: Path, location: Location | None, files: Files) -> Path:
    """The Dockerfile of a directory when no name is given."""
    path = join(directory, _NAME, location)
    if path.resolved is not None and files.exists(path.resolved) is False:
        other = join(directory, _OTHER_NAME, location)
        if other.resolved is not None and files.exists(other.resolved) is True:
            return other
    return path


def from_standard_input(command: Command) -> tuple[Path | None, Text | None]:
    """The Dockerfile that a command reads from its standard input: a file, or a text.

    Both are None where it is made by something that is not modelled.
    """
    given = standard_input(command)
    if given is None:
        return None, None
    if given.file is not None:
        return make_path(given.file.text, given.location, command.cwd), None
    return None, given.text
