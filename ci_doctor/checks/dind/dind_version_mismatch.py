"""A docker client and a dind of different major versions."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import Dind, dinds
from ...builds.editing import retag
from ...builds.job_image import DockerImage
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.model import Image, Job
from ...source import noted


def find(job: Job, context: Context) -> Iterator[Finding]:
    image, client = job.image, context.builds.image.docker
    if image is None or client.official is not True or client.version is None:
        return
    for dind in dinds(job, context.runner):
        daemon = dind.image
        if daemon.version is None or daemon.version[0] == client.version[0]:
            continue
        older = client.version < daemon.version
        place = (image.name_value or image.value).content_location
        yield context.finding(
            place if older else dind.location,
            f"the job's docker is {client.version_text}, its daemon {daemon.version_text}",
            details=(
                "A client that is too old for the engine gets: client version … is too old. "
                "Minimum supported API version is …"
            ),
            related=(noted(dind.location, "the daemon") if older else noted(place, "the client"),),
            advice=("use the same version for the image and the service",),
            fix=_fix(image, client, dind, older=older),
        )


def _fix(image: Image, client: DockerImage, dind: Dind, *, older: bool) -> Fix | None:
    """Bring the older one up to the newer one."""
    version = dind.image.version_text if older else client.version_text
    tag = None if version is None else (client if older else dind.image).tag_of(version)
    edit = None if tag is None else retag(image.name if older else dind.service.name, tag)
    return None if edit is None else fix(f"Use the tag `{tag}`", edit, unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: ⟦docker:24.0.7⟧
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        build:
          image: docker:28.1-cli
          services:
            - name: "⟦docker:25.0-dind⟧"
              command: ["--mtu=1400"]
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28.1-cli
          services:
            - name: "docker:28.1-dind"
              command: ["--mtu=1400"]
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28.1.1-cli
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
        why="the same major version",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:$DIND_VERSION-dind"]
          script: docker build -t app .
        """,
        settings=settings,
        why="which version the service has is not known",
    )


CHECK = Check(
    id="dind-version-mismatch",
    title="Different versions of docker and dind",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Client and daemon agree on an API version, within limits: engine 29 refuses clients that are
        a few years old, and new flags of the client fail on an old engine. Two versions in one job
        mostly mean that an update was made in one place and forgotten in the other.
    """,
    links=("https://docs.docker.com/reference/api/engine/#api-version-matrix",),
    since="0.1",
    yields_to=("dind-version-too-old",),
)
