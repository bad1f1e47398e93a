"""Several platforms at once with Kaniko."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity

OPTIONS = ("--custom-platform", "--customPlatform")


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool is not Tool.KANIKO:
        return
    given = build.given(*OPTIONS)
    for option in given[:-1]:
        yield context.finding(
            option.location,
            "Kaniko builds one platform: this one is replaced by the last `--custom-platform`",
            severity=Severity.WARNING,
            advice=("build the platforms in jobs of their own, or with BuildKit",),
        )
    named = [p for p in build.platforms if p.text.is_empty is False]
    if given and len(named) > 1:
        listed = ",".join(platform.text.display for platform in build.platforms)
        yield context.finding(
            given[-1].value_location,
            "Kaniko builds one platform: it takes the list for the name of one",
            details=f"no child with platform {listed} in index",
            advice=(
                "BuildKit builds several: buildctl … --opt platform=linux/amd64,linux/arm64",
                "or build them in jobs of their own and join them by `docker buildx imagetools create`",
            ),
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - /kaniko/executor --context . --custom-platform=⟦linux/amd64,linux/arm64⟧
              --destination "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
    """)
    # The last one wins.
    yield Example("""
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - /kaniko/executor --context . ⟦--custom-platform linux/amd64⟧ --custom-platform linux/arm64
              --destination "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
    """)
    yield LookAlike(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          parallel: {matrix: [{ARCH: [amd64, arm64]}]}
          script:
            - /kaniko/executor --context . --custom-platform "linux/$ARCH"
              --destination "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA-$ARCH"
        """,
        why="one platform in each job",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --platform linux/amd64,linux/arm64 -o type=oci,dest=app.tar .
        """,
        why="buildx builds several",
    )


CHECK = Check(
    id="multi-arch-kaniko",
    title="Several platforms with Kaniko",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `--custom-platform` only chooses which of a base image's manifests Kaniko unpacks. It
        takes one name, emulates nothing, and knows no list: with one, no base image fits.
    """,
    links=("https://github.com/GoogleContainerTools/kaniko#flag---custom-platform",),
    since="0.1",
)
