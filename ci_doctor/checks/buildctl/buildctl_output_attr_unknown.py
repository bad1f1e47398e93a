"""A field of `--output` that the exporter does not know."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attribute, Build, Tool
from ...builds.exporters import EVERY_KEY, KEYS, is_sound, knows
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.spelling import Near, Speller
from ...source import Span

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
# Refused, not ignored.
REFUSED = ("output", "dest")
FARTHEST = 2


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for output in build.outputs:
        attributes, kind = output.attributes, output.type
        if kind not in KEYS or attributes is None or not is_sound(attributes):
            continue
        for field in attributes.fields:
            key = field.key.lower()
            unknown = any(letter in key for letter in "$`{")
            if unknown or key in REFUSED or knows(kind, key):
                continue
            elsewhere = key in EVERY_KEY
            near = None if elsewhere else _near(key, kind)
            hint = "" if elsewhere else ", unless a later release knows it"
            if near is not None:
                hint = f", did you mean '{near.word}'?"
            yield context.finding(
                field.location,
                f"the exporter '{kind}' ignores '{field.key}'{hint}",
                # A later release may know a key that is like none of today's.
                confidence=Confidence.CERTAIN if elsewhere or near else Confidence.LIKELY,
                details="buildctl ends with exit code 0 and says nothing about it.",
                fix=_fix(field, near),
            )


def _near(key: str, kind: str) -> Near | None:
    near = Speller().nearest(key, sorted(KEYS[kind] - {"type"}))
    return near if near is not None and near.distance <= FARTHEST else None


def _fix(field: Attribute, near: Near | None) -> Fix | None:
    place = field.location
    if near is None or not near.alone or place is None or not place.text.startswith(field.key):
        return None
    start = place.span.start
    edit = Edit(place.path, Span(start, start + len(field.key)), near.word)
    return fix(f"Write `{near.word}`", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=image,name=$CI_REGISTRY_IMAGE,push=true,⟦push-by-digset=true⟧
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=image,name=$CI_REGISTRY_IMAGE,push=true,push-by-digest=true
        """,
    )
    # Another exporter has this one.
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar,⟦push=true⟧
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output "type=image,name=$CI_REGISTRY_IMAGE,push=true,OCI-MediaTypes=true,annotation-index.org.opencontainers.image.title=app"
        """,
        why="annotations have names of their own, and case does not count",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output "type=image,name=$CI_REGISTRY_IMAGE,push=true,$KEY=true"
        """,
        why="the key is not known",
    )


CHECK = Check(
    id="buildctl-output-attr-unknown",
    title="Field of --output without effect",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        BuildKit keeps a field that its exporter does not know as metadata and says nothing. A
        misspelt `push-by-digest` or `compression` is as if it were not there.
    """,
    links=("https://github.com/moby/buildkit#output",),
    since="0.1",
)
