"""A Docker daemon that anybody on the network may command."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.daemon import port_of_address
from ...builds.dind import decides_itself, dinds
from ...builds.environment import exported, is_set
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import noted


def find(job: Job, context: Context) -> Iterator[Finding]:
    if context.runner.is_kubernetes or _wants_tls(context):
        return
    for dind in dinds(job, context.runner):
        certdir = dind.certdir
        if certdir is None or certdir.text.is_empty is not True or decides_itself(dind.service):
            continue
        yield context.finding(
            certdir.value.location,
            "TLS is off: dind obeys whoever reaches its port 2375",
            details=(
                "The daemon runs privileged: its API gives root on the runner's machine to every "
                "container on the same network."
            ),
            related=(noted(dind.location, "the daemon"),),
            advice=(
                'DOCKER_TLS_CERTDIR: "/certs"',
                'in the runner\'s config.toml: [runners.docker] volumes = ["/certs/client", "/cache"]',
            ),
        )


def _wants_tls(context: Context) -> bool:
    """Whether a client asks for TLS all the same: that is another fault, and a worse one."""
    return any(
        is_set(exported(call.command, "DOCKER_TLS_VERIFY")) is not False
        or (
            call.daemon.location is not None
            and call.daemon.address is not None
            and port_of_address(call.daemon.address) == "2376"
        )
        for call in context.builds.docker_calls
    )


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_CERTDIR: ⟦""⟧
          script: docker build -t app .
        """,
        settings=settings,
    )
    # One finding for all jobs that share it.
    yield Example(
        """
        variables:
          DOCKER_HOST: tcp://docker:2375
          DOCKER_TLS_CERTDIR: ⟦''⟧

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build -t app .

        test:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker run --rm app ./test.sh
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {DOCKER_TLS_CERTDIR: "", DOCKER_HOST: "tcp://docker:2375"}
          script: docker build -t app .
        """,
        settings="runners: {default: {executor: kubernetes, privileged: true}}",
        why="in a pod nobody else reaches the port",
    )
    yield LookAlike(
        """
        variables: {DOCKER_TLS_CERTDIR: ""}

        build:
          image: docker:28-cli
          variables: {DOCKER_HOST: "tcp://build.example.com:2376"}
          script: docker build -t app .
        """,
        settings=settings,
        why="no dind service goes by it",
    )


CHECK = Check(
    id="dind-tls-disabled",
    title="dind without TLS",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        An empty DOCKER_TLS_CERTDIR makes dind listen without TLS and without asking who is there.
        Jobs that share a network with it, on Docker's default bridge all jobs of the machine, can
        start privileged containers through it.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_docker_build/#docker-in-docker-with-tls-enabled-in-the-docker-executor",
        "https://docs.docker.com/engine/security/protect-access/",
    ),
    since="0.1",
)
