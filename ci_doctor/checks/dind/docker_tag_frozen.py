"""Tags of the docker image that nobody updates any more."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import dinds
from ...builds.editing import retag
from ...builds.job_image import DOCKER_RELEASE, DockerImage
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import Location
from ...text import Text


def find(job: Job, context: Context) -> Iterator[Finding]:
    image, client = job.image, context.builds.image.docker
    if image is not None and client.official is True:
        place = (image.name_value or image.value).content_location
        yield from _judge(image.name, client, place, context)
    for dind in dinds(job, context.runner):
        if dind.image.official is True:
            yield from _judge(dind.service.name, dind.image, dind.location, context)


def _judge(
    name: Text, image: DockerImage, place: Location | None, context: Context
) -> Iterator[Finding]:
    if image.is_frozen is not True or image.tag is None:
        return
    tag = image.tag_of(DOCKER_RELEASE)
    yield context.finding(
        place,
        f"docker's tag '{image.tag.display}' is not updated any more: it pulls an image of years ago",
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
          image: ⟦docker:stable⟧
          services:
            - ⟦docker:stable-dind⟧
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
    yield Example(
        """
        build:
          image:
            name: "⟦docker:git⟧"
          variables: {DOCKER_HOST: "tcp://build.example.com:2376"}
          script:
            - git describe
            - docker build -t app .
        """,
        fixed="""
        build:
          image:
            name: "docker:29-cli"
          variables: {DOCKER_HOST: "tcp://build.example.com:2376"}
          script:
            - git describe
            - docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: registry.example.com/ci/docker:stable
          services: ["docker:28-dind"]
          script: docker build -t app .
        """,
        settings=settings,
        why="the tag is somebody else's",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker run --rm registry.example.com/tools:stable
        """,
        settings=settings,
        why="a tag of another image",
    )


CHECK = Check(
    id="docker-tag-frozen",
    title="Abandoned tag of the docker image",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Docker stopped pushing `stable`, `edge`, `test` and `git` years ago. They still pull, and
        what they hold is from around 2020: without buildx, without security fixes, and too old for
        current engines.
    """,
    links=("https://github.com/docker-library/official-images/blob/master/library/docker",),
    since="0.1",
)
