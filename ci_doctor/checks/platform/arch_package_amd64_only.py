"""Packages that exist for x86 only, in a build for other machines."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...builds.stage_platforms import StageRun, by_stage, stage_runs
from ...check import Check, Context, Example, LookAlike
from ...dockerfile.packages import apt_packages, apt_sources, foreign_architectures
from ...finding import Confidence, Finding, Severity
from ...images.debian import architectures_of
from ...source import Location


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if dockerfile is None:
        return
    for runs in by_stage(stage_runs(build, dockerfile)).values():
        hit: dict[Location, tuple[str, str, list[StageRun]]] = {}
        for run in runs:
            for place, message, advice in _wrong(run):
                hit.setdefault(place, (message, advice, []))[2].append(run)
        for place, (message, advice, wrong) in hit.items():
            yield _finding(place, message, advice, wrong, context)


def _wrong(run: StageRun) -> Iterator[tuple[Location, str, str]]:
    architecture = None if run.platform is None else run.platform.architecture
    if not architecture:
        return
    for command in run.commands:
        if command.guarded:
            continue
        for package in apt_packages(command):
            known = architectures_of(package.name)
            if known is not None and architecture not in known:
                yield (
                    package.location,
                    f"there is no package '{package.name}' for",
                    'install it only where it exists: [ "$TARGETARCH" = amd64 ] && apt-get install …',
                )
        for source in apt_sources(command):
            if architecture not in source.architectures:
                yield (
                    source.location,
                    f"apt takes nothing from this repository, '{source.written}', for",
                    "deb [arch=$(dpkg --print-architecture)] …",
                )
        for foreign in foreign_architectures(command):
            if foreign.name == "i386" and architecture != "amd64":
                yield (
                    foreign.location,
                    "the packages of i386 have no use for",
                    'add it only where it runs: [ "$TARGETARCH" = amd64 ] && dpkg --add-architecture i386',
                )


def _finding(
    place: Location, message: str, advice: str, wrong: list[StageRun], context: Context
) -> Finding:
    platforms = " and ".join(dict.fromkeys(str(run.platform) for run in wrong))
    certain = any(run.target.certain for run in wrong)
    return context.finding(
        place,
        f"{message} {platforms}",
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        details="E: Unable to locate package, or: E: Package has no installation candidate",
        related=[
            run.target.location.noted("the platform asked for")
            for run in wrong
            if run.target.location is not None
        ][:1],
        advice=(advice,),
    )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import MULTI

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get update && apt-get install -y --no-install-recommends \\
                    build-essential \\
                    ⟦gcc-multilib⟧ \\
                    ⟦intel-microcode⟧=3.20240910.1
            """,
            ".gitlab-ci.yml": MULTI,
        }
    )
    yield Example(
        {
            "Dockerfile": """
                FROM ubuntu:24.04
                RUN echo "deb ⟦[arch=amd64 signed-by=/etc/apt/keyrings/x.gpg]⟧ https://packages.example.com/apt stable main" \\
                    > /etc/apt/sources.list.d/x.list
                RUN ⟦dpkg --add-architecture i386⟧ && apt-get update && apt-get -y install ⟦libc6-i386⟧
            """,
            ".gitlab-ci.yml": MULTI,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                ARG TARGETARCH
                RUN if [ "$TARGETARCH" = amd64 ]; then apt-get install -y gcc-multilib; fi
                RUN echo "deb [arch=$(dpkg --print-architecture)] https://packages.example.com/apt stable main" \\
                    > /etc/apt/sources.list.d/x.list
                RUN echo "deb [arch=amd64,arm64] https://packages.example.com/apt stable main" \\
                    > /etc/apt/sources.list.d/y.list
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="only where it exists, and repositories for both",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM debian:12 AS tools
                RUN apt-get update && apt-get install -y gcc-multilib
                FROM debian:12
                RUN apt-get update && apt-get install -y gcc-x86-64-linux-gnu xlib32-dev
                RUN apt-get remove -y gcc-multilib
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="the building machine's stage, a cross compiler, another name, a removal",
    )


CHECK = Check(
    id="arch-package-amd64-only",
    title="Package that exists for x86 only",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Some packages are built for x86 alone: microcode, 32-bit libraries, wine, the programs of
        some vendors. In the build for another machine apt does not find them, and one missing
        package ends the build for all platforms.
    """,
    links=("https://docs.docker.com/build/building/multi-platform/",),
    since="0.1",
)
