"""Commands that build images in a way that is not modelled."""

from __future__ import annotations

import re

from ..execution.command import Command
from ..execution.outline import Written
from .build import Build, Tool
from .docker import DockerCall

_BUILDERS = frozenset(
    {
        "bazel",
        "buildah",
        "earth",
        "earthly",
        "img",
        "kbld",
        "ko",
        "makisu",
        "nerdctl",
        "pack",
        "podman",
        "skaffold",
        "werf",
    }
)
_ALWAYS = frozenset({"earthly", "earth"})
_SUBCOMMANDS = {
    "bazel": {"build", "run"},
    "buildah": {"bud", "build", "build-using-dockerfile", "commit"},
    "img": {"build"},
    "kbld": {"", "-f"},
    "ko": {"build", "publish", "apply", "resolve"},
    "makisu": {"build"},
    "nerdctl": {"build"},
    "pack": {"build"},
    "podman": {"build"},
    "skaffold": {"build", "run", "dev"},
    "werf": {"build", "converge"},
}
_JVM = frozenset({"mvn", "mvnw", "gradle", "gradlew"})
_JVM_GOAL = re.compile(
    r"(?:^|[:\W])(?:jib|jibDockerBuild|dockerBuildImage|bootBuildImage|build-image|dockerBuild)(?:$|\W)"
)
_RUNNERS = frozenset({"make", "gmake", "just", "task", "rake", "invoke", "mage"})
PROGRAMS = _ALWAYS | _BUILDERS | _JVM | _RUNNERS | {"docker-compose", "podman-compose"}
_IMAGE_TARGET = re.compile(r"docker|image|container|kaniko|buildx|buildah|oci|publish|push")


def may_build(command: Written) -> bool:
    """Whether a command may build an image; false only for targets and goals that plainly do not."""
    name = command.name
    target = _IMAGE_TARGET if name in _RUNNERS else _JVM_GOAL if name in _JVM else None
    return target is None or any(word is None or target.search(word) for word in command.arguments)


def read_opaque(command: Command, call: DockerCall | None) -> Build | None:
    """A build by bake, compose, make, buildah, podman and the like; None for anything else."""
    if _builds(command, call):
        return Build(Tool.OPAQUE, command.job, command, opaque=command.arguments)
    return None


def _builds(command: Command, call: DockerCall | None) -> bool:
    if call is not None:
        return _docker_builds(call)
    name = command.name or ""
    words = [word.text.template for word in command.arguments]
    plain = [word for word in words if not word.startswith("-")]
    first = plain[0] if plain else ""
    if name in ("docker-compose", "podman-compose"):
        return "build" in plain or "--build" in words
    if name in _ALWAYS:
        return bool(plain)
    if name in _BUILDERS:
        return first in _SUBCOMMANDS[name] or plain[:2] == ["image", "build"]
    if name in _JVM:
        return any(_JVM_GOAL.search(word) for word in words)
    if name in _RUNNERS:
        return any(_IMAGE_TARGET.search(word) for word in plain)
    return False


def _docker_builds(call: DockerCall) -> bool:
    if call.path == ("buildx", "bake"):
        return True
    if call.path[:1] == ("compose",):
        words = [word.text.template for word in call.words]
        return call.path[1:] == ("build",) or "--build" in words
    return bool(call.opaque)
