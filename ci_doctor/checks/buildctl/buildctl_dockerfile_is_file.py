"""`--local dockerfile=` with the file in place of its directory."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...builds.build import Build, Option, Path, Tool
from ...builds.editing import add_behind
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Confidence, Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
NAMED = r"(?:.+\.)?(?:Dockerfile|Containerfile)(?:\.[^/]+)?|.+\.dockerfile"


def find(build: Build, context: Context) -> Iterator[Finding]:
    path = build.locals.get("dockerfile")
    if build.tool not in BUILDCTL or path is None:
        return
    name = path.text.template.rsplit("/", 1)[-1]
    there = None if path.resolved is None else context.files.exists(path.resolved)
    if path.resolved is not None and context.files.is_directory(path.resolved) is not False:
        return
    known_file = path.resolved is not None and there is True
    if not known_file and not re.fullmatch(NAMED, name):
        return
    yield context.finding(
        path.location,
        f"`--local dockerfile=` takes the directory of the Dockerfile, and '{path.text.display}' "
        + ("is a file" if path.resolved is not None else "looks like the file"),
        confidence=Confidence.CERTAIN if path.resolved is not None else Confidence.LIKELY,
        details=f"error: invalid local: stat {path.text.display}: not a directory",
        advice=(f"--local dockerfile={_directory(path)} --opt filename={name}",),
        fix=_fix(build, path, name),
    )


def _directory(path: Path) -> str:
    return path.text.display.rpartition("/")[0] or "."


def _fix(build: Build, path: Path, name: str) -> Fix | None:
    option = _option(build)
    place, value = path.location, path.text.value
    if option is None or place is None or value is None or place.text != value:
        return None
    given = [opt.value for opt in build.opts if opt.key == "filename"]
    edits = [replace(place, _directory(path))]
    if given:
        if given[-1] is None or given[-1].equals(name) is not True:
            return None
    elif name != "Dockerfile":
        behind = add_behind(option.location, f"--opt filename={name}")
        if behind is None:
            return None
        edits.append(behind)
    return fix("Give the directory", *edits)


def _option(build: Build) -> Option | None:
    for option in reversed(build.given("--local")):
        if option.value is not None and option.value.startswith("dockerfile=") is True:
            return option
    return None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=⟦docker/Dockerfile⟧ --output type=oci,dest=image.tar
            """,
            "docker/Dockerfile": """
                FROM alpine:3.22
            """,
        },
        fixed={
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=docker --output type=oci,dest=image.tar
            """,
            "docker/Dockerfile": """
                FROM alpine:3.22
            """,
        },
    )
    # Under another name, the name goes to the frontend.
    yield Example(
        {
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - |
                      buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                        --local context=. \\
                        --local dockerfile=⟦worker.Dockerfile⟧ \\
                        --output type=oci,dest=image.tar
            """,
            "worker.Dockerfile": """
                FROM alpine:3.22
            """,
        },
        fixed={
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - |
                      buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                        --local context=. \\
                        --local dockerfile=. --opt filename=worker.Dockerfile \\
                        --output type=oci,dest=image.tar
            """,
            "worker.Dockerfile": """
                FROM alpine:3.22
            """,
        },
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=images/app.dockerfile --output type=oci,dest=image.tar
            """,
            "images/app.dockerfile/Dockerfile": """
                FROM alpine:3.22
            """,
        },
        why="a directory of that name",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=$DOCKERFILE_DIRECTORY --opt filename=app.Dockerfile
              --output type=oci,dest=image.tar
        """,
        why="the name stands where it belongs",
    )


CHECK = Check(
    id="buildctl-dockerfile-is-file",
    title="--local dockerfile= names a file",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `buildctl` sends a directory to the daemon under the name `dockerfile`, and the frontend
        reads a file in it: `Dockerfile`, or what `--opt filename=` says. The path of the file itself
        ends the build before it begins.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#troubleshooting",
        "https://github.com/moby/buildkit#building-a-dockerfile-with-buildctl",
    ),
    since="0.1",
)
