"""A local cache that ends with the job."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build
from ...builds.caches import kind, place_of
from ...builds.keeping import is_kept
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...execution.directories import inside
from ...finding import Finding, Severity
from ...pipeline.editing import add_keyword
from ...text import Text


def find(build: Build, context: Context) -> Iterator[Finding]:
    # A shell executor's machine goes on between the jobs.
    if not context.runner.uses_docker_executor or build.job.image is None:
        return
    for cache in build.cache_to:
        target = place_of(cache, exported=True)
        if kind(cache) != "local" or target is None or target.is_known is False:
            continue
        path = inside(target, build.command.cwd)
        if is_kept(build.job, path if path is not None else target.value) is not False:
            continue
        attribute = cache.get("dest")
        yield context.finding(
            None if attribute is None else attribute.value_location,
            f"the cache in '{target.display}' is thrown away with the job: "
            + (
                "`cache:paths` does not name it"
                if path is not None
                else "GitLab keeps only what lies in the project's directory"
            ),
            advice=("cache: {key: buildkit, paths: [.buildcache]}",)
            if path is None
            else (f"cache: {{key: buildkit, paths: [{path}]}}",),
            fix=_fix(build, cache, target, path),
        )


def _fix(build: Build, cache: Attributes, target: Text, path: str | None) -> Fix | None:
    if path is None or "cache" in build.job.keywords:
        return None
    if not all(letter.isalnum() or letter in "._/-" for letter in path):
        return None
    block = f"cache:\n  key: buildkit\n  paths:\n    - {path}"
    flow = f"cache: {{key: buildkit, paths: [{path}]}}"
    edits = add_keyword(build.job, block, flow, after="image")
    return fix(f"Keep `{path}` between jobs", *edits, unsafe=True) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=local,src=.buildcache
              --export-cache type=local,dest=⟦.buildcache⟧,mode=max --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          cache:
            key: buildkit
            paths:
              - .buildcache
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=local,src=.buildcache
              --export-cache type=local,dest=.buildcache,mode=max --output type=oci,dest=image.tar
        """,
    )
    # GitLab keeps nothing outside of the project.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          cache: {key: buildkit, paths: [node_modules]}
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from type=local,src=/tmp/buildcache -o type=oci,dest=app.tar
              --cache-to type=local,dest=⟦/tmp/buildcache⟧,mode=max .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          cache:
            - {key: npm, paths: [node_modules/]}
            - {key: buildkit, paths: [$CI_PROJECT_DIR/.cache/]}
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from type=local,src=.cache/buildkit -o type=oci,dest=app.tar
              --cache-to type=local,dest=$CI_PROJECT_DIR/.cache/buildkit,mode=max .
        """,
        why="a directory above it is kept",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from type=local,src=/cache/buildkit -o type=oci,dest=app.tar
              --cache-to type=local,dest=/cache/buildkit,mode=max .
        """,
        why="/cache is a volume that the runner keeps",
    )


CHECK = Check(
    id="cache-local-not-in-gitlab-cache",
    title="Local cache that GitLab does not keep",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A job starts in a fresh container. A cache that BuildKit writes to a directory is found by
        the next job only where `cache:paths` (or artifacts) bring that directory back, and they
        can only name paths inside of the project.
    """,
    links=(
        "https://docs.docker.com/build/cache/backends/local/",
        "https://docs.gitlab.com/ci/yaml/#cachepaths",
    ),
    since="0.1",
)
