"""What buildctl-daemonless.sh passes to its buildkitd."""

from __future__ import annotations

import re

from ..execution.command import Command, Word
from ..text import UNKNOWN, Text
from .build import DaemonlessFlags
from .environment import exported, may_be_set_elsewhere
from .options import BUILDKITD, parse_options
from .paths import make_path

_WORD = re.compile(r"[^ \t\n]+")


def daemonless_flags(command: Command) -> DaemonlessFlags:
    """BUILDKITD_FLAGS as the script uses it: unquoted, so split on blanks, quotes and all."""
    text = exported(command, "BUILDKITD_FLAGS")
    if text is None:
        return DaemonlessFlags(None, (), None, opaque=may_be_set_elsewhere(command.job))
    words = tuple(_words(text))
    parsed = parse_options(words, BUILDKITD)
    config = parsed.last("--config")
    path = None
    if config is not None and config.value is not None:
        path = make_path(config.value, config.value_location, command.cwd)
    given = parsed.given("--allow-insecure-entitlement")
    return DaemonlessFlags(
        text,
        words,
        text.location,
        opaque=bool(parsed.opaque),
        config=path,
        entitlements=tuple(option.value for option in given if option.value is not None),
    )


def _words(text: Text) -> list[Word]:
    words = []
    for match in _WORD.finditer(text.template):
        piece = text[match.start() : match.end()]
        # An unknown part at the front may be any flags.
        words.append(Word(piece, piece.location, opaque=piece.template.startswith(UNKNOWN)))
    return words
