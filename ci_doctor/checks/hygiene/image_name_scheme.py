"""An image name that begins like a URL."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.image_names import namings
from ...builds.script_editing import replace_text, scalar_at
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

SCHEMES = ("https://", "http://")


def find(job: Job, context: Context) -> Iterator[Finding]:
    for naming in namings(context.builds):
        text = naming.name.text
        scheme = next((s for s in SCHEMES if text.startswith(s) is True), None)
        if scheme is None:
            continue
        place = text.locate(0, len(scheme))
        edit = None
        if place is not None and place.text == scheme and scalar_at(naming.command, place):
            edit = replace_text(naming.command, place, "")
        yield context.finding(
            place or naming.name.location,
            f"an image name has no `{scheme}`: it begins with the registry's host",
            confidence=Confidence.CERTAIN if naming.certain else Confidence.LIKELY,
            details=f'docker says: invalid tag "{text.display}": invalid reference format; buildctl only after '
            f"the whole build: failed to push {text.display}: invalid reference format",
            fix=None if edit is None else fix(f"Remove `{scheme}`", edit),
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "⟦https://⟧registry.example.com/team/app" .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "registry.example.com/team/app" .
        """,
    )
    # The variable may be used as a URL elsewhere: only a person can tell.
    yield Example("""
        variables:
          REGISTRY: ⟦https://⟧registry.example.com

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$REGISTRY/team/app" .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$PASSWORD" | docker login -u ci --password-stdin https://registry.example.com
            - docker build -t registry.example.com/team/app .
        """,
        why="docker login takes a URL",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build --label "org.opencontainers.image.source=https://gitlab.example.com/team/app" -t app .
        """,
        why="a label is no name",
    )


CHECK = Check(
    id="image-name-scheme",
    title="Image name with https://",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The name of an image is host, path and tag: `registry.example.com/team/app:1`. With a scheme
        before it no tool takes it, and buildctl says so only when everything is built.
    """,
    links=("https://pkg.go.dev/github.com/distribution/reference",),
    since="0.1",
)
