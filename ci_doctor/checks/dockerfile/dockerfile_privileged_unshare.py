"""Namespaces in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...finding import Finding, Severity


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(
        dockerfile, "unshare", "nsenter", "bwrap", "systemd-nspawn", "runc"
    ):
        asks = command.has("--help", "--version", "-V", "-h", "-v")
        if asks or (command.name == "runc" and not command.operands):
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            f"`{command.name}` in a RUN step fails",
            details="unshare: unshare failed: Operation not permitted",
            advice=("a step is isolated already; `chroot` works where only a root is needed",),
        )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦unshare --mount --fork make install⟧
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM archlinux
                RUN ⟦bwrap --ro-bind / / makepkg⟧
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get install -y bubblewrap && bwrap --version
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a package and its version",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN chroot /rootfs /bin/true
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="chroot works",
    )


CHECK = Check(
    id="dockerfile-privileged-unshare",
    title="New namespaces in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        The seccomp profile of a build step refuses new namespaces, under BuildKit as root and
        rootless, whatever the runner allows.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#run",),
    since="0.1",
)
