"""Variables of a job and what `$NAME` in a keyword becomes.

Observed in GitLab and GitLab Runner (`ExpandVariables`, `JobVariables.ExpandValue`): GitLab expands
variables in variables, however deep; the runner then expands what is left with Go's `os.Expand`.
Together: `$NAME` and `${NAME}` are replaced, `$$` is a dollar, `$1`, `$@` and shell forms such as
`${NAME:-x}` become empty, a `$` before any other character stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple, cast

from ..text import UNKNOWN, At, Choice, Literal, Opaque, Origin, Part, Symbol, Text
from .model import Value, Variable
from .predefined import domain_of

_REFERENCE = re.compile(
    r"\$(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\{(?P<braced>[^}]*)\}|(?P<special>[$*#@!?0-9-])|(?P<open>\{))"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# Predefined variables with another value in every job.
_PER_JOB = ("CI_JOB_", "CI_NODE_", "CI_ENVIRONMENT_", "CI_RUNNER_", "CI_CONCURRENT_")

# Far above real pipelines; a chain of variables that double each other ends here.
_MAX_PARTS = 2000
_MAX_CHOICES = 8  # of choices in choices


def unknown_variable(name: str, job: str = "", at: At | None = None) -> Symbol:
    """The value of a variable that the YAML does not set, as the job named `job` sees it.

    The same in all jobs, except for predefined variables that differ from job to job.
    """
    return Symbol(name, job if name.startswith(_PER_JOB) else "", domain_of(name), at)


def expand(
    string: str | Text,
    origin: Origin | None,
    variables: Mapping[str, Variable] | Mapping[str, Text],
    scope: str = "",
) -> Text:
    """`string` with the variables in it replaced, as the runner does for keywords.

    Literal characters keep their place in `origin`, those of a variable's value the place where
    that value is written. `scope` is the job's name; a name that `variables` lacks becomes a Symbol.
    """
    text = Text.of(string, origin) if isinstance(string, str) else string
    template = text.template
    if "$" not in template:
        return text
    parts: list[Part] = []
    end = 0
    for match in _REFERENCE.finditer(template):
        parts += text[end : match.start()].parts
        end = match.end()
        at = None if origin is None else At(origin, match.start(), match.end())
        parts += _value(match, at, variables, scope)
        if len(parts) > _MAX_PARTS:
            return Text(
                (Opaque(text.display, None if origin is None else At(origin, 0, len(text))),)
            )
    parts += text[end:].parts
    return Text(tuple(parts))


def _value(
    match: re.Match[str],
    at: At | None,
    variables: Mapping[str, Variable] | Mapping[str, Text],
    scope: str,
) -> tuple[Part, ...]:
    if match["special"] == "$":
        return (Literal("$", at),)
    if match["special"] is not None or match["open"] is not None:
        return ()
    name = match["name"] if match["name"] is not None else match["braced"]
    if not _NAME.fullmatch(name):
        return (Opaque(match[0], at),) if UNKNOWN in name else ()
    found = variables.get(name)
    if found is None:
        return (unknown_variable(name, scope, at),)
    return (found.text if isinstance(found, Variable) else found).parts


def names_in(string: str) -> Iterator[str]:
    """The variables that `expand` would look up in `string`."""
    for match in _REFERENCE.finditer(string):
        name = match["name"] or match["braced"]
        if name and _NAME.fullmatch(name):
            yield name


class Definition(NamedTuple):
    """One place that may set a variable. `value` is the scalar, None where it may stay unset."""

    value: Value | None
    scope: str
    expand: bool = True


def definitions(mapping: Value | None, scope: str) -> dict[str, Definition]:
    """The entries of a `variables:` mapping; those GitLab refuses (null, lists) are left out."""
    result: dict[str, Definition] = {}
    for name, value in ({} if mapping is None else mapping.entries).items():
        if value.is_mapping:
            inner = value.get("value")
            flag = value.get("expand")
            raw = flag is not None and flag.data is False
            if inner is None or inner.string is not None:
                result[name] = Definition(inner, scope, not raw)
        elif value.string is not None:
            result[name] = Definition(value, scope)
    return result


Candidates = Mapping[str, tuple[Definition, ...]]


def overlaid(below: Candidates, *alternatives: Mapping[str, Definition]) -> Candidates:
    """What may set each variable once one of `alternatives` stands over `below`.

    An alternative that does not set a name leaves what `below` gives it.
    """
    result = dict(below)
    for name in {name: None for alternative in alternatives for name in alternative}:
        found: dict[int, Definition] = {}
        for alternative in alternatives:
            if name in alternative:
                options: tuple[Definition, ...] = (alternative[name],)
            else:
                options = below.get(name) or (Definition(None, "unset"),)
            for option in options:
                found.setdefault(id(option.value), option)
        result[name] = tuple(found.values())
    return result


class Variables(Mapping[str, Variable]):
    """The variables that the YAML gives a job, each expanded when it is first asked for.

    `common` are the pipeline's own: a variable that this job sees the same way is taken from
    there, so that a thousand jobs do not expand a hundred global variables each.
    """

    def __init__(
        self, candidates: Candidates, scope: str = "", common: Variables | None = None
    ) -> None:
        self._candidates = candidates
        self._scope = scope
        self._common = common
        self._known: dict[str, Variable] = {}
        self._depth: dict[str, int] = {}  # how deep choices stand in choices

    def __iter__(self) -> Iterator[str]:
        return iter(self._candidates)

    def __len__(self) -> int:
        return len(self._candidates)

    def __contains__(self, name: object) -> bool:
        return name in self._candidates

    def __getitem__(self, name: str) -> Variable:
        if name not in self._candidates:
            raise KeyError(name)
        if name not in self._known:
            if self._common is not None and name not in self._affected:
                return self._common[name]
            self._resolve(name)
        return self._known[name]

    def _is_settled(self, name: str) -> bool:
        """Whether a variable's value is there, taking it over from `common` where it is the same."""
        if name in self._known:
            return True
        if self._common is None or name in self._affected:
            return False
        self._known[name] = self._common[name]
        self._depth[name] = self._common._depth[name]
        return True

    @cached_property
    def _affected(self) -> set[str]:
        """The names that have another value here than in `common`."""
        assert self._common is not None
        theirs, mine = self._common._candidates, self._candidates
        affected = {name for name in mine if mine[name] is not theirs.get(name)}
        affected.update(name for name in theirs if name not in mine)
        affected.update(name for name in self._common._users if name.startswith(_PER_JOB))
        waiting = list(affected)
        while waiting:
            for user in self._common._users.get(waiting.pop(), ()):
                if user not in affected:
                    affected.add(user)
                    waiting.append(user)
        return affected

    @cached_property
    def _users(self) -> dict[str, list[str]]:
        """The names whose values mention a name."""
        users: dict[str, list[str]] = {}
        for name in self._candidates:
            for other in self._mentioned(name):
                users.setdefault(other, []).append(name)
        return users

    def _mentioned(self, name: str) -> Iterator[str]:
        for option in self._candidates[name]:
            if option.expand and option.value is not None:
                yield from names_in(option.value.string or "")

    def _resolve(self, name: str) -> None:
        """Depth first without recursion: a chain of variables may be as long as the file."""
        path = [(name, self._mentioned(name))]
        on_path = {name}
        while path:
            current, others = path[-1]
            for other in others:
                waits = other in self._candidates and other not in on_path
                if waits and not self._is_settled(other):
                    path.append((other, self._mentioned(other)))
                    on_path.add(other)
                    break
            else:
                self._known[current] = self._variable(current)
                on_path.discard(current)
                path.pop()

    def _variable(self, name: str) -> Variable:
        candidates = self._candidates[name]
        texts = tuple(self._text(name, option) for option in candidates)
        depth = max((self._depth.get(other, 0) for other in self._mentioned(name)), default=0)
        text = texts[0]
        if len(texts) > 1:
            depth += 1
            text = Text((Choice(texts) if depth <= _MAX_CHOICES else Opaque(f"${name}"),))
        self._depth[name] = depth
        written = [option for option in candidates if option.value is not None]
        if not written:
            option = candidates[-1]
            return Variable(name, text, Value(None), option.scope, option.expand)
        best = written[0]
        return Variable(
            name,
            text,
            cast(Value, best.value),
            best.scope,
            best.expand,
            tuple(cast(Value, option.value) for option in written),
        )

    def _text(self, name: str, option: Definition) -> Text:
        value = option.value
        if value is None:
            return Text((unknown_variable(name, self._scope),))
        text = value.text or Text()
        if not option.expand:
            return text
        known: dict[str, Text] = {}
        for other in names_in(text.template):
            if other in self._known:
                known[other] = self._known[other].text
            elif other in self._candidates:
                # It waits for this one: GitLab leaves a circle as it is written.
                known[other] = Text((Opaque(f"${other}"),))
        return expand(text, value.origin, known, self._scope)
