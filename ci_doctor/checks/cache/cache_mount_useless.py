"""Cache mounts on a builder that ends with the job."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.caches import is_ephemeral
from ...builds.operations import reaching
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile, Run
from ...finding import Finding, Severity


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for run in dockerfile.of(Run):
        mounts = [mount for mount in run.mounts if mount.type == "cache"]
        if not mounts:
            continue
        builds = reaching(dockerfile, run.span.start, context.builds_with(dockerfile))
        if not builds or any(is_ephemeral(build) is not True for build in builds):
            continue
        for mount in mounts:
            yield context.finding(
                mount.location,
                "this cache is empty in every job: it lives in the builder, which ends with the job",
                advice=(
                    "cache the layers instead: put the step before what changes often, and export "
                    "the build cache with mode=max",
                ),
            )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM golang:1.26
                RUN ⟦--mount=type=cache,target=/root/.cache/go-build⟧ go build ./...
            """,
            ".gitlab-ci.yml": ROOTLESS,
        }
    )
    yield Example(
        {
            "Dockerfile": """
                FROM node:24
                COPY package*.json .
                RUN --mount=type=secret,id=npm ⟦--mount=type=cache,target=/root/.npm⟧ npm ci
            """,
            ".gitlab-ci.yml": BUILDX,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM golang:1.26
                RUN --mount=type=cache,target=/root/.cache/go-build go build ./...
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  variables: {DOCKER_HOST: "tcp://build.example.com:2376"}
                  script: docker build -t app .
            """,
        },
        why="that daemon goes on between the jobs",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM golang:1.26
                RUN --mount=type=bind,target=. --mount=type=tmpfs,target=/tmp go build -o /app ./...
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="other mounts",
    )


CHECK = Check(
    id="cache-mount-useless",
    title="Cache mount that never persists",
    severity=Severity.INFO,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        A cache mount belongs to the builder, not to the image and not to the build cache. A
        daemon that starts with the job begins with an empty one and takes it along at the end:
        on GitLab the mount saves time only with a builder that stays.
    """,
    links=("https://docs.docker.com/build/cache/optimize/#use-cache-mounts",),
    since="0.1",
)
