"""One tag that several jobs push for different platforms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...builds.build import Build, ImageName, Output
from ...builds.stage_platforms import own_platform, single_platforms
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...images.comparison import same_image, same_repository_of
from ...images.platforms import Platform
from ...pipeline.model import Job, Pipeline
from ...text import Text


@dataclass(frozen=True, eq=False)
class Pushed:
    """An image of one platform under one name."""

    name: ImageName
    platforms: tuple[Platform, ...]  # several: one in each job of a matrix
    job: Job


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    pushed = []
    joined: list[Text] = []
    for job in context.all_builds:
        joined += [manifest.target.text for manifest in job.manifests]
        joined += [source.text for manifest in job.manifests for source in manifest.sources]
        pushed += [found for build in job.builds for found in _pushed(build)]
    for index, one in enumerate(pushed):
        if any(same_repository_of(name, one.name.text) is not False for name in joined):
            continue
        if len(one.platforms) > 1:
            yield _finding(one, None, context)
            continue
        for other in pushed[:index]:
            same = same_image(one.name.text, other.name.text) is True
            if same and len(other.platforms) == 1 and other.platforms != one.platforms:
                yield _finding(one, other, context)
                break


def _pushed(build: Build) -> Iterator[Pushed]:
    platforms = single_platforms(build)
    if not platforms and not build.opaque:
        own = None if build.platforms else own_platform(build.job)
        platforms = () if own is None else (own,)
    if not platforms:
        return
    for output in build.outputs:
        if output.pushes is True and not _by_digest(output):
            for name in output.names:
                # The name may tell the jobs of a matrix apart.
                if len(platforms) == 1 or name.text.variants() == (name.text,):
                    yield Pushed(name, platforms, build.job)


def _by_digest(output: Output) -> bool:
    return output.attributes is not None and output.attributes.get("push-by-digest") is not None


def _finding(one: Pushed, other: Pushed | None, context: Context) -> Finding:
    together = other is None or _run_together(one.job, other.job)
    mine = str(one.platforms[-1])
    theirs = str(one.platforms[0] if other is None else other.platforms[0])
    place = None if other is None else other.name.location
    return context.finding(
        one.name.location or one.job.location,
        f"the image for {mine} and the image for {theirs} are pushed under the same name: the "
        "last one stays" + ("" if together else ", where both jobs run"),
        confidence=Confidence.CERTAIN if together else Confidence.LIKELY,
        details="The tag then holds one plain manifest, for the platform that came last.",
        related=(None if place is None else place.noted(f"pushed for {theirs}"),),
        advice=(
            "push each under a tag of its own (…-amd64, …-arm64), and join them in a later job: "
            "docker buildx imagetools create -t NAME:TAG NAME:TAG-amd64 NAME:TAG-arm64",
        ),
    )


def _run_together(one: Job, other: Job) -> bool:
    """Whether two jobs are in the same pipelines as far as their keywords show."""
    for keyword in ("rules", "only", "except", "when"):
        a, b = one.keywords.get(keyword), other.keywords.get(keyword)
        if (None if a is None else a.node) is not (None if b is None else b.node):
            return False
    return True


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        .docker:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"

        build amd64:
          extends: .docker
          script:
            - docker buildx build --platform linux/amd64 --push -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .

        build arm64:
          extends: .docker
          script:
            - docker buildx build --platform linux/arm64 --push -t "⟦$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA⟧" .
    """)
    # One job for each architecture of a matrix.
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          parallel: {matrix: [{ARCH: [amd64, arm64]}]}
          before_script:
            - mkdir -p ~/.docker && cp "$REGISTRY_CREDENTIALS" ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=linux/$ARCH --output type=image,name=⟦$CI_REGISTRY_IMAGE:latest⟧,push=true
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          parallel: {matrix: [{ARCH: [amd64, arm64]}]}
          before_script:
            - mkdir -p ~/.docker && cp "$REGISTRY_CREDENTIALS" ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt platform=linux/$ARCH --output type=image,name=$CI_REGISTRY_IMAGE:latest-$ARCH,push=true
        """,
        why="a tag for each",
    )
    yield LookAlike(
        """
        .docker:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"

        build amd64:
          extends: .docker
          script:
            - docker buildx build --platform linux/amd64 --metadata-file amd64.json
              -o type=image,name=$CI_REGISTRY_IMAGE,push-by-digest=true,push=true .

        build arm64:
          extends: .docker
          script:
            - docker buildx build --platform linux/arm64 --metadata-file arm64.json
              -o type=image,name=$CI_REGISTRY_IMAGE,push-by-digest=true,push=true .

        join:
          extends: .docker
          stage: deploy
          script:
            - docker buildx imagetools create -t "$CI_REGISTRY_IMAGE:latest" $(cat digests)
        """,
        why="pushed by digest, and joined later",
    )


CHECK = Check(
    id="multi-arch-tag-overwritten",
    title="Platforms that overwrite each other's tag",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        Jobs that build one platform each do not add up to an image for several: every push puts
        its own image in the place of the tag. Which platform works afterwards depends on which
        job was slower.
    """,
    links=("https://docs.docker.com/reference/cli/docker/buildx/imagetools/create/",),
    since="0.1",
)
