"""What a registry says of an image, read: indexes, manifests and configurations.

OCI image-spec (image-index, manifest, config) and Docker's schema 2, which have the same shape. What
comes in here is another machine's: it may be anything.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .platforms import InvalidPlatform, Platform, parse_platform

# Without the types of indexes a registry may answer with one of an index's manifests.
ACCEPT = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
_DIGEST = re.compile(r"(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})")
_ATTESTATION = "vnd.docker.reference.type"


class NoPlatforms(Exception):
    """An answer that tells no platforms. The message says what it is."""


@dataclass(frozen=True)
class Index:
    """The platforms that an index has a manifest for."""

    platforms: frozenset[str]


@dataclass(frozen=True)
class Manifest:
    """One image; its configuration, a blob of this digest, has the platform."""

    config: str


def read_manifest(content: bytes) -> Index | Manifest:
    """Read what `manifests/REFERENCE` answers. Raises NoPlatforms."""
    document = _read(content)
    entries = document.get("manifests")
    if isinstance(entries, list):
        return Index(_platforms(entries))
    config = _mapping(document.get("config")).get("digest")
    if isinstance(config, str) and is_digest(config):
        return Manifest(config)
    raise NoPlatforms("it is neither an index nor a manifest")


def read_config(content: bytes) -> str:
    """The platform in an image's configuration. Raises NoPlatforms."""
    platform = _platform(_read(content))
    if platform is None or not platform.is_known:
        raise NoPlatforms("its configuration names no platform")
    return str(platform)


def is_digest(text: str) -> bool:
    return _DIGEST.fullmatch(text) is not None


def has_digest(content: bytes, digest: str) -> bool:
    algorithm, _, value = digest.partition(":")
    return hashlib.new(algorithm, content).hexdigest() == value


def _read(content: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise NoPlatforms("it is not JSON") from None
    return _mapping(document)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _platforms(entries: list[Any]) -> frozenset[str]:
    found = set()
    for entry in map(_mapping, entries):
        stated = _mapping(entry.get("platform"))
        if stated.get("os") == "unknown" or _ATTESTATION in _mapping(entry.get("annotations")):
            continue  # what buildx adds to describe the images
        platform = _platform(stated)
        if platform is None:  # BuildKit would look into that manifest
            raise NoPlatforms("its index has an entry without a platform")
        if platform.is_known:
            found.add(str(platform))
    if not found:
        raise NoPlatforms("its index has no image")
    return frozenset(found)


def _platform(stated: Mapping[str, Any]) -> Platform | None:
    parts = [stated.get(name) for name in ("os", "architecture", "variant")]
    if not isinstance(parts[0], str) or not isinstance(parts[1], str) or not all(parts[:2]):
        return None
    try:
        # The version of the operating system (Windows) decides nothing here.
        return parse_platform("/".join(part for part in parts if isinstance(part, str) and part))
    except InvalidPlatform:
        return None
