"""A variable in an image name that some pipelines of the job do not have."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.image_names import Naming, namings, places_of, without
from ...builds.script_editing import replace_text, scalar_at
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...images.reference import fault_in
from ...pipeline.conditions import MERGE_REQUEST, PUSH, TAG, Situation, runs_in
from ...pipeline.model import Job
from ...source import Location
from ...text import Symbol

TESTS = ("[", "[[", "test", "case")
SHOWN = {
    PUSH.name: "branch pipelines",
    MERGE_REQUEST.name: "merge request pipelines",
    TAG.name: "tag pipelines",
}


def find(job: Job, context: Context) -> Iterator[Finding]:
    situations = [s for s in (PUSH, MERGE_REQUEST, TAG) if runs_in(job, s) is True]
    if not situations:
        return
    for naming in namings(context.builds):
        if not naming.certain or fault_in(naming.name.text) is not None:
            continue
        for symbol, place in _symbols(naming):
            lacking = _lacking(symbol.variable, situations)
            if not lacking or fault_in(without(naming.name.text, symbol.variable)) is None:
                continue
            if _is_asked(symbol.variable, naming, context):
                continue
            always = symbol.variable == "CI_COMMIT_TAG" or len(lacking) == len(situations)
            yield context.finding(
                place,
                f"`${symbol.variable}` is empty in {_list(lacking)}, where this job runs too",
                severity=None if always else Severity.WARNING,
                details=f"The name is then '{without(naming.name.text, symbol.variable).display}': invalid "
                "reference format. buildctl says so only after the whole build.",
                advice=_advice(symbol.variable),
                fix=_fix(naming, symbol, place),
            )


def _symbols(naming: Naming) -> list[tuple[Symbol, Location]]:
    names = {s.variable for s in naming.name.text.parts if isinstance(s, Symbol)}
    return [found for name in sorted(names) for found in places_of(naming.name.text, name)]


def _lacking(variable: str, situations: list[Situation]) -> list[Situation]:
    return [s for s in situations if variable in s.known and s.known[variable] is None]


def _is_asked(variable: str, naming: Naming, context: Context) -> bool:
    """Whether the script asks for the variable before: what follows is then not known."""
    for command in context.execution.commands:
        if command is naming.command:
            return False
        if command.name in TESTS and any(
            symbol.variable == variable for word in command.words for symbol in word.text.symbols()
        ):
            return True
    return False


def _list(lacking: list[Situation]) -> str:
    return " and ".join(SHOWN[situation.name] for situation in lacking)


def _advice(variable: str) -> tuple[str, ...]:
    if variable == "CI_COMMIT_TAG":
        return ("rules: [{if: $CI_COMMIT_TAG}]", "${CI_COMMIT_TAG:-$CI_COMMIT_SHORT_SHA}")
    return ("$CI_COMMIT_REF_SLUG",)


def _fix(naming: Naming, symbol: Symbol, place: Location) -> Fix | None:
    name = symbol.variable
    if scalar_at(naming.command, place) is None or place.text not in (f"${name}", f"${{{name}}}"):
        return None
    default = f"${{{name}:-$CI_COMMIT_SHORT_SHA}}"
    edit = replace_text(naming.command, place, default)
    return None if edit is None else fix(f"Use {default}", edit, unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:⟦$CI_COMMIT_TAG⟧" .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:${CI_COMMIT_TAG:-$CI_COMMIT_SHORT_SHA}" .
        """,
    )
    # A merge request pipeline has no branch, either.
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
            IMAGE: $CI_REGISTRY_IMAGE:⟦$CI_COMMIT_BRANCH⟧
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,name=$IMAGE,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          rules:
            - if: $CI_COMMIT_TAG
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_TAG" .
        """,
        why="only for git tags",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:${CI_COMMIT_TAG:-latest}" -t "$CI_REGISTRY_IMAGE:v$CI_COMMIT_TAG" .
            - |
              if [ -n "$CI_COMMIT_TAG" ]; then
                docker tag "$CI_REGISTRY_IMAGE:latest" "$CI_REGISTRY_IMAGE:$CI_COMMIT_TAG"
              fi
        """,
        why="a default value, a tag that is never empty, and a test",
    )


CHECK = Check(
    id="image-tag-empty-variable",
    title="Image tag from a variable that may be empty",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        GitLab sets `CI_COMMIT_TAG` only in pipelines for git tags, and `CI_COMMIT_BRANCH` only in those
        for branches. Elsewhere the name ends in a colon, and is refused.
    """,
    links=("https://docs.gitlab.com/ci/variables/predefined_variables/",),
    since="0.1",
)
