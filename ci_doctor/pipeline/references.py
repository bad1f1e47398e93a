"""`!reference [job, key, …]`: resolved after `extends`, wherever it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial

from ..yamldoc.nodes import Alias, Fault, Mapping, Node, Scalar, Sequence
from .model import Data, Hop, Value, as_string
from .values import REFERENCE, is_reference, key_name, reference_location


class References:
    """Resolves the references of one pipeline in `root`, its entries after `extends`.

    Faults are found at once, by one walk over what holds references; values are resolved when they are
    asked for. With `complete` false some file was not read: what is not found may be there.
    """

    def __init__(self, root: Value, documents: Iterable[Node], *, complete: bool) -> None:
        self._root = root
        self._complete = complete
        self._holders = _holders(documents)
        self._broken: set[int] = set()  # ids of reference nodes without a target
        self._circular: set[int] = set()
        self._done: set[int] = set()
        self._kept: list[Value] = []  # Values made on the way: their ids stay in use
        self._replaced: list[Value] = []
        self._silent = False
        self.faults: list[Fault] = []
        if self._holders:
            self._walk(self._root)
            # GitLab never sees what was replaced, a reader of `shadowed` does: it must end too.
            self._silent = True
            while self._replaced:
                self._walk(self._replaced.pop())

    def resolve(self, value: Value) -> Value:
        """`value` with every reference in it replaced by what it names."""
        if not self._holders:
            return value
        return self._follow(value) if is_reference(value) else self._view(value)

    def _view(self, value: Value) -> Value:
        shadowed = tuple(map(self.resolve, value.shadowed))
        if not self._may_hold(value):
            return value.standing(value.key, shadowed) if shadowed else value
        return Value.lazy(
            partial(self._data, value), value.node, value.key, value.via, shadowed, composed=True
        )

    def _data(self, value: Value) -> Data:
        data = value.data
        if isinstance(data, tuple):
            return tuple(map(self.resolve, data))
        if isinstance(data, dict):
            return {key: self.resolve(entry) for key, entry in data.items()}
        return data

    def _may_hold(self, value: Value) -> bool:
        return value.composed or id(value.node) in self._holders

    def _follow(self, value: Value) -> Value:
        """The value that a chain of references ends in; one that ends nowhere is unknown or null."""
        found: Value | None = value
        hops: tuple[Hop, ...] = ()
        while found is not None and is_reference(found):
            node = found.node
            assert node is not None
            if id(node) in self._circular or id(node) in self._broken:
                found = None
                break
            path = _path(node)
            assert path is not None
            hop = Hop("reference", reference_location(node), _shown(path))
            hops = (hop, *found.via, *hops)
            found = self._target(path)
        if found is None:
            return Value(None, value.node, value.key, value.via, value.shadowed)
        shadowed = tuple(map(self.resolve, value.shadowed))
        return self._view(found).brought_by(*hops).standing(value.key, shadowed)

    def _target(self, path: list[str]) -> Value | None:
        found = self._root.get(*path)
        return None if found is None or _is_empty(found) else found

    def _walk(self, start: Value) -> None:
        """Find broken and circular references: depth first, each container and reference once."""
        done = self._done
        position: dict[int, int] = {}  # where a container or reference stands on the path
        path: list[tuple[int, Value, list[Value]]] = []
        waiting = [start]
        while True:
            if waiting:
                value = waiting.pop()
                identity = self._identity(value)
                if identity is None or identity in done:
                    continue
                if identity in position:
                    self._circle([item for _, item, _ in path[position[identity] :]], value)
                    continue
                self._kept.append(value)
                position[identity] = len(path)
                path.append((identity, value, waiting))
                waiting = self._below(value)
            elif path:
                identity, _, waiting = path.pop()
                del position[identity]
                done.add(identity)
            else:
                return

    def _identity(self, value: Value) -> int | None:
        """What makes two Values the same for the walk; None for one that holds no reference."""
        if value.node is not None and not value.composed:
            holds = is_reference(value) or id(value.node) in self._holders
            return id(value.node) if holds else None
        return id(value)

    def _below(self, value: Value) -> list[Value]:
        if is_reference(value):
            return self._check(value)
        data = value.data
        below = [*data.values()] if isinstance(data, dict) else [*value.items]
        for child in below:
            self._replaced += child.shadowed
        return below[::-1]

    def _check(self, value: Value) -> list[Value]:
        node = value.node
        assert node is not None
        path = _path(node)
        if path is None:
            self._broken.add(id(node))
            written = _shown_any(node)
            self._fault("reference-invalid", node, f"!reference {written} is not valid")
            return []
        target = self._target(path)
        if target is None:
            self._broken.add(id(node))
            if self._complete:
                message = f"!reference {_shown(path)} could not be found"
                self._fault("reference-undefined", node, message)
            return []
        return [target]

    def _circle(self, path: list[Value], again: Value) -> None:
        for value in [*path, again]:
            if is_reference(value):
                node = value.node
                assert node is not None
                if id(node) not in self._circular:
                    self._circular.add(id(node))
                    shown = _shown(_path(node) or [])
                    message = f"!reference {shown} is part of a circular chain"
                    self._fault("reference-cycle", node, message)
                return

    def _fault(self, check: str, node: Node, message: str) -> None:
        if not self._silent:
            self.faults.append(Fault(check, message, reference_location(node)))


def _is_empty(value: Value) -> bool:
    """Null and false count as not found."""
    return (value.data is None or value.data is False) and not is_reference(value)


def _path(node: Node) -> list[str] | None:
    """The keys of a reference; None where they are no list of strings."""
    if not isinstance(node, Sequence) or not node.items:
        return None
    keys = [item.target for item in node.items]
    if not all(isinstance(key, Scalar) and isinstance(key.value, str) for key in keys):
        return None
    return [key_name(key) for key in keys]


def _shown(path: list[str]) -> str:
    return json.dumps(path, ensure_ascii=False)


def _shown_any(node: Node) -> str:
    """The data of an invalid reference as Ruby prints it, for the scalars and lists one meets."""
    if isinstance(node, Scalar):
        return json.dumps(node.text, ensure_ascii=False)
    if isinstance(node, Sequence) and all(isinstance(i.target, Scalar) for i in node.items):
        values = [i.target.value for i in node.items if isinstance(i.target, Scalar)]
        return "[" + ", ".join(map(_inspect, values)) + "]"
    return node.source.slice(node.span)


def _inspect(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return "nil" if value is None else as_string(value) or ""


def _holders(documents: Iterable[Node]) -> set[int]:
    """The ids of the nodes that are, or hold, a reference."""
    holders: set[int] = set()
    above: dict[int, list[Node]] = {}
    seen: set[int] = set()
    found: list[Node] = []
    waiting = list(documents)
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.tag == REFERENCE:
            found.append(node)
            continue
        below: list[Node] = []
        if isinstance(node, Mapping):
            below = [entry.value for entry in node.entries]
        elif isinstance(node, Sequence):
            below = node.items
        elif isinstance(node, Alias):
            below = [node.node]
        for child in below:
            above.setdefault(id(child), []).append(node)
        waiting += below
    while found:
        node = found.pop()
        if id(node) not in holders:
            holders.add(id(node))
            found += above.get(id(node), ())
    return holders
