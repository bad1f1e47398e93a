"""DOCKER_HOST on localhost, where the service is another container."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.daemon import host_of_address, port_of_address
from ...builds.dind import tags_say_kubernetes
from ...builds.job_image import is_dind
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import Location, noted

LOCAL = ("localhost", "127.0.0.1")


def find(job: Job, context: Context) -> Iterator[Finding]:
    runner = context.runner
    if not runner.uses_docker_executor or (runner.executor is None and tags_say_kubernetes(job)):
        return
    seen: list[Location] = []
    for call in context.builds.docker_calls:
        daemon = call.daemon
        if daemon.service is None or daemon.kind is not None or is_dind(daemon.service) is not True:
            continue
        if daemon.location is None or daemon.address is None or daemon.location in seen:
            continue
        if host_of_address(daemon.address).value not in LOCAL:
            continue
        seen.append(daemon.location)
        port = port_of_address(daemon.address) or "2376"
        stated = runner.executor is not None
        yield context.finding(
            daemon.location,
            "the dind service is another container, not localhost"
            + ("" if stated else ", unless the runner is on Kubernetes"),
            confidence=Confidence.CERTAIN if stated else Confidence.LIKELY,
            details=(
                f"Cannot connect to the Docker daemon at {daemon.address.display}. "
                "Is the docker daemon running?"
            ),
            related=(
                noted(
                    (daemon.service.name_value or daemon.service.value).content_location,
                    "the daemon that is meant",
                ),
            ),
            advice=(f"DOCKER_HOST: tcp://docker:{port}",),
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: ⟦tcp://localhost:2375⟧
          script: docker build -t app .
        """,
        settings="runners: {default: {executor: docker, privileged: true}}",
    )
    # Kubernetes puts all containers of a job behind one address.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - export DOCKER_HOST="⟦tcp://127.0.0.1:2375⟧"
            - docker build -t app .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {DOCKER_HOST: "tcp://localhost:2375"}
          script: docker build -t app .
        """,
        settings="runners: {default: {executor: kubernetes, privileged: true}}",
        why="on Kubernetes the service is on localhost",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          tags: [k8s-builds]
          variables: {DOCKER_HOST: "tcp://localhost:2375"}
          script: docker build -t app .
        """,
        settings="runners: {default: {privileged: true}}",
        why="the tag speaks of Kubernetes",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-dind
          variables: {DOCKER_HOST: "tcp://localhost:2375"}
          script:
            - dockerd --host tcp://127.0.0.1:2375 &
            - docker build -t app .
        """,
        settings="runners: {default: {executor: docker, privileged: true}}",
        why="the job starts a daemon itself",
    )


CHECK = Check(
    id="dind-host-localhost",
    title="DOCKER_HOST on localhost with a dind service",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        With the Docker executor each service has an address of its own, and localhost is the job's
        container, where nothing listens. The line comes from examples for Kubernetes, whose pods
        share one address.
    """,
    links=("https://docs.gitlab.com/ci/docker/docker_build_troubleshooting/",),
    since="0.1",
)
