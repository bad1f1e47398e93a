from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ci_doctor.errors import CiDoctorError, NotFound, Unreadable
from ci_doctor.files import working_tree
from ci_doctor.files.protocol import Files
from ci_doctor.files.working_tree import WorkingTree

from .conftest import Git, Write


@pytest.fixture
def tree(root: Path) -> WorkingTree:
    return WorkingTree(root)


def test_a_file_is_read_as_it_stands_once(write: Write, tree: WorkingTree) -> None:
    write({"ci/x.yml": b"\xef\xbb\xbfa: 1\r\n"})
    files: Files = tree

    source = files.read("./ci/x.yml")

    assert (source.path, source.text) == ("ci/x.yml", "\ufeffa: 1\r\n")
    assert files.read("ci/x.yml") is source


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("no.yml", NotFound, "cannot read no.yml: No such file or directory"),
        ("x.yml/y", NotFound, "cannot read x.yml/y: Not a directory"),
        ("../secret.yml", NotFound, "cannot read ../secret.yml: No such file or directory"),
        ("a/../x.yml", NotFound, "cannot read a/../x.yml: No such file or directory"),
        ("/etc/hostname", NotFound, "cannot read /etc/hostname: No such file or directory"),
        (".git/config", NotFound, "cannot read .git/config: No such file or directory"),
        ("out.yml", NotFound, "cannot read out.yml: No such file or directory"),
        ("outside/secret.yml", NotFound, "cannot read outside/secret.yml: No such file or directory"),
        ("config.yml", NotFound, "cannot read config.yml: No such file or directory"),
        ("x\0.yml", NotFound, "cannot read x\0.yml: No such file or directory"),
        ("\ud800", NotFound, "cannot read \ud800: No such file or directory"),
        ("loop.yml", Unreadable, "cannot read loop.yml: Too many levels of symbolic links"),
        ("a", Unreadable, "cannot read a: it is a directory"),
        ("", Unreadable, "cannot read .: it is a directory"),
        ("pipe", Unreadable, "cannot read pipe: it is not a regular file"),
        ("big.yml", Unreadable, "cannot read big.yml: it has 50.0 MiB, and 10 MiB is the most that is read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_in_one_line(
    root: Path, write: Write, tree: WorkingTree, path: str, error: type[Unreadable], message: str
) -> None:
    write({"x.yml": "", "a/b.yml": "", ".git/config": "[core]", "../secret.yml": "token: 1"})
    (root / "out.yml").symlink_to(root.parent / "secret.yml")
    (root / "outside").symlink_to("..")
    (root / "config.yml").symlink_to(".git/config")
    (root / "loop.yml").symlink_to("loop.yml")
    os.mkfifo(root / "pipe")
    with (root / "big.yml").open("wb") as big:
        big.truncate(50 * 2**20)

    with pytest.raises(error) as raised:
        tree.read(path)

    assert (type(raised.value), raised.value.message) == (error, message)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read anything")
def test_a_file_without_permission_is_told(root: Path, write: Write, tree: WorkingTree) -> None:
    write({"x.yml": "a: 1"})
    (root / "x.yml").chmod(0)

    with pytest.raises(Unreadable) as raised:
        tree.read("x.yml")

    assert raised.value.message == "cannot read x.yml: Permission denied"


def test_a_link_within_the_root_is_followed(root: Path, write: Write, tree: WorkingTree) -> None:
    write({"ci/real.yml": "a: 1"})
    (root / "link.yml").symlink_to("ci/real.yml")
    (root / "folder").symlink_to("ci", target_is_directory=True)

    assert tree.read("link.yml").text == "a: 1"
    assert tree.read("folder/real.yml").path == "folder/real.yml"
    assert (tree.is_directory("folder"), tree.is_directory("link.yml")) == (True, False)


def test_without_git_absence_is_not_known(write: Write, tree: WorkingTree) -> None:
    write({"ci/x.yml": ""})

    assert [tree.exists(p) for p in ("ci", "ci/x.yml", "ci/no.yml", "../x")] == [
        True,
        True,
        None,
        None,
    ]
    assert [tree.is_directory(p) for p in ("", "ci", "ci/x.yml", "no", "/tmp")] == [
        True,
        True,
        False,
        None,
        None,
    ]


def test_a_git_work_tree_tells_what_is_absent(write: Write, git: Git, tree: WorkingTree) -> None:
    write(
        {
            ".gitignore": "/build/\n*.log\n!keep.log\n/generated\n",
            "src/main.py": "",
            "deleted/x.txt": "",
        }
    )
    git("add", ".")
    git("commit", "--quiet", "--message=all")
    git("rm", "--quiet", "--cached", "src/main.py")
    (tree.root / "deleted" / "x.txt").unlink()
    (tree.root / "deleted").rmdir()

    paths = {
        "src": True,
        "src/main.py": True,
        "no": False,
        "no/such/file": False,
        "src/main.py/x": False,
        "keep.log": False,
        "build": None,
        "build/app": None,
        "src/debug.log": None,
        "generated/x/y": None,
        "deleted/x.txt": None,  # tracked, so the repository has it
        "deleted": None,
        "../outside": None,
        ".git/config": None,
    }
    assert {path: tree.exists(path) for path in paths} == paths
    assert (tree.is_directory("no"), tree.is_directory("build")) == (False, None)


def test_nothing_is_known_to_be_absent_in_a_submodule(
    root: Path, write: Write, git: Git, tree: WorkingTree
) -> None:
    library = root.parent / "library"
    library.mkdir()
    git("init", "--quiet", directory=library)
    git("commit", "--quiet", "--allow-empty", "--message=empty", directory=library)
    git("submodule", "--quiet", "add", str(library), "lib")
    git("commit", "--quiet", "--message=lib")

    assert [tree.exists(p) for p in ("lib", "lib/no.txt", "lib/a/b", "no.txt")] == [
        True,
        None,
        None,
        False,
    ]


def test_a_root_below_the_top_of_the_work_tree_is_asked_for_itself(
    root: Path, write: Write, git: Git
) -> None:
    write({".gitignore": "/sub/out/\n", "sub/x.yml": "", "only-above.txt": ""})
    git("add", ".")
    tree = WorkingTree(root / "sub")

    assert [tree.exists(p) for p in ("x.yml", "out/a", "only-above.txt", "../only-above.txt")] == [
        True,
        None,
        False,
        None,
    ]
    assert tree.glob("**") == ["x.yml"]


def test_absence_behind_a_link_is_told_for_the_place_it_leads_to(
    root: Path, write: Write, git: Git, tree: WorkingTree
) -> None:
    write({".gitignore": "/real/out/\n", "real/x.txt": ""})
    (root / "link").symlink_to("real", target_is_directory=True)
    git("add", ".")

    assert [tree.exists(p) for p in ("link/x.txt", "link/no.txt", "link/out/a")] == [
        True,
        False,
        None,
    ]


def test_the_repository_of_a_git_hook_is_not_taken_for_this_one(
    root: Path, write: Write, git: Git, tree: WorkingTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"x.yml": ""})
    monkeypatch.setenv("GIT_DIR", str(root / "no-such-repository"))

    assert tree.exists("no.yml") is False


def test_without_the_git_program_absence_is_not_known(
    write: Write, git: Git, tree: WorkingTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"x.yml": ""})
    monkeypatch.setenv("PATH", "")

    assert tree.exists("no.yml") is None
    assert tree.glob("*.yml") == ["x.yml"]


def test_a_directory_is_listed_without_git(root: Path, write: Write, tree: WorkingTree) -> None:
    write({".git/HEAD": "", "b.yml": "", "a/x": "", ".hidden": ""})
    (root / "up").symlink_to("..")

    assert tree.list("") == [".hidden", "a", "b.yml", "up"]
    assert [tree.list(p) for p in ("a", "b.yml", "no", "up", "..", ".git")] == [
        ["x"],
        [],
        [],
        [],
        [],
        [],
    ]


def test_a_pattern_finds_files_on_disk(root: Path, write: Write, tree: WorkingTree) -> None:
    write(
        {".git/x.yml": "", "ci/b.yml": "", "ci/a.yml": "", "ci/sub/c.yml": "", "ci/sub/d.txt": ""}
    )
    (root / "ci" / "loop").symlink_to("..")
    (root / "ci" / "dead.yml").symlink_to("nowhere.yml")
    (root / "ci" / "dir.yml").mkdir()

    assert tree.glob("ci/*.yml") == ["ci/a.yml", "ci/b.yml"]
    assert tree.glob("**/*.yml") == ["ci/a.yml", "ci/b.yml", "ci/sub/c.yml"]
    assert tree.glob("/ci/a.yml") == ["ci/a.yml"]
    assert tree.glob("no/*.yml") == []
    assert tree.glob("../**") == []


def test_a_pattern_finds_what_git_would_commit(write: Write, git: Git, tree: WorkingTree) -> None:
    write({".gitignore": "node_modules/\n", "ci/old.yml": "", "ci/gone.yml": ""})
    git("add", ".")
    write({"ci/new.yml": "", "node_modules/x/ci.yml": "", "ci/ümlaut datei.yml": ""})
    (tree.root / "ci" / "gone.yml").unlink()

    assert tree.glob("**.yml") == ["ci/new.yml", "ci/old.yml", "ci/ümlaut datei.yml"]


def test_a_walk_over_too_many_files_ends_with_an_error(
    write: Write, tree: WorkingTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({f"many/{n}.yml": "" for n in range(20)})
    monkeypatch.setattr(working_tree, "_MOST_ENTRIES", 10)

    with pytest.raises(CiDoctorError, match="holds too many files"):
        tree.glob("**/*.yml")
