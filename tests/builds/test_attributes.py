from __future__ import annotations

import pytest

from ci_doctor.builds.attributes import (
    parse_attributes,
    parse_buildx_output,
    parse_cache,
    split_csv,
    split_names,
    split_platforms,
)
from ci_doctor.builds.build import Attributes, Option
from ci_doctor.builds.options import BUILDX_BUILD, parse_options
from ci_doctor.text import Text
from tests.builds.words import words


def option(value: str) -> Option:
    (given,) = parse_options(words(f"--output {value}"), BUILDX_BUILD).options
    return given


def shown(attributes: Attributes) -> list[tuple[str, str | None]]:
    return [(a.key, None if a.value is None else a.value.display) for a in attributes.fields]


def places(attributes: Attributes) -> list[tuple[str, str | None]]:
    return [
        (
            "" if a.location is None else a.location.text,
            None if a.value_location is None else a.value_location.text,
        )
        for a in attributes.fields
    ]


@pytest.mark.parametrize(
    ("line", "fields", "error"),
    [
        ("a=1,b=2", ["a=1", "b=2"], ""),
        ("", [""], ""),
        ("a,", ["a", ""], ""),
        ('"a,b",c', ["a,b", "c"], ""),
        ('"a""b"', ['a"b'], ""),
        ('""', [""], ""),
        (' "a"', [], 'bare " in non-quoted-field'),
        ('a="b"', [], 'bare " in non-quoted-field'),
        ('"a"b', [], 'extraneous or missing " in quoted-field'),
        ('"a', [], 'extraneous or missing " in quoted-field'),
        (" a , b", [" a ", " b"], ""),
    ],
)
def test_csv_is_read_as_go_reads_it(line: str, fields: list[str], error: str) -> None:
    found, said = split_csv(Text.of(line))

    assert ([field.text.value for field in found], said) == (fields, error)


def test_every_field_has_its_place() -> None:
    attributes = parse_attributes(option('type=image,"name=a/b:1,c/d",Push=true,x'))

    assert shown(attributes) == [
        ("type", "image"),
        ("name", "a/b:1,c/d"),
        ("Push", "true"),
        ("x", None),
    ]
    assert places(attributes) == [
        ("type=image", "image"),
        ("name=a/b:1,c/d", "a/b:1,c/d"),
        ("Push=true", "true"),
        ("x", None),
    ]
    assert [a.quoted for a in attributes.fields] == [False, True, False, False]
    assert attributes.value("push") == "true"
    assert not attributes.opaque


def test_the_names_of_a_list_have_their_places() -> None:
    given = option('type=image,"name=a/b:1,c/d",push=true')
    attributes = parse_attributes(given)
    name = attributes.get("name")

    assert name is not None
    assert [
        (n.text.value, n.location.text if n.location else None) for n in split_names(given, name)
    ] == [("a/b:1", "a/b:1"), ("c/d", "c/d")]


def test_a_variable_in_a_value_is_a_value() -> None:
    attributes = parse_attributes(option("type=image,name=$CI_REGISTRY_IMAGE:$TAG,push=$PUSH"))

    assert shown(attributes) == [
        ("type", "image"),
        ("name", "$CI_REGISTRY_IMAGE:$TAG"),
        ("push", "$PUSH"),
    ]
    assert not attributes.opaque
    assert places(attributes)[1] == (
        "name=$CI_REGISTRY_IMAGE:$TAG",
        "$CI_REGISTRY_IMAGE:$TAG",
    )


@pytest.mark.parametrize(
    "value", ["$OPTIONS", "type=image,$OPTIONS", "type=image,push=true$MORE", "$KEY=x", "a$B"]
)
def test_a_variable_that_may_hold_fields_makes_the_list_opaque(value: str) -> None:
    attributes = parse_attributes(option(value))

    assert attributes.opaque
    assert not attributes.lacks("name")


def test_a_refused_list_says_nothing_of_its_fields() -> None:
    attributes = parse_attributes(option('type=image,name="a,b"'))

    assert attributes.error == 'bare " in non-quoted-field'
    assert shown(attributes) == []
    assert not attributes.lacks("type")


def test_a_cache_without_keys_is_a_registry_reference() -> None:
    (first, second) = parse_cache(option("a/b:cache,c/d"))

    assert shown(first) == [("type", "registry"), ("ref", "a/b:cache")]
    assert shown(second) == [("type", "registry"), ("ref", "c/d")]
    assert first.short
    assert [a.implied for a in first.fields] == [True, False]
    assert places(second)[1] == ("c/d", "c/d")


def test_buildctl_takes_a_cache_without_keys_as_one_reference() -> None:
    (only,) = parse_cache(option("a/b:cache"), legacy=True)

    assert shown(only) == [("type", "registry"), ("ref", "a/b:cache")]


def test_a_variable_as_a_whole_cache_may_be_anything() -> None:
    (only,) = parse_cache(option("$CACHE"))

    assert only.opaque
    assert not only.short


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ("out", [("type", "local"), ("dest", "out")]),
        ("-", [("type", "tar"), ("dest", "-")]),
        ("type=docker,dest=a.tar", [("type", "docker"), ("dest", "a.tar")]),
        ("type=docker", [("type", "docker")]),
    ],
)
def test_buildx_takes_a_directory_for_an_output(
    value: str, fields: list[tuple[str, str | None]]
) -> None:
    assert shown(parse_buildx_output(option(value))) == fields


def test_platforms_keep_their_places() -> None:
    items = split_platforms(option("linux/amd64,linux/arm64,$MORE"))

    assert [(p.text.display, p.location.text if p.location else None) for p in items] == [
        ("linux/amd64", "linux/amd64"),
        ("linux/arm64", "linux/arm64"),
        ("$MORE", "$MORE"),
    ]
