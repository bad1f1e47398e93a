"""Network configuration in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...dockerfile.run import RunCommand
from ...finding import Finding, Severity

FIREWALLS = (
    *("iptables", "ip6tables", "iptables-restore", "ip6tables-restore", "iptables-legacy"),
    *("iptables-save", "ip6tables-save", "nft", "tc", "brctl"),
)
# What `ip OBJECT VERB` changes; without a verb, or with `show`, it only lists.
CHANGES = frozenset({"add", "append", "change", "del", "delete", "flush", "replace", "set"})


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "ip", *FIREWALLS):
        if not _needs_the_kernel(command):
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            f"`{command.name}` in a RUN step fails",
            details="Permission denied (you must be root), or RTNETLINK answers: Operation not permitted",
            advice=("configure the network in the entrypoint of a container that has NET_ADMIN",),
        )


def _needs_the_kernel(command: RunCommand) -> bool:
    words = [word.text.value for word in command.operands]
    if command.name == "ip":
        return any(word in CHANGES for word in words[1:2])
    if command.name == "nft" and command.has("-c", "--check"):
        return False
    return not command.has("-V", "-h", "--version", "--help") and (
        bool(words) or bool(command.arguments) or str(command.name).endswith("-save")
    )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦iptables -A INPUT -p tcp --dport 22 -j DROP⟧
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM alpine:3.22
                RUN apk add iproute2 && ⟦ip link add dummy0 type dummy⟧ && ⟦iptables-save > /etc/rules⟧
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get install -y iptables && update-alternatives --set iptables /usr/sbin/iptables-legacy
                COPY iptables.rules /etc/iptables.rules
                RUN iptables --version
            """,
            "iptables.rules": "*filter\nCOMMIT\n",
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="installing, choosing and asking for the version",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ip addr show && ip route && ip -br link
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="listings",
    )


CHECK = Check(
    id="dockerfile-privileged-iptables",
    title="Network configuration in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        A step has no NET_ADMIN capability, under any builder: rules and links cannot be
        changed, and would not be part of the image.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#run",),
    since="0.1",
)
