"""The host name set in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...finding import Finding, Severity


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "hostname", "hostnamectl"):
        words = [word.text.value for word in command.operands]
        sets = words[:1] in (["set-hostname"], ["hostname"]) and len(words) > 1
        if command.name == "hostname":
            sets = bool(words) or command.has("-F", "-b", "--file", "--boot")
        if not sets:
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            "setting the host name in a RUN step fails",
            details="hostname: you must be root to change the host name",
            advice=("buildctl: --opt hostname=NAME; the image keeps no host name",),
        )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦hostname build.example.com⟧ && ./configure
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦hostnamectl set-hostname build⟧
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN hostname && hostname -f && echo "$(hostname)" > /built-on
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="asking for it",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN echo build > /etc/hostname
                RUN hostname build || true
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a file, and a failure that is ignored",
    )


CHECK = Check(
    id="dockerfile-privileged-hostname",
    title="Host name set in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        A step may not change the host name, and a container gets its own when it runs.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#run",),
    since="0.1",
)
