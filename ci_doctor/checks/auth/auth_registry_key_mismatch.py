"""A push to one registry with credentials for others."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.credentials import is_written_elsewhere
from ...builds.gitlab_credentials import is_job_login
from ...builds.jobs import JobBuilds, Push
from ...builds.keys import DOCKER_HUB_KEY, host_of
from ...builds.registries import is_gitlab_registry, refuses_anonymous_push
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...text import Text


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen = set()
    for push in context.builds.pushes:
        if push.host is None or (push.location, push.host.display) in seen:
            continue
        if not push.credentials.entries or push.credentials.covers(push.host) is not False:
            continue
        refused = refuses_anonymous_push(push.host, job)
        if refused is False or _has_another_reason(push, context.builds):
            continue
        seen.add((push.location, push.host.display))
        keys = dict.fromkeys(_name(entry.key) for entry in push.credentials.entries)
        places = [
            entry.location for entry in push.credentials.entries if entry.location is not None
        ]
        variable = _overridable(push)
        condition = "" if refused else ", unless it lets anybody push"
        if refused and variable:
            condition = f", unless a project variable sets {variable} to it"
        yield context.finding(
            push.location,
            f"no credentials for {_name(push.host)}: the job has those for {_list(keys)}{condition}",
            confidence=Confidence.LIKELY if condition else Confidence.CERTAIN,
            details=_ports(push)
            or "The push ends in 401 Unauthorized, or no basic auth credentials.",
            related=[place.noted("the credentials that are there") for place in places],
            advice=(f"log in to {_name(push.host)} too",),
        )


def _has_another_reason(push: Push, builds: JobBuilds) -> bool:
    """Whether another check tells why these credentials do not fit."""
    assert push.host is not None
    if is_written_elsewhere(push.host, builds):
        return True
    if push.host.value == DOCKER_HUB_KEY:
        # auth-docker-hub-key knows Docker Hub's other names.
        hosts = {host_of(entry.key).template for entry in push.credentials.entries}
        return any(host.endswith(("docker.io", "docker.com")) for host in hosts)
    if is_gitlab_registry(push.host):
        # auth-login-no-registry: what goes to Docker Hub was meant for it.
        return any(not login.registry.parts and is_job_login(login) for login in builds.logins)
    return False


def _overridable(push: Push) -> str:
    """A key that projects are known to set to another registry: `$CI_REGISTRY`."""
    keys = [entry.key for entry in push.credentials.entries]
    return next((key.display for key in keys if is_gitlab_registry(key)), "")


def _name(key: Text) -> str:
    return "Docker Hub" if key.value == DOCKER_HUB_KEY else key.display


def _list(names: dict[str, None]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _ports(push: Push) -> str:
    """What to say where only the port differs."""
    assert push.host is not None
    bare, port = push.host.partition(":")
    for entry in push.credentials.entries:
        host, other = host_of(entry.key).partition(":")
        if host.equals(bare) is True and (port is None) is not (other is None):
            return (
                "The port is part of the key: a key with a port does not fit an image name without one, "
                "nor the other way round."
            )
    return ""


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$HUB_TOKEN" | docker login -u example --password-stdin
            - docker build -t example/app -t quay.io/example/app .
            - docker push example/app
            - docker ⟦push⟧ quay.io/example/app
    """)
    yield Example(r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"quay.io\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=ghcr.io/example/app,⟦push=true⟧
    """)
    # Some projects set CI_REGISTRY to the registry that they use instead of GitLab's.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t example/app .
            - docker ⟦push⟧ example/app
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$PASSWORD" | docker login -u "$LOGIN" --password-stdin "$REGISTRY"
            - docker build -t quay.io/example/app .
            - docker push quay.io/example/app
        """,
        why="a project variable may name that registry",
    )
    yield LookAlike(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"https://quay.io/v2/\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
            - docker build -t quay.io/example/app .
            - docker push quay.io/example/app
        """,
        why="scheme and path of a key do not count",
    )


CHECK = Check(
    id="auth-registry-key-mismatch",
    title="Credentials for another registry",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Clients look for credentials by the registry's host, with its port, as the image name
        spells it. An entry for another host, or for the same host with another port, is not
        used, and the push is refused after the whole build.
    """,
    links=(
        "https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/",
    ),
    symptoms=("push-unauthorized", "no-basic-auth-credentials"),
    since="0.1",
)
