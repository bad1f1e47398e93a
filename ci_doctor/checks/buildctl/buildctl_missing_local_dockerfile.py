"""A build without a directory for its Dockerfile."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Option, Tool
from ...builds.editing import add_behind, subcommand
from ...builds.frontend import is_dockerfile, lacks_local, lacks_opt
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL or is_dockerfile(build) is not True:
        return
    given = not lacks_opt(build, "context") or not lacks_opt(build, "dockerfilekey")
    if given or not lacks_local(build, "dockerfile"):
        return
    none = not build.given("--local")
    yield context.finding(
        build.command.program.written,
        "the build has no Dockerfile: `--local dockerfile=` is missing, the directory it stands in",
        details="error: failed to solve: failed to read dockerfile: no local sources enabled"
        if none
        else "error: failed to solve: NotFound: failed to read dockerfile: rpc error: … no access "
        'allowed to dir "dockerfile"',
        advice=("--local dockerfile=.",),
        fix=_fix(build),
    )


def _fix(build: Build) -> Fix | None:
    """With the directory of the context, as docker has it."""
    option, directory = _context(build)
    options = [given.location for given in build.given("--frontend")]
    place = (
        option.location
        if option is not None
        else next((place for place in options if place is not None), None)
    )
    edit = add_behind(place or subcommand(build), f"--local dockerfile={directory}")
    return None if edit is None else fix(f"Add `--local dockerfile={directory}`", edit)


def _context(build: Build) -> tuple[Option | None, str]:
    for option in build.given("--local"):
        value = None if option.value is None else option.value.value
        if value is not None and value.startswith("context="):
            directory = value.removeprefix("context=")
            plain = directory.replace("/", "").replace(".", "").replace("-", "").replace("_", "")
            return option, directory if plain.isalnum() or not plain else "."
    return None, "."


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - ⟦buildctl-daemonless.sh⟧ build --frontend dockerfile.v0 --local context=services/api
                      --output type=oci,dest=image.tar
            """,
            "services/api/Dockerfile": """
                FROM alpine:3.22
            """,
        },
        fixed={
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=services/api --local dockerfile=services/api
                      --output type=oci,dest=image.tar
            """,
            "services/api/Dockerfile": """
                FROM alpine:3.22
            """,
        },
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              ⟦buildctl-daemonless.sh⟧ build --frontend dockerfile.v0 \\
                --local context=. \\
                --opt filename=docker/Dockerfile \\
                --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --opt filename=docker/Dockerfile \\
                --output type=oci,dest=image.tar
        """,
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
        why="the Dockerfile comes with the context",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local files=. --opt dockerfilekey=files --output type=oci,dest=image.tar
        """,
        why="another name is given to the directory",
    )


CHECK = Check(
    id="buildctl-missing-local-dockerfile",
    title="buildctl build without a Dockerfile",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `buildctl` does not look for the Dockerfile in the context: its directory must be given as
        `--local dockerfile=`, even where it is the same. Without it the build cannot begin.
    """,
    links=("https://github.com/moby/buildkit#building-a-dockerfile-with-buildctl",),
    since="0.1",
)
