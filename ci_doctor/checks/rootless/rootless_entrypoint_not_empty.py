"""A BuildKit image with an entrypoint that does not hand the job over to a shell."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.job_image import job_image
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job, Value
from ...source import Span

SHELLS = ("sh", "/bin/sh", "ash", "/bin/ash", "busybox", "/bin/busybox")
EMPTY = '[""]'


def find(job: Job, context: Context) -> Iterator[Finding]:
    image = job.image
    if image is None or image.entrypoint is None or not context.runner.uses_docker_executor:
        return
    entrypoint = image.entrypoint
    words = [item.string for item in entrypoint.items]
    known = entrypoint.is_list and not entrypoint.has_unknown
    if not known or job_image(job).buildkit.official is not True:
        return
    if any(word is None or "$" in word for word in words) or _hands_over(words):
        return
    shell = len(words) == 1 and words[0] in SHELLS
    shown = " ".join(filter(None, words))
    yield context.finding(
        entrypoint.location,
        f"the entrypoint '{shown}' takes the job's shell for a script, and the job ends at once"
        if shell
        else f"the entrypoint '{shown}' may not start the shell that reads the job's script"
        if words
        else "an empty list leaves the image its own entrypoint, which starts buildkitd",
        severity=Severity.ERROR if shell else Severity.WARNING,
        confidence=Confidence.CERTAIN if shell else Confidence.LIKELY,
        details=("sh: 0: cannot open sh: No such file, exit code 2" if shell else ""),
        advice=(f"entrypoint: {EMPTY}",),
        fix=_fix(entrypoint),
    )


def _hands_over(words: list[str | None]) -> bool:
    """Whether the runner's `sh -c …` behind these words still runs the script."""
    if words == [""]:
        return True
    first, *flags = words or [None]
    if first in ("env", "/usr/bin/env", "tini", "/sbin/tini", "dumb-init", "/usr/bin/dumb-init"):
        return True
    # A shell with -c reads the script from standard input (observed).
    return first in (*SHELLS, "bash", "/bin/bash") and any("c" in (flag or "") for flag in flags)


def _fix(entrypoint: Value) -> Fix | None:
    key, node = entrypoint.key, entrypoint.node
    if key is None or node is None or key.source is not node.source:
        return None
    if not key.span.end <= node.span.start:
        return None
    edit = Edit(node.source.path, Span(key.span.end, node.span.end), f": {EMPTY}")
    return fix(f"Write `entrypoint: {EMPTY}`", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint: ⟦["sh"]⟧
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint: [""]
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    # A daemon of one's own, in a list of several lines: a warning.
    yield Example(
        """
        .buildkit:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint:
            ⟦- rootlesskit
            - buildkitd⟧
            pull_policy: if-not-present

        build:
          extends: .buildkit
          script: buildctl --version
        """,
        fixed="""
        .buildkit:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint: [""]
            pull_policy: if-not-present

        build:
          extends: .buildkit
          script: buildctl --version
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: ["/bin/sh", "-c"]}
          script: buildctl --version
        """,
        why="a shell with -c reads the script from its standard input",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: ["$SHELL_PROGRAM"]}
          script: buildctl --version
        """,
        why="what the variable holds is not known",
    )
    yield LookAlike(
        """
        test:
          image: {name: "debian:12", entrypoint: ["sh"]}
          script: make test
        """,
        why="another image",
    )


CHECK = Check(
    id="rootless-entrypoint-not-empty",
    title="BuildKit image with an entrypoint that is no shell",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The Docker executor starts the container with `sh -c …` behind the image's entrypoint, and
        gives the job's script to its standard input. A lone `sh` takes that `sh` for the name of a
        script, and a program of one's own may never read it. `[""]` clears the entrypoint.
    """,
    links=(
        "https://docs.gitlab.com/runner/executors/docker/#configure-a-docker-entrypoint",
        "https://docs.gitlab.com/ci/docker/using_docker_images/#override-the-entrypoint-of-an-image",
    ),
    since="0.1",
)
