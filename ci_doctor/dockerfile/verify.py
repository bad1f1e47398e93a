"""What BuildKit refuses in an instruction that its parser has split, in its own words.

(BuildKit `frontend/dockerfile/instructions/parse.go`, `bflag.go`, `commands_runmount.go`, as of
August 2026; the suggestion is that of `util/suggest`.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from .instructions import (
    Arg,
    Copy,
    Env,
    From,
    Healthcheck,
    Instruction,
    MountField,
    Onbuild,
    Run,
    Shell,
    Volume,
)
from .lexer import SPACES
from .words import Flag

STRING, STRINGS, BOOL = "string", "strings", "bool"
_COPY_FLAGS = {
    "chown": STRING,
    "chmod": STRING,
    "link": BOOL,
    "exclude": STRINGS,
}
FLAGS: dict[str, dict[str, str]] = {
    "ADD": {**_COPY_FLAGS, "keep-git-dir": BOOL, "checksum": STRING, "unpack": BOOL},
    "COPY": {**_COPY_FLAGS, "from": STRING, "parents": BOOL},
    "FROM": {"platform": STRING},
    "HEALTHCHECK": dict.fromkeys(
        ("interval", "timeout", "start-period", "start-interval", "retries"), STRING
    ),
    "RUN": {"mount": STRINGS, "network": STRING, "security": STRING, "device": STRINGS},
}
NAMES = (
    *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"),
    *("MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
)
_MOUNT_TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
_MOUNT_KEYS = (
    *("type", "from", "source", "target", "readonly", "id", "sharing", "required", "mode", "uid"),
    *("gid", "src", "dst", "ro", "rw", "readwrite", "destination", "size", "env"),
)
_STAGE_NAME = re.compile(r"[a-z][a-z0-9\-_.]*")
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)([^\d.]*)", re.ASCII)
_UNITS = {"ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 6e10, "h": 3.6e12}
_LONGEST_SUGGESTION = 40  # a longer word is like no name
_LONGEST_DURATION = 100  # a longer one is not looked into


def refusal(instruction: Instruction) -> str | None:
    """The first thing BuildKit would say against it, without `dockerfile parse error on line …`."""
    name = instruction.name
    words = instruction.arguments
    if name not in NAMES:
        keyword = instruction.keyword
        return f"unknown instruction: {keyword}" + suggestion(keyword, NAMES)
    problem: str | None = None
    # BuildKit counts before it looks at the flags, except where a JSON array may be empty.
    if name in ("MAINTAINER", "USER", "WORKDIR", "STOPSIGNAL"):
        problem = None if len(words) == 1 else f"{name} requires exactly one argument"
    elif name in ("EXPOSE", "VOLUME", "ARG", "ONBUILD", "HEALTHCHECK"):
        empty = not words and not (isinstance(instruction, Onbuild) and instruction.trigger)
        problem = f"{name} requires at least one argument" if empty else None
    elif isinstance(instruction, Copy) and len(words) < 2:
        problem = (
            f"{name} requires at least two arguments, but only one was provided. "
            "Destination could not be determined"
        )
    elif isinstance(instruction, From):
        problem = _from(instruction)
    none_allowed = isinstance(instruction, Healthcheck) and words and _is(words[0].value, "NONE")
    if problem is None and name not in ("ARG", "STOPSIGNAL") and not none_allowed:
        problem = _flags(instruction.flags, FLAGS.get(name, {}))
    return problem or _content(instruction)


def late_refusal(instruction: Instruction) -> str | None:
    """What BuildKit says against it only when it builds the stage: then variables are known."""
    for mount in instruction.mounts if isinstance(instruction, Run) else ():
        for item in mount.fields:
            problem = _mount_field(item)
            if problem:
                return problem
    return None


def _mount_field(item: MountField) -> str | None:
    if item.value is None:
        if item.key not in ("readonly", "ro", "readwrite", "rw", "required"):
            return f"invalid field '{item.word}' must be a key=value pair"
    elif item.key not in _MOUNT_KEYS:
        return f"unexpected key '{item.key}' in '{item.word}'" + suggestion(
            item.key, _MOUNT_KEYS, case=True
        )
    elif item.key == "type" and "$" not in item.value.value:
        value = item.value.value
        if value.lower() not in _MOUNT_TYPES:
            return f"unsupported mount type {go_quote(value)}" + suggestion(
                value, _MOUNT_TYPES, case=True
            )
    return None


def suggestion(value: str, options: Iterable[str], *, case: bool = False) -> str:
    """` (did you mean X?)` for the nearest option at a distance below 3, else nothing.

    With `case` letters must be alike; otherwise the suggestion takes the case of `value`.
    """
    if len(value) > _LONGEST_SUGGESTION:
        return ""
    wanted = value if case else value.lower()
    best, match = 3, ""
    for option in options:
        option = option if case else option.lower()
        distance = _distance(wanted, option)
        if distance == 0:
            return ""
        if distance < best:
            best, match = distance, option
    if not match:
        return ""
    if not case and value == value.upper() != value.lower():
        match = match.upper()
    return f" (did you mean {match}?)"


def go_quote(value: str) -> str:
    """The string as Go's `%q` prints it."""
    escapes = {
        '"': '\\"',
        "\\": "\\\\",
        "\a": "\\a",
        "\b": "\\b",
        "\f": "\\f",
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
        "\v": "\\v",
    }
    quoted = []
    for char in value:
        if char in escapes:
            quoted.append(escapes[char])
        elif char.isprintable():
            quoted.append(char)
        else:
            code = ord(char)
            quoted.append(
                f"\\x{code:02x}"
                if code < 0x80
                else f"\\u{code:04x}"
                if code < 0x10000
                else f"\\U{code:08x}"
            )
    return '"' + "".join(quoted) + '"'


def _is(value: str, upper: str) -> bool:
    return value.upper() == upper


def _from(instruction: From) -> str | None:
    alias = instruction.alias
    if alias is not None:
        if _STAGE_NAME.fullmatch(alias.value.lower()):
            return None
        return (
            f"invalid name for build stage: {go_quote(alias.value)}, "
            "name can't start with a number or contain symbols"
        )
    if len(instruction.arguments) != 1:
        return "FROM requires either one or three arguments"
    return None


def _flags(flags: tuple[Flag, ...], known: dict[str, str]) -> str | None:
    seen = set()
    for flag in flags:
        kind = known.get(flag.name)
        if kind is None:
            return f"unknown flag: --{flag.name}" + suggestion(flag.name, known, case=True)
        if flag.name in seen and kind != STRINGS:
            return f"duplicate flag specified: --{flag.name}"
        seen.add(flag.name)
        if kind == BOOL:
            if flag.value is not None and not flag.value.value:
                return f"missing a value on flag: --{flag.name}"
            if flag.is_true is None:
                return f"expecting boolean value for flag --{flag.name}, not: {flag.value}"
        elif flag.value is None:
            return f"missing a value on flag: --{flag.name}"
    return None


def _content(instruction: Instruction) -> str | None:
    words = instruction.arguments
    if isinstance(instruction, (Env, Arg)):
        if not words:
            return f"{instruction.name} requires at least one argument"
        if any(not pair.name.value for pair in instruction.pairs):
            return f"{instruction.name} names can not be blank"
    elif isinstance(instruction, Copy):
        last = words[-1]
        if any(heredoc.word.start == last.start for heredoc in instruction.heredocs):
            return f"{instruction.name} cannot accept a heredoc as a destination"
    elif isinstance(instruction, Volume):
        if any(not word.value.strip(SPACES) for word in words):
            return "VOLUME specified can not be an empty string"
    elif isinstance(instruction, Shell):
        if not words:
            return "SHELL requires at least one argument"
        if not instruction.is_json:
            return "SHELL requires the arguments to be in JSON form"
    elif isinstance(instruction, Healthcheck):
        return _healthcheck(instruction)
    elif isinstance(instruction, Onbuild) and instruction.trigger is not None:
        name = instruction.trigger.name
        if name == "ONBUILD":
            return "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
        if name in ("MAINTAINER", "FROM"):
            return f"{name} isn't allowed as an ONBUILD trigger"
    elif isinstance(instruction, Run):
        return _run(instruction)
    return None


def _healthcheck(instruction: Healthcheck) -> str | None:
    kind, *command = instruction.arguments
    if _is(kind.value, "NONE"):
        return "HEALTHCHECK NONE takes no arguments" if command else None
    if not _is(kind.value, "CMD"):
        return f"Unknown type {go_quote(kind.value.upper())} in HEALTHCHECK (try CMD)"
    if not command:
        return "Missing command after HEALTHCHECK CMD"
    for name in ("interval", "timeout", "start-period", "start-interval"):
        value = instruction.flag_value(name)
        if value is not None and value.value:
            problem = _duration(name, value.value)
            if problem:
                return problem
    retries = instruction.flag_value("retries")
    if retries is None or not retries.value:
        return None
    number = re.fullmatch(r"[-+]?[0-9]{1,10}", retries.value)
    if number is None:
        return f"strconv.ParseInt: parsing {go_quote(retries.value)}: invalid syntax"
    if int(retries.value) < 0:
        return f"--retries cannot be negative ({int(retries.value)})"
    return None


def _duration(name: str, value: str) -> str | None:
    """What Go's time.ParseDuration says against `value`."""
    at = 1 if value[:1] in ("+", "-") else 0
    if value[at:] == "0" or len(value) > _LONGEST_DURATION:
        return None
    total = 0.0
    while True:
        part = _DURATION.match(value, at)
        if part is None:
            return f"time: invalid duration {go_quote(value)}"
        number, unit = part.groups()
        if not unit:
            return f"time: missing unit in duration {go_quote(value)}"
        if unit not in _UNITS:
            return f"time: unknown unit {go_quote(unit)} in duration {go_quote(value)}"
        total += float(number) * _UNITS[unit]
        at = part.end()
        if at == len(value):
            break
    if value.startswith("-") or 0 < total < _UNITS["ms"]:
        return f"Interval {go_quote(name)} cannot be less than 1ms"
    return None


def _run(instruction: Run) -> str | None:
    for mount in instruction.mounts:
        if mount.from_ is not None and re.search(r"\$.", mount.from_.value):
            return "'from' doesn't support variable expansion, define alias stage instead"
    network = instruction.network
    if network is not None and network.value not in ("default", "none", "host"):
        return f"invalid network mode {go_quote(network.value)}"
    security = instruction.security
    if security is not None and security.value not in ("insecure", "sandbox"):
        return f"security {go_quote(security.value)} is not valid"
    return None


@lru_cache(maxsize=1024)
def _distance(a: str, b: str) -> int:
    """Levenshtein's."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (left != right))
    return row[-1]
