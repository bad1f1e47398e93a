"""A BuildKit image whose own entrypoint starts a daemon instead of the job's shell."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.job_image import job_image
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Image, Job
from ...yamldoc.editing import add_entry, holder, scalar_to_mapping
from ...yamldoc.nodes import Mapping


def find(job: Job, context: Context) -> Iterator[Finding]:
    image = job.image
    if image is None or not context.runner.uses_docker_executor:
        return
    if image.entrypoint is not None or job_image(job).buildkit.official is not True:
        return
    # A parent that was not read may give the mapping an entrypoint.
    unseen = image.value.is_mapping and bool(job.unknown_parents)
    place = image.name_value or image.value
    yield context.finding(
        place.content_location,
        f"the entrypoint of '{image.name.display}' starts buildkitd, and the script never runs",
        confidence=Confidence.LIKELY if unseen else Confidence.CERTAIN,
        details=(
            "The Docker executor keeps the image's entrypoint and hands it the shell as arguments; "
            "GitLab's older examples leave the entrypoint out, and work on Kubernetes only."
        ),
        advice=('image: {name: "…", entrypoint: [""]}',),
        fix=_fix(image),
    )


def _fix(image: Image) -> Fix | None:
    title = 'Add `entrypoint: [""]`'
    if image.value.is_mapping:
        mapping, name = image.value.node, image.name_value
        entry = holder(mapping, None if name is None else name.node)
        if not isinstance(mapping, Mapping) or entry is None:
            return None
        edit = add_entry(mapping, entry, 'entrypoint: [""]')
        return None if edit is None else fix(title, edit)
    alias = next((hop for hop in image.value.via if hop.kind == "alias"), None)
    place = image.value.location if alias is None else alias.location
    edits = () if place is None else scalar_to_mapping(place, "name", 'entrypoint: [""]')
    return fix(title, *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: ⟦moby/buildkit:v0.32.2-rootless⟧ # pinned
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: moby/buildkit:v0.32.2-rootless, entrypoint: [""]} # pinned
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    # Found where it is written, through a template and the dependency proxy.
    yield Example(
        """
        .buildkit:
          image:
            name: "⟦${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}/moby/buildkit:v0.32.2-rootless⟧"
            pull_policy: if-not-present

        build app:
          extends: .buildkit
          script: buildctl --version
        """,
        fixed="""
        .buildkit:
          image:
            name: "${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}/moby/buildkit:v0.32.2-rootless"
            entrypoint: [""]
            pull_policy: if-not-present

        build app:
          extends: .buildkit
          script: buildctl --version
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: ["/bin/sh", "-c"]}
          script: buildctl --version
        """,
        why="an entrypoint that starts a shell works",
    )
    yield LookAlike(
        """
        build:
          image: registry.example.com/ci/buildkit:rootless
          script: buildctl --version
        """,
        why="an image of one's own may have any entrypoint",
    )
    yield LookAlike(
        """
        build:
          image: moby/buildkit:v0.32.2-rootless
          script: buildctl --version
        """,
        settings="runners: {default: {executor: kubernetes}}",
        why="the Kubernetes executor ignores entrypoints",
    )


CHECK = Check(
    id="rootless-missing-entrypoint",
    title="BuildKit image with its own entrypoint",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The images of moby/buildkit start a daemon as their entrypoint. The Docker executor keeps
        it and passes the shell as arguments, so a daemon starts, or dies, and the job's script is
        never read: the job hangs to its timeout or ends with a RootlessKit error.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/",
        "https://docs.gitlab.com/runner/executors/docker/#configure-a-docker-entrypoint",
    ),
    since="0.1",
)
