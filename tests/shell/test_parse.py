"""Scripts and what is read in them."""

from __future__ import annotations

import time

import pytest

from ci_doctor.shell.parse import parse_script
from ci_doctor.shell.syntax import Chars, Simple, Word

from .outline import outline


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("docker build .", ["docker build ."]),
        ("'a b' \"c d\"", ["'a b' \"c d\""]),
        ("a'b'\"c\"d", ["a'b'\"c\"d"]),
        (r"a\ b \$X", ['a" "b "$"X']),
        (r'"\$X \" \\ \a"', ['\'$\'"X "\'"\'" "\'\\\'" ""\\""a"']),
        (r"$'a\tb\x41\u00e9\'c'", ["'a''\t''b''A''é'''''c'"]),
        ('$"a $X"', ['"a ""${X}"']),
        ("'' \"\" x", ["'' \"\" x"]),
        ("--opt=$X/y", ["--opt=${X}/y"]),
        ("--b=c\\\nd e", ["--b=cd e"]),
        ("a \\\n  b", ["a b"]),
        ("'a\\\nb'", ["'a\\\nb'"]),
        ('"a\\\nb"', ['"a""b"']),
        ("a \\\r\n  b\r\nc\r\n", ["a b", "c"]),
        ("a#b # c", ["a#b"]),
        ("echo é\u00a0ü", ["echo é\u00a0ü"]),
        ("*.txt {a,b} [x]", ["*.txt {a,b} [x]"]),
        ("echo if then fi done in", ["echo if then fi done in"]),
        ("echo 'it'\\''s'", ["echo 'it'\"'\"'s'"]),
        ('{"a":1}', ['{"a":1}']),
    ],
)
def test_words_and_their_quotes_are_read_as_bash_reads_them(text: str, expected: list[str]) -> None:
    assert outline(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$X ${X} $1 ${10} $@ $# $? $$", "${X} ${X} ${1} ${10} ${@} ${#} ${?} ${$}"),
        ("${X:-a b}", "${X:-a b}"),
        ('"${X:-a b}"', '"${X:-"a b"}"'),
        ('"${X:-"a b"}"', '"${X:-"a b"}"'),
        ("${X:-$(d e)}", "${X:-$(d e)}"),
        ("${X:=a} ${X:?b} ${X+c} ${X-d}", "${X:=a} ${X:?b} ${X+c} ${X-d}"),
        ("${X%%/*} ${X#a} ${X##b} ${X%.sh}", "${X%%/*} ${X#a} ${X##b} ${X%.sh}"),
        (r"${X/a/b} ${X//\//-} ${X:1:2}", '${X/a/b} ${X//"/"/-} ${X:1:2}'),
        ("${X^^} ${X,,} ${X^}", "${X^^} ${X,,} ${X^}"),
        ("${#X} ${!X}", "${Xlength} ${Xindirect}"),
        ('"${a[@]}" ${a[0]} ${a[*]}', '"${a[@]}" ${a[0]} ${a[*]}'),
        ("$((1 + 2)) $((5 + (0x$(a) % 9)))", "#($((1 + 2))) #($((5 + (0x$(a) % 9))))"),
        ("${#X:-0} ${X@Q}", "#(${#X:-0}) ${X@Q}"),
        ("${10:-x} ${@:2}", "${10:-x} ${@:2}"),
        ("a$ $", "a$ $"),
        ("$[[ inputs.a ]] --b=$[[ inputs.b ]]", "#($[[ inputs.a ]]) --b=#($[[ inputs.b ]])"),
        ("'a $[[ inputs.b ]] c'", "'a '#($[[ inputs.b ]])' c'"),
        ('"$[[ inputs.b | expand_vars ]]"', "#($[[ inputs.b | expand_vars ]])"),
    ],
)
def test_expansions_are_read_with_operator_and_argument(text: str, expected: str) -> None:
    assert outline(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(a b) `c d`", "$(a b) $(c d)"),
        ('"$(a "$(b)")"', '"$(a "$(b)")"'),
        ("$(case x in a) b;; esac; c)", "$(case x in a) {b}; c)"),
        ("$(a # no )\n)", "$(a)"),
        ("<(a b)", "<(a b)"),
        ("$(a | b && c)", "$((a | b && c))"),
        ("$((a) | b)", "$((a) | b)"),
        ("x=$(a) b", "x=$(a) b"),
        ('"$(cat <<EOF\n)"\'\nEOF\n)" d', '"$(cat <<«")"\'\n"»)" d'),
        ("`a \\`b\\``", "#(`a \\`b\\``)"),
    ],
)
def test_commands_in_substitutions_are_read(text: str, expected: str) -> None:
    assert outline(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1", ["A=1"]),
        ('A=1 B="x $Y" c', ['A=1 B="x ""${Y}" c']),
        ("A= b", ["A= b"]),
        ("A+=x", ["A+=x"]),
        ("export A=1 B", ["A=1 export B"]),
        ("local -r a=$1", ["a=${1} local -r"]),
        ("a=(b 'c d' $e)\na+=(\n f # no\n g\n)", ["a=(b 'c d' ${e})", "a+=(f g)"]),
        ("declare -A m=([a]=b)", ["m=([a]=b) declare -A"]),
        ("a[3]=x", ["a[3]=x"]),
        ("echo A=1", ["echo A=1"]),
        ("env A=1 b", ["env A=1 b"]),
    ],
)
def test_assignments_are_told_from_words(text: str, expected: list[str]) -> None:
    assert outline(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > f", ["a >f"]),
        ("a >f b 2>&1 c", ["a b c >f 2>&1"]),
        ("2>/dev/null a", ["a 2>/dev/null"]),
        (
            "a &> f; a &>> f; a >| f; a <> f; a >&2; a 3>&-",
            ["a &>f", "a &>>f", "a >|f", "a <>f", "a >&2", "a 3>&-"],
        ),
        ("a <f | b >>g", ["a <f | b >>g"]),
        ("> f", [">f"]),
        ('a <<< "b $c"', ['a <<<"b ""${c}"']),
        ("a && b > f", ["(a && b >f)"]),
        ("a | b > f", ["a | b >f"]),
        ("{ a; } > f 2>&1", ["{a} >f 2>&1"]),
        ("( a ) < f", ["(a) <f"]),
        ("if a; then b; fi > f", ["if {a} then {b} >f"]),
        ("while a; do b; done < f", ["while {a} do {b} <f"]),
        ("case x in a) b;; esac > f", ["case x in a) {b} >f"]),
        ("f() { a; } > f", ["f() {a} >f"]),
        ('a > "$X"/y', ['a >"${X}"/y']),
        ("echo 2>f", ["echo 2>f"]),
        ("echo a2>f", ["echo a2 >f"]),
    ],
)
def test_redirects_belong_to_the_command_they_follow(text: str, expected: list[str]) -> None:
    assert outline(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cat <<EOF\na $X `b` $(c)\nEOF\nd", ['cat <<«"a ""${X}"" ""$(b)"" ""$(c)""\n"»', "d"]),
        ("cat <<'EOF' > f\na $X \\n\nEOF\n", ["cat <<«'a $X \\n\n'» >f"]),
        ('cat <<"E F"\nx\nE F\ny', ["cat <<«'x\n'»", "y"]),
        ("cat <<\\EOF\n$X\nEOF\n", ["cat <<«'$X\n'»"]),
        ("cat <<-EOF\n\ta\n\t\t$X\n\tEOF\nb", ['cat <<-«"a\n""${X}""\n"»', "b"]),
        ("cat <<-'EOF'\n\ta\n\tb\n\tEOF\nb", ["cat <<-«'a\n''b\n'»", "b"]),
        ("cat <<EOF | b && c\nx\nEOF\nd", ['(cat <<«"x\n"» | b && c)', "d"]),
        ("cat <<EOF arg >f\nx\nEOF\n", ['cat arg <<«"x\n"» >f']),
        ("a <<A <<B\n1\nA\n2\nB\nc", ['a <<«"1\n"» <<«"2\n"»', "c"]),
        ("a <<A && b <<B\n1\nA\n2\nB\nc", ['(a <<«"1\n"» && b <<«"2\n"»)', "c"]),
        ("cat <<EOF\nEOF\na", ["cat <<«»", "a"]),
        ("cat <<EOF\n\\$X \\\\ \\a \\\nb\nEOF\n", ['cat <<«\'$\'"X "\'\\\'" ""\\""a ""b\n"»']),
        ("if a; then cat <<EOF\nx\nEOF\nfi", ['if {a} then {cat <<«"x\n"»}']),
        ("cat <<EOF\nno end\n", ['cat <<«"no end\n"»']),
        ("cat <<EOF", ["cat <<«»"]),
        ("cat <<EOF\n'\"(\nEOF\na", ['cat <<«"\'"(\n"»', "a"]),
        ("a $((1<<2))\nb", ["a #($((1<<2)))", "b"]),
        ("cat <<EOF\n$[[ inputs.x ]]\nEOF", ['cat <<«#($[[ inputs.x ]])"\n"»']),
    ],
)
def test_here_documents_are_redirects_with_their_body(text: str, expected: list[str]) -> None:
    assert outline(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a && b || c", ["((a && b) || c)"]),
        ("a &&\n\n b", ["(a && b)"]),
        ("a | b |& c", ["a | b | c"]),
        ("a |\n # why\n b", ["a | b"]),
        ("! a | b", ["! a | b"]),
        ("! a && b", ["(! a && b)"]),
        ("a & b; c &\nd", ["a &", "b", "c &", "d"]),
        ("a && b &", ["(a && b) &"]),
        (
            "if a; then b; elif c; then d; else e; fi",
            ["if {a} then {b} elif {c} then {d} else {e}"],
        ),
        ("if a\nthen\n # x\n b\n\n c\nfi", ["if {a} then {b; c}"]),
        ("if a && ! b; then c; fi && d", ["(if {(a && ! b)} then {c} && d)"]),
        ('for i in 1 "$X"; do a; done', ['for i in 1 "${X}" do {a}']),
        ("for i in a b\ndo c\ndone", ["for i in a b do {c}"]),
        ("for i; do a; done\nfor j do b; done", ["for i do {a}", "for j do {b}"]),
        ("for ((i=0; i<3; i++)); do a; done", ["for do {a}"]),
        ("select x in a; do b; done", ["select x in a do {b}"]),
        ("while read -r l; do a; done", ["while {read -r l} do {a}"]),
        ("until a; do b; done", ["until {a} do {b}"]),
        (
            'case "$X" in a|"b c") d;; (e) f ;& *) ;; esac',
            ['case "${X}" in a|"b c") {d} e) {f} *) {}'],
        ),
        ("case x in\n a)\n  b\n  ;;\n c) d\nesac", ["case x in a) {b} c) {d}"]),
        ("case x in\nin) a;; esac", ["case x in in) {a}"]),
        ("f() { a; }\nfunction g { b; }\nfunction h() ( c )", ["f() {a}", "g() {b}", "h() (c)"]),
        ("f()\n{\n a\n}\nf x", ["f() {a}", "f x"]),
        ("{ a; b; }; (c; d)", ["{a; b}", "(c; d)"]),
        ("((a; b) | c)", ["((a; b) | c)"]),
        ("(( i > 3 )) && a", ["(#((( i > 3 ))) && a)"]),
        ('[ -n "$X" -a 1 ] && a', ['([ -n "${X}" -a 1 ] && a)']),
        ("[[ -n $X && ( $Y == a* || $Z < b ) ]]", ["[[ -n ${X} && ( ${Y} == a* || ${Z} < b ) ]]"]),
        ("[[ $X =~ ^v([0-9]+|x)$ ]] && a", ["([[ ${X} =~ ^v([0-9]+|x)$ ]] && a)"]),
        ("time a; time { b; }", ["time a", "{b}"]),
        ("coproc a", ["coproc a"]),
        ("a;\n;", ["a", "?(;)"]),
        ("# only\n\n  # comments", []),
        ("", []),
    ],
)
def test_lists_and_compound_commands(text: str, expected: list[str]) -> None:
    assert outline(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a; fi\nb c", ["a", "?(fi)", "b c"]),
        ("a\n) b\nc", ["a", "?() b)", "c"]),
        ("x\nif a; then b\nc d", ["x", "?(if a; then b)", "c d"]),
        ("x\nfor i in a b; do\n c\nd", ["x", "?(for i in a b; do)", "c", "d"]),
        ("f() {\n a\nb", ["?(f() {)", "a", "b"]),
        ("a && && b\nc", ["?(a && && b)", "c"]),
        ("a |\n", ["?(a |)"]),
        ('z\necho "abc\nd e\n', ["z", '?(echo "abc\nd e)']),
        ("a\nb $(c\nd", ["a", "?(b $(c\nd)"]),
        ("A=(a | b)\nc", ["?(A=(a | b))", "c"]),
        ("a < ; b\nc", ["a <", "b", "c"]),
        ("}", ["?(})"]),
    ],
)
def test_what_bash_refuses_costs_no_line_but_its_own(text: str, expected: list[str]) -> None:
    assert outline(text) == expected
    assert parse_script(text).errors


def test_every_character_of_a_word_has_its_place() -> None:
    text = 'é; A="$B" c --d=\'e f\'\\\ng"h\\"i" $\'\\x41j\' <<EOF\nk $L\nEOF\n'
    simple = parse_script(text).block.statements[1]
    assert isinstance(simple, Simple)

    def places(word: Word) -> list[tuple[str, str]]:
        return [(c.text, text[slice(*c.span)]) for c in word.parts if isinstance(c, Chars)]

    assert [text[slice(*word.span)] for word in simple.words] == [
        "c",
        '--d=\'e f\'\\\ng"h\\"i"',
        "$'\\x41j'",
    ]
    assert [places(word) for word in simple.words] == [
        [("c", "c")],
        [("--d=", "--d="), ("e f", "e f"), ("g", "g"), ("h", "h"), ('"', '\\"'), ("i", "i")],
        [("A", "\\x41"), ("j", "j")],
    ]
    assert [text[slice(*r.span)] for r in simple.redirects] == ["<<EOF"]
    assert places(simple.redirects[0].target) == [("k ", "k "), ("\n", "\n")]
    assert text[slice(*simple.assignments[0].span)] == 'A="$B"'


def test_comments_are_kept_with_their_places() -> None:
    text = "#!/bin/sh\na # one\nb 'x # no' $(c # two\n) d#no\n"

    script = parse_script(text)

    assert [text[slice(*span)] for span in script.comments] == ["#!/bin/sh", "# one", "# two"]


def test_a_text_is_parsed_once() -> None:
    text = f"echo {time.monotonic_ns()}"
    before = parse_script.cache_info().misses

    first = parse_script(text)
    second = parse_script(text)

    assert first is second
    assert parse_script.cache_info().misses == before + 1


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "a" + ")" * 10_000,
        "( " * 10_000 + "a" + " )" * 10_000,
        "$(" * 10_000 + "a" + ")" * 10_000,
        "$(" * 10_000,
        '"$(' * 5_000,
        "${a:-" * 10_000 + "}" * 10_000,
        "`a" * 10_001,
        '"' * 100_001,
        "\\" * 100_001,
        "if a; then " * 3_000 + "b" + "; fi" * 3_000,
        "{ " * 10_000 + "a; " + "} " * 10_000,
        " && ".join(["a b"] * 10_000),
        " | ".join(["a b"] * 10_000),
        "cat <<E \n" * 3_000,
        "$(cat <<E\n" * 2_000,
        "a ) b\n" * 5_000,
        "[[ " * 5_000,
        "<" * 20_000,
        "a\0b \x01 \ud800",
        "x" * 1_000_000,
        "case x in " * 2_000,
    ],
    ids=lambda text: f"{text[:8]!r}x{len(text)}",
)
def test_hostile_input_ends_soon_and_without_a_traceback(text: str) -> None:
    started = time.monotonic()

    parse_script(text)

    assert time.monotonic() - started < 10


def test_a_long_list_keeps_its_order() -> None:
    assert outline(" && ".join(f"c{i}" for i in range(4))) == ["(((c0 && c1) && c2) && c3)"]
