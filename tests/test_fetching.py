"""Included files from a GitLab and from the web, both on this machine."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ci_doctor.cache import Cache
from ci_doctor.fetching import TEMPLATES, OnlineFetcher
from ci_doctor.gitlab_api import Client, Instance, Token
from ci_doctor.pipeline.include import FetchedFile, NotFetched

from .gitlab_server import GitLab, Handler, Project, page, redirect, serving, status
from .pipeline.loading import faults, hops, jobs, load, unresolved

ONE, TWO, THREE = "1" * 40, "2" * 40, "3" * 40
SECRET = "glpat-sesame"
BUILD = "build: {script: [make]}\n"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, and no pauses."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.fixture
def server() -> Iterator[GitLab]:
    files = {"ci/a.yml": BUILD, "ci/empty.yml": " \n", "ci/b.txt": "x"}
    public = Project(
        {ONE: files, TWO: {"ci/a.yml": "new: {script: [x]}\n"}}, {"HEAD": TWO, "v1": ONE}
    )
    private = Project({ONE: files}, {"HEAD": ONE}, readers=(SECRET,))
    with serving(GitLab({"group/ci": public, "group/private": private})) as gitlab:
        yield gitlab


@pytest.fixture
def other() -> Iterator[GitLab]:
    with serving(GitLab()) as gitlab:
        yield gitlab


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def online(
    server: GitLab,
    cache: Cache,
    token: str | None = None,
    kind: str = "private",
    stated: bool = True,
    **options: Any,
) -> OnlineFetcher:
    given = None if token is None else Token(token, kind, "GITLAB_TOKEN")
    options.setdefault("upstream", Instance("https://gitlab.invalid"))
    return OnlineFetcher(Client(Instance(server.url, stated), given, cache), cache, **options)


def text(answer: FetchedFile | NotFetched) -> str:
    assert isinstance(answer, FetchedFile), answer
    assert answer.source.external
    return answer.source.text


def fault(message: str) -> NotFetched:
    return NotFetched(message, message)


# Projects.


def test_a_file_of_a_project_is_fetched_at_its_ref(server: GitLab, cache: Cache) -> None:
    fetcher = online(server, cache)

    at_tag = fetcher.project("group/ci", "v1", "/ci/a.yml")
    at_head = fetcher.project("group/ci", None, "ci/a.yml")

    assert (text(at_tag), text(at_head)) == (BUILD, "new: {script: [x]}\n")
    assert isinstance(at_tag, FetchedFile) and isinstance(at_head, FetchedFile)
    assert at_tag.source.path == "group/ci@v1:/ci/a.yml"
    assert at_head.source.path == "group/ci@HEAD:/ci/a.yml"
    assert at_tag.files is not None
    assert at_tag.files.glob("ci/*.yml") == ["ci/a.yml", "ci/empty.yml"]


def test_each_file_is_asked_for_once(server: GitLab, cache: Cache) -> None:
    fetcher = online(server, cache)
    first = fetcher.project("group/ci", "v1", "ci/a.yml")
    server.asked.clear()

    assert fetcher.project("group/ci", "v1", "ci/a.yml") is first
    assert server.asked == []


def test_a_ref_is_looked_up_in_every_run_and_its_files_are_not(
    server: GitLab, cache: Cache
) -> None:
    text(online(server, cache).project("group/ci", "v1", "ci/a.yml"))
    server.asked.clear()

    text(online(server, cache).project("group/ci", "v1", "ci/a.yml"))

    assert server.paths == ["/projects/group%2Fci/repository/commits/v1"]


def test_what_gitlab_says_is_not_there_is_a_fault(server: GitLab, cache: Cache) -> None:
    server.users[SECRET] = False
    fetcher = online(server, cache, SECRET)

    assert [
        fetcher.project("Group/None", None, "a.yml"),
        fetcher.project("Group/CI", "v9", "a.yml"),
        fetcher.project("group/ci", "v1", "/ci/no.yml"),
        fetcher.project("group/ci", "v1", "../a.yml"),
        fetcher.project("group/ci", "v1", "ci/empty.yml"),
    ] == [
        fault(
            "Project `group/none` not found or access denied! Make sure any includes in the "
            "pipeline configuration are correctly defined."
        ),
        fault("Project `group/ci` reference `v9` does not exist!"),
        fault("Project `group/ci` file `ci/no.yml` does not exist!"),
        fault("Project `group/ci` file `../a.yml` does not exist!"),
        fault("Project `group/ci` file `ci/empty.yml` is empty!"),
    ]


@pytest.mark.parametrize(
    ("token", "kind", "reason"),
    [
        (None, "", "group/private is not there, or not public: set GITLAB_TOKEN"),
        ("bot", "private", "group/private is not there, or hidden from the token of GITLAB_TOKEN"),
        ("new", "private", "group/private is not there, or hidden from the token of GITLAB_TOKEN"),
        (
            "job",
            "job",
            "CI_JOB_TOKEN does not reach group/private: its allowlist must name this project; "
            "or set GITLAB_TOKEN",
        ),
    ],
)
def test_a_project_hidden_from_somebody_else_than_a_person_is_no_fault(
    server: GitLab, cache: Cache, token: str | None, kind: str, reason: str
) -> None:
    server.users["bot"] = True

    answer = online(server, cache, token, kind).project("group/private", None, "ci/a.yml")

    assert answer == NotFetched(reason)


def test_a_token_opens_a_private_project(server: GitLab, cache: Cache) -> None:
    assert text(online(server, cache, SECRET).project("group/private", None, "ci/a.yml")) == BUILD


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (401, "{host} wants a token (401): set GITLAB_TOKEN"),
        (403, "{host} forbids it (403): the token needs the scope read_api"),
        (404, "{host} does not find it (404)"),
        (429, "too many requests to {host} (429): wait a while"),
        (502, "{host} answers 502"),
    ],
)
def test_any_other_refusal_is_a_reason_and_no_fault(
    server: GitLab, cache: Cache, code: int, reason: str
) -> None:
    server.answers["*"] = status(code, "whatever")

    answer = online(server, cache).project("group/ci", None, "ci/a.yml")

    assert answer == NotFetched(reason.format(host=f"127.0.0.1:{server.port}"))


def test_without_a_gitlab_only_the_web_is_read(cache: Cache) -> None:
    fetcher = OnlineFetcher(None, cache)
    reason = NotFetched("no GitLab is known (--gitlab-url, or a git remote 'origin')")

    assert fetcher.project("group/ci", None, "a.yml") == reason
    assert fetcher.template("Docker.gitlab-ci.yml") == reason
    assert fetcher.component("gitlab.com/group/ci/a@1") == reason


# Components.

SPEC = "spec: {component: [name, version, sha, reference]}\n---\n"


@pytest.fixture
def catalog(server: GitLab) -> GitLab:
    releases = {
        "1.0.0": ONE,
        "1.2.0": TWO,
        "1.10.0": THREE,
        "2.0.0-rc1": TWO,
        "2.0.0": ONE,
        "nightly": TWO,
    }
    commits = {sha: {"templates/build.yml": f"# {sha[0]}\n"} for sha in (ONE, TWO, THREE)}
    commits[ONE]["templates/scan/template.yml"] = "# scan\n"
    refs = {**releases, "main": THREE}
    server.projects["group/sub/components"] = Project(commits, refs, releases)
    server.projects["group/plain"] = Project(
        {ONE: {"templates/build.yml": "# plain\n"}}, {"1": ONE}
    )
    return server


@pytest.mark.parametrize(
    ("name", "version", "content", "about"),
    [
        ("build", "~latest", "# 1\n", {"sha": ONE, "version": "2.0.0"}),
        ("build", "1", "# 3\n", {"sha": THREE, "version": "1.10.0"}),
        ("build", "1.2", "# 2\n", {"sha": TWO, "version": "1.2.0"}),
        ("build", "1.2.0", "# 2\n", {"sha": TWO, "version": "1.2.0"}),
        ("build", "main", "# 3\n", {"sha": THREE}),
        ("build", THREE, "# 3\n", {"sha": THREE}),
        ("scan", "1.0.0", "# scan\n", {"sha": ONE, "version": "1.0.0"}),
    ],
)
def test_a_version_is_looked_up_as_in_the_catalog(
    catalog: GitLab, cache: Cache, name: str, version: str, content: str, about: dict[str, str]
) -> None:
    address = f"127.0.0.1:{catalog.port}/group/sub/components/{name}@{version}"

    answer = online(catalog, cache).component(address)

    assert text(answer) == content
    assert isinstance(answer, FetchedFile)
    assert answer.component == {"name": name, "reference": version, **about}
    file = "templates/scan/template.yml" if name == "scan" else "templates/build.yml"
    assert answer.source.path == f"group/sub/components@{version}:/{file}"


def test_a_partial_version_may_be_a_tag(catalog: GitLab, cache: Cache) -> None:
    host = f"127.0.0.1:{catalog.port}"

    assert text(online(catalog, cache).component(f"{host}/group/plain/build@1")) == "# plain\n"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (
            "group/plain/build@~latest",
            "The ~latest version reference is not supported for non-catalog resources. "
            "Use a tag, branch, or commit SHA instead.",
        ),
        (
            "group/plain/build@2.1",
            "The partial semantic version reference is not supported for non-catalog resources. "
            "Use a tag, branch, or commit SHA instead.",
        ),
        ("group/sub/components/build@9.9.9", "content not found"),
        ("group/sub/components/none@1.0.0", "content not found"),
        ("group@1.0.0", "content not found"),
        (
            "group/none/build@1.0.0",
            "project does not exist or you don't have sufficient permissions",
        ),
    ],
)
def test_a_component_that_is_not_there_is_a_fault(
    catalog: GitLab, cache: Cache, path: str, why: str
) -> None:
    catalog.users[SECRET] = False
    address = f"127.0.0.1:{catalog.port}/{path}"

    answer = online(catalog, cache, SECRET).component(address)

    assert answer == fault(f"Component '{address}' - {why}")


def test_a_component_of_another_host_is_a_fault_where_the_host_is_stated(
    server: GitLab, cache: Cache
) -> None:
    address = "gitlab.example.com/group/ci/build@1.0.0"
    reason = f"it is on gitlab.example.com, and this repository on 127.0.0.1:{server.port}"

    assert online(server, cache).component(address) == NotFetched(
        reason, f"Component '{address}' - the component path is not supported"
    )
    # Git's remote may be a mirror.
    assert online(server, cache, stated=False).component(address) == NotFetched(
        f"{reason} (--gitlab-url)"
    )
    assert server.asked == []


# Templates.


def test_a_template_is_the_instances_own(server: GitLab, cache: Cache) -> None:
    server.templates["Jobs/Build"] = BUILD

    answer = online(server, cache).template("Jobs/Build.gitlab-ci.yml")

    assert text(answer) == BUILD
    assert server.paths == ["/templates/gitlab_ci_ymls/Jobs%2FBuild"]


def test_a_template_that_the_instance_does_not_tell_is_gitlabs_of_that_version(
    server: GitLab, other: GitLab, cache: Cache
) -> None:
    path = f"{TEMPLATES}/Terraform.latest.gitlab-ci.yml"
    commits = {ONE: {path: "# 18.11\n"}, TWO: {path: "# master\n"}}
    refs = {"v18.11.2-ee": ONE, "master": TWO}
    other.projects["gitlab-org/gitlab"] = Project(commits, refs)
    server.users[SECRET] = False
    upstream = Instance(other.url)

    with_token = online(server, cache, SECRET, upstream=upstream)
    without = online(server, cache, upstream=upstream)

    assert text(with_token.template("Terraform.latest.gitlab-ci.yml")) == "# 18.11\n"
    assert text(without.template("Terraform.latest.gitlab-ci.yml")) == "# master\n"
    assert [one.token for one in other.asked] == [""] * 4


def test_a_template_that_nobody_has_is_a_fault(server: GitLab, cache: Cache) -> None:
    server.projects["gitlab-org/gitlab"] = Project({ONE: {"README.md": "x"}}, {"master": ONE})

    answer = online(server, cache, upstream=Instance(server.url)).template("No.gitlab-ci.yml")

    assert answer == fault("Included file `No.gitlab-ci.yml` is empty or does not exist!")


# The web.


def digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def test_a_remote_file_is_read_without_credentials(server: GitLab, cache: Cache) -> None:
    server.answers["/a.yml"] = redirect("/b.yml")
    server.answers["/b.yml"] = page(BUILD)

    answer = online(server, cache, SECRET).remote(f"{server.url}/a.yml", None)

    assert text(answer) == BUILD
    assert isinstance(answer, FetchedFile)
    assert (answer.source.path, answer.files) == (f"{server.url}/a.yml", None)
    assert [(one.path, one.token) for one in server.asked] == [("/a.yml", ""), ("/b.yml", "")]


def test_integrity_is_verified_and_what_it_names_is_kept(server: GitLab, cache: Cache) -> None:
    url = f"{server.url}/a.yml"
    server.answers["/a.yml"] = page(BUILD)

    wrong = online(server, cache).remote(url, digest("other"))
    right = online(server, cache).remote(url, digest(BUILD))
    server.asked.clear()
    again = online(server, cache).remote(url, digest(BUILD))
    plain = online(server, cache).remote(url, None)

    assert wrong == fault(
        f"Remote file `{url}` does not have the content that its `integrity` states"
    )
    assert [text(answer) for answer in (right, again, plain)] == [BUILD] * 3
    assert server.paths == ["/a.yml"]


@pytest.mark.parametrize(
    ("code", "known"), [(404, True), (410, True), (401, False), (403, False), (502, False)]
)
def test_a_remote_file_that_is_not_there_is_a_fault(
    server: GitLab, cache: Cache, code: int, known: bool
) -> None:
    server.answers["/a.yml"] = status(code)
    url = f"{server.url}/a.yml"

    answer = online(server, cache).remote(url, None)

    message = f"Remote file `{url}` could not be fetched because of HTTP code `{code}` error!"
    assert answer == NotFetched(f"127.0.0.1 answers {code}", message if known else "")


def test_a_remote_file_in_a_private_network_is_not_asked_for(
    server: GitLab, other: GitLab, cache: Cache
) -> None:
    server.answers["/a.yml"] = redirect(f"{other.url}/b.yml")
    fetcher = online(server, cache)
    reason = NotFetched("127.0.0.1 is in a private network, and only the configured GitLab may be")

    assert fetcher.remote(f"{other.url}/a.yml", None) == reason
    assert fetcher.remote(f"http://localhost:{other.port}/a.yml", None) == NotFetched(
        "localhost (127.0.0.1) is in a private network, and only the configured GitLab may be"
    )
    assert fetcher.remote(f"{server.url}/a.yml", None) == reason
    assert other.asked == []


def test_a_remote_file_that_is_too_large_or_no_text_is_not_read(
    server: GitLab, cache: Cache
) -> None:
    server.answers["/large.yml"] = page("x" * 6_000_000)
    server.answers["/binary.yml"] = page(b"\0")
    server.answers["/loop.yml"] = redirect("/loop.yml")
    fetcher = online(server, cache)

    assert [
        fetcher.remote(f"{server.url}/{name}.yml", None) for name in ("large", "binary", "loop")
    ] == [
        NotFetched("it is larger than 5 MiB, the most that is read"),
        NotFetched(f"cannot read {server.url}/binary.yml: it is a binary file"),
        NotFetched("more than 5 redirects"),
    ]


def test_a_server_that_does_not_answer_is_asked_once(server: GitLab, cache: Cache) -> None:
    server.answers["*"] = lambda handler: wait(handler, 3)
    fetcher = online(server, cache, seconds=0.1)
    started = time.monotonic()

    reasons = {fetcher.remote(f"{server.url}/{number}.yml", None) for number in range(20)}

    assert reasons == {NotFetched("127.0.0.1: no answer within 0.1 s")}
    assert (len(server.asked), time.monotonic() - started < 2) == (1, True)


def wait(handler: Handler, seconds: float) -> None:
    Event().wait(seconds)
    handler.close_connection = True


def test_all_includes_together_have_a_time(server: GitLab, cache: Cache) -> None:
    def slow(handler: Handler) -> None:
        Event().wait(0.06)
        page(BUILD)(handler)

    server.answers["*"] = slow
    fetcher = online(server, cache, total=0.1)

    answers = [fetcher.remote(f"{server.url}/{number}.yml", None) for number in range(4)]

    assert [isinstance(answer, FetchedFile) for answer in answers] == [True, True, False, False]
    assert answers[3] == NotFetched("the time for includes, 0.1 s, is up")


# A pipeline of all kinds.


def test_a_pipeline_is_resolved_through_all_that_it_includes(catalog: GitLab, cache: Cache) -> None:
    component = SPEC.replace("{component", "{inputs: {stage: {default: test}}, component") + (
        "$[[ component.name ]]:\n"
        "  stage: $[[ inputs.stage ]]\n"
        "  script: echo $[[ component.version ]] $[[ component.reference ]]\n"
    )
    catalog.projects["group/sub/components"] = Project(
        {ONE: {"templates/lint.yml": component}}, {}, {"1.4.2": ONE}
    )
    catalog.projects["group/ci"] = Project(
        {
            ONE: {
                "all.yml": "include: [{local: ci/*.yml}, ci/one/b.yml]\n",
                "ci/a.yml": ".a: {image: alpine}\n",
                "ci/one/b.yml": "b: {extends: .a, script: [b]}\n",
            }
        },
        {"HEAD": ONE},
    )
    catalog.answers["/r.yml"] = page("r: {script: [r]}\n")
    instance = Instance(catalog.url, project="group/app")
    fetcher = OnlineFetcher(Client(instance, None, cache), cache, upstream=instance)

    pipeline = load(
        f"""
        include:
          - {{project: $CI_PROJECT_ROOT_NAMESPACE/ci, file: all.yml}}
          - component: $CI_SERVER_FQDN/group/sub/components/lint@1
            inputs: {{stage: build}}
          - remote: {catalog.url}/r.yml
          - {{project: group/ci, ref: v9, file: all.yml}}
        """,
        fetcher=fetcher,
        variables=instance.variables(),
    )

    assert jobs(pipeline) == {
        "b": {"image": "alpine", "extends": ".a", "script": ["b"]},
        "lint": {"stage": "build", "script": "echo 1.4.2 1"},
        "r": {"script": ["r"]},
    }
    assert unresolved(pipeline) == []
    assert faults(pipeline) == [
        (
            "include-not-found",
            "Project `group/ci` reference `v9` does not exist!",
            ".gitlab-ci.yml:6:40",
            "all.yml",
        )
    ]
    image = pipeline.jobs["b"].keywords["image"]
    assert str(image.location) == "group/ci@HEAD:/ci/a.yml:1:13"
    assert hops(image) == [
        ("include", "ci/a.yml", "ci/*.yml"),
        ("include", "all.yml", "all.yml"),
        ("extends", ".a", ".a"),
    ]
