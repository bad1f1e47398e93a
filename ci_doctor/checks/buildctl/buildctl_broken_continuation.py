"""A command of several lines that falls apart."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.continuation import Break
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
MESSAGES = {
    "blank": "the blank behind the `\\` ends the command here: `{rest}` and what follows are lost",
    "missing": "the line before has no `\\` at its end: `{rest}` is taken for a command of its own",
    "comment": "a comment ends the command: `{rest}` behind it is taken for a command of its own",
    "joined": "YAML makes one line of these, and the `\\` becomes part of the next word, ' {rest}'",
}
FIXES = {
    "blank": "Remove the blank",
    "missing": "Add the `\\`",
    "comment": "Put the comment above the command",
    "joined": "Remove the `\\`",
}


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for broken in build.breaks:
        yield context.finding(
            broken.location,
            MESSAGES[broken.kind].format(rest=broken.rest),
            details=_details(broken),
            advice=(
                "script: with `|`, and a `\\` as the last character of each line but the last",
            ),
            fix=fix(FIXES[broken.kind], *broken.edits) if broken.edits else None,
        )


def _details(broken: Break) -> str:
    if broken.kind == "joined":
        return (
            "buildctl ignores arguments that are no options, so that what these lines say is lost. "
            "Without its frontend: error: empty definition sent to build. Specify --frontend instead?"
        )
    return f"The build runs without what follows, then: sh: {broken.rest}: not found, exit code 127"


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 ⟦\\ ⟧
                --local context=. --local dockerfile=.
                ⟦--output⟧ type=oci,dest=image.tar
              echo done
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
              echo done
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                ⟦# everything is in the root⟧
                --local context=. --local dockerfile=. \\
                --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              # everything is in the root
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=oci,dest=image.tar
        """,
    )
    # In a folded text, lines that are indented further keep their line ends.
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - >-
              buildctl-daemonless.sh build
                ⟦--frontend⟧ dockerfile.v0
                --local context=. --local dockerfile=.
                --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - >-
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=oci,dest=image.tar
        """,
    )
    # Without `|` the lines are one, and each `\\` quotes a blank.
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build ⟦\\⟧
              --frontend dockerfile.v0 \\
              --local context=. --local dockerfile=. \\
              --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build
              --frontend dockerfile.v0
              --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - >
              buildctl-daemonless.sh build
              --frontend dockerfile.v0
              --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
        why="YAML makes one line of it",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --opt label:title=app\\ one --output type=oci,dest=image.tar
              # what was built
              ls -l image.tar
        """,
        why="a quoted blank inside of a word, and a comment behind the command",
    )


CHECK = Check(
    id="buildctl-broken-continuation",
    title="Broken line continuation",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A `\\` joins two lines only as the very last character of the first one. A blank behind it, a
        missing one, or a comment line between ends the command, and what follows is run as a command
        of its own. In YAML text without `|` there are no line ends to join, and the `\\` quotes a blank.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/script/#split-long-commands",
        "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_01",
    ),
    since="0.1",
)
