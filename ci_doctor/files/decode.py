"""Bytes of a file as text, or one clear line about why not."""

from __future__ import annotations

from ..errors import NotFound, Unreadable
from ..text import UNKNOWN
from .protocol import MAX_BYTES

_BINARY_PROBE = 8192  # as far as git looks for a NUL
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\n"


def decode(path: str, data: bytes) -> str:
    """The text of a file, byte order mark and line ends kept; raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise too_large(path, len(data))
    if data.startswith(_UTF16):
        raise _unreadable(path, "it is UTF-16, not UTF-8", "save it as UTF-8")
    if b"\0" in data[:_BINARY_PROBE]:
        raise _unreadable(path, "it is a binary file")
    if data.startswith(_LFS_POINTER):
        raise _unreadable(path, "it is a Git LFS pointer", "git lfs pull")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        raise _unreadable(
            path,
            f"byte 0x{data[e.start]:02x} at offset {e.start} (line {line}) is not UTF-8",
            "save it as UTF-8",
        ) from None
    at = text.find(UNKNOWN)
    if at >= 0:  # our own mark for what is not known; Unicode reserves it for such uses
        line = text.count("\n", 0, at) + 1
        raise _unreadable(path, f"line {line} holds U+{ord(UNKNOWN):04X}, which is not a character")
    return text


def too_large(path: str, size: int) -> Unreadable:
    limit = MAX_BYTES // 2**20
    return _unreadable(
        path, f"it has {size / 2**20:.1f} MiB, and {limit} MiB is the most that is read"
    )


def is_a_directory(path: str) -> Unreadable:
    return _unreadable(path or ".", "it is a directory")


def not_found(path: str, why: str = "No such file or directory") -> NotFound:
    return NotFound(f"cannot read {path}: {why}")


def _unreadable(path: str, why: str, hint: str = "") -> Unreadable:
    return Unreadable(f"cannot read {path}: {why}", hint)
