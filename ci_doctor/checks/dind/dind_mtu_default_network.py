"""An MTU that only dind's default network gets."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import arguments, dinds
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Command
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import noted

OPTION = "--default-network-opt"
MTU = "com.docker.network.driver.mtu"


def find(job: Job, context: Context) -> Iterator[Finding]:
    for dind in dinds(job, context.runner):
        words = arguments(dind.service)
        mtu = next((word for word in words if word.startswith("--mtu") is True), None)
        if mtu is None or any(word.startswith(OPTION) is not False for word in words):
            continue
        user = next((c for c in context.execution.commands if _makes_network(c)), None)
        if user is None:
            continue
        value = (mtu.value or "").partition("=")[2] or "1400"
        yield context.finding(
            mtu.location,
            "this MTU is for dind's default network only, and the job makes another one",
            confidence=Confidence.LIKELY,
            details="With too large an MTU downloads and TLS handshakes hang in containers only.",
            related=(noted(user.location, "makes a network of its own"),),
            advice=(f'"{OPTION}=bridge={MTU}={value}"',),
        )


def _makes_network(command: Command) -> bool:
    words = [word.text.template for word in command.arguments]
    if any(MTU in word for word in words):
        return False
    if command.name == "docker-compose":
        return "up" in words or "run" in words
    if command.name != "docker":
        return False
    return words[:2] == ["network", "create"] or (
        words[:1] == ["compose"] and ("up" in words or "run" in words)
    )


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        test:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              command: ["⟦--mtu=1400⟧"]
          script:
            - docker network create test
            - docker run --network test alpine:3.22 apk add curl
        """,
        settings=settings,
    )
    yield Example(
        """
        test:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              command:
                - ⟦--mtu=1360⟧
          script:
            - docker compose up --exit-code-from test
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services:
            - {name: docker:28-dind, command: ["--mtu=1400"]}
          script: docker build -t app .
        """,
        settings=settings,
        why="builds use the default network",
    )
    yield LookAlike(
        """
        test:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              command: ["--mtu=1400", "--default-network-opt=bridge=com.docker.network.driver.mtu=1400"]
          script: docker compose up --exit-code-from test
        """,
        settings=settings,
        why="other networks get it too",
    )


CHECK = Check(
    id="dind-mtu-default-network",
    title="MTU for dind's default network alone",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        dockerd's `--mtu` sets the MTU of the default bridge. Networks that a job creates, and those
        of compose, take 1500 again: on an overlay network packets get lost there, and downloads
        hang without an error.
    """,
    links=("https://docs.docker.com/engine/network/drivers/bridge/",),
    since="0.1",
)
