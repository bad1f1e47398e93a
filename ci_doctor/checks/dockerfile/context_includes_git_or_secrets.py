"""`COPY .` that takes the repository's own files along."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Build
from ...builds.contexts import BuildContext, context_of, copy_sources
from ...builds.presence import is_written
from ...builds.stage_platforms import image_stages
from ...check import Check, Context, Example, LookAlike, fix
from ...dockerfile import Copy, Run, Scopes, Stage, needed_stages, read_run
from ...dockerfile.ignore import add_pattern
from ...finding import Finding, Severity
from ...source import Location

SECRETS = (".env", ".npmrc", ".pypirc", ".netrc")


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    given = context_of(build, context.builds, context.files)
    if dockerfile is None or given is None or not given.known:
        return
    names = _left_in(given, build, context)
    if not names:
        return
    scopes = scopes_of(build, dockerfile)
    image = image_stages(build, scopes)
    for stage in needed_stages(dockerfile, build.target, scopes=scopes):
        place = _copies_everything(stage, scopes)
        # A step that asks git needs its files.
        wanted = [name for name in names if name != ".git" or not _asks_git(stage, scopes)]
        if place is not None and wanted:
            yield _finding(place, wanted, stage in image, given, context)


def _left_in(given: BuildContext, build: Build, context: Context) -> list[str]:
    """What stands in the context, is nobody's business, and is not kept out."""
    found = []
    strategy = build.command.variable("GIT_STRATEGY")
    cloned = strategy is None or strategy.value in ("clone", "fetch")
    # The checkout's own folder stands in its root.
    if cloned and not given.path and not _is_out(given, ".git", ".git/config"):
        found.append(".git")
    for name in SECRETS:
        path = given.repository_path(name)
        there = context.files.exists(path) is True
        there = there or is_written(path, build.command, context.builds)
        if there and not _is_out(given, name):
            found.append(name)
    return found


def _is_out(given: BuildContext, *paths: str) -> bool:
    return any(given.ignore is not None and given.ignore.excludes(path) for path in paths)


def _copies_everything(stage: Stage, scopes: Scopes) -> Location | None:
    for copy in stage.of(Copy):
        if copy.excludes:
            continue
        for source in copy_sources(copy, scopes.at(copy)):
            if not source.path:
                return source.location
    return None


def _asks_git(stage: Stage, scopes: Scopes) -> bool:
    return any(
        command.name == "git" or any(w.text.value == "git" for w in command.arguments)
        for run in stage.of(Run)
        for command in read_run(run, scopes.at(run)).commands
        if command.name not in ("apk", "apt", "apt-get", "dnf", "microdnf", "yum")
    )


def _finding(
    place: Location, names: list[str], in_image: bool, given: BuildContext, context: Context
) -> Finding:
    shown = " and ".join(f"'{name}'" for name in names)
    where = (
        "no .dockerignore keeps it out" if given.ignore is None else "its .dockerignore lacks it"
    )
    edits = [] if given.ignore is None else [add_pattern(given.ignore, "\n".join(names))]
    return context.finding(
        place,
        f"the image gets {shown}, too: {where}"
        if in_image
        else f"the build gets {shown}, too: {where}",
        severity=Severity.WARNING if in_image else Severity.INFO,
        details=(
            "Whoever pulls the image reads the whole history of the repository."
            if ".git" in names and in_image
            else "What changes there makes the layer, and all behind it, anew."
        ),
        advice=tuple(f".dockerignore: {name}" for name in names),
        fix=fix(f"Add {shown} to {given.ignore.source.path}", *edits, unsafe=True)
        if given.ignore is not None
        else None,
    )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM nginx:1.29
                COPY ⟦.⟧ /usr/share/nginx/html
            """,
            ".gitlab-ci.yml": ROOTLESS,
        }
    )
    yield Example(
        {
            "Dockerfile": """
                FROM python:3.13
                RUN apt-get update && apt-get install -y git
                WORKDIR /app
                ADD ⟦./⟧ ./
                RUN pip install -r requirements.txt
            """,
            ".dockerignore": "*.md\n",
            ".env": "DB_PASSWORD=s3cret\n",
            ".gitlab-ci.yml": BUILDX,
        },
        fixed={
            "Dockerfile": """
                FROM python:3.13
                RUN apt-get update && apt-get install -y git
                WORKDIR /app
                ADD ./ ./
                RUN pip install -r requirements.txt
            """,
            ".dockerignore": "*.md\n.git\n.env\n",
            ".env": "DB_PASSWORD=s3cret\n",
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM golang:1.26 AS build
                COPY . .
                RUN go build -ldflags "-X main.version=$(git describe)" -o /app ./cmd/app
                FROM alpine:3.22
                COPY --from=build /app /usr/bin/app
                COPY app /srv
            """,
            "app/main.go": "package main\n",
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a stage that needs git's files and is not the image, and a copy of one directory",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM python:3.13
                COPY . /app
            """,
            ".dockerignore": "**/.*\n",
            ".env": "DB_PASSWORD=s3cret\n",
            ".gitlab-ci.yml": BUILDX,
        },
        why="kept out by a pattern for all such names",
    )
    yield LookAlike(
        {
            "services/api/Dockerfile": """
                FROM python:3.13
                COPY . /app
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build -t api services/api
            """,
        },
        why="the context is a directory below the root",
    )


CHECK = Check(
    id="context-includes-git-or-secrets",
    title="Repository's own files in the image",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `COPY .` takes all of the context: the repository's history, files with passwords that are
        only for development. They are in the image for everybody who may pull it, a web server
        may even serve them, and each commit makes the layer anew.
    """,
    links=("https://docs.docker.com/build/concepts/context/#dockerignore-files",),
    since="0.1",
)
