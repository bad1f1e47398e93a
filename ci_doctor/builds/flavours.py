"""What a RUN step may do, by who builds: the same operation fails rootless and works elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from ..finding import Confidence, Severity
from .build import Build, Tool


class Flavour(Enum):
    ROOTLESS = "rootless BuildKit"
    ROOTFUL = "BuildKit as root"  # a privileged daemon too: its RUN steps are not privileged
    KANIKO = "Kaniko"


EVERYWHERE = frozenset(Flavour)


def flavour(build: Build) -> Flavour | None:
    """Who executes the RUN steps of a build, None where it is not known."""
    if build.tool is Tool.KANIKO:
        return Flavour.KANIKO
    if build.tool is Tool.OPAQUE or build.builder.rootless is None:
        return None
    return Flavour.ROOTLESS if build.builder.rootless else Flavour.ROOTFUL


@dataclass(frozen=True, slots=True)
class Verdict:
    """How bad an operation is for the jobs that build a Dockerfile. `where` is for the message."""

    severity: Severity
    confidence: Confidence
    where: str


def verdict(builds: Iterable[Build], fails: Collection[Flavour]) -> Verdict | None:
    """Judge an operation that fails under the flavours `fails`; None where nothing is wrong.

    An error needs every build of the Dockerfile to be known and to fail.
    """
    flavours = {flavour(build) for build in builds}
    failing = [f for f in Flavour if f in flavours and f in fails]
    if not flavours:
        if set(fails) != EVERYWHERE:
            return None
        return Verdict(Severity.INFO, Confidence.POSSIBLE, "in every builder")
    if not failing:
        if None in flavours and set(fails) == EVERYWHERE:
            return Verdict(Severity.WARNING, Confidence.LIKELY, "in BuildKit and Kaniko")
        return None
    where = "under " + " and ".join(f.value for f in failing)
    if set(failing) == flavours:
        return Verdict(Severity.ERROR, Confidence.CERTAIN, where)
    return Verdict(Severity.WARNING, Confidence.LIKELY, where)
