"""On Kubernetes nobody points docker to the dind service."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import dinds, first_use
from ...builds.environment import exported, is_set
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Finding, Severity
from ...pipeline.editing import add_variables
from ...pipeline.model import Job
from ...source import noted

HONOURS = "FF_KUBERNETES_HONOR_ENTRYPOINT"


def find(job: Job, context: Context) -> Iterator[Finding]:
    if not context.runner.is_kubernetes or context.builds.image.docker.official is not True:
        return
    call = first_use(context.builds)
    services = dinds(job, context.runner)
    if call is None or not services or call.daemon.location is not None:
        return
    if not job.knows_variables or HONOURS in job.variables:
        return
    told = ("DOCKER_HOST", "DOCKER_CONTEXT")
    if any(is_set(exported(call.command, name)) is not False for name in told):
        return
    values = {
        "DOCKER_HOST": "tcp://docker:2376",
        "DOCKER_TLS_CERTDIR": '"/certs"',
        "DOCKER_TLS_VERIFY": '"1"',
        "DOCKER_CERT_PATH": '"$DOCKER_TLS_CERTDIR/client"',
    }
    if services[0].tls is False:
        values = {"DOCKER_HOST": "tcp://docker:2375"}
    missing = {name: value for name, value in values.items() if name not in job.variables}
    edits = add_variables(job, missing)
    yield context.finding(
        call.command.program.written,
        "`docker` does not know of the dind service: on Kubernetes the image's entrypoint does not run",
        details=(
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. "
            "Is the docker daemon running?"
        ),
        related=(noted(services[0].location, "the daemon that is meant"),),
        advice=[f"{name}: {value}" for name, value in values.items()],
        fix=fix("Set DOCKER_HOST for the dind service", *edits) if edits else None,
    )


def examples() -> Iterator[Example | LookAlike]:
    settings = """
    runners: {default: {executor: kubernetes, privileged: true}}
    """
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: ⟦docker⟧ build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
            DOCKER_TLS_VERIFY: "1"
            DOCKER_CERT_PATH: "$DOCKER_TLS_CERTDIR/client"
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_CERTDIR: ""
          script:
            - docker --version
            - ⟦docker⟧ build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_CERTDIR: ""
            DOCKER_HOST: tcp://docker:2375
          script:
            - docker --version
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
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
            DOCKER_TLS_VERIFY: "1"
            DOCKER_CERT_PATH: "$DOCKER_TLS_CERTDIR/client"
          script: docker build -t app .
        """,
        settings=settings,
        why="the variables are set",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {FF_KUBERNETES_HONOR_ENTRYPOINT: "true"}
          script: docker build -t app .
        """,
        settings=settings,
        why="the runner is told to run the entrypoint",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings="runners: {default: {executor: docker, privileged: true}}",
        why="the Docker executor runs it",
    )


CHECK = Check(
    id="dind-kubernetes-explicit-host",
    title="dind on Kubernetes without DOCKER_HOST",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The Kubernetes executor does not run the entrypoint of a job's image. What docker's
        entrypoint finds out elsewhere, the address of dind and its certificates, has to stand in
        the pipeline there.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_docker_build/#docker-in-docker-with-tls-enabled-in-kubernetes",
    ),
    since="0.1",
)
