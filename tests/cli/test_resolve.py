"""`ci-doctor resolve`, and `--online`, as a shell sees them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..gitlab_server import GitLab, Project, page, serving, status
from .test_lint import Done, run

CI = ".gitlab-ci.yml"
SECRET = "glpat-sesame"
SHA = "1" * 40

PIPELINE = """\
default: {image: alpine}
.base:
  script: make
build:
  extends: .base
"""

RESOLVED = """\
stages:
  - .pre
  - build
  - test
  - deploy
  - .post
build:
  stage: test
  script:
    - make
  image: alpine
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / CI).write_text(PIPELINE)
    return folder


def resolve(folder: Path, *arguments: str) -> Done:
    return run(folder, "resolve", *arguments)


def test_the_pipeline_of_this_folder_is_printed(project: Path) -> None:
    assert resolve(project) == (0, RESOLVED, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("project",),
        (f"project/{CI}",),
        ("--root", "project"),
        ("--ci-file", "sub/../.gitlab-ci.yml", "project"),
    ],
)
def test_a_path_or_a_root_names_another(project: Path, arguments: tuple[str, ...]) -> None:
    assert resolve(project.parent, *arguments) == (0, RESOLVED, "")


def test_one_job_with_its_origins(project: Path) -> None:
    assert resolve(project, "--job", "build", "--origins") == (
        0,
        """\
build:  # .gitlab-ci.yml:4
  stage: test  # GitLab's default
  script:
    - make  # .gitlab-ci.yml:3
  image: alpine  # .gitlab-ci.yml:1
""",
        "",
    )


def test_errors_of_the_configuration_go_to_standard_error(project: Path) -> None:
    (project / CI).write_text(
        "one:\n  extends: .bas\n  script: x\ntwo:\n  script: !reference [.no, script]\n"
    )

    done = resolve(project, "--job", "one")

    assert done == (
        1,
        "one:\n  extends:\n    - .bas\n  script:\n    - x\n",
        f"{CI}:2:12: error[extends-undefined] one: unknown keys in `extends` (.bas)\n"
        f"{CI}:5:11: error[reference-undefined] "
        '!reference [".no", "script"] could not be found\n',
    )


def test_a_file_that_does_not_parse_prints_nothing_but_its_error(project: Path) -> None:
    (project / CI).write_text("a: b: c\n")

    done = resolve(project)

    assert (done.code, done.out.startswith("stages:\n")) == (1, True)
    assert done.err.startswith(f"{CI}:1:5: error[yaml-syntax] (<unknown>): mapping values are not ")


def test_what_was_not_read_is_said(project: Path) -> None:
    (project / CI).write_text("include: {template: Docker.gitlab-ci.yml}\njob: {script: x}\n")

    done = resolve(project)

    assert done == (
        0,
        "job:\n  stage: test\n  script:\n    - x\n",
        f"{CI}:1:21: note: template include 'Docker.gitlab-ci.yml' was not read "
        "(it is outside this repository: `--online` reads it)\n",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("--job", "biuld"), 2, "error: no job is called 'biuld'\nhint: did you mean 'build'?\n"),
        (("none.yml",), 2, "error: no such file or directory: none.yml\n"),
        (("--online", "--gitlab-url", "gitlab.com"), 2, "error: --gitlab-url is no URL\n"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(
    project: Path, arguments: tuple[str, ...], code: int, error: str
) -> None:
    done = resolve(project, *arguments)

    assert (done.code, done.out, done.err[: len(error)]) == (code, "", error)


def test_a_file_that_cannot_be_read_is_one_line_and_code_3(project: Path) -> None:
    (project / CI).write_bytes(b"\0")

    done = resolve(project)

    assert done == (3, "", f"error: cannot read {CI}: it is a binary file\n")


# With a GitLab.


@pytest.fixture
def server(project: Path) -> Iterator[GitLab]:
    (project / CI).write_text("include: {project: group/ci, file: /a.yml}\njob: {extends: .a}\n")
    files = {"a.yml": "include: b.yml\n.a: {script: [a]}\n", "b.yml": "b: {script: [b]}\n"}
    private = Project({SHA: files}, {"HEAD": SHA}, readers=(SECRET,))
    with serving(GitLab({"group/ci": private}, users={SECRET: False})) as gitlab:
        yield gitlab


def online(folder: Path, server: GitLab, *arguments: str, **environment: str) -> Done:
    """Run with a home of its own, in which the cache is."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    alone = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        alone |= {name: "", name.upper(): ""}
    (home / "gitlab.cfg").write_text("[global]\ndefault = x\n[x]\nurl = https://other.example\n")
    alone["PYTHON_GITLAB_CFG"] = str(home / "gitlab.cfg")
    for name in ("GITLAB_TOKEN", "CI_DOCTOR_TOKEN", "CI_JOB_TOKEN", "CI_SERVER_URL"):
        alone[name] = ""
    options = ("--online", "--gitlab-url", server.url)
    return run(folder, *arguments, *options, **alone | environment)


ONLINE = """\
stages:
  - .pre
  - build
  - test
  - deploy
  - .post
b:
  stage: test
  script:
    - b
job:
  stage: test
  script:
    - a
"""


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("--token", SECRET), {"GITLAB_TOKEN": "wrong"}),
        ((), {"CI_DOCTOR_TOKEN": SECRET, "GITLAB_TOKEN": "wrong"}),
        ((), {"GITLAB_TOKEN": SECRET, "CI_JOB_TOKEN": "wrong"}),
    ],
)
def test_included_files_come_from_gitlab_with_the_token(
    project: Path, server: GitLab, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    done = online(project, server, "resolve", *arguments, **environment)

    assert done == (0, ONLINE, "")
    assert {one.token for one in server.asked} == {SECRET}


def test_without_the_option_nothing_is_asked(project: Path, server: GitLab) -> None:
    done = run(project, "resolve", "--gitlab-url", server.url, GITLAB_TOKEN=SECRET)

    assert (done.code, server.asked) == (0, [])


def test_the_second_run_reads_files_from_the_cache(project: Path, server: GitLab) -> None:
    online(project, server, "resolve", GITLAB_TOKEN=SECRET)
    server.asked.clear()

    done = online(project, server, "resolve", GITLAB_TOKEN=SECRET)

    assert done == (0, ONLINE, "")
    assert server.paths == ["/projects/group%2Fci/repository/commits/HEAD"]


def test_a_home_that_is_not_there_is_no_error(project: Path, server: GitLab) -> None:
    nowhere = {"HOME": "/nowhere/at/all", "XDG_CACHE_HOME": "/dev/null/cache"}

    assert online(project, server, "resolve", GITLAB_TOKEN=SECRET, **nowhere) == (0, ONLINE, "")


def test_the_token_is_nowhere_to_be_seen(project: Path, server: GitLab) -> None:
    server.answers["*"] = status(500, f"no {SECRET} here")

    done = online(project, server, "resolve", GITLAB_TOKEN=SECRET, CI_DOCTOR_TRACEBACK="1")

    assert SECRET not in done.out + done.err
    assert done.err == (
        f"{CI}:1:36: note: project include 'group/ci:/a.yml' was not read "
        f"(127.0.0.1:{server.port} answers 500)\n"
    )
    kept = [p for p in (project.parent / "home").rglob("*") if p.is_file()]
    assert not any(SECRET in path.read_text() for path in kept)


def test_what_gitlab_refuses_is_a_finding_of_lint(project: Path, server: GitLab) -> None:
    server.projects.clear()

    done = online(
        project, server, "lint", "--format", "json", "--select", "include-*", GITLAB_TOKEN=SECRET
    )

    report = json.loads(done.out)
    assert done.code == 1
    assert [(finding["check"], finding["start"]["line"]) for finding in report["findings"]] == [
        ("include-not-found", 1)
    ]
    assert "Project `group/ci` not found or access denied!" in json.dumps(report)
    assert report["unresolved"] == []


def test_the_remote_of_the_repository_names_the_gitlab(project: Path, server: GitLab) -> None:
    subprocess.run(["git", "init", "-q", "."], cwd=project, check=True)
    origin = f"{server.url}/group/app.git"
    subprocess.run(["git", "remote", "add", "origin", origin], cwd=project, check=True)
    (project / CI).write_text("include: {project: $CI_PROJECT_NAMESPACE/ci, file: a.yml}\n")
    environment = {"GITLAB_TOKEN": SECRET, "CI_SERVER_URL": "", "NO_PROXY": "*"}

    done = run(project, "resolve", "--online", "--job", "b", **environment)

    assert done == (0, "b:\n  stage: test\n  script:\n    - b\n", "")


@pytest.mark.skipif(os.name == "nt", reason="another resolver there")
def test_a_remote_file_on_this_machine_is_not_read(project: Path, server: GitLab) -> None:
    server.answers["/a.yml"] = page("a: {script: x}\n")
    (project / CI).write_text(
        f"include: http://localhost:{server.port}/a.yml\njob: {{script: x}}\n"
    )

    done = online(project, server, "resolve", "--job", "job")

    assert done.code == 0
    assert "is in a private network, and only the configured GitLab may be" in done.err
    assert server.asked == []
