"""The command line: options in, exit code out.

0 clean, 1 findings, 2 usage or configuration error, 3 could not do the work, 130 interrupted,
141 the reader of the output went away. Findings go to standard output, everything else to
standard error.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from .. import __version__
from ..errors import CiDoctorError
from .streams import drop, prepare_streams, report_error

COMMANDS = ("lint", "resolve", "checks")

INTERRUPTED = 130
BROKEN_PIPE = 141


class Group(click.Group):
    """Imports a command's module when it is asked for, and ends expected errors in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = import_module(f"{__name__}.{name}").command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        prepare_streams()
        try:
            return super().invoke(ctx)
        except CiDoctorError as error:  # click's own exit code 1 would read as "findings"
            report_error(error)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            drop(sys.stdout)
            sys.exit(BROKEN_PIPE)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if os.environ.get("CI_DOCTOR_TRACEBACK"):
                raise
            report_error(
                CiDoctorError(
                    f"internal error: {type(error).__name__}: {error}",
                    "this is a fault of ci-doctor: please report it with the output of "
                    "CI_DOCTOR_TRACEBACK=1",
                )
            )
            sys.exit(CiDoctorError.exit_code)


@click.command(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def main() -> None:
    """Find what breaks GitLab CI pipelines that build container images."""
