from __future__ import annotations

import pytest

from ci_doctor.dockerfile import (
    Add,
    Arg,
    Copy,
    Env,
    From,
    Healthcheck,
    Instruction,
    Label,
    Onbuild,
    Run,
    Shell,
    User,
    Volume,
    Workdir,
    parse_dockerfile,
)
from ci_doctor.source import Source

from .texts import first, messages, only, parse, slices, values


def directives(text: str) -> list[tuple[str, str]]:
    return [(directive.name, directive.value.value) for directive in parse(text).directives]


def lines(text: str) -> list[tuple[str, str]]:
    """Name and joined line of each instruction."""
    return [(i.name, i.line.text) for i in parse(text).instructions]


def test_directives_are_read_in_any_case_and_with_blanks() -> None:
    text = "#SYNTAX=docker/dockerfile:1\n# Check = skip=all;error=true \n#\tescape=`\nFROM a\n"

    assert directives(text) == [
        ("syntax", "docker/dockerfile:1"),
        ("check", "skip=all;error=true"),
        ("escape", "`"),
    ]
    assert parse(text).escape == "`"


@pytest.mark.parametrize("above", ["\n", "# a comment\n", "# other=x\n", "FROM a\n", "# syntax\n"])
def test_nothing_is_a_directive_after_another_line(above: str) -> None:
    text = above + "# escape=`\nFROM a\n"

    assert directives(text) == []
    assert parse(text).escape == "\\"


def test_an_indented_directive_is_obeyed_but_selects_no_frontend() -> None:
    assert directives(" # syntax=a\n # escape=`\nFROM a\n") == [("escape", "`")]


def test_a_frontend_is_found_behind_a_shebang() -> None:
    text = "#!/usr/bin/env builder\n# syntax=a\n# escape=`\nFROM a\n"

    assert directives(text) == [("syntax", "a")]
    assert parse(text).escape == "\\"


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    dockerfile = parse("\ufeff# escape=`\nFROM a\n")

    assert dockerfile.escape == "`"
    assert dockerfile.source.text.startswith("\ufeff")
    assert dockerfile.instructions[0].start_line == 2


def test_continued_lines_are_joined_without_comments_and_empty_lines() -> None:
    run = only("RUN a \\\n  b \\\n# c\n\n   # d\n  e\\\n\tf\nCMD g\n", Run)

    assert run.line.text == "RUN a   b   e\tf"
    assert (run.start_line, run.end_line) == (2, 8)


def test_blanks_behind_a_backslash_do_not_matter() -> None:
    assert lines("RUN a \\ \t\n b\n") == [("RUN", "RUN a  b")]


def test_two_backslashes_do_not_continue_a_line() -> None:
    assert lines("RUN a \\\\\nRUN b\n") == [("RUN", "RUN a \\\\"), ("RUN", "RUN b")]


def test_the_escape_character_decides_what_continues_a_line() -> None:
    assert lines("# escape=`\nCOPY a C:\\\nRUN b `\n c\n") == [
        ("COPY", "COPY a C:\\"),
        ("RUN", "RUN b  c"),
    ]


@pytest.mark.parametrize("ending", ["\\", "\\\n", "\\\n# c", "\\\n\n\n", "\\\r\n"])
def test_a_file_may_end_in_a_continued_line(ending: str) -> None:
    assert lines("FROM a\nRUN b " + ending) == [("FROM", "FROM a"), ("RUN", "RUN b ")]


def test_carriage_returns_at_line_ends_do_not_matter() -> None:
    assert lines("FROM a\r\nRUN b \\\r\n  c\r\n") == [("FROM", "FROM a"), ("RUN", "RUN b   c")]


def test_comments_are_kept_with_their_places() -> None:
    text = "# escape=\\\n# a\nFROM x\n  # b\nRUN c \\\n # d\n e # f\n"
    dockerfile = parse(text)

    assert slices(text, dockerfile.comments) == ["# a", "# b", "# d"]
    assert slices(text, dockerfile.instructions[1].comments) == ["# d"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('RUN ["a", "b c"]', ["a", "b c"]),
        ('RUN [ "a" , "b" ] ', ["a", "b"]),
        ("RUN []", []),
        (r'CMD ["\u00e9\n", "\ud83d\ude00", "\ud800x"]', ["é\n", "😀", "\ufffdx"]),
        ('SHELL ["/bin/bash", "-c"]', ["/bin/bash", "-c"]),
        ('COPY ["a b", "c"]', ["a b", "c"]),
        ('HEALTHCHECK CMD ["a"]', ["CMD", "a"]),
    ],
)
def test_a_json_array_is_decoded(line: str, expected: list[str]) -> None:
    instruction = first(line)

    assert instruction.is_json
    assert values(instruction.arguments) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        '["a"',
        "['a']",
        "[a]",
        '["a",]',
        r'["\x"]',
        '["a\tb"]',
        "[NaN]",
        '["a"] b',
        '["a"] # b',
        "[" * 5000,
    ],
)
def test_what_is_no_json_array_is_a_shell_command(arguments: str) -> None:
    run = first("RUN " + arguments)

    assert not run.is_json
    assert values(run.arguments) == [arguments]


def test_a_json_array_of_other_things_than_strings_is_refused() -> None:
    message = "when using JSON array syntax, arrays must be comprised of strings only"

    assert messages('FROM a\nCMD ["a", 1]\n') == [message]
    assert messages("FROM a\nCMD [" + "9" * 5000 + "]\n") == [message]


@pytest.mark.parametrize(
    ("line", "pairs"),
    [
        ("ENV A b  c", [("A", "b  c", False)]),
        ('ENV A "b c"', [("A", '"b c"', False)]),
        ("ENV A=b C=d", [("A", "b", True), ("C", "d", True)]),
        (
            """ENV A="b c" D='e f' G=h\\ i""",
            [("A", '"b c"', True), ("D", "'e f'", True), ("G", "h\\ i", True)],
        ),
        ("ENV A= B=c=d", [("A", "", True), ("B", "c=d", True)]),
        ('LABEL "a b"=c', [('"a b"', "c", True)]),
    ],
)
def test_pairs_are_read_in_both_forms(line: str, pairs: list[tuple[str, str, bool]]) -> None:
    instruction = first(line)

    assert isinstance(instruction, Env)
    assert [
        (pair.name.value, pair.value and pair.value.value, pair.delimited)
        for pair in instruction.pairs
    ] == pairs


def test_one_arg_declares_several_variables() -> None:
    arg = first("ARG A B=c D='e f'")

    assert isinstance(arg, Arg)
    assert [(p.name.value, p.value and p.value.value) for p in arg.pairs] == [
        ("A", None),
        ("B", "c"),
        ("D", "'e f'"),
    ]


def test_flags_lose_their_quotes() -> None:
    run = only("""RUN --mount=type=bind,target="/a b" --network='none' -- --c""", Run)

    assert [str(flag) for flag in run.flags] == [
        "--mount=type=bind,target=/a b",
        "--network=none",
    ]
    assert values(run.arguments) == ["--c"]


def test_a_flag_may_have_no_value() -> None:
    copy = only("COPY --link --chown= a b", Copy)

    assert [(f.name, f.value and f.value.value) for f in copy.flags] == [
        ("link", None),
        ("chown", ""),
    ]


def test_from_has_image_platform_and_alias() -> None:
    from_ = first("FROM --platform=$BUILDPLATFORM golang:1 As Build")

    assert isinstance(from_, From)
    assert values((from_.image, from_.platform, from_.alias)) == [
        "golang:1",
        "$BUILDPLATFORM",
        "Build",
    ]


def test_copy_has_sources_destination_and_options() -> None:
    copy = only(
        "COPY --from=b --chown=1:2 --chmod=755 --link=false --parents --exclude=x --exclude=y a c /d",
        Copy,
    )

    assert values(copy.sources) == ["a", "c"]
    assert values((copy.destination, copy.from_, copy.chown, copy.chmod)) == [
        "/d",
        "b",
        "1:2",
        "755",
    ]
    assert (copy.link, copy.parents) == (False, True)
    assert values(copy.excludes) == ["x", "y"]


def test_add_has_a_checksum_and_no_stage() -> None:
    add = only("ADD --checksum=sha256:1 --keep-git-dir https://a/b c", Add)

    assert values((add.checksum, add.from_)) == ["sha256:1", None]
    assert add.keep_git_dir is True


def test_heredocs_are_no_sources() -> None:
    copy = only("COPY a <<b c <<d /e\n1\nb\n2\nd\n", Copy)

    assert values(copy.sources) == ["a", "c"]
    assert [(h.name, h.content.text) for h in copy.heredocs] == [("b", "1\n"), ("d", "2\n")]


def test_mounts_are_read_field_by_field() -> None:
    run = only(
        "RUN --mount=target=/a,TYPE=Cache,id=x --mount=from=b,src=/c,dst=/d,rw --network=host make",
        Run,
    )
    one, two = run.mounts

    assert (one.type, values((one.from_, one.source, one.target, one.id))) == (
        "cache",
        [None, None, "/a", "x"],
    )
    assert (two.type, values((two.from_, two.source, two.target, two.id))) == (
        "bind",
        ["b", "/c", "/d", None],
    )
    assert [(f.key, f.value and f.value.value) for f in two.fields] == [
        ("from", "b"),
        ("src", "/c"),
        ("dst", "/d"),
        ("rw", None),
    ]
    assert values((run.network, run.security)) == ["host", None]


def test_a_mount_field_in_quotes_may_hold_a_comma() -> None:
    run = only(r"RUN --mount=type=bind,\"source=a,b\",target=/c x", Run)

    assert values((run.mounts[0].source, run.mounts[0].target)) == ["a,b", "/c"]


def test_whole_lines_are_one_argument() -> None:
    assert [
        values(i.arguments)
        for i in parse("USER a : b\nWORKDIR /a b\nMAINTAINER A <b>\nSTOPSIGNAL 9\n").instructions
    ] == [["a : b"], ["/a b"], ["A <b>"], ["9"]]


def test_the_kind_of_an_instruction_is_its_class() -> None:
    text = "from a\nHealthcheck none\nlabel a=b\nshell []\nuser u\nvolume v\nworkdir w\nFOO x\n"

    assert [(type(i), i.name, i.keyword) for i in parse(text).instructions] == [
        (From, "FROM", "from"),
        (Healthcheck, "HEALTHCHECK", "Healthcheck"),
        (Label, "LABEL", "label"),
        (Shell, "SHELL", "shell"),
        (User, "USER", "user"),
        (Volume, "VOLUME", "volume"),
        (Workdir, "WORKDIR", "workdir"),
        (Instruction, "FOO", "FOO"),
    ]


def test_onbuild_keeps_its_instruction_with_flags() -> None:
    onbuild = only("ONBUILD COPY --from=a --chown=1 b c", Onbuild)
    copy = onbuild.trigger

    assert isinstance(copy, Copy)
    assert values((copy.from_, copy.chown, copy.destination)) == ["a", "1", "c"]


def test_onbuild_keeps_heredocs() -> None:
    onbuild = only("ONBUILD RUN <<EOF\na\nEOF\n", Onbuild)

    assert isinstance(onbuild.trigger, Run)
    assert onbuild.trigger.script is not None
    assert onbuild.trigger.script.text == "a\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("<<EOF", [("EOF", True, False, 0)]),
        ("<<-EOF", [("EOF", True, True, 0)]),
        ("<<'EOF'", [("EOF", False, False, 0)]),
        ('<<E"O"F', [("EOF", False, False, 0)]),
        (r"<<\EOF", [("EOF", True, False, 0)]),
        ("3<<EOF", [("EOF", True, False, 3)]),
        ("cat <<EOF <<-'EOF'", [("EOF", True, False, 0), ("EOF", False, True, 0)]),
        ("cat << EOF", [("EOF", True, False, 0)]),
        ("<<$EOF", []),
        ("cat<<EOF", []),
        ("<<<EOF", []),
        ('"<<EOF"', []),
        ("<<''", []),
        ("${A^^} <<EOF", []),
        ('["cat", "<<EOF"]', []),
    ],
)
def test_heredocs_are_found_as_buildkit_finds_them(
    line: str, expected: list[tuple[str, bool, bool, int]]
) -> None:
    run = parse(f"RUN {line}\nEOF\nEOF\n").instructions[0]
    found = [(h.name, h.expand, h.strip_tabs, h.descriptor) for h in run.heredocs if h.terminated]

    assert found == expected


def test_a_heredoc_ends_at_its_name_alone_on_a_line() -> None:
    run = only("RUN <<-EOF\n\ta\nEOF b\n EOF\n# c\n\t\tEOF\nCMD d\n", Run)

    assert run.heredocs[0].body.text == "\ta\nEOF b\n EOF\n# c\n"
    assert run.heredocs[0].content.text == "a\nEOF b\n EOF\n# c\n"
    assert (run.start_line, run.end_line) == (2, 7)


def test_heredocs_are_read_in_their_order() -> None:
    copy = only("COPY <<X <<Y /dest\nY\nX\nX\nY\n", Copy)

    assert [(h.name, h.body.text) for h in copy.heredocs] == [("X", "Y\n"), ("Y", "X\n")]


def test_blanks_behind_the_arrows_make_a_heredoc_only_where_it_ends() -> None:
    assert [n for n, _ in lines("RUN cat << EOF\nCMD a\nEOF\n")] == ["RUN"]
    assert [n for n, _ in lines("RUN echo $((1 << 2))\nCMD a\n")] == ["RUN", "CMD"]


@pytest.mark.parametrize("name", ["CMD", "ENV A", "LABEL A", "ENTRYPOINT", "USER"])
def test_other_instructions_hold_no_heredocs(name: str) -> None:
    assert len(parse(f"{name} <<EOF\nEOF\n").instructions) == 2


def test_a_heredoc_without_an_end_takes_the_rest() -> None:
    dockerfile = parse("FROM a\nRUN <<EOF\nCMD b\n")

    assert [i.name for i in dockerfile.instructions] == ["FROM", "RUN"]
    assert [f.message for f in dockerfile.faults] == ["unterminated heredoc"]


@pytest.mark.parametrize(
    ("lines", "script"),
    [
        ("RUN a && \\\n  b", "a &&   b"),
        ("RUN --network=none \\\n a", "a"),
        ("RUN <<EOF\na\n\tb\nEOF", "a\n\tb\n"),
        ("RUN <<-EOF\n\ta\n\tEOF", "a\n"),
        ("RUN cat <<A <<-B | sh\n1\nA\n\t2\n\tB", "cat <<A <<-B | sh\n1\nA\n\t2\nB"),
        ('RUN ["a"]', None),
        ("RUN", ""),
    ],
)
def test_the_script_of_a_run_is_what_the_shell_is_given(lines: str, script: str | None) -> None:
    run = only(lines, Run)

    assert (None if run.script is None else run.script.text) == script


def test_a_shebang_selects_the_interpreter_of_a_heredoc() -> None:
    assert (
        only("RUN <<EOF\n#!/usr/bin/env python3\nprint()\nEOF\n", Run).interpreter
        == "/usr/bin/env python3"
    )
    assert only("RUN cat <<EOF\n#!/bin/sh\nEOF\n", Run).interpreter is None


def test_shell_holds_for_the_stages_that_are_based_on_its_stage() -> None:
    text = (
        'FROM a AS one\nRUN 1\nSHELL ["bash", "-c"]\nRUN 2\n'
        "FROM One\nRUN 3\nFROM a\nRUN 4\nFROM mcr.microsoft.com/windows/nanoserver\nRUN 5\n"
    )

    assert [run.shell for run in parse(text).of(Run)] == [
        ("/bin/sh", "-c"),
        ("bash", "-c"),
        ("bash", "-c"),
        ("/bin/sh", "-c"),
        ("cmd", "/S", "/C"),
    ]


def test_stages_have_names_in_lower_case_and_their_instructions() -> None:
    dockerfile = parse("ARG A\nFROM a AS One\nRUN b\nFROM c\nRUN d\nCMD e\n")

    assert [(s.index, s.name, s.label, len(s.instructions)) for s in dockerfile.stages] == [
        (0, "one", "one", 1),
        (1, "", "1", 2),
    ]
    assert [len(dockerfile.global_args), len(dockerfile.instructions)] == [1, 6]
    assert [
        None if (stage := dockerfile.stage_of(i)) is None else stage.index
        for i in dockerfile.instructions
    ] == [None, 0, 0, 1, 1, 1]


def test_a_stage_is_found_by_name_or_index() -> None:
    dockerfile = parse("FROM a AS x\nFROM b AS X\nFROM c\n")

    found = [dockerfile.find_stage(name) for name in ("x", "0", "2", "3", "y", "")]

    assert [None if stage is None else stage.index for stage in found] == [
        1,
        0,
        2,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\x00" * 1000,
        "FROM a\nRUN " + "x" * 1_000_000,
        "FROM a\nENV A=" + "${A:-" * 20_000,
        "FROM a\n" + "ONBUILD " * 50_000 + "RUN x",
        "FROM a\nRUN " + "[" * 100_000,
        "FROM a\nRUN x" + "\\\n# c\n\n" * 20_000,
        "FROM a\nHEALTHCHECK --interval=" + "1" * 100_000 + " CMD x",
        "FROM a\nRUN " + "<< a " * 10_000 + "\n" + "b\n" * 10_000,
        "#" + " " * 100_000 + "escape" + " " * 100_000 + "= x",
        "\n" * 100_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    parse_dockerfile(Source("Dockerfile", text))
