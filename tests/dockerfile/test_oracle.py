"""Our parser against BuildKit's own (PyPI `dockerfile`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.compare_dockerfiles import differences, parser_fault
from ci_doctor.dockerfile import parse_dockerfile
from ci_doctor.source import Source

FIXTURES = Path(__file__).parent.parent / "fixtures" / "dockerfiles"
READ = sorted(FIXTURES.glob("*.Dockerfile"))
REFUSED = sorted((FIXTURES / "refused").glob("*.Dockerfile"))


@pytest.fixture(autouse=True)
def _oracle() -> None:
    pytest.importorskip("dockerfile", reason="BuildKit's parser has no wheel for this platform")


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def test_there_are_fixtures() -> None:
    assert len(READ) >= 40
    assert len(REFUSED) >= 10


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_the_fixture_is_read_as_buildkit_reads_it(path: Path) -> None:
    assert list(differences(read(path))) == []
    assert parser_fault(parse_dockerfile(Source(path.name, read(path)))) is None


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_the_fixture_is_refused_as_buildkit_refuses_it(path: Path) -> None:
    assert list(differences(read(path))) == []
    assert parser_fault(parse_dockerfile(Source(path.name, read(path)))) is not None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('FROM a\nRUN ["b"] c\n', "text behind a JSON array"),
        ("FROM a\nRUN cat << EOF\nb\nEOF\n", "blanks between << and the name of a heredoc"),
        ("# escape=`\nFROM a\nRUN --mount=b\\c d\n", "the escape character in a flag"),
    ],
)
def test_where_the_library_is_older_than_our_reading_the_difference_is_explained(
    text: str, why: str
) -> None:
    assert [reason for _, reason in differences(text)] == [why]
