"""Removing a builder that nobody made."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.builder import BuildxUse
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job


def find(job: Job, context: Context) -> Iterator[Finding]:
    if context.builds.image.name is None:
        return  # the machine may have builders
    order = {id(command): n for n, command in enumerate(context.execution.commands)}
    for use in context.builds.buildx_uses:
        command = use.command
        if not use.removes or command.failure_ignored or command.phase == "after_script":
            continue
        if use.name is None or not use.name.is_known or _may_be_there(use, order, context):
            continue
        yield context.finding(
            command.program.written,
            f"the job has no builder '{use.name.display}' to remove, and fails here",
            details=f'failed to remove {use.name.display}: no builder "{use.name.display}" found',
            advice=(f"docker buildx rm {use.name.display} || true", "or leave the line out"),
        )


def _may_be_there(use: BuildxUse, order: dict[int, int], context: Context) -> bool:
    """Whether an earlier command may have made the builder."""
    here = order[id(use.command)]
    if any(gap.after <= here for gap in context.execution.not_followed):
        return True
    return use.name is None or any(
        order[id(create.command)] < here
        and (create.opaque or create.name is None or create.name.equals(use.name) is not False)
        for create in context.builds.buildx_creates
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - ⟦docker⟧ buildx rm builder
            - docker context create ci
            - docker buildx create --use --name builder ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use --name multi ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
            - ⟦docker⟧ buildx rm multibuilder
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx rm builder || true
            - docker context create ci
            - docker buildx create --use --name builder ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="a failure does no harm",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
          after_script:
            - docker buildx rm builder
        """,
        why="after_script cannot fail the job",
    )


CHECK = Check(
    id="buildx-rm-fails-job",
    title="buildx rm of a builder that is not there",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        A job's container starts without builders, and takes those it made with it when it ends:
        there is nothing to clean up. `docker buildx rm` of a builder that does not exist fails the
        job.
    """,
    links=("https://docs.docker.com/reference/cli/docker/buildx/rm/",),
    since="0.1",
)
