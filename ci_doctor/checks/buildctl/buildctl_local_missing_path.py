"""`--local` with a directory that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.presence import is_there
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for option in build.given("--local"):
        value = None if option.value is None else option.value.value
        if value is not None and "=" not in value:
            yield context.finding(
                option.value_location,
                f"`--local` needs a name for the directory: '{value}' has none",
                details=f"error: invalid local: invalid value {value}",
                advice=(f"--local context={value}",),
            )
    for name, path in build.locals.items():
        if path.resolved is None or path.text.is_computed:
            continue
        if is_there(path.resolved, build.command, context.builds, context.files) is False:
            shown = path.text.display
            yield context.finding(
                path.location,
                f"the directory '{shown}' is not in the repository, and the job does not make it",
                details=f"error: invalid local: resolve : lstat {shown}: no such file or directory",
                advice=(f"--local {name}= with a path from where the command runs",),
            )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=⟦service/api⟧
                      --local dockerfile=services/api --output type=oci,dest=image.tar
            """,
            "services/api/Dockerfile": """
                FROM alpine:3.22
            """,
        }
    )
    # Seen from the directory that the script has gone to.
    yield Example(
        {
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - cd app
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=⟦app/docker⟧ --output type=oci,dest=image.tar
            """,
            "app/docker/Dockerfile": """
                FROM alpine:3.22
            """,
        }
    )
    yield LookAlike(
        """
        bundle:
          script: make bundle
          artifacts: {paths: [dist/]}

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=dist
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="artifacts of another job bring it",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - git clone --depth 1 https://gitlab.com/example/app.git source
            - mkdir -p build/docker
            - printf 'FROM scratch\\nCOPY . /\\n' > build/docker/Dockerfile
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=source
              --local dockerfile=build/docker --output type=oci,dest=image.tar
        """,
        why="the job makes both",
    )


CHECK = Check(
    id="buildctl-local-missing-path",
    title="--local names a directory that does not exist",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `buildctl` takes the directories of `--local` relative to where it runs, which is the root
        of the repository unless the script changes it. One that is not there ends the build.
    """,
    links=("https://github.com/moby/buildkit#building-a-dockerfile-with-buildctl",),
    since="0.1",
)
