"""GitLab.com's registry by name in a job that logs in with the instance's own credentials."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.gitlab_credentials import is_job_login
from ...builds.image_names import namings
from ...builds.jobs import JobBuilds
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

HOST = "registry.gitlab.com"


def find(job: Job, context: Context) -> Iterator[Finding]:
    if not _logs_in(context.builds):
        return
    for naming in namings(context.builds):
        text = naming.name.text
        if text.startswith(f"{HOST}/") is not True:
            continue
        place = text.locate(0, len(HOST))
        whole = place is not None and place.text == HOST
        yield context.finding(
            place or naming.name.location,
            f"'{HOST}' by name: a copy of the project on another GitLab pushes here all the same",
            confidence=Confidence.POSSIBLE,
            advice=("$CI_REGISTRY_IMAGE is this project's own path",),
            fix=fix("Use $CI_REGISTRY", replace(place, "$CI_REGISTRY"), unsafe=True)
            if whole and place is not None
            else None,
        )


def _logs_in(builds: JobBuilds) -> bool:
    return any(is_job_login(login) for login in builds.logins)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "⟦registry.gitlab.com⟧/team/app:$CI_COMMIT_SHA" .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY/team/app:$CI_COMMIT_SHA" .
        """,
    )
    yield Example(
        """
        variables:
          IMAGE: ⟦registry.gitlab.com⟧/team/app

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin registry.gitlab.com
            - docker build -t "$IMAGE:$CI_COMMIT_SHA" .
        """,
        fixed="""
        variables:
          IMAGE: $CI_REGISTRY/team/app

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin registry.gitlab.com
            - docker build -t "$IMAGE:$CI_COMMIT_SHA" .
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$OTHER_TOKEN" | docker login -u deploy --password-stdin registry.gitlab.com
            - docker build -t registry.gitlab.com/other/app .
        """,
        why="another project, with a token of its own",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
        """,
        why="by GitLab's variable",
    )


CHECK = Check(
    id="image-hardcoded-registry",
    title="GitLab.com's registry by name",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        A fork, a mirror or a move to another GitLab takes the pipeline along, and its jobs then push
        to a registry that their credentials are not for. GitLab's variables follow the
        project.
    """,
    links=("https://docs.gitlab.com/ci/variables/predefined_variables/",),
    since="0.1",
)
