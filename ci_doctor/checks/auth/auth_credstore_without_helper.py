"""A config.json that names a credential helper which the image does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Tool
from ...builds.jobs import ConfigWrite
from ...builds.keys import key_matches
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...text import Text

PREFIX = "docker-credential-"


def find(job: Job, context: Context) -> Iterator[Finding]:
    builds = context.builds
    image = builds.image
    if image.docker.official is not True and image.buildkit.official is not True:
        return  # another image may have it
    if not context.execution.complete or _is_installed(context):
        return
    hosts = [push.host for push in builds.pushes] + [pull.name.host for pull in builds.pulls]
    used = [host for host in hosts if host is not None]
    asks = bool(used) or any(build.tool is not Tool.OPAQUE for build in builds.builds)
    for write in builds.config_writes:
        if write.directory_matches is False:
            continue
        for helper in _helpers(write, used, asks=asks):
            name = helper.value
            if name is None:
                continue
            certain = write.command.certainty is Certainty.ALWAYS
            yield context.finding(
                helper.location or write.location,
                f"the image has no '{PREFIX}{name}': every look for credentials ends in an error",
                confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
                details=f'error getting credentials - err: exec: "{PREFIX}{name}": executable file not found in '
                "$PATH, out: ``",
                advice=(
                    "write the `auth` of the registry in place of the helper; for ECR a job before can run "
                    "`aws ecr get-login-password`",
                ),
            )


def _is_installed(context: Context) -> bool:
    """Whether a command may bring a helper along."""
    return any(
        PREFIX in word.text.template
        for command in context.execution.commands
        for word in command.words
    )


def _helpers(write: ConfigWrite, used: list[Text], *, asks: bool) -> Iterator[Text]:
    """The helpers that the job's clients will call."""
    document = write.document
    if document is None or document.valid is not True:
        return
    if document.store is not None and asks:
        yield document.store
    for entry in document.helpers:
        helper = entry.fields.get("helper")
        # A helper for a registry that nobody asks does no harm.
        if helper is not None and any(key_matches(entry.key, host) is True for host in used):
            yield helper


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo '{"credsStore":"⟦ecr-login⟧"}' > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=123456789012.dkr.ecr.eu-west-1.amazonaws.com/app,push=true
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - echo '{"credHelpers":{"europe-docker.pkg.dev":"⟦gcloud⟧"}}' > ~/.docker/config.json
            - docker build -t europe-docker.pkg.dev/example/apps/app .
            - docker push europe-docker.pkg.dev/example/apps/app
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - apk add --no-cache docker-credential-ecr-login
            - mkdir -p ~/.docker
            - echo '{"credsStore":"ecr-login"}' > ~/.docker/config.json
            - docker build -t 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app .
            - docker push 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app
        """,
        why="the helper is installed",
    )
    yield LookAlike(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - echo '{"credsStore":"ecr-login"}' > /kaniko/.docker/config.json
            - /kaniko/executor --context . --destination 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app
        """,
        why="Kaniko has it built in",
    )


CHECK = Check(
    id="auth-credstore-without-helper",
    title="Credential helper that the image lacks",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        `credsStore` and `credHelpers` name programs that a client calls for credentials. The docker and
        BuildKit images have none of them; Kaniko had those of the large clouds built in. The
        build ends before it pulls its first image.
    """,
    links=("https://docs.docker.com/reference/cli/docker/login/#credential-helpers",),
    since="0.1",
)
