"""A configuration file that buildkitd is given and that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.filesystem import FileSystem
from ...builds.presence import is_there
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity


def find(build: Build, context: Context) -> Iterator[Finding]:
    flags = build.daemonless_flags
    if build.tool is not Tool.BUILDCTL_DAEMONLESS or flags is None or flags.config is None:
        return
    config = flags.config
    target = FileSystem(context.builds.image).target(config.text, build.command)
    if any(write.target.equals(target) is not False for write in context.builds.writes):
        return
    if config.resolved is not None:
        missing = is_there(config.resolved, build.command, context.builds, context.files) is False
    else:
        missing = target.value is not None and _is_nowhere(target.value, build, context)
    if not missing:
        return
    yield context.finding(
        config.location,
        f"nothing has written '{config.text.display}': buildkitd starts without any of its settings",
        details="A missing file is no error: the build ends with exit code 0, without its mirrors, "
        "certificates and limits.",
        advice=(f"printf '[registry.\"docker.io\"]\\n…' > {config.text.display}",),
    )


def _is_nowhere(path: str, build: Build, context: Context) -> bool:
    """Whether a path outside the checkout can come from nothing that is seen."""
    builds = context.builds
    if builds.image.buildkit.official is not True or not context.execution.complete:
        return False
    if build.job.incomplete or not build.job.knows_variables:
        return False
    if build.job.may_inherit("before_script"):
        return False
    folder = path.rpartition("/")[0]
    for command in builds.execution.commands:
        if command is build.command:
            break
        # tar -C, cp -r, git clone, envsubst …: whatever is told of the directory.
        words = [word.text.template for word in command.words]
        if command.name != "mkdir" and any(word.startswith(folder) for word in words):
            return False
        if command.name in ("tar", "unzip", "git", "make"):
            return False
    return True


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config ⟦/tmp/buildkitd.toml⟧
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """)
    # Written under another name.
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config=⟦ci/buildkitd.toml⟧
          script:
            - printf '[registry."docker.io"]\\n  mirrors = ["mirror.example.com"]\\n' > buildkitd.toml
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        {
            "ci/buildkitd.toml": '[registry."docker.io"]\n  mirrors = ["mirror.example.com"]\n',
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables:
                    BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config ci/buildkitd.toml
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --output type=oci,dest=image.tar
            """,
        },
        why="a file of the repository",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config /tmp/buildkitd.toml
          before_script:
            - cp "$BUILDKITD_CONFIG" /tmp/buildkitd.toml
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="a file variable of the project is copied there",
    )


CHECK = Check(
    id="buildkitd-config-missing-file",
    title="buildkitd's configuration does not exist",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        buildkitd takes a `--config` that names no file without a word and starts with its defaults. What
        the file was for, a mirror, a certificate, a private registry, is silently missing.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/buildkitd.toml.md",),
    since="0.1",
)
