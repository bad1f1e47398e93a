"""`.ci-doctor.yml`: how a project wants to be checked (docs/configuration.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from typing import Any, NoReturn

from .check import PIPELINE_FILE
from .errors import UsageError
from .finding import Severity
from .registry import nearest
from .runner import HOSTED, Runner
from .source import Source
from .yamldoc.nodes import Mapping as MappingNode
from .yamldoc.nodes import Node, Scalar, Sequence

SETTINGS_FILE = ".ci-doctor.yml"

# https://docs.gitlab.com/runner/configuration/advanced-configuration/#the-executors
EXECUTORS = (
    "custom",
    "docker",
    "docker+machine",
    "docker-autoscaler",
    "docker-windows",
    "instance",
    "kubernetes",
    "parallels",
    "shell",
    "ssh",
    "virtualbox",
)

# https://docs.gitlab.com/ci/runners/hosted_runners/linux/: every tag of a hosted Linux runner.
HOSTED_TAGS = "saas-linux-*"


@dataclass(frozen=True)
class Settings:
    """`severities` and `off` are by check id; `runners` by tag."""

    ci_file: str = PIPELINE_FILE
    severities: Mapping[str, Severity] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    exclude: tuple[str, ...] = ()
    default_runner: Runner = field(default_factory=Runner)
    runners: Mapping[str, Runner] = field(default_factory=dict)

    def runner_for(self, tags: Iterable[str]) -> Runner:
        """What is known of the runner that takes a job with these tags.

        A tag that is neither stated nor GitLab.com's says nothing. Where two stated tags differ,
        neither counts.
        """
        stated = [
            self.runners.get(tag, HOSTED)
            for tag in tags
            if tag in self.runners or fnmatchcase(tag, HOSTED_TAGS)
        ]
        if not stated:
            return self.default_runner
        runner = stated[0]
        for other in stated[1:]:
            runner = _common(runner, other)
        return runner if runner.hosted else _over(self.default_runner, runner)

    def excludes(self, path: str) -> bool:
        """Whether `exclude` names the file `path` or a folder above it."""
        return any(_excludes(glob, path) for glob in self.exclude)


def _common(a: Runner, b: Runner) -> Runner:
    """What two tags state of the one runner that has both."""
    facts: dict[str, Any] = {}
    for fact in fields(Runner):
        one, other = getattr(a, fact.name), getattr(b, fact.name)
        facts[fact.name] = one if other is None or one == other else other if one is None else None
    return Runner(**facts | {"hosted": a.hosted and b.hosted})


def _over(default: Runner, runner: Runner) -> Runner:
    stated = {f.name: getattr(runner, f.name) for f in fields(Runner)}
    return replace(default, **{name: fact for name, fact in stated.items() if fact is not None})


def _excludes(glob: str, path: str) -> bool:
    """As in `.gitignore`: without an inner `/` a glob matches at any depth."""
    parts = glob.strip("/").split("/")
    if len(parts) == 1 and not glob.startswith("/"):
        parts = ["**", *parts]
    names = path.split("/")
    # `reached` holds how many parts of the glob the names so far can have used up.
    reached = _skip_stars({0}, parts)
    for name in names:
        step = set()
        for at in reached:
            if parts[at] == "**":
                step.add(at)
            elif fnmatchcase(name, parts[at]):
                step.add(at + 1)
            if at == len(parts) - 1 and (at in step or at + 1 in step):
                return True
        reached = _skip_stars(step, parts)
    return False


def _skip_stars(reached: set[int], parts: list[str]) -> set[int]:
    """With the places after each `**`, which may also stand for no folder at all."""
    for at in sorted(reached):
        while at < len(parts) - 1 and parts[at] == "**":
            at += 1
            reached.add(at)
    return reached


def read_settings(source: Source, checks: Collection[str]) -> Settings:
    """The settings written in `source`; `checks` are the ids that exist.

    Raises UsageError, with file and line, for whatever cannot be meant.
    """
    from .yamldoc import parse_yaml

    file = parse_yaml(source)
    if file.faults:
        fault = file.faults[0]
        raise UsageError(f"{fault.location}: {fault.message}", fault.hint)
    if len(file.documents) > 1:
        _refuse(file.documents[1], "more than one document", "keep one")
    if not file.documents or _is_null(file.documents[0]):
        return Settings()
    return _Reader(checks).settings(file.documents[0])


@dataclass(frozen=True)
class _Reader:
    checks: Collection[str]

    def settings(self, node: Node) -> Settings:
        settings = Settings()
        known = ("ci_file", "checks", "exclude", "runners")
        for key, value in _entries(node, "the file", known):
            match key:
                case "ci_file":
                    settings = replace(settings, ci_file=_path(value, key))
                case "checks":
                    severities, off = self.severities(value)
                    settings = replace(settings, severities=severities, off=off)
                case "exclude":
                    settings = replace(settings, exclude=_strings(value, key))
                case _:
                    default, runners = _runners(value)
                    settings = replace(settings, default_runner=default, runners=runners)
        return settings

    def severities(self, node: Node) -> tuple[dict[str, Severity], frozenset[str]]:
        severities: dict[str, Severity] = {}
        off: set[str] = set()
        for name, value in _entries(node, "'checks'", self.checks, "check"):
            scalar = value.target
            if not isinstance(scalar, Scalar):
                _refuse(value, f"'{name}' must be off, info, warning or error")
            if scalar.value is False or scalar.value == "off":  # a plain `off` is YAML's false
                off.add(name)
                continue
            try:
                severities[name] = Severity[str(scalar.value).upper()]
            except KeyError:
                near = nearest(scalar.text, ("off", "info", "warning", "error"))
                _refuse(
                    value,
                    f"'{name}' must be off, info, warning or error, not '{_shown(scalar.text)}'",
                    f"did you mean '{near}'?" if near else "",
                )
        return severities, frozenset(off)


def _runners(node: Node) -> tuple[Runner, dict[str, Runner]]:
    default = Runner()
    tags: dict[str, Runner] = {}
    for key, value in _entries(node, "'runners'", ("default", "tags")):
        if key == "default":
            default = _runner(value, "'runners.default'")
        else:
            tags = {
                tag: _runner(facts, f"the runner '{tag}'")
                for tag, facts in _entries(value, f"'{key}'")
            }
    return default, tags


def _runner(node: Node, what: str) -> Runner:
    facts: dict[str, Any] = {}
    for key, value in _entries(node, what, ("executor", "privileged", "security_opt", "socket")):
        match key:
            case "executor":
                facts[key] = _one_of(value, key, EXECUTORS)
            case "security_opt":
                facts[key] = _strings(value, key)
            case _:
                facts[key] = _boolean(value, key)
    return Runner(**facts)


def _entries(
    node: Node, what: str, known: Collection[str] | None = None, kind: str = "key"
) -> Iterator[tuple[str, Node]]:
    """The keys and values of a mapping; `known` None takes any key."""
    mapping = node.target
    if _is_null(mapping):
        return
    if not isinstance(mapping, MappingNode):
        _refuse(node, f"{what} must be a mapping")
    seen: set[str] = set()
    for entry in mapping.entries:
        key = entry.key.target
        if not isinstance(key, Scalar):
            _refuse(entry.key, f"a key in {what} must be a string")
        name = key.text
        if known is not None and name not in known:
            near = nearest(name, known)
            allowed = ", ".join(known) if len(known) < 10 else ""
            _refuse(
                entry.key,
                f"unknown {kind} '{_shown(name)}'",
                f"did you mean '{near}'?" if near else allowed and f"known: {allowed}",
            )
        if name in seen:
            _refuse(entry.key, f"'{_shown(name)}' is written twice")
        seen.add(name)
        yield name, entry.value


def _path(node: Node, key: str) -> str:
    scalar = node.target
    if not isinstance(scalar, Scalar) or not isinstance(scalar.value, str) or not scalar.value:
        _refuse(node, f"'{key}' must be a path")
    parts = [part for part in scalar.value.split("/") if part not in ("", ".")]
    if ".." in parts or not parts:
        _refuse(node, f"'{key}' must be a path below the root")
    return "/".join(parts)


def _strings(node: Node, key: str) -> tuple[str, ...]:
    sequence = node.target
    if not isinstance(sequence, Sequence):
        _refuse(node, f"'{key}' must be a list of strings")
    values = []
    for item in sequence:
        scalar = item.target
        if not isinstance(scalar, Scalar) or not isinstance(scalar.value, str) or not scalar.value:
            _refuse(item, f"'{key}' must be a list of strings")
        values.append(scalar.value)
    return tuple(values)


def _boolean(node: Node, key: str) -> bool:
    scalar = node.target
    if not isinstance(scalar, Scalar) or not isinstance(scalar.value, bool):
        _refuse(node, f"'{key}' must be true or false")
    return scalar.value


def _one_of(node: Node, key: str, allowed: Collection[str]) -> str:
    scalar = node.target
    if not isinstance(scalar, Scalar) or scalar.text not in allowed:
        near = nearest(scalar.text, allowed) if isinstance(scalar, Scalar) else None
        hint = f"did you mean '{near}'?" if near else f"known: {', '.join(allowed)}"
        _refuse(node, f"unknown {key}", hint)
    return scalar.text


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _refuse(node: Node, message: str, hint: str = "") -> NoReturn:
    raise UsageError(f"{node.location}: {message}", hint)
