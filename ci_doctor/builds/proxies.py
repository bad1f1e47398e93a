"""HTTP proxies that a job's environment names.

Go programs (docker, buildctl, buildkitd) read them as golang.org/x/net/http/httpproxy does: the
upper-case name before the lower-case one, `no_proxy` as a list of hosts and domains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..execution.command import Command
from ..text import UNKNOWN, Text
from .environment import exported
from .jobs import JobBuilds

PROXIES = ("http_proxy", "https_proxy")
NO_PROXY = "no_proxy"
ALL = (*PROXIES, "ftp_proxy", "all_proxy", NO_PROXY)
_USER = re.compile(r"^[a-z0-9+]*:?//[^/@\s]*?:([^/@\s]+)@", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A variable by the name it is set under, and its value."""

    name: str
    value: Text


def setting(command: Command, name: str) -> Setting | None:
    """The variable that a Go program takes for `http_proxy`, `https_proxy` or `no_proxy`."""
    for spelled in (name.upper(), name):
        value = exported(command, spelled)
        if value is not None and value.is_empty is not True:
            return Setting(spelled, value)
    return None


def settings(command: Command) -> Mapping[str, Setting]:
    """The proxies that are set, by their lower-case names."""
    found = {name: setting(command, name) for name in ALL}
    return {name: each for name, each in found.items() if each is not None}


def proxy_values(builds: JobBuilds) -> Iterator[tuple[str, Text]]:
    """Every value that a job gives a proxy, by its lower-case name: variables, script, build args."""
    found = [(name, variable.text) for name, variable in builds.job.variables.items()]
    for command in builds.execution.commands:
        found += command.assignments.items()
    for build in builds.builds:
        for argument in build.build_args:
            if argument.name.value is not None and argument.value is not None:
                found.append((argument.name.value, argument.value))
    for name, text in found:
        if name.lower() in ALL:
            yield name.lower(), text


def is_exempt(host: str, no_proxy: Text | None) -> bool | None:
    """Whether `no_proxy` keeps a host away from the proxy; None where an unknown part may."""
    if no_proxy is None:
        return False
    unsure = False
    for entry in no_proxy.split(","):
        template = entry.template.strip()
        if UNKNOWN in template:
            unsure = True
            continue
        name = template.partition(":")[0].lower()
        if name == "*" or name == host.lower():
            return True
        domain = name if name.startswith(".") else f".{name}"
        if name and host.lower().endswith(domain):
            return True
    return None if unsure else False


def password_in(url: str) -> tuple[int, int] | None:
    """Where the password of `http://user:password@proxy` stands."""
    match = _USER.match(url)
    return None if match is None else match.span(1)


def placeholder_in(url: str) -> tuple[int, int] | None:
    """Where a `<…>` stands that somebody forgot to fill in."""
    match = re.search(r"<[A-Za-z][^<>\n]{0,60}>", url)
    return None if match is None else match.span()
