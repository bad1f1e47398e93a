"""The daemon's rootless flag, given to the client."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Option, Tool
from ...builds.editing import add_daemon_flag, remove_option
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity

FLAG = "--oci-worker-no-process-sandbox"


def find(build: Build, context: Context) -> Iterator[Finding]:
    for option in (*build.global_options, *build.options):
        if option.known or option.name != FLAG:
            continue
        buildctl = build.tool in (Tool.BUILDCTL, Tool.BUILDCTL_DAEMONLESS)
        yield context.finding(
            option.location,
            f"`{FLAG}` is a flag of buildkitd, and `{build.command.program.text.display}` refuses it",
            details=(
                f"Incorrect Usage: flag provided but not defined: {FLAG[1:]}"
                if buildctl
                else f"unknown flag: {FLAG}"
            ),
            advice=(f"variables: {{BUILDKITD_FLAGS: {FLAG}}}",) if buildctl else (),
            fix=_fix(build, option),
        )


def _fix(build: Build, option: Option) -> Fix | None:
    removal = remove_option(option)
    flags = build.daemonless_flags
    if build.tool is not Tool.BUILDCTL_DAEMONLESS or flags is None or removal is None:
        return None
    given = flags.has(FLAG)
    added = () if given is True else add_daemon_flag(build, FLAG)
    if given is None or (given is False and not added):
        return None
    return fix("Move the flag to BUILDKITD_FLAGS", removal, *added)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - |
              buildctl-daemonless.sh build \\
                ⟦--oci-worker-no-process-sandbox⟧ \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=oci,dest=image.tar
        """,
    )
    # Before the subcommand, with other flags of the daemon set.
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: "--debug"
          script:
            - buildctl-daemonless.sh ⟦--oci-worker-no-process-sandbox⟧ build --frontend dockerfile.v0
              --local context=. --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: "--debug --oci-worker-no-process-sandbox"
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0
              --local context=. --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx create --use --driver-opt image=moby/buildkit:v0.32.2-rootless
              --buildkitd-flags '--oci-worker-no-process-sandbox'
            - docker buildx build --output type=oci,dest=image.tar .
        """,
        why="buildx hands it to the daemon that it creates",
    )
    yield LookAlike(
        """
        serve:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker run -d --security-opt seccomp=unconfined moby/buildkit:v0.32.2-rootless
              --oci-worker-no-process-sandbox --addr tcp://0.0.0.0:1234
        """,
        why="an argument of the image's own entrypoint, which is buildkitd",
    )


CHECK = Check(
    id="rootless-flag-in-wrong-place",
    title="Rootless flag given to the client",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `--oci-worker-no-process-sandbox` tells the daemon how to run the steps. The client does
        not know it and ends at once. buildctl-daemonless.sh gives its daemon what stands in the
        variable BUILDKITD_FLAGS.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#buildkit-rootless",
        "https://github.com/moby/buildkit/tree/master/examples/buildctl-daemonless",
    ),
    symptoms=("buildctl-unknown-flag",),
    since="0.1",
)
