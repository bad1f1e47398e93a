"""A Kaniko image whose own entrypoint takes the job's shell for its arguments."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.job_image import is_published_kaniko, job_image
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
    if image.entrypoint is not None or job_image(job).kaniko is not True:
        return
    # A parent that was not read may give the mapping an entrypoint.
    unseen = image.value.is_mapping and bool(job.unknown_parents)
    copied = is_published_kaniko(image.name) is not True
    yield context.finding(
        (image.name_value or image.value).content_location,
        f"the entrypoint of '{image.name.display}' is the executor, and the script never runs"
        + (", unless the copy has another" if copied else ""),
        confidence=Confidence.LIKELY if unseen or copied else Confidence.CERTAIN,
        details='Error: unknown command "sh" for "executor"',
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
          image: ⟦ghcr.io/osscontainertools/kaniko:v1.28.3-debug⟧
          script:
            - /kaniko/executor --context . --no-push
        """,
        fixed="""
        build:
          image: {name: ghcr.io/osscontainertools/kaniko:v1.28.3-debug, entrypoint: [""]}
          script:
            - /kaniko/executor --context . --no-push
        """,
    )
    yield Example(
        """
        build:
          image:
            name: ⟦martizih/kaniko:v1.28.3-debug⟧
            pull_policy: if-not-present
          script: /kaniko/executor --context . --no-push
        """,
        fixed="""
        build:
          image:
            name: martizih/kaniko:v1.28.3-debug
            entrypoint: [""]
            pull_policy: if-not-present
          script: /kaniko/executor --context . --no-push
        """,
    )
    yield LookAlike(
        """
        build:
          image: ghcr.io/osscontainertools/kaniko:v1.28.3-debug
          script: /kaniko/executor --context . --no-push
        """,
        settings="runners: {default: {executor: kubernetes}}",
        why="the Kubernetes executor ignores entrypoints",
    )
    yield LookAlike(
        """
        build:
          image: registry.example.com/ci/kaniko:4
          script: /kaniko/executor --context . --no-push
        """,
        why="an image of one's own may have any entrypoint",
    )


CHECK = Check(
    id="kaniko-missing-entrypoint",
    title="Kaniko image with its own entrypoint",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The entrypoint of Kaniko's images is the executor. The Docker executor of GitLab Runner
        keeps it and passes the shell as arguments, which Kaniko takes for a command that it does
        not have. With the entrypoint emptied the shell starts.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_kaniko/",
        "https://docs.gitlab.com/runner/executors/docker/#configure-a-docker-entrypoint",
    ),
    since="0.1",
)
