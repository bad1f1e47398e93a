"""A frontend that was an experiment once."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dockerfile_syntax import is_docker_frontend
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...dockerfile import Dockerfile, Run
from ...finding import Finding, Severity
from ...images.reference import InvalidReference, parse_reference

TAGS = ("experimental", "1.0-experimental", "1.1-experimental", "master", "master-experimental")


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    directive = dockerfile.syntax
    if directive is None or not is_docker_frontend(directive.value.value):
        return
    word = directive.value
    try:
        reference = parse_reference(word.value.strip())
    except InvalidReference:
        return
    span, tag = reference.tag_span, reference.tag_or_latest
    floating = tag == "master" or (tag or "").startswith("master-")
    if span is None or reference.digest is not None or not (floating or tag in TAGS):
        return
    start = word.value.index(word.value.strip()) + span.start
    place = word.locate(start, start + span.end - span.start)
    # Older builders take `--security` from the labs channel only.
    channel = "1-labs" if any(run.security is not None for run in dockerfile.of(Run)) else "1"
    upstream = reference.repository.endswith("-upstream")
    yield context.finding(
        place,
        f"the frontend '{tag}' is built from the development branch"
        if floating
        else f"the frontend '{tag}' is an experiment of 2019, and gets no fixes",
        details="Its features are part of docker/dockerfile:1 since 2020.",
        advice=(f"# syntax=docker/dockerfile:{channel}",),
        fix=None if upstream else fix(f"Write `{channel}`", replace(place, channel)),
    )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                # syntax=docker/dockerfile:⟦experimental⟧
                FROM node:24
                RUN --mount=type=cache,target=/root/.npm npm ci
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        fixed={
            "Dockerfile": """
                # syntax=docker/dockerfile:1
                FROM node:24
                RUN --mount=type=cache,target=/root/.npm npm ci
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                # syntax = docker/dockerfile:⟦1.0-experimental⟧
                FROM debian:12
                RUN make
            """,
            ".gitlab-ci.yml": BUILDX,
        },
        fixed={
            "Dockerfile": """
                # syntax = docker/dockerfile:1
                FROM debian:12
                RUN make
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                # syntax=docker/dockerfile:1-labs
                FROM debian:12
                RUN make
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="labs is maintained",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                # syntax=registry.example.com/frontend:experimental
                FROM debian:12
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="somebody's own frontend",
    )


CHECK = Check(
    id="dockerfile-syntax-experimental",
    title="Experimental Dockerfile frontend",
    severity=Severity.WARNING,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        The tags with `experimental` were frozen years ago, when their features became part of the
        stable frontend; newer syntax and fixes are missing in them. `master` changes every day.
    """,
    links=("https://docs.docker.com/build/buildkit/frontend/#stable-channel",),
    since="0.1",
)
