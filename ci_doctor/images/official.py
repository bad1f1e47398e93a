"""The platforms of Docker official images, by tag, without a network.

The data are facts read from the library files of github.com/docker-library/official-images (commit
and date: `data_source`). Measured against every tag those files ever defined: a tag that is said to
lack linux/amd64, linux/arm64 or linux/arm/v7 does lack it; the rarer platforms are exact for every
current tag and may be wrongly missing from old patch releases (`is_reliable`); tags of the years
before 2018 may be said to have more than they do. Mirrors hold the same images.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from .reference import Reference, TextReference, official_name

_ALWAYS_RELIABLE = frozenset({"linux/amd64", "linux/arm64", "linux/arm/v7"})
# Reliable for tags of releases that are maintained as a line (`3.12-slim`, `alpine`).
_RELIABLE_FOR_LINES = frozenset(
    {
        "linux/386",
        "linux/arm/v5",
        "linux/arm/v6",
        "linux/ppc64le",
        "linux/riscv64",
        "linux/s390x",
    }
)
_PRE_RELEASES = frozenset({"alpha", "beta", "dev", "ea", "git", "nightly", "rc"})

# Images that Docker Hub marks as deprecated, and what their pages name in their place.
_SUCCESSORS = {
    "adoptopenjdk": ("eclipse-temurin",),
    "centos": ("almalinux", "rockylinux"),
    "ibmjava": ("ibm-semeru-runtimes",),
    "iojs": ("node",),
    "java": ("eclipse-temurin",),
    "openjdk": ("eclipse-temurin",),
}


def data_source() -> str:
    """Repository, commit and date of the data, for messages."""
    data = _data()
    repository = data["origin"].removeprefix("https://github.com/")
    return f"{repository} at {data['commit'][:8]} ({data['date']})"


def official_platforms(reference: Reference | TextReference) -> frozenset[str] | None:
    """The platforms of a Docker official image (`linux/arm64`, `windows/amd64`, ...).

    None where there is no answer: another image, a digest, or a tag that is not known of an image
    whose tags differ.
    """
    name = official_name(reference)
    if name is None or reference.digest is not None:
        return None
    tag = reference.tag_or_latest
    if tag is not None and not isinstance(tag, str):
        tag = tag.value
    if tag is not None:
        return platforms_of(name, tag)
    # Whatever the tag is: an unknown part may still be a digest, and its platforms are the same.
    return None if _tags(name) else platforms_of(name, "latest")


def platforms_of(name: str, tag: str) -> frozenset[str] | None:
    """The platforms of `name:tag`, None for a name that is not an official image."""
    image = _data()["images"].get(name)
    if image is None:
        return None
    tags = _tags(name)
    for shorter in _fallback_tags(tag):
        if shorter in tags:
            return _set(tags[shorter])
    return _set(image["default"])


def is_reliable(name: str, tag: str, platform: str) -> bool:
    """Whether `name:tag` is certain to lack `platform` where the data say so."""
    if platform in _ALWAYS_RELIABLE or tag in _tags(name):
        return True
    return platform in _RELIABLE_FOR_LINES and _names_a_line(tag)


def alternatives(name: str, tag: str, platforms: Iterable[str]) -> tuple[str, ...]:
    """Images to take instead of `name:tag` that have all of `platforms`, the nearest first.

    At most three: a newer tag of the same kind, the kind alone (`alpine`), `latest`, and the image
    that replaces a deprecated one.
    """
    wanted = frozenset(platforms)
    prefix, version, kind = _version(tag)
    tags = {other: _set(number) for other, number in _tags(name).items()}
    newer = sorted(
        (_newest(other_version), other)
        for other, its_platforms in tags.items()
        if wanted <= its_platforms
        for other_prefix, other_version, other_kind in (_version(other),)
        if (other_prefix, other_kind) == (prefix, kind)
        if version and _newest(other_version) > _newest(version)
    )
    found = [other for _, other in newer[:1]]
    lines = [kind.removeprefix("-"), *([] if name in _SUCCESSORS else ["latest"])]
    found += [
        line
        for line in lines
        if line and line != tag and (line in tags or line == "latest")
        if wanted <= (platforms_of(name, line) or frozenset())
    ]
    images = [f"{name}:{each}" for each in found]
    images += [
        successor
        for successor in _SUCCESSORS.get(name, ())
        if wanted <= (platforms_of(successor, "latest") or frozenset())
    ]
    return tuple(dict.fromkeys(images))[:3]


@lru_cache(maxsize=1)
def _data() -> Any:
    import json

    content = pkgutil.get_data(__package__ or "", "data/official-images.json")
    assert content is not None
    return json.loads(content)


@lru_cache(maxsize=256)
def _tags(name: str) -> dict[str, int]:
    """The set's number for each listed tag: those that their shorter tag does not speak for."""
    image = _data()["images"].get(name, {})
    return {
        tag: int(number)
        for number, tags in image.get("tags", {}).items()
        for tag in tags.split(" ")
    }


@lru_cache(maxsize=256)
def _set(number: int) -> frozenset[str]:
    return frozenset(_data()["sets"][number].split(" "))


def _fallback_tags(tag: str) -> Iterator[str]:
    """The tag, then ever shorter ones: `3.7.3-slim`, `3.7-slim`, `3-slim`, `slim`."""
    yield tag
    match = re.match(r"(v?)(\d+(?:\.\d+)*)", tag)
    if match is None:
        return
    numbers = match[2].split(".")
    rest = tag[match.end() :]
    for count in range(len(numbers) - 1, 0, -1):
        yield f"{match[1]}{'.'.join(numbers[:count])}{rest}"
    if rest.startswith("-"):
        yield rest[1:]


def _version(tag: str) -> tuple[str, tuple[int, ...], str]:
    """`v3.7.3-slim` as ("v", (3, 7, 3), "-slim")."""
    match = re.match(r"(v?)(\d{1,9}(?:\.\d{1,9})*)", tag)
    if match is None:
        return "", (), f"-{tag}"
    return match[1], tuple(map(int, match[2].split("."))), tag[match.end() :]


def _newest(version: tuple[int, ...]) -> tuple[int, ...]:
    """For comparison: `3` is the newest of all `3.x`."""
    return (*version, 10**9)


def _names_a_line(tag: str) -> bool:
    """`3`, `3.12-slim` and `alpine`, not `3.12.1`, `20240101` or `3.15-rc-alpine3.22`."""
    first, *words = tag.split("-")
    if not re.fullmatch(r"v?\d{1,4}(?:\.\d{1,3})?", first):
        words.insert(0, first)
    return all(re.fullmatch("[a-z]+", word) and word not in _PRE_RELEASES for word in words)
