"""For which machines packages of Debian, Ubuntu and some vendors exist.

Architectures are named as in platforms (`amd64`, `386`, `arm64`). Facts of packages.debian.org for
bookworm and trixie, packages.ubuntu.com for noble, and the vendors' own repositories; a package that is
not listed here may exist for any machine.
"""

from __future__ import annotations

import re

_AMD64 = frozenset({"amd64"})
_X86 = _AMD64 | {"386"}
# 32-bit libraries of 64-bit machines.
_MULTILIB = frozenset({"amd64", "mips64le", "ppc64", "s390x", "sparc64"})
_WITH_I386 = _X86 | {"arm"}  # an amd64 machine takes those of i386 where it is added

_PACKAGES = {
    "amd64-microcode": _X86,
    "g++-multilib": _MULTILIB | {"386"},
    "gcc-multilib": _MULTILIB | {"386"},
    "ia32-libs": _AMD64,
    "intel-media-va-driver": _X86,
    "intel-media-va-driver-non-free": _X86,
    "intel-microcode": _X86,
    "intel-mkl": _AMD64,
    "intel-mkl-full": _AMD64,
    "intel-oneapi-mkl": _AMD64,
    "libc6-i386": _AMD64,
    "libc6-x32": _X86,
    "microsoft-edge-stable": _AMD64,
    "mssql-server": _AMD64,
    "steamcmd": _X86,
    "wine32": _WITH_I386,
}
_LIB32 = re.compile(r"lib32[a-z][a-z0-9+.-]*")


def architectures_of(package: str) -> frozenset[str] | None:
    """The machines a package exists for, None where it may exist for any."""
    name = package.lower()
    return _MULTILIB if _LIB32.fullmatch(name) else _PACKAGES.get(name)
