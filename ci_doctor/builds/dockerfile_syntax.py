"""Who reads a Dockerfile: BuildKit's own frontend, or one that the file or the build names."""

from __future__ import annotations

from ..dockerfile.instructions import Dockerfile
from ..images.reference import InvalidReference, parse_reference
from .build import Build

_OFFICIAL = ("docker.io/docker/dockerfile", "docker.io/docker/dockerfile-upstream")


def reads_plain_dockerfile(build: Build, dockerfile: Dockerfile) -> bool:
    """Whether the file means what Docker's documentation says, and parses.

    Not so with `# syntax=` or BUILDKIT_SYNTAX of a frontend that is not Docker's.
    """
    if dockerfile.faults or any(arg.name.value == "BUILDKIT_SYNTAX" for arg in build.build_args):
        return False
    return dockerfile.syntax is None or is_docker_frontend(dockerfile.syntax.value.value)


def is_docker_frontend(name: str) -> bool:
    """Whether an image of `# syntax=` is Docker's frontend, from Docker Hub or a mirror."""
    try:
        reference = parse_reference(name.strip())
    except InvalidReference:
        return False
    return reference.upstream.name in _OFFICIAL or reference.name.endswith("/docker/dockerfile")
