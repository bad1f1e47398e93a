"""Device nodes in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import Flavour
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...finding import Finding, Severity


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "mknod"):
        # `mknod NAME p` makes a fifo, which works everywhere.
        kinds = [word.text.value for word in command.operands]
        if not any(kind in ("b", "c", "u") for kind in kinds):
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            {Flavour.ROOTLESS},
            "making a device node fails",
            details="mknod: /dev/foo: Operation not permitted",
            advice=("make the device when the container starts, or give it one by `--device`",),
        )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BOTH, BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦mknod /dev/loop8 b 7 8⟧
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN mkdir -p /jail/dev \\
                 && ⟦mknod -m 666 /jail/dev/null c 1 3⟧ \\
                 && chmod 755 /jail
            """,
            ".gitlab-ci.yml": BOTH,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN mknod /run/events p && mkfifo /run/more
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="fifos work",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN mknod /dev/loop8 b 7 8
            """,
            ".gitlab-ci.yml": BUILDX,
        },
        why="BuildKit as root may do it",
    )


CHECK = Check(
    id="dockerfile-privileged-mknod",
    title="Device node in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        The kernel lets nobody make device nodes inside a user namespace, and rootless BuildKit
        runs every step in one. With a daemon that runs as root the same line works.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/rootless.md",),
    since="0.1",
)
