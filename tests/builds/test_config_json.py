from __future__ import annotations

import re

import pytest

from ci_doctor.builds.config_json import ConfigDocument, read_config
from ci_doctor.text import Symbol, Text


def text(written: str) -> Text:
    """`$NAME` is an unknown variable."""
    pieces = re.split(r"(\$\w+)", written)
    return Text.join(
        Text((Symbol(piece[1:]),)) if piece.startswith("$") else Text.of(piece) for piece in pieces
    )


def read(written: str) -> ConfigDocument:
    return read_config(text(written))


def keys(document: ConfigDocument) -> list[str]:
    return [entry.key.display for entry in document.entries]


def test_entries_have_their_fields_and_places() -> None:
    written = '{"auths":{"$CI_REGISTRY":{"username":"$U","password":"$P"},"a.b":{"auth":"x"}}}'
    document = read(written)

    assert document.valid is True
    assert document.complete
    assert [
        (e.key.display, {k: v.display if v else None for k, v in e.fields.items()})
        for e in document.entries
    ] == [("$CI_REGISTRY", {"username": "$U", "password": "$P"}), ("a.b", {"auth": "x"})]
    assert [text(written)[e.start : e.end].display for e in document.entries] == [
        "$CI_REGISTRY",
        "a.b",
    ]


@pytest.mark.parametrize(
    ("written", "error"),
    [
        (
            '{"auths":{"a":{"auth":"x"},}}',
            "invalid character '}' looking for beginning of object key string",
        ),
        ('{"auths":{"a":{"auth":"x\ny"}}}', r"invalid character '\n' in string literal"),
        (
            '{"auths":{"a":{"auth":"p"s"}}}',
            "invalid character 's' after object key:value pair",
        ),
        ('{"auths":{"a":{"auth":"\\d"}}}', "invalid character 'd' in string escape code"),
        (
            '{"auths":[]}',
            "json: cannot unmarshal array into Go struct field ConfigFile.auths of type"
            " map[string]types.AuthConfig",
        ),
        ('{"auths":{"a":{}}', "unexpected EOF"),
    ],
)
def test_a_broken_file_is_refused_in_the_words_of_the_client(written: str, error: str) -> None:
    document = read(written)

    assert (document.valid, document.error) == (False, error)


@pytest.mark.parametrize("written", ["$JSON", '{"auths":{$ENTRIES}}', '{"auths":{"a":$AUTH}}'])
def test_an_unknown_part_outside_strings_leaves_it_open(written: str) -> None:
    document = read(written)

    assert document.valid is None
    assert not document.complete


def test_an_empty_file_is_no_error() -> None:
    assert read("\n").valid is True


def test_text_behind_the_first_document_is_found() -> None:
    assert read('{"auths":{}}\n{"auths":{}}\n').trailing == 13


def test_a_document_that_is_cut_off_ends_early() -> None:
    assert read('{"auths":{').ends_early
    assert not read('{"auths":}').ends_early


def test_helpers_and_store_are_read() -> None:
    document = read(
        '{"credsStore":"ecr-login","credHelpers":{"gcr.io":"gcr"},"HttpHeaders":{"a":[1,2]}}'
    )

    assert document.store is not None
    assert document.store.value == "ecr-login"
    assert [(h.key.value, h.fields["helper"]) for h in document.helpers] != []
    assert keys(document) == []
    assert document.has_auths is False


def test_deep_nesting_is_no_crash() -> None:
    assert read('{"a":' * 10_000).valid is not True
    assert read('{"a":' + "[" * 10_000).valid is not True
