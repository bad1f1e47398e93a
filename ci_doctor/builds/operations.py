"""Which of a Dockerfile's steps the builds of a pipeline execute."""

from __future__ import annotations

from collections.abc import Iterable

from ..dockerfile.instructions import Copy, Dockerfile, Run, Stage
from ..dockerfile.run import RunCommand, read_run
from ..dockerfile.scopes import Scopes
from ..dockerfile.stages import needed_stages
from .build import Build


def used_stages(dockerfile: Dockerfile, builds: Iterable[Build]) -> list[Stage]:
    """The stages that any of the builds needs; those of the last stage where there is no build."""
    scopes = Scopes(dockerfile, complete=False)
    needed: set[Stage] = set()
    seen: set[str] = set()
    built = False
    for build in builds:
        built = True
        key = "" if build.target is None else build.target.display
        if key not in seen:
            seen.add(key)
            needed.update(needed_stages(dockerfile, build.target, scopes=scopes))
    if not built:
        needed.update(needed_stages(dockerfile, scopes=scopes))
    return [stage for stage in dockerfile.stages if stage in needed]


def used_commands(dockerfile: Dockerfile, builds: Iterable[Build]) -> list[RunCommand]:
    """The commands of the RUN steps of those stages, in order."""
    scopes = Scopes(dockerfile, complete=False)
    return [
        command
        for stage in used_stages(dockerfile, builds)
        for run in stage.of(Run)
        for command in read_run(run, scopes.at(run)).commands
    ]


def reaching(dockerfile: Dockerfile, offset: int, builds: Iterable[Build]) -> list[Build]:
    """The builds that need the stage which holds `offset`."""
    stage = next((s for s in dockerfile.stages if s.span.start <= offset < s.span.end), None)
    return [b for b in builds if stage is None or stage in used_stages(dockerfile, [b])]


_REMOTE = ("http://", "https://", "git@", "git://", "ssh://", "$")


def reads_context(dockerfile: Dockerfile, build: Build) -> bool:
    """Whether a step of the build takes files from the build context: COPY, ADD, a bind mount."""
    for stage in used_stages(dockerfile, [build]):
        for instruction in stage.instructions:
            if isinstance(instruction, Copy) and instruction.from_ is None:
                if any(not word.value.startswith(_REMOTE) for word in instruction.sources):
                    return True
            elif isinstance(instruction, Run):
                mounts = instruction.mounts
                if any(mount.type == "bind" and mount.from_ is None for mount in mounts):
                    return True
    return False


def has_more_rights(dockerfile: Dockerfile, offset: int) -> bool:
    """Whether the RUN step at `offset` asks for `--security=insecure`: then it may do more (observed)."""
    for run in dockerfile.of(Run):
        if run.span.start <= offset < run.span.end:
            return run.security is not None and run.security.value != "sandbox"
    return False
