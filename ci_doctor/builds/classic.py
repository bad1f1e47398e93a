"""What the classic builder (`DOCKER_BUILDKIT=0`) does not know.

Observed with docker 28.2: options of buildx are unknown flags, BuildKit's instructions do not parse.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..dockerfile.instructions import Add, Copy, Dockerfile, From, Run
from ..source import Location
from .build import Build, Status
from .options import BUILDX_BUILD, DOCKER_CLASSIC

_ONLY_BUILDX = frozenset(
    spec.name
    for spec in BUILDX_BUILD.specs
    if spec.status is Status.KNOWN and spec.name not in DOCKER_CLASSIC.by_name
)
_RUN_FLAGS = ("mount", "network", "security", "device")
_AUTOMATIC = ("BUILDPLATFORM", "TARGETPLATFORM")
_COPY_FLAGS = ("link", "chmod", "parents", "exclude", "checksum", "keep-git-dir")


def refused_options(build: Build) -> Iterator[tuple[str, Location | None]]:
    """The options of a build that end it under the classic builder, each with its place."""
    for option in build.options:
        if option.name in _ONLY_BUILDX:
            yield f"`{option.name}`", option.location
    if len(build.platforms) > 1:
        yield "several platforms", build.platforms[0].location


def refused_instructions(dockerfile: Dockerfile) -> Iterator[tuple[str, Location | None]]:
    """The parts of a Dockerfile that end the build under the classic builder."""
    for instruction in dockerfile.instructions:
        if instruction.heredocs:
            yield "a heredoc", instruction.heredocs[0].word.location
        names: tuple[str, ...] = ()
        if isinstance(instruction, Run):
            names = _RUN_FLAGS
        elif isinstance(instruction, (Copy, Add)):
            names = _COPY_FLAGS
        for name in names:
            flag = instruction.flag(name)
            if flag is not None:
                yield f"`{instruction.name} --{name}`", flag.location
        platform = instruction.platform if isinstance(instruction, From) else None
        if platform is not None and any(name in platform.value for name in _AUTOMATIC):
            yield f"`FROM --platform={platform.value}`", platform.location
