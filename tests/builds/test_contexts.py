"""What of a context a build gets."""

from __future__ import annotations

from collections.abc import Mapping

from ci_doctor.builds.contexts import BuildContext, context_of, copy_sources
from ci_doctor.builds.jobs import JobBuilds
from ci_doctor.builds.survey import builds_of
from ci_doctor.dockerfile import Copy, Scopes, parse_dockerfile
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.pipeline.load import load_pipeline
from ci_doctor.source import Source


def context(
    script: str,
    files: Mapping[str, str],
    *,
    absent_known: bool = True,
    image: str = "docker:28-cli",
) -> BuildContext | None:
    text = f"build:\n  image: {image}\n  script:\n" + "".join(
        f"    - {line}\n" for line in script.split("\n")
    )
    everything = MemoryFiles({".gitlab-ci.yml": text, **files}, absent_known)
    job: JobBuilds = builds_of(
        load_pipeline(everything, ".gitlab-ci.yml").jobs["build"], everything
    )
    return context_of(job.builds[-1], job, everything)


def answer(given: BuildContext | None, *paths: str) -> tuple[str, bool, list[str]] | None:
    if given is None:
        return None
    return given.path, given.known, [path for path in paths if given.excludes(path) is not None]


def test_the_ignore_file_of_the_context_keeps_paths_out() -> None:
    given = context("docker build app", {"app/.dockerignore": "*.md\n!README.md\ndist\n"})

    assert answer(given, "a.md", "README.md", "dist", "src") == ("app", True, ["a.md", "dist"])
    assert given is not None
    assert given.repository_path("src") == "app/src"


def test_the_ignore_file_beside_the_dockerfile_wins() -> None:
    files = {".dockerignore": "a\n", "ci/Dockerfile.dockerignore": "b\n", "ci/Dockerfile": ""}

    assert answer(context("docker build -f ci/Dockerfile .", files), "a", "b") == ("", True, ["b"])


def test_a_directory_of_which_something_is_taken_back_counts_as_there() -> None:
    given = context("docker build .", {".dockerignore": "dist\n!dist/app\n"})

    assert answer(given, "dist", "dist/other") == ("", True, ["dist/other"])


def test_an_ignore_file_that_the_job_writes_is_not_known() -> None:
    given = context("echo '*' > .dockerignore\ndocker build .", {".dockerignore": "a\n"})

    assert answer(given, "a") == ("", False, [])


def test_outside_of_git_a_missing_ignore_file_may_be_there() -> None:
    assert answer(context("docker build .", {}, absent_known=False)) == ("", False, [])
    assert answer(context("docker build .", {})) == ("", True, [])


def test_a_context_from_elsewhere_is_none() -> None:
    assert context("docker build https://example.com/app.git", {}) is None
    assert context("docker build $FOLDER", {}) is None


def test_the_files_that_copy_names() -> None:
    text = """FROM alpine AS base
ARG NAME=app
COPY ./$NAME /etc/../conf/ ../up *.md $OTHER /dst/
COPY --from=base /x /y
ADD . https://example.com/x.tar git@example.com:x.git archive.tar /dst/
COPY <<EOF file /dst/
text
EOF
"""
    dockerfile = parse_dockerfile(Source("Dockerfile", text))
    scopes = Scopes(dockerfile)

    found = [
        [source.path for source in copy_sources(copy, scopes.at(copy))]
        for copy in dockerfile.of(Copy)
    ]

    assert found == [["app", "conf", "up"], [], ["", "archive.tar"], ["file"]]
