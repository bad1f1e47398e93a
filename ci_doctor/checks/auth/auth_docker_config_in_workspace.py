"""Credentials in the build context, in a cache or in artifacts."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Build, Tool
from ...builds.contexts import BuildContext, context_of, copy_sources
from ...builds.environment import exported
from ...check import Check, Context, Example, LookAlike, fix
from ...dockerfile.ignore import add_pattern
from ...dockerfile.instructions import Copy
from ...dockerfile.stages import needed_stages
from ...edits import Fix
from ...execution.directories import inside
from ...finding import Finding, Severity
from ...pipeline.model import Job, Value
from ...source import Location


def find(job: Job, context: Context) -> Iterator[Finding]:
    if not context.builds.logins and not any(w.entries for w in context.builds.config_writes):
        return
    seen: set[tuple[Location, str]] = set()
    for build in context.builds.builds:
        directory = exported(build.command, "DOCKER_CONFIG")
        path = None if directory is None else inside(directory, build.command.cwd)
        place = None if directory is None else directory.location
        if not path or place is None:
            continue
        for message, related, repair in _leaks(job, build, path, context):
            if (place, message) in seen:
                continue
            seen.add((place, message))
            yield context.finding(
                place,
                message,
                related=() if related is None else (related,),
                advice=('DOCKER_CONFIG: "/tmp/.docker"', f"or a line `{path}` in .dockerignore"),
                fix=repair,
            )


def _leaks(
    job: Job, build: Build, path: str, context: Context
) -> Iterator[tuple[str, Location | None, Fix | None]]:
    for keyword in ("artifacts", "cache"):
        value = job.get(keyword)
        listed = None if value is None else _listed(value, path)
        if listed is not None:
            yield f"config.json with its credentials goes into the job's {keyword}", listed, None
    if build.tool is Tool.OPAQUE:
        return
    around = context_of(build, context.builds, context.files)
    if around is None or not around.known:
        return
    below = _in_context(path, around)
    copied = None if below is None else _copied(build, below, context)
    if below is None or copied is None or around.excludes(below) is not None:
        return
    repair = None
    if around.ignore is not None:
        repair = fix("Keep it out of the context", add_pattern(around.ignore, below))
    yield (
        "config.json with its credentials is copied into the image",
        copied.noted("copies the whole context"),
        repair,
    )


def _listed(value: Value, path: str) -> Location | None:
    for keyword in value.items or (value,):
        paths = keyword.get("paths")
        for item in paths.items if paths is not None else ():
            written = (item.string or "").strip("/")
            if written and f"{path}/".startswith(f"{written.removeprefix('./')}/"):
                return item.location
    return None


def _in_context(path: str, around: BuildContext) -> str | None:
    if not around.path:
        return path
    prefix = f"{around.path}/"
    return path.removeprefix(prefix) if path.startswith(prefix) else None


def _copied(build: Build, path: str, context: Context) -> Location | None:
    """The COPY or ADD that takes the path into the image."""
    dockerfile = context.dockerfile(build)
    if dockerfile is None:
        return None
    scopes = scopes_of(build, dockerfile)
    for stage in needed_stages(dockerfile, build.target, scopes=scopes):
        for instruction in stage.of(Copy):
            if instruction.excludes:
                continue
            for source in copy_sources(instruction, scopes.at(instruction)):
                if not source.path or f"{path}/".startswith(f"{source.path}/"):
                    return source.location
    return None


def examples() -> Iterator[Example | LookAlike]:
    dockerfile = """
        FROM alpine:3.22
        COPY . /app
    """
    pipeline = """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_CONFIG: $CI_PROJECT_DIR/.docker
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
    """
    marked = pipeline.replace("$CI_PROJECT_DIR/.docker", "⟦$CI_PROJECT_DIR/.docker⟧")
    yield Example(
        {"Dockerfile": dockerfile, ".dockerignore": ".git\n", ".gitlab-ci.yml": marked},
        fixed={
            "Dockerfile": dockerfile,
            ".dockerignore": ".git\n.docker\n",
            ".gitlab-ci.yml": pipeline,
        },
    )
    yield Example({"Dockerfile": dockerfile, ".gitlab-ci.yml": marked})
    yield LookAlike(
        {"Dockerfile": dockerfile, ".dockerignore": "**/.docker\n", ".gitlab-ci.yml": pipeline},
        why="kept out of the context",
    )
    yield LookAlike(
        {
            "Dockerfile": "FROM alpine:3.22\nCOPY src /app\n",
            ".gitlab-ci.yml": pipeline,
        },
        why="only another directory is copied",
    )


CHECK = Check(
    id="auth-docker-config-in-workspace",
    title="config.json in the build context",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        A DOCKER_CONFIG inside the checkout puts the job's credentials where `COPY .` takes them into
        the image, and caches and artifacts take them to other jobs and people. The job's token
        dies with the job; passwords of one's own do not.
    """,
    links=("https://docs.docker.com/build/concepts/context/#dockerignore-files",),
    since="0.1",
)
