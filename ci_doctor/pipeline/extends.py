"""`extends`: every top-level mapping merged over its parents."""

from __future__ import annotations

from collections.abc import Mapping

from ..source import Location
from ..yamldoc.nodes import Fault
from .model import Hop, Value
from .values import is_reference, reference_location

# GitLab refuses an entry with more than ten ancestors that extends once more.
MAX_LEVELS = 11


def parents(value: Value) -> list[tuple[str, Value]]:
    """The names in `extends` with the scalars that hold them."""
    extends = value.entries.get("extends")
    if extends is None or is_reference(extends) or extends.is_mapping:
        return []
    names = extends.items if extends.is_list else (extends,)
    return [(name.string, name) for name in names if name.string is not None]


class Extends:
    """Resolves `extends` of all top-level entries.

    `entries` is the result, `unknown` names the parents, direct or not, that no entry defines.
    With `complete` false some file was not read: an undefined parent may be there, and is no fault.
    """

    def __init__(self, entries: Mapping[str, Value], *, complete: bool) -> None:
        self._written = entries
        self._complete = complete
        self._height: dict[str, int] = {}  # levels of parents above an entry
        self._tallest: dict[str, str] = {}  # the parent with the most of them
        self._done: dict[str, Value] = {}
        self.unknown: dict[str, tuple[str, ...]] = {}
        self.faults: list[Fault] = []
        for name in entries:
            self._resolve(name)
        self.entries = {name: self._done[name] for name in entries}

    def _resolve(self, start: str) -> None:
        """Parents first, without recursion: a chain may be as long as the file."""
        path = [start]
        on_path = {start}
        while path:
            name = path[-1]
            if name not in self._done:
                above = parents(self._written[name])
                waiting = (
                    parent
                    for parent, _ in above
                    if parent in self._written and parent not in self._done
                )
                following = next((parent for parent in waiting if parent not in on_path), None)
                if following is not None:
                    path.append(following)
                    on_path.add(following)
                    continue
                self._done[name] = self._merge(name, above, path)
            on_path.discard(path.pop())

    def _merge(self, name: str, above: list[tuple[str, Value]], path: list[str]) -> Value:
        own = self._written[name]
        undefined = [parent for parent, _ in above if parent not in self._written]
        invalid = [
            parent
            for parent, _ in above
            if parent in self._written and not self._written[parent].is_mapping
        ]
        unknown: dict[str, None] = {}
        height = 0
        base: Value | None = None
        for parent, scalar in above:
            place = scalar.location
            assert place is not None
            if parent in undefined:
                unknown[parent] = None
                if self._complete and not scalar.has_unknown:
                    names = ", ".join(undefined)
                    self._fault(
                        "extends-undefined", f"{name}: unknown keys in `extends` ({names})", place
                    )
            elif parent in invalid:
                names = ", ".join(invalid)
                self._fault(
                    "extends-invalid", f"{name}: invalid base hashes in `extends` ({names})", place
                )
            elif parent not in self._done:
                circle = [*path[path.index(parent) :], parent]
                self._fault(
                    "extends-cycle",
                    f"{parent}: circular dependency detected in `extends`",
                    place,
                    "the circle: " + " → ".join(circle),
                )
            else:
                unknown.update(dict.fromkeys(self.unknown.get(parent, ())))
                if self._height.get(parent, 0) >= height:
                    height = self._height.get(parent, 0) + 1
                    self._tallest[name] = parent
                brought = self._done[parent].brought_by(Hop("extends", place, parent))
                base = brought if base is None else brought.merged_over(base)
        extends = own.entries.get("extends")
        if extends is not None and extends.node is not None and is_reference(extends):
            # GitLab resolves references later: this one can never work, and what it means is open.
            unknown[reference_location(extends.node).text] = None
        if unknown:
            self.unknown[name] = tuple(unknown)
        self._height[name] = height
        if height == MAX_LEVELS + 1:
            self._too_deep(name)
        return own if base is None else own.merged_over(base)

    def _too_deep(self, name: str) -> None:
        chain = [name]
        for _ in range(MAX_LEVELS):
            chain.append(self._tallest[chain[-1]])
        place = parents(self._written[name])[0][1].location
        for parent, scalar in parents(self._written[name]):
            if parent == chain[1]:
                place = scalar.location
        assert place is not None
        self._fault(
            "extends-too-deep",
            f"{chain[-1]}: nesting too deep in `extends`",
            place,
            f"GitLab follows {MAX_LEVELS} levels; this chain: " + " → ".join(chain),
        )

    def _fault(self, check: str, message: str, location: Location, hint: str = "") -> None:
        self.faults.append(Fault(check, message, location, hint))
