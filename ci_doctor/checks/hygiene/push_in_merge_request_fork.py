"""A push with credentials that a merge request from a fork does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Credential
from ...builds.gitlab_credentials import PASSWORDS, credential_texts
from ...builds.registries import is_gitlab_registry
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.conditions import MERGE_REQUEST, is_manual, runs_in
from ...pipeline.model import Job
from ...pipeline.predefined import is_predefined

RULE = "rules: [{if: $CI_MERGE_REQUEST_SOURCE_PROJECT_PATH == $CI_PROJECT_PATH}]"


def find(job: Job, context: Context) -> Iterator[Finding]:
    if runs_in(job, MERGE_REQUEST) is not True or is_manual(job):
        return
    own = _own_variables(context)
    if not own:
        return
    seen = set()
    for push in context.builds.pushes:
        if push.host is None or is_gitlab_registry(push.host) or push.location in seen:
            continue
        if push.command.certainty is not Certainty.ALWAYS or push.command.guards:
            continue
        if not any(_is_for(entry) for entry in push.credentials.entries):
            continue
        seen.add(push.location)
        shown = " and ".join(f"`${name}`" for name in own)
        yield context.finding(
            push.location,
            f"a merge request from a fork has no {shown}: its pipeline fails at this push",
            confidence=Confidence.LIKELY,
            details="Where somebody runs that pipeline in this project instead, code of others is built with "
            "these credentials.",
            advice=(RULE,),
        )


def _is_for(entry: Credential) -> bool:
    return entry.how in ("config.json", "docker login") and not is_gitlab_registry(entry.key)


def _own_variables(context: Context) -> list[str]:
    """The project's own variables among the users and passwords of the job."""
    names = {
        symbol.variable
        for text in credential_texts(context.builds)
        for symbol in text.symbols()
        if not is_predefined(symbol.variable) and symbol.variable not in PASSWORDS
    }
    return sorted(names)


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
          script:
            - echo "$QUAY_TOKEN" | docker login -u example+ci --password-stdin quay.io
            - docker build -t "quay.io/example/app:$CI_COMMIT_SHA" .
            - docker ⟦push⟧ "quay.io/example/app:$CI_COMMIT_SHA"
    """)
    yield Example("""
        workflow:
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
            - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$QUAY_TOKEN" | docker login -u "$QUAY_USER" --password-stdin quay.io
            - docker buildx create --use
            - docker buildx build -t "quay.io/example/app:$CI_COMMIT_SHA" ⟦--push⟧ .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        why="a fork's pipeline pushes to the fork's own registry",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          rules:
            - if: $CI_MERGE_REQUEST_SOURCE_PROJECT_PATH == $CI_PROJECT_PATH
            - if: $CI_COMMIT_BRANCH
          script:
            - echo "$QUAY_TOKEN" | docker login -u example+ci --password-stdin quay.io
            - docker build -t "quay.io/example/app:$CI_COMMIT_SHA" .
            - docker push "quay.io/example/app:$CI_COMMIT_SHA"
        """,
        why="forks are kept out",
    )


CHECK = Check(
    id="push-in-merge-request-fork",
    title="Push with own credentials in merge request pipelines",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The pipeline of a merge request from a fork runs in the fork, without this project's
        variables: the login gets an empty password. Contributions from outside then always come
        with a red pipeline.
    """,
    links=(
        "https://docs.gitlab.com/ci/pipelines/merge_request_pipelines/#use-with-forked-projects",
    ),
    since="0.1",
)
