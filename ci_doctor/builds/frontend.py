"""The `--opt` keys of BuildKit's Dockerfile frontend.

moby/buildkit frontend/dockerui/config.go and context.go. A key that the frontend does not know is
ignored without a word (observed).
"""

from __future__ import annotations

from .build import Build

DOCKERFILE = "dockerfile.v0"
GATEWAY = "gateway.v0"

KEYS = frozenset(
    {
        "add-hosts",
        "cache-from",
        "cache-imports",
        "cgroup-parent",
        "cmdline",
        "context",
        "contextkey",
        "contextsubdir",
        "cpuperiod",
        "cpuquota",
        "cpusetcpus",
        "cpusetmems",
        "cpushares",
        "device",
        "dockerfilekey",
        "filename",
        "force-network-mode",
        "hostname",
        "image-resolve-mode",
        "memory",
        "memswap",
        "multi-platform",
        "no-cache",
        "platform",
        "requestid",
        "shm-size",
        "source",
        "target",
        "ulimit",
    }
)
PREFIXES = (
    "attest:",
    "automount:",
    "build-arg:",
    "context:",
    "frontend.",
    "input-metadata:",
    "label:",
    "local-sessionid:",
    "vcs:",
)


def knows(key: str) -> bool:
    return key in KEYS or key.startswith(PREFIXES)


def is_dockerfile(build: Build) -> bool | None:
    """Whether Docker's frontend reads the options: `dockerfile.v0`, or its image by `gateway.v0`."""
    frontend = None if build.frontend is None else build.frontend.value
    if frontend == DOCKERFILE:
        return True
    if frontend != GATEWAY:
        return None
    source = next((opt.value for opt in reversed(build.opts) if opt.key == "source"), None)
    name = None if source is None else source.value
    if name is None:
        return None
    name = name.removeprefix("docker.io/")
    return True if name.startswith(("docker/dockerfile:", "docker/dockerfile@")) else None


def lacks_local(build: Build, name: str) -> bool:
    """Whether no `--local NAME=` is given, known for certain."""
    if build.opaque or build.breaks or name in build.locals:
        return False
    return all(
        option.value is not None and "=" in option.value.template
        for option in build.given("--local")
    )


def lacks_opt(build: Build, key: str) -> bool:
    """Whether no `--opt KEY=` is given, known for certain."""
    return not build.opaque and not build.breaks and all(opt.key != key for opt in build.opts)
