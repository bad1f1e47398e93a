from __future__ import annotations

import pytest

from ci_doctor.errors import NotFound, Unreadable
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.files.protocol import Files

CONTENTS: dict[str, str | bytes] = {
    ".gitlab-ci.yml": "a: 1",
    "ci/jobs/x.yml": "b: 2",
    "ci/logo.png": b"\x89PNG\0",
}


def test_memory_files_are_files() -> None:
    files: Files = MemoryFiles(CONTENTS)

    assert files.read("ci/jobs/x.yml").text == "b: 2"
    assert files.read("./ci//jobs/x.yml") is files.read("ci/jobs/x.yml")
    assert [files.exists(p) for p in ("ci", "ci/jobs/x.yml", "no", "../x")] == [
        True,
        True,
        False,
        None,
    ]
    assert [files.is_directory(p) for p in ("", "ci/jobs", "ci/logo.png", "no", "../x")] == [
        True,
        True,
        False,
        False,
        None,
    ]
    assert (files.list(""), files.list("ci"), files.list("no")) == (
        [".gitlab-ci.yml", "ci"],
        ["jobs", "logo.png"],
        [],
    )
    assert files.glob("**.yml") == [".gitlab-ci.yml", "ci/jobs/x.yml"]


def test_absence_is_not_known_where_the_mapping_is_not_all() -> None:
    files = MemoryFiles(CONTENTS, absent_known=False)

    assert (files.exists("no"), files.is_directory("no")) == (None, None)


@pytest.mark.parametrize(
    ("path", "error", "message"),
    [
        ("no.yml", NotFound, "cannot read no.yml: No such file or directory"),
        ("../x", NotFound, "cannot read ../x: No such file or directory"),
        ("ci", Unreadable, "cannot read ci: it is a directory"),
        ("ci/logo.png", Unreadable, "cannot read ci/logo.png: it is a binary file"),
    ],
)
def test_what_cannot_be_read_is_told(path: str, error: type[Unreadable], message: str) -> None:
    with pytest.raises(error) as raised:
        MemoryFiles(CONTENTS).read(path)

    assert (type(raised.value), raised.value.message) == (error, message)
