"""`include`: which files take part, in which order, and what is wrong with an entry."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest

from ci_doctor.errors import CiDoctorError, NotFound
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.pipeline.include import FetchedFile, NotFetched
from ci_doctor.source import Source

from .loading import CI, data, faults, hops, jobs, load, shown, unresolved

LISTED = "`local`, `project`, `remote`, `template`, `artifact`, `component`"


def test_every_form_of_local_include_is_read() -> None:
    pipeline = load(
        {
            CI: """
            include:
              - /ci/a.yml
              - local: ci/b.yaml
              - {local: "/ci/more/*.yml"}
              - local: ci/**.YML
            """,
            "ci/a.yml": "a: {script: [a]}\n",
            "ci/b.yaml": "b: {script: [b]}\n",
            "ci/more/c.yml": "c: {script: [c]}\n",
            "ci/more/deep/d.YML": "d: {script: [d]}\n",
            "ci/other.txt": "e: {script: [e]}\n",
        }
    )

    assert faults(pipeline) == []
    assert list(pipeline.jobs) == ["a", "b", "c", "d"]
    assert [file.source.path for file in pipeline.files] == [
        CI,
        "ci/a.yml",
        "ci/b.yaml",
        "ci/more/c.yml",
        "ci/more/deep/d.YML",
    ]


@pytest.mark.parametrize("include", ["a.yml", "[a.yml]", "{local: a.yml}", "[{local: a.yml}]"])
def test_a_single_include_needs_no_list(include: str) -> None:
    pipeline = load({CI: f"include: {include}\n", "a.yml": "a: {script: [a]}\n"})

    assert (list(pipeline.jobs), faults(pipeline)) == (["a"], [])


def test_later_files_win_and_the_including_file_wins_over_all() -> None:
    pipeline = load(
        {
            CI: """
            include: [a.yml, b.yml, a.yml]
            variables: {OWN: own}
            job: {stage: own, variables: {C: own}}
            """,
            "a.yml": """
            stages: [a]
            variables: {OWN: a, A: a}
            job: {script: [a], stage: a, variables: {A: a, C: a}}
            """,
            "b.yml": """
            stages: [b]
            variables: {A: b, B: b}
            job: {script: [b], variables: {A: b, B: b}}
            only-b: {script: [b]}
            """,
        }
    )

    assert jobs(pipeline) == {
        "job": {"script": ["a"], "stage": "own", "variables": {"A": "a", "C": "own", "B": "b"}},
        "only-b": {"script": ["b"]},
    }
    assert pipeline.stages == (".pre", "a", ".post")
    assert data(pipeline.value.get("variables")) == {"OWN": "own", "A": "a", "B": "b"}
    job = pipeline.jobs["job"]
    assert str(job.location) == f"{CI}:3:1"
    assert [data(value) for value in job.keywords["script"].shadowed] == [["b"], ["a"]]
    assert hops(job.keywords["script"]) == [("include", "a.yml", "a.yml")]


def test_nested_includes_are_relative_to_the_root_and_merged_first() -> None:
    pipeline = load(
        {
            CI: "include: /ci/a.yml\n",
            "ci/a.yml": "include: ci/b.yml\njob: {script: [a]}\n",
            "ci/b.yml": "job: {script: [b], stage: build}\n",
        }
    )

    assert jobs(pipeline) == {"job": {"script": ["a"], "stage": "build"}}
    assert hops(pipeline.jobs["job"].keywords["stage"]) == [
        ("include", "ci/b.yml", "ci/b.yml"),
        ("include", "/ci/a.yml", "/ci/a.yml"),
    ]


def test_local_variables_are_those_given() -> None:
    texts = {CI: "include: /ci/$KIND.yml\n", "ci/a.yml": "a: {script: [a]}\n"}

    assert list(load(texts, variables={"KIND": "a"}).jobs) == ["a"]
    unknown = load(texts)
    assert unresolved(unknown) == [("local", "/ci/$KIND.yml", f"{CI}:1:10")]
    assert (faults(unknown), unknown.has_unresolved) == ([], True)


@pytest.mark.parametrize(
    ("name", "check", "message"),
    [
        ("/ci/no.yml", "include-not-found", "Local file `ci/no.yml` does not exist!"),
        (
            "../../etc/passwd.yml",
            "include-not-found",
            "Local file `../../etc/passwd.yml` does not exist!",
        ),
        ("ci/../../x.yml", "include-not-found", "Local file `ci/../../x.yml` does not exist!"),
        ("/../x.yml", "include-not-found", "Local file `../x.yml` does not exist!"),
        ("ci/a.txt", "include-invalid", "Included file `ci/a.txt` does not have YAML extension!"),
        ("ci", "include-invalid", "Included file `ci` does not have YAML extension!"),
        ("ci/empty.yml", "include-not-found", "Local file `ci/empty.yml` is empty!"),
        ("ci/comment.yml", "include-not-found", "`ci/comment.yml`: Invalid configuration format"),
        ("ci/list.yml", "yaml-syntax", "`ci/list.yml`: Invalid configuration format"),
        (12, "include-invalid", "Included file `12` needs to be a string"),
    ],
)
def test_a_local_file_that_cannot_be_used_is_a_fault(
    name: object, check: str, message: str
) -> None:
    pipeline = load(
        {
            CI: f"include:\n  - local: {name}\njob: {{extends: .theirs, script: [x]}}\n",
            "ci/a.txt": "a: {script: [a]}\n",
            "ci/empty.yml": "\n",
            "ci/comment.yml": "# nothing\n",
            "ci/list.yml": "- a\n",
        }
    )

    place = "ci/list.yml:1:1" if name == "ci/list.yml" else f"{CI}:2:12"
    # What the file would have defined is unknown: no second fault for `.theirs`.
    assert [fault[:3] for fault in faults(pipeline)] == [(check, message, place)]
    assert (pipeline.broken, pipeline.jobs["job"].unknown_parents) == (True, (".theirs",))


def test_a_file_that_may_be_in_the_repository_is_unresolved() -> None:
    class Ignoring(MemoryFiles):
        def exists(self, path: str) -> bool | None:
            return None

    from ci_doctor.pipeline.load import load_pipeline

    pipeline = load_pipeline(Ignoring({CI: "include: generated.yml\n"}), CI)

    assert (faults(pipeline), unresolved(pipeline)) == (
        [],
        [("local", "generated.yml", f"{CI}:1:10")],
    )


@pytest.mark.parametrize(
    ("entry", "message", "text"),
    [
        (
            "{yolo: x}",
            f'`{{"yolo":"x"}}` does not have a valid subkey for include. Valid subkeys are: {LISTED}',
            "{yolo: x}",
        ),
        (
            "{path: [a.yml, 1]}",
            f'`{{"path":["a.yml",1]}}` does not have a valid subkey for include. Valid subkeys are: {LISTED}',
            "{path: [a.yml, 1]}",
        ),
        (
            "{local: a.yml, remote: https://x.y/b.yml}",
            f"Each include must use only one of: {LISTED}",
            "remote",
        ),
        (
            "{local: ''}",
            f'`{{"local":""}}` does not have a valid subkey for include. Valid subkeys are: {LISTED}',
            "{local: ''}",
        ),
        (
            "{project: g/p}",
            "include config must specify the file where to fetch the config from",
            "g/p",
        ),
        (
            "{project: g/p, file: a.txt}",
            "Included file `a.txt` does not have YAML extension!",
            "a.txt",
        ),
        (
            "{remote: a.yml}",
            "Remote file `a.yml` does not have a valid address!",
            "a.yml",
        ),
        (
            "{template: Docker.yml}",
            "Template file `Docker.yml` is not a valid location!",
            "Docker.yml",
        ),
        (
            "{component: gitlab.com/a/b}",
            "Component 'gitlab.com/a/b' - the component path is not supported",
            "gitlab.com/a/b",
        ),
        (
            "{artifact: a.yml}",
            "include config must specify the job where to fetch the artifact from",
            "a.yml",
        ),
        (
            "{local: a.yml, integrity: sha256-aGk=}",
            "include config integrity can only be specified for remote includes",
            "sha256-aGk=",
        ),
        (
            "{remote: https://x.y/a.yml, integrity: md5-aGk=}",
            "include config integrity hash must start with 'sha256-'",
            "md5-aGk=",
        ),
        (
            "{remote: https://x.y/a.yml, integrity: sha256-a}",
            "include config integrity hash must be base64 encoded",
            "sha256-a",
        ),
    ],
)
def test_an_entry_that_can_never_work_is_a_fault(entry: str, message: str, text: str) -> None:
    pipeline = load(f"include:\n  - {entry}\njob: {{script: [x]}}\n")

    assert [(fault[0], fault[1], fault[3]) for fault in faults(pipeline)] == [
        ("include-invalid", message, text)
    ]


def test_what_is_outside_the_repository_is_unresolved() -> None:
    pipeline = load(
        """
        include:
          - https://example.com/a.yml
          - remote: https://example.com/b.yml
          - template: Auto-DevOps.gitlab-ci.yml
          - {project: group/ci, file: [/a.yml, /b.yml], ref: v1}
          - component: gitlab.com/group/ci/build@1.0
        job: {script: [x], extends: .theirs}
        """
    )

    assert unresolved(pipeline) == [
        ("remote", "https://example.com/a.yml", f"{CI}:2:5"),
        ("remote", "https://example.com/b.yml", f"{CI}:3:13"),
        ("template", "Auto-DevOps.gitlab-ci.yml", f"{CI}:4:15"),
        ("project", "group/ci@v1:/a.yml", f"{CI}:5:32"),
        ("project", "group/ci@v1:/b.yml", f"{CI}:5:40"),
        ("component", "gitlab.com/group/ci/build@1.0", f"{CI}:6:16"),
    ]
    assert (faults(pipeline), pipeline.stages) == ([], None)


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("include: {remote: 'https://e.x/a.yml'}\nstages: [a]\n", (".pre", "a", ".post")),
        ("include: {remote: 'https://e.x/a.yml'}\n", None),
        ("include: [stages.yml, {remote: 'https://e.x/a.yml'}]\n", None),
        ("include: [{remote: 'https://e.x/a.yml'}, stages.yml]\n", (".pre", "s", ".post")),
        ("include: [{local: stages.yml, rules: [{if: $X}]}]\n", None),
        (
            "include: [{local: stages.yml, rules: [{if: $X}]}]\nstages: [a]\n",
            (".pre", "a", ".post"),
        ),
        ("include: [nested.yml]\n", None),
        ("include: [nested.yml, stages.yml]\n", (".pre", "s", ".post")),
        ("stages: [.post, b, [c, d], .pre]\n", (".pre", "b", "c", "d", ".post")),
        ("job: {script: [x]}\n", (".pre", "build", "test", "deploy", ".post")),
    ],
)
def test_stages_are_known_where_nothing_unread_can_set_them(
    text: str, stages: tuple[str, ...] | None
) -> None:
    pipeline = load(
        {
            CI: text,
            "stages.yml": "stages: [s]\n",
            "nested.yml": "include: {remote: 'https://e.x/a.yml'}\n",
        }
    )

    assert pipeline.stages == stages


RULES = {"a.yml": "a: {script: [a]}\n", "Dockerfile": "FROM scratch\n"}


@pytest.mark.parametrize(
    ("rules", "included"),
    [
        ("[{if: $A == 'a'}]", True),
        ("[{if: $A == 'b'}]", False),
        ("[{if: $B == 'b'}]", None),
        ("[{if: $A == 'a', when: never}]", False),
        ("[{if: $B, when: never}, {when: always}]", None),
        ("[{if: $B}, {when: always}]", True),
        ("[{if: $B, when: never}]", False),
        ("[{exists: [Dockerfile]}]", True),
        ("[{exists: /Dockerfile}]", True),
        ("[{exists: ['*.md']}]", None),
        ("[{exists: [none.txt]}]", False),
        ("[{exists: {paths: [Dockerfile]}}]", True),
        ("[{exists: {paths: [Dockerfile], project: g/p}}]", None),
        ("[{changes: [Dockerfile]}]", None),
        ("[{if: $A == 'b', changes: [Dockerfile]}]", False),
        ("[{if: $A ==}]", None),
        ("[]", False),
    ],
)
def test_rules_leave_a_file_out_where_they_are_known(rules: str, included: bool | None) -> None:
    pipeline = load(
        {CI: f"include: [{{local: a.yml, rules: {rules}}}]\n", **RULES}, variables={"A": "a"}
    )

    assert list(pipeline.jobs) == ([] if included is False else ["a"])
    if included is not False:
        [hop] = pipeline.jobs["a"].value.via
        assert hop.certain is (included is True)


def test_a_circle_of_includes_is_a_fault_where_it_closes() -> None:
    pipeline = load(
        {
            CI: "include: a.yml\njob: {script: [x]}\n",
            "a.yml": "include: b.yml\na: {script: [a]}\n",
            "b.yml": "include:\n  - local: a.yml\nb: {script: [b]}\n",
        }
    )

    [fault] = pipeline.faults
    assert (shown(fault), fault.hint) == (
        (
            "include-cycle",
            "Maximum of 150 nested includes are allowed!",
            "b.yml:2:12",
            "a.yml",
        ),
        "the circle: a.yml → b.yml → a.yml",
    )
    assert list(pipeline.jobs) == ["b", "a", "job"]


def test_a_file_that_includes_itself_is_a_circle() -> None:
    assert [f[:3] for f in faults(load({CI: f"include: {CI}\na: {{script: [x]}}\n"}))] == [
        ("include-cycle", "Maximum of 150 nested includes are allowed!", f"{CI}:1:10")
    ]


def test_a_file_may_be_included_twice_without_a_circle() -> None:
    pipeline = load(
        {
            CI: "include: [a.yml, b.yml]\n",
            "a.yml": "include: common.yml\na: {script: [a]}\n",
            "b.yml": "include: common.yml\nb: {script: [b]}\n",
            "common.yml": ".common: {image: alpine}\n",
        }
    )

    assert (faults(pipeline), list(pipeline.jobs)) == ([], ["a", "b"])
    assert [file.source.path for file in pipeline.files] == [CI, "a.yml", "common.yml", "b.yml"]


def test_a_hundred_and_fifty_includes_are_allowed_and_duplicates_count() -> None:
    texts = {f"f{i}.yml": f"j{i}: {{script: [x]}}\n" for i in range(200)}
    fits = "".join(f"  - f{i}.yml\n" for i in range(149)) + "  - f0.yml\n"
    started = time.monotonic()

    assert faults(load({CI: f"include:\n{fits}", **texts})) == []
    pipeline = load({CI: f"include:\n{fits}  - f199.yml\n  - f198.yml\n", **texts})

    assert faults(pipeline) == [
        (
            "include-too-many",
            "Maximum of 150 nested includes are allowed!",
            f"{CI}:152:5",
            "f199.yml",
        )
    ]
    assert len(pipeline.jobs) == 149
    assert time.monotonic() - started < 10


def test_a_chain_of_includes_as_long_as_allowed_is_read() -> None:
    texts = {f"f{i}.yml": f"include: f{i + 1}.yml\nj{i}: {{script: [x]}}\n" for i in range(149)}
    texts["f149.yml"] = "last: {script: [[[x]]]}\n"

    pipeline = load({CI: "include: f0.yml\n", **texts})

    assert (faults(pipeline), len(pipeline.jobs)) == ([], 150)
    [line] = pipeline.jobs["last"].lines("script")
    assert (line.string, len(line.via)) == ("x", 150)


def test_a_broken_included_file_is_named_in_the_message() -> None:
    pipeline = load({CI: "include: a.yml\njob: {script: [x]}\n", "a.yml": "a: b: c\n"})

    [fault] = pipeline.faults
    assert (fault.check, fault.location.path) == ("yaml-syntax", "a.yml")
    assert fault.message.startswith("`a.yml`: (<unknown>): mapping values are not allowed")
    assert (list(pipeline.jobs), pipeline.broken) == (["job"], True)


@dataclass
class Fetching:
    """Answers from a table, and remembers what was asked for."""

    answers: dict[str, FetchedFile | NotFetched] = field(default_factory=dict)
    asked: list[object] = field(default_factory=list)

    def _answer(self, key: str, *asked: object) -> FetchedFile | NotFetched:
        self.asked.append(asked)
        return self.answers.get(key, NotFetched("not in the table"))

    def project(self, project: str, ref: str | None, file: str) -> FetchedFile | NotFetched:
        return self._answer(f"{project}@{ref}:{file}", "project", project, ref, file)

    def template(self, name: str) -> FetchedFile | NotFetched:
        return self._answer(name, "template", name)

    def component(self, address: str) -> FetchedFile | NotFetched:
        return self._answer(address, "component", address)

    def remote(self, url: str, integrity: str | None) -> FetchedFile | NotFetched:
        return self._answer(url, "remote", url, integrity)


def external(path: str, text: str, **files: str) -> FetchedFile:
    beside = MemoryFiles({name.replace("_", "."): content for name, content in files.items()})
    return FetchedFile(Source(path, text, external=True), beside)


def test_fetched_files_bring_their_own_local_files() -> None:
    fetching = Fetching(
        {
            "g/p@v1:/a.yml": external(
                "g/p@v1:/a.yml", "include: b.yml\na: {script: [a]}\n", b_yml="b: {script: [b]}\n"
            ),
            "https://e.x/r.yml": FetchedFile(
                Source(
                    "https://e.x/r.yml",
                    "include: {local: c.yml}\nr: {script: [r]}\n",
                    external=True,
                )
            ),
        }
    )

    pipeline = load(
        {
            CI: """
            include:
              - {project: g/p, file: /a.yml, ref: v1}
              - {remote: "https://e.x/r.yml", integrity: sha256-aGk=}
              - {template: T.gitlab-ci.yml}
              - {component: gitlab.com/g/p/c@1}
            """,
            "b.yml": "wrong: {script: [x]}\n",
        },
        fetcher=fetching,
    )

    assert fetching.asked == [
        ("project", "g/p", "v1", "/a.yml"),
        ("remote", "https://e.x/r.yml", "sha256-aGk="),
        ("template", "T.gitlab-ci.yml"),
        ("component", "gitlab.com/g/p/c@1"),
    ]
    assert list(pipeline.jobs) == ["b", "a", "r"]
    assert [(one.kind, one.name, one.reason) for one in pipeline.unresolved] == [
        ("template", "T.gitlab-ci.yml", "not in the table"),
        ("component", "gitlab.com/g/p/c@1", "not in the table"),
    ]
    # A file from the web is in no project.
    assert faults(pipeline) == [
        (
            "include-not-found",
            "Local file `c.yml` does not have project!",
            "https://e.x/r.yml:1:18",
            "c.yml",
        )
    ]


def test_what_a_fetcher_knows_to_be_wrong_is_a_fault() -> None:
    message = "Project `g/p` not found or access denied! Make sure any includes in the pipeline configuration are correctly defined."
    fetching = Fetching({"g/p@None:a.yml": NotFetched("404", message)})

    pipeline = load("include: [{project: g/p, file: a.yml}]\n", fetcher=fetching)

    assert faults(pipeline) == [("include-not-found", message, f"{CI}:1:32", "a.yml")]


def test_a_template_finds_local_files_where_it_is_included() -> None:
    template = Source("template:T.gitlab-ci.yml", "include: {local: ci/a.yml}\n", external=True)

    pipeline = load(
        {CI: "include: {template: T.gitlab-ci.yml}\n", "ci/a.yml": "a: {script: [a]}\n"},
        fetcher=Fetching({"T.gitlab-ci.yml": FetchedFile(template)}),
    )

    assert (list(pipeline.jobs), faults(pipeline)) == (["a"], [])


def test_files_that_cannot_be_asked_for_leave_an_include_unresolved() -> None:
    class Silent(MemoryFiles):
        def read(self, path: str) -> Source:
            raise CiDoctorError("no answer")

        def glob(self, pattern: str) -> list[str]:
            raise CiDoctorError("no answer")

    entry = Source("g/p@v1:/a.yml", "include: [b.yml, 'c/*.yml']\n", external=True)

    pipeline = load(
        "include: [{project: g/p, ref: v1, file: a.yml}]\njob: {extends: .theirs}\n",
        fetcher=Fetching({"g/p@v1:a.yml": FetchedFile(entry, Silent({}))}),
    )

    assert [(one.kind, one.name, one.reason) for one in pipeline.unresolved] == [
        ("local", "b.yml", "no answer"),
        ("local", "c/*.yml", "no answer"),
    ]
    assert faults(pipeline) == []


def test_a_component_knows_what_it_asks_to_know_of_itself() -> None:
    text = """\
spec: {component: [name, version]}
---
$[[ component.name ]]:
  script:
    - echo $[[ component.version ]] $[[ component.sha ]]
"""
    component = FetchedFile(
        Source("g/p@1.2:/templates/build.yml", text, external=True),
        component={"name": "build", "version": "1.2.0", "sha": "f" * 40, "reference": "1.2"},
    )

    pipeline = load(
        "include: [{component: gitlab.com/g/p/build@1.2}]\n",
        fetcher=Fetching({"gitlab.com/g/p/build@1.2": component}),
    )

    assert jobs(pipeline) == {"build": {"script": ["echo 1.2.0 $[[ component.sha ]]"]}}


def test_an_entry_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(NotFound):
        load({"other.yml": "a: b\n"})
