"""`push=true` with nothing to push to."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attribute, Attributes, Build, Output, Tool, parse_bool
from ...builds.exporters import is_sound
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for output in build.outputs:
        attributes = output.attributes
        if output.type != "image" or output.pushes is not True or not is_sound(attributes):
            continue
        assert attributes is not None
        name = attributes.get("name")
        # buildctl exits 0 here and pushes nothing, so only a linter can tell.
        empty = name is not None and name.value is not None and name.value.is_empty is True
        if attributes.lacks("name") or empty:
            push = output.push
            yield context.finding(
                push.location if isinstance(push, Attribute) else output.location,
                "nothing is pushed: the image output has push=true but no name",
                details="buildctl ends with exit code 0 and says nothing about it.",
                advice=("name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA",),
            )
        yield from _tagged(output, attributes, context)


def _tagged(output: Output, attributes: Attributes, context: Context) -> Iterator[Finding]:
    """Names with a tag, which a push by digest refuses."""
    by_digest = attributes.get("push-by-digest")
    if by_digest is None or by_digest.value is None:
        return
    if by_digest.value.is_empty is not True and parse_bool(by_digest.value) is not True:
        return
    for name in output.names:
        tag = None if name.reference is None else name.reference.tag
        if tag is not None and tag.parts:
            yield context.finding(
                name.location,
                f"the push fails: by digest, '{name.text.display}' must not have a tag",
                details=f"failed to push …: can't push tagged ref {name.text.display} by digest",
                advice=("name=$CI_REGISTRY_IMAGE,push-by-digest=true,push=true",),
            )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=image,⟦push=true⟧
    """)
    # By digest, and still without a repository to push to.
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output "type=image,name=,push-by-digest=true,⟦push=true⟧"
    """)
    # A name, and a tag that a push by digest refuses.
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=image,name=⟦$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA⟧,push-by-digest=true,push=true
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker && cp "$REGISTRY_CREDENTIALS" ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output "type=image,push=true,$OUTPUT_OPTIONS"
        """,
        why="the options may hold the name",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,push=false
        """,
        why="nothing is to be pushed",
    )


CHECK = Check(
    id="buildctl-push-without-name",
    title="Push without an image name",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        BuildKit builds the image, finds no name to push it under, pushes nothing and
        ends with success. The job is green and the registry stays empty. A push by digest needs the
        name too, and refuses one with a tag.
    """,
    links=("https://github.com/moby/buildkit#imageregistry",),
    since="0.1",
)
