"""docker in an image that does not know of the dind service."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import Dind, dinds, first_use, is_certain
from ...builds.environment import exported, is_set
from ...builds.jobs import ClientCall
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.editing import add_variables
from ...pipeline.model import Job
from ...source import noted

# Images of that name are mostly built from docker's own, and keep its entrypoint.
FROM_DOCKER = ("docker", "dind", "buildx", "compose")


def find(job: Job, context: Context) -> Iterator[Finding]:
    runner, image = context.runner, context.builds.image
    if runner.socket is True or (runner.executor or "docker").startswith(("shell", "ssh")):
        return
    call = first_use(context.builds)
    services = [dind for dind in dinds(job, runner) if dind.is_called("docker") is True]
    if call is None or not services or image.name is None or not job.knows_variables:
        return
    if image.docker.official is True or any(word in image.name.template for word in FROM_DOCKER):
        return
    if not _lacks_host(call):
        return
    certain = image.library is not None or runner.is_kubernetes
    yield context.finding(
        call.command.program.written,
        "`docker` does not know of the dind service: nothing sets DOCKER_HOST"
        + ("" if certain else f", unless '{image.name.display}' does"),
        confidence=Confidence.CERTAIN if certain and is_certain(call) else Confidence.LIKELY,
        details=(
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. "
            "Is the docker daemon running?"
        ),
        related=(noted(services[0].location, "the daemon that is meant"),),
        advice=[f"{name}: {value}" for name, value in _variables(services[0]).items()],
        fix=_fix(job, services[0], call),
    )


def _lacks_host(call: ClientCall) -> bool:
    """Whether the client is known to be told nothing of a daemon."""
    daemon = call.daemon
    if daemon.location is not None:
        return False
    if daemon.kind != "socket" and (daemon.kind is not None or daemon.service is None):
        return False
    if any(option.name in ("--host", "--context", "--config") for option in call.options):
        return False
    told = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG")
    return all(is_set(exported(call.command, name)) is False for name in told)


def _variables(dind: Dind) -> dict[str, str]:
    """What the docker image's entrypoint would set."""
    if dind.tls is False:
        return {"DOCKER_HOST": "tcp://docker:2375"}
    certdir = {} if dind.certdir is not None else {"DOCKER_TLS_CERTDIR": '"/certs"'}
    return {
        "DOCKER_HOST": "tcp://docker:2376",
        **certdir,
        "DOCKER_TLS_VERIFY": '"1"',
        "DOCKER_CERT_PATH": '"$DOCKER_TLS_CERTDIR/client"',
    }


def _fix(job: Job, dind: Dind, call: ClientCall) -> Fix | None:
    values = _variables(dind)
    if any(name in job.variables for name in values) or call.command.phase == "after_script":
        return None
    # A service's own DOCKER_TLS_CERTDIR is not the job's.
    if dind.certdir is not None and dind.certdir.scope == "service":
        return None
    edits = add_variables(job, values)
    return fix("Set DOCKER_HOST for the dind service", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    settings = """
    runners: {default: {privileged: true}}
    checks: {dind-tls-disabled: off}
    """
    yield Example(
        """
        build:
          image: node:24-alpine
          services: ["docker:28-dind"]
          script:
            - apk add docker-cli
            - ⟦docker⟧ build -t app .
        """,
        fixed="""
        build:
          image: node:24-alpine
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
            DOCKER_TLS_VERIFY: "1"
            DOCKER_CERT_PATH: "$DOCKER_TLS_CERTDIR/client"
          services: ["docker:28-dind"]
          script:
            - apk add docker-cli
            - docker build -t app .
        """,
        settings=settings,
    )
    # Without TLS one variable is enough.
    yield Example(
        """
        build:
          image: python:3.14
          variables:
            DOCKER_TLS_CERTDIR: ""
          services: ["docker:28-dind"]
          script:
            - ⟦docker⟧ build -t app .
        """,
        fixed="""
        build:
          image: python:3.14
          variables:
            DOCKER_TLS_CERTDIR: ""
            DOCKER_HOST: tcp://docker:2375
          services: ["docker:28-dind"]
          script:
            - docker build -t app .
        """,
        settings=settings,
    )
    # An image of one's own may set it: a warning.
    yield Example(
        """
        build:
          image: registry.example.com/ci/toolbox:4
          services: ["docker:28-dind"]
          variables: {DOCKER_TLS_CERTDIR: "/certs"}
          script: ⟦docker⟧ build -t app .
        """,
        fixed="""
        build:
          image: registry.example.com/ci/toolbox:4
          services: ["docker:28-dind"]
          variables: {DOCKER_TLS_CERTDIR: "/certs", DOCKER_HOST: tcp://docker:2376, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "$DOCKER_TLS_CERTDIR/client"}
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: node:24
          services: ["docker:28-dind"]
          script:
            - export DOCKER_HOST=tcp://docker:2376 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=/certs/client
            - docker build -t app .
        """,
        settings=settings,
        why="the script sets it",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
        why="docker's own image sets it",
    )
    yield LookAlike(
        """
        build:
          image: registry.example.com/ci/docker-with-make:4
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
        why="an image of that name keeps docker's entrypoint",
    )


CHECK = Check(
    id="dind-non-docker-image-without-host",
    title="docker without DOCKER_HOST in another image",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        In the docker image an entrypoint points the client to the dind service. Every other image
        has docker without it: the client looks for /var/run/docker.sock, which is not there,
        while the daemon waits on tcp://docker:2376.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_docker_build/#use-docker-in-docker",),
    since="0.1",
)
