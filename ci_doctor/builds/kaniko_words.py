"""What the options of Kaniko's executor are called in `buildctl build` and `docker buildx build`.

kaniko cmd/executor/cmd/root.go beside moby/buildkit's and docker/buildx's options.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from .build import Build, Option, Tool
from .docker_words import Form, written_value
from .options import BUILDX_BUILD, KANIKO

_BUILDCTL = (Tool.BUILDCTL, Tool.BUILDCTL_DAEMONLESS)
_LOCAL = "dir://"

# What they say is the rule in BuildKit, or has no meaning there.
_NEEDLESS = frozenset(
    {
        "--cache-copy-layers",
        "--cache-run-layers",
        "--cleanup",
        "--force",
        "--force-build-metadata",
        "--ignore-path",
        "--ignore-var-run",
        "--image-download-retry",
        "--image-fs-extract-retry",
        "--kaniko-dir",
        "--log-timestamp",
        "--pre-cleanup",
        "--preserve-context",
        "--push-retry",
        "--single-snapshot",
        "--skip-push-permission-check",
        "--skip-unused-stages",
        "--snapshot-mode",
        "--snapshotMode",
        "--use-new-run",
    }
)


def is_left_over(build: Build, option: Option) -> bool:
    """Whether an option that the tool refuses is one of Kaniko's, and not docker's too."""
    if option.known or not option.name.startswith("--"):
        return False
    return option.name in KANIKO.by_name and option.name not in BUILDX_BUILD.by_name


def form_of(build: Build, option: Option) -> Form | None:
    """How to say an option of Kaniko's here; a Form without advice where it is needless."""
    if option.name in _NEEDLESS:
        return Form("")
    table = _IN_BUILDCTL if build.tool in _BUILDCTL else _IN_DOCKER
    known = table.get(option.name)
    return None if known is None else known(build, written_value(option))


def _bare(value: str) -> str:
    """A context without Kaniko's scheme for directories, its quotes kept."""
    quote = value[0] if value[:1] in ("'", '"') else ""
    return quote + value[len(quote) :].removeprefix(_LOCAL)


def _with(prefix: str, value: str) -> str:
    quote = value[0] if value[:1] in ("'", '"') else ""
    return f"{quote}{prefix}{value[len(quote) :]}"


def _only(advice: str) -> Callable[[Build, str | None], Form]:
    return lambda build, value: Form(advice)


def _option(flag: str, prefix: str, shown: str) -> Callable[[Build, str | None], Form]:
    def form(build: Build, value: str | None) -> Form:
        advice = f"{flag} {prefix}{shown}"
        return Form(advice, f"{flag} {_with(prefix, value)}" if value else None)

    return form


def _context(build: Build, value: str | None) -> Form:
    advice = "--local context=DIRECTORY"
    if not value or "context" in build.locals or "://" in value.replace(_LOCAL, ""):
        return Form(advice)
    return Form(advice, f"--local {_with('context=', _bare(value))}")


def _dockerfile(build: Build, value: str | None) -> Form:
    advice = "--local dockerfile=DIRECTORY --opt filename=NAME"
    if not value or "dockerfile" in build.locals or set(value) & set("'\"$`"):
        return Form(advice)
    folder, name = posixpath.split(value)
    text = f"--local dockerfile={folder or '.'}"
    return Form(advice, text if name == "Dockerfile" else f"{text} --opt filename={name}")


def _destination(build: Build, value: str | None) -> Form:
    advice = "--output type=image,name=NAME,push=true"
    several = len(build.given("--destination")) > 1 or build.given("--output", "--no-push")
    if not value or several:
        return Form(advice)
    quote = value[0] if value[:1] in ("'", '"') else ""
    inner = value[len(quote) : -1] if quote else value
    return Form(advice, f"--output {quote}type=image,name={inner},push=true{quote}")


def _positional(build: Build, value: str | None) -> Form:
    advice = "the directory as the last word"
    if not value or build.positional or "://" in value.replace(_LOCAL, ""):
        return Form(advice)
    return Form(advice, _bare(value))


def _tag(build: Build, value: str | None) -> Form:
    advice = "--tag NAME --push"
    if not value:
        return Form(advice)
    first = build.given("--destination")[0]
    pushes = build.given("--push", "--no-push", "--output", "--load")
    push = "" if pushes or written_value(first) != value else " --push"
    return Form(advice, f"--tag {value}{push}")


_CACHE_TTL = "nothing: the registry's clean-up policy decides"

_IN_BUILDCTL: dict[str, Callable[[Build, str | None], Form]] = {
    "--context": _context,
    "--dockerfile": _dockerfile,
    "--destination": _destination,
    "--custom-platform": _option("--opt", "platform=", "OS/ARCH"),
    "--customPlatform": _option("--opt", "platform=", "OS/ARCH"),
    "--no-push": _only("no push=true in --output"),
    "--tar-path": _only("--output type=docker,name=NAME,dest=FILE"),
    "--tarPath": _only("--output type=docker,name=NAME,dest=FILE"),
    "--oci-layout-path": _option("--output", "type=oci,tar=false,dest=", "DIRECTORY"),
    "--cache": _only(
        "--export-cache type=registry,ref=NAME:cache,mode=max "
        "--import-cache type=registry,ref=NAME:cache"
    ),
    "--cache-repo": _only(
        "--export-cache type=registry,ref=NAME:cache,mode=max "
        "--import-cache type=registry,ref=NAME:cache"
    ),
    "--cache-dir": _only("--import-cache type=local,src=DIRECTORY"),
    "--cache-ttl": _only(_CACHE_TTL),
    "--reproducible": _only("SOURCE_DATE_EPOCH=0, and rewrite-timestamp=true in --output"),
    "--digest-file": _only("--metadata-file FILE, and read containerimage.digest from it"),
    "--insecure": _only("registry.insecure=true in --output"),
    "--skip-tls-verify": _only("registry.insecure=true in --output"),
    "--registry-mirror": _only('[registry."docker.io"] mirrors = ["HOST"] in buildkitd.toml'),
    "--verbosity": _only("--debug before build, --progress plain behind it"),
}

_IN_DOCKER: dict[str, Callable[[Build, str | None], Form]] = {
    "--context": _positional,
    "--dockerfile": _option("--file", "", "PATH"),
    "--destination": _tag,
    "--custom-platform": _option("--platform", "", "OS/ARCH"),
    "--customPlatform": _option("--platform", "", "OS/ARCH"),
    "--no-push": _only("no --push"),
    "--tar-path": _option("--output", "type=docker,dest=", "FILE"),
    "--tarPath": _option("--output", "type=docker,dest=", "FILE"),
    "--oci-layout-path": _option("--output", "type=oci,tar=false,dest=", "DIRECTORY"),
    "--cache": _only(
        "--cache-to type=registry,ref=NAME:cache,mode=max --cache-from type=registry,ref=NAME:cache"
    ),
    "--cache-repo": _only(
        "--cache-to type=registry,ref=NAME:cache,mode=max --cache-from type=registry,ref=NAME:cache"
    ),
    "--cache-dir": _only("--cache-from type=local,src=DIRECTORY"),
    "--cache-ttl": _only(_CACHE_TTL),
    "--reproducible": _only("--build-arg SOURCE_DATE_EPOCH=0"),
    "--digest-file": _only("--metadata-file FILE, and read containerimage.digest from it"),
    "--insecure": _only("--output type=registry,registry.insecure=true"),
    "--skip-tls-verify": _only("--output type=registry,registry.insecure=true"),
    "--registry-mirror": _only("a buildkitd.toml for `docker buildx create --buildkitd-config`"),
    "--verbosity": _only("--progress plain"),
}
