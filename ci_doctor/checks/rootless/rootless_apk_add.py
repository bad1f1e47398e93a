"""Commands that only root may run, in the rootless image."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...execution.command import Certainty, Command
from ...finding import Finding, Severity
from ...pipeline.model import Job

INSTALLS = {
    "apk": ("add", "del", "update", "upgrade", "fix"),
    "apt-get": ("install", "update", "upgrade", "dist-upgrade", "remove"),
    "apt": ("install", "update", "upgrade", "full-upgrade", "remove"),
}
# A database of one's own, which needs no root.
ELSEWHERE = ("--root", "-p", "--usermode", "--initdb")
ACCOUNTS = ("adduser", "addgroup", "useradd", "groupadd", "usermod", "deluser", "passwd")
OWN = ("", "1000", "user")


def find(job: Job, context: Context) -> Iterator[Finding]:
    if context.builds.image.rootless is not True:
        return
    for command in context.execution.commands:
        # A condition may well be about root.
        if command.certainty is not Certainty.ALWAYS or command.failure_ignored:
            continue
        what = None if command.wrappers else _needs_root(command)
        if what is not None:
            yield context.finding(
                command.program.written,
                f"the rootless image runs as user 1000, who may not {what}",
                details="The command ends in `Permission denied`, or is not there at all.",
                advice=(
                    "do it in a job with another image, and pass the result on as an artifact",
                    "or build an image of your own: FROM moby/buildkit:…-rootless, USER root, "
                    "RUN apk add …, USER 1000:1000",
                ),
            )


def _needs_root(command: Command) -> str | None:
    name = command.name or ""
    words = [word.text.template for word in command.arguments]
    plain = [word for word in words if not word.startswith("-")]
    if name in INSTALLS:
        if any(word.startswith(ELSEWHERE) for word in words):
            return None
        return "install packages" if plain and plain[0] in INSTALLS[name] else None
    if name == "update-ca-certificates":
        return "change the system's certificates"
    if name in ACCOUNTS:
        return "change accounts"
    if name == "chown" and plain and not any(word.startswith("--ref") for word in words):
        owner = command.arguments[words.index(plain[0])].text.value
        user = None if owner is None else owner.split(":")[0]
        return None if user is None or user in OWN else f"give files to '{user}'"
    return None


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - ⟦apk⟧ add --no-cache coreutils
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """)
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - ⟦chown⟧ -R root:root rootfs
            - ⟦update-ca-certificates⟧
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          tags: [saas-linux-small-amd64]
          script:
            - apk add --no-cache coreutils
        """,
        why="this image runs as root",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - apk info
            - if [ "$(id -u)" = 0 ]; then apk add --no-cache coreutils; fi
            - chown -R 1000:1000 "$HOME/.docker"
        """,
        why="a question, a command for root only, and one's own files",
    )


CHECK = Check(
    id="rootless-apk-add",
    title="Rootless job needs root",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The rootless image of BuildKit runs the job's script as user 1000, and has no sudo: packages
        cannot be installed, accounts and the system's certificates not changed. What the build
        needs beside BuildKit belongs in another job or in an image of one's own.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#buildkit-rootless",
        "https://github.com/moby/buildkit/blob/master/docs/rootless.md",
    ),
    since="0.1",
)
