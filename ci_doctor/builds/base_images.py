"""The images that a build pulls for its stages, and the platforms that they lack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..dockerfile.instructions import Dockerfile, Run
from ..finding import Confidence
from ..images.offline import offline_platforms
from ..images.platforms import Platform
from ..images.published import ImagePlatforms
from ..images.reference import Reference, TextReference, parse_reference_text
from ..source import Location
from ..text import Text
from .build import Build, Tool
from .stage_platforms import StageRun, by_stage, stage_runs


@dataclass(frozen=True, eq=False)
class BaseImage:
    """An image that is certainly pulled for a stage.

    `pulls` are the stage's runs that stand on it, one for each target platform; `above` those of
    all stages that stand on it, this one's among them.
    """

    text: Text
    reference: TextReference
    pulls: tuple[StageRun, ...]
    above: tuple[StageRun, ...]

    @property
    def location(self) -> Location:
        return self.pulls[0].from_.location

    @property
    def offline(self) -> ImagePlatforms | None:
        """What is known of it without a network."""
        return offline_platforms(self.reference)

    @property
    def known(self) -> Reference | None:
        """The image to ask a registry for; None where a part of its name is not known.

        The prefix of a dependency proxy need not be known: behind it are the images of Docker Hub.
        """
        return _known(self.reference) or _known(self.reference.upstream)


def _known(reference: TextReference) -> Reference | None:
    tag = reference.tag_or_latest
    registry = None if reference.registry is None else reference.registry.value
    repository = reference.repository.value
    if registry is None or repository is None:
        return None
    if reference.digest is not None:
        digest = reference.digest.value
        return None if digest is None else Reference(registry, repository, None, digest)
    if tag is None or tag.value is None:
        return None
    return Reference(registry, repository, tag.value)


@dataclass(frozen=True, eq=False)
class Shortage:
    """Platforms that an image lacks, and what becomes of the build: the words of a finding."""

    platforms: tuple[str, ...]
    message: str
    details: str
    confidence: Confidence
    related: tuple[Location, ...]


def base_images(build: Build, dockerfile: Dockerfile) -> Iterator[BaseImage]:
    """The images that a build pulls for known platforms."""
    # Kaniko's --custom-platform picks a manifest by other rules.
    if build.tool in (Tool.OPAQUE, Tool.KANIKO):
        return
    all_runs = stage_runs(build, dockerfile)
    for stage, runs in by_stage(all_runs).items():
        # What the variables of FROM stand for may differ from platform to platform.
        images: dict[Text, list[StageRun]] = {}
        for run in runs:
            if run.from_.is_pulled is True and run.platform is not None:
                images.setdefault(run.from_.image, []).append(run)
        for text, pulls in images.items():
            reference = parse_reference_text(text)
            if reference is not None:
                targets = {run.target for run in pulls}
                above = (r for r in all_runs if r.root.stage is stage and r.target in targets)
                yield BaseImage(text, reference, tuple(pulls), tuple(above))


def unknown_images(build: Build, dockerfile: Dockerfile) -> Iterator[tuple[BaseImage, Reference]]:
    """The images of a build whose platforms only a registry knows."""
    for image in base_images(build, dockerfile):
        reference = image.known
        if reference is not None and image.offline is None:
            yield image, reference


def shortage(image: BaseImage, offered: ImagePlatforms) -> Shortage | None:
    """What an image that is offered for some platforms lacks for its build."""
    lacking: dict[str, StageRun] = {}
    certain = True
    for run in image.pulls:
        assert run.platform is not None
        confidence = offered.lacks(run.platform)
        if confidence is not None:
            lacking[str(run.platform)] = run
            certain = certain and run.target.certain and confidence is Confidence.CERTAIN
    if not lacking:
        return None
    outcome = "The build ends in: no match for platform in manifest: not found"
    if offered.single:
        of_single = _without_index(image, {run.target.platform for run in lacking.values()})
        if of_single is None:
            return None
        sure, outcome = of_single
        certain = certain and sure
    places = dict.fromkeys(run.target.location for run in lacking.values())
    return Shortage(
        platforms=tuple(lacking),
        message=f"'{image.text.display}' does not exist for {' and '.join(lacking)}",
        details=f"It exists for {', '.join(sorted(offered.platforms))} ({offered.source}). {outcome}",
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        related=tuple(
            place.noted("the platform asked for")
            for place in places
            if place is not None and place != image.location
        ),
    )


def _without_index(image: BaseImage, targets: set[Platform]) -> tuple[bool, str] | None:
    """What becomes of a build on a single manifest of another platform, and whether that is certain.

    BuildKit pulls it all the same, with the warning InvalidBaseImagePlatform (observed). None where
    files are only copied from it: they may suit any platform.
    """
    runs = [run for run in image.above if run.target.platform in targets]
    executing = [run for run in runs if next(run.stage.of(Run), None) is not None]
    lead = "As it has no index, BuildKit takes it all the same:"
    if executing:
        # With binfmt_misc on the machine RUN may work, and the image is one for another platform.
        certain = any(not run.copied for run in executing)
        return certain, f"{lead} RUN ends in: exec /bin/sh: exec format error"
    if all(run.copied for run in runs):
        return None
    return False, f"{lead} what is built on it does not run there"
