"""Which checks a run asks for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from ci_doctor.check import Check
from ci_doctor.errors import UsageError
from ci_doctor.finding import Severity
from ci_doctor.pipeline.model import Job
from ci_doctor.registry import BadCheck, Registry, builtin_checks, load_registry, plugin_checks


def check(check_id: str, family: str = "", symptoms: tuple[str, ...] = ()) -> Check:
    return Check(
        id=check_id,
        title="A fault",
        severity=Severity.ERROR,
        looks_at=Job,
        find=lambda job, context: (),
        examples=lambda: iter(()),
        rationale="",
        links=(),
        since="0.1",
        symptoms=symptoms,
        family=family,
    )


TWO_FAMILIES = Registry.of(
    [
        check("login-missing", "auth", symptoms=("unauthorized",)),
        check("login-twice", "auth"),
        check("cache-missing", "cache"),
    ]
)


def chosen(*select: str, ignore: tuple[str, ...] = (), off: tuple[str, ...] = ()) -> list[str]:
    selection = TWO_FAMILIES.selection(select, ignore, off)
    return [check.id for check in TWO_FAMILIES if selection.has(check.family, check.id)]


def test_without_options_every_check_runs() -> None:
    assert chosen() == ["login-missing", "login-twice", "cache-missing"]


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        (("login-*",), ["login-missing", "login-twice"]),
        (("auth/*",), ["login-missing", "login-twice"]),
        (("*/cache-missing",), ["cache-missing"]),
        (("login-twice", "cache/*"), ["login-twice", "cache-missing"]),
    ],
)
def test_select_globs_match_id_or_family_and_id(
    select: tuple[str, ...], expected: list[str]
) -> None:
    assert chosen(*select) == expected


def test_ignore_wins_over_select() -> None:
    assert chosen("auth/*", ignore=("login-twice",)) == ["login-missing"]


def test_a_check_turned_off_runs_only_when_named_in_full() -> None:
    assert chosen(off=("login-twice",)) == ["login-missing", "cache-missing"]
    assert chosen("login-*", off=("login-twice",)) == ["login-missing"]
    assert chosen("auth/login-twice", off=("login-twice",)) == ["login-twice"]


@pytest.mark.parametrize(
    ("glob", "hint"),
    [
        ("login-mising", "did you mean 'login-missing'?"),
        ("auth", "did you mean 'auth/*'?"),
        ("auht/*", "did you mean 'auth/*'?"),
        ("%", "`ci-doctor checks` lists them"),
        ("x" * 10_000, "`ci-doctor checks` lists them"),
    ],
)
def test_a_glob_that_matches_nothing_is_refused(glob: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        TWO_FAMILIES.selection([glob])

    assert (refused.value.message, refused.value.hint) == (f"no check matches '{glob}'", hint)


def test_checks_are_found_by_symptom() -> None:
    assert [found.id for found in TWO_FAMILIES.leading_to("unauthorized")] == ["login-missing"]


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(BadCheck, match="two checks are called 'login'"):
        Registry.of([check("login", "auth"), check("login", "cache")])


def test_the_checks_of_this_package_are_named_like_their_modules() -> None:
    assert load_registry().get("kaniko-archived") is not None


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of checks with one family, `auth`, that is still empty."""
    family = tmp_path / "house" / "auth"
    family.mkdir(parents=True)
    (family.parent / "__init__.py").touch()
    (family / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield family
    for name in [name for name in sys.modules if name.split(".")[0] == "house"]:
        del sys.modules[name]


MODULE = """
from ci_doctor.check import Check
from ci_doctor.finding import Severity
from ci_doctor.pipeline.model import Job

CHECK = Check("login-missing", "", Severity.INFO, Job, None, None, "", (), "1")
"""


def test_the_family_is_the_folder(package: Path) -> None:
    (package / "login_missing.py").write_text(MODULE)

    found = list(builtin_checks(import_module("house")))

    assert [(check.family, check.id) for check in found] == [("auth", "login-missing")]


def test_an_id_that_differs_from_the_module_is_refused(package: Path) -> None:
    (package / "no_login.py").write_text(MODULE)

    with pytest.raises(BadCheck, match=r"house\.auth\.no_login holds the check 'login-missing'"):
        list(builtin_checks(import_module("house")))


def test_a_module_without_check_is_refused(package: Path) -> None:
    (package / "login_missing.py").touch()

    with pytest.raises(BadCheck, match=r"house\.auth\.login_missing has no CHECK"):
        list(builtin_checks(import_module("house")))


MINE = check("mine")
THEIRS = check("theirs", family="house")


def several() -> list[Check]:
    return [MINE, THEIRS]


def entry_point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, f"{__name__}:{value}", "ci_doctor.checks")


def test_a_plugin_gives_one_check_or_several() -> None:
    found = list(plugin_checks([entry_point("acme", "several"), entry_point("zoo", "MINE")]))

    assert [(check.family, check.id) for check in found] == [
        ("acme", "mine"),
        ("house", "theirs"),
        ("zoo", "mine"),
    ]


def test_a_plugin_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(BadCheck, match=r"the plugin 'acme' \(.*:missing\) cannot be loaded: "):
        list(plugin_checks([entry_point("acme", "missing")]))
