from __future__ import annotations

import pytest

from ci_doctor.dockerfile import Run, RunCommand, RunCommands, Scopes, read_run, run_commands
from ci_doctor.source import Position
from ci_doctor.text import Text

from .texts import only, parse


def read(run: str, before: str = "") -> RunCommands:
    """The commands of the last RUN of a stage on scratch, with its variables."""
    dockerfile = parse("FROM scratch\n" + before + run)
    *_, last = dockerfile.of(Run)
    return read_run(last, Scopes(dockerfile).at(last))


def shown(command: RunCommand) -> str:
    """The words, with `?` before what may not run and `!` before what may fail."""
    words = " ".join(word.text.display for word in command.words)
    return "?" * command.conditional + "!" * command.failure_ignored + words


def commands(run: str, before: str = "") -> list[str]:
    return [shown(command) for command in read(run, before).commands]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN a b", ["a b"]),
        ("RUN a && b && c", ["a", "b", "c"]),
        ("RUN a; b", ["!a", "b"]),
        ("RUN set -e; a; b", ["!set -e", "a", "b"]),
        ("RUN set -eux && a; b", ["!set -eux", "a", "b"]),
        ("RUN set -o errexit; a; set +e; b; c", ["!set -o errexit", "a", "set +e", "!b", "c"]),
        ("RUN [ $X ] && set -e; a; b", ["![ ]", "?!set -e", "!a", "b"]),
        ("RUN a || true", ["!a", "?true"]),
        ("RUN a || exit 1", ["a", "?exit 1"]),
        ("RUN a || { echo no; exit 1; }", ["a", "?!echo no", "?exit 1"]),
        ("RUN a || (echo no && false)", ["a", "?echo no", "?false"]),
        ("RUN a || exit 0", ["!a", "?exit 0"]),
        ("RUN a || b", ["!a", "?b"]),
        ("RUN a && b || true", ["!a", "!b", "?true"]),
        ("RUN [ -f x ] && a", ["[ -f x ]", "?a"]),
        ("RUN grep -q x y && a && b", ["grep -q x y", "?a", "?b"]),
        ("RUN command -v x && a", ["command -v x", "?a"]),
        ("RUN ! a && b", ["!a", "?b"]),
        ("RUN a | b", ["!a", "b"]),
        ("RUN set -o pipefail; a | b", ["!set -o pipefail", "a", "b"]),
        ("RUN a & b", ["!a", "b"]),
        ("RUN if a; then b; else c; fi", ["!a", "?b", "?c"]),
        ("RUN if a; then b; elif c; then d; fi", ["!a", "?b", "?!c", "?d"]),
        ("RUN for i in 1 2; do a $i; done", ["?a {1|2}"]),
        ("RUN while a; do b; done", ["!a", "?b"]),
        ("RUN case x in y) a;; esac", ["?a"]),
        ("RUN (a; b)", ["!a", "b"]),
        ("RUN a $(b)", ["!b", "a $(b)"]),
        ("RUN x=$(a)", ["a"]),
        ("RUN f() { a; b; }; c; f", ["!c", "f", "!a", "b"]),
        ("RUN f() { a; }; b", ["b"]),
        ("RUN exec a; b", ["a"]),
        ("RUN a; exit 0; b", ["!a", "!exit 0"]),
        ("RUN if a; then exit 0; fi; b", ["!a", "?!exit 0", "?b"]),
        ("RUN if a; then exit 1; fi; b", ["!a", "?!exit 1", "b"]),
        ("RUN echo 'a && b' # c", ["echo a && b"]),
        ("RUN a \\\n # b\n c", ["a c"]),
    ],
)
def test_commands_and_whether_they_matter(run: str, expected: list[str]) -> None:
    assert commands(run) == expected


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN sudo -u x a b", (["sudo", "-u", "x"], "a b")),
        ("RUN A=b env C=d time a", (["env", "C=d", "time"], "a")),
        ('RUN ["sudo", "a"]', (["sudo"], "a")),
        ("RUN echo mount", ([], "echo mount")),
        ("RUN /sbin/mount a", ([], "/sbin/mount a")),
    ],
)
def test_wrappers_are_taken_away(run: str, expected: tuple[list[str], str]) -> None:
    [command] = read(run).commands

    assert ([w.text.display for w in command.wrappers], shown(command)) == expected


def test_assignments_before_a_command_are_kept() -> None:
    [command] = read("RUN A=b env C=$A D=e x").commands

    assert {name: text.display for name, text in command.assignments.items()} == {
        "A": "b",
        "C": "",
        "D": "e",
    }


def test_the_name_of_a_program_is_without_its_folder() -> None:
    assert [c.name for c in read("RUN /usr/sbin/sysctl -w a && $B x").commands] == ["sysctl", "x"]


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("RUN sh -c 'a; b'", ["sh -c a; b", "!a", "b"]),
        ("RUN bash -exc 'a; b'", ["bash -exc a; b", "a", "b"]),
        ("RUN bash -euo pipefail -c 'a | b'", ["bash -euo pipefail -c a | b", "a", "b"]),
        ("RUN /bin/bash -lc \"a 'b c'\"", ["/bin/bash -lc a 'b c'", "a b c"]),
        ("RUN su -s /bin/sh -c 'a' nobody", ["su -s /bin/sh -c a nobody", "a"]),
        ("RUN su nobody -c 'a'", ["su nobody -c a", "a"]),
        ("RUN sh -c 'a' || true", ["!sh -c a", "!a", "?true"]),
        ('RUN ["sh", "-c", "a \\"b\\" && c"]', ['sh -c a "b" && c', "a b", "c"]),
        ("RUN sh -c 'sh -c \"a b\"'", ['sh -c sh -c "a b"', "sh -c a b", "a b"]),
        ("RUN find / -exec a {} \\; -print", ["find / -exec a {} ; -print", "?a {}"]),
        ("RUN find / -execdir sudo a {} +", ["find / -execdir sudo a {} +", "?a {}"]),
        ("RUN a | xargs -n 1 b c", ["!a", "xargs -n 1 b c", "?b c"]),
    ],
)
def test_scripts_of_other_shells_are_followed(run: str, expected: list[str]) -> None:
    assert commands(run) == expected


def test_arguments_are_expanded_with_args_and_envs() -> None:
    before = 'ARG DIR=/x\nENV LIST="a b" EMPTY=""\n'

    assert commands(
        'RUN c $DIR "$LIST" $LIST $EMPTY "$EMPTY" \'$DIR\' ${DIR:-z} ${NO:-d}', before
    ) == ["c /x a b a b  $DIR /x d"]
    [command] = read('RUN c $DIR "$LIST" $LIST $EMPTY "$EMPTY"', before).commands
    assert [word.text.value for word in command.words] == ["c", "/x", "a b", "a", "b", ""]


def test_assignments_of_the_script_win() -> None:
    assert commands("RUN A=2; b $A; if c; then A=3; fi; d $A", "ENV A=1\n") == [
        "!b 2",
        "!c",
        "d {2|3}",
    ]


def test_a_subshell_keeps_its_variables_for_itself() -> None:
    assert commands("RUN (A=2; b $A); c $A", "ENV A=1\n") == ["!b 2", "c 1"]


def test_another_shell_knows_no_functions() -> None:
    assert commands("RUN f() { a; }; (f); sh -c 'f'") == ["!f", "!a", "sh -c f", "f"]


def test_words_that_may_be_several_are_opaque() -> None:
    dockerfile = parse("FROM base\nRUN a $X \"$X\" *.deb b-$(c) $@ 'd*'\n")
    [run] = dockerfile.of(Run)
    _, command = run_commands(run, Scopes(dockerfile).at(run))

    assert [(w.text.display, w.opaque, w.quoted) for w in command.words] == [
        ("a", False, False),
        ("$X", True, False),
        ("$X", False, True),
        ("*.deb", True, False),
        ("b-$(c)", True, False),
        ("$@", True, False),
        ("d*", False, True),
    ]
    assert command.has_opaque_words


def test_words_point_into_the_file_through_continuations() -> None:
    text = 'FROM a\nRUN b && \\\n  # c\n  mount \\\n    "/d e"\n'
    [run] = parse(text).of(Run)
    _, mount = run_commands(run)

    assert mount.location.start == Position(4, 3)
    assert [word.written and word.written.text for word in mount.words] == ["mount", '"/d e"']
    assert [word.text.locate() and str(word.text.locate()) for word in mount.words] == [
        "Dockerfile:4:3",
        "Dockerfile:5:6",
    ]


def test_words_of_a_nested_script_point_into_the_file() -> None:
    text = 'FROM a\nRUN bash -c "mount \\"/x\\" && \\\n umount /y"\n'
    [run] = parse(text).of(Run)
    _, mount, umount = run_commands(run)

    assert [word.written and word.written.text for word in mount.words] == ["mount", '\\"/x\\"']
    assert umount.location.start == Position(3, 2)


def test_a_script_in_a_heredoc_is_run() -> None:
    result = read("RUN <<EOF\nset -e\nmount a\ncat <<X > /y\numount b\nX\nEOF\n")

    assert [shown(c) for c in result.commands] == ["!set -e", "mount a", "cat"]
    assert [c.in_heredoc for c in result.commands] == [True, True, True]
    assert result.commands[1].location.start == Position(4, 1)
    assert [(r.operator, r.target.display) for r in result.commands[2].redirects] == [
        ("<<", "umount b\n"),
        (">", "/y"),
    ]


def test_a_heredoc_that_is_written_to_a_file_is_no_command() -> None:
    assert commands("RUN cat <<EOF > /entrypoint.sh\nmount a\nEOF\n") == ["cat"]


def test_a_heredoc_for_a_shell_is_run() -> None:
    result = read("RUN bash -e <<EOF\nmount a\nb\nEOF\n")

    assert [(shown(c), c.in_heredoc) for c in result.commands] == [
        ("bash -e", False),
        ("mount a", True),
        ("b", True),
    ]


def test_a_heredoc_for_another_program_is_not_run() -> None:
    assert commands("RUN python3 <<EOF\nmount = 1\nEOF\n") == ["python3"]


@pytest.mark.parametrize(
    ("shebang", "expected"),
    [
        ("#!/bin/sh -e", ["a", "b"]),
        ("#!/usr/bin/env bash", ["!a", "b"]),
        ("#!/usr/bin/env python3", []),
    ],
)
def test_a_shebang_decides_what_reads_the_script(shebang: str, expected: list[str]) -> None:
    result = read(f"RUN <<EOF\n{shebang}\na\nb\nEOF\n")

    assert [shown(c) for c in result.commands] == expected
    assert result.complete is bool(expected)


@pytest.mark.parametrize(
    ("shell", "expected"),
    [
        ('["/bin/bash", "-o", "pipefail", "-c"]', ["!a", "!b", "c"]),
        ('["/bin/bash", "-euo", "pipefail", "-c"]', ["a", "b", "c"]),
        ('["powershell", "-Command"]', []),
        ('["/bin/bash"]', []),
    ],
)
def test_the_shell_instruction_decides(shell: str, expected: list[str]) -> None:
    result = read("RUN a | b; c", f"SHELL {shell}\n")

    assert [shown(c) for c in result.commands] == expected
    assert result.complete is bool(expected)


def test_a_windows_image_has_another_shell() -> None:
    [run] = parse("FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN mount\n").of(Run)

    assert (list(run_commands(run)), read_run(run).complete) == ([], False)


@pytest.mark.parametrize(
    "run",
    [
        "RUN eval $(a)",
        "RUN . /etc/profile && b",
        "RUN source x",
        "RUN curl https://x | sh",
        "RUN bash ./install.sh",
        'RUN sh -c "$SCRIPT"',
        "RUN $PROGRAM a",
        "RUN if a; then",
    ],
)
def test_what_is_not_followed_is_told(run: str) -> None:
    [instruction] = parse("FROM a\n" + run).of(Run)

    assert not read_run(instruction).complete


def test_everything_else_is_complete() -> None:
    assert read("RUN a && sh -c 'b' && f() { c; } && f").complete


def test_the_exec_form_is_one_command_without_a_shell() -> None:
    [command] = read('RUN ["mount", "-t", "tmpfs", "$A b"]', "ENV A=x\n").commands

    assert [word.text.value for word in command.words] == ["mount", "-t", "tmpfs", "$A b"]
    assert command.words[3].written is not None
    assert command.words[3].written.text == "$A b"


def test_an_empty_run_has_no_commands() -> None:
    assert [commands(run) for run in ("RUN", "RUN []", "RUN # a")] == [[], [], []]


def test_redirects_have_targets_and_places() -> None:
    [command] = read("RUN echo 1 > /proc/sys/a 2>&1", "").commands

    assert [(r.operator, r.target.display, r.location.text) for r in command.redirects] == [
        (">", "/proc/sys/a", "> /proc/sys/a"),
        (">&", "1", "2>&1"),
    ]


@pytest.mark.parametrize(
    "script",
    [
        "f() { f; f; }; f",
        "".join(f"f{i}() {{ f{i - 1}; f{i - 1}; }}; " for i in range(1, 60)) + "f59",
        "a && " * 3000 + "b",
        "a | " * 1000 + "b",
        "$(" * 300 + "a" + ")" * 300,
        "{ " * 300 + "a;" + " }" * 300,
        "if a; then " * 200 + "b;" + " fi;" * 200,
        "sh -c " * 500 + "a",
    ],
    ids=lambda script: script[:12],
)
def test_hostile_scripts_end(script: str) -> None:
    run = only("RUN " + script, Run)

    assert len(read_run(run).commands) <= 10_000


def test_build_arguments_reach_the_words() -> None:
    dockerfile = parse("FROM a\nARG UID=1000\nRUN chown $UID /x\n")
    [run] = dockerfile.of(Run)
    scope = Scopes(dockerfile, {"UID": Text.of("200000")}).at(run)

    assert [shown(c) for c in run_commands(run, scope)] == ["chown 200000 /x"]


def test_variables_are_met_where_they_are_used() -> None:
    found = read(
        "RUN A=1; case $B in x) echo $A ${C:-no} '$D';; esac; curl $E/$E\n", "ENV E=https://e\n"
    )

    assert [(u.name, u.is_set, u.local, u.has_default, u.location.text) for u in found.uses] == [
        ("B", False, False, False, "$B"),
        ("A", True, True, False, "$A"),
        ("C", False, False, True, "${C:-no}"),
        ("E", True, False, False, "$E"),
        ("E", True, False, False, "$E"),
    ]
