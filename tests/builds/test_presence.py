"""Paths that a job finds, or does not."""

from __future__ import annotations

import textwrap

import pytest

from ci_doctor.builds.presence import is_there
from ci_doctor.builds.survey import builds_of
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.pipeline.load import load_pipeline


def there(path: str, script: str, more: str = "", job: str = "") -> bool | None:
    """Whether `path` is there at the last command of `script`."""
    text = (
        f"build:\n  image: alpine:3.22\n{job}  script:\n{textwrap.indent(script, '    ')}\n{more}"
    )
    files = MemoryFiles({".gitlab-ci.yml": text, "app/main.go": "", "ci/README": ""})
    found = builds_of(load_pipeline(files, ".gitlab-ci.yml").jobs["build"], files)
    return is_there(path, found.execution.commands[-1], found, files)


@pytest.mark.parametrize("path", ["", "app", "app/main.go"])
def test_what_is_committed_is_there(path: str) -> None:
    assert there(path, "- make\n- ls") is True


def test_what_nobody_makes_is_absent() -> None:
    script = "- mkdir -p ~/.docker out\n- echo x > ~/.docker/config.json\n- cd app\n- ls"

    assert there("dist", script) is False
    assert there("out/inner", script) is False


@pytest.mark.parametrize(
    "command",
    [
        'cp "$CREDENTIALS" ~/.docker/config.json',
        "install -D -m 600 auth.json /tmp/docker/config.json",
        "VERSION=$(git -C app describe --tags --always)",
        "git fetch --tags --unshallow",
    ],
)
def test_what_leaves_the_checkout_alone_makes_nothing(command: str) -> None:
    assert there("dist", f"- {command}\n- ls") is False


@pytest.mark.parametrize(
    "command",
    [
        "cp -r app dist",
        "cp -r /opt/assets .",
        'cp -r "$ASSETS" "$WHERE"',
        "git submodule update --init",
        "git checkout release",
        "mkdir -p dist",
        "mkdir -p dist/assets",
        "echo x > dist/file",
        "cd app && mkdir ../dist",
        'mkdir "$CI_PROJECT_DIR/dist"',
        'mkdir "$DIRECTORY"',
        'echo x > "$FILE"',
        "make",
        "./ci/build.sh",
        'eval "$PREPARE"',
        "buildctl build --output type=local,dest=dist",
    ],
)
def test_what_the_job_may_make_is_not_known(command: str) -> None:
    assert there("dist", f"- {command}\n- ls") is None


def test_what_a_later_command_makes_is_absent_before_it() -> None:
    text = "build:\n  image: alpine:3.22\n  script: [ls, mkdir dist]\n"
    files = MemoryFiles({".gitlab-ci.yml": text})
    found = builds_of(load_pipeline(files, ".gitlab-ci.yml").jobs["build"], files)

    assert is_there("dist", found.execution.commands[0], found, files) is False


@pytest.mark.parametrize(
    ("paths", "answer"),
    [
        ("[dist/]", None),
        ("[dist/assets/app.js]", None),
        ('["*.js"]', None),
        ('["$OUT/app"]', None),
        ("[public]", False),
        ("[distribution/]", False),
    ],
)
def test_artifacts_of_another_job_may_bring_it(paths: str, answer: bool | None) -> None:
    other = f"bundle:\n  script: make\n  artifacts:\n    paths: {paths}\n"

    assert there("dist", "- ls", other) is answer


@pytest.mark.parametrize(
    ("job", "answer"),
    [
        ("  cache: {paths: [dist]}\n", None),
        ("  cache: [{paths: [node_modules]}, {untracked: true}]\n", None),
        ("  cache: {paths: [node_modules]}\n", False),
        ("  needs: [{pipeline: $PARENT, job: bundle}]\n", None),
        ("  needs: [{project: a/b, job: bundle, ref: main, artifacts: true}]\n", None),
    ],
)
def test_caches_and_other_pipelines_may_bring_it(job: str, answer: bool | None) -> None:
    assert there("dist", "- ls", job=job) is answer


def test_an_include_that_was_not_read_may_make_it() -> None:
    assert there("dist", "- ls", "include: {project: a/b, file: c.yml}\n") is None
