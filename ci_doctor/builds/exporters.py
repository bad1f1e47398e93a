"""What BuildKit's exporters (`--output type=…`) take.

moby/buildkit exporter/containerimage/exptypes/keys.go, exporter/oci, exporter/local, exporter/tar and
cmd/buildctl/build/output.go. A key that an exporter does not know is ignored without a word (observed).
"""

from __future__ import annotations

import re

from .build import Attribute, Attributes

_COMMON = frozenset({"type", "source-date-epoch"})
_LAYERS = frozenset(
    {
        "attestation-inline",
        "buildinfo",
        "buildinfo-attrs",
        "compression",
        "compression-level",
        "force-compression",
        "name",
        "oci-artifact",
        "oci-mediatypes",
        "prefer-nondist-layers",
        "rewrite-timestamp",
    }
)
_IMAGE = frozenset(
    {
        "danging-name-empty-only",  # sic
        "dangling-name-empty-only",
        "dangling-name-prefix",
        "name-canonical",
        "nydus-fs-version",
        "push",
        "push-by-digest",
        "registry.insecure",
        "store",
        "unpack",
        "unsafe-internal-store-allow-incomplete",
    }
)
_FILES = frozenset({"attestation-prefix", "dest", "platform-split"})

KEYS = {
    "image": _COMMON | _LAYERS | _IMAGE,
    "oci": _COMMON | _LAYERS | {"dest", "tar"},
    "docker": _COMMON | _LAYERS | {"dest", "tar"},
    "local": _COMMON | _FILES | {"mode"},
    "tar": _COMMON | _FILES | {"prefer-nondist-layers"},
}
EVERY_KEY = frozenset().union(*KEYS.values())

# Read with Go's strconv.ParseBool: anything else ends the build.
BOOLEANS = frozenset(
    {
        "attestation-inline",
        "force-compression",
        "name-canonical",
        "oci-mediatypes",
        "platform-split",
        "prefer-nondist-layers",
        "push",
        "push-by-digest",
        "registry.insecure",
        "store",
        "unpack",
    }
)
# An empty value of the others is no boolean either.
TRUE_WHEN_EMPTY = BOOLEANS - {"attestation-inline", "platform-split", "prefer-nondist-layers"}

COMPRESSIONS = ("uncompressed", "gzip", "estargz", "zstd")
TO_FILE = frozenset({"oci", "docker", "tar"})

_ANNOTATION = re.compile(r"annotation(?:-[a-z-]+)?(?:\[[^]]*\])?\.")


def knows(exporter: str, key: str) -> bool:
    """Whether an exporter does something with a key (BuildKit's client lower-cases it)."""
    key = key.lower()
    if _ANNOTATION.match(key):
        return exporter in ("image", "oci", "docker")
    return key in KEYS[exporter]


def is_sound(attributes: Attributes | None) -> bool:
    """Whether buildctl reads every field of an `--output` as `key=value`, as it stands."""
    return (
        attributes is not None
        and not attributes.error
        and all(
            field.value is not None and field.key == field.key.strip()
            for field in attributes.fields
        )
    )


def further_names(attributes: Attributes) -> list[Attribute]:
    """The fields that a `name=A,B` without quotes around it loses its other names to."""
    names: list[Attribute] = []
    before = None
    for field in attributes.fields:
        named = before is not None and (before.key.lower() == "name" or before in names)
        if named and field.value is None and ("/" in field.key or ":" in field.key):
            names.append(field)
        before = field
    return names


def is_unknown(field: Attribute) -> bool:
    """Whether a field without `=` holds a variable, which may be a field of its own."""
    return field.value is None and any(letter in field.key for letter in "$`{")
