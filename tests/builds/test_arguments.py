"""Build arguments as the Dockerfile sees them."""

from __future__ import annotations

from ci_doctor.builds.arguments import build_arguments, scopes_of
from ci_doctor.dockerfile import parse_dockerfile
from ci_doctor.source import Source

from .surveyed import only, survey


def arguments(command: str, variables: str = "") -> tuple[dict[str, str], bool]:
    text = f"build: {{image: \"docker:28-cli\", {variables}script: '{command}'}}\n"
    values, complete = build_arguments(only(survey(text)))
    return {name: value.display for name, value in values.items()}, complete


def test_the_last_of_several_values_counts() -> None:
    found = arguments("docker build --build-arg A=1 --build-arg B=$X --build-arg A=2 .")

    assert found == ({"A": "2", "B": "$X"}, True)


def test_an_argument_without_a_value_takes_it_from_the_environment() -> None:
    found = arguments("docker build --build-arg A --build-arg B .", "variables: {A: one}, ")

    assert found == ({"A": "one", "B": "$B"}, True)


def test_words_that_may_hold_more_arguments_leave_the_list_open() -> None:
    assert arguments("docker build $OPTIONS --build-arg A=1 .") == ({"A": "1"}, False)
    assert arguments("docker build --build-arg $NAME=1 .") == ({}, False)


def test_the_variables_of_from_are_those_of_the_build() -> None:
    dockerfile = parse_dockerfile(Source("Dockerfile", "ARG A=0\nFROM x:$A-$TARGETARCH\n"))
    build = only(
        survey("build: {image: 'docker:28-cli', script: 'docker build --build-arg A=1 .'}\n")
    )

    scopes = scopes_of(build, dockerfile, "linux/arm64")

    assert scopes.base(dockerfile.stages[0]).image.value == "x:1-arm64"
