"""Kernel settings in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...dockerfile.run import RunCommand
from ...finding import Confidence, Finding, Severity
from ...text import Text


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile):
        loads = command.name == "sysctl" and command.has("-p", "--load", "--system")
        if not loads and not _writes_kernel_settings(command):
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            "changing a kernel setting fails" + (", if the files hold any," if loads else ""),
            confidence=Confidence.LIKELY if loads else Confidence.CERTAIN,
            details="Read-only file system: /proc/sys and /sys belong to the host.",
            advice=(
                "set it where the container runs: `docker run --sysctl`, or a Kubernetes securityContext",
                "a file under /etc/sysctl.d is fine, and has no effect in a container",
            ),
        )


def _writes_kernel_settings(command: RunCommand) -> bool:
    if command.name == "sysctl":
        assigns = any("=" in word.text.template for word in command.operands)
        return assigns or command.has("-w", "--write")
    for redirect in command.redirects:
        if redirect.operator in (">", ">>", ">|", "&>") and _is_kernel_file(redirect.target):
            return True
    return command.name == "tee" and any(_is_kernel_file(w.text) for w in command.operands)


def _is_kernel_file(path: Text) -> bool:
    return any(path.startswith(folder) is True for folder in ("/proc/sys/", "/sys/"))


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM elasticsearch:8.15.0
                RUN ⟦sysctl -w vm.max_map_count=262144⟧
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦echo 1 > /proc/sys/net/ipv4/ip_forward⟧
                RUN echo never | ⟦tee /sys/kernel/mm/transparent_hugepage/enabled⟧
                RUN echo "vm.swappiness=1" >> /etc/sysctl.conf && ⟦sysctl -p⟧
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN echo "net.ipv4.ip_forward = 1" >> /etc/sysctl.conf
                RUN echo "vm.max_map_count = 262144" > /etc/sysctl.d/99-search.conf && sysctl -a > /tmp/settings
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="files of settings, and a listing",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN sysctl -w vm.swappiness=1 || echo "not here"
                RUN cat /proc/sys/kernel/osrelease
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="its failure is handled; reading is allowed",
    )


CHECK = Check(
    id="dockerfile-privileged-sysctl",
    title="Kernel setting in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        Kernel settings belong to the machine, not to the image: a step sees /proc/sys and /sys
        read-only, and nothing it set would be in the image anyway.
    """,
    links=("https://docs.docker.com/reference/cli/docker/container/run/#sysctl",),
    since="0.1",
)
