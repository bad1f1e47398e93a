"""Names of architectures in file names, URLs and paths.

The same machine is `amd64` for Go and Debian, `x86_64` for uname, Rust and Red Hat, `x64` for Node.js.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..text import Literal, Text

# By the architecture of a platform; the first name of each group is Go's.
_NAMES = {
    "amd64": ("amd64", "x86_64", "x86-64", "x64", "linux64", "linux-64", "64bit"),
    "386": ("i386", "i486", "i586", "i686", "linux32", "linux-32", "32bit"),
    "arm64": ("arm64", "aarch64", "arm64v8", "armv8"),
    "arm": ("armhf", "armel", "armv5", "armv6", "armv6l", "armv7", "armv7l", "armv6hf", "armv7hf"),
    "ppc64le": ("ppc64le", "ppc64el", "powerpc64le"),
    "s390x": ("s390x",),
    "riscv64": ("riscv64",),
}
_ARCHITECTURE_OF = {name: arch for arch, names in _NAMES.items() for name in names}
# `linux_x64` and `linux-x64` are words; `fix64` and `x6432` are none.
_WORD = re.compile(
    "(?<![A-Za-z0-9])(?:linux)?(?P<name>"
    + "|".join(sorted((re.escape(n) for n in _ARCHITECTURE_OF), key=len, reverse=True))
    + ")(?![A-Za-z0-9])",
    re.IGNORECASE,
)

_QUESTION = re.compile("arch|platform|uname|machine|cpu|target", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArchitectureWord:
    """Characters `start` to `end` of a text, and the architecture (`arm64`) they name."""

    start: int
    end: int
    name: str
    architecture: str


def architecture_words(text: str) -> Iterator[ArchitectureWord]:
    for match in _WORD.finditer(text):
        name = match["name"]
        start, end = match.span("name")
        yield ArchitectureWord(start, end, name, _ARCHITECTURE_OF[name.lower()])


def tells_architecture(text: Text) -> bool:
    """Whether an unknown part may be the architecture: `$TARGETARCH`, `$(uname -m)`."""
    unknown = (Text((part,)).display for part in text.parts if not isinstance(part, Literal))
    return any(_QUESTION.search(written) for written in unknown)


def architecture_of(name: str) -> str | None:
    """The architecture of a platform (`amd64`) that a name means; None for any other word."""
    return _ARCHITECTURE_OF.get(name.lower(), name.lower() if name.lower() in _NAMES else None)


# Directories of libraries (Debian's multiarch) and the loaders of glibc and musl.
_TRIPLETS = {
    "x86_64-linux-gnu": "amd64",
    "i386-linux-gnu": "386",
    "aarch64-linux-gnu": "arm64",
    "arm-linux-gnueabihf": "arm",
    "powerpc64le-linux-gnu": "ppc64le",
    "s390x-linux-gnu": "s390x",
    "riscv64-linux-gnu": "riscv64",
}
_LOADERS = {
    "ld-linux-x86-64.so.2": "amd64",
    "ld-linux-aarch64.so.1": "arm64",
    "ld-linux-armhf.so.3": "arm",
    "ld-musl-x86_64.so.1": "amd64",
    "ld-musl-aarch64.so.1": "arm64",
}
_LIBRARY = re.compile(
    "(?:/usr)?/lib(?:32|64)?/(?P<name>"
    + "|".join(re.escape(name) for name in (*_TRIPLETS, *_LOADERS))
    + ")(?![A-Za-z0-9])"
)
_X86_FLAG = re.compile(
    r"(?<![\w-])-m(?:arch=(?:x86-64(?:-v[234])?|i[3-6]86|haswell|broadwell|skylake|cascadelake"
    r"|icelake|znver\d)[\w-]*|sse[\d.a-z]*|avx[\d.a-z]*|fma)(?![\w-])"
)
_NATIVE_FLAG = re.compile(r"(?<![\w-])(?:-m(?:arch|cpu)=|(?:-C ?)?target-cpu=)native(?![\w-])")


def library_paths(text: str) -> Iterator[ArchitectureWord]:
    """Paths in a text that exist on one architecture only (`/usr/lib/x86_64-linux-gnu`)."""
    for match in _LIBRARY.finditer(text):
        name = match["name"]
        yield ArchitectureWord(
            match.start(), match.end(), match[0], _TRIPLETS.get(name) or _LOADERS[name]
        )


def x86_flags(text: str) -> Iterator[ArchitectureWord]:
    """Flags that compilers know on x86 only (`-mavx2`)."""
    for match in _X86_FLAG.finditer(text):
        yield ArchitectureWord(match.start(), match.end(), match[0], "amd64")


def native_flags(text: str) -> Iterator[ArchitectureWord]:
    """Flags that compile for the very processor of the machine that builds."""
    for match in _NATIVE_FLAG.finditer(text):
        yield ArchitectureWord(match.start(), match.end(), match[0], "")


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who names files in which words: `names` are those for amd64 and arm64."""

    url: str  # a regular expression for the start of its URLs, behind the scheme
    names: tuple[str, str]


# The release files of each project, as of 2026.
_PUBLISHERS = (
    Publisher(r"dl\.k8s\.io/", ("amd64", "arm64")),
    Publisher(r"storage\.googleapis\.com/kubernetes-release/", ("amd64", "arm64")),
    Publisher(r"get\.helm\.sh/", ("amd64", "arm64")),
    Publisher(r"releases\.hashicorp\.com/", ("amd64", "arm64")),
    Publisher(r"go\.dev/dl/|golang\.org/dl/|dl\.google\.com/go/", ("amd64", "arm64")),
    Publisher(r"github\.com/mikefarah/yq/releases/", ("amd64", "arm64")),
    Publisher(r"github\.com/krallin/tini/releases/", ("amd64", "arm64")),
    Publisher(r"github\.com/docker/buildx/releases/", ("amd64", "arm64")),
    Publisher(r"github\.com/moby/buildkit/releases/", ("amd64", "arm64")),
    Publisher(r"github\.com/kubernetes-sigs/kustomize/releases/", ("amd64", "arm64")),
    Publisher(r"awscli\.amazonaws\.com/awscli-exe-", ("x86_64", "aarch64")),
    Publisher(r"download\.docker\.com/linux/static/", ("x86_64", "aarch64")),
    Publisher(r"github\.com/docker/compose/releases/", ("x86_64", "aarch64")),
    Publisher(r"nodejs\.org/dist/", ("x64", "arm64")),
)


def publisher_of(url: str) -> Publisher | None:
    """Who publishes the files of a URL, None for one that nothing is known of."""
    rest = url.partition("://")[2].lower()
    return next((p for p in _PUBLISHERS if re.match(p.url, rest)), None)


def words_of(question: str) -> tuple[str, str] | None:
    """What a command or variable answers on amd64 and on arm64: `$(uname -m)`, `TARGETARCH`."""
    plain = question.strip("`$(){} ")
    if plain in ("TARGETARCH", "BUILDARCH", "dpkg --print-architecture"):
        return "amd64", "arm64"
    if plain in ("uname -m", "uname --machine", "arch", "apk --print-arch", "uname -i", "uname -p"):
        return "x86_64", "aarch64"
    return None
