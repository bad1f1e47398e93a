"""Kernel modules in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...finding import Finding, Severity


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "modprobe", "insmod", "rmmod"):
        if not command.operands or command.has("-n", "--dry-run", "--show-depends", "-D", "-c"):
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            f"`{command.name}` in a RUN step fails",
            details="modprobe: FATAL: Module not found in directory /lib/modules/…, or Operation not permitted",
            advice=("load modules on the host; building one against its headers is fine",),
        )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get update && apt-get install -y kmod && ⟦modprobe fuse⟧
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦insmod /tmp/driver.ko⟧
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get update && apt-get install -y kmod && depmod 6.1.0-28-amd64
                RUN modprobe --show-depends overlay
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="neither loads a module",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN echo "modprobe fuse" > /etc/start.sh
                RUN modprobe fuse 2>/dev/null || true
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="text, and a failure that is ignored",
    )


CHECK = Check(
    id="dockerfile-privileged-modprobe",
    title="Kernel module in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        Modules belong to the kernel of the machine that builds. No step may load one, and the
        image would not hold it.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#run",),
    since="0.1",
)
