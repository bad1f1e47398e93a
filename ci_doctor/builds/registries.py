"""What is known of a registry from its name alone."""

from __future__ import annotations

from ..pipeline.model import Job
from ..text import Symbol, Text
from .daemon import hostnames
from .keys import DOCKER_HUB_KEY, is_public


def is_gitlab_registry(host: Text) -> bool:
    """Whether a host is the registry of the GitLab instance: `$CI_REGISTRY`."""
    return (
        len(host.parts) == 1
        and isinstance(host.parts[0], Symbol)
        and (host.parts[0].variable == "CI_REGISTRY")
    )


def refuses_anonymous_push(host: Text, job: Job) -> bool | None:
    """Whether a registry needs credentials for a push; None for one that nothing is known of."""
    if is_gitlab_registry(host) or host.value == DOCKER_HUB_KEY:
        return True
    name = host.partition(":")[0]
    if name.value is not None:
        if is_public(name.value) or name.value == "registry.gitlab.com":
            return True
        if name.value in ("localhost", "127.0.0.1", "docker"):
            return False
    for service in job.services:
        if any(name.equals(alias) is not False for alias in hostnames(service)):
            return False
    return None
