"""Steps of a Dockerfile that fetch something from the network."""

from __future__ import annotations

from .run import RunCommand

_ALWAYS = frozenset({"curl", "wget", "aria2c", "apt-file", "bower"})
# The subcommands that fetch; "" for the program without one.
_VERBS: dict[str, frozenset[str]] = {
    "apk": frozenset({"add", "update", "upgrade"}),
    "apt": frozenset({"update", "install", "upgrade"}),
    "apt-get": frozenset({"update", "install", "upgrade", "dist-upgrade"}),
    "bundle": frozenset({"install"}),
    "cargo": frozenset({"build", "install", "fetch"}),
    "composer": frozenset({"install", "update", "require"}),
    "conda": frozenset({"install", "create", "update"}),
    "dnf": frozenset({"install", "update", "upgrade"}),
    "gem": frozenset({"install"}),
    "git": frozenset({"clone", "fetch", "pull"}),
    "go": frozenset({"get", "install", "mod"}),
    "microdnf": frozenset({"install", "update", "upgrade"}),
    "npm": frozenset({"install", "ci", "i"}),
    "pip": frozenset({"install", "download"}),
    "pip3": frozenset({"install", "download"}),
    "pnpm": frozenset({"install", "add", "i"}),
    "poetry": frozenset({"install", "add"}),
    "uv": frozenset({"sync", "pip", "add"}),
    "yarn": frozenset({"", "install", "add"}),
    "yum": frozenset({"install", "update", "upgrade"}),
    "zypper": frozenset({"install", "in", "refresh"}),
}
_OFFLINE = ("--offline", "--no-index", "--no-network", "--frozen-offline")


def fetches(command: RunCommand) -> bool:
    """Whether a command needs the network, as far as its words tell."""
    name = command.name or ""
    if any(command.has(option) for option in _OFFLINE):
        return False
    operands = [word.text.value or "" for word in command.operands]
    if name in _ALWAYS:
        return not any("localhost" in word or "127.0.0.1" in word for word in operands)
    verbs = _VERBS.get(name)
    if verbs is None:
        return False
    if name == "go" and operands[:1] == ["mod"] and operands[1:2] != ["download"]:
        return False
    first = operands[0] if operands else ""
    return first in verbs
