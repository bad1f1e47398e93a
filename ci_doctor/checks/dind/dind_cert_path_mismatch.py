"""The client looks for dind's certificates in another directory."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from ...builds.dind import Dind
from ...builds.environment import exported, is_set
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...execution.command import Execution
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import Location
from ...text import Text

PATH, CERTDIR = "DOCKER_CERT_PATH", "DOCKER_TLS_CERTDIR"


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: list[Location | None] = []
    for call in context.builds.docker_calls:
        service = call.daemon.service
        if call.daemon.kind != "dind" or service is None:
            continue
        path = exported(call.command, PATH)
        if path is None or path.value is None or path.location in seen:
            continue
        if is_set(exported(call.command, "DOCKER_TLS_VERIFY")) is not True:
            continue
        certdir = Dind.of(service, job, context.runner).certdir
        made = None if certdir is None else certdir.text.value
        if not made or _same(path.value, f"{made}/client"):
            continue
        if _may_be_filled(path.value, context.execution):
            continue
        seen.append(path.location)
        yield context.finding(
            path.location,
            f"dind puts the client's certificates into '{made}/client', not into '{path.value}'",
            details=(
                "Failed to initialize: unable to resolve docker endpoint: "
                f"open {path.value}/ca.pem: no such file or directory"
            ),
            advice=(f'{PATH}: "${CERTDIR}/client"',),
            fix=_fix(job, path),
        )


def _same(path: str, other: str) -> bool:
    return posixpath.normpath(path) == posixpath.normpath(other)


def _may_be_filled(path: str, execution: Execution) -> bool:
    """Whether a command of the job may put certificates there."""
    return not execution.complete or any(
        word.text.contains(path) is True for command in execution.commands for word in command.words
    )


def _fix(job: Job, path: Text) -> Fix | None:
    variable = job.variables.get(PATH)
    if variable is None or CERTDIR not in job.variables or len(variable.alternatives) > 1:
        return None
    place = variable.value.location
    if place is None or variable.text.location != path.location:
        return None
    return fix(f"Use ${CERTDIR}/client", replace(place, f'"${CERTDIR}/client"'))


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
            DOCKER_TLS_VERIFY: 1
            DOCKER_CERT_PATH: "⟦/certs⟧"
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
            DOCKER_TLS_VERIFY: 1
            DOCKER_CERT_PATH: "$DOCKER_TLS_CERTDIR/client"
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        variables:
          DOCKER_TLS_CERTDIR: /builds/certs

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - export DOCKER_HOST=tcp://docker:2376 DOCKER_TLS_VERIFY=1
            - export DOCKER_CERT_PATH=⟦/certs/client⟧
            - docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_CERTDIR: /certs/
            DOCKER_TLS_VERIFY: 1
            DOCKER_CERT_PATH: /certs/client
          script: docker build -t app .
        """,
        settings=settings,
        why="the same directory",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_CERTDIR: /certs
            DOCKER_TLS_VERIFY: 1
            DOCKER_CERT_PATH: /root/tls
          script:
            - cp -r /certs/client /root/tls
            - docker build -t app .
        """,
        settings=settings,
        why="the job copies them there",
    )


CHECK = Check(
    id="dind-cert-path-mismatch",
    title="DOCKER_CERT_PATH elsewhere than dind's certificates",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        dind writes what a client needs into the directory `client` below DOCKER_TLS_CERTDIR. With
        DOCKER_CERT_PATH the client looks there only, so another directory ends the first docker
        command.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_docker_build/#docker-in-docker-with-tls-enabled-in-kubernetes",
    ),
    since="0.1",
)
