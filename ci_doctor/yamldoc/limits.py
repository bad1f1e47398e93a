"""How big GitLab finds a parsed document: "The parsed YAML is too big".

GitLab adds up the memory of every object in the tree, aliases written out, and stops at 2 MiB or
at 100 levels (defaults of `max_yaml_size_bytes` and `max_yaml_depth`). What is counted here is the
least that Ruby 3.1 to 3.3 take for an object, so that only what is surely too big is called so.
"""

from __future__ import annotations

from typing import NamedTuple

from .nodes import Alias, Mapping, Node, Scalar, Sequence
from .psych import Symbol, merged_entries

TOO_BIG = "The parsed YAML is too big"
MOST_BYTES = 2 * 1024 * 1024
MOST_LEVELS = 100

# No scalar with its place in a list or hash, and no collection, counts for more than this, the
# text of a scalar aside. It makes a bound that costs nothing to keep while a document is read.
SCALAR_BOUND = 64
COLLECTION_BOUND = 184


class Excess(NamedTuple):
    """`node` is the first that is too big. A tree with `endless` nesting is not to be walked."""

    node: Node
    endless: bool


def find_excess(root: Node) -> Excess | None:
    """What in a document exceeds GitLab's limits, if anything does."""
    measured: dict[int, tuple[int, int]] = {}  # bytes and levels, by node
    open_nodes: set[int] = set()
    heavy: Node | None = None
    waiting: list[Node] = [root]
    while waiting:
        node = waiting[-1]
        if id(node) in measured:
            waiting.pop()
            continue
        children = _children(node)
        if id(node) not in open_nodes:
            open_nodes.add(id(node))
            pending = [child for child in children if id(child) not in measured]
            for child in pending:
                if id(child) in open_nodes:
                    return Excess(node, endless=True)
            waiting += pending
            continue
        waiting.pop()
        open_nodes.discard(id(node))
        size = _own_bytes(node, len(children))
        levels = 0
        for child in children:
            child_size, child_levels = measured[id(child)]
            size += child_size
            levels = max(levels, child_levels)
        levels += isinstance(node, (Sequence, Mapping))
        if levels > MOST_LEVELS:
            return Excess(node, endless=True)
        if size > MOST_BYTES and heavy is None:
            heavy = node
        measured[id(node)] = size, levels
    return None if heavy is None else Excess(heavy, endless=False)


def _children(node: Node) -> list[Node]:
    if isinstance(node, Alias):
        return [node.target]
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, Mapping):
        return [part for entry in merged_entries(node) for part in (entry.key, entry.value)]
    return []


def _own_bytes(node: Node, children: int) -> int:
    if isinstance(node, Scalar):
        string = isinstance(node.value, str) and not isinstance(node.value, Symbol)
        return max(40, len(node.text) + 1) if string else 0
    if isinstance(node, Sequence):
        return max(40, 16 + 8 * children)
    if isinstance(node, Mapping) and children:
        return max(160, 40 + 12 * children)
    return 40 if isinstance(node, Mapping) else 0
