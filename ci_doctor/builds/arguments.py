"""The build arguments that a build is given, as its Dockerfile sees them."""

from __future__ import annotations

from ..dockerfile.instructions import Dockerfile
from ..dockerfile.scopes import Scopes
from ..text import Symbol, Text
from .build import Build
from .environment import exported


def build_arguments(build: Build) -> tuple[dict[str, Text], bool]:
    """The values by name, and whether no others can be given.

    `--build-arg NAME` takes its value from the environment of the command.
    """
    values: dict[str, Text] = {}
    complete = not build.opaque
    for argument in build.build_args:
        name = argument.name.value
        if name is None:
            complete = False
        elif argument.value is not None:
            values[name] = argument.value
        else:
            inherited = exported(build.command, name)
            values[name] = Text((Symbol(name, "environment"),)) if inherited is None else inherited
    return values, complete


def scopes_of(build: Build, dockerfile: Dockerfile, platform: str | None = None) -> Scopes:
    """The variables of a Dockerfile in this build, for the target `platform` where one is given."""
    values, complete = build_arguments(build)
    target = None if build.target is None else build.target.value
    wanted = None if platform is None else Text.of(platform)
    return Scopes(dockerfile, values, complete=complete, platform=wanted, target=target)
