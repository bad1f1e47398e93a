"""Which commands a job runs, in which order, how certainly and under which conditions."""

from __future__ import annotations

import time

import pytest

from ci_doctor.execution.command import Command

from .running import line, lines, missed, named, run, run_script, under


def facts(command: Command) -> list[str]:
    flags = {
        "ignored": command.failure_ignored,
        "background": command.background,
        "substitution": command.in_substitution,
        "xtrace": command.xtrace,
    }
    return [name for name, is_set in flags.items() if is_set]


def folder(command: Command) -> str | None:
    return None if command.cwd is None else command.cwd.display


def test_before_script_and_script_share_a_shell_and_after_script_does_not() -> None:
    execution = run("""\
        default:
          before_script:
            - TAG=one
            - cd sub
        job:
          script:
            - x $TAG
          after_script:
            - x "$TAG"
    """)

    assert [(c.phase, line(c), folder(c)) for c in execution.commands] == [
        ("before_script", "", ""),
        ("before_script", "cd sub", ""),
        ("script", "x one", "sub"),
        ("after_script", "x $TAG", ""),
    ]


def test_an_if_may_end_in_a_later_item() -> None:
    execution = run("""\
        job:
          before_script:
            - if [ -n "$CI_COMMIT_TAG" ]; then
          script:
            - x tagged
            - fi
            - >-
              x
              always
    """)

    assert [(line(c), c.phase, str(c.location), under(c)) for c in execution.commands] == [
        ("[ -n $CI_COMMIT_TAG ]", "before_script", ".gitlab-ci.yml:3:10", ["always"]),
        ("x tagged", "script", ".gitlab-ci.yml:5:7", ["possible", "[ -n $CI_COMMIT_TAG ]"]),
        ("x always", "script", ".gitlab-ci.yml:8:7", ["always"]),
    ]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a && x", ["always"]),
        ("[ $T ] && x", ["possible", "[ $T? ]"]),
        ("a || x", ["possible", "not a"]),
        ("test -f f && a && x", ["possible", "test -f f"]),
        ("! a && x", ["possible", "not a"]),
        ("grep -q a f && x", ["possible", "grep -q a f"]),
        ("docker manifest inspect i || x", ["possible", "not docker manifest inspect i"]),
        ("command -v d && x", ["possible", "command -v d"]),
        ("a && b || x", ["possible", "not b"]),
        ("[ 1 ] && b || x", ["possible", "not "]),
        ("if a; then x; fi", ["possible", "a"]),
        ("if a; then b; else x; fi", ["possible", "not a"]),
        ("if a; then b; elif c; then x; fi", ["possible", "not a", "c"]),
        ("if a; then b; elif c; then d; else x; fi", ["possible", "not a", "not c"]),
        ("if [ 1 ] && [ 2 ]; then x; fi", ["possible", "[ 1 ]", "[ 2 ]"]),
        ("if ! a; then x; fi", ["possible", "not a"]),
        ("case $T in v*|w) x;; esac", ["possible", "case $T v* w"]),
        ("while a; do x; done", ["possible", "a"]),
        ("until a; do x; done", ["possible", "not a"]),
        ("while true; do x; break; done", ["always", "true"]),
        ("for i in 1 2; do x; done", ["always"]),
        ("for i in $LIST; do x; done", ["possible"]),
        ("for ((i=0; i<2; i++)); do x; done", ["possible"]),
        ("{ x; }", ["always"]),
        ("(x)", ["always"]),
        ("$(x)", ["always"]),
        ("[ 1 ] && (a; x)", ["possible", "[ 1 ]"]),
        ("$PUSH && x", ["possible", "$PUSH?"]),
        ("f() { [ 1 ]; }\nf a && x", ["possible", "f a"]),
        ("f() { a; }\nf && x", ["always"]),
        ("f() { [ 1 ] || return 1; a; }\nif ! f; then x; fi", ["possible", "not f"]),
    ],
)
def test_guards_tell_the_conditions_of_a_command(script: str, expected: list[str]) -> None:
    (command,) = run_script(script).named("x")

    assert under(command) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("[ -z $T ] && exit 0\nx", ["possible", "not [ -z $T? ]"]),
        ("[ -n $T ] || exit 0\nx", ["possible", "[ -n $T? ]"]),
        ("[ -n $T ] || exit 1\nx", ["always", "[ -n $T? ]"]),
        ("[ -n $T ] || exit\nx", ["always", "[ -n $T? ]"]),
        ("a || exit 1\nx", ["always"]),
        ("a || { echo no; exit 1; }\nx", ["always"]),
        ("a || (exit 1)\nx", ["always"]),
        ("if [ $T ]; then exit 0; fi\nx", ["possible", "not [ $T? ]"]),
        ("if [ $T ]; then a; else exit 1; fi\nx", ["always", "[ $T? ]"]),
        ("if [ $T ]; then if [ $U ]; then exit 0; fi; fi\nx", ["possible"]),
        ("if [ $T ]; then if [ $U ]; then exit 1; fi; fi\nx", ["always"]),
        ("case $T in v*) exit 0;; esac\nx", ["possible", "not case $T v*"]),
        ("f() { [ $T ] && return; x; }\nf", ["possible", "not [ $T? ]"]),
        ("f() { [ $T ] && return; }\nf\nx", ["always"]),
        ("die() { echo; exit 1; }\n[ $T ] || die\nx", ["always", "[ $T? ]"]),
        ("for i in 1 2; do [ $T ] && continue; x; done", ["possible", "not [ $T? ]"]),
        ("for i in 1 2; do [ $T ] && break; done\nx", ["always"]),
        ("for i in 1 2; do [ $T ] && exit 0; done\nx", ["possible"]),
        ("(exit 0)\nx", ["always"]),
        ("a | exit 0\nx", ["always"]),
    ],
)
def test_an_early_end_guards_what_follows(script: str, expected: list[str]) -> None:
    (command,) = run_script(script).named("x")

    assert under(command) == expected


@pytest.mark.parametrize(
    "script",
    [
        "exit 0\nx",
        "if a; then exit 0; else exit 1; fi\nx",
        "case $T in a) exit 1;; *) exit 0;; esac\nx",
        "exec a\nx",
        "f() { return; x; }\nf",
        "f() { exit; }\nf\nx",
        "for i in 1; do break; x; done",
        "while true; do exit; done\nx",
    ],
)
def test_what_is_never_reached_is_left_out(script: str) -> None:
    assert named(run_script(script), "x") == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("x", []),
        ("x || true", ["ignored"]),
        ("x || exit 1", []),
        ("x || { echo no; false; }", []),
        ("die() { exit 1; }\nx || die", []),
        ("x && a || b", ["ignored"]),
        ("a || x || true", ["ignored"]),
        ("x && a", []),
        ("x | a", ["ignored"]),
        ("a | x", []),
        ("if x; then a; fi", ["ignored"]),
        ("while x; do a; done", ["ignored"]),
        ("! x", ["ignored"]),
        ("set +e\nx\na", ["ignored"]),
        ("set +e\nx", []),
        ("set +e\nset -e\nx\na", []),
        ("x &", ["background"]),
        ("a; x & b", ["background"]),
        ('a "$(x)"', ["substitution"]),
        ("set -x\nx", ["xtrace"]),
        ("set -ex\nset +x\nx", []),
        ("set -o xtrace\nx", ["xtrace"]),
        ("sh -c 'x; a'", ["ignored"]),
        ("sh -ec 'x; a'", []),
        ("sh -c 'a; x'", []),
    ],
)
def test_facts_of_a_command(script: str, expected: list[str]) -> None:
    (command,) = run_script(script).named("x")

    assert facts(command) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("sudo -E x a", ["sudo -E"]),
        ("sudo -u me -- x a", ["sudo -u me --"]),
        ("time -p x a", ["time -p"]),
        ("exec x a", ["exec"]),
        ("command x a", ["command"]),
        ("env -u B A=b x a", ["env -u B A=b"]),
        ("nice -n 5 nohup x a", ["nice -n 5 nohup"]),
        ("timeout -k 5 10m x a", ["timeout -k 5 10m"]),
        ("timeout --foreground 10 sudo x a", ["timeout --foreground 10 sudo"]),
        ("stdbuf -oL x a", ["stdbuf -oL"]),
        ("/usr/bin/env x a", ["/usr/bin/env"]),
        ("retry x a", []),
        ("command -v x a", []),
        ("sudo $OPTIONS x a", []),
    ],
)
def test_wrappers_stand_beside_the_command(script: str, expected: list[str]) -> None:
    execution = run_script(script)

    found = [" ".join(w.text.display for w in c.wrappers) for c in execution.named("x")]
    assert found == expected


def test_pipes_connect_commands() -> None:
    execution = run_script("""
        a | b | c
        { d; e; } | f
        g | while read h; do i; done
        fn() { j; }
        fn | k
    """)

    def shown_neighbour(command: Command | None) -> str | None:
        return None if command is None else command.name or "group"

    def neighbours(name: str) -> tuple[str | None, str | None]:
        (command,) = execution.named(name)
        return shown_neighbour(command.piped_from), shown_neighbour(command.piped_to)

    assert {name: neighbours(name) for name in "abcdefgijk"} == {
        "a": (None, "b"),
        "b": ("a", "c"),
        "c": ("b", None),
        "d": (None, None),
        "e": (None, None),
        "f": ("group", None),
        "g": (None, "group"),
        "i": ("g", None),
        "j": (None, None),
        "k": ("group", None),
    }


def test_redirects_and_here_documents_are_texts() -> None:
    execution = run_script(
        """
        x > "$HOME/f" 2>&1
        x <<EOF >> g
        a $CI_COMMIT_SHA \\$B
        EOF
        x <<'EOF'
        a $CI_COMMIT_SHA
        EOF
        { x; } > h
        """
    )

    assert [
        [
            (r.operator, r.descriptor, r.target.display, r.literal, str(r.location))
            for r in c.redirects
        ]
        for c in execution.named("x")
    ] == [
        [
            (">", None, "$HOME/f", False, ".gitlab-ci.yml:7:9"),
            (">&", 2, "1", False, ".gitlab-ci.yml:7:21"),
        ],
        [
            ("<<", None, "a $CI_COMMIT_SHA $B\n", False, ".gitlab-ci.yml:8:9"),
            (">>", None, "g", False, ".gitlab-ci.yml:8:15"),
        ],
        [("<<", None, "a $CI_COMMIT_SHA\n", True, ".gitlab-ci.yml:11:9")],
        [(">", None, "h", False, ".gitlab-ci.yml:14:14")],
    ]


def test_the_environment_is_that_of_the_moment() -> None:
    execution = run_script(
        """
        x
        LOCAL=1
        export SHARED=2 YAML
        A=3 x
        x
        unset YAML
        export -n SHARED
        env B=4 x
        """,
        variables={"YAML": "0"},
    )

    names = ["YAML", "LOCAL", "SHARED", "A", "B"]
    assert [
        {n: (c.environment[n].value, n in c.exported) for n in names if n in c.environment}
        for c in execution.named("x")
    ] == [
        {"YAML": ("0", True)},
        {"YAML": ("0", True), "LOCAL": ("1", False), "SHARED": ("2", True), "A": ("3", True)},
        {"YAML": ("0", True), "LOCAL": ("1", False), "SHARED": ("2", True)},
        {"LOCAL": ("1", False), "SHARED": ("2", False), "B": ("4", True)},
    ]
    first, *_, last = execution.named("x")
    assert "UNUSED" in first.environment and set(last.environment) == {
        *("UNUSED", "LOCAL", "SHARED", "B")
    }
    assert {name for name in last.exported if name in last.environment} == {"UNUSED", "B"}


def test_an_environment_that_does_not_change_is_one_object() -> None:
    first, second = run_script("x a\nx b").commands

    assert first.environment is second.environment
    assert first.exported is second.exported


def test_assignments_are_commands_without_words() -> None:
    execution = run_script("A=1 B=$A\nC=2 x\nexport D=3")

    assert [
        (line(c), {name: text.display for name, text in c.assignments.items()})
        for c in execution.commands
    ] == [("", {"A": "1", "B": "1"}), ("x", {"C": "2"}), ("export", {"D": "3"})]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("if a; then T=1; fi", "{$T|1}"),
        ("T=0; if a; then T=1; fi", "{0|1}"),
        ("if a; then T=1; else T=2; fi", "{1|2}"),
        ("T=0; if a; then T=1; elif b; then T=2; fi", "{0|1|2}"),
        ("T=0; if a; then T=1; exit 1; fi", "0"),
        ("T=0; [ $A ] && T=1", "{0|1}"),
        ("T=0; a && T=1", "1"),
        ("T=0; a || T=1", "{0|1}"),
        ("case $A in a) T=1;; *) T=2;; esac", "{1|2}"),
        ("T=0; case $A in a) T=1;; esac", "{0|1}"),
        ("T=0; (T=1)", "0"),
        ("T=0; echo $(T=1)", "0"),
        ("T=0; a | T=1", "0"),
        ("T=0; T=1 &", "0"),
        ("T=0; f() { T=1; }; f", "1"),
        ("T=0; f() { local T=1; }; f", "0"),
        ("f() { T=$1; }; f a; f b", "b"),
        ("for T in a b; do c; done", "{a|b}"),
        ("for T in one; do c; done", "one"),
        ("for T in $LIST; do c; done", "$T"),
        ("T=a; for i in 1 2; do T=$T$i; done", "{a|$T}{1|2}"),
        ("read T", "$T"),
        ("T=1; ((T++))", "$T"),
        ("if a; then unset T; fi", "{$T|}"),
        ("T=a; if b; then T=$T-x; fi", "a{|-x}"),
        ("T=1; sh -c 'T=2'", "1"),
        ("eval T=2", "2"),
        ("printf -v T a", "$T"),
        ("set -- a b; while [ $# -gt 0 ]; do T=$1; shift; done", "{$T|$T|$1}"),
    ],
)
def test_a_variable_after_branches_is_one_of_its_values(script: str, expected: str) -> None:
    assert named(run_script(f'{script}\nx "$T"'), "x") == [expected]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("cd a", "a"),
        ("cd a && cd b", "a/b"),
        ("cd a; cd ..", ""),
        ("cd a/./b/../c/", "a/c"),
        ("cd $CI_PROJECT_DIR/a", "a"),
        ('cd "$CI_PROJECT_DIR"', ""),
        ("cd a; cd $CI_PROJECT_DIR", ""),
        ("cd a; cd -", ""),
        ("cd a; cd $OLD", None),
        ("cd ..", None),
        ("cd /tmp", None),
        ("cd", None),
        ("cd ~", None),
        ("pushd a; popd", ""),
        ("pushd a", "a"),
        ("(cd a)", ""),
        ("cd a || exit 1", "a"),
        ("if b; then cd a; fi", "{|a}"),
        ("[ 1 ] && cd a", "{|a}"),
        ("mkdir -p a && cd a", "a"),
        ("for d in a b; do cd $d; done", "{a|b}"),
        ("for d in a b; do cd $d; cd ..; done", ""),
        ("f() { cd a; }; f", "a"),
    ],
)
def test_the_working_directory_is_followed(script: str, expected: str | None) -> None:
    (command,) = run_script(f"{script}\nx").named("x")

    assert folder(command) == expected


def test_functions_run_where_they_are_called() -> None:
    execution = run_script("""
        push() {
          local name=$1
          docker push "$name" "${@:2}"
        }
        unused() { docker rmi a; }
        push a:b --quiet
        if [ $T ]; then push c:d; fi
        loop() { loop; docker info; }
        loop
    """)

    assert [(line(c), c.in_function, under(c)[0]) for c in execution.named("docker")] == [
        ("docker push a:b --quiet", "push", "always"),
        ("docker push c:d", "push", "possible"),
        ("docker info", "loop", "always"),
    ]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("$TOOL build", [("program", "$TOOL")]),
        ("$(tool) build", [("program", "$(tool)")]),
        ("if $PUSH; then a; fi", []),
        ('eval "$CMD"', [("eval", "$CMD")]),
        ("eval $(ssh-agent -s)", []),
        ('eval "$(curl -s https://a.b/c)"', [("remote", "$(curl -s https://a.b/c)")]),
        ("curl -s https://a.b/c | bash", [("remote", "standard input")]),
        ("curl -s https://a.b/c | sed s/a/b/ | sudo bash -s -- x", [("remote", "standard input")]),
        ("bash <(curl -s https://a.b/c)", [("remote", "<(curl -s https://a.b/c)")]),
        ('sh -c "$(wget -qO- https://a.b/c)"', [("remote", "$(wget -qO- https://a.b/c)")]),
        ("cat f | sh", [("eval", "standard input")]),
        ("sh $OPTIONS f", [("script", "sh $OPTIONS f")]),
        ("./absent.sh", [("script", "absent.sh")]),
        ("source absent.env", [("script", "absent.env")]),
        ("source /etc/profile; . ~/.bashrc; . venv/bin/activate", []),
        ("/kaniko/executor --x; ./gradlew build; node_modules/.bin/eslint", []),
        ("a ) b", [("syntax", "")]),
        ("docker build .", []),
    ],
)
def test_what_is_not_followed_is_said(script: str, expected: list[tuple[str, str]]) -> None:
    execution = run_script(script)

    assert missed(execution) == expected
    assert execution.complete is not bool(expected)


def test_text_given_to_a_shell_is_walked() -> None:
    execution = run_script("""
        bash -c 'x "$1" $0' name one
        sh -c "x $CI_COMMIT_SHA $ABSENT"
        sh <<EOF
        x heredoc
        EOF
        eval 'x a; x b'
        export E=1
        L=2
        sh -c 'x "$E$L"'
    """)

    assert named(execution, "x") == [
        "one name",
        "$CI_COMMIT_SHA $ABSENT?",
        "heredoc",
        "a",
        "b",
        "1$L",
    ]
    assert [c.location.text for c in execution.named("x")] == [
        'x "$1" $0',
        "x $CI_COMMIT_SHA $ABSENT",
        "x heredoc",
        "x a",
        "x b",
        'x "$E$L"',
    ]


@pytest.mark.parametrize(
    "pipeline",
    [
        "job: {tags: [windows], script: [docker build .]}",
        "job: {tags: [shared-windows], script: [docker build .]}",
        'job: {script: ["$env:A = 1", docker build .]}',
        "job: {script: [Write-Host a, docker build .]}",
        "job: {script: ['if not exist a mkdir a']}",
        "job: {image: 'mcr.microsoft.com/windows/servercore:ltsc2022', script: [docker build .]}",
    ],
)
def test_jobs_for_powershell_or_cmd_are_left_alone(pipeline: str) -> None:
    execution = run(pipeline)

    assert (lines(execution), missed(execution)) == ([], [("shell", "PowerShell or cmd")])


@pytest.mark.parametrize(
    "pipeline",
    [
        "job: {tags: [darwin], script: [x]}",
        "job: {script: [\"pwsh -c '$env:A'\", x]}",
        "job: {tags: [windsor], script: [x]}",
    ],
)
def test_jobs_for_a_posix_shell_are_walked(pipeline: str) -> None:
    assert "x" in lines(run(pipeline))


def test_a_job_without_a_script_has_no_commands() -> None:
    execution = run("job: {trigger: {project: a/b}}")

    assert (lines(execution), missed(execution)) == ([], [])


def test_what_an_unread_include_may_give_is_missed() -> None:
    execution = run("""\
        include: {project: a/b, file: c.yml}
        job:
          script: [x]
    """)

    assert [(n.kind, n.what, n.after) for n in execution.not_followed] == [
        ("include", "before_script", 0),
        ("include", "after_script", 1),
    ]


def test_hooks_run_before_the_checkout() -> None:
    execution = run("""\
        job:
          hooks:
            pre_get_sources_script: [x]
          script: [y]
    """)

    assert [(line(c), c.phase, folder(c)) for c in execution.commands] == [
        ("x", "hooks", None),
        ("y", "script", ""),
    ]


@pytest.mark.parametrize(
    "script",
    [
        "x a\n" * 20_000,
        " && ".join(["x a"] * 5_000),
        "f() { g; g; }\ng() { h; h; }\nh() { i; i; }\ni() { j; j; }\nj() { x; }\n" + "f\n" * 2_000,
        "{ " * 300 + "x; " + "} " * 300,
        "if a; then " * 300 + "x" + "; fi" * 300,
        "$(" * 300 + "x" + ")" * 300,
        "A0=1\n" + "\n".join(f'A{i}="$A{i - 1} $A{i - 1}"' for i in range(1, 300)) + "\nx $A299",
        "\n".join(f"if a; then T{i % 7}=$T{(i + 1) % 7}; fi" for i in range(800)) + "\nx $T0",
        "eval '" * 1 + "x" + "'" * 1,
        "f() { f; f; }\nf\nx",
        "f() { eval f; eval f; }\nf\nx",
        "x " + "{a,b}" * 30,
        f"x ${{{'9' * 5000}}} ${{a[{'9' * 5000}]}}; shift {'9' * 5000}; exit {'9' * 5000}",
        "for i in " + " ".join(f"w{i}" for i in range(3000)) + '; do x "$i"; done',
        "x " + "$ABSENT" * 20_000,
        "X=" + "a" * 100_000 + "\n" + "x ${X%%a*b*a*b*}\n" * 50,
    ],
    ids=lambda script: f"{script[:12]!r}x{len(script)}",
)
def test_hostile_scripts_end_soon(script: str) -> None:
    started = time.monotonic()

    run_script(script)

    assert time.monotonic() - started < 20
