"""`environment` that GitLab does not take."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        deploy:
          script: make deploy
          environment:
            name: review
            on_stop: ⟦stop⟧

        stop:
          script: make stop
          when: manual
          environment:
            name: review
    """)
    yield Example("""
        deploy:
          script: make deploy
          ⟦environment⟧:
            url: https://example.com
    """)
    yield Example("""
        deploy:
          script: make deploy
          environment:
            name: production
            deployment_tier: ⟦live⟧
    """)
    yield LookAlike("""
        deploy:
          script: make deploy
          environment:
            name: review/$CI_COMMIT_REF_SLUG
            url: https://$CI_COMMIT_REF_SLUG.example.com
            on_stop: stop
            auto_stop_in: 1 day

        stop:
          script: make stop
          when: manual
          environment:
            name: review/$CI_COMMIT_REF_SLUG
            action: stop
    """)
    yield LookAlike("""
        deploy:
          script: make deploy
          environment: production
    """)


CHECK = Check(
    id="environment-invalid",
    title="Invalid environment",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        GitLab refuses the pipeline when an environment has no name, an action or tier
        it does not know, or an `on_stop` job that does not stop that environment.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#environment",
        "https://docs.gitlab.com/ci/environments/#stopping-an-environment",
    ),
    since="0.1",
)
