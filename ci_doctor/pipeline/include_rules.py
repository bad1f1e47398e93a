"""`rules` of an `include`: whether the file takes part."""

from __future__ import annotations

from collections.abc import Mapping

from ..files.protocol import Files
from ..text import Text
from .model import Value
from .rules_expression import ExpressionError, evaluate, parse_expression
from .variables import unknown_variable


def included(rules: Value | None, files: Files | None, variables: Mapping[str, str]) -> bool | None:
    """True, False, or None where the rules depend on what only GitLab knows.

    The first rule that matches decides; without a match the file stays out.
    """
    if rules is None or rules.data is None:
        return True
    if not rules.is_list or rules.has_unknown:
        return None
    outcomes: set[bool] = set()
    for rule in rules.items:
        matches = _matches(rule, files, variables)
        if matches is not False:
            when = rule.get("when")
            outcomes.add(when is None or when.data != "never")
        if matches:
            break
    else:
        outcomes.add(False)
    return outcomes.pop() if len(outcomes) == 1 else None


def _matches(rule: Value, files: Files | None, variables: Mapping[str, str]) -> bool | None:
    if not rule.is_mapping:
        return None
    answers = {
        _condition(rule.get("if"), variables),
        _exists(rule.get("exists"), files, variables),
        None if rule.get("changes") is not None else True,
    }
    return False if False in answers else None if None in answers else True


def _condition(condition: Value | None, variables: Mapping[str, str]) -> bool | None:
    if condition is None or condition.data is None:
        return True
    if condition.string is None or condition.has_unknown:
        return None

    def lookup(name: str) -> Text:
        if name in variables:
            return Text.of(variables[name])
        return Text((unknown_variable(name),))

    try:
        return evaluate(parse_expression(condition.string), lookup)
    except ExpressionError:
        return None


def _exists(exists: Value | None, files: Files | None, variables: Mapping[str, str]) -> bool | None:
    if exists is None or exists.data is None:
        return True
    paths = exists.get("paths") if exists.is_mapping else exists
    if paths is None or files is None or exists.get("project") is not None:
        return None
    answer: bool | None = False
    for path in paths.items or (paths,):
        name = path.string
        if name is None or path.has_unknown or "$" in name:
            answer = None
            continue
        found = _is_there(name.lstrip("/"), files)
        if found:
            return True
        answer = None if found is None else answer
    return answer


def _is_there(pattern: str, files: Files) -> bool | None:
    if any(character in pattern for character in "*?[{"):
        # What is not in the folder may still be in the repository (ignored, a submodule).
        return True if files.glob(pattern) else None
    return files.exists(pattern)
