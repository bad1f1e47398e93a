"""A Docker engine or client that is years old."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import Dind, dinds
from ...builds.editing import retag
from ...builds.engine import prefers_containerd_store
from ...builds.job_image import DOCKER_RELEASE, DockerImage, is_older
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Image, Job
from ...source import noted
from ...text import Text

CGROUP_2 = (20, 10)  # the first engine that runs on hosts with cgroup v2


def find(job: Job, context: Context) -> Iterator[Finding]:
    image, client = job.image, context.builds.image.docker
    old_client = client.official is True and is_older(client.version, CGROUP_2) is True
    for dind in dinds(job, context.runner):
        if is_older(dind.image.version, CGROUP_2):
            yield context.finding(
                dind.location,
                f"docker {dind.image.version_text} does not run containers on a host with cgroup v2, "
                "as all current systems have it",
                confidence=Confidence.LIKELY,
                details="cgroups: cgroup mountpoint does not exist: unknown",
                advice=(f"docker:{DOCKER_RELEASE}-dind, and docker:{DOCKER_RELEASE}-cli as image",),
                fix=_fix(dind, image if old_client else None, client),
            )
        elif old_client and image is not None and prefers_containerd_store(dind.image) is True:
            yield context.finding(
                (image.name_value or image.value).content_location,
                f"docker {client.version_text} is too old a client for '{dind.name}'",
                confidence=Confidence.LIKELY,
                details=(
                    "Error response from daemon: client version … is too old. "
                    "Minimum supported API version is …"
                ),
                related=(noted(dind.location, "the daemon"),),
                advice=(f"image: docker:{DOCKER_RELEASE}-cli",),
                fix=_fix(None, image, client),
            )


def _fix(dind: Dind | None, image: Image | None, client: DockerImage) -> Fix | None:
    edits: list[Edit | None] = []
    if dind is not None:
        edits.append(_moved(dind.service.name, dind.image))
    if image is not None:
        edits.append(_moved(image.name, client))
    known = [edit for edit in edits if edit is not None]
    if len(known) < len(edits):
        return None
    return fix(f"Use docker {DOCKER_RELEASE}", *known, unsafe=True)


def _moved(name: Text, image: DockerImage) -> Edit | None:
    tag = image.tag_of(DOCKER_RELEASE)
    return None if tag is None else retag(name, tag)


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: docker:19.03.12
          services:
            - ⟦docker:19.03.12-dind⟧
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:29-cli
          services:
            - docker:29-dind
          script: docker build -t app .
        """,
        settings=settings,
    )
    # A client that the newest engine does not talk to.
    yield Example(
        """
        build:
          image: ⟦docker:18.09⟧
          services: ["docker:29-dind"]
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:29-cli
          services: ["docker:29-dind"]
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:20.10.24
          services: ["docker:20.10.24-dind"]
          script: docker build -t app .
        """,
        settings=settings,
        why="old, and it still works",
    )
    yield LookAlike(
        """
        build:
          image: docker:20-cli
          services: ["docker:20-dind"]
          script: docker build -t app .
        """,
        settings=settings,
        why="20 is the newest 20.10",
    )


CHECK = Check(
    id="dind-version-too-old",
    title="Docker engine or client from before 20.10",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        An engine before 20.10 knows cgroup v1 only, which current Linux hosts no longer mount: its
        containers do not start. A client of that age speaks an API that the newest engines refuse.
        Neither has had security fixes for years.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/docker_build_troubleshooting/",
        "https://docs.docker.com/engine/release-notes/29/",
    ),
    since="0.1",
)
