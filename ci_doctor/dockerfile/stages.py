"""Which stages a build needs, and which images it pulls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..source import Location
from ..text import Text
from .instructions import Add, Copy, Dockerfile, From, Instruction, Run, Stage
from .scopes import Scopes, triggers
from .words import Word


@dataclass(frozen=True, eq=False)
class ResolvedFrom:
    """A FROM with its variables expanded.

    `platform` is None without `--platform`. `is_stage_ref` and `is_scratch` are three-valued;
    `base` is the stage it certainly stands on. `location` is the image as written.
    """

    stage: Stage
    image: Text
    platform: Text | None
    base: Stage | None
    is_stage_ref: bool | None
    is_scratch: bool | None

    @property
    def instruction(self) -> From:
        return self.stage.from_

    @property
    def location(self) -> Location:
        word = self.stage.from_.image
        return self.stage.from_.location if word is None else word.location

    @property
    def is_pulled(self) -> bool | None:
        """Whether the image comes from a registry (or a named context)."""
        if self.is_stage_ref or self.is_scratch:
            return False
        return None if self.is_stage_ref is None or self.is_scratch is None else True


@dataclass(frozen=True, eq=False)
class CopiedImage:
    """An image that `COPY --from=` or `RUN --mount=from=` takes files from."""

    instruction: Instruction
    name: Word


def find_target(dockerfile: Dockerfile, target: str | None = None) -> Stage | None:
    """The stage to build: the last one without a `target`, None where there is none of that name."""
    if not target:
        return dockerfile.stages[-1] if dockerfile.stages else None
    return dockerfile.find_stage(target)


def needed_stages(
    dockerfile: Dockerfile,
    target: Text | str | None = None,
    *,
    scopes: Scopes | None = None,
) -> list[Stage]:
    """The stages that a build of `target` needs, or may need, in order.

    Through FROM, COPY --from and RUN --mount=from=, ONBUILD of base stages too. All of them for
    a target that is not known; none for one that is not there. `scopes` decides what `FROM
    $X` means.
    """
    if isinstance(target, Text):
        if target.value is None:
            return list(dockerfile.stages)
        target = target.value
    first = find_target(dockerfile, target)
    if first is None:
        return []
    graph = _Graph(dockerfile, scopes or Scopes(dockerfile))
    seen = {first.index}
    todo = [first]
    while todo:
        for stage in graph.needs(todo.pop()):
            if stage.index not in seen:
                seen.add(stage.index)
                todo.append(stage)
    return [stage for stage in dockerfile.stages if stage.index in seen]


def from_images(
    dockerfile: Dockerfile,
    build_args: Mapping[str, Text] | None = None,
    target: Text | str | None = None,
    *,
    complete: bool = True,
    platform: Text | None = None,
) -> list[ResolvedFrom]:
    """The FROMs of the needed stages (see `needed_stages` and `Scopes`)."""
    known = target.value if isinstance(target, Text) else target
    scopes = Scopes(dockerfile, build_args, complete=complete, platform=platform, target=known)
    return [resolve(stage, scopes) for stage in needed_stages(dockerfile, target, scopes=scopes)]


def resolve(stage: Stage, scopes: Scopes) -> ResolvedFrom:
    base = scopes.base(stage)
    return ResolvedFrom(
        stage, base.image, base.platform, base.stage, base.is_stage, base.is_scratch
    )


def copied_images(
    dockerfile: Dockerfile,
    target: Text | str | None = None,
    *,
    scopes: Scopes | None = None,
) -> list[CopiedImage]:
    """The images that the needed stages copy or mount from. BuildKit expands no variables there."""
    scopes = scopes or Scopes(dockerfile)
    graph = _Graph(dockerfile, scopes)
    return [
        CopiedImage(instruction, word)
        for stage in needed_stages(dockerfile, target, scopes=scopes)
        for instruction, word in graph.sources(stage)
        if graph.source_stage(instruction, word) is None and not _is_index(instruction, word)
    ]


class _Graph:
    """What each stage takes from where."""

    def __init__(self, dockerfile: Dockerfile, scopes: Scopes) -> None:
        self.dockerfile = dockerfile
        self.scopes = scopes
        self.names = {stage.name: stage for stage in dockerfile.stages if stage.name}

    def needs(self, stage: Stage) -> Iterator[Stage]:
        yield from self.scopes.base(stage).stages
        for instruction, word in self.sources(stage):
            source = self.source_stage(instruction, word)
            if source is not None:
                yield source

    def sources(self, stage: Stage) -> Iterator[tuple[Instruction, Word]]:
        for instruction in (*triggers(self.scopes.base(stage)), *stage.instructions):
            if isinstance(instruction, Copy) and not isinstance(instruction, Add):
                if instruction.from_ is not None and instruction.from_.value:
                    yield instruction, instruction.from_
            elif isinstance(instruction, Run):
                for mount in instruction.mounts:
                    if mount.from_ is not None and mount.from_.value:
                        yield instruction, mount.from_

    def source_stage(self, instruction: Instruction, word: Word) -> Stage | None:
        if _is_index(instruction, word):
            index = int(word.value)
            return self.dockerfile.stages[index] if index < len(self.dockerfile.stages) else None
        return self.names.get(word.value.lower())


def _is_index(instruction: Instruction, word: Word) -> bool:
    """`--from=0` of a COPY; a mount knows names only."""
    value = word.value
    return isinstance(instruction, Copy) and value.isascii() and value.isdigit() and len(value) < 10
