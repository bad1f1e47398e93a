"""A job image that brings a whole Docker daemon for the sake of its client."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.editing import retag
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.model import Image, Job

DAEMONS = ("dockerd", "dockerd-entrypoint.sh")


def find(job: Job, context: Context) -> Iterator[Finding]:
    image, docker = job.image, context.builds.image.docker
    if image is None or docker.official is not True or docker.dind is not True:
        return
    tag = None if docker.tag is None else docker.tag.value
    if tag is None or "dind" in tag or "@" in image.name.template:
        return
    if not context.execution.complete or context.execution.named(*DAEMONS):
        return
    yield context.finding(
        (image.name_value or image.value).content_location,
        f"'{image.name.display}' is the dind image: the client alone is smaller",
        advice=(f"image: docker:{_client(tag)}",),
        fix=_fix(image, tag),
    )


def _client(tag: str) -> str:
    return "cli" if tag == "latest" else f"{tag}-cli"


def _fix(image: Image, tag: str) -> Fix | None:
    if tag != "latest" and not tag.replace(".", "").isdigit():
        return None
    edit = retag(image.name, _client(tag))
    return None if edit is None else fix(f"Use the tag `{_client(tag)}`", edit)


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: ⟦docker:28⟧
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
          image:
            name: ⟦docker:27.5.1⟧
            pull_policy: if-not-present
          services: ["docker:27.5.1-dind"]
          script: docker build -t app .
        """,
        fixed="""
        build:
          image:
            name: docker:27.5.1-cli
            pull_policy: if-not-present
          services: ["docker:27.5.1-dind"]
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
        why="before 23 the plain tag is the client",
    )
    yield LookAlike(
        """
        build:
          image: docker:28
          tags: [builder]
          script:
            - dockerd-entrypoint.sh > dockerd.log 2>&1 &
            - docker build -t app .
        """,
        settings=settings,
        why="the job starts the daemon itself",
    )


CHECK = Check(
    id="docker-latest-is-dind",
    title="dind image as the job's image",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Since version 23 the tags of docker without a suffix hold the daemon too. The job needs the
        client only, which the tags with `-cli` bring along with buildx and compose, and much less
        to download.
    """,
    links=("https://hub.docker.com/_/docker",),
    since="0.1",
    yields_to=("dind-unpinned",),
)
