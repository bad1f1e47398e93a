"""A BuildKit image whose tag moves on."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.editing import retag
from ...builds.job_image import BUILDKIT_RELEASE, BuildkitImage
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.model import Image, Job, Service

MOVING = ("latest", "rootless", "master", "master-rootless", "nightly", "nightly-rootless")
STABLE = ("buildx-stable-1", "buildx-stable-1-rootless")


def find(job: Job, context: Context) -> Iterator[Finding]:
    images: list[Image | Service] = [*job.services]
    if job.image is not None:
        images.insert(0, job.image)
    for image in images:
        seen = BuildkitImage.of(image.name)
        tag = None if seen.tag is None else seen.tag.value
        if seen.official is not True or tag not in (*MOVING, *STABLE) or "@" in image.name.template:
            continue
        yield context.finding(
            (image.name_value or image.value).content_location,
            f"'{image.name.display}' is another BuildKit after every release",
            advice=(f"moby/buildkit:{_pinned(tag)}",),
            fix=_fix(image, tag),
        )


def _pinned(tag: str) -> str:
    return f"{BUILDKIT_RELEASE}-rootless" if tag.endswith("rootless") else BUILDKIT_RELEASE


def _fix(image: Image | Service, tag: str) -> Fix | None:
    edit = retag(image.name, _pinned(tag))
    return None if edit is None else fix(f"Pin `{_pinned(tag)}`", edit, unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image:
            name: ⟦moby/buildkit:rootless⟧
            entrypoint: [""]
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed=f"""
        build:
          image:
            name: moby/buildkit:{BUILDKIT_RELEASE}-rootless
            entrypoint: [""]
          variables: {{BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    # No tag is `latest`.
    yield Example(
        """
        build:
          image: registry.example.com/ci/tools:3
          services:
            - name: ⟦docker.io/moby/buildkit⟧
              alias: buildkitd
          script: ./build.sh
        """,
        fixed=f"""
        build:
          image: registry.example.com/ci/tools:3
          services:
            - name: docker.io/moby/buildkit:{BUILDKIT_RELEASE}
              alias: buildkitd
          script: ./build.sh
        """,
    )
    yield LookAlike(
        """
        build:
          image:
            name: moby/buildkit:rootless@sha256:8cdc1d5b4d0a1e1f6d5a8c0f2d6b8a9c1e3f5a7b9d0c2e4f6a8b0d2f4a6c8e01
            entrypoint: [""]
          script: buildctl --version
        """,
        why="the digest pins it",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:$BUILDKIT_TAG", entrypoint: [""]}
          script: buildctl --version
        """,
        why="the variable may hold a version",
    )


CHECK = Check(
    id="buildkit-image-floating",
    title="BuildKit image that moves on",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        `latest` and `rootless` point to the newest release. A job that built yesterday may fail
        today without any change in the repository: releases of BuildKit did break rootless builds
        in CI more than once. A version as the tag makes the change one's own decision.
    """,
    links=(
        "https://hub.docker.com/r/moby/buildkit/tags",
        "https://github.com/moby/buildkit/releases",
    ),
    yields_to=("buildkit-master-image",),
    since="0.1",
)
