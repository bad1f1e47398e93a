"""A platform variable that is empty because no ARG declares it."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.operations import used_stages
from ...check import Check, Context, Example, LookAlike, fix
from ...dockerfile import Dockerfile, Scopes, Stage
from ...dockerfile.editing import add_line_behind
from ...dockerfile.uses import instruction_uses
from ...finding import Confidence, Finding, Severity
from ...images.reference import official_name, parse_reference_text
from ...source import Location

# Empty on most platforms even where they are declared.
OFTEN_EMPTY = ("TARGETVARIANT", "BUILDVARIANT", "TARGETOSVERSION", "BUILDOSVERSION")
NAMES = (
    *("TARGETPLATFORM", "TARGETOS", "TARGETARCH", "BUILDPLATFORM", "BUILDOS", "BUILDARCH"),
    *OFTEN_EMPTY,
)


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    scopes = Scopes(dockerfile, complete=False)
    for stage in used_stages(dockerfile, context.builds_with(dockerfile)):
        places: dict[str, list[Location]] = {}
        for use in instruction_uses(stage, scopes):
            plain = use.name in NAMES and not use.local and not use.has_default
            if plain and use.is_set is not True:
                places.setdefault(use.name, []).append(use.location)
        for name, found in places.items():
            yield _finding(name, found, stage, scopes, context)


def _finding(
    name: str, places: list[Location], stage: Stage, scopes: Scopes, context: Context
) -> Finding:
    known = _sets_nothing(stage, scopes)
    return context.finding(
        places[0],
        f"'{name}' is empty in this stage: no ARG declares it"
        + ("" if known else ", unless the base image sets it"),
        severity=Severity.WARNING if name in OFTEN_EMPTY else Severity.ERROR,
        confidence=Confidence.CERTAIN if known else Confidence.LIKELY,
        details="The platform's variables are there for FROM; a stage sees them only after ARG.",
        related=[place.noted("and here") for place in places[1:4]],
        advice=(f"ARG {name}",),
        fix=fix(f"Add `ARG {name}`", add_line_behind(stage.from_, f"ARG {name}")),
    )


def _sets_nothing(stage: Stage, scopes: Scopes) -> bool:
    """Whether the image below is one that sets no such variable: an official one, or none."""
    base = scopes.base(stage)
    while base.stage is not None:
        base = scopes.base(base.stage)
    if base.is_scratch:
        return True
    reference = parse_reference_text(base.image)
    return reference is not None and official_name(reference) is not None


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, MULTI

    yield Example(
        {
            "Dockerfile": """
                FROM alpine:3.22
                RUN apk add --no-cache curl \\
                 && curl -fLo /usr/bin/tool https://downloads.example.com/tool-linux-⟦${TARGETARCH}⟧ \\
                 && chmod +x /usr/bin/tool
            """,
            ".gitlab-ci.yml": MULTI,
        },
        fixed={
            "Dockerfile": """
                FROM alpine:3.22
                ARG TARGETARCH
                RUN apk add --no-cache curl \\
                 && curl -fLo /usr/bin/tool https://downloads.example.com/tool-linux-${TARGETARCH} \\
                 && chmod +x /usr/bin/tool
            """,
            ".gitlab-ci.yml": MULTI,
        },
    )
    # Declared in another stage, and two of them here.
    yield Example(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26 AS build
                ARG TARGETOS TARGETARCH
                RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /app ./cmd/app
                FROM debian:12
                COPY --from=build /app /usr/bin/app
                COPY licences/⟦$TARGETOS⟧ /licences
                RUN case "⟦$TARGETARCH⟧" in amd64) echo x86_64 ;; *) echo other ;; esac > /machine
            """,
            ".gitlab-ci.yml": MULTI,
        },
        fixed={
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26 AS build
                ARG TARGETOS TARGETARCH
                RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /app ./cmd/app
                FROM debian:12
                ARG TARGETOS
                ARG TARGETARCH
                COPY --from=build /app /usr/bin/app
                COPY licences/$TARGETOS /licences
                RUN case "$TARGETARCH" in amd64) echo x86_64 ;; *) echo other ;; esac > /machine
            """,
            ".gitlab-ci.yml": MULTI,
        },
    )
    # Somebody's own base image might set it: a warning.
    yield Example(
        {
            "Dockerfile": """
                FROM registry.example.com/base:3
                RUN ./install "⟦$TARGETPLATFORM⟧"
            """,
            ".gitlab-ci.yml": BUILDX,
        },
        fixed={
            "Dockerfile": """
                FROM registry.example.com/base:3
                ARG TARGETPLATFORM
                RUN ./install "$TARGETPLATFORM"
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM golang:1.26 AS base
                ARG TARGETARCH
                FROM base AS build
                RUN GOARCH=$TARGETARCH go build -o /app ./cmd/app
                FROM alpine:3.22
                ENV TARGETOS=linux
                RUN TARGETARCH=$(apk --print-arch) && echo "$TARGETARCH $TARGETOS ${TARGETVARIANT:-none}"
                RUN echo '$TARGETPLATFORM'
                COPY --from=build /app /usr/bin/app
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="declared below, set by ENV or by the step itself, with a default, and plain text",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM alpine:3.22 AS unused
                RUN echo $TARGETARCH
                FROM debian:12-slim
                CMD echo $TARGETARCH
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="FROM needs no ARG, a stage that is not built, and a command of the running container",
    )


CHECK = Check(
    id="target-arg-not-declared",
    title="Platform variable without ARG",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        BuildKit offers TARGETARCH and its siblings to every FROM, but a stage gets them only by an
        ARG of its own. Without it the variable is empty and nothing says so: the download ends
        in a 404, or the wrong branch of a `case` is taken.
    """,
    links=(
        "https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope",
        "https://docs.docker.com/reference/build-checks/undefined-var/",
    ),
    since="0.1",
)
