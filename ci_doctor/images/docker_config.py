"""Registry credentials of this machine's user, as docker and BuildKit find them.

docker/cli reads the variable DOCKER_AUTH_CONFIG and then `config.json` (cli/config/configfile).
Credential helpers are programs, and no program is run here.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .reference import DOCKER_HUB

VARIABLE = "DOCKER_AUTH_CONFIG"
_HUB_HOSTS = (DOCKER_HUB, "registry-1.docker.io")
_HUB_KEY = "https://index.docker.io/v1/"
_LARGEST = 1024 * 1024


@dataclass(frozen=True)
class Credential:
    """User and password, or one of the tokens. `source` says where it stands."""

    source: str
    username: str = ""
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)
    registry_token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Keychain:
    """The documents that may hold credentials, the first one that has some counts."""

    documents: tuple[tuple[str, Mapping[str, Any]], ...] = field(default=(), repr=False)

    @staticmethod
    def of_user(environment: Mapping[str, str]) -> Keychain:
        """What stands in DOCKER_AUTH_CONFIG, and in config.json of DOCKER_CONFIG or `~/.docker`.

        What cannot be read counts as empty, as it does for docker.
        """
        found = [(VARIABLE, _document(environment.get(VARIABLE, "")))]
        folder = environment.get("DOCKER_CONFIG")
        try:
            path = Path(folder) if folder else Path.home() / ".docker"
            with (path / "config.json").open("rb") as file:
                text = file.read(_LARGEST).decode()
        except (OSError, RuntimeError, ValueError):  # RuntimeError: there is no home
            text = ""
        found.append(("config.json", _document(text)))
        return Keychain(tuple(found))

    def find(self, registry: str) -> Credential | None:
        """The credential for a registry (`host`, `host:port`)."""
        for source, document in self.documents:
            entry = _entry(_mapping(document.get("auths")), _key(registry))
            credential = _credential(source, entry)
            if credential is not None:
                return credential
        return None

    def has_helper(self, registry: str) -> bool:
        """Whether docker would ask a program for the credential."""
        return any(
            bool(document.get("credsStore"))
            or _key(registry) in _mapping(document.get("credHelpers"))
            for _, document in self.documents
        )


def _key(registry: str) -> str:
    return _HUB_KEY if registry in _HUB_HOSTS else registry


def _document(text: str) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _entry(auths: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """By the very key, else by a key whose host it is (`https://registry.example.com/v2/`)."""
    if key in auths:
        return _mapping(auths[key])
    for name, entry in auths.items():
        if name.removeprefix("http://").removeprefix("https://").partition("/")[0] == key:
            return _mapping(entry)
    return {}


def _credential(source: str, entry: Mapping[str, Any]) -> Credential | None:
    texts = {name: value for name, value in entry.items() if isinstance(value, str)}
    username, password = texts.get("username", ""), texts.get("password", "")
    if texts.get("auth"):
        try:
            decoded = base64.b64decode(texts["auth"], validate=True).decode()
        except (binascii.Error, ValueError):
            return None
        username, _, password = decoded.partition(":")
        password = password.strip("\0")
    credential = Credential(
        source, username, password, texts.get("identitytoken", ""), texts.get("registrytoken", "")
    )
    usable = username or credential.identity_token or credential.registry_token
    return credential if usable else None
