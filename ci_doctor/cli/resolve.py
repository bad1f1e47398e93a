"""`ci-doctor resolve`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from .online import connect, online_options
from .streams import write

if TYPE_CHECKING:
    from ..pipeline.model import Pipeline


@click.command("resolve")
@click.argument("path", type=click.Path(), required=False)
@click.option("--job", metavar="NAME", help="Print this job only.")
@click.option("--origins", is_flag=True, help="Say behind each value where it is written.")
@online_options
@click.option("--ci-file", metavar="FILE", help="The pipeline, if not .gitlab-ci.yml.")
@click.option("--root", type=click.Path(), help="The folder that paths are relative to.")
def command(
    path: str | None,
    job: str | None,
    origins: bool,
    online: bool,
    gitlab_url: str | None,
    token: str | None,
    ci_file: str | None,
    root: str | None,
) -> None:
    """Print a pipeline as GitLab would run it: YAML without include, extends, default and hidden jobs.

    PATH is a pipeline file, or a folder with a .gitlab-ci.yml: this folder without it.

    Exit code: 0 resolved, 1 the configuration has errors, 2 usage or configuration error, 3 the work
    could not be done.
    """
    from ..pipeline.load import load_pipeline
    from ..registry import load_registry
    from ..resolve import resolve
    from ..targets import find_targets

    paths = () if path is None else (path,)
    [target] = find_targets(paths, load_registry().ids, root=root, ci_file=ci_file)
    [entry] = target.entries
    connection = connect(target.root, online=online, gitlab_url=gitlab_url, token=token)
    pipeline = load_pipeline(
        target.files,
        entry,
        fetcher=connection.fetcher,
        variables=connection.variables,
        root=True if entry == target.settings.ci_file else None,
    )
    for line in resolve(pipeline, job=job, origins=origins):
        sys.stdout.write(line)
    sys.stdout.flush()
    errors = list(_errors(pipeline))
    write(sys.stderr, "".join(f"{line}\n" for line in (*_unread(pipeline), *errors)))
    if errors:
        sys.exit(1)


def _errors(pipeline: Pipeline) -> Iterator[str]:
    from ..finding import Severity
    from ..pipeline.validate import faults_of
    from ..report.printable import printable

    faults = [fault for found in faults_of(pipeline).values() for fault in found]
    for fault in sorted(faults, key=lambda f: (f.location.path, f.location.span, f.check)):
        if fault.severity is Severity.ERROR:
            yield printable(f"{fault.location}: error[{fault.check}] {fault.message}")


def _unread(pipeline: Pipeline) -> Iterator[str]:
    from ..report.printable import printable

    for include in pipeline.unresolved:
        what = f"{include.kind} include '{include.name}' was not read ({include.reason})"
        yield printable(f"{include.location}: note: {what}")
