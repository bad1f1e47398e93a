"""Credentials that DOCKER_AUTH_CONFIG puts out of use."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Credential, Credentials
from ...builds.keys import DOCKER_HUB_KEY, key_matches
from ...builds.script_editing import put_before
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

VARIABLE = "DOCKER_AUTH_CONFIG"
UNSET = f"unset {VARIABLE}"


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[int] = set()
    for credentials in _credentials(context):
        winners = [c for c in credentials.entries if c.how == VARIABLE and c.certain]
        for loser in credentials.entries:
            if loser.how not in ("config.json", "docker login") or id(loser.command) in seen:
                continue
            winner = next((w for w in winners if key_matches(w.key, loser.key) is True), None)
            if winner is None:
                continue
            seen.add(id(loser.command))
            name = "Docker Hub" if loser.key.value == DOCKER_HUB_KEY else loser.key.display
            yield context.finding(
                loser.location,
                f"{VARIABLE} has other credentials for {name}, and the build takes those",
                confidence=Confidence.LIKELY,
                details="docker login prints: DOCKER_AUTH_CONFIG is set and takes precedence. Where its "
                "credentials may not push, the push ends in 401 Unauthorized or denied.",
                related=() if winner.location is None else (winner.location.noted("these win"),),
                advice=(UNSET,),
                fix=_fix(loser),
            )


def _credentials(context: Context) -> Iterator[Credentials]:
    for build in context.builds.builds:
        yield build.credentials
    for push in context.builds.pushes:
        yield push.credentials


def _fix(loser: Credential) -> Fix | None:
    edit = None if loser.command is None else put_before(loser.command, f"{UNSET} && ")
    return None if edit is None else fix(f"Unset {VARIABLE} first", edit, unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        variables:
          DOCKER_AUTH_CONFIG: '{"auths":{"quay.io":{"auth":"$QUAY_READER"}}}'

        build:
          image: docker:28.5-cli
          services: ["docker:28.5-dind"]
          script:
            - echo "$QUAY_TOKEN" | docker login -u example --password-stdin ⟦quay.io⟧
            - docker build -t quay.io/example/app .
            - docker push quay.io/example/app
        """,
        fixed="""
        variables:
          DOCKER_AUTH_CONFIG: '{"auths":{"quay.io":{"auth":"$QUAY_READER"}}}'

        build:
          image: docker:28.5-cli
          services: ["docker:28.5-dind"]
          script:
            - unset DOCKER_AUTH_CONFIG && echo "$QUAY_TOKEN" | docker login -u example --password-stdin quay.io
            - docker build -t quay.io/example/app .
            - docker push quay.io/example/app
        """,
    )
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
            DOCKER_AUTH_CONFIG: '{"auths":{"quay.io":{"auth":"$QUAY_READER"}}}'
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"⟦quay.io⟧\":{\"auth\":\"$QUAY_WRITER\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=quay.io/example/app,push=true
        """,
        fixed=r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
            DOCKER_AUTH_CONFIG: '{"auths":{"quay.io":{"auth":"$QUAY_READER"}}}'
          before_script:
            - mkdir -p ~/.docker
            - unset DOCKER_AUTH_CONFIG && echo "{\"auths\":{\"quay.io\":{\"auth\":\"$QUAY_WRITER\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=quay.io/example/app,push=true
        """,
    )
    yield LookAlike(
        """
        variables:
          DOCKER_AUTH_CONFIG: '{"auths":{"quay.io":{"auth":"$QUAY_READER"}}}'

        build:
          image: docker:28.5-cli
          services: ["docker:28.5-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="for another registry",
    )
    yield LookAlike(
        """
        variables:
          DOCKER_AUTH_CONFIG: '{"auths":{"quay.io":{"auth":"$QUAY_READER"}}}'

        build:
          image: docker:27.5-cli
          services: ["docker:27.5-dind"]
          script:
            - echo "$QUAY_TOKEN" | docker login -u example --password-stdin quay.io
            - docker build -t quay.io/example/app .
            - docker push quay.io/example/app
        """,
        why="docker reads the variable from 28.3 on",
    )


CHECK = Check(
    id="auth-docker-auth-config-overrides",
    title="DOCKER_AUTH_CONFIG wins over the job's login",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Since docker 28.3 and BuildKit v0.24 the clients take credentials from DOCKER_AUTH_CONFIG
        before they look into config.json. A variable that was meant for the runner's pulls then
        replaces a careful login: the login succeeds, and the push is denied.
    """,
    links=("https://docs.docker.com/reference/cli/docker/#environment-variables",),
    symptoms=("push-unauthorized",),
    since="0.1",
)
