"""What words become: splitting, variables, substitutions."""

from __future__ import annotations

import pytest

from .running import line, lines, named, run, run_script


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("x 'a b' \"c d\" e\\ f ''", "'a b' 'c d' 'e f' ''"),
        ("x $ABSENT", "$ABSENT?"),
        ('x "$ABSENT"', "$ABSENT"),
        ("x --tag=$ABSENT a:$ABSENT", "--tag=$ABSENT a:$ABSENT"),
        ("x $CI_COMMIT_SHA $CI_REGISTRY_IMAGE", "$CI_COMMIT_SHA $CI_REGISTRY_IMAGE"),
        ("x $CI_COMMIT_TAG", "$CI_COMMIT_TAG?"),
        ("x $EMPTY a", "a"),
        ('x "$EMPTY" a', " a"),
        ("x $OPTIONS", "--pull --build-arg A=1"),
        ('x "$OPTIONS"', "--pull  --build-arg A=1"),
        ("x -t$OPTIONS", "-t--pull --build-arg A=1"),
        ("x '$OPTIONS'", "$OPTIONS"),
        ("x \\$OPTIONS", "$OPTIONS"),
        ("x $(date)", "$(date)?"),
        ('x "$(date)" a-`date`', "$(date) a-`date`"),
        ("x $((1 + 2))", "$((1 + 2))"),
        ("x <(a)", "<(a)"),
        ('x *.txt "*.txt" https://a/?b=c', "*.txt? *.txt https://a/?b=c"),
        ("x linux/{amd64,arm64} {a,b}{c,d}", "linux/amd64 linux/arm64 ac ad bc bd"),
        ('x {"a":1,"b":2}', "{a:1,b:2}?"),
        ('x "$@" $# $1.', "0 ."),
        ("x $? $$", "$?? $$?"),
        ("x ${ABSENT:-.}", "{$ABSENT|.}"),
        ("x ${ABSENT:---pull}", "{$ABSENT|--pull}?"),
        ("x ${ABSENT-.}", "{$ABSENT|.}?"),
        ("x ${ABSENT:+--push}", "{--push|}?"),
        ("x ~/.docker/config.json", "~/.docker/config.json"),
        ("x $HOME/.docker", "$HOME/.docker"),
    ],
)
def test_words_are_expanded_and_split(script: str, expected: str) -> None:
    execution = run_script(script, variables={"EMPTY": "", "OPTIONS": "--pull  --build-arg A=1"})

    assert named(execution, "x") == [expected.replace("'", "")]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("${KNOWN:-d}", "a/b.tar.gz"),
        ("${ABSENT:-d}", "{$ABSENT|d}"),
        ("${ABSENT-d}", "{$ABSENT|d}"),
        ("${CI_COMMIT_SHA:-d}", "$CI_COMMIT_SHA"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${GONE:-d}", "d"),
        ("${GONE-d}", "d"),
        ("${KNOWN:+y}", "y"),
        ("${EMPTY:+y}", ""),
        ("${EMPTY+y}", "y"),
        ("${ABSENT:+y}", "{y|}"),
        ("${ABSENT:?no}", "$ABSENT"),
        ("${KNOWN%.gz}", "a/b.tar"),
        ("${KNOWN%%.*}", "a/b"),
        ("${KNOWN%.*}", "a/b.tar"),
        ("${KNOWN#*/}", "b.tar.gz"),
        ("${KNOWN##*.}", "gz"),
        ("${KNOWN%nothing}", "a/b.tar.gz"),
        ("${KNOWN/a/x}", "x/b.tar.gz"),
        ("${KNOWN//[ar]/x}", "x/b.txx.gz"),
        ("${KNOWN//./}", "a/btargz"),
        ("${KNOWN/#a/x}", "x/b.tar.gz"),
        ("${KNOWN:2}", "b.tar.gz"),
        ("${KNOWN:2:1}", "b"),
        ("${KNOWN: -2}", "gz"),
        ("${KNOWN^^}", "A/B.TAR.GZ"),
        ("${KNOWN^}", "A/b.tar.gz"),
        ("${#KNOWN}", "10"),
        ("${!NAME}", "a/b.tar.gz"),
        ("${CI_COMMIT_SHA:0:8}", "${CI_COMMIT_SHA:0:8}"),
        ("${MIXED%-end}", "$CI_COMMIT_SHA"),
        ("${MIXED#x}", "${MIXED#x}"),
        ("${KNOWN@Q}", "${KNOWN@Q}"),
    ],
)
def test_parameter_expansions_are_computed_where_the_value_is_known(
    expression: str, expected: str
) -> None:
    execution = run_script(
        f'unset GONE\nx "{expression}"',
        variables={
            "KNOWN": "a/b.tar.gz",
            "EMPTY": "",
            "GONE": "was",
            "NAME": "KNOWN",
            "MIXED": "$CI_COMMIT_SHA-end",
        },
    )

    assert named(execution, "x") == [expected]


def test_the_same_part_of_an_unseen_variable_is_the_same_value() -> None:
    execution = run_script(
        'x "${CI_COMMIT_SHA:0:8}"\nx ${CI_COMMIT_SHA:0:8}\nx ${CI_COMMIT_SHA:0:7}'
    )
    first, second, third = (command.arguments[0].text for command in execution.named("x"))

    assert first.equals(second) is True
    assert first.equals(third) is None


def test_an_absent_variable_gets_its_default_by_assignment() -> None:
    execution = run_script(': "${TAG:=latest}"\nx "$TAG"')

    assert named(execution, "x") == ["{$TAG|latest}"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("$(echo a b)", "a b"),
        ("$(echo -n v$VERSION)", "v1.2"),
        ("$(printf '%s' \"$VERSION\")", "1.2"),
        ("$(printf abc)", "abc"),
        ("$(dirname a/b/c)", "a/b"),
        ("$(dirname a)", "."),
        ("$(dirname $CI_PROJECT_DIR/a/b)", "$CI_PROJECT_DIR/a"),
        ("$(basename a/b.sh .sh)", "b"),
        ("$(basename $CI_PROJECT_DIR/a)", "a"),
        ("$(pwd)", "$CI_PROJECT_DIR"),
        ("$(cd sub/dir && pwd)", "$CI_PROJECT_DIR/sub/dir"),
        ("$(git rev-parse --show-toplevel)", "$CI_PROJECT_DIR"),
        ("$PWD/a", "$CI_PROJECT_DIR/a"),
        ("$(cat file)", "$(cat file)"),
        ("$(echo a | tr a b)", "$(echo a | tr a b)"),
        ("$(cat <<E\na\nE\n)", "a"),
    ],
)
def test_plain_substitutions_are_computed(script: str, expected: str) -> None:
    execution = run_script(f'x "{script}"', variables={"VERSION": "1.2"})

    assert named(execution, "x") == [expected]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("set -- a 'b c'\nx \"$@\"", ["a b c"]),
        ("set -- a 'b c'\nx $@ $# $2", ["a b c 2 b c"]),
        ('set -- a b\nset -- "$@" --push\nshift\nx "$@"', ["b --push"]),
        ('set -- $ABSENT b\nx "$@" $1', ["$ABSENT? b $1?"]),
        ('set -e -- a\nx "$*"', ["a"]),
        ("args=(--a 'b c')\nx \"${args[@]}\"", ["--a b c"]),
        ('args=(--a)\nargs+=(--b "$ABSENT")\nx "${args[@]}" y', ["--a --b $ABSENT y"]),
        ('args=(a b c)\nx ${args[1]} "${args[@]:1}" ${#args[@]}', ["b b c ${#args[@]}?"]),
        ('args=()\nx "${args[@]}" y', ["y"]),
        ('args=(a b)\nx "${args[*]}" "$args"', ["a b a"]),
        ('declare -A m=([k]=v)\nx "${m[@]}"', ["${m[@]}?"]),
        ('x "${never[@]}"', ["${never[@]}?"]),
        ('mapfile -t m < f\nx "${m[@]}"', ["${m[@]}?"]),
        ('if a; then args+=(--push); fi\nx "${args[@]}"', ["{|--push}?"]),
        ('args=(-q)\nif a; then args+=(--push); fi\nx "${args[@]}" .', ["-q {|--push}? ."]),
        ('args=(-q)\nif a; then args=(); fi\nx "${args[@]}" .', ["${args[@]}? ."]),
    ],
)
def test_lists_of_words_are_followed(script: str, expected: list[str]) -> None:
    assert named(run_script(script), "x") == expected


def test_a_string_of_options_grows_and_splits() -> None:
    execution = run_script("""
        OPTS="--pull"
        OPTS="$OPTS --build-arg A=$CI_COMMIT_SHA"
        OPTS+=" --quiet"
        x $OPTS .
    """)

    (command,) = execution.named("x")
    assert line(command) == "x --pull --build-arg A=$CI_COMMIT_SHA --quiet ."
    assert [str(word.text.location) for word in command.words] == [
        ".gitlab-ci.yml:10:7",
        ".gitlab-ci.yml:7:13",
        ".gitlab-ci.yml:8:19",
        ".gitlab-ci.yml:8:31",
        ".gitlab-ci.yml:9:15",
        ".gitlab-ci.yml:10:15",
    ]
    assert [str(word.written) for word in command.words[1:]] == 4 * [".gitlab-ci.yml:10:9"] + [
        ".gitlab-ci.yml:10:15"
    ]


def test_options_of_a_branch_may_be_there() -> None:
    execution = run_script("""
        OPTS="--pull"
        if [ -n "$CI_COMMIT_TAG" ]; then
          OPTS="$OPTS --push"
        fi
        x $OPTS .
    """)

    assert named(execution, "x") == ["--pull {| --push}? ."]


def test_options_of_many_branches_stay_apart() -> None:
    branches = "".join(f'[ "$C" ] && OPTS="$OPTS --o{i}"\n' for i in range(30))

    execution = run_script(f"OPTS=\n{branches}x $OPTS")

    expected = " ".join(f"{{| --o{i}}}?" for i in range(30))
    assert named(execution, "x") == [expected]


def test_a_variable_of_the_yaml_is_split_at_its_own_place() -> None:
    execution = run("""\
        job:
          variables:
            OPTS: "--pull   --tag $IMAGE"
            IMAGE: a:b
          script:
            - x $OPTS
    """)

    (command,) = execution.named("x")
    assert [(word.text.value, str(word.text.location)) for word in command.words] == [
        ("x", ".gitlab-ci.yml:6:7"),
        ("--pull", ".gitlab-ci.yml:3:12"),
        ("--tag", ".gitlab-ci.yml:3:21"),
        ("a:b", ".gitlab-ci.yml:4:12"),
    ]


def test_with_another_ifs_nothing_is_known_of_the_split() -> None:
    assert named(run_script("IFS=,\nLIST=a,b\nx $LIST"), "x") == ["a,b?"]


def test_a_value_that_doubles_itself_ends_as_unknown() -> None:
    script = "X=a\n" + 'X="$X$X"\n' * 40 + 'x "$X"'

    assert named(run_script(script), "x") == ["$X"]


def test_positional_words_that_double_themselves_are_bounded() -> None:
    script = "set -- a b\n" + 'set -- "$@" "$@"\n' * 40 + 'x "$@"'

    (command,) = run_script(script).named("x")

    assert command.has_opaque_words
    assert len(command.words) <= 1001


def test_a_matrix_gives_one_of_several_words() -> None:
    execution = run("""\
        job:
          parallel:
            matrix:
              - ARCH: [amd64, arm64]
          script:
            - x --platform linux/$ARCH $ARCH
    """)

    assert named(execution, "x") == ["--platform linux/{amd64|arm64} {amd64|arm64}"]


def test_an_input_nobody_can_see_is_opaque_where_it_stands_alone() -> None:
    execution = run(
        """\
        spec:
          inputs:
            tag:
            options:
        ---
        job:
          script:
            - x -t a:$[[ inputs.tag ]] $[[ inputs.options ]] "$[[ inputs.options ]]"
    """
    )

    assert lines(execution) == [
        "x -t a:${inputs.tag} ${inputs.options}? ${inputs.options}",
    ]
