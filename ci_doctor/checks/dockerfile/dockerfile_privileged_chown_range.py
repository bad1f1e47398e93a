"""Owners outside the range of a rootless builder."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import Flavour
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Copy, Dockerfile
from ...finding import Finding, Severity
from ...source import Location

# The rootless image maps 1 to 65536 to subordinate ids; nothing stands for the ids above.
LAST_ID = 65536


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "chown", "chgrp"):
        owner = command.operands[0] if command.operands else None
        if owner is not None and _is_outside(owner.text.value, group=command.name == "chgrp"):
            yield from _finding(dockerfile, owner.written or command.location, context)
    for instruction in dockerfile.of(Copy):
        if instruction.chown is not None and _is_outside(instruction.chown.value):
            yield from _finding(dockerfile, instruction.chown.location, context)


def _is_outside(owner: str | None, *, group: bool = False) -> bool:
    ids = (owner or "").replace(".", ":").split(":")
    return any(part.isdecimal() and int(part[:20]) > LAST_ID for part in ids)


def _finding(dockerfile: Dockerfile, place: Location, context: Context) -> Iterator[Finding]:
    return context.operation(
        dockerfile,
        place,
        {Flavour.ROOTLESS},
        f"there is no id above {LAST_ID}",
        details="chown: changing ownership of '/x': Invalid argument",
        advice=("use an id below 65536; for OpenShift's ids: `chgrp 0` and `chmod g=u`",),
    )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BOTH, BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN chown -R ⟦200000:200000⟧ /srv
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                COPY --chown=⟦1000620000:0⟧ app /app
                RUN chgrp ⟦70000⟧ /app
            """,
            ".gitlab-ci.yml": BOTH,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN useradd -u 200000 builder && chown 65535:0 /srv && chown www-data /var/www
                COPY --chown=1000:1000 app /app
            """,
            "app/main.py": "print()\n",
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="ids in the range, and a user whose files nobody touches",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN chown -R 200000:200000 /srv
            """,
            ".gitlab-ci.yml": BUILDX,
        },
        why="BuildKit as root knows every id",
    )


CHECK = Check(
    id="dockerfile-privileged-chown-range",
    title="Owner outside the rootless range",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        Rootless BuildKit has 65,536 subordinate user ids. A file cannot be given to an id above
        them; with a daemon that runs as root it can.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/rootless.md",),
    since="0.1",
)
