"""An image name that is refused, or will be, for a capital letter or a branch's `/`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...builds.image_names import Naming, namings, places_of
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...images.reference import fault_in
from ...pipeline.conditions import MERGE_REQUEST, PUSH, runs_in
from ...pipeline.model import Job
from ...source import Location

BRANCHES = {
    "CI_COMMIT_REF_NAME": "CI_COMMIT_REF_SLUG",
    "CI_COMMIT_BRANCH": "CI_COMMIT_REF_SLUG",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "CI_COMMIT_REF_SLUG",
}
PROJECT = (
    "CI_PROJECT_PATH",
    "CI_PROJECT_NAMESPACE",
    "CI_PROJECT_NAME",
    "CI_PROJECT_ROOT_NAMESPACE",
)
SPELLED = r"\$\{?CI_REGISTRY\}?/\$\{?CI_PROJECT_PATH\}?"


def find(job: Job, context: Context) -> Iterator[Finding]:
    any_branch = True in (runs_in(job, PUSH), runs_in(job, MERGE_REQUEST))
    for naming in namings(context.builds):
        fault = fault_in(naming.name.text)
        if fault is not None:
            if fault.message.endswith("must be lowercase"):
                yield _capital(naming, fault.message, fault.span.start, fault.span.end, context)
            continue
        if any_branch and naming.certain:
            yield from _branch(naming, context)
        yield from _project(naming, context)


def _capital(naming: Naming, message: str, start: int, end: int, context: Context) -> Finding:
    text = naming.name.text
    return context.finding(
        text.locate(start, end) or naming.name.location,
        f"'{text[start:end].display}' has capital letters: no image name may have them",
        confidence=Confidence.CERTAIN if naming.certain else Confidence.LIKELY,
        details=f"{message}. buildctl says so only after the whole build.",
        advice=(text[start:end].display.lower(),),
    )


def _branch(naming: Naming, context: Context) -> Iterator[Finding]:
    for name, slug in BRANCHES.items():
        for _, place in places_of(naming.name.text, name):
            yield context.finding(
                place,
                f"`${name}` in an image name: a branch such as 'feature/Login' makes it invalid",
                severity=Severity.WARNING,
                details="A tag has no `/`, a path no capital letters: invalid reference format. The job runs "
                "for every branch.",
                advice=(f"${slug}",),
                fix=_renamed(place, name, slug),
            )


def _project(naming: Naming, context: Context) -> Iterator[Finding]:
    reference = naming.name.reference
    if reference is None:
        return
    for name in PROJECT:
        for _, place in places_of(reference.repository, name):
            if not _is_written_in(naming, place):
                continue  # the host and path that $CI_REGISTRY_IMAGE is made of
            spelled = _spelled(place)
            edit = None if spelled is None else replace(spelled, "$CI_REGISTRY_IMAGE")
            yield context.finding(
                spelled or place,
                f"`${name}` keeps capital letters of the project's path, which image names may not have",
                confidence=Confidence.POSSIBLE,
                details="invalid reference format: repository name must be lowercase",
                advice=("$CI_REGISTRY_IMAGE is the same path in lower case",),
                fix=None if edit is None else fix("Use $CI_REGISTRY_IMAGE", edit),
            )


def _is_written_in(naming: Naming, place: Location) -> bool:
    return any(place == other for name in PROJECT for _, other in places_of(naming.name.text, name))


def _spelled(place: Location) -> Location | None:
    """`$CI_REGISTRY/$CI_PROJECT_PATH` around a place."""
    source = place.source
    line = source.line_span(source.position(place.span.start).line)
    for match in re.finditer(SPELLED, source.slice(line)):
        if match.end() + line.start == place.span.end:
            start = line.start + match.start()
            return Location(source, place.span._replace(start=start))
    return None


def _renamed(place: Location, name: str, slug: str) -> Fix | None:
    if place.text.count(name) != 1:
        return None
    # Tags of existing branches may change with it (`my_branch` becomes `my-branch`).
    return fix(f"Use ${slug}", replace(place, place.text.replace(name, slug)), unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t registry.example.com/team/⟦WebShop⟧:1.2 .
    """)
    # Branches have other names than tags may have.
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:⟦$CI_COMMIT_REF_NAME⟧" .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_REF_SLUG" .
        """,
    )
    yield Example(
        """
        variables:
          IMAGE: ⟦$CI_REGISTRY/$CI_PROJECT_PATH⟧

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$IMAGE:$CI_COMMIT_SHA" .
        """,
        fixed="""
        variables:
          IMAGE: $CI_REGISTRY_IMAGE

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$IMAGE:$CI_COMMIT_SHA" .
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          rules:
            - if: $CI_COMMIT_TAG
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_REF_NAME" -t "$CI_REGISTRY_IMAGE:RC1" .
        """,
        why="only for git tags; and the tag of an image may have capital letters",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - TAG=$(echo "$CI_COMMIT_REF_NAME" | tr '/A-Z' '-a-z')
            - NAME=$(echo "$CI_PROJECT_PATH" | tr '[:upper:]' '[:lower:]')
            - docker build -t "$CI_REGISTRY/$NAME:$TAG" .
        """,
        why="the script makes them fit",
    )


CHECK = Check(
    id="image-name-uppercase",
    title="Image name with capital letters or a branch's name",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The path of an image has lower-case letters only, and its tag no `/`. Names of branches and
        projects may have both: the job works on main and fails on the first `feature/…` branch.
        GitLab's `…_SLUG` variables and `$CI_REGISTRY_IMAGE` are made for image names.
    """,
    links=(
        "https://docs.gitlab.com/ci/variables/predefined_variables/",
        "https://pkg.go.dev/github.com/distribution/reference",
    ),
    since="0.1",
)
