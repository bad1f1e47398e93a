"""A push by Kaniko with credentials that only Kaniko finds."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Tool
from ...builds.jobs import Push
from ...builds.registries import is_gitlab_registry
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.editing import add_before_script
from ...pipeline.model import Job

LOGIN = (
    "mkdir -p /kaniko/.docker",
    """printf '{"auths":{"%s":{"username":"%s","password":"%s"}}}' """
    '"$CI_REGISTRY" "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" > /kaniko/.docker/config.json',
)


def find(job: Job, context: Context) -> Iterator[Finding]:
    if context.builds.image.kaniko is not True or context.builds.config_writes:
        return
    push = next((push for push in context.builds.pushes if _is_implicit(push)), None)
    if push is None:
        return
    yield context.finding(
        push.location,
        "the push goes by the job's own credentials, which Kaniko finds by itself and BuildKit does not",
        advice=("for Kaniko, and for BuildKit with ~/.docker in place of /kaniko/.docker:", *LOGIN),
        fix=_fix(job),
    )


def _is_implicit(push: Push) -> bool:
    """Whether nothing but Kaniko's helper for GitLab gives the credentials."""
    if push.build is None or push.build.tool is not Tool.KANIKO or push.host is None:
        return False
    credentials = push.credentials
    if not is_gitlab_registry(push.host) or not credentials.complete:
        return False
    return all(entry.how == "gitlab" for entry in credentials.entries)


def _fix(job: Job) -> Fix | None:
    edits = add_before_script(job, LOGIN)
    return fix("Write the credentials before the script", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - /kaniko/executor --context . ⟦--destination "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"⟧
        """,
        fixed="""
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          before_script:
            - mkdir -p /kaniko/.docker
            - printf '{"auths":{"%s":{"username":"%s","password":"%s"}}}' "$CI_REGISTRY" "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" > /kaniko/.docker/config.json
          script:
            - /kaniko/executor --context . --destination "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
    )
    yield Example(
        """
        build:
          image:
            name: martizih/kaniko:v1.28.3-debug
            entrypoint: [""]
          before_script:
            - echo "building $CI_COMMIT_SHORT_SHA"
          script:
            - |
              /kaniko/executor \\
                --context "$CI_PROJECT_DIR" \\
                ⟦--destination "$CI_REGISTRY_IMAGE/app:latest"⟧
        """,
        fixed="""
        build:
          image:
            name: martizih/kaniko:v1.28.3-debug
            entrypoint: [""]
          before_script:
            - echo "building $CI_COMMIT_SHORT_SHA"
            - mkdir -p /kaniko/.docker
            - printf '{"auths":{"%s":{"username":"%s","password":"%s"}}}' "$CI_REGISTRY" "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" > /kaniko/.docker/config.json
          script:
            - |
              /kaniko/executor \\
                --context "$CI_PROJECT_DIR" \\
                --destination "$CI_REGISTRY_IMAGE/app:latest"
        """,
    )
    yield LookAlike(
        r"""
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          before_script:
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > /kaniko/.docker/config.json
          script:
            - /kaniko/executor --context . --destination "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        why="the job writes its credentials",
    )
    yield LookAlike(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - /kaniko/executor --context . --destination "$CI_REGISTRY_IMAGE:test" --no-push
        """,
        why="nothing is pushed",
    )


CHECK = Check(
    id="kaniko-auth-implicit",
    title="Kaniko without a config.json",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Kaniko takes CI_REGISTRY_USER and CI_REGISTRY_PASSWORD by itself where no config.json names
        the registry. No other builder does: the same job with BuildKit pushes without credentials,
        and nothing in the pipeline shows what it lost.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_buildkit/#migrate-from-kaniko-to-buildkit",),
    since="0.1",
)
