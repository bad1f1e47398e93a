"""docker and dind without a version."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import dinds
from ...builds.editing import retag
from ...builds.job_image import DOCKER_RELEASE, DockerImage, is_older
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import Location
from ...text import Text

# An older version of the other one is none to go back to.
WORTH_KEEPING = (23,)


def find(job: Job, context: Context) -> Iterator[Finding]:
    image, client = job.image, context.builds.image.docker
    services = dinds(job, context.runner)
    images = [client, *(dind.image for dind in services)]
    known = (i.version_text for i in images if is_older(i.version, WORTH_KEEPING) is False)
    version = next((text for text in known if text is not None), DOCKER_RELEASE)
    if image is not None and client.official is True:
        place = (image.name_value or image.value).content_location
        yield from _judge(image.name, client, place, version, context)
    for dind in services:
        yield from _judge(dind.service.name, dind.image, dind.location, version, context)


def _judge(
    name: Text, image: DockerImage, place: Location | None, version: str, context: Context
) -> Iterator[Finding]:
    if image.is_floating is not True or "@" in name.template:
        return
    tag = image.tag_of(version)
    yield context.finding(
        place,
        f"'{name.display}' changes with every release of docker",
        advice=() if tag is None else (f"docker:{tag}",),
        fix=_fix(name, tag),
    )


def _fix(name: Text, tag: str | None) -> Fix | None:
    edit = None if tag is None else retag(name, tag)
    return None if edit is None else fix(f"Use the tag `{tag}`", edit, unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: ⟦docker:latest⟧
          services:
            - ⟦docker:dind⟧
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
    # The service gets the version that the image has.
    yield Example(
        """
        build:
          image: docker:28.1-cli
          services:
            - {name: "⟦registry.example.com/mirror/docker:dind⟧", alias: docker}
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28.1-cli
          services:
            - {name: "registry.example.com/mirror/docker:28.1-dind", alias: docker}
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:$DOCKER_VERSION-cli
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
        why="a variable may hold the version",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:dind@sha256:aa3df78ecf320f5fafdce71c659f1629e96e9de0968305fe1de670e0ca9176ce"]
          script: docker build -t app .
        """,
        settings=settings,
        why="the digest pins it",
    )


CHECK = Check(
    id="dind-unpinned",
    title="docker or dind without a version",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Every few months a new major version of docker changes what the daemon does by default. A
        tag without a version brings it into all pipelines on the same day, into image and service
        at different times where a runner caches one of them.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_docker_build/#use-docker-in-docker",),
    since="0.1",
)
