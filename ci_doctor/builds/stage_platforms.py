"""For which platforms a build makes each stage of its Dockerfile, and on which it runs them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from ..dockerfile.instructions import Dockerfile, Run, Stage
from ..dockerfile.run import RunCommand, RunCommands, read_run
from ..dockerfile.scopes import Scopes
from ..dockerfile.stages import ResolvedFrom, find_target, needed_stages, resolve
from ..images.platforms import InvalidPlatform, Platform, parse_platform
from ..pipeline.model import Job
from ..source import Location
from .arguments import scopes_of
from .build import Build

_OWN_MACHINE = ("daemonless", "dind", "local", "socket")
# What a machine runs beside its own programs.
_RUNS_TOO = {"amd64": ("386",), "arm64": ("arm",)}


@dataclass(frozen=True)
class Target:
    """A platform that a build is asked for. `certain`: each run of the job builds it."""

    platform: Platform
    location: Location | None = field(compare=False)
    certain: bool = True


@dataclass(frozen=True, eq=False)
class StageRun:
    """One stage, as it is made for one target platform.

    `platform` is what its steps run on: the target, or what `FROM --platform=…` says (`pinned`
    where that is another one); None where the machine that builds decides, or where it is not known.
    `copied`: the target's image takes only files from it, or nothing.
    """

    stage: Stage
    target: Target
    from_: ResolvedFrom
    root: ResolvedFrom  # the FROM that pulls the image below all stages
    platform: Platform | None
    pinned: bool
    copied: bool
    scopes: Scopes = field(repr=False)

    @cached_property
    def steps(self) -> tuple[tuple[Run, RunCommands], ...]:
        """The RUN steps with their commands."""
        return tuple((run, read_run(run, self.scopes.at(run))) for run in self.stage.of(Run))

    @property
    def commands(self) -> tuple[RunCommand, ...]:
        return tuple(command for _, found in self.steps for command in found.commands)


def targets(build: Build) -> tuple[Target, ...]:
    """The platforms of `--platform` that are known, each once.

    Without the option it is the runner's own, where its tags tell it (then there is no location).
    """
    found: dict[Platform, Target] = {}
    if not build.platforms and not build.opaque and build.daemon.kind in _OWN_MACHINE:
        own = own_platform(build.job)
        return () if own is None else (Target(own, None),)
    for item in build.platforms:
        variants = item.text.variants()
        for variant in variants:
            for written in (variant.value or "").split(","):
                platform = _parsed(written)
                if platform is not None and platform.is_known:
                    certain = item.certain and len(variants) == 1
                    if platform not in found or (certain and not found[platform].certain):
                        found[platform] = Target(platform, item.location, certain)
    return tuple(found.values())


def _parsed(written: str) -> Platform | None:
    try:
        return parse_platform(written.strip()) if written.strip() else None
    except InvalidPlatform:
        return None


@lru_cache(maxsize=8)  # several checks ask for the same build, one after the other
def stage_runs(build: Build, dockerfile: Dockerfile) -> tuple[StageRun, ...]:
    """The stages that a build needs for each of its known target platforms, in order.

    Nothing where no platform is given, and where a named context may stand for a stage.
    """
    if build.named_contexts:
        return ()
    return tuple(run for target in targets(build) for run in _for_target(build, dockerfile, target))


def _for_target(build: Build, dockerfile: Dockerfile, target: Target) -> list[StageRun]:
    scopes = scopes_of(build, dockerfile, str(target.platform))
    needed = needed_stages(dockerfile, build.target, scopes=scopes)
    image = image_stages(build, scopes)
    runs = []
    for stage in needed:
        root = _root(stage, scopes)
        platform: Platform | None = target.platform
        pinned = False
        if root.platform is not None:
            platform = None if root.platform.value is None else _parsed(root.platform.value)
            pinned = platform is not None and platform != target.platform
        from_ = resolve(stage, scopes)
        copied = stage not in image
        runs.append(StageRun(stage, target, from_, root, platform, pinned, copied, scopes))
    return runs


def _root(stage: Stage, scopes: Scopes) -> ResolvedFrom:
    """The FROM of the lowest stage: a stage on another stage has that one's platform."""
    while (base := scopes.base(stage).stage) is not None:
        stage = base
    return resolve(stage, scopes)


def image_stages(build: Build, scopes: Scopes) -> frozenset[Stage]:
    """The target's stage and those it stands on: their layers are the image's."""
    dockerfile = scopes.dockerfile
    if build.target is not None and build.target.value is None:
        return frozenset(dockerfile.stages)
    stage = find_target(dockerfile, None if build.target is None else build.target.value)
    found: set[Stage] = set()
    while stage is not None:
        found.add(stage)
        stage = scopes.base(stage).stage
    return frozenset(found)


def misfits(runs: Iterable[StageRun], architecture: str) -> list[StageRun]:
    """Those that run on a known platform which cannot run programs of an architecture."""
    return [
        run for run in runs if run.platform is not None and not runs_on(run.platform, architecture)
    ]


def runs_on(platform: Platform, architecture: str) -> bool:
    """Whether a platform runs programs of an architecture (`amd64`)."""
    return architecture in (platform.architecture, *_RUNS_TOO.get(platform.architecture, ()))


def by_stage(runs: Iterable[StageRun]) -> dict[Stage, list[StageRun]]:
    """The runs of each stage, in the order of the file."""
    found: dict[Stage, list[StageRun]] = {}
    for run in runs:
        found.setdefault(run.stage, []).append(run)
    return dict(sorted(found.items(), key=lambda item: item[0].index))


def single_platforms(build: Build) -> tuple[Platform, ...]:
    """The platform that each run of the job builds: one, or one for each job of its matrix.

    Nothing where a run builds several, or where it is not known.
    """
    if len(build.platforms) != 1:
        return ()
    text = build.platforms[0].text
    found = []
    for variant in text.variants():
        platform = None if "," in (variant.value or ",") else _parsed(variant.value or "")
        if platform is None or not platform.is_known:
            return ()
        found.append(platform)
    if len(found) > 1:
        values = [v.text for v in build.job.variables.values() if v.scope == "matrix"]
        parts = {part for value in values for part in value.parts}
        if not any(part in parts for part in text.parts):
            return ()  # a branch of the script, or a default, chooses
    return tuple(dict.fromkeys(found))


def own_platform(job: Job) -> Platform | None:
    """The platform of the runner, as the tags of GitLab.com's hosted runners tell it."""
    for tag in job.tags:
        name = tag.value or ""
        if name.startswith("saas-linux-"):
            return Platform("linux", "arm64" if name.endswith("-arm64") else "amd64")
    return None
