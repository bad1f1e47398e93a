"""Commands whose failure is an answer, not a fault."""

from __future__ import annotations

from .command import Word

_TESTS = frozenset(
    (
        *("[", "[[", "test", "grep", "egrep", "fgrep", "zgrep", "which", "type", "hash", "diff"),
        *(
            "cmp",
            "false",
            "expr",
            "let",
            "pgrep",
            "read",
            "nc",
            "ping",
            "id",
            "getent",
            "stat",
            "ls",
        ),
    )
)
_SUBCOMMANDS = {
    "git": frozenset({"diff", "ls-remote", "rev-parse", "merge-base", "show-ref", "ls-files"}),
    "docker": frozenset({"inspect", "info", "ps", "version"}),
    "podman": frozenset({"inspect", "info", "ps", "version"}),
    "crane": frozenset({"manifest", "digest", "ls", "validate"}),
    "skopeo": frozenset({"inspect"}),
    "regctl": frozenset({"manifest", "image"}),
    "kubectl": frozenset({"get"}),
    "jq": frozenset({"-e"}),
    "yq": frozenset({"-e"}),
}


def asks(words: tuple[Word, ...]) -> bool:
    """Whether a command is a test: `[`, `grep -q`, `command -v`, `docker manifest inspect`, ...

    A program that is not known counts as one.
    """
    if not words:
        return False
    program = words[0].text.value
    if program is None:
        return True
    name = program.rsplit("/", 1)[-1]
    if name in _TESTS:
        return True
    values = [word.text.value for word in words[1:]]
    if name == "command":
        return any(value in ("-v", "-V") for value in values)
    if name in _SUBCOMMANDS:
        plain = [value for value in values if value is not None and not value.startswith("--")]
        return any(value in _SUBCOMMANDS[name] for value in plain[:2])
    return False
