"""A library directory of one architecture, in a build for others."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...builds.stage_platforms import StageRun, by_stage, misfits, stage_runs
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Copy, Env
from ...finding import Confidence, Finding, Severity
from ...images.vocabulary import ArchitectureWord, library_paths
from ...source import Location
from ...text import Text


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if dockerfile is None:
        return
    for runs in by_stage(stage_runs(build, dockerfile)).values():
        hit: dict[Location, tuple[str, list[StageRun]]] = {}
        for run in runs:
            for texts in _instructions(run):
                for place, word in _named(texts):
                    if misfits([run], word.architecture):
                        hit.setdefault(place, (word.name, []))[1].append(run)
        for place, (name, wrong) in hit.items():
            yield _finding(place, name, wrong, context)


def _instructions(run: StageRun) -> Iterator[list[Text]]:
    """The texts of each COPY, ADD, ENV and command that is certain to run."""
    for instruction in run.stage.instructions:
        scope = run.scopes.at(instruction)
        if isinstance(instruction, Copy):
            yield [scope.expand(word) for word in instruction.arguments]
        elif isinstance(instruction, Env) and instruction.name == "ENV":
            yield [scope.expand(pair.value) for pair in instruction.pairs if pair.value]
    for command in run.commands:
        if not command.guarded:
            yield [*(word.text for word in command.arguments), *command.assignments.values()]


def _named(texts: list[Text]) -> Iterator[tuple[Location, ArchitectureWord]]:
    found = [(text, word) for text in texts for word in library_paths(text.template)]
    # The directories of several machines in one list: the right one is among them.
    if len({word.architecture for _, word in found}) > 1:
        return
    for text, word in found:
        place = text.locate(word.start, word.end)
        # What variables put together may be meant for a cross compiler.
        if place is not None and place.text == word.name:
            yield place, word


def _finding(place: Location, name: str, wrong: list[StageRun], context: Context) -> Finding:
    platforms = " and ".join(dict.fromkeys(str(run.platform) for run in wrong))
    certain = any(run.target.certain for run in wrong)
    return context.finding(
        place,
        f"'{name}' does not exist on {platforms}",
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        related=[
            run.target.location.noted("the platform asked for")
            for run in wrong
            if run.target.location is not None
        ][:1],
        advice=(
            "COPY --from=… /usr/lib/*-linux-gnu/… takes the directory of each platform",
            "in RUN: $(gcc -print-multiarch), or $(dpkg-architecture -qDEB_HOST_MULTIARCH)",
        ),
    )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import MULTI

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12 AS build
                RUN apt-get update && apt-get install -y libssl3
                FROM gcr.io/distroless/base-debian12
                COPY --from=build ⟦/usr/lib/x86_64-linux-gnu⟧/libssl.so.3 /usr/lib/
            """,
            ".gitlab-ci.yml": MULTI,
        }
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                ENV LD_PRELOAD=⟦/usr/lib/x86_64-linux-gnu⟧/libjemalloc.so.2
                RUN ln -s ⟦/lib64/ld-linux-x86-64.so.2⟧ /opt/loader
            """,
            ".gitlab-ci.yml": MULTI,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12 AS build
                RUN apt-get update && apt-get install -y libssl3
                FROM debian:12
                COPY --from=build /usr/lib/*-linux-gnu/libssl.so.3 /opt/
                ENV LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu:/usr/lib/aarch64-linux-gnu
                RUN ls /usr/lib/x86_64-linux-gnu || true
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="a wildcard, a list of both, and a failure that is ignored",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM debian:12
                RUN cp /usr/lib/x86_64-linux-gnu/libc.so.6 /opt/
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="the machine that builds, whatever it is",
    )


CHECK = Check(
    id="arch-lib-path",
    title="Library directory of one architecture",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Debian keeps libraries in a directory that is named after the machine. A path with
        `x86_64-linux-gnu` in it exists in one image of several: a COPY of it ends the build, and in
        an ENV it names nothing.
    """,
    links=("https://wiki.debian.org/Multiarch/Tuples",),
    since="0.1",
)
