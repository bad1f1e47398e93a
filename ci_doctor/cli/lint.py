"""`ci-doctor lint`."""

from __future__ import annotations

import sys

import click

from .online import connect, online_options, registries
from .streams import report_error, terminal, write

SEVERITIES = ("error", "warning", "info")


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "concise", "json")),
    default="text",
    show_default=True,
    help="How findings are written.",
)
@click.option("--select", multiple=True, metavar="GLOB", help="Run only these checks.")
@click.option("--ignore", multiple=True, metavar="GLOB", help="Leave these checks out.")
@click.option(
    "--min-severity",
    type=click.Choice(SEVERITIES),
    default="info",
    show_default=True,
    help="Hide what is less severe.",
)
@click.option(
    "--fail-on",
    type=click.Choice((*SEVERITIES, "never")),
    default="error",
    show_default=True,
    help="Exit with 1 for findings of this severity or worse.",
)
@online_options
@click.option("--ci-file", metavar="FILE", help="The pipeline, if not .gitlab-ci.yml.")
@click.option("--root", type=click.Path(), help="The folder that paths are relative to.")
@click.option("--config", type=click.Path(), help="The settings, if not .ci-doctor.yml.")
@click.option("--no-color", is_flag=True, help="Print no colors (so does NO_COLOR).")
@click.option("-q", "--quiet", is_flag=True, help="Print findings and errors only.")
def command(
    paths: tuple[str, ...],
    form: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    min_severity: str,
    fail_on: str,
    online: bool,
    gitlab_url: str | None,
    token: str | None,
    ci_file: str | None,
    root: str | None,
    config: str | None,
    no_color: bool,
    quiet: bool,
) -> None:
    """Check pipelines and Dockerfiles.

    PATH is a pipeline file, a Dockerfile, or a folder with a .gitlab-ci.yml: this folder without
    any. What a pipeline includes, the scripts it runs and the Dockerfiles it builds are
    followed. A GLOB matches a check's ID or FAMILY/ID and may be given several times. With
    --online registries are asked for the platforms of base images too.

    Exit code: 0 clean, 1 findings, 2 usage or configuration error, 3 the work could not be done.
    """
    from ..errors import CiDoctorError
    from ..finding import Report, Severity
    from ..lint import lint
    from ..registry import load_registry
    from ..report import concise, json, text
    from ..targets import find_targets, gather

    registry = load_registry()
    registry.selection(select, ignore)  # refuses unknown names before anything is read
    asked = registries(online=online)
    reports: list[tuple[str, Report]] = []
    for target in find_targets(paths, registry.ids, root=root, ci_file=ci_file, config=config):
        connection = connect(target.root, online=online, gitlab_url=gitlab_url, token=token)
        report = lint(
            target.files,
            target.entries,
            target.settings,
            registry=registry,
            selection=registry.selection(select, ignore, target.settings.off),
            min_severity=Severity[min_severity.upper()],
            fetcher=connection.fetcher,
            variables=connection.variables,
            registries=asked,
        )
        reports.append((target.prefix, report))
    report = gather(reports)

    out = terminal(sys.stdout, no_color=no_color)
    if form == "json":
        write(sys.stdout, json.render(report))
    elif form == "concise":
        write(sys.stdout, concise.render(report))
    else:
        write(sys.stdout, text.render(report, out))
    if form != "json" and not quiet:
        plain = no_color or form == "concise"
        write(sys.stderr, text.render_summary(report, terminal(sys.stderr, no_color=plain)))
    for failure in report.failures:
        report_error(failure, no_color=no_color)
    if report.failures:
        sys.exit(CiDoctorError.exit_code)
    worst = report.worst()
    if fail_on != "never" and worst is not None and worst >= Severity[fail_on.upper()]:
        sys.exit(1)
