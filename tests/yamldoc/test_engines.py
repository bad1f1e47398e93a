"""libyaml's binding and our own reader agree."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ci_doctor.yamldoc import binding
from ci_doctor.yamldoc.grammar import parse_events
from ci_doctor.yamldoc.layout import YamlProblem

from .test_faults import REFUSED
from .tree import outcome, read
from .written import Document, documents

# Once it is loaded, `parse_yaml` uses it for every text.
parser = pytest.importorskip("_ruamel_yaml").CParser

PIECES = [
    *("a", "b", "foo", " ", "  ", "\n", "\n ", "\n  ", "\n    ", ": ", ":", "- ", "-", "? ", "?"),
    *("[", "]", "{", "}", ",", ", ", '"', '"x"', "'y'", "'", "#", " # c", "|\n", ">\n", "|-\n"),
    *(">2\n", "&x ", "*x ", "!t ", "!!str ", "!", "%", "%YAML 1.2\n", "---\n", "--- ", "...\n"),
    *("\t", "\r\n", "\u2028", "\x85", "é", "\\", "\\n", "@", "`", "0", "~", "<<: ", "!<x> "),
    *("a: ", "\nb: ", "\n- ", "\n  c: d", "2024-01-01", "<<: *x\n", "x: &x {k: v}\n"),
]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join))
@example("{name: moby/buildkit:rootless}")
@example("[!a,b c, ![x], !{y}]")
@settings(max_examples=250)
def test_both_readers_make_the_same_of_any_text(text: str) -> None:
    assert outcome(read(text, pure=False)) == outcome(read(text, pure=True))


@given(documents())
@settings(max_examples=60)
def test_both_readers_make_the_same_of_every_style(document: Document) -> None:
    assert outcome(read(document.text, pure=False)) == outcome(read(document.text, pure=True))


@pytest.mark.parametrize("text", [row[0] for row in REFUSED])
def test_both_readers_give_the_same_fault(text: str) -> None:
    assert outcome(read(text, pure=False)) == outcome(read(text, pure=True))


@given(documents())
@settings(max_examples=60)
def test_events_stand_at_the_same_places(document: Document) -> None:
    text = document.text.removeprefix("\ufeff").replace("---", "--")
    try:
        bound = list(binding.read_events(parser, text))
    except binding.Unsure:
        return

    ours = list(parse_events(text))

    assert [event[:2] + event[3:] for event in ours] == [event[:2] + event[3:] for event in bound]


def test_what_only_the_old_libyaml_refuses_is_read() -> None:
    text = "image: {name: gcr.io/kaniko-project/executor:debug}"
    with pytest.raises(binding.Unsure):
        list(binding.read_events(parser, text))

    assert read(text, pure=False).faults == []


def test_a_text_that_nobody_can_read_is_left_to_our_own_reader() -> None:
    with pytest.raises(binding.Unsure):
        list(binding.read_events(parser, "a: [b"))
    with pytest.raises(YamlProblem):
        list(parse_events("a: [b"))


def test_the_binding_is_loaded_for_a_long_text_only() -> None:
    program = (
        "import sys\n"
        "from ci_doctor.source import Source\n"
        "from ci_doctor.yamldoc import parse_yaml\n"
        "for text in ('a: 1', '- word\\n' * 60_000):\n"
        "    parse_yaml(Source('ci.yml', text))\n"
        "    print('_ruamel_yaml' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\nTrue\n"
