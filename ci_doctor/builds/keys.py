"""Under which key a client looks for a registry's credentials, and which keys it accepts."""

from __future__ import annotations

from ..pipeline.predefined import domain_of
from ..text import Literal, Symbol, Text

# What every client turns Docker Hub's names into before it looks.
DOCKER_HUB_KEY = "https://index.docker.io/v1/"


def key_matches(key: Text, host: Text) -> bool | None:
    """Whether the key of a config.json entry serves a client that asks for `host`.

    docker/cli's file store (configfile and credentials/file_store.go), which buildctl, buildx and
    Kaniko share: the key itself, or its host name without scheme and path. Docker Hub is asked for
    as a URL, which no host name equals, so only DOCKER_HUB_KEY serves it (observed).
    """
    exact = key.equals(host)
    if exact is not None and (exact or key.value == DOCKER_HUB_KEY):
        return exact  # whoever means index.docker.io asks for the URL
    by_name = host_of(key).equals(host)
    if by_name is True:
        return True
    if _are_strangers(host_of(key), host) or _are_strangers(host, host_of(key)):
        return False
    return None if exact is None or by_name is None else False


def _are_strangers(one: Text, other: Text) -> bool:
    """Whether one is GitLab's own registry and the other a public one that no GitLab runs."""
    symbol = one.parts[0] if len(one.parts) == 1 else None
    return (
        isinstance(symbol, Symbol)
        and symbol.variable in _OF_GITLAB
        and other.value is not None
        and is_public(other.value)
    )


def is_public(host: str) -> bool:
    """Whether a registry is one of the big public ones, GitLab's and Docker Hub apart."""
    return host in _PUBLIC or host.endswith(_PUBLIC_DOMAINS)


def host_of(key: Text) -> Text:
    """A registry as written in a key or for `docker login`, without scheme and path."""
    for scheme in ("https://", "http://"):
        if key.startswith(scheme) is True:
            key = key[len(scheme) :]
            break
    host, _ = key.partition("/")
    if host.parts and isinstance(first := host.parts[0], Symbol):
        registry = _REGISTRY_OF.get(first.variable)
        if registry is not None:
            if len(host.parts) > 1 and not isinstance(host.parts[1], Literal):
                return host
            return Text((Symbol(registry, first.scope, domain_of(registry), first.at),))
    return host


_OF_GITLAB = frozenset({"CI_REGISTRY", "CI_DEPENDENCY_PROXY_SERVER"})
_PUBLIC = frozenset({"ghcr.io", "quay.io", "gcr.io", "mcr.microsoft.com", "public.ecr.aws"})
_PUBLIC_DOMAINS = (".amazonaws.com", ".azurecr.io", ".pkg.dev", ".gcr.io")

# Both hold a path: their host is the other variable's value.
_REGISTRY_OF = {
    "CI_REGISTRY_IMAGE": "CI_REGISTRY",
    "CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX": "CI_DEPENDENCY_PROXY_SERVER",
    "CI_DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX": "CI_DEPENDENCY_PROXY_SERVER",
}
