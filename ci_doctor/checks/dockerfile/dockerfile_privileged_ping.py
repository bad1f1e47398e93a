"""`ping` in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import Flavour
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...finding import Finding, Severity


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "ping", "ping6"):
        if not command.operands:
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            {Flavour.ROOTLESS},
            "`ping` may not open a raw socket",
            details="ping: permission denied (are you root?)",
            advice=("check the connection by `wget`, `curl` or `getent hosts NAME`",),
        )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BOTH, BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM alpine:3.22
                RUN ⟦ping -c 1 registry.example.com⟧
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get update && apt-get install -y iputils-ping && ⟦ping -c1 -W1 10.0.0.1⟧
            """,
            ".gitlab-ci.yml": BOTH,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM alpine:3.22
                RUN ping -c 1 registry.example.com
            """,
            ".gitlab-ci.yml": BUILDX,
        },
        why="BuildKit as root may",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get install -y iputils-ping && ping -V
                RUN ping -c 1 registry.example.com || echo offline
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a package, its version, and a failure that is handled",
    )


CHECK = Check(
    id="dockerfile-privileged-ping",
    title="ping in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        `ping` needs a raw socket, which a step of rootless BuildKit cannot have. A connectivity
        check should not decide about an image anyway.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/rootless.md",),
    since="0.1",
)
