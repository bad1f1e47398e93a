"""`$CI_DEPLOY_USER` and `$CI_DEPLOY_PASSWORD`, which most projects do not have."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.gitlab_credentials import credential_texts
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import Location

NAMES = ("CI_DEPLOY_USER", "CI_DEPLOY_PASSWORD")


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[Location] = set()
    for text in credential_texts(context.builds):
        for symbol in text.symbols():
            place = None if symbol.at is None else symbol.at.locate()
            if symbol.variable not in NAMES or place is None or place in seen:
                continue
            seen.add(place)
            yield context.finding(
                place,
                f"`${symbol.variable}` is empty unless a deploy token named 'gitlab-deploy-token' exists",
                confidence=Confidence.POSSIBLE,
                advice=(
                    "create the token under Settings > Repository > Deploy tokens with the scopes "
                    "read_registry and, to push, write_registry",
                ),
            )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        deploy:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "⟦$CI_DEPLOY_PASSWORD⟧" | docker login -u "⟦$CI_DEPLOY_USER⟧" --password-stdin "$CI_REGISTRY"
            - docker pull "$CI_REGISTRY_IMAGE"
    """)
    yield Example(r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - AUTH=$(printf '%s:%s' "⟦$CI_DEPLOY_USER⟧" "⟦$CI_DEPLOY_PASSWORD⟧" | base64 | tr -d '\n')
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
    """)
    yield LookAlike(
        """
        variables:
          CI_DEPLOY_USER: deployer

        deploy:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$DEPLOY_TOKEN" | docker login -u "$CI_DEPLOY_USER" --password-stdin "$CI_REGISTRY"
            - docker pull "$CI_REGISTRY_IMAGE"
        """,
        why="the pipeline sets it",
    )
    yield LookAlike(
        """
        deploy:
          image: alpine:3.22
          script:
            - echo "deploying as $CI_DEPLOY_USER"
        """,
        why="no login",
    )


CHECK = Check(
    id="auth-deploy-token-vars",
    title="Deploy token variables need a token of one name",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        GitLab sets `CI_DEPLOY_USER` and `CI_DEPLOY_PASSWORD` only where the project itself, not its
        group, has a deploy token that is named gitlab-deploy-token. Anywhere else both are
        empty, and the login ends in `username is empty`.
    """,
    links=("https://docs.gitlab.com/user/project/deploy_tokens/#gitlab-deploy-token",),
    since="0.1",
)
