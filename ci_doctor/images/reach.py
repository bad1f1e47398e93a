"""Which addresses a registry may have, and the servers that it names."""

from __future__ import annotations

import ipaddress
from enum import IntEnum

from ..web import reached_by


class _Depth(IntEnum):
    """How far inside an address is."""

    PUBLIC = 0
    PRIVATE = 1
    LOOPBACK = 2


class Reach:
    """Which addresses a registry may have, and those of the servers it leads to.

    Companies have registries in private networks, so they are asked; loopback addresses where the
    image's name says so; and link-local and the other addresses of clouds that give a machine's own
    credentials never. From the first answer on nothing leads further in: a public registry
    cannot make us ask a server of the private network.
    """

    def __init__(self, registry: str) -> None:
        self._registry = registry
        self._depth: _Depth | None = None

    def __call__(self, host: str, address: str) -> str:
        depth = _depth_of(address)
        if depth is None:
            return "is not the address of a registry"
        limit = self._depth
        if limit is None:
            if host != self._registry:  # a proxy alone knows where the registry is
                limit = _Depth.PUBLIC
            else:
                limit = _Depth.LOOPBACK if is_this_machine(host) else _Depth.PRIVATE
        if depth > limit:
            if limit is _Depth.PRIVATE:
                return "is this machine, which the image's name does not say"
            return f"is in a private network, and {self._registry} is not"
        if host == self._registry:
            self._depth = depth
        return ""


def is_this_machine(host: str) -> bool:
    """Whether the name itself says so, as containerd's MatchLocalhost sees it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
    )
)
# Where AWS, Google Cloud, Alibaba Cloud and Azure tell a machine about itself, beside 169.254.169.254.
_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16"),
    )
)


def _depth_of(address: str) -> _Depth | None:
    """None for an address that no registry has."""
    ip = reached_by(address)
    if ip in _METADATA:
        return None
    if ip.is_loopback:
        return _Depth.LOOPBACK
    if any(ip in network for network in _PRIVATE):
        return _Depth.PRIVATE
    return _Depth.PUBLIC if ip.is_global and not ip.is_multicast else None
