from __future__ import annotations

import pytest

from ci_doctor.images.vocabulary import (
    architecture_of,
    architecture_words,
    library_paths,
    native_flags,
    publisher_of,
    tells_architecture,
    words_of,
    x86_flags,
)
from ci_doctor.text import Opaque, Symbol, Text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tool_1.2_linux_amd64.deb", [("amd64", "amd64")]),
        ("linux/x86_64/tool-x64", [("x86_64", "amd64"), ("x64", "amd64")]),
        ("tool-linuxarm64.zip", [("arm64", "arm64")]),
        ("Tool-Linux-AARCH64", [("AARCH64", "arm64")]),
        ("linux64-armv7l", [("linux64", "amd64"), ("armv7l", "arm")]),
        ("helm-i686", [("i686", "386")]),
        ("fix64 x6432 farmhouse amd640 alarm64", []),
    ],
)
def test_architectures_are_words_of_their_own(text: str, words: list[tuple[str, str]]) -> None:
    found = list(architecture_words(text))

    assert [(word.name, word.architecture) for word in found] == words
    assert [text[word.start : word.end] for word in found] == [name for name, _ in words]


@pytest.mark.parametrize(
    ("name", "architecture"),
    [("amd64", "amd64"), ("X86_64", "amd64"), ("386", "386"), ("arm", "arm"), ("wasm32", None)],
)
def test_a_name_means_an_architecture(name: str, architecture: str | None) -> None:
    assert architecture_of(name) == architecture


def test_an_unknown_part_may_be_the_architecture() -> None:
    asked = Text.of("https://e.com/") + Text((Opaque("$(uname -m)"),))
    other = Text.of("https://e.com/") + Text((Symbol("VERSION"),))

    assert tells_architecture(asked) is True
    assert tells_architecture(Text((Symbol("TARGETARCH"),))) is True
    assert tells_architecture(other) is False


def test_library_paths_of_one_machine() -> None:
    text = "-L/usr/lib/x86_64-linux-gnu:/lib/*-linux-gnu /lib64/ld-linux-x86-64.so.2 /usr/lib/libc"

    assert [(word.name, word.architecture) for word in library_paths(text)] == [
        ("/usr/lib/x86_64-linux-gnu", "amd64"),
        ("/lib64/ld-linux-x86-64.so.2", "amd64"),
    ]


def test_compiler_flags_for_one_machine() -> None:
    text = "-O2 -march=x86-64-v3 -mavx2 -msse4.2 -march=armv8-a -mtune=native -march=native"

    assert [word.name for word in x86_flags(text)] == ["-march=x86-64-v3", "-mavx2", "-msse4.2"]
    assert [word.name for word in native_flags(text)] == ["-march=native"]
    assert [word.name for word in native_flags("-C target-cpu=native")] == ["-C target-cpu=native"]


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("$(uname -m)", ("x86_64", "aarch64")),
        ("`arch`", ("x86_64", "aarch64")),
        ("${TARGETARCH}", ("amd64", "arm64")),
        ("$(dpkg --print-architecture)", ("amd64", "arm64")),
        ("$ARCH", None),
    ],
)
def test_what_a_question_answers(question: str, answers: tuple[str, str] | None) -> None:
    assert words_of(question) == answers


def test_publishers_are_told_by_the_url() -> None:
    node = publisher_of("https://nodejs.org/dist/v24.1.0/node-v24.1.0-linux-x64.tar.xz")

    assert node is not None
    assert node.names == ("x64", "arm64")
    assert publisher_of("https://example.com/nodejs.org/dist/") is None
