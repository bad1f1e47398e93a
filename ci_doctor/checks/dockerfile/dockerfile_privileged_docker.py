"""A container engine in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile, Env
from ...finding import Finding, Severity

HOST = "DOCKER_HOST"
# The client alone does these.
CLIENT = frozenset(
    {"--help", "--version", "-v", "completion", "context", "help", "login", "logout"}
)
ENGINES = frozenset({"docker", "podman", "buildah", "nerdctl"})
# Without an engine: `docker buildx version`, `docker compose config`.
QUIET = frozenset({"config", "install", "ls", "version"})
RUNS = {"podman": {"build", "run"}, "buildah": {"bud", "build", "from", "run"}}


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    if any(pair.name.value == HOST for each in dockerfile.of(Env) for pair in each.pairs):
        return  # an engine elsewhere, which a step may reach
    for command in context.run_commands(dockerfile, "dockerd", *ENGINES):
        words = [word.text.value for word in command.arguments]
        if HOST in command.assignments:
            continue
        if command.name != "dockerd" and not _needs_engine(str(command.name), words):
            continue
        if command.name == "dockerd" and command.has("-v", "--version", "--help", "--validate"):
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            f"`{command.name}` in a RUN step fails",
            details="Cannot connect to the Docker daemon, or the kernel refuses new namespaces.",
            advice=("build in a job or stage of its own, and COPY --from the result",),
        )


def _needs_engine(name: str, words: list[str | None]) -> bool:
    if not words or words[0] is None or words[0] in CLIENT:
        return False
    if name in RUNS:
        return words[0] in RUNS[name]
    if words[0].startswith("-"):
        return False  # a global option: what follows is not looked at
    if words[0] in ("buildx", "compose", "manifest"):
        return len(words) > 1 and words[1] not in QUIET and words[0] != "manifest"
    return words[0] != "version"


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM docker:28-cli
                RUN ⟦docker build -t app .⟧
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get install -y podman && ⟦podman run --rm alpine true⟧
            """,
            ".gitlab-ci.yml": BUILDX,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM docker:28-cli
                RUN docker --version && docker buildx version && docker compose version
                ENTRYPOINT ["docker", "build"]
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="no engine is asked",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN apt-get install -y docker.io podman
                RUN docker info || true
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="packages, and a failure that is ignored",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM docker:28-cli
                ENV DOCKER_HOST=tcp://docker:2375
                RUN docker pull alpine:3.22
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="the engine is elsewhere: a rootless step is on the job's network",
    )


CHECK = Check(
    id="dockerfile-privileged-docker",
    title="Container engine in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        No engine runs inside a build step, and a step may neither start one nor make the
        namespaces that a container needs.
    """,
    links=("https://docs.docker.com/build/building/multi-stage/",),
    since="0.1",
)
