"""What GitLab keeps of a job's files."""

from __future__ import annotations

import pytest

from ci_doctor.builds.keeping import is_kept
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.pipeline.load import load_pipeline


def kept(keywords: str, path: str | None, head: str = "") -> bool | None:
    text = f"{head}\nbuild: {{script: make{keywords}}}\n"
    files = MemoryFiles({".gitlab-ci.yml": text})
    return is_kept(load_pipeline(files, ".gitlab-ci.yml").jobs["build"], path)


@pytest.mark.parametrize(
    ("keywords", "path", "answer"),
    [
        ("", ".cache", False),
        (", cache: {paths: [.cache]}", ".cache", True),
        (", cache: {paths: [.cache/]}", ".cache/buildkit", True),
        (", cache: {paths: [.cache/buildkit/blobs]}", ".cache/buildkit", False),
        (", cache: [{paths: [a]}, {paths: ['$CI_PROJECT_DIR/b']}]", "b", True),
        (", cache: {paths: ['.cache/*']}", ".cache/buildkit", True),
        (", cache: {paths: ['.cache/*.json']}", ".cache/buildkit", None),
        (", cache: {paths: ['$FOLDER']}", "a", None),
        (", cache: {untracked: true}", "a", None),
        (", cache: {untracked: false, paths: [b]}", "a", False),
        (", artifacts: {paths: [a]}", "a/b", True),
        ("", "/tmp/cache", False),
        ("", "/cache/buildkit", None),
        ("", None, None),
    ],
)
def test_a_directory_is_kept_where_cache_or_artifacts_name_it(
    keywords: str, path: str | None, answer: bool | None
) -> None:
    assert kept(keywords, path) is answer


def test_an_include_that_was_not_read_may_keep_it() -> None:
    assert kept("", "a", "include: {remote: 'https://example.com/ci.yml'}") is None


def test_the_cache_of_default_counts() -> None:
    assert kept("", "a", "default: {cache: {paths: [a]}}") is True
