"""Scripts of the repository, and the place of every character."""

from __future__ import annotations

import pytest

from ci_doctor.execution.command import Command

from .running import line, missed, named, run, run_script


def place(command: Command) -> str:
    return f"{command.location} {command.script}"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("./ci/build.sh a 'b c'", ["a b c"]),
        ("ci/build.sh a", ["a"]),
        ("sh ci/build.sh a", ["a"]),
        ("bash -x ./ci/build.sh a", ["a"]),
        ("$CI_PROJECT_DIR/ci/build.sh a", ["a"]),
        ('"$CI_PROJECT_DIR"/ci/build.sh a', ["a"]),
        ("cd ci && ./build.sh a", ["a"]),
        ("cd ci/deeper && ../build.sh a", ["a"]),
        ("source ci/build.sh a", ["a"]),
        (". ./ci/build.sh", [""]),
        ("sudo -E ./ci/build.sh a", ["a"]),
        ("bash < ci/build.sh", [""]),
        ("./ci/$NAME.sh a", ["a"]),
        ("$(dirname ci/x)/build.sh a", ["a"]),
        ("./ci/build.sh a; ./ci/build.sh a; ./ci/build.sh b", ["a", "b"]),
        ("./ci/build.sh $ABSENT", ["$ABSENT?"]),
    ],
)
def test_scripts_of_the_repository_are_followed(call: str, expected: list[str]) -> None:
    files = {"ci/build.sh": '#!/bin/sh -e\nx "$@"\n'}

    execution = run_script(call, files, {"NAME": "build"})

    assert named(execution, "x") == expected
    assert {place(c) for c in execution.named("x")} == {"ci/build.sh:2:1 ci/build.sh"}
    assert missed(execution) == []


def test_a_script_sees_exported_variables_and_changes_none() -> None:
    files = {"run.sh": 'x "$SHARED" "$PRIVATE" "$YAML"\nexport SHARED=9\ncd sub\n'}

    execution = run_script("export SHARED=1\nPRIVATE=2\n./run.sh\ny $SHARED", files, {"YAML": "3"})

    assert named(execution, "x") == ["1 $PRIVATE 3"]
    assert named(execution, "y") == ["1"]
    assert execution.commands[-1].cwd == execution.commands[0].cwd


def test_a_script_reads_what_is_piped_into_it() -> None:
    execution = run_script("echo a | ./run.sh", {"run.sh": "x\n"})

    (command,) = execution.named("x")
    assert command.piped_from is execution.commands[0]


def test_with_allexport_every_assignment_is_exported() -> None:
    execution = run_script("set -a\n. ./a.env\nset +a\nB=2\nx", {"a.env": "A=1\n"})

    (command,) = execution.named("x")
    assert [name in command.exported for name in ("A", "B")] == [True, False]


def test_a_sourced_script_is_part_of_the_shell() -> None:
    files = {"lib.sh": 'TAG="$PRIVATE"\nf() { x "$1" "$TAG"; }\ncd sub\nreturn\ny\n'}

    execution = run_script("PRIVATE=2\n. ./lib.sh\nf a\nz", files)

    assert named(execution, "x") == ["a 2"]
    assert named(execution, "y") == []
    (last,) = execution.named("z")
    assert last.cwd is not None and last.cwd.value == "sub"


def test_a_script_finds_what_lies_beside_it() -> None:
    files = {
        "ci/build.sh": (
            'HERE="$(cd "$(dirname "$0")" && pwd)"\n'
            '. "$HERE/lib.sh"\n'
            'cd "$(dirname "${BASH_SOURCE[0]}")/.."\n'
            "x $HERE\n"
        ),
        "ci/lib.sh": "y\n",
    }

    execution = run_script("bash ci/build.sh", files)

    (x,) = execution.named("x")
    assert (line(x), x.cwd and x.cwd.display) == ("x $CI_PROJECT_DIR/ci", x.cwd)
    assert [place(c) for c in execution.named("y")] == ["ci/lib.sh:1:1 ci/lib.sh"]


def test_scripts_that_call_each_other_end() -> None:
    files = {"a.sh": "x a\n./b.sh\n", "b.sh": "x b\n./a.sh\n. ./b.sh\n"}

    execution = run_script("./a.sh", files)

    assert named(execution, "x") == ["a", "b"]
    assert missed(execution) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"tool": "#!/usr/bin/env python3\nprint()\n"}, [("script", "tool")]),
        ({"tool": "#!/usr/bin/env bash\nx\n"}, []),
        ({"tool": "x\n"}, []),
        ({"tool": b"\x7fELF\0\0\0"}, [("script", "tool")]),
        ({"tool/x": ""}, [("script", "tool")]),
        ({}, [("script", "tool")]),
        ({"tool": "x\n" * 400_000}, [("script", "tool")]),
    ],
    ids=["python", "bash", "no shebang", "binary", "directory", "absent", "huge"],
)
def test_only_shell_scripts_are_followed(
    files: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    execution = run_script("./tool", files)

    assert missed(execution) == expected
    assert len(execution.named("x")) == (0 if expected else 1)


@pytest.mark.parametrize(
    ("shebang", "call", "ignored"),
    [
        ("#!/bin/sh", "./run.sh", True),
        ("#!/bin/sh -e", "./run.sh", False),
        ("#!/usr/bin/env -S bash -eu", "./run.sh", False),
        ("#!/bin/sh -e", "sh run.sh", True),
        ("#!/bin/sh", "sh -e run.sh", False),
        ("#!/bin/sh", "bash -o errexit run.sh", False),
        ("#!/bin/sh", ". ./run.sh", False),
    ],
)
def test_errexit_of_a_followed_script(shebang: str, call: str, ignored: bool) -> None:
    execution = run_script(call, {"run.sh": f"{shebang}\nx\ny\n"})

    assert [c.failure_ignored for c in execution.named("x", "y")] == [ignored, False]


def test_a_script_of_a_matrix_is_one_of_several() -> None:
    execution = run(
        """\
        job:
          parallel:
            matrix: [{ARCH: [a, b]}]
          script:
            - ./build-$ARCH.sh
        """,
        {"build-a.sh": "x a\n", "build-b.sh": "x b\n"},
    )

    assert named(execution, "x") == ["a", "b"]
    assert {c.certainty.value for c in execution.named("x")} == {"possible"}


STYLES = {
    "plain": ("- x --a=$B 'c d'", "--a=$B", "'c d'"),
    "plain over lines": ("- x\n      --a=$B\n      'c d'", "--a=$B", "'c d'"),
    "single quotes": ("- 'x --a=$B ''c d'''", "--a=$B", "''c d''"),
    "double quotes": ('- "x --a=$B \\"c d\\""', "--a=$B", '\\"c d\\"'),
    "double quotes with escapes": (
        "- \"x\\t--\\x61=$B\\u0020\\\n      'c d'\"",
        "--\\x61=$B",
        "'c d'",
    ),
    "literal": (
        "- |\n      # why\n      x \\\n        --a=$B \\\n        'c d'",
        "--a=$B",
        "'c d'",
    ),
    "literal with indicators": ("- |2-\n        x --a=$B 'c d'", "--a=$B", "'c d'"),
    "folded": ("- >-\n      x\n      --a=$B\n      'c d'", "--a=$B", "'c d'"),
    "nested list": ("- - y\n      - x --a=$B 'c d'", "--a=$B", "'c d'"),
    "flow": ('["y", "x --a=$B \'c d\'"]', "--a=$B", "'c d'"),
    "after an item": (
        "- y 'é' # no\n    - |\n      z\n\n      x --a=$B 'c d'\n",
        "--a=$B",
        "'c d'",
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_word_has_its_place_through_every_yaml_style(style: str) -> None:
    script, first, second = STYLES[style]

    execution = run(f"# é\njob:\n  script:\n    {script}\n")

    (command,) = execution.named("x")
    places = [word.written for word in command.words]
    assert [p and p.text for p in places] == ["x", first, second]
    assert [w.text.display for w in command.words] == ["x", "--a=$B", "c d"]
    assert command.location.text.startswith("x")
    assert command.location.text.endswith(second)
    symbol = command.words[1].text.locate(4, 5)
    assert symbol is not None
    assert symbol.text == "$B"


def test_items_of_other_files_have_their_places_there() -> None:
    execution = run(
        """\
        include: ci/base.yml
        job:
          extends: .base
          script:
            - x one
            - !reference [.base, script]
        """,
        {
            "ci/base.yml": ".base:\n  before_script:\n    - x zero\n  script:\n    - |\n      x two\n"
        },
    )

    assert [(line(c), str(c.location), c.phase) for c in execution.commands] == [
        ("x zero", "ci/base.yml:3:7", "before_script"),
        ("x one", ".gitlab-ci.yml:5:7", "script"),
        ("x two", "ci/base.yml:6:7", "script"),
    ]


def test_a_command_over_two_items_reaches_from_the_first_to_the_last() -> None:
    execution = run('job:\n  script:\n    - x "a\n    - b"\n')

    assert [(line(c), c.location.text) for c in execution.commands] == [
        ("x a\nb", 'x "a\n    - b"')
    ]
