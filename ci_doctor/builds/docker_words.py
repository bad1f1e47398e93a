"""What docker's options are called in `buildctl build` (knowledge: moby/buildkit's dockerfile frontend).

https://github.com/moby/buildkit/blob/master/frontend/dockerui/config.go
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .build import Build, Option


@dataclass(frozen=True, slots=True)
class Form:
    """`advice` is what to write, `replacement` the text for this very option, None if it is more."""

    advice: str
    replacement: str | None = None


def buildctl_form(build: Build, option: Option) -> Form | None:
    """The way to say a docker option to buildctl, None for one that docker does not have either."""
    known = _FORMS.get(option.name)
    return None if known is None else known(build, written_value(option))


def written_value(option: Option) -> str | None:
    """The value with the quotes it is written in."""
    if option.value is None:
        return None
    if len(option.words) > 1:
        written = option.words[-1].written
        return None if written is None else written.text
    written = option.words[0].written
    if written is None or "=" not in written.text or written.text[0] in "\"'":
        return None
    return written.text.partition("=")[2]


def _prefixed(prefix: str, value: str) -> str:
    """`value` with `prefix` inside its opening quote."""
    quote = value[0] if value[:1] in ("'", '"') else ""
    return f"{quote}{prefix}{value[len(quote) :]}"


def _opt(key: str, shown: str) -> Callable[[Build, str | None], Form]:
    def form(build: Build, value: str | None) -> Form:
        advice = f"--opt {key}{shown}"
        return Form(advice, f"--opt {_prefixed(key, value)}" if value else None)

    return form


def _build_arg(build: Build, value: str | None) -> Form:
    advice = "--opt build-arg:NAME=VALUE"
    if not value:
        return Form(advice)
    if "=" not in value:
        # Releases up to v0.32.2 do not take the value from the environment.
        return (
            Form(advice, f"--opt build-arg:{value}=${value}")
            if value.isidentifier()
            else Form(advice)
        )
    return Form(advice, f"--opt {_prefixed('build-arg:', value)}")


def _cache(flag: str) -> Callable[[Build, str | None], Form]:
    def form(build: Build, value: str | None) -> Form:
        advice = f"{flag} type=registry,ref=NAME"
        if not value:
            return Form(advice)
        typed = value if "type=" in value else _prefixed("type=registry,ref=", value)
        return Form(advice, f"{flag} {typed}")

    return form


def _file(build: Build, value: str | None) -> Form:
    advice = "--local dockerfile=DIRECTORY --opt filename=NAME"
    local = build.locals.get("dockerfile")
    if value and local is not None and local.resolved == "":
        return Form(advice, f"--opt {_prefixed('filename=', value)}")
    return Form(advice)


def _only(advice: str) -> Callable[[Build, str | None], Form]:
    return lambda build, value: Form(advice)


def _plain(text: str) -> Callable[[Build, str | None], Form]:
    return lambda build, value: Form(text, text)


_OUTPUT = "--output type=image,name=NAME,push=true"

_FORMS: dict[str, Callable[[Build, str | None], Form]] = {
    "--build-arg": _build_arg,
    "--label": _opt("label:", "NAME=VALUE"),
    "--target": _opt("target=", "STAGE"),
    "--platform": _opt("platform=", "OS/ARCH"),
    "--no-cache-filter": _opt("no-cache=", "STAGE"),
    "--cache-from": _cache("--import-cache"),
    "--cache-to": _cache("--export-cache"),
    "--file": _file,
    "-f": _file,
    "--pull": _plain("--opt image-resolve-mode=pull"),
    "--tag": _only(_OUTPUT),
    "-t": _only(_OUTPUT),
    "--push": _only(_OUTPUT),
    "--load": _only("--output type=docker,name=NAME,dest=image.tar"),
    "--add-host": _only("--opt add-hosts=HOST=ADDRESS"),
    "--network": _only("--allow network.host --opt force-network-mode=host"),
    "--build-context": _only("--local NAME=DIRECTORY --opt context:NAME=local:NAME"),
    "--provenance": _only("--opt attest:provenance=mode=max"),
    "--sbom": _only("--opt attest:sbom="),
    "--iidfile": _only("--metadata-file FILE, and read containerimage.digest from it"),
    "--shm-size": _only("--opt shm-size=BYTES"),
    "--ulimit": _only("--opt ulimit=nofile=1024:1024"),
    "--frontend-opt": _opt("", "KEY=VALUE"),
    "--exporter": _only("--output type=NAME"),
    "--exporter-opt": _only("--output type=NAME,KEY=VALUE"),
}
