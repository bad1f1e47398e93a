"""An index with an `unknown/unknown` entry where a plain image is needed."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, ImageName, Tool
from ...builds.engine import builds_several_platforms
from ...builds.environment import exported
from ...builds.jobs import ManifestCreate
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Command
from ...finding import Finding, Severity
from ...source import Location

# Registries whose services run images and want a plain manifest.
LAMBDA = ("update-function-code", "create-function")


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in (Tool.BUILDX, Tool.DOCKER) or not _attests(build):
        return
    pushed = [o for o in build.outputs if o.pushes is True]
    if not pushed:
        return
    names = [name for output in pushed for name in output.names]
    place = pushed[0].location if pushed[0].push is None else pushed[0].push.location
    listed = _listed(names, context)
    if listed is not None and not builds_several_platforms(build):
        yield _finding(
            place,
            "`docker manifest create` does not take this image: its attestation makes it an index",
            f"{listed[0].text.display} is a manifest list",
            listed[1].command,
            context,
            Severity.WARNING,
        )
        return
    deploy = _deploys_to_lambda(names, context)
    if deploy is not None:
        yield _finding(
            place,
            "AWS Lambda does not take this image: its attestation makes it an index",
            "The image manifest, config or layer media type for the source image … is not supported.",
            deploy,
            context,
            Severity.INFO,
        )


def _finding(
    place: Location | None,
    message: str,
    details: str,
    command: Command,
    context: Context,
    severity: Severity,
) -> Finding:
    return context.finding(
        place,
        message,
        severity=severity,
        details=details,
        related=(command.location.noted("takes the image"),),
        advice=("--provenance=false", "or docker buildx imagetools create, which takes both"),
    )


def _attests(build: Build) -> bool:
    """Whether buildx adds the provenance that it adds by default."""
    if build.builder.driver not in ("docker-container", "kubernetes"):
        return False
    if not build.lacks("--provenance", "--attest", "--sbom", "--annotation"):
        return False
    return exported(build.command, "BUILDX_NO_DEFAULT_ATTESTATIONS") is None


def _listed(names: list[ImageName], context: Context) -> tuple[ImageName, ManifestCreate] | None:
    for other in context.all_builds:
        for manifest in other.manifests:
            if manifest.tool != "manifest":
                continue
            for source in manifest.sources:
                if any(source.text.equals(name.text) is True for name in names):
                    return source, manifest
    return None


def _deploys_to_lambda(names: list[ImageName], context: Context) -> Command | None:
    """A command of the pipeline that gives an image of ECR to AWS Lambda."""
    hosts = [name.host for name in names]
    if not any(host is not None and ".dkr.ecr." in host.display for host in hosts):
        return None
    for other in context.all_builds:
        for command in other.execution.named("aws"):
            words = [word.text.template for word in command.arguments]
            gives = any(action in words for action in LAMBDA) and "lambda" in words
            if gives and any(word.startswith("--image-uri") for word in words):
                return command
    return None


def examples() -> Iterator[Example | LookAlike]:
    # Two jobs build, a third one makes the list.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --platform linux/arm64 -t "$CI_REGISTRY_IMAGE:arm64" ⟦--push⟧ .

        list:
          stage: deploy
          image: docker:28-cli
          script:
            - docker manifest create "$CI_REGISTRY_IMAGE" "$CI_REGISTRY_IMAGE:arm64"
            - docker manifest push "$CI_REGISTRY_IMAGE"
    """)
    # Advice: what another tool makes of the index is not certain.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {IMAGE: "000000000000.dkr.ecr.eu-west-1.amazonaws.com/app:$CI_COMMIT_SHA"}
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build -t "$IMAGE" ⟦--push⟧ .

        deploy:
          stage: deploy
          image: {name: "amazon/aws-cli:2.31.0", entrypoint: [""]}
          script:
            - aws lambda update-function-code --function-name app --image-uri "$IMAGE"
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --provenance=false -t "$CI_REGISTRY_IMAGE:arm64" --push .
            - docker manifest create "$CI_REGISTRY_IMAGE" "$CI_REGISTRY_IMAGE:arm64"
        """,
        why="without an attestation it is a plain image",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE:arm64" --push .
            - docker buildx imagetools create -t "$CI_REGISTRY_IMAGE" "$CI_REGISTRY_IMAGE:arm64"
        """,
        why="imagetools takes an index",
    )


CHECK = Check(
    id="provenance-unknown-platform",
    title="Attestation where a plain image is needed",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        buildx adds a provenance to what it pushes: even the image of one platform becomes an index
        with a second entry, `unknown/unknown`. `docker manifest create` and services that run
        images from a registry want a plain manifest and refuse it.
    """,
    links=("https://docs.docker.com/build/metadata/attestations/",),
    since="0.1",
)
