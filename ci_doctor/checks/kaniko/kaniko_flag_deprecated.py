"""Flags of Kaniko under their old names."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Option, Status, Tool
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Finding, Severity
from ...source import Location, Span

NEW = {
    "--customPlatform": "--custom-platform",
    "--snapshotMode": "--snapshot-mode",
    "--tarPath": "--tar-path",
    "--whitelist-path": "--ignore-path",
    "--whitelist-var-run": "--ignore-var-run",
}


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool is not Tool.KANIKO:
        return
    for option in build.options:
        new = NEW.get(option.name)
        if option.status is Status.DEPRECATED and new is not None:
            yield context.finding(
                option.location,
                f"`{option.name}` is called `{new}` now",
                details=f"Flag {option.name} has been deprecated",
                advice=(new,),
                fix=_fix(option, new),
            )


def _fix(option: Option, new: str) -> Fix | None:
    place = option.location
    if place is None or not place.text.startswith(option.name):
        return None
    start = place.span.start
    name = Location(place.source, Span(start, start + len(option.name)))
    return fix(f"Write `{new}`", replace(name, new))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - /kaniko/executor --context . ⟦--tarPath image.tar⟧ --no-push ⟦--snapshotMode=redo⟧
        """,
        fixed="""
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - /kaniko/executor --context . --tar-path image.tar --no-push --snapshot-mode=redo
        """,
    )
    yield Example(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - |
              /kaniko/executor \\
                --context . \\
                ⟦--customPlatform=linux/arm64⟧ \\
                --no-push
        """,
        fixed="""
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - |
              /kaniko/executor \\
                --context . \\
                --custom-platform=linux/arm64 \\
                --no-push
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - /kaniko/executor --context . --tar-path image.tar --no-push --snapshot-mode redo
        """,
        why="the names of today",
    )
    yield LookAlike(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - echo "--snapshotMode was renamed"
            - /kaniko/executor --context . --no-push
        """,
        why="only spoken of",
    )


CHECK = Check(
    id="kaniko-flag-deprecated",
    title="Old name of a Kaniko flag",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Kaniko renamed a few flags to the usual form with dashes. The old names still work, with a
        warning in the log, and may go in any release of the forks.
    """,
    links=("https://github.com/GoogleContainerTools/kaniko#additional-flags",),
    since="0.1",
)
