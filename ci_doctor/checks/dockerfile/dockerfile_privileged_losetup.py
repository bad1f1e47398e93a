"""Loop devices in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...finding import Finding, Severity


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "losetup", "kpartx"):
        if command.has("-l", "--list", "--help"):
            continue
        if not command.operands and not command.has("-f", "--find"):
            continue  # a listing
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            f"`{command.name}` in a RUN step fails",
            details="losetup: cannot find an unused loop device",
            advice=(
                "fill file system images without devices: `mke2fs -d`, mtools, xorriso, guestfish",
            ),
        )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN truncate -s 1G disk.img && ⟦losetup -f --show disk.img⟧
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦kpartx -av disk.img⟧
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN losetup --list && mke2fs -d rootfs disk.img 1G
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a listing, and an image made without a device",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get install -y kpartx mount
                RUN losetup -f disk.img || true
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a package, and a failure that is ignored",
    )


CHECK = Check(
    id="dockerfile-privileged-losetup",
    title="Loop device in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        Loop devices belong to the machine that builds. A step sees none and may not make one,
        under any builder.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#run",),
    since="0.1",
)
