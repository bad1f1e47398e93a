"""Expansion compared with bash itself, on generated words."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .running import run_script

BASH = shutil.which("bash")

SETUP = r"""
EMPTY=
ONE=a.b/c.b
TWO='x  y *z'
set -- p 'q r' ''
LIST=(l 'm n' "")
LIST+=(o)
"""

_NAMES = st.sampled_from(["EMPTY", "ONE", "TWO", "GONE", "1", "2", "3", "4", "LIST"])
_PATTERNS = st.sampled_from(["b", ".*", "*.", "*b", "a*", "?", "[a-c]", "[!a]*", "x", "", "/c.b"])
_LITERALS = st.sampled_from(["a", "-x=", "'q r'", '"s t"', r"\ ", "''", '""', "{u,v}", "b.c"])


@st.composite
def _expansion(draw: st.DrawFn) -> str:
    name = draw(_NAMES)
    pattern = draw(_PATTERNS)
    kind = draw(st.integers(0, 12))
    forms = [
        f"${{{name}}}",
        f"${{{name}:-{draw(_LITERALS)}}}",
        f"${{{name}+{pattern or 'w'}}}",
        f"${{{name}%{pattern}}}",
        f"${{{name}%%{pattern}}}",
        f"${{{name}#{pattern}}}",
        f"${{{name}##{pattern}}}",
        f"${{{name}/{pattern or 'b'}/{draw(st.sampled_from(['', 'Z', 'b b']))}}}",
        f"${{{name}//{pattern or 'b'}/Z}}",
        f"${{{name}:{draw(st.integers(0, 4))}:{draw(st.integers(0, 4))}}}",
        f"${{{name}^^}}",
        draw(st.sampled_from(["$@", "$*", "${LIST[@]}", "${LIST[*]}", "${LIST[1]}", "$#"])),
        f"$(echo {draw(_LITERALS)} ${{{name}}})",
    ]
    form = forms[kind]
    return f'"{form}"' if draw(st.booleans()) and "'" not in form and '"' not in form else form


_WORDS = st.lists(
    st.lists(st.one_of(_LITERALS, _expansion()), min_size=1, max_size=3).map("".join),
    min_size=1,
    max_size=3,
)


@pytest.mark.skipif(BASH is None, reason="needs bash")
@settings(max_examples=150, deadline=None)
@given(_WORDS)
def test_known_words_are_those_that_bash_makes(words: list[str]) -> None:
    line = " ".join(words)

    (command,) = run_script(f"{SETUP}\nunset GONE\nx {line}\n").named("x")

    if command.has_opaque_words or not all(word.text.is_known for word in command.words):
        return
    script = f"{SETUP}\nunset GONE\nset -f\nprintf '%s\\0' x {line}\n"
    assert BASH is not None
    done = subprocess.run([BASH, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    expected = done.stdout.split("\0")[:-1]
    assert [word.text.value for word in command.words] == expected
