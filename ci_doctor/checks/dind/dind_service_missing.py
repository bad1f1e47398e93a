"""docker commands where no Docker daemon is there to take them."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.daemon import host_of_address
from ...builds.dind import first_use
from ...builds.job_image import is_dind
from ...builds.jobs import ClientCall
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.editing import add_keyword
from ...pipeline.model import Job


def find(job: Job, context: Context) -> Iterator[Finding]:
    runner = context.runner
    if runner.socket is True or (runner.executor or "docker").startswith(("shell", "ssh")):
        return
    call = first_use(context.builds)
    if call is None or call.daemon.kind != "none":
        return
    if any(is_dind(service) is not False for service in job.services):
        return  # it is there, under a name that the client does not ask for
    why = _dind_is_meant(job, call, context)
    if why is None and context.builds.image.docker.official is not True:
        return
    place = call.daemon.location
    address = "tcp://docker:2375" if call.daemon.address is None else call.daemon.address.display
    condition = "" if why else ", unless the runner mounts the host's Docker socket"
    yield context.finding(
        call.command.program.written,
        f"`docker` has no daemon in this job: no service runs docker:dind{condition}",
        confidence=Confidence.CERTAIN if why else Confidence.LIKELY,
        details=f"failed to connect to the docker API at {address}: lookup docker: no such host",
        related=() if place is None else (place.noted("where the daemon should be"),),
        advice=(f"services: [{_service(context)}]",),
        fix=_fix(job, context),
    )


def _dind_is_meant(job: Job, call: ClientCall, context: Context) -> bool | None:
    """Whether the pipeline itself shows that these commands are for a dind service."""
    address = call.daemon.address if call.daemon.location else None
    if address is not None and host_of_address(address).equals("docker") is True:
        return True
    if "DOCKER_TLS_CERTDIR" in job.variables or context.runner.hosted:
        return True
    siblings = job.pipeline.jobs.values()
    if any(is_dind(service) is True for other in siblings for service in other.services):
        return True
    return None


def _service(context: Context) -> str:
    version = context.builds.image.docker.version
    if version is None:
        return "docker:dind"
    return f"docker:{'.'.join(map(str, version))}-dind"


def _fix(job: Job, context: Context) -> Fix | None:
    if "services" in job.keywords:
        return None
    service = _service(context)
    edits = add_keyword(job, f"services:\n  - {service}", f"services: [{service}]", after="image")
    return fix(f"Add the service `{service}`", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          variables:
            DOCKER_TLS_CERTDIR: "/certs"
          script:
            - ⟦docker⟧ build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services:
            - docker:28-dind
          variables:
            DOCKER_TLS_CERTDIR: "/certs"
          script:
            - docker build -t app .
        """,
        settings="runners: {default: {privileged: true}}",
    )
    # `services: []` replaces the default's.
    yield Example("""
        default:
          services: ["docker:28-dind"]

        test:
          image: docker:28-cli
          script: docker info

        build:
          image: docker:28-cli
          services: []
          script:
            - docker --version
            - ⟦docker⟧ build -t app .
    """)
    # Nothing else shows dind: the runner may mount the socket, so this is a warning.
    yield Example(
        """
        build:
          image: docker:28-cli
          script:
            - ⟦docker⟧ build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services:
            - docker:28-dind
          script:
            - docker build -t app .
        """,
        settings="runners: {default: {privileged: true}}",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          variables: {DOCKER_HOST: "tcp://build.example.com:2376"}
          script: docker build -t app .
        """,
        why="the daemon is elsewhere",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          script: docker build -t app .
        """,
        settings="runners: {default: {executor: docker, socket: true}}",
        why="the runner mounts the socket",
    )
    yield LookAlike(
        """
        include: {project: platform/ci, file: dind.yml}

        build:
          image: docker:28-cli
          script: docker build -t app .
        """,
        why="an include that was not read may give the service",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: [$DIND_IMAGE]
          script: docker build -t app .
        """,
        why="what the variable names may be dind",
    )
    yield LookAlike(
        """
        login:
          image: docker:28-cli
          script:
            - docker login -u "$CI_REGISTRY_USER" -p "$CI_REGISTRY_PASSWORD" "$CI_REGISTRY"
            - docker buildx imagetools create -t "$CI_REGISTRY_IMAGE:latest" "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        why="these commands need no daemon",
    )


CHECK = Check(
    id="dind-service-missing",
    title="docker without a Docker daemon",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The docker image brings the client. The daemon that does the work is another container,
        the service docker:dind, or the host's own when the runner mounts its socket. Without
        either the first docker command ends the job.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_docker_build/#use-docker-in-docker",),
    symptoms=("dind-host-not-found",),
    since="0.1",
)
