"""Pages settings that GitLab does not take."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Pipeline


def find(pipeline: Pipeline, context: Context) -> Iterator[Finding]:
    yield from context.faults()


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        site:
          script: make site
          ⟦publish⟧: dist
    """)
    yield Example("""
        site:
          script: make site
          pages:
            publish: ⟦[dist]⟧
    """)
    yield Example("""
        site:
          script: make site
          pages:
            publish: dist
          ⟦publish⟧: dist
    """)
    yield LookAlike("""
        site:
          script: make site
          pages:
            publish: dist
            expire_in: 1 week
    """)
    yield LookAlike("""
        site:
          script: make site
          pages: true
          artifacts:
            paths: [public]
    """)


CHECK = Check(
    id="pages-invalid",
    title="Invalid pages",
    severity=Severity.ERROR,
    looks_at=Pipeline,
    find=find,
    examples=examples,
    rationale="""
        The folder that GitLab Pages publishes is set once, as `pages:publish` of a job
        with `pages`. GitLab refuses it elsewhere, and refuses values of the wrong type.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#pages",
        "https://docs.gitlab.com/ci/yaml/#pagespagespublish",
    ),
    since="0.1",
)
