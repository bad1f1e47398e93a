"""Every branch overwrites the image that everybody uses."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.image_names import is_constant
from ...builds.jobs import Push
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.conditions import MERGE_REQUEST, PUSH, is_manual, runs_in
from ...pipeline.model import Job

SHARED = frozenset(
    {"latest", "stable", "main", "master", "prod", "production", "release", "live", "edge"}
)
RULE = "rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]"


def find(job: Job, context: Context) -> Iterator[Finding]:
    branches, requests = runs_in(job, PUSH) is True, runs_in(job, MERGE_REQUEST) is True
    if not (branches or requests) or is_manual(job):
        return
    seen = set()
    for push in context.builds.pushes:
        tag = _shared_tag(push)
        if tag is None or push.name is None or push.name.location in seen:
            continue
        seen.add(push.name.location)
        where = "branch" if branches else "merge request"
        yield context.finding(
            push.name.location,
            f"every {where} overwrites '{push.name.text.display}'"
            + ("" if ":" in push.name.text.template.rpartition("/")[2] else " (`:latest`)"),
            confidence=Confidence.LIKELY,
            details="Whoever pulls it gets the image of the branch that was built last.",
            advice=(
                RULE,
                "or tag it with $CI_COMMIT_REF_SLUG and push `latest` for the default branch",
            ),
        )


def _shared_tag(push: Push) -> str | None:
    """The tag of an image that is the same for all branches, and that others take for the newest."""
    name, command = push.name, push.command
    if name is None or name.reference is None or command.certainty is not Certainty.ALWAYS:
        return None
    if not is_constant(name.text) or name.reference.digest is not None or command.guards:
        return None
    tag = name.reference.tag_or_latest
    return tag.value if tag is not None and tag.value in SHARED else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:latest" .
            - docker push "⟦$CI_REGISTRY_IMAGE:latest⟧"
    """)
    # Without a tag it is `latest` as well.
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=⟦$CI_REGISTRY_IMAGE⟧,push=true
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          rules:
            - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
          script:
            - docker build -t "$CI_REGISTRY_IMAGE:latest" .
            - docker push "$CI_REGISTRY_IMAGE:latest"
        """,
        why="only the default branch",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t "$CI_REGISTRY_IMAGE/$CI_COMMIT_REF_SLUG" .
            - docker push "$CI_REGISTRY_IMAGE/$CI_COMMIT_REF_SLUG"
            - |
              if [ "$CI_COMMIT_BRANCH" = "$CI_DEFAULT_BRANCH" ]; then
                docker tag "$CI_REGISTRY_IMAGE/$CI_COMMIT_REF_SLUG" "$CI_REGISTRY_IMAGE:latest"
                docker push "$CI_REGISTRY_IMAGE:latest"
              fi
        """,
        why="each branch has an image of its own, and the script asks before it pushes latest",
    )


CHECK = Check(
    id="push-latest-from-branches",
    title="latest is pushed from every branch",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        `latest` and its like are what others pull without thinking. A job without rules runs for every
        branch, so the last push to any of them decides what production gets.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_docker_build/#docker-image-tags",),
    since="0.1",
)
