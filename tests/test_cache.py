"""Files kept for the next run."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from ci_doctor.cache import Cache

needs_posix = pytest.mark.skipif(os.name == "nt", reason="permissions are others there")
not_as_root = pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind here"
)


def test_what_is_put_under_a_key_is_there_under_that_key_only(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "a" / "cache")

    cache.put(b"one", "host", "project", "path")

    assert cache.get("host", "project", "path") == b"one"
    assert Cache(tmp_path / "a" / "cache").get("host", "project", "path") == b"one"
    assert cache.get("host", "projectpath") is None
    assert cache.get("hostproject", "path") is None


def test_a_later_content_replaces_the_former_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")

    cache.put(b"one", "key")
    cache.put(b"two", "key")

    assert cache.get("key") == b"two"
    assert len(list((tmp_path / "cache").iterdir())) == 1


@needs_posix
def test_only_this_user_can_read_what_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "cache"

    Cache(folder).put(b"one", "key")

    assert [stat.S_IMODE(p.stat().st_mode) for p in (folder, *folder.iterdir())] == [0o700, 0o600]


@needs_posix
def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    cache.put(b"one", "key")
    (tmp_path / "cache").chmod(0o777)

    assert cache.get("key") is None
    cache.put(b"two", "other")
    (tmp_path / "cache").chmod(0o700)
    assert cache.get("other") is None


def test_where_no_folder_can_be_made_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")

    cache.put(b"one", "key")

    assert cache.get("key") is None


@not_as_root
def test_a_home_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    cache = Cache(tmp_path / "cache")

    cache.put(b"one", "key")

    tmp_path.chmod(0o700)
    assert cache.get("key") is None


def test_without_a_home_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cache = Cache(Path("~/.cache/ci-doctor"))

    cache.put(b"one", "key")

    assert (cache.get("key"), list(tmp_path.iterdir())) == (None, [])


@pytest.mark.skipif(sys.platform != "linux", reason="another folder there")
def test_the_cache_of_the_user_is_where_such_things_belong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    Cache.of_user().put(b"one", "key")

    assert Cache.of_user().get("key") == b"one"
