"""Jobs written as YAML, and what the walk finds in them, in short."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from ci_doctor.execution.command import Certainty, Command, Execution, Guard, Word
from ci_doctor.execution.walk import execute
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.pipeline.load import load_pipeline

NO_FILES: Mapping[str, str] = {}


def run(pipeline: str, files: Mapping[str, str] = NO_FILES, job: str = "job") -> Execution:
    """The execution of `job` in a pipeline given as text."""
    repository = MemoryFiles({".gitlab-ci.yml": textwrap.dedent(pipeline), **files})
    loaded = load_pipeline(repository, ".gitlab-ci.yml")
    return execute(loaded.jobs[job], repository)


def run_script(
    text: str, files: Mapping[str, str] = NO_FILES, variables: Mapping[str, str] = NO_FILES
) -> Execution:
    """The execution of a job whose script is `text`."""
    lines = ["job:", "  variables:", "    UNUSED: ''"]
    lines += [f"    {name}: '{value}'" for name, value in variables.items()]
    lines += ["  script:", "    - |2", textwrap.indent(textwrap.dedent(text), "      ")]
    return run("\n".join(lines), files)


def shown(word: Word) -> str:
    """The word's text; `?` after one that may be none or several."""
    return word.text.display + ("?" if word.opaque else "")


def line(command: Command) -> str:
    return " ".join(map(shown, command.words))


def lines(execution: Execution) -> list[str]:
    return [line(command) for command in execution.commands]


def named(execution: Execution, name: str) -> list[str]:
    """The commands of one program, without the program."""
    return [" ".join(map(shown, c.arguments)) for c in execution.named(name)]


def guard(guard: Guard) -> str:
    return ("" if guard.holds else "not ") + " ".join(map(shown, guard.words))


def under(command: Command) -> list[str]:
    """How certain a command is, and its guards."""
    certain = "always" if command.certainty is Certainty.ALWAYS else "possible"
    return [certain, *map(guard, command.guards)]


def missed(execution: Execution) -> list[tuple[str, str]]:
    return [(each.kind, each.what) for each in execution.not_followed]
