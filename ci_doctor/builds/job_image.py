"""What a job's image brings along: whose it is, its version, its user, its entrypoint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..images.reference import TextReference, official_name, parse_reference_text, same_repository
from ..pipeline.model import Job, Service, Value
from ..text import UNKNOWN, Text

# https://github.com/docker-library/official-images: `docker:23` is the first version whose plain
# tag is the dind image; before, it was the client alone.
_FIRST_PLAIN_DIND = 23
_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?![\w])")

# The newest release when this was written; what fixes pin.
BUILDKIT_RELEASE = "v0.32.2"
DOCKER_RELEASE = "29"

# Absent from docker-library/official-images' library/docker: they pull what they last held.
_FROZEN = frozenset({"stable", "edge", "test", "git"})
# The first `docker` image with the buildx plugin (docker-library/docker 9aaa758).
_FIRST_BUILDX = (20, 10, 16)

_KANIKO = (
    "gcr.io/kaniko-project/executor",
    "ghcr.io/osscontainertools/kaniko",
    "martizih/kaniko",
)


@dataclass(frozen=True, slots=True)
class BuildkitImage:
    """An image seen as moby/buildkit.

    `official` is None for a copy under another registry. `rootless` and `tag` come from the tag;
    `version` is None where the tag names none (`latest`, `rootless`, a variable).
    """

    official: bool | None
    rootless: bool | None
    tag: Text | None
    version: tuple[int, ...] | None

    @staticmethod
    def of(name: Text) -> BuildkitImage:
        official = same_repository(name, "moby/buildkit")
        tag = _tag(name)
        rootless = None if tag is None or official is False else tag.contains("rootless")
        return BuildkitImage(official, rootless, tag, _version(tag))


@dataclass(frozen=True, slots=True)
class DockerImage:
    """An image seen as the official `docker`: its client, and with `dind` its daemon too."""

    official: bool | None
    dind: bool | None
    tag: Text | None
    version: tuple[int, ...] | None

    @staticmethod
    def of(name: Text) -> DockerImage:
        official = same_repository(name, "docker")
        tag = _tag(name)
        version = _version(tag)
        if official is False:
            return DockerImage(False, False, tag, version)
        return DockerImage(official, _dind_tag(tag, version), tag, version)

    @property
    def is_frozen(self) -> bool | None:
        """Whether the tag is one that Docker stopped pushing: `stable`, `edge`, `test`, `git`."""
        if self.tag is None or self.tag.value is None:
            return None
        return self.tag.value.split("-")[0] in _FROZEN

    @property
    def is_floating(self) -> bool | None:
        """Whether the tag is one that every release moves: `latest`, `cli`, `dind`."""
        if self.tag is None or self.tag.value is None:
            return None
        return self.version is None and not self.is_frozen

    @property
    def version_text(self) -> str | None:
        """The version as the tag has it: `28.1` of `28.1-cli`."""
        match = None if self.tag is None else _VERSION.match(self.tag.template)
        return None if match is None else match[0]

    @property
    def has_buildx(self) -> bool | None:
        """Whether the image brings the plugin: those of 2022-05-06 and later do."""
        if self.official is not True:
            return None
        if self.version is not None:
            return not is_older(self.version, _FIRST_BUILDX)
        stable = self.tag is not None and (self.tag.value or "").split("-")[0] in ("stable", "edge")
        return False if stable else True if self.is_floating else None

    def tag_of(self, version: str) -> str | None:
        """The tag of the same kind of image in another version, None for a kind that is not usual."""
        if self.tag is None or self.tag.value is None:
            return None
        kind = self.tag.value.removeprefix(self.version_text or "").removeprefix("-")
        for old in ("stable", "edge", "test"):
            kind = kind.removeprefix(old).removeprefix("-")
        if kind in ("", "latest", "cli", "git"):
            return f"{version}-cli"
        return f"{version}-{kind}" if kind in ("dind", "dind-rootless") else None


@dataclass(frozen=True, slots=True)
class JobImage:
    """The image a job runs in.

    `name` is None without one: then `written` tells whether that is certain (`image:` may come
    from an include that was not read). `library` is the name of a Docker official image.
    `keeps_entrypoint`: the image's own entrypoint is not overridden. `root`: the user is root.
    `home` and `docker_config` are what the image sets, None where it is not known.
    """

    name: Text | None
    written: bool
    buildkit: BuildkitImage
    docker: DockerImage
    kaniko: bool | None
    library: str | None
    keeps_entrypoint: bool | None
    root: bool | None
    home: Text | None
    docker_config: Text | None = None

    @property
    def rootless(self) -> bool | None:
        """Whether buildctl-daemonless.sh starts a rootless daemon here."""
        if self.root is True:
            return False
        return self.buildkit.rootless if self.buildkit.official is True else None

    @property
    def bakes_nothing(self) -> bool | None:
        """Whether the image is known to hold no registry credentials: a public one does not."""
        if self.name is None:
            return None
        public = self.library or self.buildkit.official or self.docker.official
        return True if public or self.kaniko is True else None


@lru_cache(maxsize=1024)  # nearly every check of a job or a build begins with it
def job_image(job: Job) -> JobImage:
    """The image of a job; without `image:` every answer is unknown."""
    image = job.image
    if image is None:
        unknown = BuildkitImage(None, None, None, None)
        return JobImage(
            None,
            not job.may_inherit("image"),
            unknown,
            DockerImage(None, None, None, None),
            None,
            None,
            None,
            None,
            None,
        )
    name = image.name
    reference = parse_reference_text(name)
    buildkit = BuildkitImage.of(name)
    docker = DockerImage.of(name)
    kaniko = _is_kaniko(name)
    library = None if reference is None else official_name(reference)
    home: str | None = None
    if image.docker_user is not None:
        root = _is_root(image.docker_user.string)
    else:
        root = _image_is_root(buildkit, docker, kaniko)
        if buildkit.official is True and buildkit.rootless is True:
            home = "/home/user"
        elif root is True:
            home = "/root"
    return JobImage(
        name=name,
        written=True,
        buildkit=buildkit,
        docker=docker,
        kaniko=kaniko,
        library=library,
        keeps_entrypoint=_keeps_entrypoint(image.entrypoint),
        root=root,
        home=None if home is None else Text.of(home),
        docker_config=Text.of("/kaniko/.docker") if kaniko is True else None,
    )


def is_older(version: tuple[int, ...] | None, than: tuple[int, ...]) -> bool | None:
    """Whether a version is below another one; `20` stands for the newest `20.x.y`."""
    return None if version is None else version < than[: len(version)]


def is_dind(service: Service) -> bool | None:
    """Whether a service runs a Docker daemon: `docker:*dind*` under any prefix.

    None for an image whose name is not known, or says `dind` and is somebody's own.
    """
    answers = {_is_dind(variant) for variant in service.name.variants()}
    return answers.pop() if len(answers) == 1 else None


def _is_dind(name: Text) -> bool | None:
    reference = parse_reference_text(name)
    if reference is None:
        return False
    path = reference.repository.template
    last = path.rsplit("/", 1)[-1]
    if last == "docker":
        return _dind_tag(_tag(name), _version(_tag(name)))
    if "dind" in name.template.lower():
        return None
    # An unknown repository, or an unknown part that may hold the whole name.
    return None if UNKNOWN in last or (reference.registry is None and UNKNOWN in path) else False


def is_buildkit(service: Service) -> bool | None:
    """Whether a service runs moby/buildkit, under any prefix."""
    return same_repository(service.name, "moby/buildkit")


def _dind_tag(tag: Text | None, version: tuple[int, ...] | None) -> bool | None:
    if tag is None:
        return None
    dind = tag.contains("dind")
    if dind is not False:
        return dind
    if tag.contains("cli") is True or tag.contains("git") is True:
        return False
    if version is not None:
        return version[0] >= _FIRST_PLAIN_DIND
    return True if tag.equals("latest") is True else False if tag.is_known else None


def _tag(name: Text) -> Text | None:
    reference = parse_reference_text(name)
    return None if reference is None else reference.tag_or_latest


def _version(tag: Text | None) -> tuple[int, ...] | None:
    match = None if tag is None or tag.value is None else _VERSION.match(tag.value)
    return None if match is None else tuple(int(group) for group in match.groups() if group)


def is_published_kaniko(name: Text) -> bool | None:
    """Whether an image is Kaniko's as its makers publish it, not a copy of one's own."""
    answers = {same_repository(name, known) for known in _KANIKO}
    return True if True in answers else None if None in answers else False


def _is_kaniko(name: Text) -> bool | None:
    if any(same_repository(name, known) is True for known in _KANIKO):
        return True
    if "kaniko" in name.template:
        # A copy of Google's image, by its path.
        reference = parse_reference_text(name)
        path = "" if reference is None else reference.repository.template
        return True if path.endswith(("kaniko-project/executor", "kaniko/executor")) else None
    return None if _may_be_anything(parse_reference_text(name)) else False


def _may_be_anything(reference: TextReference | None) -> bool:
    return reference is not None and UNKNOWN in reference.repository.template.rsplit("/", 1)[-1]


def _keeps_entrypoint(entrypoint: Value | None) -> bool | None:
    if entrypoint is None:
        return True
    return False if entrypoint.is_list else None


def _is_root(user: str | None) -> bool | None:
    if user is None or "$" in user:
        return None
    return user.split(":")[0] in {"0", "root"}


def _image_is_root(
    buildkit: BuildkitImage, docker: DockerImage, kaniko: bool | None
) -> bool | None:
    if buildkit.official is True:
        return None if buildkit.rootless is None else not buildkit.rootless
    if docker.official is True:
        rootless = None if docker.tag is None else docker.tag.contains("rootless")
        return None if rootless is None else not rootless
    return True if kaniko is True else None
