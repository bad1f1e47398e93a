"""Swap space in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...finding import Finding, Severity


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "swapon", "swapoff"):
        if command.has("-s", "--summary", "--show", "--help", "-V") or not command.arguments:
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            f"`{command.name}` in a RUN step fails",
            details="swapon failed: Operation not permitted",
            advice=("give the runner more memory, or the build fewer parallel jobs",),
        )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN fallocate -l 2G /swap && mkswap /swap && ⟦swapon /swap⟧ && make
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦swapoff -a⟧
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN swapon --show && mkswap /image/swap
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a listing, and a file",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN swapoff -a || true
                RUN echo "swapoff -a" >> /etc/rc.local
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a failure that is ignored, and text",
    )


CHECK = Check(
    id="dockerfile-privileged-swapon",
    title="Swap space in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        Swap belongs to the machine that builds; no step may change it, under any builder.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#run",),
    since="0.1",
)
