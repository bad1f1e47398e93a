"""A Kaniko image without the shell that GitLab's script needs."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.editing import retag
from ...builds.job_image import is_published_kaniko, job_image
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...images.reference import parse_reference_text
from ...pipeline.model import Image, Job
from ...text import Text

# Tags of the executor that hold busybox, or are made from Alpine.
WITH_SHELL = ("debug", "alpine", "bootstrap")


def find(job: Job, context: Context) -> Iterator[Finding]:
    image = job.image
    if image is None or job_image(job).kaniko is not True:
        return
    if not context.runner.uses_docker_executor and not context.runner.is_kubernetes:
        return
    reference = parse_reference_text(image.name)
    tag = None if reference is None else reference.tag_or_latest
    if tag is None or any(tag.contains(word) is not False for word in WITH_SHELL):
        return
    copied = is_published_kaniko(image.name) is not True
    yield context.finding(
        (image.name_value or image.value).content_location,
        f"'{image.name.display}' has no shell to run the job's script in"
        + (", unless the copy adds one" if copied else ""),
        confidence=Confidence.LIKELY if copied else Confidence.CERTAIN,
        details='exec: "sh": executable file not found in $PATH',
        advice=("use the tag with `-debug`: it has busybox",),
        fix=_fix(image, tag),
    )


def _fix(image: Image, tag: Text) -> Fix | None:
    if tag.value is None or tag.value.endswith("-slim"):
        return None
    shell = "debug" if tag.value == "latest" else f"{tag.value}-debug"
    edit = retag(image.name, shell)
    return None if edit is None else fix(f"Use the tag `{shell}`", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image:
            name: ⟦ghcr.io/osscontainertools/kaniko:v1.28.3⟧
            entrypoint: [""]
          script:
            - /kaniko/executor --context . --no-push
        """,
        fixed="""
        build:
          image:
            name: ghcr.io/osscontainertools/kaniko:v1.28.3-debug
            entrypoint: [""]
          script:
            - /kaniko/executor --context . --no-push
        """,
    )
    yield Example(
        """
        .kaniko:
          image: {name: "⟦martizih/kaniko:latest⟧", entrypoint: [""]}

        build:
          extends: .kaniko
          script: /kaniko/executor --context . --no-push
        """,
        fixed="""
        .kaniko:
          image: {name: "martizih/kaniko:debug", entrypoint: [""]}

        build:
          extends: .kaniko
          script: /kaniko/executor --context . --no-push
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script: /kaniko/executor --context . --no-push
        """,
        why="the debug image has one",
    )
    yield LookAlike(
        """
        build:
          image: {name: "registry.example.com/ci/kaniko-with-shell:4", entrypoint: [""]}
          script: /kaniko/executor --context . --no-push
        """,
        why="an image of one's own",
    )
    yield LookAlike(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:$KANIKO_TAG", entrypoint: [""]}
          script: /kaniko/executor --context . --no-push
        """,
        why="the variable may say debug",
    )


CHECK = Check(
    id="kaniko-no-shell",
    title="Kaniko image without a shell",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        GitLab runs a job's script in a shell of its image. Kaniko's images hold the executor alone;
        only those with `debug` in their tag bring busybox. In the others the job ends before its
        first line.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_kaniko/",),
    since="0.1",
)
