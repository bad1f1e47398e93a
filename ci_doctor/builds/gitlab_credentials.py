"""The credentials that GitLab gives every job.

https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

from collections.abc import Iterator

from ..text import Symbol, Text
from .encodings import encoded_in
from .jobs import JobBuilds, Login

REGISTRY_USER = "CI_REGISTRY_USER"
PASSWORDS = frozenset({"CI_REGISTRY_PASSWORD", "CI_JOB_TOKEN"})


def variable_in(text: Text | None) -> Symbol | None:
    """The variable that makes up a text, line end apart; None for anything else."""
    if text is None:
        return None
    stripped = text.strip("\r\n")
    alone = stripped.parts[0] if len(stripped.parts) == 1 else None
    return alone if isinstance(alone, Symbol) else None


def is_job_password(text: Text | None) -> bool:
    """Whether a password is the job's own token."""
    symbol = variable_in(text)
    return symbol is not None and symbol.variable in PASSWORDS


def is_job_login(login: Login) -> bool:
    """Whether a login uses the job's own token, or the user that goes with it."""
    user = variable_in(login.user)
    password = login.password if login.password is not None else login.stdin
    if password is not None:
        return is_job_password(password)
    return user is not None and user.variable == REGISTRY_USER


def credential_texts(builds: JobBuilds) -> Iterator[Text]:
    """The users and passwords that a job logs in with or writes into a config.json."""
    for login in builds.logins:
        yield from (text for text in (login.user, login.password, login.stdin) if text is not None)
    for write in builds.config_writes:
        for entry in write.entries:
            for text in entry.fields.values():
                if text is None:
                    continue
                yield text
                for encoding in encoded_in(text, builds.encodings):
                    if encoding.text is not None:
                        yield encoding.text
