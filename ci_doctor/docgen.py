"""docs/checks.md, written from the checks themselves: `python -m ci_doctor.docgen FILE`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from itertools import groupby
from pathlib import Path

from . import checks
from .check import Check, Example, LookAlike
from .examples import texts, unmarked
from .lint import is_dockerfile
from .registry import Registry, builtin_checks

HEAD = """\
# Checks

What ci-doctor finds, by family. Generated from the checks by `make docs`: what stands here is what
the tests run. Severity can be changed, and a check turned off, in
[`.ci-doctor.yml`](configuration.md); a single place is ignored with a comment:
`# ci-doctor: ignore[id] reason`.

- **error**: the job breaks, or pushes nothing, or pushes the wrong thing
- **warning**: a risk, or a loss nobody notices
- **info**: advice
"""


def own_checks() -> Registry:
    """The checks of this package, without those of installed plugins."""
    return Registry.of(builtin_checks(checks))


def render(registry: Registry) -> str:
    """The page as Markdown."""
    families = [(name, list(members)) for name, members in groupby(registry, lambda c: c.family)]
    lines = [HEAD, "| family | checks | |", "|---|---|---|"]
    for family, members in families:
        lines.append(f"| [{family}](#{family}) | {len(members)} | {_purpose(family)} |")
    for family, members in families:
        lines += ["", f"## {family}", ""]
        purpose = _purpose(family)
        lines += [purpose, ""] if purpose else []
        lines += ["| check | severity | fix | |", "|---|---|---|---|"]
        for check in members:
            fix = "yes" if is_fixable(check) else ""
            lines.append(
                f"| [{check.id}](#{check.id}) | {check.severity} | {fix} | {check.title} |"
            )
        for check in members:
            lines += ["", *_section(check)]
    return "\n".join(lines) + "\n"


def is_fixable(check: Check) -> bool:
    """Whether ci-doctor offers a fix for it, by its examples."""
    return any(isinstance(e, Example) and e.fixed is not None for e in check.examples())


def shown_files(files: str | Mapping[str, str]) -> dict[str, str]:
    """The files of an example without its marks."""
    return {path: unmarked(text)[0] for path, text in texts(files).items()}


def _purpose(family: str) -> str:
    try:
        package = import_module(f"ci_doctor.checks.{family}")
    except ModuleNotFoundError:  # a plugin's family
        return ""
    return (package.__doc__ or "").strip()


def _section(check: Check) -> Iterator[str]:
    yield f"### {check.id}"
    yield ""
    yield f"**{check.title}** ({check.severity}, since {check.since})"
    yield ""
    yield check.why
    examples = list(check.examples())
    bad = next((e for e in examples if isinstance(e, Example)), None)
    good = next((e for e in examples if isinstance(e, LookAlike)), None)
    if bad is not None:
        yield from _blocks("Found", shown_files(bad.files))
        flagged = _flagged(bad)
        if flagged:
            yield ""
            yield f"Flagged: {flagged}"
    if bad is not None and bad.fixed is not None:
        changed = {p: t for p, t in texts(bad.fixed).items() if shown_files(bad.files).get(p) != t}
        yield from _blocks("Fixed", changed)
    elif good is not None:
        why = f" ({good.why})" if good.why else ""
        yield from _blocks(f"Not flagged{why}", shown_files(good.files))
    if check.yields_to:
        others = ", ".join(f"[{other}](#{other})" for other in check.yields_to)
        yield ""
        yield f"Silent where {others} says the same."
    yield ""
    yield "See " + ", ".join(f"<{link}>" for link in check.links)


def _flagged(example: Example) -> str:
    spans = []
    for text in texts(example.files).values():
        plain, marked = unmarked(text)
        spans += [plain[start:end] for start, end in marked]
    short = [text for text in dict.fromkeys(spans) if text.strip() and "\n" not in text]
    return ", ".join(f"`` {text} ``" if "`" in text else f"`{text}`" for text in short)


def _blocks(title: str, files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        yield ""
        yield f"{title}, in `{path}`:"
        yield ""
        fence = "`" * max(3, _longest_run(text) + 1)
        yield f"{fence}{_language(path)}"
        yield text.rstrip("\n")
        yield fence


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


def _language(path: str) -> str:
    if path.endswith((".yml", ".yaml")):
        return "yaml"
    if is_dockerfile(path):
        return "dockerfile"
    return "sh" if path.endswith(".sh") else ""


def main(arguments: Iterable[str]) -> None:
    for path in arguments:
        Path(path).write_text(render(own_checks()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
