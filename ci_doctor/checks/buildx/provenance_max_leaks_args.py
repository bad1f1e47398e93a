"""A provenance that publishes the build arguments."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, BuildArg, Tool
from ...builds.secret_names import is_secret_name
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...source import Location, noted

BUILDCTL = (Tool.BUILDCTL, Tool.BUILDCTL_DAEMONLESS)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if not any(output.pushes is True for output in build.outputs):
        return
    place = _full_provenance(build)
    if place is None:
        return
    for argument in build.build_args:
        if _is_secret(argument):
            yield context.finding(
                argument.location,
                f"the value of '{argument.name.display}' is pushed with the image: "
                "provenance with mode=max lists all build arguments",
                related=(noted(place, "the provenance"),),
                advice=(
                    f"--secret id={argument.name.display},env={argument.name.display}",
                    f"and in the Dockerfile: RUN --mount=type=secret,id={argument.name.display}",
                ),
            )


def _full_provenance(build: Build) -> Location | None:
    """Where `mode=max` is asked for."""
    if build.tool in BUILDCTL:
        for opt in build.opts:
            value = None if opt.value is None else opt.value.value
            if opt.key == "attest:provenance" and value and "mode=max" in value.split(","):
                return opt.location
        return None
    for option in build.given("--provenance", "--attest"):
        value = None if option.value is None else option.value.value
        fields = [] if value is None else value.split(",")
        if "mode=max" in fields and (option.name == "--provenance" or "type=provenance" in fields):
            return option.location
    return None


def _is_secret(argument: BuildArg) -> bool:
    name = argument.name.value
    return name is not None and is_secret_name(name)


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --provenance=mode=max --build-arg ⟦NPM_TOKEN=$NPM_TOKEN⟧
              -t "$CI_REGISTRY_IMAGE" --push .
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --attest type=provenance,mode=max --build-arg ⟦DB_PASSWORD⟧
              -t "$CI_REGISTRY_IMAGE" --push .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --provenance=mode=max --build-arg VERSION=$CI_COMMIT_TAG
              --secret id=npm,env=NPM_TOKEN -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="the token is a secret, the argument none",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --provenance=mode=min --build-arg NPM_TOKEN
              -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="mode=min leaves the arguments out",
    )


CHECK = Check(
    id="provenance-max-leaks-args",
    title="Secret build argument in the provenance",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A provenance with `mode=max` records how an image was made, with the values of all build
        arguments, and is pushed beside it. Whoever may pull the image can read a password that was
        passed as one.
    """,
    links=("https://docs.docker.com/build/metadata/attestations/slsa-provenance/#max",),
    since="0.1",
)
