"""What the Docker engine behind a command can do, and which commands need one at all."""

from __future__ import annotations

from ..text import Text
from .build import Build
from .job_image import DockerImage

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

# The first engine whose fresh daemon keeps images in the containerd store (docs of Engine 29).
_CONTAINERD_STORE = 29
_GRAPH_DRIVERS = frozenset({"overlay2", "vfs", "btrfs", "zfs", "fuse-overlayfs"})


def needs_daemon(path: tuple[str, ...]) -> bool | None:
    """Whether `docker PATH…` fails without a daemon; None where the subcommand is not known."""
    if not path or path in (("buildx",), ("compose",), ("context",), ("manifest",)):
        return None
    return path not in _CLIENT_ONLY


def has_containerd_store(build: Build) -> bool | None:
    """Whether the daemon of a `docker` driver build keeps several platforms of one image.

    A dind service of 29 or newer does, unless DOCKER_DRIVER or its command names a graph driver
    (moby daemon/image_store_choice.go).
    """
    service = build.daemon.service
    if service is None:
        return None
    driver = build.command.variable("DOCKER_DRIVER")
    if "DOCKER_DRIVER" in service.variables:
        driver = service.variables["DOCKER_DRIVER"].text
    arguments = [item.text for item in service.command.items] if service.command else []
    for argument in arguments:
        if argument is not None and argument.startswith("--storage-driver=") is True:
            driver = argument.partition("=")[1]
    if _names_graph_driver(driver):
        return False
    image = DockerImage.of(service.name)
    if image.official is not True:
        return None
    if image.version is None:
        floating = image.tag is not None and image.tag.is_known
        return None if driver is not None or not floating else True
    return image.version[0] >= _CONTAINERD_STORE


def _names_graph_driver(driver: Text | None) -> bool:
    return driver is not None and driver.value in _GRAPH_DRIVERS
