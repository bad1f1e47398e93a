"""Programs that an image does not bring, of those that CI scripts call."""

from __future__ import annotations

from .job_image import JobImage

# moby/buildkit is Alpine with busybox, git, openssh and openssl (its Dockerfile).
_NOT_IN_BUILDKIT = """
apt apt-get aws az bash buildah cargo composer cosign crane curl dnf docker docker-compose dotnet
envsubst gcloud gh glab go gpg gradle grype helm java jq kubectl make mvn node npm npx perl php pip
pip3 pnpm podman python python3 rsync ruby skopeo sudo syft terraform tofu trivy yarn yq yum zip zsh
"""
_MISSING = frozenset(_NOT_IN_BUILDKIT.split())
BUILDKIT_HAS = "busybox (wget, tar, sed, awk), git, ssh, openssl and buildctl"


def lacks_program(image: JobImage, name: str) -> bool | None:
    """Whether a program is missing in the job's image as published; None where that is not known."""
    if image.buildkit.official is not True:
        return None
    return True if name in _MISSING else None
