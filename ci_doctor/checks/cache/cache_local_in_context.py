"""A local cache that becomes part of the image."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Attribute, Build
from ...builds.caches import kind
from ...builds.contexts import BuildContext, context_of, copy_sources
from ...check import Check, Context, Example, LookAlike, fix
from ...dockerfile import Copy, Dockerfile, needed_stages
from ...dockerfile.ignore import add_pattern
from ...edits import Fix
from ...execution.directories import inside
from ...finding import Finding, Severity
from ...source import Location


def find(build: Build, context: Context) -> Iterator[Finding]:
    places = _directories(build)
    dockerfile = context.dockerfile(build)
    if not places or dockerfile is None:
        return
    given = context_of(build, context.builds, context.files)
    if given is None or not given.known:
        return
    for path, attribute in places.items():
        below = _below(path, given.path)
        if below is None or given.excludes(below) is not None:
            continue
        copy = _copied(below, build, dockerfile)
        if copy is None:
            continue
        yield context.finding(
            attribute.value_location,
            f"the cache in '{path}' is copied into the build: no .dockerignore keeps it out",
            related=[copy.noted("copies it")],
            advice=(f".dockerignore: {below}",),
            fix=_fix(given, below),
        )


def _directories(build: Build) -> dict[str, Attribute]:
    """The directories of local caches by their paths, each at its first mention."""
    found: dict[str, Attribute] = {}
    for caches, key in ((build.cache_from, "src"), (build.cache_to, "dest")):
        for cache in caches:
            attribute = cache.get(key)
            if kind(cache) == "local" and attribute is not None and attribute.value is not None:
                path = inside(attribute.value, build.command.cwd)
                if path:
                    found.setdefault(path, attribute)
    return found


def _below(path: str, folder: str) -> str | None:
    if not folder:
        return path
    return path[len(folder) + 1 :] if path.startswith(f"{folder}/") else None


def _copied(path: str, build: Build, dockerfile: Dockerfile) -> Location | None:
    """The COPY that takes a directory of the context, or one around it, into a stage."""
    scopes = scopes_of(build, dockerfile)
    for stage in needed_stages(dockerfile, build.target, scopes=scopes):
        for copy in stage.of(Copy):
            for source in copy_sources(copy, scopes.at(copy)):
                if not source.path or f"{path}/".startswith(f"{source.path}/"):
                    return source.location
    return None


def _fix(given: BuildContext, path: str) -> Fix | None:
    if given.ignore is None:
        return None
    return fix(f"Add `{path}` to {given.ignore.source.path}", add_pattern(given.ignore, path))


def examples() -> Iterator[Example | LookAlike]:
    pipeline = """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          cache: {key: buildkit, paths: [.buildcache]}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=local,src=⟦.buildcache⟧
              --export-cache type=local,dest=.buildcache,mode=max --output type=oci,dest=image.tar
    """
    clean = pipeline.replace("⟦", "").replace("⟧", "")
    yield Example(
        {
            "Dockerfile": """
                FROM python:3.13
                COPY . /app
            """,
            ".dockerignore": ".git\n*.md\n",
            ".gitlab-ci.yml": pipeline,
        },
        fixed={
            "Dockerfile": """
                FROM python:3.13
                COPY . /app
            """,
            ".dockerignore": ".git\n*.md\n.buildcache\n",
            ".gitlab-ci.yml": clean,
        },
    )
    # Without a .dockerignore there is one to write.
    yield Example(
        {
            "services/api/Dockerfile": """
                FROM golang:1.26
                WORKDIR /src
                ADD ./ ./
                RUN go build ./...
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  cache: {key: buildkit, paths: [services/api/cache]}
                  script:
                    - docker context create ci && docker buildx create --use ci
                    - cd services/api
                    - docker buildx build --cache-from type=local,src=⟦cache⟧ -o type=oci,dest=app.tar
                      --cache-to type=local,dest=cache,mode=max .
            """,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM python:3.13
                COPY . /app
            """,
            ".dockerignore": "**\n!src\n",
            ".gitlab-ci.yml": clean,
        },
        why="everything but the sources is kept out",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM python:3.13
                COPY src pyproject.toml /app/
            """,
            ".gitlab-ci.yml": clean,
        },
        why="BuildKit sends only what is copied",
    )


CHECK = Check(
    id="cache-local-in-context",
    title="Local cache inside the build context",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A cache directory in the project is brought back before the build. `COPY .` then takes it
        along: the image grows with every build, and the layer changes each time, so that
        nothing after it comes from the cache that was the point of it all.
    """,
    links=("https://docs.docker.com/build/concepts/context/#dockerignore-files",),
    since="0.1",
)
