"""A dind service whose command goes around its entrypoint's set-up."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import arguments, dinds
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job

LISTENING = ("-H", "--host", "--tls", "--config-file")


def find(job: Job, context: Context) -> Iterator[Finding]:
    for dind in dinds(job, context.runner):
        words = arguments(dind.service)
        if not words or words[0].value != "dockerd" or dind.service.entrypoint is not None:
            continue
        if any(word.startswith(option) is not False for word in words for option in LISTENING):
            continue
        yield context.finding(
            words[0].location,
            "with `dockerd` as its command dind makes no certificates and listens on no port",
            details="Cannot connect to the Docker daemon at tcp://docker:2376. "
            "Is the docker daemon running?",
            advice=("write the options alone: command begins with `--`",),
        )


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              command: ["⟦dockerd⟧", "--mtu=1400"]
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              alias: docker
              command:
                - ⟦dockerd⟧
                - --registry-mirror=https://mirror.example.com
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services:
            - {name: docker:28-dind, command: ["--mtu=1400"]}
          script: docker build -t app .
        """,
        settings=settings,
        why="options alone are added to the entrypoint's own",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services:
            - {name: docker:28-dind, command: ["dockerd", "--host=tcp://0.0.0.0:2375", "--tls=false"]}
          variables: {DOCKER_HOST: "tcp://docker:2375"}
          script: docker build -t app .
        """,
        settings=settings,
        why="the command says where to listen",
    )


CHECK = Check(
    id="dind-command-dockerd",
    title="dockerd as the command of a dind service",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The entrypoint of docker:dind adds `--host` and the TLS options to a command that begins
        with a dash. One that begins with `dockerd` runs as it is written: the daemon listens on a
        socket in its own container, where no job reaches it.
    """,
    links=("https://github.com/docker-library/docker/blob/master/dockerd-entrypoint.sh",),
    since="0.1",
)
