"""The client of GitLab's API, against a GitLab on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ci_doctor.cache import Cache
from ci_doctor.errors import CiDoctorError, NotFound, Unreadable, UsageError
from ci_doctor.gitlab_api import (
    ApiError,
    Client,
    GitLabFiles,
    Instance,
    Release,
    Token,
    find_instance,
    find_token,
)
from ci_doctor.web import Refused, Unreachable

from .gitlab_server import GitLab, Handler, Project, page, redirect, serving, status

ONE, TWO = "1" * 40, "2" * 40
SECRET = "glpat-sesame"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy, no pauses, and a configuration of python-gitlab for another server."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    configure(monkeypatch, tmp_path, "url = https://other.example\nprivate_token = other\n")


def configure(monkeypatch: pytest.MonkeyPatch, folder: Path, section: str) -> None:
    path = folder / "python-gitlab.cfg"
    path.write_text(f"[global]\ndefault = mine\n[mine]\n{section}")
    monkeypatch.setenv("PYTHON_GITLAB_CFG", str(path))


@pytest.fixture
def server() -> Iterator[GitLab]:
    files = {"ci/a.yml": "a: {}\n", "ci/b.yml": "b: {}\n", "Dockerfile": "FROM x\n"}
    project = Project(
        {ONE: files, TWO: {"ci/a.yml": "new: {}\n"}},
        {"HEAD": TWO, "main": TWO, "v1": ONE, "feature/x": ONE},
        {"1.0.0": ONE, "1.1.0": TWO},
    )
    private = Project({ONE: files}, {"HEAD": ONE}, readers=(SECRET,))
    projects = {"group/ci": project, "group/private": private}
    with serving(GitLab(projects, {"Docker": "build: {}\n"}, {SECRET: False})) as gitlab:
        yield gitlab


@pytest.fixture
def other() -> Iterator[GitLab]:
    with serving(GitLab()) as gitlab:
        yield gitlab


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def client(
    server: GitLab, cache: Cache, token: str | None = None, kind: str = "private", **options: Any
) -> Client:
    given = None if token is None else Token(token, kind, "GITLAB_TOKEN")
    return Client(Instance(server.url), given, cache, **options)


# Which GitLab.


def repository(folder: Path, origin: str | None) -> Path:
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    if origin is not None:
        command = ["git", "-C", str(folder), "remote", "add", "origin", origin]
        subprocess.run(command, check=True)
    return folder


@pytest.mark.parametrize(
    ("origin", "url", "project"),
    [
        ("git@gitlab.com:group/sub/project.git", "https://gitlab.com", "group/sub/project"),
        ("gitlab.example.com:group/project", "https://gitlab.example.com", "group/project"),
        ("https://gitlab.com/group/project.git", "https://gitlab.com", "group/project"),
        ("https://me:secret@git.example:8443/g/p/", "https://git.example:8443", "g/p"),
        ("http://gitlab.local/g/p.git", "http://gitlab.local", "g/p"),
        ("ssh://git@gitlab.com:2222/group/project.git", "https://gitlab.com", "group/project"),
    ],
)
def test_the_remote_names_the_gitlab_and_the_project(
    tmp_path: Path, origin: str, url: str, project: str
) -> None:
    found = find_instance(repository(tmp_path, origin), None, {})

    assert found == Instance(url, stated=False, project=project)


@pytest.mark.parametrize(
    "origin",
    [None, "/srv/git/project.git", "../project", "file:///srv/project.git", "https://a:b/"],
)
def test_a_remote_that_is_no_server_names_no_gitlab(tmp_path: Path, origin: str | None) -> None:
    assert find_instance(repository(tmp_path, origin), None, {}) is None


def test_without_a_repository_there_is_no_remote(tmp_path: Path) -> None:
    assert find_instance(tmp_path, None, {}) is None


def test_what_is_stated_goes_before_the_runner_and_the_runner_before_the_remote(
    tmp_path: Path,
) -> None:
    root = repository(tmp_path, "git@gitlab.com:group/project.git")
    runner = {"CI_SERVER_URL": "https://ci.example/", "CI_PROJECT_PATH": "fork/project"}

    assert find_instance(root, None, runner) == Instance("https://ci.example", True, "fork/project")
    stated = find_instance(root, "https://gitlab.com/", runner)
    assert stated == Instance("https://gitlab.com", True, "group/project")
    assert find_instance(root, "https://x.example", runner) == Instance("https://x.example")


@pytest.mark.parametrize("url", ["gitlab.com", "file:///x", "https://", "https://me:pw@x.example"])
def test_a_stated_url_must_be_one(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError) as error:
        find_instance(tmp_path, url, {})

    assert error.value.message == "--gitlab-url is no URL"


def test_predefined_variables_that_every_pipeline_has_are_known() -> None:
    instance = Instance("https://gitlab.example.com:8443/git", project="group/sub/project")

    assert instance.variables() == {
        "CI_API_V4_URL": "https://gitlab.example.com:8443/git/api/v4",
        "CI_PROJECT_NAME": "project",
        "CI_PROJECT_NAMESPACE": "group/sub",
        "CI_PROJECT_PATH": "group/sub/project",
        "CI_PROJECT_ROOT_NAMESPACE": "group",
        "CI_PROJECT_URL": "https://gitlab.example.com:8443/git/group/sub/project",
        "CI_SERVER_FQDN": "gitlab.example.com:8443",
        "CI_SERVER_HOST": "gitlab.example.com",
        "CI_SERVER_PORT": "8443",
        "CI_SERVER_PROTOCOL": "https",
        "CI_SERVER_URL": "https://gitlab.example.com:8443/git",
    }
    assert "CI_PROJECT_PATH" not in Instance("https://gitlab.com").variables()


# Which token.

GITLAB_COM = Instance("https://gitlab.com")


def test_tokens_are_taken_in_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment = {
        "GITLAB_TOKEN": "from-environment\n",
        "CI_JOB_TOKEN": "from-job",
        "CI_SERVER_URL": "https://gitlab.com",
    }
    configure(monkeypatch, tmp_path, "url = https://gitlab.com/\noauth_token = from-file\n")

    found = [find_token(GITLAB_COM, "stated", environment)]
    found.append(find_token(GITLAB_COM, None, environment))
    del environment["GITLAB_TOKEN"]
    found.append(find_token(GITLAB_COM, "", environment))
    configure(monkeypatch, tmp_path, "url = https://other.example\nprivate_token = other\n")
    found.append(find_token(GITLAB_COM, None, environment))
    del environment["CI_JOB_TOKEN"]
    found.append(find_token(GITLAB_COM, None, environment))

    assert found == [
        Token("stated", "private", "--token"),
        Token("from-environment", "private", "GITLAB_TOKEN"),
        Token("from-file", "oauth", "python-gitlab's configuration"),
        Token("from-job", "job", "CI_JOB_TOKEN"),
        None,
    ]


def test_a_job_token_is_for_the_server_of_the_job_only() -> None:
    environment = {"CI_JOB_TOKEN": "from-job", "CI_SERVER_URL": "https://ci.example"}

    assert find_token(GITLAB_COM, None, environment) is None


def test_certificates_come_with_the_configured_token(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    section = "url = https://gitlab.com\nprivate_token = x\nssl_verify = /etc/ca.pem\n"
    configure(monkeypatch, tmp_path, section)

    token = find_token(GITLAB_COM, None, {})

    assert token == Token("x", "private", "python-gitlab's configuration", "/etc/ca.pem")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (
            "timeout = 1\n",
            "python-gitlab's configuration: "
            "Impossible to get gitlab details from configuration (mine)",
        ),
        (
            f"url = https://gitlab.com\nprivate_token = helper: sh -c 'echo {SECRET} >&2; exit 1'\n",
            "python-gitlab's configuration: Failed to read private_token value from helper for mine:",
        ),
    ],
)
def test_a_configuration_that_cannot_be_read_is_an_error_without_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, section: str, message: str
) -> None:
    configure(monkeypatch, tmp_path, section)

    with pytest.raises(UsageError) as error:
        find_token(GITLAB_COM, None, {})

    assert (error.value.message, error.value.hint) == (message, "or set GITLAB_TOKEN")


def test_a_token_does_not_show_in_its_description() -> None:
    assert SECRET not in repr(Token(SECRET, "private", "GITLAB_TOKEN"))


# What is asked.


def test_a_file_is_read_at_a_commit(server: GitLab, cache: Cache) -> None:
    asking = client(server, cache)

    assert asking.commit("group/ci", "feature/x") == ONE
    assert asking.file("group/ci", "ci/a.yml", ONE) == b"a: {}\n"
    assert server.paths == [
        "/projects/group%2Fci/repository/commits/feature%2Fx",
        f"/projects/group%2Fci/repository/files/ci%2Fa.yml/raw?ref={ONE}",
    ]


def test_what_is_known_is_not_asked_for_again(server: GitLab, cache: Cache) -> None:
    asking = client(server, cache)
    asking.commit("group/ci", "main")
    asking.file("group/ci", "ci/a.yml", TWO)
    server.asked.clear()

    assert asking.commit("group/ci", "main") == TWO
    assert asking.commit("group/ci", ONE) == ONE
    assert client(server, cache).file("Group/CI", "ci/a.yml", TWO) == b"new: {}\n"
    assert server.asked == []


def test_long_lists_are_read_page_by_page(server: GitLab, cache: Cache) -> None:
    server.page = 1
    asking = client(server, cache)

    assert asking.releases("group/ci") == [Release("1.0.0", ONE), Release("1.1.0", TWO)]
    assert asking.tree("group/ci", "", ONE, recursive=True) == {
        "Dockerfile": "blob",
        "ci": "tree",
        "ci/a.yml": "blob",
        "ci/b.yml": "blob",
    }


def test_templates_and_the_version_are_read(server: GitLab, cache: Cache) -> None:
    assert client(server, cache).template("Docker") == "build: {}\n"
    assert client(server, cache, SECRET).version() == "18.11.2-ee"


@pytest.mark.parametrize(
    ("token", "kind", "person"),
    [
        (SECRET, "private", True),
        ("bot", "private", False),
        ("unknown", "private", False),
        (SECRET, "job", False),
        (None, "", False),
    ],
)
def test_a_token_is_a_persons_only_where_gitlab_says_so(
    server: GitLab, cache: Cache, token: str | None, kind: str, person: bool
) -> None:
    server.users["bot"] = True

    assert client(server, cache, token, kind).is_person() is person


@pytest.mark.parametrize("kind", ["private", "oauth", "job"])
def test_a_token_is_sent_as_its_kind_demands(server: GitLab, cache: Cache, kind: str) -> None:
    client(server, cache, SECRET, kind).commit("group/ci", "main")

    expected = f"Bearer {SECRET}" if kind == "oauth" else SECRET
    assert [one.token for one in server.asked] == [expected]


# What goes wrong.


@pytest.mark.parametrize(
    ("code", "token", "kind", "message", "hint"),
    [
        (401, None, "", "{host} wants a token (401)", "set GITLAB_TOKEN"),
        (
            401,
            SECRET,
            "private",
            "{host} does not take the token of GITLAB_TOKEN (401)",
            "has it expired?",
        ),
        (403, SECRET, "private", "{host} forbids it (403)", "the token needs the scope read_api"),
        (
            403,
            "job",
            "job",
            "{host} forbids it (403)",
            "CI_JOB_TOKEN reads files of few projects: set GITLAB_TOKEN",
        ),
        (404, None, "", "{host} does not find it (404)", ""),
        (429, None, "", "too many requests to {host} (429)", "wait a while"),
        (502, None, "", "{host} answers 502", ""),
        (418, None, "", "{host} answers 418", ""),
    ],
)
def test_refusals_are_one_line_with_a_hint(
    server: GitLab,
    cache: Cache,
    code: int,
    token: str | None,
    kind: str,
    message: str,
    hint: str,
) -> None:
    server.answers["*"] = status(code, f"{code} said {SECRET}")

    with pytest.raises(ApiError) as error:
        client(server, cache, token, kind).commit("group/ci", "main")

    host = f"127.0.0.1:{server.port}"
    assert (error.value.message, error.value.hint) == (message.format(host=host), hint)


@pytest.mark.parametrize(
    ("code", "token", "again"),
    [
        (401, SECRET, 0),
        (429, None, 0),
        (502, None, 0),
        (401, None, 1),
        (404, None, 1),
        (403, SECRET, 1),
    ],
)
def test_a_server_that_answers_nothing_is_not_asked_again(
    server: GitLab, cache: Cache, code: int, token: str | None, again: int
) -> None:
    server.answers["*"] = status(code)
    asking = client(server, cache, token)
    with pytest.raises(ApiError):
        asking.commit("group/ci", "main")
    server.asked.clear()

    with pytest.raises(ApiError):
        asking.commit("group/ci", "v1")

    assert len(server.asked) == again


def test_a_slow_server_is_left(server: GitLab, cache: Cache) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):
            for _ in range(100):
                handler.wfile.write(b" ")
                Event().wait(0.05)

    server.answers["*"] = drip
    asking = client(server, cache, seconds=0.2)
    started = time.monotonic()

    for ref in ("main", "v1", "feature/x"):
        with pytest.raises(Unreachable) as error:
            asking.commit("group/ci", ref)

    assert error.value.message == f"127.0.0.1:{server.port}: no answer within 0.2 s"
    assert time.monotonic() - started < 2


def test_a_redirect_to_another_host_gets_neither_the_request_nor_the_token(
    server: GitLab, other: GitLab, cache: Cache
) -> None:
    server.answers["*"] = redirect(f"{other.url}/api/v4/projects/group%2Fci")

    with pytest.raises(Refused, match="it leads to another server"):
        client(server, cache, SECRET).commit("group/ci", "main")

    assert other.asked == []


def test_a_next_page_on_another_host_is_not_asked_for(
    server: GitLab, other: GitLab, cache: Cache
) -> None:
    def first(handler: Handler) -> None:
        del server.answers["/api/v4/projects/group%2Fci/releases"]
        handler.json([], {"Link": f'<{other.url}/v4/projects/1/releases?page=2>; rel="next"'})

    server.answers["/api/v4/projects/group%2Fci/releases"] = first

    with pytest.raises(Refused, match="it leads to another server"):
        client(server, cache, SECRET).releases("group/ci")

    assert other.asked == []


@pytest.mark.parametrize("text", ["<html>", "[]", "{}", "null", '{"id": 1'])
def test_an_answer_that_is_not_gitlabs_is_said_to_be_none(
    server: GitLab, cache: Cache, text: str
) -> None:
    server.answers["*"] = lambda handler: handler.reply(200, text)

    with pytest.raises(Unreachable, match="does not answer as GitLab does"):
        client(server, cache).commit("group/ci", "main")


def test_a_server_that_is_not_there_is_one_line(cache: Cache) -> None:
    instance = Instance("https://gitlab.invalid")

    with pytest.raises(Unreachable) as error:
        Client(instance, None, cache).commit("group/ci", "main")

    assert error.value.message == "the name gitlab.invalid does not resolve"


def test_the_host_of_a_remote_must_be_a_gitlab_before_it_gets_the_token(
    server: GitLab, other: GitLab, cache: Cache
) -> None:
    token = Token(SECRET, "private", "GITLAB_TOKEN")
    other.answers["*"] = lambda handler: handler.reply(404, "<html>no such page</html>")

    assert Client(Instance(server.url, False), token, cache).commit("group/ci", "main") == TWO
    with pytest.raises(Unreachable) as error:
        Client(Instance(other.url, False), token, cache).commit("group/ci", "main")

    assert [(one.path, one.token) for one in server.asked] == [
        ("/api/v4/version", ""),
        ("/api/v4/projects/group%2Fci/repository/commits/main", SECRET),
    ]
    host = f"127.0.0.1:{other.port}"
    assert [one.token for one in other.asked] == [""]
    assert error.value.message == f"{host}, the host of git's remote 'origin', is no GitLab"


def test_a_client_works_without_a_home() -> None:
    program = (
        "import os, pwd\n"
        "del os.environ['HOME']\n"
        "def nobody(uid): raise KeyError(uid)\n"
        "pwd.getpwuid = nobody\n"
        "import ci_doctor.gitlab_api\n"
        "from ci_doctor.cache import Cache\n"
        "Cache.of_user().get('x')\n"
    )
    if os.name == "nt":
        pytest.skip("homes are others there")

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


# The files of a project.


def files(server: GitLab, cache: Cache) -> GitLabFiles:
    return GitLabFiles(client(server, cache), "group/ci", ONE, "v1")


def test_the_files_of_a_project_are_read_where_they_are(server: GitLab, cache: Cache) -> None:
    remote = files(server, cache)

    source = remote.read("ci/a.yml")

    assert (source.path, source.text, source.external) == (
        "group/ci@v1:/ci/a.yml",
        "a: {}\n",
        True,
    )
    assert remote.read("ci//a.yml") is source
    for absent in ("no.yml", "../a.yml", ".git/config", ""):
        with pytest.raises(NotFound):
            remote.read(absent)
    assert [remote.exists(path) for path in ("ci/a.yml", "ci", "no.yml", "x/y", "")] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert [remote.is_directory(path) for path in ("ci", "ci/a.yml", "", "..")] == [
        True,
        False,
        True,
        None,
    ]
    assert remote.list("") == ["Dockerfile", "ci"]
    assert remote.list("ci") == ["a.yml", "b.yml"]
    assert remote.list("no") == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("ci/*.yml", ["ci/a.yml", "ci/b.yml"]),
        ("**.yml", ["ci/a.yml", "ci/b.yml"]),
        ("**/a.yml", ["ci/a.yml"]),
        ("*", ["Dockerfile"]),
        ("no/*.yml", []),
    ],
)
def test_patterns_find_the_files_of_a_project(
    server: GitLab, cache: Cache, pattern: str, found: list[str]
) -> None:
    assert files(server, cache).glob(pattern) == found


def test_what_the_api_does_not_list_is_unknown(server: GitLab, cache: Cache) -> None:
    server.answers["/api/v4/projects/group%2Fci/repository/tree"] = status(403)
    remote = files(server, cache)

    assert remote.exists("ci/a.yml") is None
    assert remote.is_directory("ci") is None
    assert remote.list("ci") == []
    with pytest.raises(ApiError):
        remote.glob("*.yml")
    # That a file is not there is known from asking for it.
    with pytest.raises(NotFound):
        remote.read("no.yml")
    assert remote.exists("no.yml") is False


def test_too_many_files_are_not_known_by_name(
    server: GitLab, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ci_doctor.gitlab_api.MAX_ENTRIES", 1)

    assert files(server, cache).exists("ci/a.yml") is None
    with pytest.raises(CiDoctorError, match="more than 1 files in group/ci"):
        files(server, cache).glob("**.yml")


def test_what_is_no_text_is_unreadable(server: GitLab, cache: Cache) -> None:
    server.answers["*"] = page(b"\0\1")

    with pytest.raises(Unreadable) as error:
        files(server, cache).read("ci/a.yml")

    assert error.value.message == "cannot read group/ci@v1:/ci/a.yml: it is a binary file"
