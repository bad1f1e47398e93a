"""Every module imports only what stands below it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "ci_doctor"

# From the ground up. On one floor a module may import those to its left.
FLOORS = (
    ("source", "errors"),
    ("edits", "text", "finding", "runner", "cache", "web"),
    ("files", "yamldoc", "shell", "trace", "images"),
    ("dockerfile", "pipeline"),
    ("execution",),
    ("builds",),
    ("check", "symptoms"),
    ("examples", "samples", "checks"),
    ("registry", "places"),
    ("config", "suppress", "sharing", "gitlab_api", "fetching"),
    ("lint",),
    ("targets",),
    ("fixing", "explain", "migrate", "resolve"),
    ("report", "docgen", "testing"),
    ("gate",),
    ("cli",),
    ("__main__",),
)
LEVELS = {
    name: (floor, place) for floor, names in enumerate(FLOORS) for place, name in enumerate(names)
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    """The module or package directly below `ci_doctor` that a file belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, ...]]:
    """The modules of this package that a file imports, as parts below `ci_doctor`."""
    package = path.relative_to(PACKAGE).parts[:-1]
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - (node.level - 1)]
            if node.module:
                yield (*base, *node.module.split("."))
            else:
                for alias in node.names:
                    yield (*base, alias.name)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ci_doctor"):
            yield tuple((node.module or "").split(".")[1:])
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("ci_doctor."):
                    yield tuple(alias.name.split(".")[1:])


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_below_it(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        assert list(imports(path)) == []
        return

    above = [
        ".".join(target)
        for target in imports(path)
        if target
        and target[0] in LEVELS
        and target[0] != here
        and LEVELS[target[0]] >= LEVELS[here]
    ]

    assert above == []


def test_every_room_has_a_floor() -> None:
    assert {room(path) for path in modules()} - {"__init__"} <= set(LEVELS)


def test_checks_do_not_import_one_another() -> None:
    found = [
        (str(path.relative_to(PACKAGE)), ".".join(target))
        for path in modules()
        if room(path) == "checks"
        for target in imports(path)
        if target[0] == "checks"
    ]

    assert found == []
