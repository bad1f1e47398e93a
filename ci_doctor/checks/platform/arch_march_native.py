"""Compiler flags that tie the program to a processor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Build
from ...builds.stage_platforms import StageRun, by_stage, misfits, stage_runs
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile, Env, Run, RunCommand, Scopes, Stage, needed_stages, read_run
from ...finding import Confidence, Finding, Severity
from ...images.vocabulary import native_flags, x86_flags
from ...source import Location
from ...text import Text


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if dockerfile is None:
        return
    yield from _native(build, dockerfile, context)
    for runs in by_stage(stage_runs(build, dockerfile)).values():
        hit: dict[Location, tuple[str, list[StageRun]]] = {}
        for run in misfits(runs, "amd64"):
            for text in _texts(run.stage, run.commands, run.scopes):
                for flag in x86_flags(text.template):
                    place = text.locate(flag.start, flag.end)
                    if place is not None:
                        hit.setdefault(place, (flag.name, []))[1].append(run)
        for place, (name, wrong) in hit.items():
            platforms = " and ".join(dict.fromkeys(str(run.platform) for run in wrong))
            certain = any(run.target.certain for run in wrong)
            yield context.finding(
                place,
                f"compilers for {platforms} do not know '{name}'",
                confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
                details="error: unrecognized command-line option",
                advice=('[ "$TARGETARCH" = amd64 ] && CFLAGS="$CFLAGS …"',),
            )


def _native(build: Build, dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    scopes = scopes_of(build, dockerfile)
    seen = set()
    for stage in needed_stages(dockerfile, build.target, scopes=scopes):
        commands = [c for run in stage.of(Run) for c in read_run(run, scopes.at(run)).commands]
        for text in _texts(stage, commands, scopes):
            for flag in native_flags(text.template):
                place = text.locate(flag.start, flag.end)
                if place is None or place in seen:
                    continue
                seen.add(place)
                yield context.finding(
                    place,
                    f"with '{flag.name}' the program is for the processor of the runner that builds it",
                    details="On an older one it ends in: Illegal instruction",
                    advice=("name the oldest processor it shall run on: -march=x86-64-v2",),
                )


def _texts(stage: Stage, commands: Iterable[RunCommand], scopes: Scopes) -> Iterator[Text]:
    for env in stage.of(Env):
        if env.name == "ENV":
            scope = scopes.at(env)
            yield from (scope.expand(pair.value) for pair in env.pairs if pair.value)
    for command in commands:
        if not command.conditional:
            yield from (word.text for word in command.arguments)
            yield from command.assignments.values()


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import MULTI, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM gcc:15
                COPY . /src
                RUN CFLAGS="-O3 ⟦-march=native⟧" make -C /src install
            """,
            ".gitlab-ci.yml": ROOTLESS,
        }
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                ENV CXXFLAGS="-O2 ⟦-mavx2⟧"
                ENV RUSTFLAGS="-C opt-level=3 ⟦-C target-cpu=native⟧"
                RUN make install
            """,
            ".gitlab-ci.yml": MULTI,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM gcc:15
                RUN CFLAGS="-O2 -mavx2 -march=x86-64-v3" make install
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="only for the runner's own architecture",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM gcc:15
                ARG TARGETARCH
                RUN if [ "$TARGETARCH" = amd64 ]; then export CFLAGS=-msse4.2; fi; make install
                # -march=native made it slower
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="asked first, and a comment",
    )


CHECK = Check(
    id="arch-march-native",
    title="Compiled for one processor",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `-march=native` compiles for the very processor of the machine that builds, and runners
        are of many kinds: the image then fails on older machines, now and then. Flags of x86 end
        the build for every other machine.
    """,
    links=("https://gcc.gnu.org/onlinedocs/gcc/x86-Options.html",),
    since="0.1",
)
