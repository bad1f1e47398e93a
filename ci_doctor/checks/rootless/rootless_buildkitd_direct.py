"""buildkitd started as an ordinary user, without RootlessKit."""

from __future__ import annotations

from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike, fix, replace
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

QUESTIONS = ("--version", "-v", "--help", "-h")


def find(job: Job, context: Context) -> Iterator[Finding]:
    if context.builds.image.rootless is not True:
        return
    for command in context.execution.named("buildkitd"):
        if any(word.text.value in QUESTIONS for word in command.arguments):
            continue
        place = command.program.text.location
        certain = command.certainty is Certainty.ALWAYS
        yield context.finding(
            command.program.written,
            "buildkitd does not start as user 1000 without RootlessKit"
            + ("" if certain else ", if the job gets here"),
            confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
            details=(
                "buildkitd: rootless mode requires to be executed as the mapped root in a user "
                "namespace; you may use RootlessKit for setting up the namespace"
            ),
            advice=("rootlesskit buildkitd …", "or let buildctl-daemonless.sh start the daemon"),
            fix=None
            if place is None
            else fix(
                "Start it with RootlessKit",
                replace(place, f"rootlesskit {place.text}"),
                unsafe=True,
            ),
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - ⟦buildkitd⟧ --oci-worker-no-process-sandbox &
            - sleep 3
            - buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - rootlesskit buildkitd --oci-worker-no-process-sandbox &
            - sleep 3
            - buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - nohup ⟦/usr/bin/buildkitd⟧ --addr "unix://$XDG_RUNTIME_DIR/buildkit/buildkitd.sock" > daemon.log 2>&1 &
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - nohup rootlesskit /usr/bin/buildkitd --addr "unix://$XDG_RUNTIME_DIR/buildkit/buildkitd.sock" > daemon.log 2>&1 &
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - buildkitd --version
            - rootlesskit buildkitd --oci-worker-no-process-sandbox &
        """,
        why="a question, and a daemon with RootlessKit",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          tags: [saas-linux-small-amd64]
          script:
            - buildkitd &
        """,
        why="this image runs as root",
    )


CHECK = Check(
    id="rootless-buildkitd-direct",
    title="buildkitd without RootlessKit",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        As an ordinary user buildkitd needs a user namespace in which it is root. RootlessKit makes
        one; without it the daemon ends at once, in the background where nobody sees it, and the
        build finds no daemon.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/rootless.md",),
    since="0.1",
)
