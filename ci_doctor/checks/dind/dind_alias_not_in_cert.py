"""dind under a name that its certificate does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...builds.daemon import host_of_address
from ...builds.dind import Dind, seen_by
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Finding, Severity
from ...pipeline.editing import add_variable
from ...pipeline.model import Job
from ...source import Location, noted

SAN = "DOCKER_TLS_SAN"
# dockerd-entrypoint.sh of docker-library/docker; the container's addresses are in it too.
CERTIFIED = ("docker", "localhost")


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: list[Location] = []
    for call in context.builds.docker_calls:
        daemon = call.daemon
        if daemon.kind != "dind" or daemon.service is None or daemon.tls is not True:
            continue
        if daemon.location is None or daemon.address is None or daemon.location in seen:
            continue
        host = host_of_address(daemon.address).value
        if host is None or host in CERTIFIED or re.fullmatch(r"[\d.]+|\[.*", host):
            continue
        dind = Dind.of(daemon.service, job, context.runner)
        if dind.tls is not True or not job.knows_variables:
            continue
        if seen_by(daemon.service, job, SAN) is not None:
            continue
        seen.append(daemon.location)
        edits = add_variable(job, SAN, f"DNS:{host}")
        yield context.finding(
            daemon.location,
            f"dind's certificate is for 'docker' and 'localhost', not for '{host}'",
            details=(
                f'error during connect: Get "https://{host}:2376/_ping": tls: failed to verify '
                f"certificate: x509: certificate is valid for docker, localhost, not {host}"
            ),
            related=(noted(dind.location, "the daemon with that certificate"),),
            advice=(f'{SAN}: "DNS:{host}"', "or alias: docker, and tcp://docker:2376"),
            fix=fix(f"Set {SAN}", *edits) if edits else None,
        )


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: docker:28-cli
          services:
            - {name: docker:28-dind, alias: builder}
          variables:
            DOCKER_HOST: ⟦tcp://builder:2376⟧
            DOCKER_TLS_CERTDIR: "/certs"
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services:
            - {name: docker:28-dind, alias: builder}
          variables:
            DOCKER_HOST: tcp://builder:2376
            DOCKER_TLS_CERTDIR: "/certs"
            DOCKER_TLS_SAN: DNS:builder
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        variables:
          DOCKER_TLS_CERTDIR: "/certs"

        build:
          image: node:24
          services:
            - {name: registry.example.com/mirror/docker:28-dind, alias: dind}
          script:
            - export DOCKER_HOST=⟦tcp://dind:2376⟧ DOCKER_TLS_VERIFY=1
            - export DOCKER_CERT_PATH=/certs/client
            - docker build -t app .
        """,
        fixed="""
        variables:
          DOCKER_TLS_CERTDIR: "/certs"

        build:
          image: node:24
          variables:
            DOCKER_TLS_SAN: DNS:dind
          services:
            - {name: registry.example.com/mirror/docker:28-dind, alias: dind}
          script:
            - export DOCKER_HOST=tcp://dind:2376 DOCKER_TLS_VERIFY=1
            - export DOCKER_CERT_PATH=/certs/client
            - docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              alias: builder
              variables: {DOCKER_TLS_SAN: "DNS:builder"}
          variables:
            DOCKER_HOST: tcp://builder:2376
            DOCKER_TLS_CERTDIR: "/certs"
          script: docker build -t app .
        """,
        settings=settings,
        why="the certificate is made for that name too",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services:
            - {name: docker:28-dind, alias: builder}
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
          script: docker build -t app .
        """,
        settings=settings,
        why="the service answers to docker as well",
    )


CHECK = Check(
    id="dind-alias-not-in-cert",
    title="dind under a name that is not in its certificate",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The certificate that dind makes for itself is good for the names docker and localhost. A
        client that calls it by another alias refuses to talk to it; DOCKER_TLS_SAN adds names.
    """,
    links=(
        "https://github.com/docker-library/docker/blob/master/dockerd-entrypoint.sh",
        "https://docs.gitlab.com/ci/services/#available-settings-for-services",
    ),
    since="0.1",
)
