"""The one interpreter of the keyword model: a value against its kind.

Every fault is reported, not the first: what is under a broken node is looked at as well, where
its shape allows it. What an unseen input (`$[[ … ]]`) or a variable makes unknown passes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from math import prod
from typing import Any

from ..edits import Applicability, Edit, Fix
from ..finding import Severity
from ..source import Location, noted
from ..yamldoc.nodes import Mapping, Node, Scalar, Sequence
from . import re2
from .duration import parse_duration
from .keywords import (
    EITHER,
    REMOVED,
    Anything,
    Boolean,
    Cases,
    Condition,
    Conditions,
    Duration,
    Enum,
    Integer,
    Integers,
    Items,
    Keyword,
    Kind,
    Matrix,
    Moment,
    Names,
    Never,
    Pattern,
    Record,
    Script,
    Shapes,
    String,
    Strings,
    Variables,
)
from .model import Value
from .problems import Collector, Place, listed, quoted, shown
from .rules_expression import Expression, ExpressionError, parse_expression
from .scalars import InterpolatedScalar
from .spelling import Near, Speller
from .values import is_reference

# Values looked at in one pipeline, far above any real one: aliases of aliases grow without bound.
_BUDGET = 1_000_000
_ISO_8601 = r"\A\d{4}-?\d\d-?\d\d(?:[T ]\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?\Z"
_REGEXP = r"\A/.*/[ismU]*\Z"
# Words that YAML reads as text without quotes.
_PLAIN = r"\A[A-Za-z_.][\w./-]*(?: [\w./-]+)*\Z"
_NOT_TEXT = frozenset({"true", "false", "yes", "no", "on", "off", "null"})
MATRIX_LIMIT = 200


class Expressions:
    """Reads each expression once: the same few stand in many rules."""

    def __init__(self) -> None:
        self._read: dict[str, Expression | ExpressionError] = {}

    def read(self, text: str) -> Expression | ExpressionError:
        if text not in self._read:
            try:
                self._read[text] = parse_expression(text)
            except ExpressionError as error:
                self._read[text] = error
        return self._read[text]


class Checker:
    """Checks values and reports what GitLab would refuse.

    `complete`: what is absent in a mapping is known to be absent. A file that was not read may add
    entries to a mapping, but not to the items of a list.
    """

    def __init__(self, out: Collector) -> None:
        self.out = out
        self.complete = True
        self.expressions = Expressions()
        self.speller = Speller()
        self._left = _BUDGET
        self._by_kind: dict[type[Kind], Callable[[Any, Value, Place], None]] = {
            Anything: lambda kind, value, place: None,
            Never: self._wrong_type,
            String: self._string,
            Boolean: self._boolean,
            Integer: self._integer,
            Integers: self._integers,
            Enum: self._enum,
            Strings: self._strings,
            Script: self._script,
            Duration: self._duration,
            Moment: self._moment,
            Pattern: self._pattern,
            Condition: self._condition,
            Conditions: self._conditions,
            Shapes: self._shapes,
            Items: self._items,
            Names: self._names,
            Record: self._record,
            Cases: self._cases,
            Variables: self._variables,
            Matrix: self._matrix,
        }

    def check(self, kind: Kind, value: Value, place: Place) -> None:
        self._left -= 1
        if self._left > 0 and not unseen(value):
            self._by_kind[type(kind)](kind, value, place)

    # Reports.

    def _wrong_type(self, kind: Kind, value: Value, place: Place, refusal: str = "") -> None:
        self.out.report(
            place.check or "keyword-wrong-type",
            value,
            f"`{place.path}` is {shown(value)}, expected {kind.expected}",
            details=place.says(refusal or kind.refusal, bare=kind.bare),
        )

    def _wrong_value(
        self,
        value: Value,
        place: Place,
        expected: str,
        refusal: str,
        fix: Fix | None = None,
        meant: str = "",
    ) -> None:
        suffix = f", did you mean '{meant}'?" if meant else f", expected {expected}"
        self.out.report(
            place.check or "keyword-value-invalid",
            value,
            f"`{place.path}` is {shown(value)}{suffix}",
            details=place.says(refusal),
            hint=f"expected {expected}" if meant else "",
            fix=fix,
        )

    # Scalars.

    def _string(self, kind: String, value: Value, place: Place) -> None:
        data = value.data
        if not isinstance(data, str):
            self._wrong_type(kind, value, place)
            return
        if not data.strip():
            if not kind.blank:
                details = (
                    place.says_of(kind.attribute, "can't be blank")
                    if kind.attribute
                    else place.says("can't be blank")
                )
                check = place.check or "keyword-value-invalid"
                self.out.report(check, value, f"`{place.path}` is blank", details=details)
            return
        if not certain(value):
            return
        if kind.maximum is not None and len(data) > kind.maximum:
            self._wrong_value(
                value,
                place,
                f"at most {kind.maximum} characters",
                f"is too long (maximum is {kind.maximum} characters)",
            )
        for form in kind.formats:
            if not _compiled(form.pattern).search(data):
                self._wrong_value(value, place, form.expected, form.refusal)

    def _boolean(self, kind: Boolean, value: Value, place: Place) -> None:
        if not isinstance(value.data, bool):
            self._wrong_type(kind, value, place)

    def _integer(self, kind: Integer, value: Value, place: Place) -> None:
        data = value.data
        if isinstance(data, str) and data.strip().isdecimal() and len(data) < 10:
            data = int(data)  # GitLab takes digits in quotes for a number here
        if isinstance(data, bool) or not isinstance(data, int):
            refusal = "must be an integer" if isinstance(data, float) else "is not a number"
            self._wrong_type(kind, value, place, refusal)
        elif data < kind.low:
            self._wrong_value(
                value, place, kind.expected, f"must be greater than or equal to {kind.low}"
            )
        elif data > kind.high:
            self._wrong_value(
                value, place, kind.expected, f"must be less than or equal to {kind.high}"
            )

    def _integers(self, kind: Integers, value: Value, place: Place) -> None:
        for item in value.items if value.is_list else (value,):
            if not unseen(item) and (isinstance(item.data, bool) or not isinstance(item.data, int)):
                self._wrong_type(kind, item, place)

    def _enum(self, kind: Enum, value: Value, place: Place) -> None:
        refusal = kind.value_refusal.format(value=value.string or "")
        if not isinstance(value.data, str):
            self._wrong_type(kind, value, place, refusal)
        elif value.data not in kind.values and certain(value):
            meant, fix = self._meant(value.data, value.node, kind.values)
            self._wrong_value(value, place, kind.expected, refusal, fix, meant)

    def _duration(self, kind: Duration, value: Value, place: Place) -> None:
        data = value.data
        if not isinstance(data, str):
            self._wrong_type(kind, value, place)
            return
        if "$" in data or not certain(value) or (kind.never and data.lower() == "never"):
            return
        seconds = parse_duration(data)
        if seconds is None:
            self._wrong_value(value, place, kind.expected, kind.refusal)
        elif kind.limit is not None and seconds > kind.limit:
            self._wrong_value(
                value, place, f"at most {kind.limit_words}", "should not exceed the limit"
            )

    def _moment(self, kind: Moment, value: Value, place: Place) -> None:
        data = value.data
        if not isinstance(data, str):
            self._wrong_type(kind, value, place)
        elif "$" not in data and certain(value) and not _compiled(_ISO_8601).match(data):
            self._wrong_value(value, place, kind.expected, kind.refusal)

    def _pattern(self, kind: Pattern, value: Value, place: Place) -> None:
        data = value.data
        if not isinstance(data, str):
            self._wrong_type(kind, value, place)
        elif not certain(value):
            return
        elif not _compiled(_REGEXP).match(data):
            self._wrong_value(value, place, kind.expected, kind.refusal)
        else:
            self._regexp(value, data, place, kind.refusal)

    def _regexp(self, value: Value, data: str, place: Place, refusal: str) -> None:
        """`/…/flags` as RE2 reads it."""
        last = data.rindex("/")
        source = data[1:last]
        try:
            re2.parse(source.replace("\\/", "/"), data[last + 1 :])
        except re2.Re2Error as error:
            exact = "\\/" not in source
            location = _within(value, 1 + error.start, 1 + error.end) if exact else None
            self.out.report(
                place.check or "keyword-value-invalid",
                location or value,
                f"`{place.path}` has an invalid regular expression: {error.message}",
                details=place.says(refusal),
            )

    # Expressions.

    def _condition(self, kind: Condition, value: Value, place: Place) -> None:
        data = value.data
        if not isinstance(data, str):
            self.out.report(
                "rules-expression-invalid",
                value,
                f"`{place.path}` is {shown(value)}, expected {kind.expected}",
                details=place.says(kind.refusal),
            )
            return
        if not certain(value):
            return
        error = self.expressions.read(data)
        if isinstance(error, ExpressionError):
            what = quoted(data[error.start : error.end]) if error.end > error.start else "nothing"
            reason = error.hint or error.message.rstrip("!").lower()
            self.out.report(
                "rules-expression-invalid",
                _within(value, error.start, error.end) or value,
                f"`{place.path}` is not valid at {what}: {reason}",
                details=place.says(kind.refusal),
            )

    def _conditions(self, kind: Conditions, value: Value, place: Place) -> None:
        if not value.is_list:
            self._wrong_type(kind, value, place)
            return
        for item in value.items:
            if isinstance(item.data, str):
                self._condition(Condition(), item, place)
            elif not unseen(item):
                self._wrong_type(kind, item, place)

    # Lists.

    def _strings(self, kind: Strings, value: Value, place: Place) -> None:
        if kind.single and isinstance(value.data, str):
            return
        if not value.is_list:
            self._wrong_type(kind, value, place)
            return
        items = list(self._flat(value, kind.nested))
        for item, level in items:
            data = item.data
            if isinstance(data, str):
                if (kind.values or kind.regexps) and certain(item):
                    self._one_string(kind, item, data, place)
            elif unseen(item):
                continue
            elif isinstance(data, tuple):
                deep = (
                    f", at most {kind.nested} levels of lists are unpacked" if kind.nested else ""
                )
                self.out.report(
                    place.check or "keyword-wrong-type",
                    item,
                    f"`{place.path}` holds a list in its list{deep or ', expected strings'}",
                    details=place.says(kind.refusal, bare=kind.bare),
                    hint="" if level else "`!reference` does not unpack here: write the items out",
                )
            else:
                self.out.report(
                    place.check or "keyword-wrong-type",
                    item,
                    f"`{place.path}` holds {_item(item)}, expected strings",
                    details=place.says(kind.refusal, bare=kind.bare),
                    fix=_quote(item, value),
                )
        if len(items) < kind.minimum:
            check = place.check or "keyword-value-invalid"
            self.out.report(
                check, value, f"`{place.path}` is empty", details=place.says(kind.too_short)
            )
        if kind.maximum is not None and len(items) > kind.maximum:
            self.out.report(
                place.check or "keyword-value-invalid",
                value,
                f"`{place.path}` has {len(items)} items, at most {kind.maximum} are allowed",
                details=place.says(kind.too_long),
            )

    def _one_string(self, kind: Strings, item: Value, data: str, place: Place) -> None:
        if kind.values and data not in kind.values:
            meant, fix = self._meant(data, item.node, kind.values)
            self._wrong_value(
                item, place, kind.expected, f"contains unknown values: {data}", fix, meant
            )
        elif kind.regexps and _compiled(_REGEXP).match(data):
            self._regexp(item, data, place, kind.refusal)

    def _items(self, kind: Items, value: Value, place: Place) -> None:
        if (value.is_mapping and kind.single) or (isinstance(value.data, str) and kind.alone):
            items = [(value, 0)]
        elif value.is_list:
            items = list(self._flat(value, kind.nested))
        else:
            self._wrong_type(kind, value, place)
            return
        if kind.maximum is not None and len(value.items) > kind.maximum:
            self.out.report(
                place.check or "keyword-value-invalid",
                value,
                f"`{place.path}` has {len(value.items)} items, at most {kind.maximum} are allowed",
                details=place.says(kind.too_long),
            )
        inside = Place(place, "", item=kind.item)
        for item, _ in items:
            if unseen(item) or (item.data is None and kind.null):
                continue
            if kind.items_expected and not item.is_mapping:
                self.out.report(
                    place.check or "keyword-wrong-type",
                    item,
                    f"`{place.path}` holds {_item(item)}, expected {kind.items_expected}",
                    details=place.says(kind.refusal, bare=kind.bare),
                )
            else:
                self.check(kind.of, item, inside)

    def _flat(self, value: Value, nested: int) -> Iterator[tuple[Value, int]]:
        """The items with their depth; lists in lists are unpacked down to `nested` levels."""
        waiting = [(item, 1) for item in reversed(value.items)]
        while waiting and self._left > 0:
            self._left -= 1
            item, level = waiting.pop()
            if item.is_list and level <= nested and not unseen(item):
                waiting += [(inner, level + 1) for inner in reversed(item.items)]
            else:
                yield item, level - 1

    def _script(self, kind: Script, value: Value, place: Place) -> None:
        data = value.data
        refusal = place.says(kind.refusal)
        if isinstance(data, str):
            return
        if not isinstance(data, tuple):
            self._not_a_command(value, None, place, refusal)
            return
        waiting = [(item, value, 1) for item in reversed(data)]
        while waiting and self._left > 0:
            self._left -= 1
            item, above, level = waiting.pop()
            if isinstance(item.data, str) or unseen(item):
                continue
            if not isinstance(item.data, tuple):
                self._not_a_command(item, above, place, refusal)
            elif level >= 10:
                self.out.report(
                    "script-not-string",
                    item,
                    f"`{place.path}` holds lists nested more than 10 levels deep",
                    details=refusal,
                )
            else:
                waiting += [(inner, item, level + 1) for inner in reversed(item.data)]

    def _not_a_command(self, value: Value, above: Value | None, place: Place, refusal: str) -> None:
        """A command that YAML reads as something else, with the character that does it."""
        node = value.node
        trap = _colon(node)
        subject = f"`{place.path}`" if above is None else f"an item of `{place.path}`"
        hint = ""
        related: tuple[Location, ...] = ()
        if trap is not None:
            before, colon = trap
            sentence = (
                f"{subject} is a mapping, not a command: `: ` after {quoted(before)} makes it one"
            )
            hint = "quote the whole command, or write it under `- |`"
            related = (colon.noted("this colon and the blank after it"),)
        elif value.data is None:
            sentence = f"{subject} is empty, expected a command"
        elif isinstance(node, Scalar):
            sentence = f"{subject} is {_item(value)}, expected a string"
            hint = "quote it"
        else:
            sentence = f"{subject} is {_item(value)}, expected a string"
        self.out.report(
            "script-not-string",
            value,
            sentence,
            details=refusal,
            hint=hint,
            related=related,
            fix=None if above is None else _quote(value, above),
        )

    # Mappings.

    def _shapes(self, kind: Shapes, value: Value, place: Place) -> None:
        data = value.data
        taken: Kind | None
        if data is None:
            return
        if isinstance(data, bool):
            taken = kind.boolean
        elif isinstance(data, (int, float)):
            taken = kind.integer
        elif isinstance(data, str):
            taken = kind.string
        elif isinstance(data, dict):
            taken = kind.mapping
        else:
            taken = kind.sequence
        if taken is None:
            self._wrong_type(kind, value, place)
        else:
            self.check(taken, value, place)

    def _cases(self, kind: Cases, value: Value, place: Place) -> None:
        keys = value.entries
        for case in kind.cases:
            if (not case.having or any(key in keys for key in case.having)) and not any(
                key in keys for key in case.without
            ):
                self.check(case.kind, value, place)
                return

    def _names(self, kind: Names, value: Value, place: Place) -> None:
        if not value.is_mapping:
            self._wrong_type(kind, value, place)
            return
        for name, entry in value.entries.items():
            self.check(kind.of, entry, place.under(name))

    def _record(self, kind: Record, value: Value, place: Place) -> None:
        if value.data is not None and not value.is_mapping:
            self._wrong_type(kind, value, place)
            return
        entries = value.entries
        unknown = [key for key in entries if key not in kind.keys]
        if unknown:
            self.unknown_keys(unknown, entries, kind.keys, place)
        for group in kind.exclusive:
            self.exclusive(group, entries, place)
        given = sum(key in entries for key in kind.one_of)
        if kind.one_of and (given > 1 or (given == 0 and self._knows_absence(place))):
            self._not_one_of(kind.one_of, value, place)
        if self._knows_absence(place):
            for names in kind.required:
                if not any(name in entries for name in names):
                    details = place.says(f"missing required keys: {names[0]}")
                    self._missing(names[0], value, place, details)
            for name in kind.present:
                if name not in entries or entries[name].data is None:
                    self._missing(name, value, place, place.says_of(name, "can't be blank"))
        for key, entry in entries.items():
            keyword = kind.keys.get(key)
            if keyword is not None and entry.data is not None:
                self.check(keyword.kind, entry, place.under(key, keyword))

    def _knows_absence(self, place: Place) -> bool:
        return self.complete or place.in_list

    def _missing(self, key: str, value: Value, place: Place, details: str) -> None:
        in_list = value.key is None
        self.out.report(
            place.check or "keyword-value-invalid",
            value if in_list else value.key_location or value,
            f"`{place.path}` needs `{key}`",
            details=details,
        )

    def _not_one_of(self, names: tuple[str, ...], value: Value, place: Place) -> None:
        present = [value.entries[name] for name in names if name in value.entries]
        first = present[1] if len(present) > 1 else None
        found = " and ".join(f"`{name}`" for name in names if name in value.entries)
        self.out.report(
            "keyword-conflict" if present else place.check or "keyword-value-invalid",
            (first.key_location if first else value.key_location) or value,
            f"`{place.path}` has {found or 'none'}, expected exactly one of {', '.join(names)}",
            details=place.says(f"must use exactly one of these keys: {', '.join(names)}"),
            related=[
                noted(entry.key_location, "set here") for entry in present if entry is not first
            ],
        )

    def exclusive(self, group: tuple[str, ...], entries: dict[str, Value], place: Place) -> None:
        """Report keywords that exclude each other, at the one written last."""
        present = [key for key in group if key in entries]
        if len(present) < 2:
            return
        *others, last = sorted(present, key=lambda key: _order(entries[key]))
        rest = " and ".join(f"`{key}`" for key in others)
        self.out.report(
            "keyword-conflict",
            entries[last].key_location or entries[last],
            f"`{_joined(place, last)}` cannot be used together with {rest}",
            details=place.says(f"these keys cannot be used together: {', '.join(present)}"),
            related=[
                location.noted(f"`{key}` is set here")
                for key in others
                if (location := entries[key].key_location) is not None
            ],
        )

    def unknown_keys(
        self,
        unknown: list[str],
        entries: dict[str, Value],
        known: Any,
        place: Place,
        kept: str = "",
    ) -> None:
        """Report keys that GitLab does not know here. `kept` names what the place is, for jobs."""
        details = place.says(f"contains unknown keys: {', '.join(unknown)}")
        for key in unknown:
            entry = entries[key]
            where = f" under `{place.path}`" if place.path else kept
            removed = REMOVED.get((place.path or "job", key))
            meant, fix, hint = "", None, ""
            if removed is not None:
                sentence = f"`{key}`{where} was removed in GitLab {removed.version}"
                hint = f"write `{removed.instead}` instead" if removed.instead else ""
            else:
                sentence = f"unknown keyword {quoted(key)}{where}"
                meant, fix = self._meant(key, entry.key, [k for k in known if k not in entries])
                home = _homes().get(key, "") if not place.path else ""
                if meant:
                    sentence += f", did you mean '{meant}'?"
                elif home:
                    sentence += f", it belongs under `{home}`"
                elif place.path:
                    hint = f"known here: {listed(sorted(known), 16)}"
            self.out.report(
                "keyword-unknown",
                entry.key_location or entry,
                sentence,
                details=details,
                hint=hint,
                fix=fix,
            )

    def is_near(self, word: str, known: tuple[str, ...]) -> bool:
        return self.speller.nearest(word, known) is not None

    def _meant(self, word: str, node: Node | None, known: Any) -> tuple[str, Fix | None]:
        near = self.speller.nearest(word, known)
        if near is None:
            return "", None
        return near.word, rename(node, near)

    # Variables.

    def _variables(self, kind: Variables, value: Value, place: Place) -> None:
        if not value.is_mapping:
            self._wrong_type(kind, value, place)
            return
        for name, entry in value.entries.items():
            data = entry.data
            if isinstance(data, (str, int, float)) or unseen(entry):
                continue
            inside = place.under(name)
            if isinstance(data, tuple):
                self.out.report(
                    "variable-not-scalar",
                    entry,
                    f"variable {quoted(name)} is a list, expected a string or a number",
                    details="variable definition must be either a string or a hash",
                )
            elif data is None:
                # GitLab reads it as the long form without entries: an empty value.
                if not kind.data:
                    self.out.report(
                        "variable-not-scalar",
                        entry.key_location or entry,
                        f"variable {quoted(name)} has no value, expected a string or a number",
                        details=inside.says("must be a string"),
                        hint='write `""` for an empty value',
                    )
            elif not kind.data:
                self.out.report(
                    "variable-not-scalar",
                    entry,
                    f"variable {quoted(name)} is a mapping, `{place.path}` takes plain values only",
                    details=inside.says("must be a string"),
                )
            else:
                self._long_variable(name, entry, kind.data, inside)

    def _long_variable(self, name: str, value: Value, known: tuple[str, ...], place: Place) -> None:
        entries = value.entries
        unknown = [key for key in entries if key not in known]
        for key in unknown:
            meant, fix = self._meant(key, entries[key].key, [k for k in known if k not in entries])
            where = "here" if key in ("description", "options") else "in a variable"
            self.out.report(
                "keyword-unknown",
                entries[key].key_location or entries[key],
                f"unknown keyword {quoted(key)} {where}"
                + (f", did you mean '{meant}'?" if meant else f", known are {', '.join(known)}"),
                details=place.says(f"uses invalid data keys: {', '.join(unknown)}"),
                hint="only variables at the top of the file have `description` and `options`"
                if key in ("description", "options")
                else "",
                fix=fix,
            )
        content = entries.get("value")
        if content is not None and isinstance(content.data, (tuple, dict)):
            self.out.report(
                "variable-not-scalar",
                content,
                f"`value` of variable {quoted(name)} is {shown(content)}, expected a string or a number",
                details=place.says_of("config value", "must be a scalar"),
            )
        expand = entries.get("expand")
        if expand is not None and not isinstance(expand.data, (bool, type(None))):
            self.out.report(
                "keyword-wrong-type",
                expand,
                f"`expand` of variable {quoted(name)} is {shown(expand)}, expected true or false",
                details=place.says_of("config expand", "should be a boolean value"),
            )
        options = entries.get("options")
        if options is None or options.data is None or "options" not in known:
            return
        if not options.is_list or any(
            not isinstance(item.data, str) and not unseen(item) for item in options.items
        ):
            self.out.report(
                "keyword-wrong-type",
                options,
                f"`options` of variable {quoted(name)} must be a list of strings",
                details=place.says_of("config options", "should be an array of strings"),
            )
        elif options.items and all(certain(item) for item in options.items):
            allowed = [item.data for item in options.items]
            if content is None or (certain(content) and content.data not in allowed):
                given = "no `value`" if content is None else f"the value {shown(content)}"
                self.out.report(
                    "keyword-value-invalid",
                    content or value.key_location,
                    f"variable {quoted(name)} has {given}, expected one of its `options`",
                    details=place.says("value must be present in options"),
                )

    def _matrix(self, kind: Matrix, value: Value, place: Place) -> None:
        check = place.check or "matrix-invalid"
        if not value.is_list:
            self._wrong_type(kind, value, place)
            return
        total = 0
        for row in value.items:
            if unseen(row):
                return
            if not row.is_mapping:
                self.out.report(
                    check,
                    row,
                    f"`{place.path}` holds {_item(row)}, expected a mapping of names to values",
                    details=place.says(kind.refusal),
                )
                continue
            inside = Place(place, "", item="{location}:variables")
            if not row.entries:
                self.out.report(
                    check,
                    row,
                    f"`{place.path}` holds an empty mapping, expected names with values",
                    details=inside.says("requires at least 1 items"),
                )
            counts = [self._dimension(n, v, inside, place) for n, v in row.entries.items()]
            total += prod(count for count in counts if count) if counts else 0
        if total > MATRIX_LIMIT:
            self.out.report(
                check,
                value.key_location or value,
                f"`{place.path}` makes {total} jobs, at most {MATRIX_LIMIT} are allowed",
                details=place.says(f"generates too many jobs (maximum is {MATRIX_LIMIT})"),
            )

    def _dimension(self, name: str, value: Value, inside: Place, place: Place) -> int:
        """How many values a matrix variable has."""
        refusal = "should be a hash of key value pairs, value can be an array"
        values = [
            inner
            for item in (value.items if value.is_list else (value,))
            for inner in (item.items if item.is_list else (item,))
        ]
        if not values:
            self.out.report(
                place.check or "matrix-invalid",
                value.key_location or value,
                f"`{place.path}` has no value for {quoted(name)}: this entry makes no job",
                severity=Severity.INFO,
            )
            return 0
        for item in values:
            if isinstance(item.data, (tuple, dict)) and not unseen(item):
                self.out.report(
                    place.check or "matrix-invalid",
                    item,
                    f"`{place.path}` has {_item(item)} for {quoted(name)}, expected a string or a number",
                    details=inside.says(refusal),
                )
        return len(values)


def rename(node: Node | None, near: Near) -> Fix | None:
    """Write the nearest word instead; safe where it is one letter off and no other is as near."""
    if not isinstance(node, Scalar) or isinstance(node, InterpolatedScalar):
        return None
    mark = {"single": "'", "double": '"', "plain": ""}.get(node.style)
    plain = _compiled(_PLAIN).match(near.word) and near.word.lower() not in _NOT_TEXT
    if mark is None or (not plain and (not mark or any(c in near.word for c in "'\"\\"))):
        return None
    safe = near.distance == 1 and near.alone
    return Fix(
        f"Write `{near.word}`",
        (Edit(node.source.path, node.span, f"{mark}{near.word}{mark}"),),
        Applicability.SAFE if safe else Applicability.UNSAFE,
    )


def quote(node: Scalar) -> Fix:
    """Make a plain scalar the string it looks like."""
    written = f'"{node.source.slice(node.span)}"'
    return Fix("Quote it", (Edit(node.source.path, node.span, written),))


def unseen(value: Value) -> bool:
    """Whether nothing is known of a value: an unseen input, or a `!reference` to nothing."""
    return value.is_unknown or is_reference(value)


def certain(value: Value) -> bool:
    """Whether all characters of a scalar are known."""
    return not value.has_unknown and not (isinstance(value.data, str) and "$[[" in value.data)


def _item(value: Value) -> str:
    data = value.data
    if isinstance(data, bool):
        return f"the boolean {value.string}"
    if isinstance(data, (int, float)):
        return f"the number {value.string}"
    if data is None:
        return "an empty item"
    return shown(value)


def _joined(place: Place, key: str) -> str:
    return f"{place.path}:{key}" if place.path else key


def _order(value: Value) -> tuple[str, int]:
    location = value.key_location or value.location
    return ("", -1) if location is None else (location.source.path, location.span.start)


def _within(value: Value, start: int, end: int) -> Location | None:
    """The characters of a string where they are written."""
    origin = value.origin
    return None if origin is None else origin.locate(start, end)


def _colon(node: Node | None) -> tuple[str, Location] | None:
    """The `: ` that makes a command a mapping: the text before it, and its place."""
    if not isinstance(node, Mapping) or not node.entries:
        return None
    entry = node.entries[0]
    key = entry.key
    if not isinstance(key, Scalar) or node.source.text[node.span.start : key.span.start].strip():
        return None
    at = node.source.text.find(":", key.span.end, node.span.end)
    if at < 0:
        return None
    span = key.span._replace(start=at, end=min(at + 2, len(node.source.text)))
    return key.text, Location(node.source, span)


def _quote(value: Value, above: Value) -> Fix | None:
    """Make the item of a list the string it looks like; None where that is not one line."""
    node = value.node
    if (
        node is None
        or node.tag is not None
        or node.anchor is not None
        or not isinstance(node, (Scalar, Mapping))
        or isinstance(node, InterpolatedScalar)
        or any(hop.kind in ("alias", "merge") for hop in value.via)
    ):
        return None
    if isinstance(node, Mapping):
        parts = [part for entry in node.entries for part in (entry.key, entry.value)]
        if node.flow or len(parts) != 2 or any(part.anchor or part.tag for part in parts):
            return None
    text = node.source.slice(node.span)
    if not text.strip() or "\n" in text or "\r" in text:
        return None
    flow = not isinstance(above.node, Sequence) or above.node.flow
    if "'" not in text or flow:
        written = "'" + text.replace("'", "''") + "'"
        title = "Quote the command" if isinstance(node, Mapping) else "Quote it"
        return Fix(title, (Edit(node.source.path, node.span, written),))
    start = node.source.position(node.span.start)
    line = node.source.line(start.line)
    if line[: start.column - 1].strip() not in ("-",):
        return None
    newline = "\r\n" if "\r\n" in node.source.text else "\n"
    indent = " " * (start.column - 1)
    written = f"|{newline}{indent}{text}"
    return Fix("Write the command under `- |`", (Edit(node.source.path, node.span, written),))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _homes() -> dict[str, str]:
    """Where a keyword belongs that somebody wrote straight into a job."""
    homes: dict[str, str] = {}
    for name in ("artifacts", "cache", "environment", "retry", "image", "release", "parallel"):
        for key in _record_keys(EITHER[name]):
            homes.setdefault(key, name)
    return {key: home for key, home in homes.items() if key not in EITHER}


def _record_keys(keyword: Keyword) -> Iterator[str]:
    waiting: list[Kind | None] = [keyword.kind]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, Record):
            yield from kind.keys
        elif isinstance(kind, Items):
            waiting.append(kind.of)
        elif isinstance(kind, Shapes):
            waiting.append(kind.mapping)
