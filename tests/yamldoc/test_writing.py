"""Scalars written so that every loader reads the same."""

from __future__ import annotations

import math
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ci_doctor.source import Source
from ci_doctor.yamldoc import parse_yaml
from ci_doctor.yamldoc.nodes import Mapping, Plain, Scalar, Sequence
from ci_doctor.yamldoc.psych import Symbol
from ci_doctor.yamldoc.writing import literal, scalar


def document(value: Plain) -> str:
    """`value` as a key's value, as a list item, and between others."""
    block = literal(value) if isinstance(value, str) else None
    if block is None:
        written = scalar(value)
        return f"top:\n  key: {written}  # comment\n  list:\n    - {written}\n    - last\n"
    in_mapping = "".join(f"    {line}\n" if line else "\n" for line in block.lines)
    in_list = "".join(f"      {line}\n" if line else "\n" for line in block.lines)
    header = f"{block.header}  # comment\n"
    return f"top:\n  key: {header}{in_mapping}  list:\n    - {header}{in_list}    - last\n"


def read(text: str, *, pure: bool) -> list[Plain]:
    """The value and the items, as GitLab reads them."""
    file = parse_yaml(Source("a.yml", text), pure=pure)
    assert file.faults == []
    assert isinstance(file.content, Mapping)
    top = file.content.entries[0].value
    assert isinstance(top, Mapping)
    value, items = top.entries[0].value, top.entries[1].value
    assert isinstance(items, Sequence)
    nodes = [value, *items.items]
    return [node.value for node in nodes if isinstance(node, Scalar)]


def read_by_ruamel(text: str, version: str) -> list[Any]:
    loader = YAML(typ="safe", pure=True)
    loader.version = version
    top = loader.load(StringIO(text))["top"]
    return [top["key"], *top["list"]]


def test_texts_that_look_like_something_else_are_quoted() -> None:
    texts = "yes", "n", "null", "~", "012", "0o17", "1e3", "1.10", "12:30", "2024-01-01", "=", "<<"

    assert [scalar(text) for text in texts] == [f'"{text}"' for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "make",
        "alpine:3.22",
        "$CI_REGISTRY_IMAGE",
        "./build.sh --all",
        "echo 'it''s' \"quoted\"",
        "(cd a && make)",
        "--privileged",
        "10 minutes",
        "grün",
        "a, b [c] {d}",
        "https://example.com/#top",
    ],
)
def test_usual_texts_are_plain(text: str) -> None:
    assert scalar(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("", '""'),
        ("echo a: b", '"echo a: b"'),
        ("a #b", '"a #b"'),
        ("*.txt", '"*.txt"'),
        ('"a"', "'\"a\"'"),
        ('[ -d x ] || echo "it\'s"', '"[ -d x ] || echo \\"it\'s\\""'),
        ("a\rb", '"a\\rb"'),
        ("\x1b[0m\u2028\U000e0001", '"\\x1b[0m\\u2028\\U000e0001"'),
        ("a ", '"a "'),
        ("a:", '"a:"'),
    ],
)
def test_other_texts_are_quoted(text: str, written: str) -> None:
    assert scalar(text) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (0o12, "10"),
        (1.1, "1.1"),
        (1e20, "1.0e+20"),
        (-math.inf, "-.inf"),
        (Symbol("foo"), ":foo"),
    ],
)
def test_other_scalars_are_written_as_psych_reads_them(value: Plain, written: str) -> None:
    assert scalar(value) == written
    assert read(document(value), pure=False)[:2] == [value, value]


def test_the_lines_of_a_text_are_a_block_that_keeps_its_end() -> None:
    assert literal("a") is None
    assert literal("a\r\nb") is None
    assert literal("a\n\n  b") == ("|-", ["a", "", "  b"])
    assert literal("a\nb\n") == ("|", ["a", "b"])
    assert literal("a\n\n") == ("|+", ["a", ""])
    assert literal("  a\nb\n") == ("|2", ["  a", "b"])


TEXTS = st.one_of(
    st.text(
        st.sampled_from("ab01.:-+_ \n\t\"'#\\{}[],&*!|>%@`~=<$eEx\ufeff\x85\u2028"), max_size=8
    ),
    st.text(max_size=12),
)


@settings(max_examples=300)
@given(TEXTS)
def test_every_text_is_read_back_by_every_loader(text: str) -> None:
    written = document(text)

    assert read(written, pure=False) == [text, text, "last"]
    assert read(written, pure=True) == [text, text, "last"]
    assert read_by_ruamel(written, "1.1") == [text, text, "last"]
    assert read_by_ruamel(written, "1.2") == [text, text, "last"]


@settings(max_examples=100)
@given(st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans(), st.none()))
def test_every_other_scalar_is_read_back(value: Plain) -> None:
    back = read(document(value), pure=False)[0]

    assert (back, type(back)) == (value, type(value))
