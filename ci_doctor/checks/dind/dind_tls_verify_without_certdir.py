"""The client asks for TLS, and dind has none."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import Dind
from ...builds.environment import exported, is_set
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import Location


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: list[Location | None] = []
    for call in context.builds.docker_calls:
        service = call.daemon.service
        if call.daemon.kind != "dind" or service is None:
            continue
        verify = exported(call.command, "DOCKER_TLS_VERIFY")
        if verify is None or is_set(verify) is not True or verify.location in seen:
            continue
        if is_set(exported(call.command, "DOCKER_CERT_PATH")) is not False:
            continue
        dind = Dind.of(service, job, context.runner)
        if dind.tls is not False or dind.certdir is None:
            continue
        seen.append(verify.location)
        place = dind.certdir.value.location
        yield context.finding(
            verify.location,
            "the client wants TLS and its certificates, and dind makes none: DOCKER_TLS_CERTDIR is empty",
            details=(
                "Failed to initialize: unable to resolve docker endpoint: "
                "open /root/.docker/ca.pem: no such file or directory"
            ),
            related=() if place is None else (place.noted("what dind goes by"),),
            advice=(
                'DOCKER_TLS_CERTDIR: "/certs" and DOCKER_CERT_PATH: "$DOCKER_TLS_CERTDIR/client"',
                "or leave DOCKER_TLS_VERIFY out",
            ),
        )


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_CERTDIR: ""
            DOCKER_TLS_VERIFY: ⟦1⟧
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        variables: {DOCKER_TLS_CERTDIR: ""}

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - export DOCKER_HOST=tcp://docker:2375 DOCKER_TLS_VERIFY=⟦1⟧
            - docker build -t app .
            - docker push registry.example.com/app
        """,
        settings=settings,
    )
    yield LookAlike(
        """
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
        why="dind makes the certificates that the client asks for",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          variables:
            DOCKER_HOST: tcp://build.example.com:2376
            DOCKER_TLS_CERTDIR: ""
            DOCKER_TLS_VERIFY: 1
            DOCKER_CERT_PATH: $BUILD_HOST_CERTIFICATES
          script: docker build -t app .
        """,
        settings=settings,
        why="a daemon elsewhere, with certificates of its own",
    )


CHECK = Check(
    id="dind-tls-verify-without-certdir",
    title="DOCKER_TLS_VERIFY with TLS switched off",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        With DOCKER_TLS_CERTDIR empty dind makes no certificates and speaks plain HTTP.
        DOCKER_TLS_VERIFY makes the client insist on TLS and look for certificates that nobody has
        written, so every docker command fails.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_docker_build/#docker-in-docker-with-tls-disabled-in-the-docker-executor",
    ),
    since="0.1",
)
