"""`--metadata-file` in a directory that nobody makes."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.paths import make_path
from ...builds.presence import is_there
from ...builds.script_editing import put_before
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    options = build.given("--metadata-file")
    value = None if not options else options[-1].value
    if value is None or "/" not in value.template:
        return
    directory = value[: value.template.rfind("/")]
    path = make_path(directory, None, build.command.cwd)
    if path.resolved is None or value.is_computed:
        return
    if is_there(path.resolved, build.command, context.builds, context.files) is not False:
        return
    shown = directory.display
    plain = directory.value is not None and shown.replace("/", "").replace("-", "").isalnum()
    edit = put_before(build.command, f"mkdir -p {shown} && ") if plain else None
    yield context.finding(
        options[-1].value_location,
        f"the directory '{shown}' is not there, and the job fails after the push",
        severity=Severity.WARNING if build.lacks("--output") else None,
        details=f"error: open {value.display}: no such file or directory, exit code 1",
        advice=(f"mkdir -p {shown}",),
        fix=None if edit is None else fix(f"Make '{shown}' before", edit),
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar --metadata-file ⟦out/meta.json⟧
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - mkdir -p out && buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar --metadata-file out/meta.json
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - mkdir -p artifacts
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --metadata-file=⟦artifacts/build/meta.json⟧ \\
                --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - mkdir -p artifacts
            - |
              mkdir -p artifacts/build && buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --metadata-file=artifacts/build/meta.json \\
                --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - mkdir -p out/build
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar --metadata-file out/meta.json
        """,
        why="the directory is made with the one in it",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - ./ci/prepare
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar --metadata-file out/meta.json
        """,
        why="a program that nobody here sees may make it",
    )


CHECK = Check(
    id="buildctl-metadata-dir-missing",
    title="--metadata-file in a missing directory",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `buildctl` writes the metadata when everything is done, and makes no directories for it. The
        image is in the registry by then, and the job is red.
    """,
    links=("https://github.com/moby/buildkit#metadata",),
    since="0.1",
)
