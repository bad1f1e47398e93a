"""The docker image without the entrypoint that looks for dind."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import dinds, first_use, is_certain
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Image, Job
from ...source import noted
from ...yamldoc.editing import find_entry, remove_entry
from ...yamldoc.nodes import Mapping


def find(job: Job, context: Context) -> Iterator[Finding]:
    image, runner = job.image, context.runner
    if image is None or image.entrypoint is None or not runner.uses_docker_executor:
        return
    if runner.socket is True or context.builds.image.docker.official is not True:
        return
    if any("entrypoint" in (item.string or "$") for item in image.entrypoint.items):
        return  # docker-entrypoint.sh by its name, or what is not known
    call = first_use(context.builds)
    if call is None or call.daemon.kind != "socket" or call.daemon.location is not None:
        return
    services = dinds(job, runner)
    if not services:
        return
    yield context.finding(
        image.entrypoint.location,
        "docker looks for a socket that is not there: the entrypoint that would point it to dind is cleared",
        confidence=Confidence.CERTAIN if is_certain(call) else Confidence.LIKELY,
        details=(
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. "
            "Is the docker daemon running?"
        ),
        related=(
            noted(call.command.program.written, "the first command that asks the daemon"),
            noted(services[0].location, "the daemon that is meant"),
        ),
        advice=(
            "leave the entrypoint out",
            'or set DOCKER_HOST: tcp://docker:2376, DOCKER_TLS_VERIFY: "1" and '
            'DOCKER_CERT_PATH: "$DOCKER_TLS_CERTDIR/client"',
        ),
        fix=_fix(image),
    )


def _fix(image: Image) -> Fix | None:
    mapping = image.value.node
    entry = find_entry(mapping, "entrypoint") if isinstance(mapping, Mapping) else None
    if entry is None or not isinstance(mapping, Mapping):
        return None
    if image.entrypoint is None or entry.value is not image.entrypoint.node:
        return None
    edit = remove_entry(mapping, entry)
    return None if edit is None else fix("Remove the entrypoint", edit)


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image:
            name: docker:28-cli
            entrypoint: ⟦[""]⟧
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        fixed="""
        build:
          image:
            name: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        default:
          image: {name: "docker:28-cli", entrypoint: ⟦["/bin/sh", "-c"]⟧}
          services: ["docker:28-dind"]

        build:
          variables: {DOCKER_TLS_CERTDIR: "/certs"}
          script: docker build -t app .
        """,
        fixed="""
        default:
          image: {name: "docker:28-cli"}
          services: ["docker:28-dind"]

        build:
          variables: {DOCKER_TLS_CERTDIR: "/certs"}
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: {name: "docker:28-cli", entrypoint: [""]}
          services: ["docker:28-dind"]
          script:
            - export DOCKER_HOST=tcp://docker:2376 DOCKER_TLS_VERIFY=1
            - export DOCKER_CERT_PATH=/certs/client
            - docker build -t app .
        """,
        settings=settings,
        why="the job sets what the entrypoint would have set",
    )
    yield LookAlike(
        """
        build:
          image: {name: "docker:28-cli", entrypoint: [""]}
          script: docker build -t app .
        """,
        settings="runners: {default: {executor: docker, socket: true}}",
        why="the runner mounts the host's socket",
    )
    yield LookAlike(
        """
        build:
          image: {name: "docker:28-cli", entrypoint: ["docker-entrypoint.sh"]}
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
        why="the image's own entrypoint",
    )


CHECK = Check(
    id="dind-entrypoint-cleared",
    title="docker image with a cleared entrypoint",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        docker's entrypoint is what sets DOCKER_HOST to the dind service, and turns on TLS where it
        finds the certificates. Cleared, docker falls back to a socket that the job's container
        does not have. The line is right for Kaniko's and BuildKit's images and wrong here.
    """,
    links=("https://github.com/docker-library/docker/blob/master/docker-entrypoint.sh",),
    since="0.1",
)
