"""Two builders of one name in one job."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.builder import BuildxCreate
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Certainty
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import noted


def find(job: Job, context: Context) -> Iterator[Finding]:
    order = {id(command): n for n, command in enumerate(context.execution.commands)}
    removals = [order[id(use.command)] for use in context.builds.buildx_uses if use.removes]
    seen: dict[str, BuildxCreate] = {}
    for create in context.builds.buildx_creates:
        command = create.command
        if create.name is None or not create.name.is_known or create.opaque:
            continue
        if command.certainty is not Certainty.ALWAYS or command.phase == "after_script":
            continue
        first = seen.setdefault(create.name.display, create)
        if first is create or create.appends is not False or command.failure_ignored:
            continue
        if not create.lacks("--node"):
            continue
        if any(order[id(first.command)] < n < order[id(command)] for n in removals):
            continue
        yield context.finding(
            create.name_location,
            f"the job has a builder called '{create.name.display}' already",
            details=(
                f'ERROR: existing instance for "{create.name.display}" but no append mode, specify '
                "the node name to make changes for existing instances"
            ),
            related=(noted(first.name_location, "created here"),),
            advice=("another --name, --append, or `docker buildx use` for the one that is there",),
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use --name multi ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE:a" --push a
            - docker buildx create --use --name ⟦multi⟧ ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE:b" --push b
    """)
    yield Example("""
        .builder:
          before_script:
            - docker context create ci
            - docker buildx create --use --name=builder ci

        build:
          extends: .builder
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx create --use --name=⟦builder⟧ ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --name multi ci
            - docker buildx create --name multi --append tcp://arm.example.com:2376
            - docker buildx use multi
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="a second node of the same builder",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use --name multi ci
            - docker buildx create --use --name multi ci || true
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="a failure does no harm",
    )


CHECK = Check(
    id="buildx-create-name-collision",
    title="Two buildx builders of one name",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        A builder stays until it is removed or the job's container ends. A second `buildx create`
        with its name fails, unless it appends a node; it happens where a template creates one too.
    """,
    links=("https://docs.docker.com/reference/cli/docker/buildx/create/",),
    since="0.1",
)
