"""Where the paths of a lint begin."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

CI_FILE = ".gitlab-ci.yml"


def find_root(entry: Path, ci_file: str = CI_FILE) -> Path:
    """The root for an entry file or directory, when the user names none.

    An entry that is named like the CI file (`ci_file`, a path from the root) gives the directory it
    is the CI file of; any other the top of the git work tree it lies in, or else its own directory.
    """
    entry = entry.absolute()
    name = PurePosixPath(ci_file)
    depth = len(name.parts)
    if entry.is_dir():
        if (entry / name).is_file():
            return entry
        folder = entry
    else:
        if entry.parts[-depth:] == name.parts:
            return entry.parents[depth - 1]
        folder = entry.parent
    for directory in (folder, *folder.parents):
        # A file in linked work trees and submodules.
        if (directory / ".git").exists():
            return directory
    return folder
