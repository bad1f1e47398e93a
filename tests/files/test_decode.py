from __future__ import annotations

import pytest

from ci_doctor.errors import Unreadable
from ci_doctor.files.decode import decode
from ci_doctor.files.protocol import MAX_BYTES


def test_byte_order_mark_and_line_ends_are_kept() -> None:
    assert decode("ci.yml", b"\xef\xbb\xbfa: 1\r\nb: \xc3\xa9\r") == "\ufeffa: 1\r\nb: é\r"


def test_the_largest_file_is_read() -> None:
    assert len(decode("ci.yml", b"#" * MAX_BYTES)) == MAX_BYTES


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (b"PK\0\x03", "cannot read f: it is a binary file", ""),
        (
            "build:".encode("utf-16"),
            "cannot read f: it is UTF-16, not UTF-8",
            "save it as UTF-8",
        ),
        (
            b"a: 1\nb: caf\xe9\n",
            "cannot read f: byte 0xe9 at offset 11 (line 2) is not UTF-8",
            "save it as UTF-8",
        ),
        (
            b"\xed\xa0\x80",
            "cannot read f: byte 0xed at offset 0 (line 1) is not UTF-8",
            "save it as UTF-8",
        ),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            "cannot read f: it is a Git LFS pointer",
            "git lfs pull",
        ),
        (
            "a\n\ufdd0".encode(),
            "cannot read f: line 2 holds U+FDD0, which is not a character",
            "",
        ),
        (
            b"#" * (MAX_BYTES + 1),
            "cannot read f: it has 10.0 MiB, and 10 MiB is the most that is read",
            "",
        ),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(data: bytes, message: str, hint: str) -> None:
    with pytest.raises(Unreadable) as raised:
        decode("f", data)

    assert (raised.value.message, raised.value.hint) == (message, hint)
