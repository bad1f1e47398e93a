"""The clock set in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...dockerfile.run import RunCommand
from ...finding import Finding, Severity


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "date", "hwclock", "timedatectl"):
        if not _sets_clock(command):
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            "setting the clock in a RUN step fails",
            details="date: cannot set date: Operation not permitted",
            advice=("for one program use libfaketime; the time zone is a file: /etc/localtime",),
        )


def _sets_clock(command: RunCommand) -> bool:
    if command.name == "date":
        # `-Iseconds` and `-d STRING` only print.
        words = [word.text.value or "" for word in command.arguments]
        return any(w in ("-s", "--set", "-us") or w.startswith(("--set=", "-s")) for w in words)
    if command.name == "hwclock":
        return command.has("-w", "-s", "--systohc", "--hctosys", "--set")
    verbs = [word.text.value for word in command.operands[:1]]
    return verbs in (["set-time"], ["set-ntp"], ["set-timezone"], ["set-local-rtc"])


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦date -s "2024-01-01 00:00:00"⟧ && make
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦timedatectl set-timezone Europe/Berlin⟧
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN date -Iseconds > /built && date -d "yesterday" +%F && date -u +%s
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="they print",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ln -sf /usr/share/zoneinfo/Europe/Berlin /etc/localtime
                RUN date -s 2024-01-01 || true
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a file, and a failure that is ignored",
    )


CHECK = Check(
    id="dockerfile-privileged-date",
    title="Clock set in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        The clock belongs to the machine that builds; no step may change it, under any builder.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#run",),
    since="0.1",
)
