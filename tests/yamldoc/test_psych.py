from __future__ import annotations

import math

import pytest

from ci_doctor.source import Source, Span
from ci_doctor.yamldoc.nodes import Entry, Mapping, Plain, Scalar, Sequence
from ci_doctor.yamldoc.psych import Merged, Symbol, key_name, merged_entries

from .tree import content, read

VALUES: list[tuple[str, Plain]] = [
    # Booleans in any casing; `y` and `n` are no booleans.
    ("yes", True),
    ("Yes", True),
    ("YES", True),
    ("yEs", True),
    ("on", True),
    ("true", True),
    ("no", False),
    ("No", False),
    ("OFF", False),
    ("False", False),
    ("y", "y"),
    ("n", "n"),
    ("Y", "Y"),
    ("yess", "yess"),
    # Null.
    ("~", None),
    ("null", None),
    ("Null", None),
    ("NULL", None),
    ("nulls", "nulls"),
    ("", None),
    # Integers: a leading zero is octal, `0o` is nothing, commas and underscores are dropped.
    ("0", 0),
    ("12", 12),
    ("-12", -12),
    ("+12", 12),
    ("010", 8),
    ("012345", 5349),
    ("-010", -8),
    ("00", 0),
    ("0_", 0),
    ("08", "08"),
    ("0o10", "0o10"),
    ("0x1F", 31),
    ("-0x1f", -31),
    ("0b101", 5),
    ("1_000", 1000),
    ("1,000", 1000),
    ("1,", "1,"),
    ("1__0", "1__0"),
    # Base 60: two parts are scaled like the first two of three.
    ("12:30:45", 45045),
    ("190:20:30", 685230),
    ("1:30", 5400),
    ("1:2", 3720),
    ("-1:30", -1800),
    ("10:70", "10:70"),
    ("1:2:3:4", "1:2:3:4"),
    ("1:30.5", 5430.0),
    # Floats need a point, and a sign in the exponent.
    ("1.10", 1.1),
    ("3.10", 3.1),
    ("1.0e+3", 1000.0),
    ("1.5E-3", 0.0015),
    (".5", 0.5),
    ("3.", 3.0),
    ("1,0.5", 10.5),
    (".inf", math.inf),
    ("+.Inf", math.inf),
    ("-.INF", -math.inf),
    ("1e3", "1e3"),
    ("1e5", "1e5"),
    ("12e03", "12e03"),
    ("1.5e3", "1.5e3"),
    (".", "."),
    ("-.", "-."),
    ("1.2.3", "1.2.3"),
    # Symbols.
    (":foo", Symbol("foo")),
    ("::foo", Symbol(":foo")),
    (":'foo bar'", Symbol("foo bar")),
    # Anything else is a string.
    ("=", "="),
    ("a", "a"),
    ("1 2", "1 2"),
    ("2024-13-01", "2024-13-01"),
    ("echo 12", "echo 12"),
    ("v1.0", "v1.0"),
    # `^` and `$` match at every line.
    ("on\n\n  on", True),
]


@pytest.mark.parametrize(("written", "value"), VALUES)
def test_plain_scalars_are_what_psych_makes_of_them(written: str, value: Plain) -> None:
    root = content(f"k: {written}\nl: 1\n")

    assert isinstance(root, Mapping)
    scalar = root.entries[0].value
    assert isinstance(scalar, Scalar)
    assert (type(scalar.value), scalar.value) == (type(value), value)


@pytest.mark.parametrize("written", [".nan", ".NaN", ".NAN"])
def test_nan_is_a_float(written: str) -> None:
    root = content(f"[{written}]")

    assert isinstance(root, Sequence)
    assert isinstance(root.items[0], Scalar)
    assert math.isnan(float(str(root.items[0].value)))


def test_a_number_too_long_for_python_stays_a_string() -> None:
    root = content(f"[{'1' * 5000}]")

    assert isinstance(root, Sequence)
    assert isinstance(root.items[0], Scalar)
    assert root.items[0].value == "1" * 5000


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'12'", "12"),
        ('"yes"', "yes"),
        ("|-\n  12", "12"),
        ("!!str 12", "12"),
        ("!str 12", "12"),
        ("!!str 2024-01-01", "2024-01-01"),
        ("!<tag:yaml.org,2002:str> 12", "12"),
        ("!!binary aGk=", "hi"),
        ("!binary aGk", "hi"),
        ("!foo bar", "bar"),
        ("!foo '12'", 12),
        ("! '12'", 12),
        ("!!int '0x1F'", 31),
        ("!!float 1", 1.0),
        ("!!bool 'yes'", True),
        ("!!null x", "x"),
        ("!ruby/sym foo", Symbol("foo")),
        ("!reference 12", "12"),
    ],
)
def test_tags_and_quotes_decide_over_the_type(written: str, value: Plain) -> None:
    root = content(f"k: {written}\nl: 1\n")

    assert isinstance(root, Mapping)
    scalar = root.entries[0].value
    assert isinstance(scalar, Scalar)
    assert (type(scalar.value), scalar.value) == (type(value), value)


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        ("2024-01-01", "2024-01-01", "Tried to load unspecified class: Date"),
        ("2024-1-1 # c", "2024-1-1", "Tried to load unspecified class: Date"),
        ("2024-01-01 10:00:00", "2024-01-01 10:00:00", "Tried to load unspecified class: Time"),
        ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z", "Tried to load unspecified class: Time"),
        ("!foo 2024-01-01", "!foo 2024-01-01", "Tried to load unspecified class: Date"),
        ("!ruby/object:Foo {}", "!ruby/object:Foo", "Tried to load unspecified class: Foo"),
        ("&a !ruby/object {}", "&a !ruby/object", "Tried to load unspecified class: Object"),
        ("!ruby/regexp /x/", "!ruby/regexp /x/", "Tried to load unspecified class: Regexp"),
        ("!ruby/range 1..2", "!ruby/range 1..2", "Tried to load unspecified class: Range"),
        ("!ruby/class String", "!ruby/class String", "Tried to load unspecified class: String"),
        ("!ruby/array:Foo []", "!ruby/array:Foo", "Tried to load unspecified class: Foo"),
        ("!!set {a, b}", "!!set", "Tried to load unspecified class: Psych::Set"),
        ("!!float abc", "!!float abc", 'invalid value for Float(): "abc"'),
        ("0x_", "0x_", 'invalid value for Integer(): "0x"'),
        (".e+1", ".e+1", 'invalid value for Float(): "e+1"'),
        ("*nope", "*nope", "Unknown alias: nope"),
    ],
)
def test_what_psych_refuses_is_a_fault_and_the_rest_is_read(
    written: str, place: str, message: str
) -> None:
    file = read(f"k: {written}\nl: 1\n")

    assert [(fault.check, fault.message, fault.location.text) for fault in file.faults] == [
        ("yaml-syntax", message, place)
    ]
    root = file.content
    assert isinstance(root, Mapping)
    assert [key_name(entry.key) for entry in root.entries] == ["k", "l"]


def test_keys_are_the_same_when_string_and_symbol_agree_and_types_count() -> None:
    root = content("a: 1\n:a: 2\n'1': 3\n1: 4\n0x1: 5\n1.0: 6\ntrue: 7\non: 8\n'true': 9\n~: 10\n")

    assert isinstance(root, Mapping)
    assert [(entry.name, value_of(entry)) for entry in merged_entries(root)] == [
        ("a", 2),
        ("1", 3),
        ((int, 1), 5),
        ((float, 1.0), 6),
        ((bool, True), 8),
        ("true", 9),
        ((type(None), None), 10),
    ]


def value_of(entry: Merged) -> object:
    target = entry.value.target
    return target.value if isinstance(target, Scalar) else target.source.slice(target.span)


def effective(text: str, key: str) -> dict[object, object]:
    """The entries that count of the mapping under `key`."""
    root = content(text)
    assert isinstance(root, Mapping)
    mapping = next(entry.value for entry in root.entries if key_name(entry.key) == key)
    assert isinstance(mapping, Mapping)
    return {entry.name: value_of(entry) for entry in merged_entries(mapping)}


ANCHORS = "a: &a {x: 1, y: 2}\nb: &b {x: 3, z: 4}\nlist: &list [*a]\ntext: &text t\n"


@pytest.mark.parametrize(
    ("entries", "merged"),
    [
        ("x: 0\n  <<: *a", {"x": 1, "y": 2}),
        ("<<: *a\n  x: 0", {"x": 0, "y": 2}),
        ("<<: *a\n  <<: *b", {"x": 3, "y": 2, "z": 4}),
        ("<<: [*a, *b]", {"x": 1, "z": 4, "y": 2}),
        ("'<<': *a", {"x": 1, "y": 2}),
        ("<<: {x: 5}", {"x": 5}),
        ("<<: []\n  w: 1", {"w": 1}),
        ("w: 1\n  w: 2", {"w": 2}),
        ("!!str <<: *a", {"<<": "{x: 1, y: 2}"}),
        ("<<: foo", {"<<": "foo"}),
        ("<<:", {"<<": None}),
        ("<<: *list", {"<<": "[*a]"}),
        ("<<: *text", {"<<": "t"}),
        ("<<: [*a, *text]", {"<<": "[*a, *text]"}),
        ("<<: !reference [a]", {"<<": "[a]"}),
    ],
)
def test_merge_keys_follow_psych(entries: str, merged: dict[object, object]) -> None:
    assert effective(ANCHORS + f"m:\n  {entries}\n", "m") == merged


def test_a_merged_entry_tells_the_way_it_came_and_what_it_replaced() -> None:
    root = content(
        "a: &a {x: 1, y: 2}\nb: &b\n  y: 3\n  <<: *a\nm:\n  x: 4\n  <<: *b\n  y: 5\n  y: 6\n"
    )

    assert isinstance(root, Mapping)
    mapping = root.entries[-1].value
    assert isinstance(mapping, Mapping)
    assert [
        (
            entry.name,
            str(entry.value.location),
            [str(step.location) for step in entry.steps],
            [(value_of(old), [s.location.text for s in old.steps]) for old in entry.shadowed],
        )
        for entry in merged_entries(mapping)
    ] == [
        ("x", "ci.yml:1:11", ["ci.yml:4:7", "ci.yml:7:7"], [(4, [])]),
        ("y", "ci.yml:9:6", [], [(5, []), (2, ["*a", "*b"])]),
    ]


def test_an_alias_sees_the_anchor_last_defined_above_it() -> None:
    root = content("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")

    assert isinstance(root, Mapping)
    assert [value_of(entry) for entry in merged_entries(root)] == [1, 1, 2, 2]


def test_a_mapping_merged_into_itself_adds_nothing() -> None:
    assert effective("m: &m {x: 1, <<: *m}\n", "m") == {"x": 1}


def test_an_unknown_alias_under_a_merge_key_merges_nothing() -> None:
    file = read("m:\n  <<: *nope\n  x: 1\n")

    assert [fault.message for fault in file.faults] == ["Unknown alias: nope"]
    assert isinstance(file.content, Mapping)
    mapping = file.content.entries[0].value
    assert isinstance(mapping, Mapping)
    assert [entry.name for entry in merged_entries(mapping)] == ["x"]


def test_a_long_chain_of_merges_needs_no_deep_stack() -> None:
    source, place = Source("ci.yml", "<<x"), Span(0, 1)
    merge, name = Scalar(source, place, "<<", "<<"), Scalar(source, place, "x", "x")
    mapping = Mapping(source, place, [Entry(name, name)])
    for _ in range(5000):
        mapping = Mapping(source, place, [Entry(merge, mapping, merge=True)])

    [entry] = merged_entries(mapping)

    assert (entry.name, entry.key, len(entry.steps)) == ("x", name, 5000)
