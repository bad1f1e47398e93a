"""A dind service from another registry, which nobody finds under the name `docker`."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.daemon import host_of_address, hostnames
from ...builds.dind import Dind, dinds, first_use, is_certain
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import noted
from ...yamldoc.editing import add_entry, holder, scalar_to_mapping
from ...yamldoc.nodes import Mapping


def find(job: Job, context: Context) -> Iterator[Finding]:
    services = dinds(job, context.runner)
    call = first_use(context.builds)
    if call is None or call.daemon.kind != "none" or call.daemon.address is None:
        return
    if host_of_address(call.daemon.address).equals("docker") is not True:
        return
    if context.runner.socket is True and call.daemon.location is None:
        return  # without DOCKER_HOST the client takes the socket
    if any(dind.is_called("docker") is not False for dind in services):
        return
    for dind in services[:1]:
        names = " or ".join(f"'{name.display}'" for name in hostnames(dind.service))
        yield context.finding(
            dind.location,
            f"no service is called 'docker': this one answers to {names}",
            confidence=Confidence.CERTAIN if is_certain(call) else Confidence.LIKELY,
            details=(
                f"failed to connect to the docker API at {call.daemon.address.display}: "
                "lookup docker: no such host"
            ),
            related=(noted(call.command.program.written, "asks for 'docker'"),),
            advice=("alias: docker",),
            fix=_fix(dind),
        )


def _fix(dind: Dind) -> Fix | None:
    service = dind.service
    if service.aliases:
        return None
    title = "Add `alias: docker`"
    if service.value.is_mapping:
        mapping, name = service.value.node, service.name_value
        entry = holder(mapping, None if name is None else name.node)
        if not isinstance(mapping, Mapping) or entry is None:
            return None
        edit = add_entry(mapping, entry, "alias: docker")
        return None if edit is None else fix(title, edit)
    place = service.value.location
    edits = () if place is None else scalar_to_mapping(place, "name", "alias: docker")
    return fix(title, *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: docker:28-cli
          services:
            - ⟦registry.example.com/mirror/docker:28-dind⟧
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services:
            - {name: registry.example.com/mirror/docker:28-dind, alias: docker}
          script: docker build -t app .
        """,
        settings=settings,
    )
    # Through the dependency proxy.
    yield Example(
        """
        build:
          image: ${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}/docker:28-cli
          services:
            - name: "⟦${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}/docker:28-dind⟧"
              command: ["--mtu=1400"]
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
          script: docker build -t app .
        """,
        fixed="""
        build:
          image: ${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}/docker:28-cli
          services:
            - name: "${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}/docker:28-dind"
              alias: docker
              command: ["--mtu=1400"]
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
          script: docker build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services:
            - {name: docker:28-dind, alias: dind}
          script: docker build -t app .
        """,
        settings=settings,
        why="Docker Hub's own is called docker whatever its alias",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["registry.example.com/mirror/docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://registry.example.com__mirror__docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
            DOCKER_TLS_SAN: "DNS:registry.example.com__mirror__docker"
          script: docker build -t app .
        """,
        settings=settings,
        why="the client asks for the name that the service has",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: [$DIND_IMAGE]
          script: docker build -t app .
        """,
        settings=settings,
        why="what the service is called is not known",
    )


CHECK = Check(
    id="dind-alias-missing",
    title="dind service without the name docker",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        GitLab names a service after its whole image: `docker:28-dind` answers to `docker`, but
        `registry.example.com/mirror/docker:28-dind` to `registry.example.com__mirror__docker`.
        Clients look for `docker`, so a mirror or the dependency proxy needs an alias.
    """,
    links=("https://docs.gitlab.com/ci/services/#accessing-the-services",),
    symptoms=("dind-host-not-found",),
    since="0.1",
)
