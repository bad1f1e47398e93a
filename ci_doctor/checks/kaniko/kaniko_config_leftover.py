"""Kaniko's paths in a job that no longer runs Kaniko."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Tool
from ...builds.environment import exported
from ...builds.jobs import DirectoryMade, FileWrite
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Edit, Fix
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import Location
from ...text import Text

CONFIG, CERTIFICATES = "/kaniko/.docker", "/kaniko/ssl"
# Variables that may say that a program reads them there all the same.
POINTS_THERE = {CONFIG: ("DOCKER_CONFIG",), CERTIFICATES: ("SSL_CERT_DIR", "SSL_CERT_FILE")}


def find(job: Job, context: Context) -> Iterator[Finding]:
    builds = context.builds
    if builds.image.kaniko is not False or builds.image.bakes_nothing is not True:
        return
    if any(build.tool is Tool.KANIKO for build in builds.builds):
        return
    writes = builds.writes
    for write in writes:
        yield from _judge(write, context)
    for made in builds.directories:
        # A write into it is the finding then.
        if not any(_is_under(write.target, made.target.template) for write in writes):
            yield from _judge(made, context)


def _judge(write: FileWrite | DirectoryMade, context: Context) -> Iterator[Finding]:
    root = next((root for root in POINTS_THERE if _is_under(write.target, root)), None)
    if root is None or write.command.failure_ignored:
        return
    refused = context.builds.image.rootless is True
    if not refused and _may_be_read(root, context):
        return
    path = write.target.display
    certain = write.command.certainty is Certainty.ALWAYS
    yield context.finding(
        write.location,
        f"'{path}' is where Kaniko looks: this job has no Kaniko, and may not write there"
        if refused
        else f"'{path}' is where Kaniko looks, and nothing in this job does",
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        details="mkdir: can't create directory '/kaniko': Permission denied"
        if refused
        else "The push ends as if there were no credentials: 401 Unauthorized."
        if root == CONFIG
        else "",
        advice=("write ~/.docker/config.json",)
        if root == CONFIG
        else (
            'cat /etc/ssl/certs/ca-certificates.crt "$CI_SERVER_TLS_CA_FILE" > "$HOME/ca.crt"',
            'export SSL_CERT_FILE="$HOME/ca.crt"',
        ),
        fix=_fix(context) if root == CONFIG else None,
    )


def _is_under(path: Text, directory: str) -> bool:
    return path.template == directory or path.template.startswith(f"{directory}/")


def _may_be_read(root: str, context: Context) -> bool:
    """Whether a variable or an option points a program of the job there."""
    for command in context.execution.commands:
        values = [exported(command, name) for name in POINTS_THERE[root]]
        values += [word.text for word in command.arguments if command.name == "docker"]
        if any(value is not None and root in value.template for value in values):
            return True
    return not context.execution.complete


def _fix(context: Context) -> Fix | None:
    """Move every mention of the directory."""
    texts = [word.text for c in context.execution.commands for word in c.words]
    texts += [redirect.target for c in context.execution.commands for redirect in c.redirects]
    edits: dict[Edit, None] = {}
    for text in texts:
        if not _is_under(text, CONFIG):
            continue
        place = text.locate(0, len(CONFIG))
        new = None if place is None or place.text != CONFIG else _home(place)
        if place is None or new is None:
            return None
        edits[replace(place, new)] = None
    return fix("Use ~/.docker", *edits) if edits else None


def _home(place: Location) -> str | None:
    """The client's own directory, as the shell expands it at this place."""
    before = place.source.text[: place.span.start][-1:]
    if before == "'":
        return None
    return "~/.docker" if before in (" ", "\t", "\n", ">") else "$HOME/.docker"


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p /kaniko/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" ⟦> /kaniko/.docker/config.json⟧
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
        fixed=r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
    )
    # In the docker image the file is written, and never read.
    yield Example(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p "/kaniko/.docker"
            - cp "$DOCKER_AUTH_FILE" ⟦"/kaniko/.docker/config.json"⟧
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        fixed=r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p "$HOME/.docker"
            - cp "$DOCKER_AUTH_FILE" "$HOME/.docker/config.json"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - cat "$COMPANY_CA" ⟦>> /kaniko/ssl/certs/additional-ca-cert-bundle.crt⟧
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """
    )
    yield LookAlike(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - mkdir -p /kaniko/.docker
            - cp "$DOCKER_AUTH_FILE" /kaniko/.docker/config.json
            - /kaniko/executor --context . --destination "$CI_REGISTRY_IMAGE"
        """,
        why="Kaniko's own job",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {DOCKER_CONFIG: /kaniko/.docker}
          script:
            - mkdir -p /kaniko/.docker
            - cp "$DOCKER_AUTH_FILE" /kaniko/.docker/config.json
            - docker build -t "$CI_REGISTRY_IMAGE" .
        """,
        why="docker is told to look there",
    )


CHECK = Check(
    id="kaniko-config-leftover",
    title="Kaniko's directories without Kaniko",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Kaniko reads its credentials from /kaniko/.docker and certificates from /kaniko/ssl. Left
        over in a job that builds with BuildKit or docker, these lines write where nobody looks, and
        in the rootless image they fail.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_buildkit/#migrate-from-kaniko-to-buildkit",),
    since="0.1",
)
