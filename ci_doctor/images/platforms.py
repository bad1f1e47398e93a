"""Platform specifiers as BuildKit and Docker read them.

Grammar, tables, normalisation and fallbacks follow github.com/containerd/platforms (`Parse`,
`Normalize`, `Only`), which buildkitd, buildx and dockerd share; so do the messages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ..source import Span

_OS_NAMES = """
    aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris
    windows zos
"""
_ARCHITECTURES = """
    386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le
    mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm
"""
OPERATING_SYSTEMS = frozenset(_OS_NAMES.split())
ARCHITECTURES = frozenset(_ARCHITECTURES.split())

_OS = r"^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$"
_COMPONENT = r"^[A-Za-z0-9_.-]+$"
_VARIANTS = {"amd64": "v[2-4]", "arm": "v[5-8]", "arm64": r"v[89](?:\.[0-9])?"}

_ARCHITECTURE_NAMES = {"i386": "386", "x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64"}
_VARIANT_NAMES = {
    "amd64": {"v1": ""},
    "arm": {"": "v7", "5": "v5", "6": "v6", "7": "v7", "8": "v8"},
    "arm64": {"8": "", "v8": "", "v8.0": "", "9": "v9", "9.0": "v9", "v9.0": "v9"},
}

# Names of other tools (Docker's image namespaces, Debian, uname, Node.js, Rust, ...) that the
# parser takes for architectures of their own.
_MEANT = {
    "32": "386",
    "32bit": "386",
    "64": "amd64",
    "64bit": "amd64",
    "aarch": "arm64",
    "aarch64_be": "arm64be",
    "amd": "amd64",
    "amd-64": "amd64",
    "amd64v2": "amd64/v2",
    "amd64v3": "amd64/v3",
    "amd64v4": "amd64/v4",
    "arm-64": "arm64",
    "arm-v5": "arm/v5",
    "arm-v6": "arm/v6",
    "arm-v7": "arm/v7",
    "arm-v8": "arm64",
    "arm32": "arm/v7",
    "arm32v5": "arm/v5",
    "arm32v6": "arm/v6",
    "arm32v7": "arm/v7",
    "arm5": "arm/v5",
    "arm6": "arm/v6",
    "arm64-v8": "arm64",
    "arm64v8": "arm64",
    "arm7": "arm/v7",
    "arm8": "arm64",
    "arm_64": "arm64",
    "arm_v6": "arm/v6",
    "arm_v7": "arm/v7",
    "armv5": "arm/v5",
    "armv6": "arm/v6",
    "armv6l": "arm/v6",
    "armv7": "arm/v7",
    "armv7hf": "arm/v7",
    "armv7l": "arm/v7",
    "armv8": "arm64",
    "i586": "386",
    "i686": "386",
    "ia32": "386",
    "intel64": "amd64",
    "loongarch64": "loong64",
    "mips64el": "mips64le",
    "mipsel": "mipsle",
    "powerpc64le": "ppc64le",
    "ppc64el": "ppc64le",
    "x32": "386",
    "x64": "amd64",
    "x86": "386",
    "x86_32": "386",
    "x8664": "amd64",
}
_MEANT_OS = {"macosx": "darwin", "osx": "darwin", "win": "windows", "win32": "windows"}
# What a misspelling can be meant to be: the platforms that images are built for.
_COMMON_ARCHITECTURES = ("amd64", "arm64", "386", "ppc64le", "riscv64", "s390x", "mips64le")
_COMMON_OPERATING_SYSTEMS = ("linux", "windows", "darwin", "freebsd")


class InvalidPlatform(ValueError):
    """BuildKit refuses the specifier: `message` in its words, `span` the part of it at fault.

    buildkitd puts `failed to parse target platform SPECIFIER: ` before the message.
    """

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


@dataclass(frozen=True, slots=True)
class Platform:
    """A normalised platform: two that mean the same are equal (`arm64` and `linux/arm64/v8`).

    `architecture` is empty where only an operating system is given: the machine that builds
    decides. A known name does not mean that images exist for it.
    """

    os: str
    architecture: str
    variant: str = ""
    os_version: str = ""
    os_features: tuple[str, ...] = ()

    @property
    def known_os(self) -> bool:
        return self.os in OPERATING_SYSTEMS

    @property
    def known_architecture(self) -> bool:
        return not self.architecture or self.architecture in ARCHITECTURES

    @property
    def known_variant(self) -> bool:
        if not self.variant:
            return True
        pattern = _VARIANTS.get(self.architecture)
        return pattern is not None and re.fullmatch(pattern, self.variant) is not None

    @property
    def is_known(self) -> bool:
        """BuildKit builds for unknown platforms too, and no image of such a platform exists."""
        return self.known_os and self.known_architecture and self.known_variant

    def __str__(self) -> str:
        options = self.os_version + "".join(f"+{feature}" for feature in self.os_features)
        os = f"{self.os}({options})" if options else self.os
        return "/".join(part for part in (os, self.architecture, self.variant) if part)


@lru_cache(maxsize=1024)
def parse_platform(text: str) -> Platform:
    """Read one platform specifier; raises InvalidPlatform.

    A missing operating system is linux, as on any machine that builds Linux images. Names are
    checked only where the specifier has no `/`: `linux/foo` is accepted, as BuildKit accepts it.
    """
    whole = Span(0, len(text))
    if "*" in text:
        raise _invalid(f"{_quote(text)}: wildcards not yet supported", whole)
    parts = text.split("/", 3)
    os = re.match(_OS, parts[0]) if "\n" not in parts[0] else None
    if os is None:
        raise _invalid(
            f"{_quote(parts[0])} is an invalid OS component of {_quote(text)}: "
            f"OSAndVersion specifier component must match {_quote(_OS)}",
            Span(0, len(parts[0])) if parts[0] else whole,
        )
    at = len(parts[0]) + 1
    for part in parts[1:]:
        if "\n" in part or not re.match(_COMPONENT, part):
            raise _invalid(
                f"{_quote(part)} is an invalid component of {_quote(text)}: "
                f"platform specifier component must match {_quote(_COMPONENT)}",
                Span(at, at + len(part)) if part else whole,
            )
        at += len(part) + 1
    if len(parts) > 3:
        raise _invalid(f"{_quote(text)}: cannot parse platform specifier", whole)
    name = _os_name(os[1])
    version = _decode(text, "version", os[2] or "")
    features = tuple(sorted({_decode(text, "feature", f) for f in (os[3] or "").split("+") if f}))
    if len(parts) > 1:
        variant = parts[2] if len(parts) == 3 else ""
        return Platform(name, *_normalise(parts[1], variant), version, features)
    if name in OPERATING_SYSTEMS:
        return Platform(name, "", "", version, features)
    architecture, variant = _normalise(text, "")
    if architecture not in ARCHITECTURES:
        raise _invalid(f"{_quote(text)}: unknown operating system or architecture", whole)
    return Platform("linux", architecture, variant)


def nearest(text: str) -> str | None:
    """The specifier that a wrong one is likely to mean (`linux/arm64v8`: `linux/arm64`).

    None where it is right, and where nothing or more than one platform is near.
    """
    try:
        if parse_platform(text).is_known:
            return None
    except InvalidPlatform:
        pass
    words = [word for word in re.split(r"[/\s,:]+", text.lower().strip(" \t/,;'\"")) if word]
    if len(words) == 1:
        split = re.match(r"(linux|windows|darwin)[-_.]?(.+)", words[0])
        words = [split[1], split[2]] if split else ["linux", words[0]]
    if len(words) == 2 and words[1] in OPERATING_SYSTEMS:
        words.reverse()
    elif len(words) == 2 and _normalise(words[0], "")[0] in ARCHITECTURES:
        words.insert(0, "linux")  # `arm/v7`
    if not 2 <= len(words) <= 3:
        return None
    os = _near_os(words[0])
    architecture = _near_architecture(words[1], words[2] if len(words) == 3 else "")
    if os is None or architecture is None:
        return None
    return f"{os}/{architecture}"


def best_match(wanted: Platform, available: Iterable[Platform]) -> Platform | None:
    """The platform of an image that a build for `wanted` pulls, None where it finds none.

    Not always the same platform: BuildKit resolves `FROM` with `platforms.Only` (its
    util/imageutil and util/pull), which takes a 386 image for amd64 and an arm/v7 image for arm64
    where the image has nothing better. The operating system's version is not looked at.
    """
    offered = {(p.os, p.architecture, p.variant): p for p in available}
    for each in fallbacks(wanted):
        found = offered.get((each.os, each.architecture, each.variant))
        if found is not None:
            return found
    return None


def fallbacks(wanted: Platform) -> list[Platform]:
    """The platforms that a build for `wanted` takes an image of, in that order; itself first."""
    order = _fallbacks(wanted.architecture, wanted.variant)
    return [wanted, *(Platform(wanted.os, *each) for each in order[1:])]


def _fallbacks(architecture: str, variant: str) -> list[tuple[str, str]]:
    """(architecture, variant) in the order in which a manifest is looked for."""
    order = [(architecture, variant)]
    if architecture == "amd64":
        order += [(architecture, v) for v in ("v3", "v2", "") if v < variant]
        order.append(("386", ""))
    elif architecture == "arm" and re.fullmatch("v[6-8]", variant):
        order += [(architecture, f"v{n}") for n in range(int(variant[1:]) - 1, 4, -1)]
    elif architecture == "arm64":
        level = re.fullmatch(r"v([89])(?:\.([0-9]))?", variant or "v8")
        if level:
            minor = int(level[2] or 0)
            if level[1] == "9":
                order += [(architecture, f"v9.{n}") for n in range(minor - 1, 0, -1)]
                order += [(architecture, "v9")] if minor else []
                # v9.0 stands on v8.5.
                minor = min(minor + 5, 9) + 1
            order += [(architecture, f"v8.{n}") for n in range(minor - 1, 0, -1)]
            order += [(architecture, "")] if minor else []
            order += [("arm", f"v{n}") for n in range(8, 4, -1)]
    return order


def _invalid(message: str, span: Span) -> InvalidPlatform:
    return InvalidPlatform(f"{message}: invalid argument", span)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _decode(specifier: str, what: str, option: str) -> str:
    if re.search("%(?![0-9A-Fa-f]{2})", option):
        raise InvalidPlatform(
            f"{_quote(specifier)} has an invalid OS {what} {_quote(option)}: invalid URL escape",
            Span(0, len(specifier)),
        )
    return re.sub("%([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), option)


def _os_name(os: str) -> str:
    os = os.lower()
    return "darwin" if os == "macos" else os


def _normalise(architecture: str, variant: str) -> tuple[str, str]:
    architecture, variant = architecture.lower(), variant.lower()
    if architecture == "i386":
        return "386", ""
    if architecture == "armhf":
        return "arm", "v7"
    if architecture == "armel":
        return "arm", "v6"
    architecture = _ARCHITECTURE_NAMES.get(architecture, architecture)
    return architecture, _VARIANT_NAMES.get(architecture, {}).get(variant, variant)


def _near_os(os: str) -> str | None:
    os = _MEANT_OS.get(_os_name(os), _os_name(os))
    if os in OPERATING_SYSTEMS:
        return os
    return _only_near(os, _COMMON_OPERATING_SYSTEMS, 2)


def _near_architecture(architecture: str, variant: str) -> str | None:
    meant = _MEANT.get(architecture)
    if meant is not None:
        same = not variant or variant.lstrip("v") == meant.rpartition("/v")[2]
        # `armv7/v7` and `armv8/v8` repeat themselves; anything else is a guess.
        return meant if same or (meant == "arm64" and variant in ("8", "v8")) else None
    architecture, level = _normalise(architecture, variant)
    if architecture not in ARCHITECTURES:
        near = _only_near(architecture, _COMMON_ARCHITECTURES, 1)
        if near is None:
            return None
        architecture, level = _normalise(near, variant)
    platform = Platform("linux", architecture, level)
    if platform.known_variant:
        return f"{architecture}/{level}" if level else architecture
    return None


def _only_near(word: str, candidates: Iterable[str], limit: int) -> str | None:
    near = [name for name in candidates if _distance(word, name) <= limit]
    swapped = [name for name in near if sorted(name) == sorted(word)]  # `adm64` is not `arm64`
    near = swapped or near
    return near[0] if len(near) == 1 else None


def _distance(a: str, b: str) -> int:
    """Edits between two words, a swap of neighbours counting once; 99 for lengths far apart."""
    if abs(len(a) - len(b)) > 2:
        return 99
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        two_before, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
    return row[-1]
