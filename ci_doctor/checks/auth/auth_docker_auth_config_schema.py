"""A DOCKER_AUTH_CONFIG that docker and buildctl refuse."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Tool
from ...builds.config_json import AuthEntry, read_config
from ...builds.credentials import reads_auth_variable
from ...builds.environment import exported
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Command
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import Location
from ...text import Text

VARIABLE = "DOCKER_AUTH_CONFIG"


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[Location] = set()
    for command, tool in _clients(context):
        value = exported(command, VARIABLE)
        if value is None or reads_auth_variable(context.builds.image, tool) is not True:
            continue
        refused = _refused(value)
        if refused is None:
            continue
        entry, message = refused
        place = value.locate(entry.start, entry.end)
        if place is None or place in seen:
            continue
        seen.add(place)
        yield context.finding(
            place,
            f"docker and buildctl ignore all of {VARIABLE}: it may hold nothing but `auth` entries",
            confidence=Confidence.LIKELY,
            details=f"Failed to create credential store from DOCKER_AUTH_CONFIG: {message}. The runner reads "
            "it all the same, for the images of jobs and services.",
            advice=('{"auths":{"REGISTRY":{"auth":"BASE64 OF USER:PASSWORD"}}}',),
        )


def _clients(context: Context) -> Iterator[tuple[Command, Tool]]:
    for build in context.builds.builds:
        if build.tool is not Tool.OPAQUE:
            yield build.command, build.tool
    for push in context.builds.pushes:
        if push.build is None:
            yield push.command, Tool.DOCKER


def _refused(value: Text) -> tuple[AuthEntry, str] | None:
    """The first member that the strict reader does not know, and what it says."""
    document = read_config(value)
    if document.valid is not True:
        return None
    for entry in document.entries:
        for name in entry.fields:
            if name != "auth":
                return entry, f'json: unknown field "{name}"'
        if document.complete and not entry.fields:
            return (
                entry,
                f"DOCKER_AUTH_CONFIG environment variable is missing key `auth` for {entry.key.display}",
            )
    for helper in document.helpers:
        return helper, 'json: unknown field "credHelpers"'
    return None


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28.5-cli
          services: ["docker:28.5-dind"]
          variables:
            DOCKER_AUTH_CONFIG: '{"auths":{"⟦quay.io⟧":{"username":"$QUAY_USER","password":"$QUAY_TOKEN"}}}'
          script:
            - docker build -t app .
    """)
    yield Example("""
        variables:
          DOCKER_AUTH_CONFIG: '{"auths":{"⟦quay.io⟧":{"auth":"$QUAY_AUTH","email":"ci@example.com"}}}'

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: docker:28.5-cli
          services: ["docker:28.5-dind"]
          variables:
            DOCKER_AUTH_CONFIG: '{"auths":{"quay.io":{"auth":"$QUAY_AUTH"}}}'
          script:
            - docker build -t app .
        """,
        why="what the reader wants",
    )
    yield LookAlike(
        """
        variables:
          DOCKER_AUTH_CONFIG: '{"auths":{"quay.io":{"username":"$QUAY_USER","password":"$QUAY_TOKEN"}}}'

        build:
          image: docker:27.5-cli
          services: ["docker:27.5-dind"]
          script:
            - docker build -t app .

        test:
          image: quay.io/example/tools:4
          script: make test
        """,
        why="only the runner reads it here: docker does so from 28.3 on",
    )


CHECK = Check(
    id="auth-docker-auth-config-schema",
    title="DOCKER_AUTH_CONFIG with fields that docker refuses",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Since docker 28.3 and BuildKit v0.24 the clients themselves read DOCKER_AUTH_CONFIG, more
        strictly than the runner does: one field besides `auth`, and they ignore all of it with a
        line at the top of the log.
    """,
    links=("https://docs.docker.com/reference/cli/docker/#environment-variables",),
    symptoms=("push-unauthorized",),
    since="0.1",
)
