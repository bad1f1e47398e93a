"""Compare `ci-doctor resolve` with gitlab-ci-local's `--preview` on every repository of a folder.

    npm install gitlab-ci-local        # somewhere else; it needs Node 22
    python bench/compare_resolution.py FOLDER --command node_modules/.bin/gitlab-ci-local

Each repository with a `.gitlab-ci.yml` is copied and made a git repository. What it includes from
elsewhere is replaced by a file that defines what is missing, so that both tools read the same. Both
results are brought to one form (`image: x` is `image: {name: x}`). Prints every difference, and
exits with 1 if one of them is not explained in docs/differences.md.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ci_doctor.files.memory import MemoryFiles
from ci_doctor.files.working_tree import WorkingTree
from ci_doctor.finding import Severity
from ci_doctor.pipeline.load import CI_FILE, load_pipeline
from ci_doctor.pipeline.model import Pipeline, UnresolvedInclude, Value
from ci_doctor.pipeline.validate import faults_of
from ci_doctor.resolve import resolve
from ci_doctor.yamldoc import parse_yaml
from ci_doctor.yamldoc.editing import find_entry
from ci_doctor.yamldoc.nodes import Mapping, Node, Sequence

OUTSIDE = "outside.gitlab-ci.yml"
SCRIPTS = ("before_script", "script", "after_script")
MISSING: dict[str, Any] = {
    "rules": [{"when": "always"}],
    "variables": {"OUTSIDE": "1"},
    "image": "outside:1",
    "retry": 1,
    "tags": ["outside"],
    **{keyword: ["outside"] for keyword in SCRIPTS},
}


# Making both read the same.


def prepare(source: Path, copy: Path) -> None:
    """A git repository of its own that needs no other."""
    shutil.copytree(source, copy, symlinks=True)
    git(copy, "init", "-q", "-b", "main")
    git(copy, "remote", "add", "origin", "https://gitlab.com/group/project.git")
    (copy / OUTSIDE).write_text(".outside: {}\n")
    # Each round shows what the files that the one before it made readable want.
    for _ in range(5):
        pipeline = load(copy)
        outside = [include for include in pipeline.unresolved if include.kind != "artifact"]
        for fault in pipeline.faults:
            if fault.check == "include-not-found":  # the folder holds a part of the repository
                absent = copy / fault.location.text.strip("\"'").lstrip("/")
                absent.parent.mkdir(parents=True, exist_ok=True)
                absent.write_text(".outside: {}\n")
        for path in {include.location.path for include in outside}:
            replace(copy / path, [i for i in outside if i.location.path == path])
    stand_in: dict[str, Any] = {".outside": {}}
    for _ in range(5):
        if not add_missing(load(copy), stand_in):
            break
        (copy / OUTSIDE).write_text(json.dumps(stand_in))
    git(copy, "add", "--all")
    git(copy, "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", "all")
    git(copy, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(copy, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def load(folder: Path) -> Pipeline:
    return load_pipeline(WorkingTree(folder), CI_FILE)


def replace(path: Path, includes: list[UnresolvedInclude]) -> None:
    """Write a local include in the place of each entry."""
    source = includes[0].location.source
    content = parse_yaml(source).content
    assert isinstance(content, Mapping)
    entry = find_entry(content, "include")
    assert entry is not None
    entries = entry.value.items if isinstance(entry.value, Sequence) else [entry.value]
    found: set[Node] = set()
    for include in includes:
        found |= {node for node in entries if node.span.contains(include.location.span)}
    text = source.text
    for node in sorted(found, key=lambda node: node.span, reverse=True):
        text = text[: node.span.start] + f"{{local: /{OUTSIDE}}}" + text[node.span.end :]
    path.write_text(text)


def add_missing(pipeline: Pipeline, stand_in: dict[str, Any]) -> bool:
    """Define what only files from elsewhere can have defined; whether anything was missing."""
    before = json.dumps(stand_in)
    for check, faults in faults_of(pipeline).items():
        for fault in faults:
            named = fault.location.text.strip("\"'")
            if check == "extends-undefined":
                stand_in.setdefault(named, {"script": ["outside"]})
            elif check == "reference-undefined":
                *path, last = json.loads(
                    fault.message[len("!reference ") : -len(" could not be found")]
                )
                place = stand_in
                for key in path:
                    place = place.setdefault(key, {})
                place.setdefault(last, MISSING.get(last, "outside"))
            elif check == "job-without-script" and fault.jobs:
                for name in fault.jobs:
                    stand_in.setdefault(name, {}).setdefault("script", ["outside"])
            elif check == "needs-undefined":
                stand_in.setdefault(named, {"stage": ".pre", "script": ["outside"]})
            elif check == "stage-undefined" and named in fault.jobs:  # it has no stage of its own
                stand_in.setdefault(named, {}).setdefault("stage", ".pre")
            elif check == "stage-undefined":
                stages = stand_in.setdefault("stages", ["build", "test", "deploy"])
                if named not in stages:
                    stages.append(named)
    return json.dumps(stand_in) != before


# One form for both.


def plain(value: Value) -> Any:
    if value.is_mapping:
        return {key: plain(entry) for key, entry in value.entries.items()}
    return [plain(item) for item in value.items] if value.is_list else value.data


def read(text: str) -> dict[str, Any]:
    files = MemoryFiles({"resolved.yml": text})
    return {
        key: plain(v)
        for key, v in load_pipeline(files, "resolved.yml", root=True).value.entries.items()
    }


def normal(config: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, entry in config.items():
        if name == "stages":
            result[name] = [stage for stage in entry if stage not in (".pre", ".post")]
        elif name == "variables":
            result[name] = variables(entry)
        elif name == "workflow":
            result[name] = entry
        elif isinstance(entry, dict) and not name.startswith("."):
            result[name] = job(entry)
    return result


def variables(entries: Any) -> Any:
    values = {k: v.get("value") if isinstance(v, dict) else v for k, v in (entries or {}).items()}
    return {name: text(value) for name, value in values.items()}


def text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else value


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def named(value: Any, key: str = "name") -> Any:
    return value if isinstance(value, dict) else {key: value}


def job(entry: dict[str, Any]) -> dict[str, Any]:
    result = dict(entry)
    for keyword, value in entry.items():
        if keyword in SCRIPTS:
            result[keyword] = [text(line) for line in listed(value)]
        elif keyword == "variables":
            result[keyword] = variables(value)
        elif keyword in ("image", "environment"):
            result[keyword] = named(value)
        elif keyword == "services":
            result[keyword] = [named(service) for service in value]
        elif keyword == "needs":
            needs = [
                {"artifacts": True, "optional": False, **named(n, "job")} for n in listed(value)
            ]
            result[keyword] = needs
        elif keyword == "cache":
            usual = {"policy": "pull-push", "when": "on_success"}
            result[keyword] = [usual | cache for cache in listed(value) if cache]
        elif keyword == "retry":
            result[keyword] = named(value, "max")
        elif keyword == "rules":
            result[keyword] = [
                rule | ({"variables": variables(rule["variables"])} if "variables" in rule else {})
                for rule in value
            ]
        elif keyword == "trigger" and isinstance(value, dict) and "include" in value:
            include = [named(one, "local") for one in listed(value["include"])]
            result[keyword] = value | {"include": include}
    if entry.get("stage") == "test":
        del result["stage"]
    return result


# What differs, and why.


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            yield from differences(ours.get(key), theirs.get(key), f"{path}/{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(one, other, f"{path}/{index}")
    elif ours != theirs:
        yield path, ours, theirs


def explanation(path: str, ours: Any, theirs: Any) -> str:
    """The section of docs/differences.md, "" where there is none."""
    return ""


def preview(command: list[str], folder: Path) -> tuple[str, str]:
    """Its output, and why there is none."""
    # To a file: Node does not wait for what it has written to a pipe.
    with tempfile.TemporaryFile("w+") as out:
        done = subprocess.run(
            [*command, "--preview"],
            cwd=folder,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
        out.seek(0)
        written = out.read()
    lines = [line for line in done.stderr.splitlines() if not line.startswith(("parsing", "json "))]
    if done.returncode:
        return "", " ".join(lines[:2])
    return written.partition("---\n")[2], ""  # warnings stand above it


def shown(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False, default=str)
    return written if len(written) <= 100 else written[:99] + "…"


def compare(folder: Path, command: list[str], counts: Counter[str]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "repository"
        prepare(folder, copy)
        theirs, why = preview(command, copy)
        pipeline = load(copy)
        ours = "".join(resolve(pipeline))
    refused = next(
        (
            f
            for found in faults_of(pipeline).values()
            for f in found
            if f.severity is Severity.ERROR
        ),
        None,
    )
    if not theirs and refused is not None:
        counts["refused by both"] += 1
        print(f"{folder.name}: refused by both: {refused.message}; {why[:200]}")
        return
    if not theirs:
        reason = explanation("", ours, why)
        counts["explained refusal" if reason else "unexplained refusal"] += 1
        print(
            f"{folder.name}: refused by the other: {why[:300]}" + (f" [{reason}]" if reason else "")
        )
        return
    counts["repositories"] += 1
    counts["jobs"] += len(pipeline.jobs)
    for path, one, other in differences(normal(read(ours)), normal(read(theirs))):
        reason = explanation(path, one, other)
        counts["explained" if reason else "unexplained"] += 1
        print(
            f"{folder.name}{path}: {shown(one)} here, {shown(other)} there"
            + (f" [{reason}]" if reason else "")
        )


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--command", nargs="+", default=["gitlab-ci-local"])
    given = options.parse_args()
    counts: Counter[str] = Counter()
    for folder in sorted(given.folder.iterdir()):
        if (folder / CI_FILE).is_file():
            compare(folder, given.command, counts)
    for name, count in counts.items():
        print(f"{name}: {count}")
    return 1 if any(name.startswith("unexplained") for name in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
