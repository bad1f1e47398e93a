"""snap or flatpak in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...finding import Finding, Severity


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "snap", "flatpak"):
        verbs = [word.text.value for word in command.operands[:1]]
        if verbs not in (["install"], ["refresh"], ["remove"], ["update"], ["run"]):
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            f"`{command.name}` in a RUN step fails",
            details="error: cannot communicate with server",
            advice=("install the program from the distribution, its own packages, or its image",),
        )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM ubuntu:24.04
                RUN apt-get update && apt-get install -y snapd && ⟦snap install yq⟧
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM fedora:42
                RUN ⟦flatpak install -y flathub org.gimp.GIMP⟧
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM ubuntu:24.04
                RUN apt-get update && apt-get install -y snapd flatpak && snap version
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="packages, and a version",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM ubuntu:24.04
                RUN echo "snap install yq" >> /notes
                RUN snap install yq || true
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="text, and a failure that is ignored",
    )


CHECK = Check(
    id="dockerfile-privileged-snap",
    title="snap or flatpak in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        snap talks to a daemon that systemd starts, and there is none in a build; flatpak needs
        namespaces that a step does not get.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#run",),
    since="0.1",
)
