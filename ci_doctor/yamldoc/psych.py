"""What GitLab's YAML loader, Ruby's Psych, makes of scalars, tags and merge keys.

Observed on Psych 4.0.4, `safe_load` with Symbol permitted and aliases on. In Ruby `^` and `$`
match at every line of a scalar, so the patterns here do too.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from .nodes import Mapping, Node, Plain, Scalar, Sequence

# GitLab's own tag: such a node is no string, list or hash for Psych.
REFERENCE = "!reference"


class Symbol(str):
    """What unquoted `:name` becomes: as a key the same as the string, as a value no String."""

    __slots__ = ()


class Refused(Exception):
    """Psych raises for this scalar or tag; the message is in its words."""


_WORD = re.compile(r"^[^0-9.:-]?(?:[^\W\d_]|[_\s!@#$%^&*(){}<>|/\\~;=])", re.M)
_NO_CONSTANT = re.compile(r"^[^ytonf~]", re.M | re.I)
_NULL = re.compile(r"^null$", re.M | re.I)
_TRUE = re.compile(r"^(?:yes|true|on)$", re.M | re.I)
_FALSE = re.compile(r"^(?:no|false|off)$", re.M | re.I)
_BLANK = r"[ \t\r\n\f\v]"
_TIME = re.compile(
    rf"^-?[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}(?:[Tt]|{_BLANK}+)[0-9]{{1,2}}:[0-9]{{2}}:[0-9]{{2}}"
    rf"(?:\.[0-9]*)?(?:{_BLANK}*(?:Z|[-+][0-9]{{1,2}}:?(?:[0-9]{{2}})?))?$"
)
_DATE = re.compile(r"^[0-9]{4}-(?:1[012]|0[0-9]|[0-9])-(?:[12][0-9]|3[01]|0[0-9]|[0-9])$")
_SPECIAL_FLOATS = {
    ".inf": float("inf"),
    "+.inf": float("inf"),
    "-.inf": float("-inf"),
    ".nan": float("nan"),
}
_QUOTED_SYMBOL = re.compile(r"^:([\"'])(.*)\1")
_BASE_60 = re.compile(r"^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}(\.[0-9_]*)?$")
_FLOAT = re.compile(r"^[-+]?(?:[0-9][0-9_,]*)?\.[0-9]*(?:[eE][-+][0-9]+)?$")
_INTEGER = re.compile(
    r"^([-+]?)(?:0b([01_,]+)|0([0-7_,]+)|(0|[1-9](?:[0-9]|,[0-9]|_[0-9])*)|0x([0-9a-fA-F_,]+))$"
)
_LEADING_INTEGER = re.compile(r"[-+]?[0-9]+(?:_[0-9]+)*")
_LEADING_FLOAT = re.compile(r"[-+]?[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*)?")
# Python refuses to convert longer decimal numbers; nothing in a pipeline is one.
_LONGEST_NUMBER = 4000


def resolve(text: str) -> Plain:
    """The value of an untagged plain scalar. Raises Refused for a date or a time."""
    if not text:
        return None
    # The usual case first: a string of more than five characters that begins with a letter.
    if (len(text) > 5 and text[0].isalpha()) or len(text) > _LONGEST_NUMBER:
        return text
    if "\n" in text or _WORD.match(text):
        return text if len(text) > 5 else _constant(text)
    if _TIME.match(text):
        raise Refused("Tried to load unspecified class: Time")
    if _DATE.match(text):
        raise Refused("Tried to load unspecified class: Date")
    special = _SPECIAL_FLOATS.get(text.lower())
    if special is not None:
        return special
    if text[0] == ":" and len(text) > 1:
        quoted = _QUOTED_SYMBOL.match(text)
        return Symbol((quoted.group(2) if quoted else text).removeprefix(":"))
    return _number(text)


def _constant(text: str) -> Plain:
    if _NO_CONSTANT.search(text):
        return text
    if text == "~" or _NULL.search(text):
        return None
    if _TRUE.search(text):
        return True
    return False if _FALSE.search(text) else text


def _number(text: str) -> Plain:
    base_60 = _BASE_60.match(text)
    if base_60:
        # Two parts count as hours and minutes: the first is always scaled by 3600.
        parts = zip(text.split(":"), (3600, 60, 1), strict=False)
        if base_60.group(1) is None:
            return sum(_ruby_integer(part) * scale for part, scale in parts)
        return sum(_ruby_float(part) * scale for part, scale in parts)
    if _FLOAT.match(text):
        if text in (".", "+.", "-."):
            return text
        digits = re.sub(r"\.([Ee]|$)", r"\1", text.replace(",", "").replace("_", ""))
        try:
            return float(digits)
        except ValueError:
            raise Refused(f'invalid value for Float(): "{digits}"') from None
    integer = _INTEGER.match(text)
    if integer:
        sign, *groups = integer.groups()
        for digits, base in zip(groups, (2, 8, 10, 16), strict=True):
            if digits is not None:
                digits = digits.replace(",", "").replace("_", "")
                if digits or base == 8:
                    return int(sign + (digits or "0"), base)
                raise Refused(f'invalid value for Integer(): "{text.rstrip("_,")}"')
    return text


def _ruby_integer(text: str) -> int:
    """Ruby's `to_i`: what can be read of it from the left."""
    match = _LEADING_INTEGER.match(text)
    return int(match.group()) if match else 0


def _ruby_float(text: str) -> float:
    match = _LEADING_FLOAT.match(text)
    return float(match.group()) if match else 0.0


_STRING_TAG = re.compile(r"^(?:!!str$|!(?:str|ruby/string)(?::(.*))?$)")
_SYMBOL_TAG = re.compile(r"^!ruby/sym(?:bol)?:?")
# Tags that ask for a Ruby class: what group 1 names, or else the class given here.
_SCALAR_CLASSES = (
    (re.compile(r"^!ruby/object:(BigDecimal|DateTime|Complex|Rational)$"), ""),
    (re.compile(r"^!ruby/regexp$"), "Regexp"),
    (re.compile(r"^!ruby/range$"), "Range"),
)
_SEQUENCE_CLASSES = ((re.compile(r"^!(?:seq|ruby/array):(.*)$"), ""),)
_MAPPING_CLASSES = (
    (re.compile(r"^!ruby/object:Hash$"), ""),
    (re.compile(r"^!ruby/object:?(.*)$"), "Object"),
    (re.compile(r"^!ruby/struct:?(.*)$"), "Struct"),
    (re.compile(r"^!ruby/exception:?(.*)$"), "Exception"),
    (re.compile(r"^!ruby/range$"), "Range"),
    (re.compile(r"^!!?set$"), "Psych::Set"),
    (re.compile(r"^!!?omap$"), "Psych::Omap"),
    (
        re.compile(
            r"^!(?:str|map|ruby/string|ruby/array|ruby/hash|ruby/hash-with-ivars|ruby/marshalable)"
            r":(.*)$"
        ),
        "",
    ),
)


def tagged_value(tag: str, text: str) -> Plain:
    """The value of a scalar with an explicit tag, whatever its style. May raise Refused.

    Tags are as in `Node.tag`. An unknown one is ignored, and the quotes with it: `!x "1"` is 1.
    """
    if tag == REFERENCE:
        return text
    string = _STRING_TAG.match(tag)
    if string:
        _refuse_class(string.group(1))
        return text
    if tag in ("!binary", "!!binary"):
        return _unpack(text)
    if _SYMBOL_TAG.match(tag):
        return Symbol(text)
    if tag in ("!ruby/class", "!ruby/module"):
        _refuse_class(text)
    _refuse_classes(tag, _SCALAR_CLASSES)
    value = resolve(text)
    if tag in ("!float", "!!float"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Refused(f'invalid value for Float(): "{text}"')
        return float(value)
    return value


def check_tag(node: Sequence | Mapping) -> None:
    """Raise Refused where the tag of a collection asks for a Ruby class."""
    if node.tag is not None and node.tag != REFERENCE:
        _refuse_classes(
            node.tag, _SEQUENCE_CLASSES if isinstance(node, Sequence) else _MAPPING_CLASSES
        )


def _refuse_classes(tag: str, classes: Iterable[tuple[re.Pattern[str], str]]) -> None:
    for pattern, default in classes:
        match = pattern.match(tag)
        if match:
            _refuse_class((match.group(1) if pattern.groups else "") or default)
            return


def _refuse_class(name: str | None) -> None:
    if name and name != "Symbol":
        raise Refused(f"Tried to load unspecified class: {name}")


def _unpack(text: str) -> str:
    """Base64 as leniently as Ruby reads it."""
    digits = re.sub(r"=.*|[^0-9A-Za-z+/]", "", text, flags=re.DOTALL)
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    padded = digits + "=" * (-len(digits) % 4)
    return base64.b64decode(padded).decode("utf-8", errors="replace")


def is_merge(key: Node, value: Node) -> bool:
    """Whether Psych merges `value` at this `key`, instead of keeping it under the name `<<`."""
    name = key.target
    if not isinstance(name, Scalar) or name.value != "<<" or key.tag == "!!str":
        return False
    if isinstance(name.value, Symbol):
        return False
    if isinstance(value, Sequence):
        return value.tag != REFERENCE and all(_is_hash(item) for item in value.items)
    return _is_hash(value)


def _is_hash(node: Node) -> bool:
    return isinstance(node.target, Mapping) and node.target.tag != REFERENCE


def key_name(key: Node) -> Hashable:
    """What makes two keys of a mapping the same: the string, for other values their type too."""
    target = key.target
    if not isinstance(target, Scalar):
        return target
    value = target.value
    return str(value) if isinstance(value, str) else (type(value), value)


@dataclass(slots=True, eq=False)
class Merged:
    """An entry of a mapping after its merge keys have been followed.

    `name` is what `key_name` gives; `key` and `value` are the nodes where it is written. An entry
    that a merge brought has `step`, the node under this mapping's `<<` (the `*alias` or a mapping),
    and `inner`, the same entry in the mapping merged. `replaced` is the entry it took the place of.
    """

    name: Hashable
    key: Node
    value: Node
    step: Node | None = None
    inner: Merged | None = None
    replaced: Merged | None = None

    @property
    def steps(self) -> tuple[Node, ...]:
        """The steps from where it is written to this mapping, the nearest to this one last."""
        steps: list[Node] = []
        entry: Merged | None = self
        while entry is not None:
            if entry.step is not None:
                steps.append(entry.step)
            entry = entry.inner
        return tuple(reversed(steps))

    @property
    def shadowed(self) -> tuple[Merged, ...]:
        """All it replaced in this mapping, nearest first."""
        shadowed: list[Merged] = []
        entry = self.replaced
        while entry is not None:
            shadowed.append(entry)
            entry = entry.replaced
        return tuple(shadowed)


def merged_entries(mapping: Mapping) -> list[Merged]:
    """The entries that count, in the order of Psych's hash.

    A later entry or merge replaces what came before it; in `<<: [*a, *b]` the first wins. A key
    stays in the place where it first came up. A mapping that is merged into itself adds nothing.
    """
    done: dict[int, list[Merged]] = {}
    begun: set[int] = set()
    waiting = [mapping]
    while waiting:
        current = waiting[-1]
        if id(current) not in begun:
            begun.add(id(current))
            waiting += [
                source
                for entry in current.entries
                if entry.merge
                for _, source in _sources(entry.value)
                if id(source) not in begun
            ]
            continue
        if id(current) not in done:
            done[id(current)] = _merge(current, done)
        waiting.pop()
    return done[id(mapping)]


def _merge(mapping: Mapping, done: dict[int, list[Merged]]) -> list[Merged]:
    merged: dict[Hashable, Merged] = {}
    for entry in mapping.entries:
        if not entry.merge:
            name = key_name(entry.key)
            merged[name] = Merged(name, entry.key, entry.value, replaced=merged.get(name))
            continue
        for step, source in reversed(_sources(entry.value)):
            for inner in done.get(id(source), ()):
                merged[inner.name] = Merged(
                    inner.name, inner.key, inner.value, step, inner, merged.get(inner.name)
                )
    return list(merged.values())


def _sources(value: Node) -> list[tuple[Node, Mapping]]:
    """The mappings under a merge key, each with the node that names it."""
    nodes = value.items if isinstance(value, Sequence) else [value]
    return [(node, node.target) for node in nodes if isinstance(node.target, Mapping)]
