"""A certificate for the docker client, which is not the one that talks to the registry."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.job_image import is_dind
from ...builds.keys import DOCKER_HUB_KEY, is_public
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Command
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job, Service
from ...text import Text

INSTALLS = frozenset({"update-ca-certificates", "update-ca-trust"})


def find(job: Job, context: Context) -> Iterator[Finding]:
    service = next((s for s in job.services if is_dind(s) is True), None)
    if service is None or _is_set_up(service):
        return
    builds = context.builds
    if any(create.config is not None for create in builds.buildx_creates):
        return
    command = _install(context)
    hosts = [push.host for push in builds.pushes if push.host is not None]
    hosts += [pull.name.host for pull in builds.pulls if pull.name.host is not None]
    private = next((host for host in hosts if _may_be_private(host)), None)
    if command is None or private is None:
        return
    yield context.finding(
        command.location,
        f"the docker service does not get this certificate, and it is the service that talks to {private.display}",
        confidence=Confidence.LIKELY,
        details="x509: certificate signed by unknown authority, unless the runner mounts the certificate into "
        "its services.",
        related=(
            location.noted("this container pulls and pushes")
            for location in [service.value.location]
            if location is not None
        ),
        advice=(
            'services: [{name: "docker:28-dind", command: ["/bin/sh", "-c", "cp $CI_PROJECT_DIR/ca.crt '
            '/usr/local/share/ca-certificates/ && update-ca-certificates && dockerd-entrypoint.sh"]}]',
            "or /etc/docker/certs.d of the runner as a volume in its config.toml",
        ),
    )


def _is_set_up(service: Service) -> bool:
    """Whether the service starts with a command of its own, which may install certificates."""
    if service.entrypoint is not None:
        return True
    if service.command is None:
        return False
    words = service.command.items or (service.command,)
    return any(not (word.string or "").startswith("-") for word in words)


def _install(context: Context) -> Command | None:
    named = context.execution.named(*INSTALLS)
    return named[0] if named else None


def _may_be_private(host: Text) -> bool:
    if host.value is None:
        return True
    return host.value not in (DOCKER_HUB_KEY, "registry.gitlab.com") and not is_public(host.value)


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - cp "$COMPANY_CA" /usr/local/share/ca-certificates/company.crt
            - ⟦update-ca-certificates⟧
            - echo "$PASSWORD" | docker login -u ci --password-stdin registry.example.com
          script:
            - docker build -t registry.example.com/app .
            - docker push registry.example.com/app
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              command: ["--mtu=1400"]
          script:
            - |
              cat "$CI_SERVER_TLS_CA_FILE" > /usr/local/share/ca-certificates/gitlab.crt
              ⟦update-ca-certificates⟧
              docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
              docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              command: ["/bin/sh", "-c", "update-ca-certificates && dockerd-entrypoint.sh"]
          before_script:
            - cp "$COMPANY_CA" /usr/local/share/ca-certificates/company.crt
            - update-ca-certificates
          script:
            - docker push registry.example.com/app
        """,
        why="the service installs it too",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - cp "$COMPANY_CA" /usr/local/share/ca-certificates/company.crt
            - update-ca-certificates
          script:
            - wget -q https://files.example.com/app.tar.gz
            - docker push quay.io/example/app
        """,
        why="it is for the download; the registry is a public one",
    )


CHECK = Check(
    id="cert-dind-only-client",
    title="Certificate installed beside docker-in-docker",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        With docker-in-docker the daemon in the service pulls and pushes, and it has certificates of its
        own. One that is installed in the job's container helps curl and git there, and docker
        login; the push still ends in an unknown authority.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/docker_build_troubleshooting/",
        "https://docs.gitlab.com/runner/configuration/tls-self-signed/",
    ),
    since="0.1",
)
