"""Base images that a build pulls through GitLab's dependency proxy."""

from __future__ import annotations

from dataclasses import dataclass

from ..dockerfile.instructions import Dockerfile
from ..dockerfile.stages import needed_stages, resolve
from ..images.reference import parse_reference_text
from ..source import Location
from ..text import Symbol, Text
from .arguments import scopes_of
from .build import Build

PREFIXES = frozenset(
    {
        "CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX",
        "CI_DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX",
    }
)
SERVER = "CI_DEPENDENCY_PROXY_SERVER"
_PATH = "dependency_proxy/containers/"


@dataclass(frozen=True, slots=True, eq=False)
class Proxied:
    """`image` is pulled from `host`, as FROM at `location` says with the build's arguments."""

    image: Text
    host: Text
    location: Location


def proxied_images(build: Build, dockerfile: Dockerfile) -> list[Proxied]:
    """The base images of the stages that a build needs, as far as they are known to go that way."""
    if build.named_contexts:
        return []
    scopes = scopes_of(build, dockerfile)
    found = []
    for stage in needed_stages(dockerfile, build.target, scopes=scopes):
        base = resolve(stage, scopes)
        if base.is_pulled is not True:
            continue
        reference = parse_reference_text(base.image)
        if reference is None or reference.registry is None:
            continue
        prefixed = any(symbol.variable in PREFIXES for symbol in base.image.symbols())
        if prefixed or _PATH in reference.repository.template:
            found.append(Proxied(base.image, reference.registry, base.location))
    return found


def is_server(key: Text) -> bool:
    """Whether a key of a config.json is `$CI_DEPENDENCY_PROXY_SERVER` itself."""
    alone = key.parts[0] if len(key.parts) == 1 else None
    return isinstance(alone, Symbol) and alone.variable == SERVER
