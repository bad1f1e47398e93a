"""Builds of a pipeline given as text."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from ci_doctor.builds.build import Build, Credentials
from ci_doctor.builds.jobs import JobBuilds
from ci_doctor.builds.survey import builds_of
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.pipeline.load import load_pipeline
from ci_doctor.source import Location


def survey(pipeline: str, files: Mapping[str, str] | None = None, job: str = "build") -> JobBuilds:
    """What one job of a pipeline does with images."""
    text = textwrap.dedent(pipeline).lstrip("\n")
    everything = MemoryFiles({".gitlab-ci.yml": text, **(files or {})})
    return builds_of(load_pipeline(everything, ".gitlab-ci.yml").jobs[job], everything)


def only(result: JobBuilds) -> Build:
    (build,) = result.builds
    return build


def text(place: Location | None) -> str | None:
    return None if place is None else place.text


def names(build: Build) -> list[tuple[str, str | None]]:
    return [(name.text.display, text(name.location)) for name in build.names]


def entries(credentials: Credentials) -> list[tuple[str, str, bool]]:
    return [(entry.key.display, entry.how, entry.certain) for entry in credentials.entries]
