"""A proxy that a Dockerfile makes part of the image."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.proxies import ALL, password_in
from ...check import Check, Context, Example, LookAlike, fix
from ...dockerfile import Dockerfile
from ...dockerfile.editing import remove_line
from ...dockerfile.instructions import Arg, Env, Label, Pair
from ...finding import Finding, Severity
from ...samples import BUILDX


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for instruction in dockerfile.instructions:
        if not isinstance(instruction, (Arg, Env)) or isinstance(instruction, Label):
            continue
        proxies = [pair for pair in instruction.pairs if pair.name.value.lower() in ALL]
        # What unsets the proxy again is no proxy.
        proxies = [p for p in proxies if p.value is None or p.value.value.strip("\"'")]
        if not proxies:
            continue
        name = proxies[0].name.value
        if isinstance(instruction, Arg):
            alone = len(proxies) == len(instruction.pairs)
            yield context.finding(
                proxies[0].name.location,
                f"`ARG {name}` puts the proxy into the image's history: without it BuildKit passes it on unseen",
                details="The proxy names are predefined: `--build-arg` reaches RUN without an ARG, and stays "
                "out of the history and the cache key.",
                fix=fix("Remove the ARG", remove_line(instruction), unsafe=True) if alone else None,
            )
        else:
            secret = next((pair for pair in proxies if _has_password(pair)), None)
            yield context.finding(
                (secret or proxies[0]).name.location,
                f"`ENV {(secret or proxies[0]).name.value}` stays in the image"
                + (
                    ", with the proxy's password"
                    if secret
                    else ": its containers use the builder's proxy"
                ),
                severity=Severity.ERROR if secret else Severity.WARNING,
                advice=(f"remove it, and pass --build-arg {name}",),
            )


def _has_password(pair: Pair) -> bool:
    value = None if pair.value is None else pair.value.value
    span = None if value is None else password_in(value)
    return span is not None and value is not None and "$" not in value[slice(*span)]


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            "Dockerfile": """
                FROM alpine:3.22
                ARG ⟦http_proxy⟧
                RUN apk add --no-cache curl
            """,
            ".gitlab-ci.yml": BUILDX,
        },
        fixed={
            "Dockerfile": """
                FROM alpine:3.22
                RUN apk add --no-cache curl
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                ENV DEBIAN_FRONTEND=noninteractive ⟦HTTPS_PROXY⟧=http://builder:Wint3r-2031@proxy.example.com:3128
                RUN apt-get update && apt-get install -y curl
            """,
            ".gitlab-ci.yml": BUILDX,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM alpine:3.22
                RUN --mount=type=secret,id=proxy http_proxy=$(cat /run/secrets/proxy) apk add --no-cache curl
            """,
            ".gitlab-ci.yml": BUILDX,
        },
        why="for one command only",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM registry.example.com/base:4
                ENV http_proxy="" https_proxy=
                LABEL http_proxy=none
            """,
            ".gitlab-ci.yml": BUILDX,
        },
        why="it takes the base image's proxy away",
    )


CHECK = Check(
    id="proxy-arg-in-dockerfile",
    title="Proxy written into the image",
    severity=Severity.WARNING,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        ENV makes the proxy of the build a setting of every container, where it may not be reachable;
        ARG leaves its value, with user and password, in the image's history. Neither is needed:
        `--build-arg http_proxy` alone reaches every RUN.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#predefined-args",),
    since="0.1",
)
