"""`RUN --network=host` without permission."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.operations import reaching
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile, Run
from ...finding import Confidence, Finding, Severity
from ...source import noted

ENTITLEMENT = "network.host"


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for run in dockerfile.of(Run):
        flag = run.flag("network")
        if flag is None or flag.value is None or flag.value.value != "host":
            continue
        builds = reaching(dockerfile, run.span.start, context.builds_with(dockerfile))
        refused = [build for build in builds if _refuses(build)]
        if not refused:
            continue
        known = len(refused) == len(builds)
        yield context.finding(
            flag.location,
            f"the builder refuses this step: nothing allows {ENTITLEMENT}",
            confidence=Confidence.CERTAIN if known else Confidence.LIKELY,
            details="network.host is not allowed",
            related=[noted(b.command.program.written, "built here") for b in refused],
            advice=(
                "remove the flag, or pass `--allow network.host` to a daemon that was started with "
                "`--allow-insecure-entitlement network.host`",
            ),
        )


def _refuses(build: Build) -> bool:
    if build.tool not in (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL, Tool.BUILDX):
        return False
    given = [option.value for option in build.entitlements if option.value is not None]
    return not build.opaque and all(value.equals(ENTITLEMENT) is False for value in given)


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦--network=host⟧ make install
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN --mount=type=cache,target=/cache ⟦--network=host⟧ make && make install
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN --network=none make install
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="it needs no permission",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN echo --network=host
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a word of the command",
    )


CHECK = Check(
    id="dockerfile-privileged-network-host",
    title="RUN --network=host without --allow",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        The step asks for a right that a build does not have by itself: both the daemon and the
        client must allow network.host. Otherwise the build ends before its first step.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#run---network",),
    since="0.1",
)
