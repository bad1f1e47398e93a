"""What the Docker engine behind a command can do, and which commands need one at all."""

from __future__ import annotations

from ..text import Text
from .build import Attributes, Build
from .job_image import DockerImage
from .stage_platforms import targets

# Subcommands of docker that the client does by itself or with a registry alone.
_CLIENT_ONLY = frozenset(
    {
        ("buildx", "imagetools", "create"),
        ("buildx", "imagetools", "inspect"),
        ("buildx", "ls"),
        ("buildx", "use"),
        ("buildx", "version"),
        ("compose", "config"),
        ("compose", "convert"),
        ("compose", "version"),
        ("context", "create"),
        ("context", "inspect"),
        ("context", "ls"),
        ("context", "rm"),
        ("context", "show"),
        ("context", "use"),
        ("help",),
        ("login",),
        ("logout",),
        ("manifest", "annotate"),
        ("manifest", "create"),
        ("manifest", "inspect"),
        ("manifest", "push"),
        ("manifest", "rm"),
        ("completion",),
    }
)
# The other commands of docker itself. What is in neither list is somebody's plugin.
_ASKS_DAEMON = """
attach build builder buildx checkpoint commit compose config container cp create deploy diff events
exec export history image images import info inspect kill load logs network node pause plugin port
ps pull push rename restart rm rmi run save search secret service stack start stats stop swarm
system tag top unpause update version volume wait
"""
_OF_DAEMON = frozenset(_ASKS_DAEMON.split())

# The first engine whose fresh daemon keeps images in the containerd store (docs of Engine 29).
_CONTAINERD_STORE = 29
_NO_EXPORT = frozenset({"inline", "gha"})
GRAPH_DRIVERS = frozenset({"overlay2", "vfs", "btrfs", "zfs", "fuse-overlayfs"})


def needs_daemon(path: tuple[str, ...]) -> bool | None:
    """Whether `docker PATH…` fails without a daemon; None where the subcommand is not known."""
    if not path or path in (("buildx",), ("compose",)) or path[0] not in _OF_DAEMON:
        return False if path in _CLIENT_ONLY else None
    return path not in _CLIENT_ONLY


def has_containerd_store(build: Build) -> bool | None:
    """Whether the daemon of a `docker` driver build keeps several platforms of one image.

    A dind service of 29 or newer does, unless DOCKER_DRIVER or its command names a graph driver
    (moby daemon/image_store_choice.go).
    """
    service = build.daemon.service
    if service is None:
        return None
    driver = _driver_variable(build)
    arguments = [item.text for item in service.command.items] if service.command else []
    for argument in arguments:
        if argument is not None and argument.startswith("--storage-driver=") is True:
            driver = argument.partition("=")[1]
    if _names_graph_driver(driver):
        return False
    default = prefers_containerd_store(DockerImage.of(service.name))
    unset = driver is None or driver.is_empty is True
    return default if unset or not default else None


def is_kept_from_store(build: Build) -> bool:
    """Whether DOCKER_DRIVER alone is why the daemon does not take the containerd store."""
    service = build.daemon.service
    if service is None or not _names_graph_driver(_driver_variable(build)):
        return False
    return prefers_containerd_store(DockerImage.of(service.name)) is True


def _driver_variable(build: Build) -> Text | None:
    """DOCKER_DRIVER as the daemon's container has it: what the script exports stays in the job."""
    service = build.daemon.service
    own = None if service is None else service.variables.get("DOCKER_DRIVER")
    variable = own or build.job.variables.get("DOCKER_DRIVER")
    return None if variable is None else variable.text


def prefers_containerd_store(image: DockerImage) -> bool | None:
    """Whether a fresh daemon of a `docker` image takes the containerd store by itself."""
    if image.official is not True:
        return None
    if image.version is None:
        return image.is_floating
    return image.version[0] >= _CONTAINERD_STORE


def builds_several_platforms(build: Build) -> bool:
    """Whether a build is known to be for several platforms at once."""
    return sum(target.certain for target in targets(build)) > 1


def cache_exports(build: Build) -> list[Attributes]:
    """The exports of a cache that is kept apart from the image: all but `type=inline`.

    Of `type=gha` buildx makes nothing outside GitHub (observed).
    """
    known = [(cache, cache.value("type")) for cache in build.cache_to]
    return [cache for cache, kind in known if kind is not None and kind not in _NO_EXPORT]


def _names_graph_driver(driver: Text | None) -> bool:
    return driver is not None and driver.value in GRAPH_DRIVERS
