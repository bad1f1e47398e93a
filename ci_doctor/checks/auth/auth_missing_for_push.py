"""A push by buildctl in a job that never logs in."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Tool
from ...builds.credentials import is_written_elsewhere
from ...builds.job_image import job_image
from ...builds.jobs import Push
from ...builds.registries import is_gitlab_registry, refuses_anonymous_push
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.editing import add_before_script
from ...pipeline.model import Job

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)

LOGIN = (
    "mkdir -p ~/.docker",
    """printf '{"auths":{"%s":{"username":"%s","password":"%s"}}}' """
    '"$CI_REGISTRY" "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" > ~/.docker/config.json',
)


def find(job: Job, context: Context) -> Iterator[Finding]:
    if job_image(job).buildkit.official is not True:
        return  # an image of one's own may bring a configuration
    seen = set()
    for push in context.builds.pushes:
        if push.build is None or push.build.tool not in BUILDCTL or push.host is None:
            continue
        if push.credentials.covers(push.host) is not False or push.location in seen:
            continue
        if is_written_elsewhere(push.host, context.builds):
            continue
        refused = refuses_anonymous_push(push.host, job)
        if refused is False:
            continue
        seen.add(push.location)
        yield _finding(push, refused, context)


def _finding(push: Push, refused: bool | None, context: Context) -> Finding:
    assert push.host is not None
    host = push.host.display
    condition = "" if refused else ", unless it lets anybody push"
    keys = [entry.key.display for entry in push.credentials.entries]
    message = (
        f"no credentials for {host}: the config.json has {', '.join(keys)}"
        if keys
        else f"the push to {host} is refused: the job writes no config.json with credentials"
    )
    return context.finding(
        push.location,
        message + condition,
        confidence=Confidence.CERTAIN if refused else Confidence.LIKELY,
        details="buildctl has no login command; without credentials the push ends in 401 Unauthorized.",
        advice=LOGIN,
        fix=_fix(push),
    )


def _fix(push: Push) -> Fix | None:
    if push.host is None or not is_gitlab_registry(push.host) or push.credentials.entries:
        return None
    if push.command.variable("DOCKER_CONFIG") is not None:
        return None
    edits = add_before_script(push.command.job, LOGIN)
    return fix("Log in before the script", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,⟦push=true⟧
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - printf '{"auths":{"%s":{"username":"%s","password":"%s"}}}' "$CI_REGISTRY" "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
    )
    # The job's own before_script replaces the one that logs in.
    yield Example(
        """
        default:
          before_script:
            - mkdir -p ~/.docker
            - echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{\\"auth\\":\\"$AUTH\\"}}}" > ~/.docker/config.json

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - echo "building $CI_COMMIT_SHA"
          script:
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,⟦push=true⟧
        """,
        fixed="""
        default:
          before_script:
            - mkdir -p ~/.docker
            - echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{\\"auth\\":\\"$AUTH\\"}}}" > ~/.docker/config.json

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - echo "building $CI_COMMIT_SHA"
            - mkdir -p ~/.docker
            - printf '{"auths":{"%s":{"username":"%s","password":"%s"}}}' "$CI_REGISTRY" "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" > ~/.docker/config.json
          script:
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - cp "$REGISTRY_CREDENTIALS" ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
        why="a file variable of the project is the configuration",
    )
    yield LookAlike(
        """
        include:
          - project: platform/ci
            file: login.yml

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
        why="an include that was not read may give a before_script that logs in",
    )
    yield LookAlike(
        """
        build:
          image: registry.example.com/ci/buildkit:1
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
        why="an image of one's own may bring credentials",
    )


CHECK = Check(
    id="auth-missing-for-push",
    title="Push without credentials",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        buildctl takes registry credentials from a config.json and nowhere else: GitLab's
        variables do not log it in, as they did Kaniko. Without the file the whole image is built
        and then refused by the registry.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#authenticate-with-container-registries",
    ),
    symptoms=("push-unauthorized", "anonymous-token-denied"),
    yields_to=("auth-registry-key-mismatch", "auth-config-wrong-dir"),
    since="0.1",
)
