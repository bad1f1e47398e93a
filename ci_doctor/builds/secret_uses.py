"""Variables with secrets in the commands of a job."""

from __future__ import annotations

from collections.abc import Iterator

from ..execution.command import Command
from ..pipeline.predefined import is_predefined
from ..text import Symbol
from .gitlab_credentials import PASSWORDS, credential_texts
from .jobs import JobBuilds
from .secret_names import is_secret_name

# GitLab masks them in every log.
MASKED = frozenset({*PASSWORDS, "CI_DEPENDENCY_PROXY_PASSWORD", "CI_DEPLOY_PASSWORD"})
_PATHS = ("_FILE", "_PATH")  # of variables of type File: what is printed is a path


def secrets_in(command: Command) -> Iterator[Symbol]:
    """The variables in a command's words whose names say that they hold a secret."""
    for word in command.words:
        for symbol in word.text.symbols():
            if is_secret(symbol.variable):
                yield symbol


def is_secret(name: str) -> bool:
    if name in MASKED:
        return True
    return not is_predefined(name) and is_secret_name(name) and not name.endswith(_PATHS)


def own_secrets(builds: JobBuilds) -> list[str]:
    """The project's own secrets that the job is seen to use, by name."""
    names = {symbol.variable for c in builds.execution.commands for symbol in secrets_in(c)}
    names |= {s.variable for text in credential_texts(builds) for s in text.symbols()}
    return sorted(name for name in names if is_secret(name) and name not in MASKED)
