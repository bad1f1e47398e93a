"""A build whose Dockerfile copies from a context that nobody gave."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.editing import add_behind, subcommand
from ...builds.frontend import is_dockerfile, lacks_local, lacks_opt
from ...builds.operations import reads_context
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
CONTEXT = "--local context=."


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL or is_dockerfile(build) is not True:
        return
    given = not lacks_opt(build, "context") or not lacks_opt(build, "contextkey")
    if given or not lacks_local(build, "context"):
        return
    dockerfile = context.dockerfile(build)
    needless = dockerfile is not None and not reads_context(dockerfile, build)
    yield context.finding(
        build.command.program.written,
        "the build has no context: `--local context=` is missing"
        + (", though the Dockerfile does not need it yet" if needless else ", and COPY fails"),
        severity=Severity.INFO if needless else None,
        details=(
            'error: failed to solve: NotFound: rpc error: … no access allowed to dir "context"'
        ),
        advice=(CONTEXT,),
        fix=_fix(build),
    )


def _fix(build: Build) -> Fix | None:
    locals_ = [option.location for option in build.given("--local")]
    options = [option.location for option in build.given("--frontend")]
    place = next((place for place in (*locals_, *options) if place is not None), None)
    edit = add_behind(place or subcommand(build), CONTEXT)
    return None if edit is None else fix(f"Add `{CONTEXT}`", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - ⟦buildctl-daemonless.sh⟧ build --frontend dockerfile.v0 --local dockerfile=.
                      --output type=oci,dest=image.tar
            """,
            "Dockerfile": """
                FROM alpine:3.22
                COPY app /app
            """,
        },
        fixed={
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local dockerfile=. --local context=.
                      --output type=oci,dest=image.tar
            """,
            "Dockerfile": """
                FROM alpine:3.22
                COPY app /app
            """,
        },
    )
    # Advice where no step reads the context: the build succeeds, until one does.
    yield Example(
        {
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - |
                      ⟦buildctl-daemonless.sh⟧ build \\
                        --frontend dockerfile.v0 \\
                        --local dockerfile=docker \\
                        --output type=oci,dest=image.tar
            """,
            "docker/Dockerfile": """
                FROM alpine:3.22
                RUN apk add --no-cache git
            """,
        },
        fixed={
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - |
                      buildctl-daemonless.sh build \\
                        --frontend dockerfile.v0 \\
                        --local dockerfile=docker --local context=. \\
                        --output type=oci,dest=image.tar
            """,
            "docker/Dockerfile": """
                FROM alpine:3.22
                RUN apk add --no-cache git
            """,
        },
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0
              --opt context=https://gitlab.com/example/app.git#main --output type=oci,dest=image.tar
        """,
        why="the context is fetched",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local dockerfile=.
              --local "$CONTEXT" --output type=oci,dest=image.tar
        """,
        why="the variable may hold it",
    )


CHECK = Check(
    id="buildctl-missing-local-context",
    title="buildctl build without a context",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `buildctl` has no argument for the context, as `docker build` has: a directory must be given
        as `--local context=`. Without it the build fails at the first COPY or ADD, and not before.
    """,
    links=("https://github.com/moby/buildkit#building-a-dockerfile-with-buildctl",),
    since="0.1",
)
