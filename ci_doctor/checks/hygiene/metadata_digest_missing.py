"""A deployment by a tag that the next build moves."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import ImageName
from ...builds.places import place_in
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Command, Word
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...text import Text

MOVING = frozenset({"latest", "stable", "main", "master", "prod", "production", "staging", "edge"})
DEPLOYS = frozenset(
    {"argocd", "aws", "az", "gcloud", "helm", "kubectl", "kustomize", "nomad", "oc", "ssh"}
)
OF_BRANCH = frozenset({"CI_COMMIT_REF_SLUG", "CI_COMMIT_REF_NAME", "CI_COMMIT_BRANCH"})


def find(job: Job, context: Context) -> Iterator[Finding]:
    if job.get("environment") is None or context.builds.pushes:
        return
    pushed = {
        push.name.text.display: push.name
        for builds in context.all_builds
        for push in builds.pushes
        if push.name is not None and _moves(push.name)
    }
    if not pushed:
        return
    for command in context.execution.commands:
        if not _deploys(command):
            continue
        for word in command.arguments:
            name = _named(word, pushed)
            if name is None:
                continue
            yield context.finding(
                place_in(word),
                f"'{name.text.display}' is whatever was pushed last, not what this pipeline built",
                confidence=Confidence.POSSIBLE,
                related=() if name.location is None else (name.location.noted("pushed here"),),
                advice=(
                    "tag it with $CI_COMMIT_SHA and deploy that",
                    "or keep `containerimage.digest` of --metadata-file as an artifact and deploy the digest",
                ),
            )


def _deploys(command: Command) -> bool:
    if command.name == "docker":
        words = [word.text.value for word in command.arguments[:2]]
        return words[:1] in (["run"], ["service"], ["stack"])
    return command.name in DEPLOYS


def _moves(name: ImageName) -> bool:
    reference = name.reference
    tag = None if reference is None else reference.tag_or_latest
    if tag is None:
        return False
    return tag.value in MOVING or any(symbol.variable in OF_BRANCH for symbol in tag.symbols())


def _named(word: Word, pushed: dict[str, ImageName]) -> ImageName | None:
    """The pushed image that a word names: by itself, or behind `=`."""
    text: Text = word.text
    before, after = text.partition("=")
    found = pushed.get(text.display)
    if found is None and after is not None and before.is_known:
        found = pushed.get(after.display)
    return found


def examples() -> Iterator[Example | LookAlike]:
    build = """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:%s" .
            - docker push "$CI_REGISTRY_IMAGE:%s"
    """
    deploy = """
        deploy:
          image: registry.example.com/ci/kubectl:1
          environment: production
          rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]
          script:
            - kubectl set image deployment/app "%s"
    """
    yield Example(
        build.replace("%s", "latest") + deploy.replace("%s", "⟦app=$CI_REGISTRY_IMAGE:latest⟧")
    )
    yield Example(
        build.replace("%s", "$CI_COMMIT_REF_SLUG")
        + deploy.replace("%s", "⟦app=$CI_REGISTRY_IMAGE:$CI_COMMIT_REF_SLUG⟧")
    )
    yield LookAlike(
        build.replace("%s", "$CI_COMMIT_SHA")
        + deploy.replace("%s", "app=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"),
        why="the commit's own image",
    )
    yield LookAlike(
        build.replace("%s", "latest") + deploy.replace("%s", "app=example/other:latest"),
        why="an image that this pipeline does not build",
    )


CHECK = Check(
    id="metadata-digest-missing",
    title="Deployment by a tag that moves",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Between the build and its deployment another pipeline may push the same tag, and a deployment that
        is run again later gets another image than the first time. A commit's tag or a digest names
        one image for ever.
    """,
    links=("https://docs.docker.com/reference/cli/docker/buildx/build/#metadata-file",),
    since="0.1",
)
