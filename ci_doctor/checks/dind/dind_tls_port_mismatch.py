"""DOCKER_HOST names the port on which dind does not listen."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Daemon
from ...builds.daemon import port_of_address
from ...builds.dind import Dind, decides_itself
from ...builds.environment import exported, is_set
from ...builds.jobs import ClientCall
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import Location, Span

PLAIN, TLS = "2375", "2376"


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: list[Location] = []
    for call in context.builds.docker_calls:
        daemon = call.daemon
        if daemon.kind != "dind" or daemon.service is None or daemon.location is None:
            continue
        if daemon.address is None or daemon.location in seen:
            continue
        dind = Dind.of(daemon.service, job, context.runner)
        if (found := _judge(call, daemon, dind, context)) is not None:
            seen.append(daemon.location)
            yield found


def _judge(call: ClientCall, daemon: Daemon, dind: Dind, context: Context) -> Finding | None:
    assert daemon.address is not None
    port = port_of_address(daemon.address)
    details = (
        f"Cannot connect to the Docker daemon at {daemon.address.display}. "
        "Is the docker daemon running?"
    )
    if port == PLAIN and dind.tls is True:
        return context.finding(
            daemon.location,
            f"nothing listens on port {PLAIN}: with DOCKER_TLS_CERTDIR set dind uses {TLS} and TLS",
            details=details,
            related=_certdir(dind),
            advice=(
                f"DOCKER_HOST: tcp://docker:{TLS}",
                'DOCKER_TLS_VERIFY: "1"',
                'DOCKER_CERT_PATH: "$DOCKER_TLS_CERTDIR/client"',
            ),
            fix=_fix(daemon, PLAIN, TLS) if _finds_certificates(call, context) else None,
        )
    if port == TLS and dind.tls is False:
        written = dind.certdir is not None
        return context.finding(
            daemon.location,
            f"nothing listens on port {TLS}: this dind uses {PLAIN}, without TLS",
            confidence=Confidence.CERTAIN if written else Confidence.LIKELY,
            details=details,
            related=_certdir(dind),
            advice=('DOCKER_TLS_CERTDIR: "/certs"', f"or DOCKER_HOST: tcp://docker:{PLAIN}"),
            fix=_fix(daemon, TLS, PLAIN) if daemon.tls is not True else None,
        )
    if port == PLAIN and dind.tls is None and dind.certdir is None and _has_default(dind, context):
        return context.finding(
            daemon.location,
            f"dind listens on {TLS} and not on {PLAIN}, unless the runner sets DOCKER_TLS_CERTDIR empty",
            confidence=Confidence.LIKELY,
            details=details,
            advice=(
                f'DOCKER_HOST: tcp://docker:{TLS} with DOCKER_TLS_CERTDIR: "/certs"',
                f'or DOCKER_TLS_CERTDIR: "" for port {PLAIN} without TLS',
            ),
        )
    return None


def _certdir(dind: Dind) -> tuple[Location | None, ...]:
    place = None if dind.certdir is None else dind.certdir.value.location
    return () if place is None else (place.noted("what dind goes by"),)


def _has_default(dind: Dind, context: Context) -> bool:
    """Whether the daemon goes by the image's own DOCKER_TLS_CERTDIR, as far as it is seen."""
    job = context.job
    return job is not None and job.knows_variables and not decides_itself(dind.service)


def _finds_certificates(call: ClientCall, context: Context) -> bool:
    """Whether the client speaks TLS once the port is right."""
    image = context.builds.image
    if image.docker.official is True and image.keeps_entrypoint is True:
        return True
    return all(
        is_set(exported(call.command, name)) is True
        for name in ("DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")
    )


def _fix(daemon: Daemon, old: str, new: str) -> Fix | None:
    place = daemon.location
    if place is None or place.text.count(old) != 1:
        return None
    start = place.span.start + place.text.index(old)
    port = Location(place.source, Span(start, start + len(old)))
    return fix(f"Use port {new}", replace(port, new))


def examples() -> Iterator[Example | LookAlike]:
    settings = """
    runners: {default: {privileged: true}}
    checks: {dind-tls-disabled: off}
    """
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: ⟦tcp://docker:2375⟧
            DOCKER_TLS_CERTDIR: "/certs"
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        variables:
          DOCKER_HOST: "⟦tcp://docker:2376/⟧"
          DOCKER_TLS_CERTDIR: ""

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        fixed="""
        variables:
          DOCKER_HOST: "tcp://docker:2375/"
          DOCKER_TLS_CERTDIR: ""

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
    )
    # A warning: many runners set the variable empty for all their jobs.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - export DOCKER_HOST=⟦tcp://docker:2375⟧
            - docker build -t app .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services:
            - {name: docker:28-dind, command: ["--tls=false"]}
          variables: {DOCKER_HOST: "tcp://docker:2375"}
          script: docker build -t app .
        """,
        settings=settings,
        why="the command turns TLS off",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services:
            - {name: docker:28-dind, variables: {DOCKER_TLS_CERTDIR: ""}}
          variables: {DOCKER_HOST: "tcp://docker:2375"}
          script: docker build -t app .
        """,
        settings=settings,
        why="the service has the variable of its own",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          variables: {DOCKER_HOST: "tcp://build.example.com:2375", DOCKER_TLS_CERTDIR: "/certs"}
          script: docker build -t app .
        """,
        settings=settings,
        why="a daemon elsewhere",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          tags: [saas-linux-small-amd64]
          variables: {DOCKER_HOST: "tcp://docker:2375"}
          script: docker build -t app .
        """,
        why="GitLab.com's runners set DOCKER_TLS_CERTDIR empty",
    )


CHECK = Check(
    id="dind-tls-port-mismatch",
    title="DOCKER_HOST with the wrong port for dind",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        docker:dind listens on one port: 2376 with TLS when DOCKER_TLS_CERTDIR holds a directory,
        which it does by default, and 2375 without TLS when the variable is empty. A DOCKER_HOST
        with the other port finds nobody, and the first docker command ends the job.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_docker_build/#use-docker-in-docker",
        "https://docs.gitlab.com/ci/docker/docker_build_troubleshooting/",
    ),
    since="0.1",
)
