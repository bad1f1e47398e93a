"""What holds for every script, tried on generated ones."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from .running import run_script

_FRAGMENTS = st.sampled_from(
    [
        *("x a", "docker build $T .", " ", "\n", "\n", "; ", " && ", " || ", " | ", " & ", "! "),
        *("'q r'", '"$A b"', "$(echo c)", "$(", ")", "( ", " )", "{ ", "; }", "${A:-d}", "${A%b}"),
        *("if ", "; then ", "; fi", "; else ", "for A in a b; do ", "while ", "; do ", "; done"),
        *("case $A in ", "a) ", ";; ", "esac", "f() ", "f ", "[ -n $A ]", "[[ $A ]]", "((A++))"),
        *("A=1 ", "A+=2\n", "A=(b c)\n", '"${A[@]}"', "export A", "unset A\n", "set -- a b\n"),
        *(
            '"$@"',
            "shift\n",
            "cd a\n",
            "cd ..\n",
            "exit 1",
            "exit",
            "return 0",
            "break",
            "set +e\n",
        ),
        *("eval 'x b'", "sh -c 'x c'", ". ./lib.sh\n", "./run.sh ", "sudo ", "exec ", "env B=1 "),
        *(
            "<<E\nx $A\nE\n",
            ">f ",
            "2>&1",
            "local A=3\n",
            "read A\n",
            "$[[ inputs.a ]]",
            "{a,b}",
            "*",
        ),
    ]
)
_FILES = {
    "lib.sh": "f() { x $1; }\nA=9\n",
    "run.sh": '#!/bin/bash\n"$@"\n./run.sh\n. lib.sh\nf $A\n',
}


@settings(max_examples=250, deadline=None)
@given(st.lists(_FRAGMENTS, max_size=20).map("".join))
def test_any_script_is_walked_and_every_command_has_its_place(script: str) -> None:
    execution = run_script(script, _FILES)

    for command in execution.commands:
        place = command.location
        assert 0 <= place.span.start <= place.span.end <= len(place.source.text)
        assert all(word.written is not None for word in command.words)
        assert len(command.environment) == len(set(command.environment))
    for missed in execution.not_followed:
        assert 0 <= missed.after <= len(execution.commands)
