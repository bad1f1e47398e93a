"""Raised limits in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...dockerfile.run import RunCommand
from ...finding import Confidence, Finding, Severity

# Docker's and systemd's usual hard limit of open files.
USUAL_LIMIT = 1_048_576


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "ulimit"):
        if not _raises(command):
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            "raising a limit above the runner's own fails",
            confidence=Confidence.LIKELY,
            details="ulimit: error setting limit (Operation not permitted)",
            advice=(
                "docker buildx build --ulimit nofile=1048576:1048576",
                "buildctl: --opt ulimit=nofile=1048576:1048576",
            ),
        )


def _raises(command: RunCommand) -> bool:
    words = [word.text.value or "" for word in command.arguments]
    for option, value in pairwise(words):
        if option in ("-n", "-Hn", "-Sn", "-nH", "-nS"):
            return value == "unlimited" or (value.isdecimal() and int(value[:20]) > USUAL_LIMIT)
        if option in ("-l", "-Hl"):
            return value == "unlimited"
    return False


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦ulimit -n 2000000⟧ && make
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦ulimit -l unlimited⟧ && make bench
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ulimit -n 1024 && ulimit -c 0 && make
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="lower limits",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ulimit -n && ulimit -a
                RUN ulimit -n 2000000 || true
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="listings, and a failure that is ignored",
    )


CHECK = Check(
    id="dockerfile-privileged-ulimit",
    title="Raised limit in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        A step cannot raise a limit above the hard limit that the daemon inherited from the
        runner. The image does not keep limits anyway.
    """,
    links=("https://docs.docker.com/reference/cli/docker/buildx/build/#ulimit",),
    since="0.1",
)
