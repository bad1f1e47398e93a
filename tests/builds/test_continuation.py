"""Lines of a command that the shell tears off."""

from __future__ import annotations

import textwrap

import pytest

from ci_doctor.builds.build import Build
from ci_doctor.edits import Fix, apply_fixes

from .surveyed import survey

HEAD = """\
build:
  image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
  script:
"""


def pipeline(script: str) -> str:
    return HEAD + textwrap.indent(textwrap.dedent(script).lstrip("\n"), "    ")


def first_build(script: str) -> Build:
    return survey(pipeline(script)).builds[0]


def breaks(script: str) -> list[tuple[str, str, str]]:
    found = first_build(script).breaks
    return [(broken.kind, broken.location.text, broken.rest) for broken in found]


def mended(script: str) -> str:
    fixes = [Fix("", broken.edits) for broken in first_build(script).breaks if broken.edits]
    return apply_fixes(".gitlab-ci.yml", pipeline(script), fixes)[0]


def test_a_blank_behind_the_backslash_ends_the_command() -> None:
    script = """
        - |
          buildctl build \\ \t
            --frontend dockerfile.v0
        """

    assert breaks(script) == [("blank", "\\ \t", "--frontend")]
    assert mended(script) == pipeline(script).replace("\\ \t", "\\")


def test_lines_without_a_backslash_are_one_fault() -> None:
    script = """
        - |
          buildctl build
            --frontend dockerfile.v0 \t
            --local context=.
          ls
        """

    assert breaks(script) == [("missing", "--frontend", "--frontend")]
    assert mended(script) == pipeline("""
        - |
          buildctl build \\
            --frontend dockerfile.v0 \\
            --local context=.
          ls
        """)


def test_an_option_in_another_item_of_the_script_has_no_line_to_continue() -> None:
    script = """
        - buildctl build
        - --frontend dockerfile.v0
        """

    assert breaks(script) == [("missing", "--frontend", "--frontend")]
    assert first_build(script).breaks[0].edits == ()


def test_comments_between_the_lines_move_above_the_command() -> None:
    script = """
        - |
          cd app
          buildctl build \\
            # one
            # two
            --frontend dockerfile.v0
        """

    assert breaks(script) == [("comment", "# one", "--frontend")]
    assert mended(script) == pipeline("""
        - |
          cd app
          # one
          # two
          buildctl build \\
            --frontend dockerfile.v0
        """)


def test_what_looks_like_a_comment_behind_a_quoted_blank_is_none() -> None:
    script = """
        - |
          buildctl build \\ # options
            --frontend dockerfile.v0
        """

    assert breaks(script) == [("missing", "--frontend", "--frontend")]


def test_a_backslash_in_joined_lines_quotes_a_blank() -> None:
    script = """
        - buildctl build \\
          --frontend dockerfile.v0 \\
          --local context=.
        """

    assert breaks(script) == [("joined", "\\", "--frontend")]
    assert mended(script) == pipeline("""
        - buildctl build
          --frontend dockerfile.v0
          --local context=.
        """)


@pytest.mark.parametrize(
    "script",
    [
        "- buildctl build --opt label:title=app\\ one --frontend dockerfile.v0",
        "- buildctl build | --frontend",
        "- buildctl build; --frontend",
        "- buildctl build && --frontend dockerfile.v0",
        "- |\n  buildctl build \\\n    --frontend dockerfile.v0\n  # done\n  ls -l",
        "- (buildctl build)\n- --frontend",
    ],
)
def test_other_commands_are_whole(script: str) -> None:
    assert breaks(script) == []


def test_no_option_of_a_broken_command_is_known_to_be_absent() -> None:
    broken = first_build("- |\n  buildctl build \n    --frontend dockerfile.v0")
    whole = first_build("- buildctl build")

    assert (broken.lacks("--output"), whole.lacks("--output")) == (False, True)
