"""Keys written twice in one mapping: YAML's loader keeps the last and says nothing."""

from __future__ import annotations

from ..finding import Severity
from ..yamldoc.nodes import Entry, Mapping, Node, Scalar, Sequence, YamlFile
from .problems import Collector, quoted
from .values import key_name


def check_duplicates(files: list[YamlFile], out: Collector) -> None:
    """Report every key that replaces an earlier one; a mapping behind an anchor is looked at once."""
    for file in files:
        waiting: list[Node] = list(reversed(file.documents))
        while waiting:
            node = waiting.pop()
            if isinstance(node, Sequence):
                waiting += reversed(node.items)
            elif isinstance(node, Mapping):
                _check(node, out)
                waiting += [entry.value for entry in reversed(node.entries)]


def _check(mapping: Mapping, out: Collector) -> None:
    first: dict[str, Entry] = {}
    for entry in mapping.entries:
        if entry.merge or not isinstance(entry.key, Scalar):
            continue
        name = key_name(entry.key)
        before = first.setdefault(name, entry)
        if before is entry:
            continue
        # The same text twice loses nothing.
        lost = before.value.location.text != entry.value.location.text
        out.report(
            "duplicate-key",
            entry.key.location,
            f"{quoted(name)} is written twice here, "
            + ("this one replaces the first" if lost else "with the same value"),
            related=[before.key.location.noted("written first here")],
            severity=Severity.WARNING if lost else Severity.INFO,
        )
        first[name] = entry
