"""What the variables of a Dockerfile stand for at each instruction.

(BuildKit `frontend/dockerfile/dockerfile2llb/convert.go`; observed where it says so.)
FROM sees the ARGs before the first FROM and the platform's variables, nothing else. In a stage
ARG and ENV take effect in their order, the later one wins, and a stage based on another starts
with all that holds at its end. A bare ARG takes the build argument, else the value before
the first FROM (the platform's variables among them); a default in the stage wins over the latter
(observed). What the base image sets with ENV nobody here sees.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass

from ..images.platforms import InvalidPlatform, Platform, parse_platform
from ..text import Symbol, Text
from .expansion import Lookup, expand, one_of
from .instructions import Arg, Dockerfile, Env, From, Instruction, Label, Onbuild, Pair, Run, Stage
from .words import Word

_ARCHITECTURE = r"[a-z0-9_]+"
PLATFORM_DOMAINS = {
    "TARGETPLATFORM": r"[a-z0-9]+/[a-z0-9_]+(/[a-z0-9.]+)?",
    "TARGETOS": r"[a-z0-9]+",
    "TARGETOSVERSION": ".*",
    "TARGETARCH": _ARCHITECTURE,
    "TARGETVARIANT": r"(v[0-9.]+)?",
    "BUILDPLATFORM": r"[a-z0-9]+/[a-z0-9_]+(/[a-z0-9.]+)?",
    "BUILDOS": r"[a-z0-9]+",
    "BUILDOSVERSION": ".*",
    "BUILDARCH": _ARCHITECTURE,
    "BUILDVARIANT": r"(v[0-9.]+)?",
}
_TARGET_FIELDS: dict[str, Callable[[Platform], str]] = {
    "TARGETPLATFORM": str,
    "TARGETOS": lambda platform: platform.os,
    "TARGETOSVERSION": lambda platform: platform.os_version,
    "TARGETARCH": lambda platform: platform.architecture,
    "TARGETVARIANT": lambda platform: platform.variant,
}
_MAX_COMPARED = 100  # stages; with more, every one may be meant by an unknown name
PROXY_ARGS = ("http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy")

# A value, and whether it is set (None: not known).
Value = tuple[Text, bool | None]
_UNSET: Value = (Text(), False)


@dataclass(frozen=True, eq=False)
class Base:
    """What a FROM stands on.

    `image` is its image with variables expanded. `stages` are the earlier stages it may be, and
    `is_stage` tells whether it is one (None: not known). `is_scratch` likewise.
    """

    image: Text
    platform: Text | None
    stages: tuple[Stage, ...]
    is_stage: bool | None
    is_scratch: bool | None

    @property
    def stage(self) -> Stage | None:
        """The stage it certainly is."""
        return self.stages[0] if self.is_stage and len(self.stages) == 1 else None


class Scope:
    """The variables at one place; `lookup` never fails."""

    def __init__(self, scopes: Scopes, stage: Stage | None, position: int, run: bool) -> None:
        self._scopes = scopes
        self._stage = stage
        self._position = position
        self._run = run

    def lookup(self, name: str) -> Value:
        """The value, and whether the variable is set (None: not known). An unset one is empty."""
        if self._run and name.lower() in PROXY_ARGS:
            proxy = self._scopes.proxy(name)
            if proxy is not None:
                return proxy, True
        if self._stage is None:
            return self._scopes.globals.get(name, _UNSET)
        return self._scopes.in_stage(self._stage, self._position, name)

    def __getitem__(self, name: str) -> Text:
        return self.lookup(name)[0]

    def is_set(self, name: str) -> bool | None:
        return self.lookup(name)[1]

    def expand(self, word: Word) -> Text:
        """An argument as BuildKit expands it here. The command of a RUN is the shell's: not this."""
        return expand(word, self.lookup, escape=self._scopes.dockerfile.escape)


class Scopes:
    """The variables of one build of a Dockerfile.

    `build_args` are those given, by name; where others may be given that nobody sees, `complete` is
    false, and every ARG may have another value than its default. `platform` is the target
    platform (`linux/arm64`), None where it is not known; `target` the name given with --target.
    """

    def __init__(
        self,
        dockerfile: Dockerfile,
        build_args: Mapping[str, Text] | None = None,
        *,
        complete: bool = True,
        platform: Text | None = None,
        target: str | None = None,
    ) -> None:
        self.dockerfile = dockerfile
        self.build_args = build_args or {}
        self.complete = complete
        self.globals = self._platform_values(platform, target)
        for arg in dockerfile.global_args:
            for pair in arg.pairs:
                self._declare(pair, self._global, self.globals)
        self.bases = tuple(self._all_bases())
        # For each stage and name: the offsets from which on ARG and ENV set it, and to what.
        self._changes: dict[tuple[int, str], list[tuple[int, Value]]] = {}
        self._ends: dict[tuple[int, str], Value] = {}  # at the end of stages, as looked up
        for stage in dockerfile.stages:
            for trigger in triggers(self.base(stage)):
                self._step(stage, stage.from_.span.start, trigger)
            for instruction in stage.instructions:
                self._step(stage, instruction.span.start, instruction)

    def base(self, stage: Stage) -> Base:
        return self.bases[stage.index]

    def at(self, instruction: Instruction) -> Scope:
        """The variables that an instruction sees. FROM and ARGs before it see the global ones.

        For a RUN these are the shell's at its start, with the proxies given as build arguments.
        """
        stage = self.dockerfile.stage_of(instruction)
        if isinstance(instruction, From):
            stage = None
        return Scope(self, stage, instruction.span.start, isinstance(instruction, Run))

    def after(self, stage: Stage) -> Scope:
        """The variables at the end of a stage."""
        return Scope(self, stage, stage.span.end + 1, False)

    def in_stage(self, stage: Stage, position: int, name: str) -> Value:
        """A variable in a stage as it is at an offset of the file."""
        changes = self._changes.get((stage.index, name), [])
        index = bisect_left(changes, position, key=lambda change: change[0])
        if index:
            return changes[index - 1][1]
        base = self.base(stage)
        if base.stage is not None:
            return self._at_end(base.stage, name)
        return self._unset(stage, name)

    def _at_end(self, stage: Stage, name: str) -> Value:
        passed = []
        while True:
            key = stage.index, name
            if key in self._ends:
                value = self._ends[key]
                break
            if key in self._changes:
                value = self._changes[key][-1][1]
                break
            passed.append(key)
            base = self.base(stage).stage
            if base is None:
                value = self._unset(stage, name)
                break
            stage = base
        for key in passed:
            self._ends[key] = value
        return value

    def _unset(self, stage: Stage, name: str) -> Value:
        """A variable that no stage sets, for the stage that stands on an image."""
        if self.base(stage).is_scratch:
            return _UNSET
        return Text((Symbol(name, f"base image of stage {stage.index}"),)), None

    def proxy(self, name: str) -> Text | None:
        """A proxy given as a build argument: RUN sees it without ARG, in both cases of letters."""
        for key, value in self.build_args.items():
            if key.lower() == name.lower():
                return value
        return None

    def _global(self, name: str) -> Value:
        return self.globals.get(name, _UNSET)

    def _platform_values(self, platform: Text | None, target: str | None) -> dict[str, Value]:
        values: dict[str, Value] = {
            name: (Text((Symbol(name, "platform", domain),)), True)
            for name, domain in PLATFORM_DOMAINS.items()
        }
        parsed = _parse_platforms(platform)
        if parsed:
            for name, field in _TARGET_FIELDS.items():
                values[name] = one_of(Text.of(field(p)) for p in parsed), True
        last = self.dockerfile.stages[-1].name if self.dockerfile.stages else ""
        values["TARGETSTAGE"] = Text.of(target or last or "default"), True
        for name in values.keys() & self.build_args.keys():
            values[name] = self.build_args[name], True
        return values

    def _declare(self, pair: Pair, lookup: Lookup, values: MutableMapping[str, Value]) -> None:
        """Put into `values` what an ARG sets its variable to, nothing where it stays as it is."""
        name = pair.name.value
        given = self.build_args.get(name)
        if given is not None:
            values[name] = given, True
            return
        value: Value | None = self.globals.get(name)
        if pair.value is not None:
            value = expand(pair.value, lookup, escape=self.dockerfile.escape), True
        if not self.complete and name not in PLATFORM_DOMAINS:
            other = Text((Symbol(name, "build argument"),))
            value = (other, None) if value is None else (one_of((value[0], other)), value[1])
        if value is not None:
            values[name] = value

    def _all_bases(self) -> Iterator[Base]:
        names: dict[str, Stage] = {}
        for stage in self.dockerfile.stages:
            yield self._base(stage.from_, names)
            if stage.name:
                names[stage.name] = stage

    def _base(self, from_: From, names: Mapping[str, Stage]) -> Base:
        platform = None
        if from_.platform is not None:
            platform = expand(from_.platform, self._global, escape=self.dockerfile.escape)
        if from_.image is None:
            return Base(Text(), platform, (), False, False)
        image = expand(from_.image, self._global, escape=self.dockerfile.escape)
        stages: dict[int, Stage] = {}
        answers: set[bool | None] = set()
        for variant in image.variants():
            known = variant.value
            if known is not None:
                stage = names.get(known.lower())
                found = [] if stage is None else [stage]
                answers.add(bool(found))
            else:
                found = _possible(variant, names)
                answers.add(None if found else False)
            stages.update((stage.index, stage) for stage in found)
        is_stage = answers.pop() if len(answers) == 1 else None
        is_scratch = False if is_stage else image.equals("scratch")
        return Base(image, platform, tuple(stages.values()), is_stage, is_scratch)

    def _step(self, stage: Stage, position: int, instruction: Instruction) -> None:
        if isinstance(instruction, Label) or not isinstance(instruction, (Arg, Env)):
            return

        def lookup(name: str) -> Value:
            return self.in_stage(stage, position + 1, name)

        values: dict[str, Value] = {}
        for pair in instruction.pairs:
            if isinstance(instruction, Arg):
                # An ARG sees those before it on the same line, an ENV does not.
                declared: dict[str, Value] = {}
                self._declare(pair, lookup, declared)
                self._set(stage, position, declared)
            elif pair.value is not None:
                name = expand(pair.name, lookup, escape=self.dockerfile.escape).value
                if name:
                    text = expand(pair.value, lookup, escape=self.dockerfile.escape)
                    values[name] = text, True
        self._set(stage, position, values)

    def _set(self, stage: Stage, position: int, values: Mapping[str, Value]) -> None:
        for name, value in values.items():
            changes = self._changes.setdefault((stage.index, name), [])
            if changes and changes[-1][0] == position:
                changes[-1] = (position, value)
            else:
                changes.append((position, value))


def variables_at(
    dockerfile: Dockerfile,
    instruction: Instruction,
    build_args: Mapping[str, Text] | None = None,
    *,
    complete: bool = True,
    platform: Text | None = None,
    target: str | None = None,
) -> Scope:
    """The variables one instruction sees. For several instructions make one `Scopes`."""
    scopes = Scopes(dockerfile, build_args, complete=complete, platform=platform, target=target)
    return scopes.at(instruction)


def triggers(base: Base) -> Iterator[Instruction]:
    """The ONBUILD instructions of a base stage, which run at the start of the stage on it."""
    if base.stage is not None:
        for onbuild in base.stage.of(Onbuild):
            if onbuild.trigger is not None:
                yield onbuild.trigger


def _possible(text: Text, names: Mapping[str, Stage]) -> list[Stage]:
    """The stages that a text with unknown parts may name."""
    if len(names) > _MAX_COMPARED:
        return list(names.values())
    return [stage for name, stage in names.items() if text.equals(name) is not False]


def _parse_platforms(platform: Text | None) -> list[Platform]:
    """The platforms that a text stands for, none where one of them is not known."""
    parsed = []
    for variant in () if platform is None else platform.variants():
        if variant.value is None:
            return []
        try:
            parsed.append(parse_platform(variant.value))
        except InvalidPlatform:
            return []
    return parsed
