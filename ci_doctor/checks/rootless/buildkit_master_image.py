"""A BuildKit image that is no release."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...builds.editing import retag
from ...builds.job_image import BUILDKIT_RELEASE, BuildkitImage
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Finding, Severity
from ...pipeline.model import Image, Job, Service


def find(job: Job, context: Context) -> Iterator[Finding]:
    images: list[Image | Service] = [*job.services]
    if job.image is not None:
        images.insert(0, job.image)
    for image in images:
        seen = BuildkitImage.of(image.name)
        tag = "" if seen.tag is None else seen.tag.value or ""
        if seen.official is not True or not _is_no_release(tag):
            continue
        release = f"{BUILDKIT_RELEASE}-rootless" if "rootless" in tag else BUILDKIT_RELEASE
        edit = retag(image.name, release)
        yield context.finding(
            (image.name_value or image.value).content_location,
            f"'{image.name.display}' is no release of BuildKit",
            details="It is built from the state of the main branch, or is a candidate for tests.",
            advice=(f"moby/buildkit:{release}",),
            fix=None if edit is None else fix(f"Use the release `{release}`", edit, unsafe=True),
        )


def _is_no_release(tag: str) -> bool:
    if tag.startswith(("master", "nightly")):
        return True
    return re.match(r"v\d+\.\d+\.\d+-(?:rc|beta|alpha)", tag) is not None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "⟦moby/buildkit:master-rootless⟧", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed=f"""
        build:
          image: {{name: "moby/buildkit:{BUILDKIT_RELEASE}-rootless", entrypoint: [""]}}
          variables: {{BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "⟦moby/buildkit:v0.14.0-rc2-rootless⟧", entrypoint: [""]}
          script: buildctl --version
        """,
        fixed=f"""
        build:
          image: {{name: "moby/buildkit:{BUILDKIT_RELEASE}-rootless", entrypoint: [""]}}
          script: buildctl --version
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script: buildctl --version
        """,
        why="a release",
    )
    yield LookAlike(
        """
        build:
          image: {name: "registry.example.com/ci/buildkit:master", entrypoint: [""]}
          script: buildctl --version
        """,
        why="what the tags of another image mean is not known",
    )


CHECK = Check(
    id="buildkit-master-image",
    title="BuildKit image that is no release",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The tags `master` and `nightly` are built from BuildKit's main branch, `-rc` tags before a
        release. They bring what is not finished into the pipeline, mostly from a copied example or
        from a bug that has long been fixed.
    """,
    links=(
        "https://hub.docker.com/r/moby/buildkit/tags",
        "https://github.com/moby/buildkit/releases",
    ),
    since="0.1",
)
