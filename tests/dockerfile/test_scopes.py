from __future__ import annotations

import pytest

from ci_doctor.dockerfile import Run, Scope, Scopes, variables_at
from ci_doctor.text import Choice, Opaque, Symbol, Text

from .texts import parse


def shown(text: str, **build_args: str) -> list[str]:
    """Every FROM with its variables expanded, all build arguments known."""
    scopes = Scopes(parse(text), {name: Text.of(value) for name, value in build_args.items()})
    return [base.image.display for base in scopes.bases]


def at_end(text: str, *, complete: bool = True, **build_args: str) -> Scope:
    dockerfile = parse(text)
    given = {name: Text.of(value) for name, value in build_args.items()}
    return Scopes(dockerfile, given, complete=complete).after(dockerfile.stages[-1])


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("alpine:$TAG", "alpine:3"),
        ("alpine:${TAG}-x", "alpine:3-x"),
        ('"alpine:$TAG"', "alpine:3"),
        ("'alpine:$TAG'", "alpine:$TAG"),
        (r"alpine:\$TAG", "alpine:$TAG"),
        ("${REGISTRY:-docker.io}/a", "docker.io/a"),
        ("${REGISTRY-docker.io}/a", "docker.io/a"),
        ("${EMPTY:-docker.io}/a", "docker.io/a"),
        ("${EMPTY-docker.io}/a", "/a"),
        ("a${TAG:+:$TAG}", "a:3"),
        ("a${REGISTRY:+x}", "a"),
        ("${TAG:?needed}", "3"),
        ("${FULL%.*}", "1.23"),
        ("${FULL%%.*}", "1"),
        ("${FULL#*.}", "23.4"),
        ("${FULL##*.}", "4"),
        ("${FULL/./-}", "1-23.4"),
        ("${FULL//./-}", "1-23-4"),
        ("${FULL//2?/x}", "1.x.4"),
        (r"${PLAT//\//-}", "linux-arm64"),
        ("$NOWHERE/a", "/a"),
    ],
)
def test_from_is_expanded_with_the_args_before_it(image: str, expected: str) -> None:
    text = f"ARG TAG=3\nARG REGISTRY\nARG EMPTY=\nARG FULL=1.23.4\nARG PLAT=linux/arm64\nFROM {image}\n"

    assert shown(text) == [expected]


@pytest.mark.parametrize("image", ["${TAG:0:1}", "${NOWHERE:?needed}", "${A,,}", "${A", "'a"])
def test_what_buildkit_refuses_to_expand_is_opaque(image: str) -> None:
    [base] = Scopes(parse(f"ARG TAG=3\nFROM {image}\n")).bases

    assert [type(part) for part in base.image.parts] == [Opaque]


def test_an_arg_sees_the_args_before_it() -> None:
    assert shown("ARG A=1\nARG B=$A.2 C=$B.3\nARG A=4\nFROM a:$A-$B-$C\n") == ["a:4-1.2-1.2.3"]


def test_a_build_argument_beats_the_default() -> None:
    assert shown("ARG TAG=3\nFROM a:$TAG\n", TAG="4") == ["a:4"]


def test_a_build_argument_needs_an_arg_before_from() -> None:
    assert shown("FROM a:$TAG\nARG TAG\nFROM b:$TAG\n", TAG="4") == ["a:", "b:"]


def test_an_arg_in_a_stage_is_not_seen_by_from() -> None:
    assert shown("FROM a\nARG TAG=3\nFROM b:$TAG\n") == ["a", "b:"]


def test_the_platforms_variables_are_seen_by_from_at_once() -> None:
    [base] = Scopes(parse("FROM --platform=$BUILDPLATFORM a-$TARGETARCH\n")).bases

    assert base.platform == Text((Symbol("BUILDPLATFORM", "platform"),))
    assert base.image == Text.of("a-") + Text((Symbol("TARGETARCH", "platform"),))


def test_a_known_platform_gives_its_parts_normalised() -> None:
    dockerfile = parse(
        "FROM a:$TARGETPLATFORM-$TARGETOS-$TARGETARCH-$TARGETVARIANT-$TARGETSTAGE AS x\n"
    )

    [base] = Scopes(dockerfile, platform=Text.of("linux/armhf")).bases

    assert base.image.value == "a:linux/arm/v7-linux-arm-v7-x"


def test_several_platforms_give_a_choice() -> None:
    platforms = Text((Choice((Text.of("linux/amd64"), Text.of("linux/arm64"))),))

    [base] = Scopes(parse("FROM a:$TARGETARCH\n"), platform=platforms).bases

    assert base.image.display == "a:{amd64|arm64}"


def test_a_build_argument_beats_the_platform() -> None:
    assert shown("FROM a:$TARGETARCH\n", TARGETARCH="x") == ["a:x"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ARG A=1\nFROM scratch\n", ""),
        ("ARG A=1\nFROM scratch\nARG A\n", "1"),
        ("ARG A=1\nFROM scratch\nARG A=2\n", "2"),
        ("FROM scratch\nARG A=1\nENV A=2\n", "2"),
        ("FROM scratch\nENV A=1\nARG A=2\n", "2"),
        ("FROM scratch\nENV A=1\nARG A\n", "1"),
        ("FROM scratch\nENV A 1 2\n", "1 2"),
        ('FROM scratch\nENV B=1\nENV A="x $B" B=2\n', "x 1"),
        ("FROM scratch\nARG B=1 A=$B\n", "1"),
        ("FROM scratch AS s\nENV A=1\nFROM s\n", "1"),
        ("FROM scratch AS s\nARG A=1\nFROM S\n", "1"),
        ("FROM scratch AS s\nENV A=1\nFROM scratch\n", ""),
        ("FROM scratch AS s\nONBUILD ENV A=1\nFROM s\n", "1"),
        ("FROM scratch AS s\nONBUILD ENV A=1\nFROM s AS t\nFROM t\n", "1"),
        ("FROM scratch AS s\nONBUILD ENV A=1\n", ""),
        ("FROM scratch\nARG TARGETARCH=x\nENV A=$TARGETARCH\n", "x"),
        ("ARG TARGETARCH=x\nFROM scratch\nARG TARGETARCH\nENV A=$TARGETARCH\n", "x"),
        ("FROM scratch\nARG TARGETARCH\nENV A=$TARGETARCH\n", "$TARGETARCH"),
        ("FROM scratch\nENV A=$TARGETARCH\n", ""),
        ("FROM scratch\nLABEL A=1\n", ""),
        ("FROM scratch\nENV B=A\nENV $B=1\n", "1"),
    ],
)
def test_a_variable_in_a_stage(text: str, expected: str) -> None:
    assert at_end(text)["A"].display == expected


def test_a_build_argument_is_taken_by_an_arg_in_a_stage() -> None:
    assert at_end("FROM scratch\nARG A=1\n", A="2")["A"].value == "2"
    assert at_end("ARG A=1\nFROM scratch\nARG A\n", A="2")["A"].value == "2"
    assert at_end("FROM scratch\n", A="2")["A"].value == ""


def test_what_a_base_image_sets_is_not_known() -> None:
    scope = at_end("FROM python AS p\nRUN a\nFROM p\n")

    assert scope.lookup("PYTHON_VERSION") == (
        Text((Symbol("PYTHON_VERSION", "base image of stage 0"),)),
        None,
    )


def test_on_scratch_nothing_is_set() -> None:
    assert at_end("FROM scratch\n").lookup("PATH") == (Text(), False)


def test_a_variable_that_may_be_set_gives_a_choice() -> None:
    scope = at_end("FROM python\nENV A=${B:-x}\n")

    assert scope["A"].display == "{$B|x}"


def test_with_unseen_build_arguments_a_default_is_one_of_two() -> None:
    scope = at_end("ARG A=1\nFROM scratch\nARG A\nARG B\nENV C=3\n", complete=False)

    assert [scope[name].display for name in "ABC"] == ["{1|$A}", "$B", "3"]
    assert [scope.is_set(name) for name in "ABC"] == [True, None, True]


def test_an_instruction_sees_what_stands_before_it() -> None:
    dockerfile = parse("FROM scratch\nENV A=1\nRUN a\nENV A=2\nRUN b\n")

    assert [variables_at(dockerfile, run)["A"].value for run in dockerfile.of(Run)] == ["1", "2"]


def test_an_instruction_before_from_sees_the_platforms_variables() -> None:
    dockerfile = parse("ARG A=1\nFROM scratch\n")

    assert variables_at(dockerfile, dockerfile.instructions[0]).is_set("TARGETARCH") is True


def test_a_proxy_reaches_run_without_arg_and_nothing_else() -> None:
    dockerfile = parse("FROM scratch\nENV A=$http_proxy\nRUN a\n")
    scopes = Scopes(dockerfile, {"HTTP_PROXY": Text.of("http://p")})

    run = scopes.at(dockerfile.instructions[2])

    assert (run["http_proxy"].value, run["HTTP_PROXY"].value) == ("http://p", "http://p")
    assert run["A"].value == ""


def test_arguments_are_expanded_where_they_stand() -> None:
    dockerfile = parse("FROM scratch\nARG DIR=/x\nWORKDIR $DIR/y\n")
    workdir = dockerfile.instructions[2]

    assert Scopes(dockerfile).at(workdir).expand(workdir.arguments[0]).value == "/x/y"


def test_doubling_values_end_as_opaque() -> None:
    text = "ARG A=xxxxxxxx\n" + "ARG A=$A$A\n" * 60 + "FROM $A\n"

    [base] = Scopes(parse(text)).bases

    assert {type(part) for part in base.image.parts} == {Opaque}
    assert len(base.image) <= 200


def test_choices_do_not_multiply_without_end() -> None:
    text = "ARG A\n" + "ARG A=${A:-x}${A:-y}\n" * 60 + "FROM $A\n"

    assert len(Scopes(parse(text), complete=False).bases[0].image.variants()) <= 64


def test_a_long_chain_of_stages_is_looked_up_in_linear_time() -> None:
    text = "FROM scratch AS s0\n" + "".join(
        f"FROM s{i} AS s{i + 1}\nENV A{i}=$B$C\n" for i in range(3000)
    )

    assert at_end(text)["B"].value == ""
