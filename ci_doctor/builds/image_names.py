"""The names that a job gives to the images it builds and pushes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..execution.command import Certainty, Command
from ..source import Location
from ..text import Symbol, Text
from .attributes import image_name
from .build import ImageName, Tool
from .jobs import JobBuilds

# Predefined variables with one value for all pipelines of a project.
_OF_PROJECT = frozenset(
    {
        "CI_DEFAULT_BRANCH",
        "CI_DEFAULT_BRANCH_SLUG",
        "CI_PROJECT_ID",
        "CI_PROJECT_NAME",
        "CI_PROJECT_NAMESPACE",
        "CI_PROJECT_PATH",
        "CI_PROJECT_PATH_SLUG",
        "CI_PROJECT_ROOT_NAMESPACE",
        "CI_REGISTRY",
        "CI_REGISTRY_IMAGE",
        "CI_SERVER_FQDN",
        "CI_SERVER_HOST",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Naming:
    """`command` uses the name. `certain`: it is reached for certain, and its failure counts."""

    name: ImageName
    command: Command

    @property
    def certain(self) -> bool:
        return self.command.certainty is Certainty.ALWAYS and not self.command.failure_ignored


def namings(builds: JobBuilds) -> Iterator[Naming]:
    """Every name of an image or a cache that the job makes or pushes, each place once."""
    seen: set[tuple[Location | None, str]] = set()
    for naming in _all(builds):
        key = naming.name.location, naming.name.text.display
        if key not in seen:
            seen.add(key)
            yield naming


def _all(builds: JobBuilds) -> Iterator[Naming]:
    for build in builds.builds:
        if build.tool is Tool.OPAQUE:
            continue
        for name in build.names:
            yield Naming(name, build.command)
        for cache in build.cache_to:
            kind, ref = cache.value("type"), cache.get("ref")
            if kind == "registry" and ref is not None and ref.value is not None:
                yield Naming(image_name(ref.value, ref.value_location), build.command)
    for tag in builds.tags:
        yield Naming(tag.target, tag.command)
    for push in builds.pushes:
        if push.name is not None and push.build is None:
            yield Naming(push.name, push.command)
    for manifest in builds.manifests:
        yield Naming(manifest.target, manifest.command)


def places_of(text: Text, variable: str) -> list[tuple[Symbol, Location]]:
    """Where a variable stands in a text, choices apart."""
    return [
        (part, part.at.locate())
        for part in text.parts
        if isinstance(part, Symbol) and part.variable == variable and part.at is not None
    ]


def without(text: Text, variable: str) -> Text:
    """The text with a variable that is empty."""
    return Text(tuple(p for p in text.parts if not isinstance(p, Symbol) or p.variable != variable))


def is_constant(text: Text) -> bool:
    """Whether a name is the same in every pipeline of the project."""
    return all(symbol.variable in _OF_PROJECT for symbol in text.symbols()) and not text.is_computed
