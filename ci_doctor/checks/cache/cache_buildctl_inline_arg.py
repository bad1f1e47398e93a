"""buildx's switch for an inline cache, given to buildctl."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...builds.caches import BUILDCTL
from ...builds.editing import remove_option
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Finding, Severity

ARGUMENT = "build-arg:BUILDKIT_INLINE_CACHE"


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for option in build.given("--opt"):
        key = None if option.value is None else option.value.partition("=")[0]
        if key is None or key.value != ARGUMENT:
            continue
        edit = remove_option(option)
        yield context.finding(
            option.location,
            "BUILDKIT_INLINE_CACHE means nothing to buildctl: no inline cache is written",
            advice=("--export-cache type=inline",),
            fix=None if edit is None else fix("Remove the option", edit),
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                ⟦--opt build-arg:BUILDKIT_INLINE_CACHE=1⟧ \\
                --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar ⟦--opt=build-arg:BUILDKIT_INLINE_CACHE=true⟧
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script: docker build --build-arg BUILDKIT_INLINE_CACHE=1 -t app .
        """,
        why="docker writes the cache then",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --export-cache type=inline --opt build-arg:CACHE=1 --output type=oci,dest=image.tar
        """,
        why="buildctl's own way, and an argument of the Dockerfile",
    )


CHECK = Check(
    id="cache-buildctl-inline-arg",
    title="BUILDKIT_INLINE_CACHE with buildctl",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The build argument is a word between docker or buildx and the daemon: they turn it into
        the export of an inline cache. buildctl hands it to the Dockerfile, where nothing asks
        for it.
    """,
    links=("https://docs.docker.com/build/cache/backends/inline/",),
    since="0.1",
)
