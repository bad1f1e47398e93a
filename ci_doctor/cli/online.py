"""The options of commands that may ask GitLab and the web for included files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from ..images.published import Registries
    from ..pipeline.include import Fetcher

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--online", is_flag=True, help="Read included files from GitLab and the web."),
    click.option("--gitlab-url", metavar="URL", help="The GitLab, if not git's remote 'origin'."),
    click.option(
        "--token",
        metavar="TOKEN",
        envvar="CI_DOCTOR_TOKEN",
        help="For GitLab, with the scope read_api; better in GITLAB_TOKEN.",
    ),
)


def online_options(command: Command) -> Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class Connection(NamedTuple):
    """What `load_pipeline` needs to look outside the repository."""

    fetcher: Fetcher | None = None
    variables: Mapping[str, str] = {}


def connect(root: Path, *, online: bool, gitlab_url: str | None, token: str | None) -> Connection:
    """Nothing is asked yet, and without `online` nothing ever is. Raises UsageError."""
    if not online:
        return Connection()
    from ..cache import Cache
    from ..fetching import OnlineFetcher
    from ..gitlab_api import Client, find_instance, find_token

    cache = Cache.of_user()
    instance = find_instance(root, gitlab_url, os.environ)
    if instance is None:
        return Connection(OnlineFetcher(None, cache))
    client = Client(instance, find_token(instance, token, os.environ), cache)
    return Connection(OnlineFetcher(client, cache), instance.variables())


def registries(*, online: bool) -> Registries | None:
    """Whom to ask about images. Nothing is asked yet."""
    if not online:
        return None
    from ..cache import Cache
    from ..images.docker_config import Keychain
    from ..images.registry import RegistryClient

    return RegistryClient(Cache.of_user(), Keychain.of_user(os.environ))
