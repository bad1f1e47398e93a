from __future__ import annotations

from pathlib import Path

import pytest

from ci_doctor.errors import CiDoctorError, NotFound, Unreadable, UsageError
from ci_doctor.files.git_tree import GitTree
from ci_doctor.files.protocol import Files

from .conftest import Git, Write


@pytest.fixture
def repository(root: Path, write: Write, git: Git) -> Path:
    """A commit `first`, then changes on disk that no tree at a ref shows."""
    write(
        {
            ".gitlab-ci.yml": b"\xef\xbb\xbfa: 1\r\n",
            "ci/a.yml": "a",
            "ci/sub/b.yml": "b",
            "ci/ümlaut datei.yml": "ü",
            "logo.png": b"\x89PNG\0",
            "model.bin": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            ".gitattributes": "* text=auto eol=crlf\n",
        }
    )
    (root / "link.yml").symlink_to("ci/../ci/a.yml")
    (root / "folder").symlink_to("ci")
    (root / "outside.yml").symlink_to("../secret.yml")
    (root / "absolute.yml").symlink_to("/etc/hostname")
    (root / "loop.yml").symlink_to("loop.yml")
    git("-c", "core.autocrlf=false", "add", ".")
    git("commit", "--quiet", "--message=first")
    git("tag", "first")
    write({"ci/a.yml": "changed", "new.yml": "", "../secret.yml": "token"})
    return root


def test_the_files_of_a_ref_are_read_without_a_checkout(repository: Path) -> None:
    with GitTree(repository, "first") as tree:
        files: Files = tree

        assert files.read("ci/a.yml").text == "a"
        assert files.read("ci/ümlaut datei.yml").text == "ü"
        assert files.read("./ci//a.yml") is files.read("ci/a.yml")
        assert (files.exists("new.yml"), files.exists("ci/a.yml")) == (False, True)


def test_byte_order_mark_and_line_ends_come_as_they_are_stored(
    root: Path, write: Write, git: Git
) -> None:
    write({".gitattributes": "* -text\n", "x.yml": b"\xef\xbb\xbfa: 1\r\n"})
    git("add", ".")
    git("commit", "--quiet", "--message=all")

    with GitTree(root, "main") as tree:
        assert tree.read("x.yml").text == "\ufeffa: 1\r\n"


def test_links_within_the_tree_are_followed(repository: Path) -> None:
    with GitTree(repository, "HEAD") as tree:
        assert tree.read("link.yml").text == "a"
        assert (tree.read("folder/sub/b.yml").path, tree.read("folder/sub/b.yml").text) == (
            "folder/sub/b.yml",
            "b",
        )
        assert (tree.is_directory("folder"), tree.list("folder")) == (
            True,
            ["a.yml", "sub", "ümlaut datei.yml"],
        )


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("no.yml", NotFound, "cannot read no.yml: No such file or directory"),
        ("../secret.yml", NotFound, "cannot read ../secret.yml: No such file or directory"),
        ("outside.yml", NotFound, "cannot read outside.yml: No such file or directory"),
        ("absolute.yml", NotFound, "cannot read absolute.yml: No such file or directory"),
        ("loop.yml", NotFound, "cannot read loop.yml: No such file or directory"),
        ("ci", Unreadable, "cannot read ci: it is a directory"),
        ("", Unreadable, "cannot read .: it is a directory"),
        ("logo.png", Unreadable, "cannot read logo.png: it is a binary file"),
        ("model.bin", Unreadable, "cannot read model.bin: it is a Git LFS pointer"),
    ],
)
def test_what_cannot_be_read_is_told(
    repository: Path, path: str, error: type[Unreadable], message: str
) -> None:
    with GitTree(repository, "main") as tree, pytest.raises(error) as raised:
        tree.read(path)

    assert (type(raised.value), raised.value.message) == (error, message)


def test_a_file_after_one_that_is_too_large_is_read(root: Path, write: Write, git: Git) -> None:
    write({"big.yml": b"#" * (11 * 2**20), "x.yml": "a: 1"})
    git("add", ".")
    git("commit", "--quiet", "--message=all")

    with GitTree(root, "main") as tree:
        with pytest.raises(Unreadable) as raised:
            tree.read("big.yml")
        assert tree.read("x.yml").text == "a: 1"

    assert raised.value.message == (
        "cannot read big.yml: it has 11.0 MiB, and 10 MiB is the most that is read"
    )


def test_absence_is_known_but_for_submodules_and_what_lies_outside(
    root: Path, repository: Path, git: Git
) -> None:
    library = root.parent / "library"
    library.mkdir()
    git("init", "--quiet", directory=library)
    git("commit", "--quiet", "--allow-empty", "--message=empty", directory=library)
    git("submodule", "--quiet", "add", str(library), "lib")
    git("commit", "--quiet", "--message=lib")

    with GitTree(repository, "main") as tree:
        paths = {
            "": True,
            "ci": True,
            "ci/a.yml": True,
            "model.bin": True,
            "lib": True,
            "lib/x": None,
            "ci/a.yml/x": False,
            "no/such": False,
            "outside.yml": None,
            "../x": None,
            "/etc": None,
        }
        assert {path: tree.exists(path) for path in paths} == paths
        assert [
            tree.is_directory(p) for p in ("", "ci", "lib", "lib/x", "ci/a.yml", "no", "..")
        ] == [
            True,
            True,
            True,
            None,
            False,
            False,
            None,
        ]
        with pytest.raises(Unreadable, match="cannot read lib: it is a directory"):
            tree.read("lib")


def test_a_subdirectory_is_a_root_of_its_own(repository: Path) -> None:
    with GitTree(repository, "main", "ci/sub") as tree:
        assert (tree.read("b.yml").text, tree.list(""), tree.glob("**")) == (
            "b",
            ["b.yml"],
            ["b.yml"],
        )
        assert (tree.exists("../a.yml"), tree.exists("a.yml")) == (None, False)


def test_names_and_patterns_are_answered_from_the_tree(repository: Path) -> None:
    with GitTree(repository, "main") as tree:
        assert tree.list("ci") == ["a.yml", "sub", "ümlaut datei.yml"]
        assert tree.list("no") == []
        assert tree.glob("**/*.yml") == [
            ".gitlab-ci.yml",
            "ci/a.yml",
            "ci/sub/b.yml",
            "ci/ümlaut datei.yml",
            "link.yml",
        ]


@pytest.mark.parametrize("ref", ["--output=/tmp/x", "-x", ""])
def test_a_ref_that_git_would_take_for_an_option_is_refused(repository: Path, ref: str) -> None:
    with pytest.raises(UsageError) as raised:
        GitTree(repository, ref)

    assert raised.value.message == f"{ref!r} is not a git ref"


def test_an_unknown_ref_directory_or_repository_is_told(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    told = []

    for arguments in ((repository, "nope"), (repository, "main", "no/such"), (empty, "main")):
        with pytest.raises(UsageError) as raised:
            GitTree(*arguments)
        told.append((raised.value.message, raised.value.hint, raised.value.exit_code))

    assert told == [
        (f"{repository} has no ref 'nope'", "git fetch it first", 2),
        ("main has no directory 'no/such'", "", 2),
        (
            f"git cannot read {empty}: not a git repository (or any of the parent directories): .git",
            "",
            2,
        ),
    ]


def test_a_missing_git_program_is_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(CiDoctorError) as raised:
        GitTree(repository, "main")

    assert (raised.value.message, raised.value.hint, raised.value.exit_code) == (
        "cannot run git: No such file or directory",
        "install git",
        3,
    )


def test_an_object_that_was_not_fetched_is_told(root: Path, write: Write, git: Git) -> None:
    write({"a.yml": "a", "b.yml": "b"})
    git("add", ".")
    git("commit", "--quiet", "--message=all")
    blob = git("rev-parse", "HEAD:a.yml")
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    with GitTree(root, "main") as tree:
        with pytest.raises(Unreadable) as raised:
            tree.read("a.yml")
        assert tree.read("b.yml").text == "b"

    assert raised.value.message == "cannot read a.yml at main: its content is not in the repository"


def test_a_closed_tree_opens_again(repository: Path) -> None:
    tree = GitTree(repository, "main")
    tree.close()

    assert tree.read("ci/a.yml").text == "a"

    tree.close()
    assert tree.read("ci/sub/b.yml").text == "b"
    tree.close()


def test_a_branch_tag_and_commit_name_the_same_tree(repository: Path, git: Git) -> None:
    commit = git("rev-parse", "HEAD")

    trees = [GitTree(repository, ref) for ref in ("main", "first", commit, commit[:10], "HEAD")]

    assert {tree.commit for tree in trees} == {commit}
