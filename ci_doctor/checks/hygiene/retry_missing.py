"""Pushes that fail with the runner or the network and are not tried again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.editing import add_keyword
from ...pipeline.model import Job, Pipeline

BLOCK = "retry:\n  max: 2\n  when: [runner_system_failure, stuck_or_timeout_failure]"
FLOW = "retry: {max: 2, when: [runner_system_failure, stuck_or_timeout_failure]}"


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    """One finding, at the first job that pushes: the others are no news."""
    pushing = [builds.job for builds in context.all_builds if builds.pushes]
    if not pushing or any(_may_retry(job) for job in pushing):
        return
    first = pushing[0]
    edits = add_keyword(first, BLOCK, FLOW, after="image")
    finding = context.finding(
        first.location,
        "no job that pushes images is tried again when its runner fails",
        confidence=Confidence.POSSIBLE,
        advice=(FLOW,),
        fix=fix("Try again", *edits, unsafe=True) if edits else None,
    )
    yield replace(finding, jobs=(first.name,))


def _may_retry(job: Job) -> bool:
    return job.get("retry") is not None or job.may_inherit("retry")


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        ⟦build⟧:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        fixed="""
        build:
          image: docker:28-cli
          retry:
            max: 2
            when: [runner_system_failure, stuck_or_timeout_failure]
          services: ["docker:28-dind"]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
    )
    # One finding for all of them.
    yield Example(
        """
        default:
          image: docker:28-cli
          services: ["docker:28-dind"]

        ⟦build-app⟧: {script: ["docker push $CI_REGISTRY_IMAGE/app:$CI_COMMIT_SHA"]}
        build-web: {script: ["docker push $CI_REGISTRY_IMAGE/web:$CI_COMMIT_SHA"]}
        """,
        fixed="""
        default:
          image: docker:28-cli
          services: ["docker:28-dind"]

        build-app: {script: ["docker push $CI_REGISTRY_IMAGE/app:$CI_COMMIT_SHA"], retry: {max: 2, when: [runner_system_failure, stuck_or_timeout_failure]}}
        build-web: {script: ["docker push $CI_REGISTRY_IMAGE/web:$CI_COMMIT_SHA"]}
        """,
    )
    yield LookAlike(
        """
        default:
          retry: 1

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        why="a default for all jobs",
    )
    yield LookAlike(
        """
        test:
          image: alpine:3.22
          script: make test
        """,
        why="nothing is pushed",
    )


CHECK = Check(
    id="retry-missing",
    title="Pushes are not tried again",
    severity=Severity.INFO,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        BuildKit tries network faults again by itself; nothing does so for a runner that dies or a
        service that never starts. `retry` with those reasons costs nothing where the build itself is
        at fault.
    """,
    links=("https://docs.gitlab.com/ci/yaml/#retrywhen",),
    since="0.1",
)
