"""A push by buildx without a name to push to."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in (Tool.BUILDX, Tool.DOCKER) or not build.lacks("--tag"):
        return
    if build.builder.driver == "classic":
        return  # has no `--push` at all
    for output in build.outputs:
        attributes = output.attributes
        if output.pushes is not True or (attributes is not None and not attributes.lacks("name")):
            continue
        place = output.location if output.push is None else output.push.location
        yield context.finding(
            place,
            "there is no name to push the image to",
            details="ERROR: failed to build: tag is needed when pushing to registry",
            advice=('-t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"',),
        )
        return


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --build-arg MODE=release ⟦--push⟧ .
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --output type=image,⟦push=true⟧ .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --output "type=image,name=$CI_REGISTRY_IMAGE,push=true" .
        """,
        why="the output has the name",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build $TAGS --push .
        """,
        why="the variable may hold it",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx bake --push
        """,
        why="bake has the names in its file",
    )


CHECK = Check(
    id="buildx-tag-missing-on-push",
    title="--push without a tag",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `--push` says that the image goes to a registry; `-t` says to which, and under what name.
        buildx refuses the one without the other.
    """,
    links=("https://docs.docker.com/reference/cli/docker/buildx/build/#push",),
    since="0.1",
)
