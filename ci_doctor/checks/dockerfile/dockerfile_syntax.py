"""A Dockerfile that BuildKit does not accept."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.dockerfile_syntax import is_docker_frontend
from ...builds.operations import reaching
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...dockerfile import Dockerfile
from ...dockerfile.instructions import Fault
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...source import Location, Span

_UNKNOWN = "unknown instruction: "
_MEANT = " (did you mean "
# What template engines replace before anybody builds: Jinja, Go, ERB.
_TEMPLATE_MARKS = ("{{", "{%", "<%")


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    if dockerfile.syntax is not None and not is_docker_frontend(dockerfile.syntax.value.value):
        return
    builds = context.builds_with(dockerfile)
    if any(arg.name.value in (None, "BUILDKIT_SYNTAX") for b in builds for arg in b.build_args):
        return
    fault = _first(dockerfile, builds)
    if fault is None or any(mark in fault.location.text for mark in _TEMPLATE_MARKS):
        return
    problem = fault.message
    if problem.startswith("dockerfile parse error"):
        problem = problem.partition(": ")[2]
    place, meant = fault.location, ""
    if problem.startswith(_UNKNOWN):
        word, _, meant = problem.removeprefix(_UNKNOWN).removesuffix("?)").partition(_MEANT)
        start = place.span.start
        place = Location(place.source, Span(start, start + len(word)))
        problem = f"there is no instruction '{word}'"
        problem += f", did you mean {meant.upper()}?" if meant else ""
    yield context.finding(
        place,
        f"the build ends before its first step: {problem}"
        + ("" if builds else ", unless something rewrites the file before"),
        confidence=Confidence.CERTAIN if builds else Confidence.LIKELY,
        details=fault.message,
        advice=_advice(fault),
        fix=_fix(place, meant),
    )


def _first(dockerfile: Dockerfile, builds: list[Build]) -> Fault | None:
    """The fault that ends the build; one in a stage counts where that stage is built."""
    for fault in dockerfile.faults:
        if not fault.late:
            return fault
    modern = [build for build in builds if build.tool is not Tool.KANIKO]
    for fault in dockerfile.faults:
        if reaching(dockerfile, fault.location.span.start, modern) or not builds:
            return fault
    return None


def _advice(fault: Fault) -> tuple[str, ...]:
    if _UNKNOWN in fault.message and _MEANT not in fault.message:
        return ("end the line before with `\\`, if this one belongs to it",)
    if fault.message == "unterminated heredoc":
        return ("end it with a line that holds the word alone, without blanks around it",)
    return ()


def _fix(place: Location, meant: str) -> Fix | None:
    if not meant:
        return None
    return fix(f"Write {meant.upper()}", replace(place, meant.upper()))


def examples() -> Iterator[Example | LookAlike]:
    pipeline = """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """
    yield Example(
        {
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                FROM node:22-alpine
                ⟦WORKIDR⟧ /app
                RUN npm install --global pnpm
            """,
        },
        fixed={
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                FROM node:22-alpine
                WORKDIR /app
                RUN npm install --global pnpm
            """,
        },
    )
    # The backslash is missing on the line before.
    yield Example(
        {
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                FROM debian:12
                RUN apt-get update \\
                 && apt-get install --yes curl
                 ⟦&&⟧ rm -rf /var/lib/apt/lists
            """,
        }
    )
    # A mount is read when its stage is built.
    yield Example(
        {
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                FROM golang:1.26 AS build
                ⟦RUN --mount=type=cahce,target=/root/.cache/go-build go build -o /app .⟧

                FROM scratch
                COPY --from=build /app /app
            """,
        }
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                # syntax=registry.example.com/frontends/earth:1
                VERSION 0.8
                FROM alpine:3.22
            """,
        },
        why="a frontend of one's own has instructions of its own",
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - jinja2 Dockerfile.j2 > Dockerfile
                    - docker build -t app .
            """,
            "Dockerfile.j2": """
                FROM alpine:3.22
                {% if debug %}
                RUN apk add --no-cache strace
                {% endif %}
            """,
        },
        why="the template is not what is built",
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                FROM alpine:3.22 AS lint
                RUN --mount=type=caches,target=/x true

                FROM alpine:3.22
                RUN <<-END
                \tFRM is no instruction, and this is no instruction
                END
                env APP=1
            """,
        },
        why="the stage with the wrong mount is not built, and the rest is shell or lower case",
    )


CHECK = Check(
    id="dockerfile-syntax",
    title="Dockerfile that cannot be read",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        BuildKit reads the whole file before the first step: an instruction that does not exist, an
        unknown flag or a heredoc without end stops every build of it, whatever its target. A wrong
        `RUN --mount` is met when its stage is built.
    """,
    links=("https://docs.docker.com/reference/dockerfile/",),
    since="0.1",
)
