"""What `rules`, `workflow` and `only` come to in each kind of pipeline.

Conditions are evaluated three-valued for a few situations that together cover every pipeline. In
each of them only what GitLab fixes is known (a tag pipeline has no `$CI_COMMIT_BRANCH`); variables of
the YAML count as unknown, since whoever starts a pipeline can set them. A claim is made only where the
answer is certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..finding import Confidence, Severity
from ..source import Location
from ..text import Symbol, Text
from .keyword_values import Expressions, certain, unseen
from .model import Job, Pipeline, Value
from .predefined import PIPELINE_SOURCES
from .problems import Collector, quoted
from .rules_expression import Expression, ExpressionError, evaluate
from .scalars import InterpolatedScalar
from .variables import unknown_variable

TROUBLESHOOTING = (
    "https://docs.gitlab.com/ee/ci/jobs/job_troubleshooting.html"
    "#job-may-allow-multiple-pipelines-to-run-for-a-single-action-warning"
)
# Only merge request pipelines have these.
_MERGE_REQUEST = (
    "CI_MERGE_REQUEST_ID", "CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_PROJECT_ID",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
    "CI_MERGE_REQUEST_EVENT_TYPE",
)  # fmt: skip
# Predefined variables that every pipeline has, with values GitLab alone decides.
_FIXED = frozenset({"CI", "GITLAB_CI", "CI_COMMIT_REF_PROTECTED", "CI_PROJECT_VISIBILITY"})
_OTHER_SOURCES = "|".join(
    source for source in PIPELINE_SOURCES if source not in ("push", "merge_request_event")
)


def _some(name: str, domain: str = ".+") -> Text:
    """A value nobody knows, which is certainly set and not blank."""
    return Text((Symbol(name, "situation", domain),))


@dataclass(frozen=True)
class Situation:
    """A kind of pipeline: which variables have which values, and None for those it lacks."""

    name: str
    known: Mapping[str, Text | None] = field(repr=False)

    def lookup(self, name: str) -> Text | None:
        if name in self.known:
            return self.known[name]
        return Text((unknown_variable(name) if name in _FIXED else Symbol(name),))


def _situation(name: str, source: Text, **known: Text | None) -> Situation:
    values: dict[str, Text | None] = {"CI_PIPELINE_SOURCE": source, **known}
    if "CI_MERGE_REQUEST_IID" not in known:
        values |= dict.fromkeys(_MERGE_REQUEST)
    return Situation(name, values)


def _branch(name: str, source: Text, **known: Text | None) -> Situation:
    return _situation(
        name,
        source,
        CI_COMMIT_BRANCH=_A_BRANCH,
        CI_COMMIT_REF_NAME=_A_BRANCH,
        CI_COMMIT_TAG=None,
        **known,
    )


def _tag(name: str, source: Text) -> Situation:
    return _situation(
        name, source, CI_COMMIT_TAG=_A_TAG, CI_COMMIT_REF_NAME=_A_TAG, CI_COMMIT_BRANCH=None
    )


def _merge_request(name: str, source: Text) -> Situation:
    return _situation(name, source, CI_COMMIT_BRANCH=None, CI_COMMIT_TAG=None, **_IDS)


_PUSHED = Text.of("push")
_OTHERWISE = _some("CI_PIPELINE_SOURCE", _OTHER_SOURCES)
_A_BRANCH = _some("CI_COMMIT_BRANCH", r"\S+")
_A_TAG = _some("CI_COMMIT_TAG", r"\S+")
_IDS = {key: _some(key) for key in _MERGE_REQUEST}

PUSH = _branch("a push to a branch", _PUSHED)
# The same push once more, for the branch of an open merge request.
PUSH_WITH_MERGE_REQUEST = _branch(
    "a push to a branch with a merge request",
    _PUSHED,
    CI_OPEN_MERGE_REQUESTS=_some("CI_OPEN_MERGE_REQUESTS", r"\S+"),
)
TAG = _tag("a pushed tag", _PUSHED)
MERGE_REQUEST = _merge_request("a merge request", Text.of("merge_request_event"))
# Every pipeline is one of these.
SITUATIONS = (
    PUSH,
    _branch("a branch pipeline that no push started", _OTHERWISE),
    TAG,
    _tag("a tag pipeline that no push started", _OTHERWISE),
    MERGE_REQUEST,
    _merge_request("a child pipeline", _OTHERWISE),
)
_ASKED = (*SITUATIONS, PUSH_WITH_MERGE_REQUEST)
_VARYING = frozenset(name for situation in _ASKED for name in situation.known)

Answers = tuple["bool | None", ...]  # one for each of _ASKED
_ALWAYS: Answers = (True,) * len(_ASKED)
_UNKNOWN: Answers = (None,) * len(_ASKED)


@dataclass(frozen=True)
class _Rule:
    """`matches` whether its conditions hold; `never` whether it keeps the job out then."""

    value: Value
    condition: Value | None
    matches: Answers
    of_condition: Answers | None  # the `if` alone
    never: bool | None
    plain: bool  # no `if`, `changes` or `exists`
    from_input: bool  # an input decides: what is constant here is not for others


def check_conditions(pipeline: Pipeline, expressions: Expressions, out: Collector) -> None:
    """Report conditions that never or always hold, jobs that never run, and double pipelines."""
    conditions = _Conditions(pipeline, expressions, out)
    conditions.check_workflow()
    for job in pipeline.jobs.values():
        out.job = job
        conditions.check_job(job)
    out.job = None
    pipeline.runs = conditions.runs
    conditions.check_workflow_doubles()
    conditions.check_needs()


def runs_in(job: Job, situation: Situation) -> bool | None:
    """Whether a job is part of every pipeline of that kind; None where its rules decide."""
    from .validate import faults_of

    if job.pipeline.runs is None:
        faults_of(job.pipeline)
    answers = (job.pipeline.runs or {}).get(job.name, _UNKNOWN)
    return _of(situation, answers)


def is_manual(job: Job) -> bool:
    """Whether somebody has to start the job, by all or by some of its rules."""
    waiting = [value for value in (job.value, job.get("rules")) if value is not None]
    while waiting:
        value = waiting.pop()
        waiting += value.items
        when = value.get("when")
        if when is not None and when.data == "manual":
            return True
    return False


def runs_of(job: Job) -> dict[str, bool | None]:
    """Whether a job is in each kind of pipeline, by the kind's name (`PUSH.name`): certainly, certainly
    not, or not known. Branches are not told apart: True means that it runs for all of them.
    """
    pipeline = job.pipeline
    out = Collector(job.location)
    conditions = _Conditions(pipeline, Expressions(), out)
    conditions.check_workflow()
    conditions.check_job(job)
    answers = conditions.runs[job.name]
    return {s.name: answer for s, answer in zip(_ASKED, answers, strict=True)}


@dataclass
class _Conditions:
    pipeline: Pipeline
    expressions: Expressions
    out: Collector
    allowed: Answers = _ALWAYS  # what `workflow` lets through
    has_workflow: bool = False
    runs: dict[str, Answers] = field(default_factory=dict)  # by job: whether it is in the pipeline
    _known: dict[str, Answers] = field(default_factory=dict)

    # Evaluation.

    def _answers(self, text: str) -> Answers:
        if text not in self._known:
            expression = self.expressions.read(text)
            self._known[text] = (
                _UNKNOWN if isinstance(expression, ExpressionError) else _evaluated(expression)
            )
        return self._known[text]

    def _rules(self, value: Value) -> list[_Rule] | None:
        """The rules in order; None where some of them are not known."""
        rules = []
        waiting = list(reversed(value.items))
        while waiting:
            item = waiting.pop()
            if unseen(item):
                return None
            if item.is_list:
                waiting += reversed(item.items)
                continue
            if not item.is_mapping:
                return None
            rules.append(self._rule(item))
        return rules

    def _rule(self, item: Value) -> _Rule:
        condition = item.get("if")
        clauses = [item.get(key) for key in ("changes", "exists")]
        others = any(map(_is_given, clauses))
        of_condition: Answers | None = None
        if condition is not None and _is_given(condition):
            of_condition = _UNKNOWN
            if isinstance(condition.data, str) and certain(condition):
                of_condition = self._answers(condition.data)
        matches = of_condition or _ALWAYS
        if others:
            matches = tuple(False if answer is False else None for answer in matches)
        when = item.get("when")
        unsure = when is not None and (unseen(when) or not certain(when))
        never: bool | None = None if unsure else False
        if when is not None and when.data == "never":
            never = True
        plain = not others and of_condition is None
        from_input = any(
            clause is not None and isinstance(clause.node, InterpolatedScalar)
            for clause in (condition, when)
        )
        return _Rule(item, condition, matches, of_condition, never, plain, from_input)

    def _added(self, rules: list[_Rule]) -> Answers:
        """Whether the first rule that matches lets the job in, for each situation."""
        answers: list[bool | None] = []
        for index in range(len(_ASKED)):
            possible: set[bool | None] = set()
            for rule in rules:
                matches = rule.matches[index]
                if matches is False:
                    continue
                possible.add(None if rule.never is None else not rule.never)
                if matches is True:
                    break
            else:
                possible.add(False)
            answers.append(possible.pop() if len(possible) == 1 else None)
        return tuple(answers)

    # Workflow.

    def check_workflow(self) -> None:
        value = None if self.pipeline.workflow is None else self.pipeline.workflow.get("rules")
        if value is None or value.data is None:
            if self.pipeline.has_unresolved:
                self.allowed, self.has_workflow = _UNKNOWN, True  # it may set them
            return
        self.has_workflow = True
        rules = self._rules(value) if value.is_list and not unseen(value) else None
        if rules is None:
            self.allowed = _UNKNOWN
            return
        self.allowed = self._added(rules)
        self._check_rules(rules, "workflow:rules")
        if all(answer is False for answer in self.allowed[: len(SITUATIONS)]):
            self.out.report(
                "workflow-invalid",
                value.key_location or value,
                "`workflow:rules` lets no pipeline through",
                details="Pipeline filtered out by workflow rules.",
                severity=Severity.WARNING,
                confidence=Confidence.LIKELY,
            )

    def check_workflow_doubles(self) -> None:
        """Workflow rules under which one commit has a branch and a merge request pipeline."""
        workflow = self.pipeline.workflow
        value = None if workflow is None else workflow.get("rules")
        if value is None or value.data is None or self.pipeline.has_unresolved:
            return
        both = (PUSH_WITH_MERGE_REQUEST, MERGE_REQUEST)
        for name, runs in self.runs.items():
            if all(_of(situation, runs) is True for situation in both):
                self._double(
                    value,
                    f"a push to the branch of a merge request starts two pipelines, job {quoted(name)} "
                    "runs in both",
                )
                return

    # Jobs.

    def check_job(self, job: Job) -> None:
        value = job.value.get("rules")
        if value is None or not _is_given(value):
            self.runs[job.name] = self._without_rules(job)
            self._check_doubled(job, None)
            return
        rules = self._rules(value) if value.is_list and not unseen(value) else None
        if rules is None:
            self.runs[job.name] = _UNKNOWN
            return
        added = self._added(rules)
        self.runs[job.name] = tuple(
            _both(answer, allowed) for answer, allowed in zip(added, self.allowed, strict=True)
        )
        self._check_rules(rules, "rules")
        self._check_never_runs(value, rules, added)
        self._check_doubled(job, (value, rules))

    def _without_rules(self, job: Job) -> Answers:
        """`only` is `[branches, tags]` where neither the job nor `workflow` has rules."""
        if job.incomplete or any(_is_given(job.value.get(key)) for key in ("only", "except")):
            return self._by_policy(job)
        if job.may_inherit("rules") or job.may_inherit("only"):
            return _UNKNOWN
        if self.has_workflow:
            return self.allowed
        return tuple(
            situation.known["CI_COMMIT_BRANCH"] is not None
            or situation.known["CI_COMMIT_TAG"] is not None
            for situation in _ASKED
        )

    def _by_policy(self, job: Job) -> Answers:
        only, rest = job.value.get("only"), job.value.get("except")
        if job.incomplete or only is None or not only.is_list:
            return _UNKNOWN
        if _is_given(rest):
            return _UNKNOWN
        refs = {item.data for item in only.items if certain(item)}
        if len(refs) != len(only.items):
            return _UNKNOWN
        answers: list[bool | None] = []
        for situation, allowed in zip(_ASKED, self.allowed, strict=True):
            in_branch = situation.known["CI_COMMIT_BRANCH"] is not None
            in_tag = situation.known["CI_COMMIT_TAG"] is not None
            words = {"branches"} if in_branch else {"tags"} if in_tag else {"merge_requests"}
            if situation in (PUSH, TAG, PUSH_WITH_MERGE_REQUEST):
                words.add("pushes")
            known = words & refs
            answers.append(_both(True if known else None, allowed))
        return tuple(answers)

    def _check_rules(self, rules: list[_Rule], path: str) -> None:
        """Conditions that are the same in every pipeline, and rules that are never reached."""
        count = len(SITUATIONS)
        for index, rule in enumerate(rules):
            after = rules[index + 1 :]
            if rule.from_input:
                continue
            answers = None if rule.of_condition is None else rule.of_condition[:count]
            place = rule.condition or rule.value
            if answers is not None and all(answer is False for answer in answers):
                self.out.report(
                    "rules-never-match",
                    place,
                    f"`{path}:if` never holds: {_shown(rule.condition)} is false in every pipeline",
                    severity=Severity.INFO if _is_literal(rule.condition) else Severity.WARNING,
                    confidence=Confidence.LIKELY,
                )
            elif all(answer is True for answer in rule.matches[:count]):
                if after:
                    first = after[0].value.location
                    self.out.report(
                        "rules-always-match",
                        place,
                        f"`{path}`: this rule always matches, the "
                        f"{'rule' if len(after) == 1 else f'{len(after)} rules'} after it "
                        f"{'is' if len(after) == 1 else 'are'} never reached",
                        severity=Severity.WARNING,
                        confidence=Confidence.CERTAIN if rule.plain else Confidence.LIKELY,
                        related=(None if first is None else first.noted("never reached"),),
                    )
                    return
                if answers is not None:
                    self.out.report(
                        "rules-always-match",
                        place,
                        f"`{path}:if` always holds: {_shown(rule.condition)} is true in every pipeline",
                        severity=Severity.INFO,
                    )

    def _check_never_runs(self, value: Value, rules: list[_Rule], added: Answers) -> None:
        count = len(SITUATIONS)
        if any(rule.from_input for rule in rules):
            return
        if any(answer is not False for answer in added[:count]):
            if all(answer is False for answer in self.runs_here(added)[:count]):
                self.out.report(
                    "job-never-runs",
                    value.key_location or value,
                    "never runs: `workflow:rules` lets no pipeline through that its `rules` are for",
                    severity=Severity.WARNING,
                    confidence=Confidence.LIKELY,
                )
            return
        meant = all(rule.never is True for rule in rules)
        self.out.report(
            "job-never-runs",
            value.key_location or value,
            "never runs: its `rules` keep it out of every pipeline",
            details="Pipeline will not run for the selected trigger. The rules configuration prevented "
            "any jobs from being added to the pipeline."
            if len(self.pipeline.jobs) == 1
            else "",
            severity=Severity.INFO if meant else Severity.WARNING,
            confidence=Confidence.LIKELY,
        )

    def runs_here(self, added: Answers) -> Answers:
        return tuple(_both(a, b) for a, b in zip(added, self.allowed, strict=True))

    def _check_doubled(self, job: Job, ruled: tuple[Value, list[_Rule]] | None) -> None:
        """A job that runs for the push and for the merge request of one commit."""
        if self.has_workflow:
            return
        added = self.runs[job.name]
        push, merge = _of(PUSH_WITH_MERGE_REQUEST, added), _of(MERGE_REQUEST, added)
        if push is False or merge is False:
            return
        warned = False
        if ruled is not None and ruled[1]:
            last = ruled[1][-1]
            warned = list(last.value.entries) == ["when"] and last.never is False
        if not warned and not (push is True and merge is True):
            return
        details = ""
        if warned:
            details = (
                f"jobs:{job.name} may allow multiple pipelines to run for a single action due to "
                f"`rules:when` clause with no `workflow:rules` - read more: {TROUBLESHOOTING}"
            )
        value = ruled[0] if ruled is not None else job.keywords["only"]
        self._double(value, "runs twice for a push to the branch of a merge request", details)

    def _double(self, value: Value, sentence: str, details: str = "") -> None:
        self.out.report(
            "double-pipelines",
            value.key_location or value,
            sentence,
            details=details,
            severity=Severity.WARNING,
            confidence=Confidence.LIKELY,
            hint="start `workflow:rules` with `- if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS && "
            '$CI_PIPELINE_SOURCE == "push"` and `when: never`',
        )

    # Needs of jobs that are not there.

    def check_needs(self) -> None:
        """A job in a pipeline whose needed job is not in it: GitLab refuses to create it."""
        for job in self.pipeline.jobs.values():
            mine = self.runs.get(job.name, _UNKNOWN)
            if True not in mine:
                continue
            for name, optional in _needed(job):
                other = self.pipeline.jobs.get(str(name.data))
                if other is None or optional or other is job:
                    continue
                theirs = self.runs.get(other.name, _UNKNOWN)
                missing = [
                    situation
                    for situation, one, two in zip(SITUATIONS, mine, theirs, strict=False)
                    if one is True and two is False
                ]
                if missing:
                    self._missing_need(job, other, name, missing, theirs)

    def _missing_need(
        self, job: Job, other: Job, name: Value, missing: list[Situation], theirs: Answers
    ) -> None:
        anywhere = any(answer is not False for answer in theirs[: len(SITUATIONS)])
        rules = other.keywords.get("rules") or other.keywords.get("only")
        place = None if rules is None else rules.key_location
        self.out.report(
            "needs-undefined",
            name,
            f"`needs` names {quoted(other.name)}, which "
            + (f"is not there for {missing[0].name}" if anywhere else "never runs"),
            details=f"'{job.name}' job needs '{other.name}' job, but '{other.name}' does not exist in "
            "the pipeline. This might be because of the only, except, or rules keywords. To need a "
            "job that sometimes does not exist in the pipeline, use needs:optional.",
            hint="give both jobs the same `rules`, or write `optional: true`",
            severity=Severity.WARNING if anywhere else Severity.ERROR,
            confidence=Confidence.LIKELY if anywhere else Confidence.CERTAIN,
            related=[_noted(place or other.location, f"decides where '{other.name}' runs")],
            job=job,
        )


def _needed(job: Job) -> Iterator[tuple[Value, bool]]:
    """The names in `needs` with whether they are optional."""
    needs = job.keywords.get("needs")
    waiting = [] if needs is None else [needs]
    while waiting:
        item = waiting.pop()
        if item.is_list:
            waiting += reversed(item.items)
            continue
        entries = item.entries
        if any(key in entries for key in ("project", "ref", "pipeline")):
            continue
        name = entries.get("job") if entries else item
        if name is not None and isinstance(name.data, str) and certain(name):
            optional = entries.get("optional")
            yield name, optional is not None and optional.data is not False


def _evaluated(expression: Expression) -> Answers:
    """The answer in each situation; asked once where the same variables have the same values."""
    names = {term.name for term in expression.names()}
    seen: dict[tuple[int, ...], bool | None] = {}
    answers = []
    for situation in _ASKED:
        key = tuple(id(situation.known.get(name, names)) for name in names if name in _VARYING)
        if key not in seen:
            seen[key] = evaluate(expression, situation.lookup)
        answers.append(seen[key])
    return tuple(answers)


def _is_given(value: Value | None) -> bool:
    """Whether a clause is there; one whose value nobody here can see is."""
    return value is not None and (value.data is not None or unseen(value))


def _of(situation: Situation, answers: Answers) -> bool | None:
    return answers[_ASKED.index(situation)]


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _noted(location: Location, note: str) -> Location:
    return location.noted(note)


def _shown(condition: Value | None) -> str:
    return "" if condition is None else quoted(str(condition.data))


def _is_literal(condition: Value | None) -> bool:
    """A condition without variables is meant: somebody switched the rule off."""
    return condition is not None and "$" not in str(condition.data)
