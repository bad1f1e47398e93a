"""An image as a tar in the job's log."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build, Tool
from ...builds.exporters import TO_FILE, is_sound
from ...builds.output_text import is_redirected
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL or is_redirected(build.command, context.execution.commands):
        return
    for output in build.outputs:
        attributes = output.attributes
        if output.type not in TO_FILE or attributes is None or not is_sound(attributes):
            continue
        if not _to_standard_output(attributes):
            continue
        kind = attributes.get("type")
        yield context.finding(
            None if kind is None else kind.location,
            f"the exporter '{output.type}' writes its tar into the job's log: it has no `dest`",
            details="buildctl ends with exit code 0, and the image is in the log and nowhere else.",
            advice=(
                "dest=image.tar, and the file in artifacts:paths",
                "or > image.tar behind the command",
            ),
        )


def _to_standard_output(attributes: Attributes) -> bool:
    tar = attributes.get("tar")
    if tar is not None and attributes.value("tar") not in ("true", "1", ""):
        return False  # a directory
    dest = attributes.get("dest")
    if dest is None:
        return attributes.lacks("dest") and attributes.lacks("output")
    return dest.value is not None and dest.value.value in ("", "-")


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output ⟦type=docker⟧,name=app
    """)
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output ⟦type=oci⟧,dest=- 2> build.log
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=docker,name=app > app.tar
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=tar | gzip > files.tar.gz
            - (buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci) > image.tar
        """,
        why="into a file, into another command, and into a file with the group",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,tar=false,dest=image
        """,
        why="a directory",
    )


CHECK = Check(
    id="buildctl-docker-output-to-log",
    title="Image written into the job's log",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The exporters oci, docker and tar write to standard output where no `dest` is given. In a
        job that is the log: it fills with binary data up to the runner's limit, the job is green,
        and the image is nowhere.
    """,
    links=("https://github.com/moby/buildkit#docker-tarball",),
    since="0.1",
)
