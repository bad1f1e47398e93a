"""The docker client asks the proxy for its own daemon."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.proxies import NO_PROXY, Setting, is_exempt, setting
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...execution.command import Command
from ...finding import Confidence, Finding, Severity
from ...pipeline.editing import add_variable
from ...pipeline.model import Job
from ...source import Span
from ...text import Literal, Text


def find(job: Job, context: Context) -> Iterator[Finding]:
    for call in context.builds.docker_calls:
        daemon = call.daemon
        host = None if daemon.address is None else _host(daemon.address)
        if daemon.kind != "dind" or host is None:
            continue
        proxy = _proxy(call.command, daemon.tls)
        if proxy is None:
            continue
        exempt = setting(call.command, NO_PROXY)
        if is_exempt(host, None if exempt is None else exempt.value) is not False:
            continue
        if exempt is None and not job.knows_variables:
            return
        place = (exempt or proxy).value.location
        if place is None:
            return
        yield context.finding(
            place,
            f"`no_proxy` lacks '{host}': the docker client sends its requests to the proxy"
            if exempt
            else f"no `no_proxy` for '{host}': the docker client sends its requests to the proxy",
            confidence=Confidence.LIKELY,
            details=f"The client asks the proxy for {daemon.address.display if daemon.address else host}, "
            "which only the job's own network knows.",
            advice=(f"no_proxy: {host}",),
            fix=_fix(job, exempt, host),
        )
        return


def _host(address: Text) -> str | None:
    value = address.value
    if value is None or not value.startswith("tcp://"):
        return None
    host = value.removeprefix("tcp://").partition("/")[0].partition(":")[0]
    return None if host in ("", "localhost", "127.0.0.1") else host


def _proxy(command: Command, tls: bool | None) -> Setting | None:
    """The proxy that the client uses: which one depends on TLS."""
    plain, secure = setting(command, "http_proxy"), setting(command, "https_proxy")
    if tls is True:
        return secure
    if tls is False:
        return plain
    return plain if plain is not None and secure is not None else None


def _fix(job: Job, exempt: Setting | None, host: str) -> Fix | None:
    title = f"Add '{host}' to no_proxy"
    if exempt is None:
        edits = add_variable(job, NO_PROXY, host)
        return fix(title, *edits) if edits else None
    # Behind the last known character of the value, inside its quotes.
    last = exempt.value.parts[-1] if exempt.value.parts else None
    if not isinstance(last, Literal) or last.at is None:
        return None
    place = last.at.locate()
    glue = "" if last.value.endswith(",") else ","
    return fix(title, Edit(place.path, Span(place.span.end, place.span.end), f"{glue}{host}"))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
            https_proxy: http://proxy.example.com:3128
            no_proxy: "⟦localhost,.example.com⟧"
          script:
            - docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
            https_proxy: http://proxy.example.com:3128
            no_proxy: "localhost,.example.com,docker"
          script:
            - docker build -t app .
        """,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2375
            DOCKER_TLS_CERTDIR: ""
            HTTP_PROXY: ⟦http://proxy.example.com:3128⟧
          script:
            - docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2375
            DOCKER_TLS_CERTDIR: ""
            HTTP_PROXY: http://proxy.example.com:3128
            no_proxy: docker
          script:
            - docker build -t app .
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2375
            DOCKER_TLS_CERTDIR: ""
            http_proxy: http://proxy.example.com:3128
            NO_PROXY: localhost,docker
          script:
            - docker build -t app .
        """,
        why="docker is among the exceptions",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2375
            DOCKER_TLS_CERTDIR: ""
            http_proxy: http://proxy.example.com:3128
            no_proxy: $NO_PROXY_LIST
          script:
            - docker build -t app .
        """,
        why="a project variable may name it",
    )


CHECK = Check(
    id="proxy-no-proxy-missing-docker",
    title="no_proxy without the docker service",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The docker client uses the job's proxy for its daemon as well, by the same variables as for the
        rest of the world. The proxy knows no host `docker`, and every docker command fails.
    """,
    links=("https://docs.docker.com/engine/cli/proxy/",),
    since="0.1",
)
