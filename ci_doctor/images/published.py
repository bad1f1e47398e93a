"""For which platforms an image is published, and who can tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ..finding import Confidence
from .platforms import Platform, best_match, fallbacks, parse_platform
from .reference import Reference


@dataclass(frozen=True, slots=True)
class ImagePlatforms:
    """The platforms that an image is published for.

    `source` says where that was read. `doubtful` are platforms that the source does not give and
    that the image may have all the same; `certain` is false where the source itself may have aged.
    `single`: the name stands for one manifest and no index, which BuildKit takes for any platform.
    """

    platforms: frozenset[str]
    source: str
    doubtful: frozenset[str] = frozenset()
    certain: bool = True
    single: bool = False

    def match(self, wanted: Platform) -> Platform | None:
        """What a build for `wanted` pulls: see `best_match`; it may be another platform."""
        return best_match(wanted, map(parse_platform, self.platforms))

    def lacks(self, wanted: Platform) -> Confidence | None:
        """How certain it is that a build for `wanted` finds nothing to pull.

        None where it finds something, and for a platform without an architecture.
        """
        if not wanted.architecture or self.match(wanted) is not None:
            return None
        doubt = any(
            str(each) in self.doubtful
            for each in fallbacks(wanted)
            if each.architecture == wanted.architecture
        )
        return Confidence.CERTAIN if self.certain and not doubt else Confidence.LIKELY


class Registries(Protocol):
    """Tells what registries say of images (`ci_doctor.images.registry` asks them)."""

    def look_up(self, references: Iterable[Reference]) -> None:
        """Ask for all of them at once."""

    def platforms(self, reference: Reference) -> ImagePlatforms | None:
        """The platforms of an image, None where its registry did not tell."""

    def reason(self, reference: Reference) -> str:
        """Why an image that was looked up has no answer; "" where it has one."""
