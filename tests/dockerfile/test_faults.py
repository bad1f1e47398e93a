"""What BuildKit refuses, in its own words."""

from __future__ import annotations

import pytest

from .texts import messages, parse


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("RUNN echo", "unknown instruction: RUNN (did you mean RUN?)"),
        ("copyy a b", "unknown instruction: copyy (did you mean copy?)"),
        ("Cop a b", "unknown instruction: Cop (did you mean copy?)"),
        ("apt-get install", "unknown instruction: apt-get"),
        ("&& echo", "unknown instruction: &&"),
        ("FROM", "FROM requires either one or three arguments"),
        ("FROM a b", "FROM requires either one or three arguments"),
        ("FROM a is b", "FROM requires either one or three arguments"),
        (
            "FROM a AS 1b",
            'invalid name for build stage: "1b", name can\'t start with a number or contain symbols',
        ),
        ("FROM --platfrom=x a", "unknown flag: --platfrom (did you mean platform?)"),
        ("FROM --platform a", "missing a value on flag: --platform"),
        ("FROM --platform=a --platform=b c", "duplicate flag specified: --platform"),
        ("COPY --link=maybe a b", "expecting boolean value for flag --link, not: maybe"),
        ("COPY --link= a b", "missing a value on flag: --link"),
        (
            "COPY a",
            "COPY requires at least two arguments, but only one was provided. "
            "Destination could not be determined",
        ),
        ("COPY a <<EOF\nEOF", "COPY cannot accept a heredoc as a destination"),
        ("ADD --from=a b c", "unknown flag: --from"),
        ("USER", "USER requires exactly one argument"),
        ("WORKDIR", "WORKDIR requires exactly one argument"),
        ("EXPOSE", "EXPOSE requires at least one argument"),
        ("VOLUME", "VOLUME requires at least one argument"),
        ('VOLUME [" "]', "VOLUME specified can not be an empty string"),
        ("ENV", "ENV requires at least one argument"),
        ("ENV =b", "ENV names can not be blank"),
        ("LABEL =b", "LABEL names can not be blank"),
        ("ARG", "ARG requires at least one argument"),
        ("ARG =b", "ARG names can not be blank"),
        ("ENV --x=y a=b", "unknown flag: --x"),
        ("SHELL []", "SHELL requires at least one argument"),
        ("SHELL bash -c", "SHELL requires the arguments to be in JSON form"),
        ("ONBUILD", "ONBUILD requires at least one argument"),
        ("ONBUILD ONBUILD RUN a", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
        ("ONBUILD FROM a", "FROM isn't allowed as an ONBUILD trigger"),
        ("HEALTHCHECK", "HEALTHCHECK requires at least one argument"),
        ("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"),
        ("HEALTHCHECK NONE a", "HEALTHCHECK NONE takes no arguments"),
        ("HEALTHCHECK curl x", 'Unknown type "CURL" in HEALTHCHECK (try CMD)'),
        ("HEALTHCHECK --interval=30 CMD a", 'time: missing unit in duration "30"'),
        ("HEALTHCHECK --interval=3x CMD a", 'time: unknown unit "x" in duration "3x"'),
        ("HEALTHCHECK --timeout=soon CMD a", 'time: invalid duration "soon"'),
        ("HEALTHCHECK --timeout=1us CMD a", 'Interval "timeout" cannot be less than 1ms'),
        ("HEALTHCHECK --retries=-1 CMD a", "--retries cannot be negative (-1)"),
        ("RUN --network=hosts a", 'invalid network mode "hosts"'),
        ("RUN --security=unsafe a", 'security "unsafe" is not valid'),
        (
            "RUN --mount=from=$A,target=/b c",
            "'from' doesn't support variable expansion, define alias stage instead",
        ),
    ],
)
def test_an_instruction_is_refused_with_its_line(line: str, message: str) -> None:
    assert messages("FROM scratch\n" + line + "\n") == [
        f"dockerfile parse error on line 2: {message}"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "HEALTHCHECK NONE",
        "HEALTHCHECK --interval=1m30s --timeout=0 --start-period=.5h CMD a",
        "HEALTHCHECK cmd a",
        "RUN",
        "RUN []",
        "CMD",
        "ENTRYPOINT []",
        "STOPSIGNAL $SIGNAL",
        "ARG --x a",
        "RUN --mount=type=$T,target=/a --mount=type=secret,id=a,required,env=B --device=x c",
        "COPY --link --parents --exclude=a --exclude=b c d",
        "ADD --unpack --keep-git-dir=false a b",
        "ONBUILD FOO",
        "FROM a AS x-1.y_z",
        "MAINTAINER a",
        "EXPOSE 80",
    ],
)
def test_these_are_fine(line: str) -> None:
    assert messages("FROM scratch\n" + line + "\n") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the Dockerfile cannot be empty"),
        ("\n# a\n", "file with no instructions"),
        ("ARG A\n", "dockerfile contains no stages to build"),
        ("ARG A\nRUN b\nFROM c\n", "no build stage in current context"),
        ("# escape=x\nFROM a\n", "invalid escape token 'x' does not match ` or \\"),
        ("# escape=`\n# escape=`\nFROM a\n", "only one escape parser directive can be used"),
        ("FROM a\nENV A\n", "ENV must have two arguments"),
        ("FROM a\nLABEL A\n", "LABEL must have two arguments"),
        (
            'FROM a\nENV A=b "c\td"\n',
            'Syntax error - can\'t find = in "\\"c\\td\\"". Must be of the form: name=value',
        ),
        ("FROM a\nRUN <<EOF\n", "unterminated heredoc"),
        (
            "FROM a\nCOPY --from=$B c d\n",
            "variable expansion is not supported for --from, define a new stage with FROM using "
            "ARG from global scope as a workaround",
        ),
    ],
)
def test_what_is_refused_before_or_after_the_instructions_names_no_line(
    text: str, message: str
) -> None:
    assert messages(text) == [message]


@pytest.mark.parametrize(
    ("mount", "message"),
    [
        ("type=cahe", 'unsupported mount type "cahe" (did you mean cache?)'),
        ("type=cache,desti=/a", "unexpected key 'desti' in 'desti=/a' (did you mean dst?)"),
        ("type=bind,x", "invalid field 'x' must be a key=value pair"),
    ],
)
def test_a_wrong_mount_is_met_when_its_stage_is_built(mount: str, message: str) -> None:
    [fault] = parse(f"FROM a\nRUN --mount={mount} b\n").faults

    assert (fault.message, fault.late) == (message, True)


def test_a_fault_does_not_hide_the_next_one() -> None:
    dockerfile = parse("FROM a\nRUNN b\nENV C\nRUN d\nUSER\n")

    assert [(fault.location.text, fault.message) for fault in dockerfile.faults] == [
        (
            "RUNN b",
            "dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)",
        ),
        ("ENV C", "ENV must have two arguments"),
        ("USER", "dockerfile parse error on line 5: USER requires exactly one argument"),
    ]
    assert [i.name for i in dockerfile.instructions] == ["FROM", "RUNN", "ENV", "RUN", "USER"]


def test_the_line_of_a_fault_is_buildkits() -> None:
    assert messages("FROM a\n\nRUN b \\\n c\nRUNN d\n") == [
        "dockerfile parse error on line 5: unknown instruction: RUNN (did you mean RUN?)"
    ]
