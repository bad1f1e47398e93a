"""`.ci-doctor.yml`: what it may say, and how a mistake in it is told."""

from __future__ import annotations

import pytest

from ci_doctor.config import Settings, read_settings
from ci_doctor.errors import UsageError
from ci_doctor.finding import Severity
from ci_doctor.runner import HOSTED, Runner
from ci_doctor.source import Source

CHECKS = ["auth-missing-for-push", "kaniko-archived", "kaniko-no-shell"]


def read(text: str) -> Settings:
    return read_settings(Source(".ci-doctor.yml", text), CHECKS)


def refused(text: str) -> str:
    with pytest.raises(UsageError) as error:
        read(text)
    assert "\n" not in error.value.message
    return f"{error.value.message} ({error.value.hint})"


def test_everything_that_can_be_set() -> None:
    settings = read("""
ci_file: ci/main.yml
checks:
  kaniko-archived: off
  kaniko-no-shell: "off"
  auth-missing-for-push: info
exclude: [vendor/, "*.generated.yml"]
runners:
  default: {executor: docker, privileged: false, security_opt: ["seccomp:unconfined"]}
  tags:
    k8s: {executor: kubernetes}
    1.5: {socket: true}
""")

    default = Runner(executor="docker", privileged=False, security_opt=("seccomp:unconfined",))
    assert settings == Settings(
        ci_file="ci/main.yml",
        severities={"auth-missing-for-push": Severity.INFO},
        off=frozenset({"kaniko-archived", "kaniko-no-shell"}),
        exclude=("vendor/", "*.generated.yml"),
        default_runner=default,
        runners={"k8s": Runner(executor="kubernetes"), "1.5": Runner(socket=True)},
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "checks:\nexclude: []\n", "---\n"])
def test_an_empty_file_sets_nothing(text: str) -> None:
    assert read(text) == Settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("chekcs: {}", ".ci-doctor.yml:1:1: unknown key 'chekcs' (did you mean 'checks'?)"),
        (
            "x: 1",
            ".ci-doctor.yml:1:1: unknown key 'x' (known: ci_file, checks, exclude, runners)",
        ),
        (
            "checks: {kaniko-archive: off}",
            ".ci-doctor.yml:1:10: unknown check 'kaniko-archive' (did you mean 'kaniko-archived'?)",
        ),
        (
            "checks: {kaniko-archived: eror}",
            ".ci-doctor.yml:1:27: 'kaniko-archived' must be off, info, warning or error, not 'eror'"
            " (did you mean 'error'?)",
        ),
        (
            "checks: {kaniko-archived: true}",
            ".ci-doctor.yml:1:27: 'kaniko-archived' must be off, info, warning or error, not 'true'"
            " ()",
        ),
        (
            "checks: {kaniko-archived: [off]}",
            ".ci-doctor.yml:1:27: 'kaniko-archived' must be off, info, warning or error ()",
        ),
        ("checks: [a]", ".ci-doctor.yml:1:9: 'checks' must be a mapping ()"),
        ("- a", ".ci-doctor.yml:1:1: the file must be a mapping ()"),
        ("ci_file: [a]", ".ci-doctor.yml:1:10: 'ci_file' must be a path ()"),
        ("ci_file: ../a.yml", ".ci-doctor.yml:1:10: 'ci_file' must be a path below the root ()"),
        ("exclude: vendor", ".ci-doctor.yml:1:10: 'exclude' must be a list of strings ()"),
        ("exclude: [1]", ".ci-doctor.yml:1:11: 'exclude' must be a list of strings ()"),
        (
            "runners: {default: {executer: docker}}",
            ".ci-doctor.yml:1:21: unknown key 'executer' (did you mean 'executor'?)",
        ),
        (
            "runners: {default: {executor: kubernets}}",
            ".ci-doctor.yml:1:31: unknown executor (did you mean 'kubernetes'?)",
        ),
        (
            "runners: {tags: {gpu: {privileged: maybe}}}",
            ".ci-doctor.yml:1:36: 'privileged' must be true or false ()",
        ),
        ("runners: {tags: [gpu]}", ".ci-doctor.yml:1:17: 'tags' must be a mapping ()"),
        ("checks: {}\n\nchecks: {}", ".ci-doctor.yml:3:1: 'checks' is written twice ()"),
        ("{[a]: b}", ".ci-doctor.yml:1:2: a key in the file must be a string ()"),
        ("a: 1\n---\nb: 1", ".ci-doctor.yml:3:1: more than one document (keep one)"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_nearest_name(text: str, message: str) -> None:
    assert refused(text) == message


def test_a_file_that_is_no_yaml_is_told_with_its_place() -> None:
    assert refused("checks: [a").startswith(".ci-doctor.yml:1:")


def test_long_keys_and_deep_nesting_are_told_in_one_line() -> None:
    assert len(refused("x" * 1_000_000 + ": 1")) < 300
    assert len(refused("exclude: " + "[" * 5_000)) < 300


@pytest.mark.parametrize(
    ("glob", "path", "excluded"),
    [
        ("vendor/", "vendor/a/b.yml", True),
        ("vendor", "lib/vendor/a.yml", True),
        ("/vendor", "lib/vendor/a.yml", False),
        ("lib/vendor", "lib/vendor/a.yml", True),
        ("lib/vendor", "other/lib/vendor/a.yml", False),
        ("*.yml", "a/b.yml", True),
        ("*.yml", "a/b.yaml", False),
        ("a/*.yml", "a/b/c.yml", False),
        ("a/**/*.yml", "a/b/c.yml", True),
        ("a/**/*.yml", "a/c.yml", True),
        ("a/**", "a/b/c.yml", True),
        ("a/**", "a", False),
        ("**/b", "a/b", True),
        ("vendor", "vendored/a.yml", False),
        ("*a" * 40 + "b", "a" * 5_000, False),
    ],
)
def test_exclude_globs_are_read_as_in_gitignore(glob: str, path: str, excluded: bool) -> None:
    assert Settings(exclude=(glob,)).excludes(path) is excluded


SETTINGS = Settings(
    default_runner=Runner(executor="docker", privileged=False),
    runners={
        "k8s": Runner(executor="kubernetes"),
        "big": Runner(privileged=True),
        "socket": Runner(executor="docker", socket=True),
    },
)


@pytest.mark.parametrize(
    ("tags", "runner"),
    [
        ([], Runner(executor="docker", privileged=False)),
        (["other"], Runner(executor="docker", privileged=False)),
        (["k8s"], Runner(executor="kubernetes", privileged=False)),
        (["other", "big"], Runner(executor="docker", privileged=True)),
        (["socket", "big"], Runner(executor="docker", privileged=True, socket=True)),
        (["k8s", "socket"], Runner(executor="docker", privileged=False, socket=True)),
        (["saas-linux-medium-amd64"], HOSTED),
        (["saas-macos-medium-m1"], Runner(executor="docker", privileged=False)),
    ],
)
def test_tags_say_which_runner_takes_a_job(tags: list[str], runner: Runner) -> None:
    assert SETTINGS.runner_for(tags) == runner


def test_a_hosted_tag_may_be_stated_otherwise() -> None:
    mine = Runner(executor="kubernetes")
    settings = Settings(runners={"saas-linux-small-amd64": mine})

    assert settings.runner_for(["saas-linux-small-amd64"]) == mine
