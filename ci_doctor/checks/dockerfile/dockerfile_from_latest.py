"""A base image whose version nobody chose."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.operations import used_stages
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile, Scopes
from ...dockerfile.stages import resolve
from ...finding import Finding, Severity
from ...images.comparison import same_repository_of
from ...images.official import platforms_of
from ...images.reference import official_name, parse_reference_text
from ...text import Text


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    builds = context.builds_with(dockerfile)
    if any(build.named_contexts for build in builds):
        return
    every = [scopes_of(build, dockerfile) for build in builds]
    every = every or [Scopes(dockerfile, complete=False)]
    made = None
    for stage in used_stages(dockerfile, builds):
        images = {base.image for base in (resolve(stage, s) for s in every) if base.is_pulled}
        floating = [image for image in images if _floats(image)]
        if not floating or len(floating) < len(images):
            continue
        image = floating[0]
        if made is None:
            made = _made(context)
        if not _is_official(image) and any(
            same_repository_of(image, other) is not False for other in made
        ):
            continue  # the pipeline makes it
        word = stage.from_.image
        yield context.finding(
            stage.from_.location if word is None else word.location,
            f"'{image.display}' is another image whenever a new version comes out",
            advice=("name a version, IMAGE:VERSION, or the digest, IMAGE:VERSION@sha256:…",),
        )


def _floats(image: Text) -> bool:
    reference = parse_reference_text(image)
    if reference is None or reference.digest is not None or reference.registry is None:
        return False
    tag = reference.tag_or_latest
    if tag is None or tag.value != "latest":
        return False
    name = official_name(reference)
    if name is not None:
        return platforms_of(name, "latest") is not None  # else one that the machine has made itself
    # `alma9-base` and `ubi9/nodejs-20` have the version in their name.
    return not any(letter.isdigit() for letter in reference.repository.template)


def _made(context: Context) -> list[Text]:
    """The names that the pipeline itself builds or pushes."""
    if context.pipeline is None:
        return []
    names: list[Text] = []
    for job in context.all_builds:
        names += [name.text for build in job.builds for name in build.names]
        names += [push.name.text for push in job.pushes if push.name is not None]
    return names


def _is_official(image: Text) -> bool:
    reference = parse_reference_text(image)
    return reference is not None and official_name(reference) is not None


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM ⟦node⟧ AS assets
                RUN npm ci
                FROM ⟦nginx:latest⟧
                COPY --from=assets /dist /usr/share/nginx/html
            """,
            ".gitlab-ci.yml": ROOTLESS,
        }
    )
    yield Example(
        {
            "Dockerfile": """
                ARG TAG=latest
                FROM ⟦registry.example.com/tools/base:$TAG⟧
                RUN make
            """,
            ".gitlab-ci.yml": BUILDX,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                ARG TAG=latest
                ARG BASE
                FROM node:24 AS build
                FROM scratch AS files
                FROM build AS test
                FROM alpine@sha256:a8560b36e8b8210634f77d9f7f9efd7ffa463e380b75e2e74aff4511df3ef88c AS pinned
                FROM debian:$TAG
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build --build-arg TAG=12 -t app .
            """,
        },
        why="versions, a stage, no image at all, a digest, and a tag that the job gives",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM registry.access.redhat.com/ubi9/nodejs-22 AS build
                FROM builder-image
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="the version is in the name, and an image that no registry has",
    )
    yield LookAlike(
        {
            "base/Dockerfile": "FROM alpine:3.22\n",
            "Dockerfile": """
                ARG REGISTRY
                FROM $REGISTRY/base:latest
                RUN make
            """,
            ".gitlab-ci.yml": """
                default:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  before_script:
                    - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"

                base:
                  stage: build
                  script: docker buildx build --push -t "$CI_REGISTRY_IMAGE/base:latest" base

                app:
                  stage: test
                  script: docker build --build-arg REGISTRY=$CI_REGISTRY_IMAGE -t app .
            """,
        },
        why="the pipeline makes that image itself",
    )


CHECK = Check(
    id="dockerfile-from-latest",
    title="Base image without a version",
    severity=Severity.WARNING,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        Without a tag, or with `latest`, the next build may stand on another major version, while
        nothing in the repository has changed. Which one an older image was built on cannot be told.
    """,
    links=("https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",),
    since="0.1",
)
