"""`ci-doctor checks`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from .streams import terminal, write

if TYPE_CHECKING:
    from ..check import Check
    from ..registry import Registry

_COLORS = {"error": "red", "warning": "yellow", "info": "cyan"}


@click.command("checks")
@click.argument("check_id", metavar="[ID]", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How checks are written.",
)
def command(check_id: str | None, form: str) -> None:
    """List the checks, or describe the one called ID."""
    from ..errors import UsageError
    from ..registry import load_registry, nearest

    registry = load_registry()
    if check_id is None:
        chosen = list(registry)
    else:
        check = registry.get(check_id.rsplit("/", 1)[-1])
        if check is None:
            near = nearest(check_id, registry.ids)
            raise UsageError(
                f"no check is called '{check_id}'",
                f"did you mean '{near}'?" if near else "`ci-doctor checks` lists them",
            )
        chosen = [check]
    if form == "json":
        described = [_data(check) for check in chosen]
        document = described if check_id is None else described[0]
        write(sys.stdout, json.dumps(document, indent=2) + "\n")
    else:
        styled = click.style if terminal(sys.stdout).color else _plain
        lines = _listing(registry, styled) if check_id is None else _description(chosen[0], styled)
        write(sys.stdout, "\n".join(lines) + "\n")


def _plain(text: str, **_: object) -> str:
    return text


def _data(check: Check) -> dict[str, object]:
    from ..docgen import is_fixable

    return {
        "id": check.id,
        "family": check.family,
        "title": check.title,
        "severity": str(check.severity),
        "fixable": is_fixable(check),
        "since": check.since,
        "url": check.url,
    }


def _listing(registry: Registry, styled: Callable[..., str]) -> Iterator[str]:
    width = max((len(check.id) for check in registry), default=0)
    family = None
    for check in registry:
        if check.family != family:
            if family is not None:
                yield ""
            family = check.family
            yield styled(family, bold=True)
        severity = styled(f"{check.severity!s:<7}", fg=_COLORS[str(check.severity)])
        yield f"  {check.id:<{width}}  {severity}  {check.title}"


def _description(check: Check, styled: Callable[..., str]) -> Iterator[str]:
    from ..check import Example
    from ..docgen import shown_files

    yield styled(f"{check.family}/{check.id}: {check.title}", bold=True)
    severity = styled(str(check.severity), fg=_COLORS[str(check.severity)])
    yield f"severity: {severity}, since: {check.since}"
    yield ""
    yield check.why
    bad = next((e for e in check.examples() if isinstance(e, Example)), None)
    if bad is not None:
        yield from _example("Found in", shown_files(bad.files), styled)
        if bad.fixed is not None:
            yield from _example("Fixed", shown_files(bad.fixed), styled)
    yield ""
    yield from check.links


def _example(title: str, files: dict[str, str], styled: Callable[..., str]) -> Iterator[str]:
    for path, text in files.items():
        yield ""
        yield styled(f"{title} {path}:", bold=True)
        yield ""
        for line in text.splitlines():
            yield f"    {line}".rstrip()
