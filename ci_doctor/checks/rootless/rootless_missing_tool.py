"""A program that BuildKit's images do not have."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.image_programs import BUILDKIT_HAS, lacks_program
from ...builds.jobs import JobBuilds
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Certainty, Command, Word
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

INSTALLERS = ("apk", "apt-get", "apt")


def find(job: Job, context: Context) -> Iterator[Finding]:
    image = context.builds.image
    if image.buildkit.official is not True:
        return
    seen: set[str] = set()
    for command in context.execution.commands:
        if command.name in INSTALLERS and image.rootless is not True:
            return  # what is there from now on is not known
        if command.certainty is not Certainty.ALWAYS or command.failure_ignored:
            continue
        for word in _programs(command):
            name = word.text.value or ""
            if name in seen or lacks_program(image, name) is not True:
                continue
            seen.add(name)
            if _may_be_brought(name, command, context.builds):
                continue
            known = context.execution.complete
            yield context.finding(
                word.written,
                f"`{name}` is not in '{image.name.display if image.name else ''}'"
                + ("" if known else ", unless a script that was not read brings it"),
                confidence=Confidence.CERTAIN if known else Confidence.LIKELY,
                details=f"sh: {name}: not found, exit code 127. The image has {BUILDKIT_HAS}.",
                advice=("do it in a job of its own, and pass the result on as an artifact",),
            )


def _programs(command: Command) -> Iterator[Word]:
    """The program, and `sudo` before it."""
    for word in command.wrappers:
        if word.text.value == "sudo":
            yield word
    if command.words:
        yield command.program


def _may_be_brought(name: str, command: Command, builds: JobBuilds) -> bool:
    """Whether the job makes the program findable: a PATH of its own, or a file of that name."""
    if command.variable("PATH") is not None:
        return True
    return any(write.target.endswith(f"/{name}") is not False for write in builds.writes)


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar --metadata-file meta.json
            - DIGEST=$(⟦jq⟧ -r '."containerimage.digest"' meta.json)
            - echo "$DIGEST" > digest.txt
    """)
    yield Example("""
        login:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          script:
            - echo "$CI_REGISTRY_PASSWORD" | ⟦docker⟧ login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker info
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - export PATH="$CI_PROJECT_DIR/tools:$PATH"
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar --metadata-file meta.json
            - jq -r '."containerimage.digest"' meta.json
        """,
        why="an earlier job may have put it on the PATH",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          tags: [saas-linux-small-amd64]
          script:
            - apk add --no-cache jq
            - jq --version
        """,
        why="the job installs it",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - if command -v jq; then jq --version; fi
            - wget -q -O tag.json https://example.com/tag.json
            - git describe --tags
        """,
        why="asked for first; wget and git are there",
    )


CHECK = Check(
    id="rootless-missing-tool",
    title="Program that BuildKit's image does not have",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The images of moby/buildkit hold BuildKit on a small Alpine with busybox, and neither docker
        nor jq, curl or bash. A script that was written for the docker image ends there with exit
        code 127, sometimes only after the push.
    """,
    links=("https://github.com/moby/buildkit/blob/master/Dockerfile",),
    since="0.1",
)
