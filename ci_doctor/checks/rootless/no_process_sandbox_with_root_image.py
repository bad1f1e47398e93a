"""The rootless flag for a daemon that runs as root, which refuses it."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, DaemonlessFlags, Tool
from ...builds.editing import retag
from ...builds.job_image import JobImage, job_image
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Finding, Severity
from ...pipeline.editing import remove_user
from ...pipeline.model import Image
from ...source import Location, noted

FLAG = "--oci-worker-no-process-sandbox"


def find(build: Build, context: Context) -> Iterator[Finding]:
    flags = build.daemonless_flags
    if build.tool is not Tool.BUILDCTL_DAEMONLESS or flags is None or flags.has(FLAG) is not True:
        return
    seen, image = job_image(build.job), build.job.image
    if seen.buildkit.official is not True or image is None or seen.rootless is not False:
        return
    by_user = seen.buildkit.rootless is True
    cause = "`user` is root" if by_user else f"'{image.name.display}' runs it as root"
    user = image.docker_user.location if by_user and image.docker_user is not None else None
    yield context.finding(
        _place(flags) or build.command.program.written,
        f"buildkitd does not start: {cause}, and `{FLAG}` is for rootless mode only",
        details="buildkitd: can't enable NoProcessSandbox without Rootless",
        related=(noted(user or (image.name_value or image.value).location, "makes it root"),),
        advice=("use the -rootless tag of the image, or drop the flag",),
        fix=_without_user(image) if by_user else _fix(seen, image),
    )


def _place(flags: DaemonlessFlags) -> Location | None:
    for word in flags.words:
        if word.text.partition("=")[0].equals(FLAG) is True:
            return word.text.location
    return None


def _without_user(image: Image) -> Fix | None:
    user = image.docker_user
    edit = None if user is None else remove_user(image, user, "docker")
    return None if edit is None else fix("Remove `docker:user`", edit)


def _fix(seen: JobImage, image: Image) -> Fix | None:
    tag = seen.buildkit.tag
    if tag is None or tag.value is None:
        return None
    rootless = "rootless" if tag.value == "latest" else f"{tag.value}-rootless"
    edit = retag(image.name, rootless)
    return None if edit is None else fix(f"Use the tag `{rootless}`", edit, unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: ⟦--oci-worker-no-process-sandbox⟧
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint: [""]
            docker: {user: root}
          variables:
            BUILDKITD_FLAGS: --debug ⟦--oci-worker-no-process-sandbox⟧
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint: [""]
          variables:
            BUILDKITD_FLAGS: --debug --oci-worker-no-process-sandbox
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:$BUILDKIT_TAG", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="the tag may be a rootless one",
    )
    yield LookAlike(
        """
        build:
          image: {name: "registry.example.com/buildkit:v0.32.2", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="an image of one's own may run as any user",
    )


CHECK = Check(
    id="no-process-sandbox-with-root-image",
    title="Rootless flag with a root daemon",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The flag drops the process sandbox, which only a rootless buildkitd accepts. As root the
        daemon refuses to start, and the job ends with `could not connect to … after 10 trials`,
        with the cause below the log line.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/rootless.md",),
    symptoms=("no-process-sandbox-without-rootless",),
    since="0.1",
)
