"""`spec:inputs` and `$[[ … ]]`: a file's content with its inputs filled in.

GitLab interpolates after parsing, node by node, keys too, and only in a file whose header has
`spec`. A block that is a whole scalar keeps the input's type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from ..source import Location, Source
from ..text import Symbol, Text
from ..yamldoc import parse_yaml
from ..yamldoc.nodes import Alias, Entry, Fault, Node, Plain, Scalar, Sequence, YamlFile
from ..yamldoc.nodes import Mapping as MappingNode
from . import re2
from .model import Value, as_string
from .rules_expression import ExpressionError, evaluate, parse_expression
from .scalars import InputUse, InterpolatedScalar, Piece
from .values import Reader
from .variables import names_in

TYPES = ("array", "boolean", "number", "string")
MAX_BLOCKS = 10_000
MAX_FUNCTIONS = 3
MAX_ACCESS_BYTES = 1024
_MAX_ACCESS_PARTS = 5
_LONG_BLOCK = 4 * MAX_ACCESS_BYTES


@dataclass(frozen=True, slots=True)
class Given:
    """The inputs an `include` or a user passes. `required`: what is missing cannot come later."""

    values: Mapping[str, Value] = field(default_factory=dict)
    required: bool = True


@dataclass(frozen=True, slots=True)
class Shared:
    """Inputs that `spec:include` declares, by name, with the entry that brings each.

    `complete` is false where one of its files could not be read.
    """

    inputs: Mapping[str, Value] = field(default_factory=dict)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a file: `value` is None where nobody here can see it."""

    name: str
    type: str
    value: Value | None
    domain: str = ".*"


@dataclass(slots=True)
class Interpolation:
    """`content` with known inputs filled in; `open` where more inputs may be declared elsewhere."""

    content: Node
    inputs: dict[str, Input] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    open: bool = False
    component: Mapping[str, str] = field(default_factory=dict)  # what `spec:component` asks for


_NO_COMPONENT: Mapping[str, str] = MappingProxyType({})


def from_python(name: str, data: object) -> Value:
    """A Value for an input given on the command line or by a caller (JSON data)."""
    source = Source(f"input {name}", json.dumps(data, default=str), external=True)
    content = parse_yaml(Source(source.path, f"[{source.text}]", external=True)).content
    assert isinstance(content, Sequence)
    return Reader().value(content.items[0])


def interpolate(
    file: YamlFile,
    given: Given,
    use: Location | None,
    variables: Mapping[str, str],
    reader: Reader,
    shared: Shared,
    component: Mapping[str, str] = _NO_COMPONENT,
) -> Interpolation:
    """The content of `file`. `use` is where a missing input is missing, None for an entry file.

    `component` is what is known of the component that the file is part of.
    """
    content = file.content
    assert content is not None
    result = Interpolation(content)
    if file.header is None:
        for value in list(given.values.values())[:1]:
            message = (
                "Given inputs not defined in the `spec` section of the included configuration file"
            )
            place = value.key_location or value.location or use or content.location
            result.faults.append(Fault("input-undefined", message, place))
        return result
    header = reader.value(file.header)
    _Specification(header, given, use, shared, result).read()
    asked = header.get("spec", "component")
    names = {item.string for item in asked.items} if asked is not None else set()
    result.component = {name: value for name, value in component.items() if name in names}
    if "$[[" in file.source.text:
        result.content = _Template(result, file.source.path, variables).fill(content)
    return result


class _Specification:
    """Reads `spec`; its keywords are checked elsewhere, the values of inputs here."""

    def __init__(
        self,
        header: Value,
        given: Given,
        use: Location | None,
        shared: Shared,
        result: Interpolation,
    ) -> None:
        self._spec = header.get("spec")
        self._shared = shared
        self._given = given
        self._use = use
        self._result = result

    def read(self) -> None:
        declared = None if self._spec is None else self._spec.get("inputs")
        own = {} if declared is None else declared.entries
        twice = [name for name in own if name in self._shared.inputs]
        for name in twice:
            message = (
                f"Duplicate input keys found: {', '.join(twice)}. "
                "Input keys must be unique across all included files and inline specifications."
            )
            self._fault("input-invalid", message, own[name].key_location)
        entries = {**self._shared.inputs, **own}
        self._result.open = not self._shared.complete
        undefined = [name for name in self._given.values if name not in entries]
        if not self._result.open:
            for name in undefined:
                value = self._given.values[name]
                message = f"unknown input arguments: {', '.join(undefined)}"
                self._fault("input-undefined", message, value.key_location or value.location)
        # Rules ask for other inputs: those without rules come first.
        for name in sorted(entries, key=lambda name: entries[name].get("rules") is not None):
            self._result.inputs[name] = self._input(name, entries[name])

    def _fault(self, check: str, message: str, location: Location | None) -> None:
        place = location or self._use
        if place is None:
            assert self._spec is not None and self._spec.location is not None
            place = self._spec.location
        self._result.faults.append(Fault(check, message, place))

    def _refuse(self, name: str, what: str, location: Location | None) -> None:
        self._fault("input-invalid", f"`{name}` input: {what}", location)

    def _input(self, name: str, spec: Value) -> Input:
        kind = spec.get("type")
        given = self._given.values.get(name)
        if spec.data is not None and not spec.is_mapping:
            return Input(name, "string", None)
        if kind is not None and kind.data not in TYPES:
            return Input(name, "string", None)
        type_name = "string" if kind is None else str(kind.data)
        default, options, sure = self._choices(spec)
        value = given if given is not None and given.data is not None else default
        required = default is None
        if required and given is None and sure and self._given.required:
            place = self._use
            message = f"`{name}` input: required value has not been provided"
            self._fault("input-missing", message, place)
        self._check_spec(name, type_name, spec)
        if default is not None:
            self._check(name, type_name, default, options, spec, "default")
        if given is not None and given.data is not None:
            self._check(name, type_name, given, options, spec, "provided")
        known = value is not None and (sure or given is not None) and not value.has_unknown
        return Input(name, type_name, value if known else None, _domain(type_name, options))

    def _choices(self, spec: Value) -> tuple[Value | None, Value | None, bool]:
        """Default and options, and whether they are known: rules may depend on unknown inputs."""
        rules = spec.get("rules")
        if rules is None:
            return spec.get("default"), spec.get("options"), True
        for rule in rules.items:
            matches = self._holds(rule.get("if"))
            if matches is None:
                return None, None, False
            if matches:
                default = rule.get("default")
                empty = default is None or default.data is None
                return (None if empty else default), rule.get("options"), True
        return None, None, True

    def _holds(self, condition: Value | None) -> bool | None:
        if condition is None:
            return True
        if condition.string is None:
            return None
        try:
            expression = parse_expression(condition.string)
        except ExpressionError as error:
            origin = condition.origin
            place = condition.location if origin is None else origin.locate(error.start, error.end)
            self._fault("rules-expression-invalid", "if invalid expression syntax", place)
            return None
        return evaluate(expression, self._lookup)

    def _lookup(self, name: str) -> Text | None:
        found = self._result.inputs.get(name.removeprefix("inputs."))
        if found is None or found.value is None:
            return Text((Symbol(name),))
        if isinstance(found.value.data, bool):
            # A boolean compares with booleans only; as a text it would compare with none.
            return Text((Symbol(name),))
        return found.value.text

    def _check_spec(self, name: str, type_name: str, spec: Value) -> None:
        options, regex = spec.get("options"), spec.get("regex")
        if (
            options is not None
            and options.data is not None
            and type_name not in ("string", "number")
        ):
            what = "Options can only be used with string and number inputs"
            self._refuse(name, what, options.key_location)
        if regex is None:
            return
        if type_name != "string":
            what = "RegEx validation can only be used with string inputs"
            self._refuse(name, what, regex.key_location)
        elif isinstance(regex.data, str):
            try:
                re2.parse(regex.data)
            except re2.Re2Error as error:
                origin = regex.origin
                place = regex.location
                if origin is not None:
                    place = origin.locate(error.start, error.end)
                self._refuse(name, "invalid regular expression", place)

    def _check(
        self,
        name: str,
        type_name: str,
        value: Value,
        options: Value | None,
        spec: Value,
        which: str,
    ) -> None:
        if value.has_unknown:
            return
        if not _has_type(value, type_name):
            article = "an" if type_name == "array" else "a"
            self._refuse(name, f"{which} value is not {article} {type_name}", value.location)
            return
        if options is not None and options.is_list and type_name in ("string", "number"):
            allowed = [option.data for option in options.items]
            if value.data not in allowed:
                listed = "the allowed options" if type_name == "number" else "allowed options"
                shown = value.string
                what = f"`{shown}` cannot be used because it is not in the list of {listed}"
                self._refuse(name, what, value.location)
        regex = spec.get("regex")
        if type_name == "string" and regex is not None and isinstance(regex.data, str):
            try:
                matches = re2.parse(regex.data).search(value.string or "")
            except re2.Re2Error:
                return
            if matches is False:
                what = f"{which} value does not match required RegEx pattern"
                self._refuse(name, what, value.location)


def _has_type(value: Value, type_name: str) -> bool:
    data = value.data
    if type_name == "string":
        return isinstance(data, str)
    if type_name == "boolean":
        return isinstance(data, bool)
    if type_name == "number":
        return isinstance(data, (int, float)) and not isinstance(data, bool)
    return value.is_list


def _domain(type_name: str, options: Value | None) -> str:
    if options is not None and options.items:
        return "|".join(re.escape(option.string or "") for option in options.items)
    return {"boolean": "true|false", "number": "-?[0-9].*"}.get(type_name, ".*")


class Block(NamedTuple):
    """A `$[[ … ]]`: its characters in the text and what stands in it."""

    start: int
    end: int
    expression: str


def blocks(text: str) -> Iterator[Block]:
    """The interpolation blocks of a scalar."""
    at, close = text.find("$[["), -1
    while at >= 0:
        if close < at + 3:
            close = text.find("]]", at + 3)
        end = close
        while 0 <= end < at + _LONG_BLOCK and len(text[at + 3 : end].strip()) < 2:
            end = text.find("]]", end + 1)  # GitLab wants two characters: `]]` may be among them
        if end < 0:
            return
        expression = text[at + 3 : min(end, at + _LONG_BLOCK)].strip()
        if "\n" in expression:
            at = text.find("$[[", at + 3)
        else:
            yield Block(at, end + 2, expression)
            at = text.find("$[[", end + 2)


class _Failed(Exception):
    pass


class _Template:
    """Fills the blocks of one file."""

    def __init__(self, result: Interpolation, path: str, variables: Mapping[str, str]) -> None:
        self._result = result
        self._path = path
        self._variables = variables
        self._values: dict[str, Value | Symbol | str | None] = {}  # by expression; None: left alone

    def fill(self, content: Node) -> Node:
        """A copy in which only what holds blocks is new; without recursion, and loops stay loops."""
        nodes: dict[int, Node] = {}
        above: dict[int, list[int]] = {}
        waiting = [content]
        found: list[int] = []
        while waiting:
            node = waiting.pop()
            if id(node) in nodes:
                continue
            nodes[id(node)] = node
            if isinstance(node, Scalar) and "$[[" in node.text:
                found.append(id(node))
            for child in _children(node):
                above.setdefault(id(child), []).append(id(node))
                waiting.append(child)
        changed: dict[int, Node] = {}
        while found:
            identity = found.pop()
            if identity not in changed:
                changed[identity] = self._copy(nodes[identity])
                found += above.get(identity, ())
        for identity, new in changed.items():
            _connect(nodes[identity], new, changed)
        return changed.get(id(content), content)

    def _copy(self, node: Node) -> Node:
        if isinstance(node, Scalar):
            return self._scalar(node)
        shared = {"tag": node.tag, "anchor": node.anchor}
        if isinstance(node, Sequence):
            return Sequence(node.source, node.span, [], node.flow, **shared)
        if isinstance(node, MappingNode):
            return MappingNode(node.source, node.span, [], node.flow, **shared)
        assert isinstance(node, Alias)
        return Alias(node.source, node.span, node.name, node.node, **shared)

    def _scalar(self, node: Scalar) -> Node:
        found = list(blocks(node.text))
        values = [self._value(block, node) for block in found]
        if not any(value is not None for value in values):
            return node
        if len(found) == 1 and found[0].start == 0 and found[0].end == len(node.text):
            return self._whole(node, values[0])
        pieces: list[Piece] = []
        text = ""
        at = 0
        for block, value in zip(found, values, strict=True):
            text = _copied(pieces, text, node.text, at, block.start)
            at = block.end
            text = _filled(pieces, text, node.text, block, value)
        text = _copied(pieces, text, node.text, at, len(node.text))
        return _interpolated(node, text, text, pieces)

    def _whole(self, node: Scalar, value: Value | Symbol | str | None) -> Node:
        length = len(node.text)
        if isinstance(value, Symbol):
            return _interpolated(
                node, node.text, node.text, [Piece(0, length, 0, length, True, value)]
            )
        if (
            isinstance(value, Value)
            and value.node is not None
            and not isinstance(value.node.target, Scalar)
        ):
            return InputUse(node.source, node.span, node.text, value.node)
        data = value.data if isinstance(value, Value) else value
        plain: Plain = data if not isinstance(data, (tuple, dict)) else None
        text = as_string(plain) or ""
        return _interpolated(node, plain, text, [Piece(0, len(text), 0, length, True)])

    def _value(self, block: Block, node: Scalar) -> Value | Symbol | str | None:
        """What a block stands for: None leaves it as it is written."""
        expression = block.expression
        if expression in self._values:
            return self._values[expression]
        try:
            value = self._evaluate(expression)
        except _Failed as failure:
            place = node.origin.locate(block.start, block.end)
            self._result.faults.append(Fault("interpolation-invalid", str(failure), place))
            return Symbol(expression, self._path)
        if len(self._values) >= MAX_BLOCKS:
            return Symbol(expression, self._path)
        self._values[expression] = value
        if len(self._values) == MAX_BLOCKS:
            place = node.origin.locate(block.start, block.end)
            message = "too many interpolation blocks"
            self._result.faults.append(Fault("interpolation-invalid", message, place))
        return value

    def _evaluate(self, expression: str) -> Value | Symbol | str | None:
        access, *functions = [part.strip() for part in expression.split("|")]
        if access.split(".")[0] == "matrix":
            return None  # filled in later, in `needs:parallel:matrix`
        if len(access.encode()) > MAX_ACCESS_BYTES:
            raise _Failed("maximum interpolation expression size exceeded")
        parts = access.split(".", _MAX_ACCESS_PARTS - 1)
        if len(parts) < 2:
            raise _Failed("invalid interpolation access pattern")
        if parts[0] == "component":
            known = self._result.component.get(parts[1]) if len(parts) == 2 else None
            value = None if known is None else from_python(access, known)
            domain = ".*"
        elif parts[0] != "inputs":
            raise _Failed(f"unknown interpolation key: `{parts[0]}`")
        else:
            value, domain = self._input(parts[1], len(parts) > 2)
        if len(functions) > MAX_FUNCTIONS:
            raise _Failed("too many functions in interpolation block")
        for function in functions:
            if not _FUNCTION.fullmatch(function):
                raise _Failed(
                    f"no function matching `{function}`: "
                    "check that the function name, arguments, and types are correct"
                )
        if value is None:
            name = " | ".join([access, *functions])
            return Symbol(name, self._path, ".*" if functions else domain)
        return self._apply(functions, value, access)

    def _input(self, part: str, deeper: bool) -> tuple[Value | None, str]:
        name, *indices = re.split(r"\[(\d+)\]", part) if "[" in part else [part]
        if name not in self._result.inputs:
            if self._result.open:
                return None, ".*"
            raise _Failed(f"unknown interpolation key: `{name}`")
        found = self._result.inputs[name]
        value = found.value
        if deeper or any(indices[1::2]):
            return None, ".*"
        for index in indices[::2]:
            if value is None or int(index) >= len(value.items):
                return None, ".*"
            value = value.items[int(index)]
        return value, ".*" if indices else found.domain

    def _apply(self, functions: list[str], value: Value, access: str) -> Value | Symbol | str:
        if not functions:
            return value
        current: Value | str = value
        for position, function in enumerate(functions):
            name = function.split("(")[0]
            text = current.data if isinstance(current, Value) else current
            if not isinstance(text, str):
                raise _Failed(
                    f"error in `{name}` function: "
                    f"invalid input type: {name} can only be used with string inputs"
                )
            if name == "truncate":
                offset, length = (int(number) for number in re.findall(r"\d+", function))
                current = text[offset : offset + length]
            elif name in ("posix_escape", "posix_quote"):
                current = _shell_escape(text)
            elif name == "split":
                separator = function[len("split('") : -2]
                if not separator:
                    raise _Failed(
                        "error in `split` function: invalid argument: separator cannot be empty"
                    )
                pieces = [piece.strip() for piece in text.split(separator)]
                current = from_python(access, [piece for piece in pieces if piece])
            elif all(variable in self._variables for variable in names_in(text)):
                for variable in sorted(names_in(text), key=len, reverse=True):
                    text = re.sub(
                        rf"\$(?:{variable}\b|\{{{variable}\}})",
                        lambda _: self._variables[variable],  # noqa: B023
                        text,
                    )
                current = text
            else:
                return Symbol(" | ".join([access, *functions[: position + 1]]), self._path)
        return current


_FUNCTION = re.compile(
    r"expand_vars|posix_escape|posix_quote|split\('[^']*'\)|truncate\(\s*\d+\s*,\s*\d+\s*\)?"
)


def _shell_escape(text: str) -> str:
    """Ruby's Shellwords.shellescape."""
    if not text:
        return "''"
    escaped = re.sub(r"[^A-Za-z0-9_\-.,:+/@\n]", lambda match: "\\" + match[0], text)
    return escaped.replace("\n", "'\n'")


def _children(node: Node) -> list[Node]:
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, MappingNode):
        return [child for entry in node.entries for child in (entry.key, entry.value)]
    return [node.node] if isinstance(node, Alias) else []


def _connect(old: Node, new: Node, changed: Mapping[int, Node]) -> None:
    if isinstance(old, Sequence) and isinstance(new, Sequence):
        new.items = [changed.get(id(item), item) for item in old.items]
    elif isinstance(old, MappingNode) and isinstance(new, MappingNode):
        new.entries = [
            Entry(
                changed.get(id(entry.key), entry.key),
                changed.get(id(entry.value), entry.value),
                entry.merge,
            )
            for entry in old.entries
        ]
    elif isinstance(old, Alias) and isinstance(new, Alias):
        new.node = changed.get(id(old.node), old.node)


def _copied(pieces: list[Piece], text: str, written: str, start: int, end: int) -> str:
    if end > start:
        pieces.append(Piece(len(text), len(text) + end - start, start, end))
    return text + written[start:end]


def _filled(
    pieces: list[Piece], text: str, written: str, block: Block, value: Value | Symbol | str | None
) -> str:
    filled = None if value is None or isinstance(value, Symbol) else _as_text(value)
    if filled is None:
        whole = written[block.start : block.end]
        symbol = value if isinstance(value, Symbol) else None
        if symbol is None and value is not None:
            symbol = Symbol(block.expression)
        end = len(text) + len(whole)
        pieces.append(Piece(len(text), end, block.start, block.end, symbol is not None, symbol))
        return text + whole
    pieces.append(Piece(len(text), len(text) + len(filled), block.start, block.end, True))
    return text + filled


def _as_text(value: Value | str) -> str | None:
    """`to_s` of a scalar or of a list of scalars; None for what is not written out here."""
    if isinstance(value, str):
        return value
    if value.data is None:
        return ""
    if value.is_list:
        shown = [
            json.dumps(item.data, ensure_ascii=False) if isinstance(item.data, str) else item.string
            for item in value.items
        ]
        if any(item is None for item in shown):
            return None
        return "[" + ", ".join(item for item in shown if item is not None) + "]"
    return value.string


def _interpolated(node: Scalar, value: Plain, text: str, pieces: list[Piece]) -> InterpolatedScalar:
    return InterpolatedScalar(
        node.source,
        node.span,
        value,
        text,
        node.style,
        tag=node.tag,
        anchor=node.anchor,
        written=node,
        pieces=tuple(pieces),
    )
