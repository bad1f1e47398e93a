"""An exporter that buildkitd does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attribute, Attributes, Build, Tool
from ...builds.exporters import KEYS, is_sound
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Edit, Fix
from ...finding import Finding, Severity
from ...pipeline.spelling import Speller
from ...source import Span

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for output in build.outputs:
        attributes = output.attributes
        kind = None if attributes is None else attributes.get("type")
        if attributes is None or kind is None or kind.value is None:
            continue
        value = kind.value.value
        if value is None or value in KEYS or value == "":
            continue
        yield context.finding(
            kind.value_location,
            f"BuildKit has no exporter '{value}' (exporters: {', '.join(KEYS)})",
            details=f'error: failed to solve: exporter "{value}" could not be found',
            advice=("type=image,name=…,push=true",) if value == "registry" else (),
            fix=_fix(attributes, kind, value),
        )


def _fix(attributes: Attributes, kind: Attribute, value: str) -> Fix | None:
    place = kind.value_location
    if place is None or place.text != value or not is_sound(attributes):
        return None
    if value == "registry":
        if attributes.get("push") is not None or attributes.opaque:
            return fix("Write `type=image`", replace(place, "image"))
        whole = attributes.option.value_location
        if whole is None:
            return None
        end = whole.span.end
        push = Edit(whole.path, Span(end, end), ",push=true")
        return fix("Write `type=image` with `push=true`", replace(place, "image"), push)
    near = Speller().nearest(value, tuple(KEYS))
    if near is None or not near.alone:
        return None
    return fix(f"Write `type={near.word}`", replace(place, near.word))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=⟦registry⟧,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
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
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output "type=⟦images⟧,name=$CI_REGISTRY_IMAGE,push=true"
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output "type=image,name=$CI_REGISTRY_IMAGE,push=true"
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx create --use
            - docker buildx build --output type=registry,name=$CI_REGISTRY_IMAGE .
        """,
        why="buildx has this one",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=$EXPORTER,dest=image.tar
        """,
        why="what the variable holds is not known",
    )


CHECK = Check(
    id="buildctl-output-type-unknown",
    title="Unknown exporter",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        BuildKit's daemon knows five types of output. `registry` is none of them: that is buildx's
        short form for `type=image` with `push=true`.
    """,
    links=("https://github.com/moby/buildkit#output",),
    since="0.1",
)
