"""`spec:inputs` and `$[[ … ]]`."""

from __future__ import annotations

import pytest

from ci_doctor.pipeline.inputs import blocks
from ci_doctor.text import Literal, Symbol
from ci_doctor.yamldoc.nodes import Scalar

from .loading import CI, data, faults, hops, jobs, load

HEADER = """
spec:
  inputs:
    name: {default: app}
    count: {type: number, default: 3}
    flag: {type: boolean, default: true}
    list: {type: array, default: [a, {if: $X}]}
---
"""


def test_values_keep_their_type_where_they_are_a_whole_scalar() -> None:
    pipeline = load(
        HEADER
        + """
$[[ inputs.name ]]-job:
  script: ["make $[[ inputs.name ]] $[[inputs.count]] $[[ inputs.flag ]]"]
  parallel: $[[ inputs.count ]]
  allow_failure: "$[[ inputs.flag ]]"
  rules: $[[ inputs.list ]]
  tags: ["$[[ inputs.name ]]"]
"""
    )

    assert faults(pipeline) == []
    assert jobs(pipeline) == {
        "app-job": {
            "script": ["make app 3 true"],
            "parallel": 3,
            "allow_failure": True,
            "rules": ["a", {"if": "$X"}],
            "tags": ["app"],
        }
    }
    assert pipeline.jobs["app-job"].names == ("app-job 1/3", "app-job 2/3", "app-job 3/3")


def test_interpolated_text_maps_to_the_file() -> None:
    pipeline = load(HEADER + 'job:\n  script: ["make $[[ inputs.name ]]-$[[ inputs.count ]]!"]\n')

    [line] = pipeline.jobs["job"].lines("script")
    assert line.string == "make app-3!"
    assert line.origin is not None
    origin = line.origin
    assert [
        origin.locate(*span).text
        for span in ((0, 4), (5, 8), (6, 7), (8, 9), (9, 10), (10, 11), (0, 11))
    ] == [
        "make",
        "$[[ inputs.name ]]",
        "$[[ inputs.name ]]",
        "-",
        "$[[ inputs.count ]]",
        "!",
        "make $[[ inputs.name ]]-$[[ inputs.count ]]!",
    ]


def test_text_can_be_written_beside_a_block_but_not_into_it() -> None:
    text = HEADER + "job:\n  script: ['make $[[ inputs.name ]]-x']\n"
    pipeline = load(text)

    node = pipeline.jobs["job"].lines("script")[0].node
    assert isinstance(node, Scalar)
    origin = node.origin
    assert [origin.escape("it's", at) for at in (0, 5, 6, 8, 9)] == [
        "it''s",
        "it''s",
        None,
        "it''s",
        "it''s",
    ]
    start = text.strip().index("make")
    assert [origin.offset_of(start + at) for at in (0, 4, 5, 12, 23, 24, 25)] == [
        0,
        4,
        5,
        5,
        8,
        9,
        None,
    ]


def test_a_list_knows_the_input_it_came_by() -> None:
    pipeline = load(HEADER + "job:\n  script: [x]\n  rules: $[[ inputs.list ]]\n")

    rules = pipeline.jobs["job"].keywords["rules"]
    assert hops(rules) == [("input", "$[[ inputs.list ]]", "$[[ inputs.list ]]")]
    assert rules.items[0].location is not None
    assert str(rules.items[0].location) == f"{CI}:6:35"


def test_given_inputs_replace_defaults() -> None:
    texts = {
        CI: """
        include:
          - local: t.yml
            inputs: {name: one, list: [x]}
          - local: t.yml
            inputs: {name: two}
        """,
        "t.yml": HEADER
        + "$[[ inputs.name ]]:\n  script: $[[ inputs.name ]]\n  needs: $[[ inputs.list ]]\n",
    }

    pipeline = load(texts)

    assert faults(pipeline) == []
    assert jobs(pipeline) == {
        "one": {"script": "one", "needs": ["x"]},
        "two": {"script": "two", "needs": ["a", {"if": "$X"}]},
    }


def test_inputs_of_the_entry_file_come_from_the_caller() -> None:
    text = HEADER + "job:\n  script: ['$[[ inputs.name ]]']\n  needs: $[[ inputs.list ]]\n"

    pipeline = load(text, inputs={"name": "given", "list": ["a", "b"]})
    refused = load(text, inputs={"nope": 1, "count": "x"})

    assert jobs(pipeline) == {"job": {"script": ["given"], "needs": ["a", "b"]}}
    assert [fault[:2] for fault in faults(refused)] == [
        ("input-undefined", "unknown input arguments: nope"),
        ("input-invalid", "`count` input: provided value is not a number"),
    ]


def test_an_input_without_a_value_is_unknown_and_no_fault_in_an_entry_file() -> None:
    pipeline = load(
        """
        spec:
          inputs:
            tag:
            stage: {options: [build, test]}
            needs: {type: array}
        ---
        job-$[[ inputs.tag ]]:
          image: "app:$[[ inputs.tag ]]"
          stage: $[[ inputs.stage ]]
          needs: $[[ inputs.needs ]]
          script: ["push app:$[[ inputs.tag ]]"]
        """
    )

    assert faults(pipeline) == []
    [job] = pipeline.jobs.values()
    assert job.name == "job-$[[ inputs.tag ]]"
    assert (job.stage, job.keywords["needs"].is_unknown) == (None, True)
    [line] = job.lines("script")
    assert line.text is not None
    assert line.text.parts == (Literal("push app:"), Symbol("inputs.tag", CI))
    assert [part.at.locate().text for part in line.text.parts if part.at] == [
        "push app:",
        "$[[ inputs.tag ]]",
    ]
    assert job.image is not None
    assert job.image.name.parts == (Literal("app:"), Symbol("inputs.tag", CI))
    stage = job.keywords["stage"].text
    assert stage is not None
    assert (stage.equals("build"), stage.equals("deploy")) == (None, False)


INCLUDED = "spec: {{inputs: {spec}}}\n---\njob: {{script: ['$[[ inputs.a ]]']}}\n"


@pytest.mark.parametrize(
    ("spec", "inputs", "check", "message", "place"),
    [
        (
            "{a: }",
            "{}",
            "input-missing",
            "`a` input: required value has not been provided",
            "t.yml",
        ),
        ("{a: {}}", "{a: x, c: y, d: z}", "input-undefined", "unknown input arguments: c, d", "c"),
        ("{a: }", "{a: 1}", "input-invalid", "`a` input: provided value is not a string", "1"),
        (
            "{a: {type: number}}",
            "{a: x}",
            "input-invalid",
            "`a` input: provided value is not a number",
            "x",
        ),
        (
            "{a: {type: number}}",
            "{a: true}",
            "input-invalid",
            "`a` input: provided value is not a number",
            "true",
        ),
        (
            "{a: {type: boolean}}",
            "{a: 'true'}",
            "input-invalid",
            "`a` input: provided value is not a boolean",
            "'true'",
        ),
        (
            "{a: {type: array}}",
            "{a: x}",
            "input-invalid",
            "`a` input: provided value is not an array",
            "x",
        ),
        (
            "{a: {default: 1}}",
            "{}",
            "input-invalid",
            "`a` input: default value is not a string",
            "1",
        ),
        (
            "{a: {options: [x, y]}}",
            "{a: z}",
            "input-invalid",
            "`a` input: `z` cannot be used because it is not in the list of allowed options",
            "z",
        ),
        (
            "{a: {type: number, options: [1, 2]}}",
            "{a: 3}",
            "input-invalid",
            "`a` input: `3` cannot be used because it is not in the list of the allowed options",
            "3",
        ),
        (
            "{a: {regex: '^v[0-9]+$'}}",
            "{a: x1}",
            "input-invalid",
            "`a` input: provided value does not match required RegEx pattern",
            "x1",
        ),
        (
            "{a: {regex: '^v', default: x}}",
            "{}",
            "input-invalid",
            "`a` input: default value does not match required RegEx pattern",
            "x",
        ),
        (
            "{a: {regex: 'a(?=b)'}}",
            "{a: ab}",
            "input-invalid",
            "`a` input: invalid regular expression",
            "(?=",
        ),
        (
            "{a: {type: boolean, options: [true]}}",
            "{a: true}",
            "input-invalid",
            "`a` input: Options can only be used with string and number inputs",
            "options",
        ),
        (
            "{a: {type: number, regex: x}}",
            "{a: 1}",
            "input-invalid",
            "`a` input: RegEx validation can only be used with string inputs",
            "regex",
        ),
    ],
)
def test_a_wrong_input_is_a_fault_at_its_value(
    spec: str, inputs: str, check: str, message: str, place: str
) -> None:
    pipeline = load(
        {
            CI: f"include: [{{local: t.yml, inputs: {inputs}}}]\n",
            "t.yml": INCLUDED.format(spec=spec),
        }
    )

    assert (check, f"`t.yml`: {message}", place) in [
        (fault[0], fault[1], fault[3]) for fault in faults(pipeline)
    ]
    assert {fault[0] for fault in faults(pipeline)} == {check}


def test_inputs_for_a_file_without_a_header_are_a_fault() -> None:
    pipeline = load(
        {
            CI: "include: [{local: t.yml, inputs: {a: x, b: y}}]\n",
            "t.yml": "job: {script: ['$[[ inputs.a ]]']}\n",
        }
    )

    assert faults(pipeline) == [
        (
            "input-undefined",
            "`t.yml`: Given inputs not defined in the `spec` section of the included configuration file",
            f"{CI}:1:35",
            "a",
        )
    ]
    # Without a header GitLab leaves blocks as they are.
    assert jobs(pipeline) == {"job": {"script": ["$[[ inputs.a ]]"]}}


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("$[[ inputs.nope ]]", "unknown interpolation key: `nope`"),
        ("$[[ variables.A ]]", "unknown interpolation key: `variables`"),
        ("$[[ name ]]", "invalid interpolation access pattern"),
        (f"$[[ inputs.{'a' * 1025} ]]", "maximum interpolation expression size exceeded"),
        (
            "$[[ inputs.name | truncate(0,1) | truncate(0,1) | truncate(0,1) | truncate(0,1) ]]",
            "too many functions in interpolation block",
        ),
        (
            "$[[ inputs.name | upper ]]",
            "no function matching `upper`: check that the function name, arguments, and types are correct",
        ),
        (
            "$[[ inputs.count | truncate(0,1) ]]",
            "error in `truncate` function: invalid input type: truncate can only be used with string inputs",
        ),
        (
            "$[[ inputs.name | split('') ]]",
            "error in `split` function: invalid argument: separator cannot be empty",
        ),
    ],
)
def test_an_invalid_block_is_a_fault_at_the_block(block: str, message: str) -> None:
    pipeline = load(f'{HEADER}job:\n  script:\n    - "echo {block}!"\n')

    assert [(fault[0], fault[1], fault[3]) for fault in faults(pipeline)] == [
        ("interpolation-invalid", message, block)
    ]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("$[[ inputs.name | truncate(0,2) ]]", "ap"),
        ("$[[ inputs.text | posix_escape ]]", "it\\'s\\ \\$HOME"),
        ("$[[ inputs.text | posix_quote | truncate(0,3) ]]", "it\\"),
        ("$[[ inputs.name | expand_vars ]]", "app"),
        ("$[[ inputs.home | expand_vars ]]", "/root/x"),
        ("x $[[ inputs.words | split(',') ]]", 'x ["a", "b"]'),
        ("$[[ inputs.words | split(',') ]]", ["a", "b"]),
        ("$[[ inputs.list[1] ]]", "b"),
        ("$[[ inputs.list ]]", ["a", "b"]),
        ("is $[[ inputs.list ]]", 'is ["a", "b"]'),
        ("$[[ matrix.A ]]", "$[[ matrix.A ]]"),
    ],
)
def test_functions_and_indices(block: str, expected: object) -> None:
    pipeline = load(
        f"""
        spec:
          inputs:
            name: {{default: app}}
            text: {{default: "it's $HOME"}}
            home: {{default: $HOME/x}}
            words: {{default: "a, ,b,"}}
            list: {{type: array, default: [a, b]}}
        ---
        job:
          script: x
          key: "{block}"
        """,
        variables={"HOME": "/root"},
    )

    assert faults(pipeline) == []
    assert data(pipeline.jobs["job"].value.get("key")) == expected


def test_a_function_of_what_is_unknown_is_unknown() -> None:
    pipeline = load(
        HEADER.replace("default: app", "default: $OTHER")
        + "job: {script: ['a $[[ inputs.name | expand_vars ]]']}\n"
    )

    [line] = pipeline.jobs["job"].lines("script")
    assert line.text is not None
    assert line.text.parts == (Literal("a "), Symbol("inputs.name | expand_vars", CI))


@pytest.mark.parametrize(
    ("kind", "expected"), [("new", "n1"), ("old", "o1"), ("other", "x"), ("free", None)]
)
def test_rules_choose_default_and_options(kind: str, expected: str | None) -> None:
    pipeline = load(
        """
        spec:
          inputs:
            version:
              rules:
                - if: $[[ inputs.kind ]] == 'new' && $[[ inputs.kind ]] != null
                  options: [n1, n2]
                  default: n1
                - if: $[[ inputs.kind ]] == 'old'
                  default: o1
                - if: $[[ inputs.kind ]] == 'free'
                  default: null
                - default: x
            kind: {default: new}
        ---
        job: {script: x, key: "$[[ inputs.version ]]"}
        """,
        inputs={"kind": kind},
    )

    key = pipeline.jobs["job"].value.get("key")
    assert key is not None
    if expected is None:
        assert key.is_unknown
        assert [fault[:2] for fault in faults(pipeline)] == [
            ("input-missing", "`version` input: required value has not been provided")
        ]
    else:
        assert (key.data, faults(pipeline)) == (expected, [])


def test_includes_and_their_rules_can_use_inputs() -> None:
    texts = {
        CI: """
        spec: {inputs: {file: {default: a}, more: {type: boolean, default: false}}}
        ---
        include:
          - local: $[[ inputs.file ]].yml
          - local: b.yml
            rules: [{if: '"$[[ inputs.more ]]" == "true"'}]
        """,
        "a.yml": "a: {script: [a]}\n",
        "b.yml": "b: {script: [b]}\n",
    }

    assert list(load(texts).jobs) == ["a"]
    assert list(load(texts, inputs={"more": True, "file": "b"}).jobs) == ["b"]


def test_inputs_can_be_declared_in_other_files() -> None:
    texts = {
        CI: """
        spec:
          include: [a.yml, {remote: "https://e.x/b.yml"}]
          inputs: {own: {default: o}, twice: {default: t}}
        ---
        job: {script: ["$[[ inputs.own ]] $[[ inputs.shared ]] $[[ inputs.elsewhere ]]"]}
        """,
        "a.yml": "inputs: {shared: {default: s}, twice: {default: u}}\n",
    }

    pipeline = load(texts)

    assert [(fault[1], fault[3]) for fault in faults(pipeline)] == [
        (
            "Duplicate input keys found: twice. Input keys must be unique across all included "
            "files and inline specifications.",
            "twice",
        )
    ]
    text = pipeline.jobs["job"].lines("script")[0].text
    assert text is not None
    assert text.parts[-1] == Symbol("inputs.elsewhere", CI)
    assert text[:-1].value == "o s "


def test_blocks_are_found_in_linear_time() -> None:
    assert list(blocks("$[[" * 200_000)) == []
    assert [block[2] for block in blocks("$[[\n" * 200_000 + "]]")] == ["$[["]
    assert [block[:2] for block in blocks("a $[[ x.y ]] $[[]] $[[ z.w]]")] == [(2, 12), (13, 28)]


def test_aliases_are_interpolated_once_and_keep_their_traces() -> None:
    pipeline = load(
        HEADER + "job:\n  script: &lines ['$[[ inputs.name ]]']\n  after_script: *lines\n"
    )

    job = pipeline.jobs["job"]
    [line] = job.lines("after_script")
    assert (line.string, hops(line)) == ("app", [("alias", "lines", "*lines")])
    assert line.node is job.lines("script")[0].node


def test_input_of_a_megabyte_is_read() -> None:
    pipeline = load(
        HEADER + "job: {script: ['$[[ inputs.name ]]']}\n", inputs={"name": "x" * 1_000_000}
    )

    assert len(pipeline.jobs["job"].lines("script")[0].string or "") == 1_000_000
