"""systemd in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...finding import Finding, Severity

# These only write links and files.
OFFLINE = frozenset(
    {"cat", "disable", "enable", "get-default", "help", "is-enabled", "link", "list-unit-files"}
    | {"mask", "preset", "preset-all", "reenable", "set-default", "unmask", "edit", "revert"}
)


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "systemctl"):
        verb = command.operands[0].text.value if command.operands else None
        offline = verb in OFFLINE and not command.has("--now")
        if verb is None or offline or command.has("--root", "--version"):
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            f"`systemctl {verb}` in a RUN step fails",
            details=(
                "System has not been booted with systemd as init system (PID 1). Can't operate."
            ),
            advice=(
                "start the program in ENTRYPOINT or CMD; `systemctl enable` works without systemd",
                "for work that needs it once: start, use and stop the program in one RUN",
            ),
        )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get install -y nginx && ⟦systemctl start nginx⟧
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM almalinux:9
                COPY app.service /etc/systemd/system/
                RUN ⟦systemctl daemon-reload⟧
                RUN ⟦systemctl enable --now app⟧
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN systemctl enable nginx && systemctl mask systemd-udevd.service && systemctl set-default multi-user.target
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="these only write links",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN service postgresql start && psql -f /schema.sql && service postgresql stop
                RUN systemctl restart nginx; true
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a program started for one step; a failure that ends nothing",
    )


CHECK = Check(
    id="dockerfile-privileged-systemctl",
    title="systemctl in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        There is no systemd in a build: a step is a plain process. Whatever it starts would end
        with the step and is not in the image.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#run",),
    since="0.1",
)
