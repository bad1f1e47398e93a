"""`--output` without a type."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build, Tool
from ...builds.exporters import is_sound
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...finding import Finding, Severity
from ...source import Span

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for output in build.outputs:
        attributes = output.attributes
        if attributes is None or not is_sound(attributes) or not attributes.lacks("type"):
            continue
        yield context.finding(
            attributes.option.value_location or attributes.option.location,
            "`--output` has no type, and buildctl guesses none",
            details="error: --output requires type=<type>",
            advice=("type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true",),
            fix=_fix(attributes),
        )


def _fix(attributes: Attributes) -> Fix | None:
    place = attributes.option.value_location
    if place is None or not (attributes.get("name") or attributes.get("push")):
        return None
    edit = Edit(place.path, Span(place.span.start, place.span.start), "type=image,")
    return fix("Add `type=image`", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output ⟦name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true⟧
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
    )
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output=⟦dest=image.tar⟧
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output "$OUTPUT,push=true"
        """,
        why="the variable may hold it",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --output dist .
        """,
        why="buildx takes a directory",
    )


CHECK = Check(
    id="buildctl-output-missing-type",
    title="--output without a type",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `buildctl` must be told what to make of the result: `type=image`, `oci`, `docker`, `local`
        or `tar`. Unlike docker's option it has no short form.
    """,
    links=("https://github.com/moby/buildkit#output",),
    since="0.1",
)
