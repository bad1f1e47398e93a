"""Quotes in BUILDKITD_FLAGS, which nobody takes away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...builds.build import Build, DaemonlessFlags
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...finding import Finding, Severity
from ...source import Span
from ...text import Literal

QUOTES = "\"'\\"
JOINED = r",\s*(?=--)"


def find(build: Build, context: Context) -> Iterator[Finding]:
    flags = build.daemonless_flags
    if flags is None or flags.text is None:
        return
    template = flags.text.template
    quoted = any(letter in template for letter in QUOTES)
    if not quoted and not re.search(JOINED, template):
        return
    yield context.finding(
        flags.location or build.command.program.written,
        "buildkitd gets the quotes in BUILDKITD_FLAGS as part of its flags"
        if quoted
        else "buildkitd gets the flags in BUILDKITD_FLAGS as one, for the comma between them",
        details=(
            "buildctl-daemonless.sh splits the variable on blanks and does nothing else: a quoted flag "
            "is not recognised as set, or ends in: flag provided but not defined"
        ),
        advice=("flags with blanks between them and without quotes of their own",),
        fix=_fix(flags),
    )


def _fix(flags: DaemonlessFlags) -> Fix | None:
    text = flags.text
    if text is None or len(text.parts) != 1 or not isinstance(text.parts[0], Literal):
        return None
    value = text.parts[0].value
    place = text.location
    # Only where the characters stand in the file as they are.
    if place is None or place.text != value:
        return None
    inner = value[1:-1]
    if value[0] in "\"'" and value[-1] == value[0] and not any(c in inner for c in QUOTES):
        start, end = place.span
        first, last = Span(start, start + 1), Span(end - 1, end)
        return fix(
            "Remove the inner quotes", Edit(place.path, first, ""), Edit(place.path, last, "")
        )
    if any(letter in value for letter in QUOTES):
        return None
    return fix(
        "Put blanks between the flags", Edit(place.path, place.span, re.sub(JOINED, " ", value))
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: '⟦"--oci-worker-no-process-sandbox"⟧'
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: '--oci-worker-no-process-sandbox'
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: ⟦--oci-worker-no-process-sandbox,--debug⟧
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --debug
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: "--oci-worker-no-process-sandbox"}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="these quotes are YAML's",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - export BUILDKITD_FLAGS="--oci-worker-no-process-sandbox
              --oci-worker-labels team=ci,tier=1"
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="the shell takes its quotes away, and the comma stands inside a value",
    )


CHECK = Check(
    id="buildkitd-flags-quoted",
    title="Quotes or commas in BUILDKITD_FLAGS",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        buildctl-daemonless.sh uses BUILDKITD_FLAGS unquoted: the shell splits it on blanks and
        leaves every other character as it is. A flag in quotes of its own, or several with commas
        between them, is a flag that buildkitd does not have.
    """,
    links=("https://github.com/moby/buildkit/tree/master/examples/buildctl-daemonless",),
    since="0.1",
)
