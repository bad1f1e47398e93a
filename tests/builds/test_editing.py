"""Edits of commands, images and daemon flags."""

from __future__ import annotations

import pytest

from ci_doctor.builds.build import Build
from ci_doctor.builds.editing import (
    add_daemon_flag,
    add_option,
    quote_around,
    remove_option,
    retag,
    subcommand,
)
from ci_doctor.edits import Edit, Fix, apply_fixes
from ci_doctor.source import Location, Source, Span
from ci_doctor.text import Opaque, Text
from ci_doctor.yamldoc.nodes import Scalar

from .surveyed import only, survey, text

HEAD = 'build:\n  image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}\n'


def build(script: str, variables: str = "") -> tuple[str, Build]:
    pipeline = f"{HEAD}{variables}  script:\n{script}"
    return pipeline, only(survey(pipeline))


def applied(pipeline: str, *edits: Edit | None) -> str:
    written = tuple(edit for edit in edits if edit is not None)
    return apply_fixes(".gitlab-ci.yml", pipeline, [Fix("", written)])[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("buildctl build --no-cache --local a=.", "buildctl build --local a=."),
        ("buildctl build --local a=. --no-cache", "buildctl build --local a=."),
        (
            "buildctl build \\\n        --no-cache \\\n        --local a=.",
            "buildctl build \\\n        --local a=.",
        ),
        (
            "buildctl build \\\n        --local a=. \\\n        --no-cache",
            "buildctl build \\\n        --local a=.",
        ),
        (
            "buildctl build \\\n        --no-cache --local a=.",
            "buildctl build \\\n        --local a=.",
        ),
    ],
)
def test_an_option_goes_with_its_blanks_or_its_line(before: str, after: str) -> None:
    pipeline, found = build(f"    - |\n      {before}\n")

    result = applied(pipeline, remove_option(found.given("--no-cache")[0]))

    assert result == pipeline.replace(before, after)


def test_an_option_on_a_line_of_joined_text_takes_the_line_with_it() -> None:
    pipeline, found = build("    - buildctl build\n      --no-cache\n      --local a=.\n")

    result = applied(pipeline, remove_option(found.given("--no-cache")[0]))

    assert result == pipeline.replace("\n      --no-cache", "")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("buildctl build --opt a=b c", "buildctl build --opt a=b --no-cache c"),
        ("buildctl --debug b x", "buildctl --debug b --no-cache x"),
        ("buildctl build --opt a=b --local", "buildctl build --opt a=b --no-cache --local"),
    ],
)
def test_an_option_is_added_behind_those_that_have_their_values(before: str, after: str) -> None:
    pipeline, found = build(f"    - {before}\n")

    assert applied(pipeline, add_option(found, "--no-cache")) == pipeline.replace(before, after)


def test_the_subcommand_is_found_behind_global_options() -> None:
    _, found = build("    - buildctl --addr unix:///build build --no-cache\n")

    assert text(subcommand(found)) == "build"


@pytest.mark.parametrize(
    ("variables", "after"),
    [
        ("", "  variables:\n    BUILDKITD_FLAGS: --debug\n"),
        (
            "  variables: {BUILDKITD_FLAGS: '--root /x'}\n",
            "  variables: {BUILDKITD_FLAGS: '--root /x --debug'}\n",
        ),
    ],
)
def test_a_daemon_flag_is_added_to_the_variable(variables: str, after: str) -> None:
    pipeline, found = build("    - buildctl-daemonless.sh build\n", variables)

    result = applied(pipeline, *add_daemon_flag(found, "--debug"))

    assert result == f"{HEAD}{after}  script:\n    - buildctl-daemonless.sh build\n"


def test_flags_of_which_the_end_is_not_known_are_left_alone() -> None:
    _, found = build(
        "    - buildctl-daemonless.sh build\n", "  variables: {BUILDKITD_FLAGS: $FLAGS}\n"
    )

    assert add_daemon_flag(found, "--debug") == ()


def name(written: str) -> Text:
    scalar = Scalar(Source("ci.yml", written), Span(0, len(written)), value=written, text=written)
    return Text.of(written, scalar.origin)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("moby/buildkit:latest", "moby/buildkit:v1"),
        ("moby/buildkit", "moby/buildkit:v1"),
        ("localhost:5000/moby/buildkit", "localhost:5000/moby/buildkit:v1"),
        ("localhost:5000/moby/buildkit:rootless", "localhost:5000/moby/buildkit:v1"),
    ],
)
def test_an_image_gets_another_tag(before: str, after: str) -> None:
    edit = retag(name(before), "v1")

    assert edit is not None
    assert apply_fixes("ci.yml", before, [Fix("", (edit,))])[0] == after


def test_a_digest_or_an_unknown_tag_stays() -> None:
    assert retag(name("moby/buildkit@sha256:00"), "v1") is None
    assert retag(name("moby/buildkit:") + Text((Opaque("$(x)"),)), "v1") is None


@pytest.mark.parametrize(
    ("option", "quote"),
    [
        ("--output type=image,HERE", ""),
        ('--output "type=image,HERE"', '"'),
        ("--output 'type=image,HERE'", "'"),
        ('--output type=image,"HERE"', '"'),
        ('--output "type=image,"HERE', ""),
        ('--output type=image,\\"HERE', ""),
    ],
)
def test_the_open_quote_around_a_place_is_found(option: str, quote: str) -> None:
    pipeline, found = build(f"    - buildctl build {option}\n")
    word = found.given("--output")[0].words[-1]
    start = pipeline.index("HERE")
    assert word.written is not None
    place = Location(word.written.source, Span(start, start + 4))

    assert quote_around(word, place) == quote
