"""A dind service on a runner that mounts the host's own Docker socket."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import dinds
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job


def find(job: Job, context: Context) -> Iterator[Finding]:
    if context.runner.socket is not True:
        return
    for dind in dinds(job, context.runner):
        yield context.finding(
            dind.location,
            "the runner mounts its own Docker socket into jobs and services: dind fights over it",
            details=(
                "The socket is mounted into the service too, where dockerd wants to make its own; "
                "without DOCKER_HOST the job talks to the host's daemon, and dind idles."
            ),
            advice=(
                "leave the service out, and build with the host's daemon",
                'or take "/var/run/docker.sock" out of `volumes` in the runner\'s config.toml',
            ),
        )


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {executor: docker, privileged: true, socket: true}}"
    yield Example(
        """
        build:
          image: docker:28-cli
          services:
            - ⟦docker:28-dind⟧
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        default:
          services:
            - name: ⟦docker:28-dind⟧
              alias: docker

        build:
          image: docker:28-cli
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          script: docker build -t app .
        """,
        settings=settings,
        why="the host's daemon builds",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings="runners: {default: {executor: docker, privileged: true, socket: false}}",
        why="no socket is mounted",
    )


CHECK = Check(
    id="socket-and-dind",
    title="dind on a runner with the host's socket",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        A runner whose config.toml mounts /var/run/docker.sock gives it to jobs and to services
        alike. dind then finds a socket where it wants its own, and a job without DOCKER_HOST uses
        the host's daemon, with other images and networks than the service.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_docker_build/#use-docker-socket-binding",),
    since="0.1",
)
