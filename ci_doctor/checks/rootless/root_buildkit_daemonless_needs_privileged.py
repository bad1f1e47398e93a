"""buildkitd as root, which needs a privileged runner."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.editing import add_daemon_flag, retag
from ...builds.job_image import job_image
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity

FLAG = "--oci-worker-no-process-sandbox"


def find(build: Build, context: Context) -> Iterator[Finding]:
    seen, image = job_image(build.job), build.job.image
    if build.tool is not Tool.BUILDCTL_DAEMONLESS or image is None or image.docker_user is not None:
        return
    if seen.buildkit.official is not True or seen.buildkit.rootless is not False:
        return
    flags = build.daemonless_flags
    if context.runner.privileged is True or (flags is not None and flags.has(FLAG) is True):
        return
    stated = context.runner.privileged is False
    place = (image.name_value or image.value).content_location
    yield context.finding(
        place,
        f"'{image.name.display}' runs buildkitd as root, which "
        + ("an unprivileged runner does not allow" if stated else "needs a privileged runner"),
        severity=Severity.ERROR if stated else None,
        confidence=Confidence.CERTAIN if stated else Confidence.LIKELY,
        details=(
            "Unprivileged, the build ends in: failed to read dockerfile: failed to mount …: "
            "operation not permitted"
        ),
        advice=(
            "use the -rootless tag of the image",
            f"variables: {{BUILDKITD_FLAGS: {FLAG}}}",
        ),
        fix=_fix(build),
    )


def _fix(build: Build) -> Fix | None:
    image = build.job.image
    tag = job_image(build.job).buildkit.tag
    if image is None or tag is None or tag.value is None:
        return None
    rootless = "rootless" if tag.value == "latest" else f"{tag.value}-rootless"
    edit, flags = retag(image.name, rootless), build.daemonless_flags
    given = None if flags is None else flags.has(FLAG)
    added = () if given is not False else add_daemon_flag(build, FLAG)
    if edit is None or (given is False and not added):
        return None
    return fix(f"Use the tag `{rootless}`", edit, *added, unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image:
            name: ⟦moby/buildkit:v0.32.2⟧
            entrypoint: [""]
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
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    # An error where the runners are known.
    yield Example(
        """
        build:
          image: {name: "⟦moby/buildkit:v0.32.2⟧", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: "--debug"
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: "--debug --oci-worker-no-process-sandbox"
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        settings="""
        runners:
          default: {executor: docker, privileged: false, security_opt: ["seccomp:unconfined"]}
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          tags: [saas-linux-small-amd64]
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="hosted runners are privileged",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          variables: {BUILDKIT_HOST: "tcp://buildkitd.example.com:1234"}
          script:
            - buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
        why="the daemon runs elsewhere",
    )


CHECK = Check(
    id="root-buildkit-daemonless-needs-privileged",
    title="BuildKit as root on an unprivileged runner",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        In an image without `-rootless` in its tag, buildctl-daemonless.sh starts buildkitd as root.
        Root in an ordinary container may not mount, so that even reading the Dockerfile fails. It
        works on privileged runners only; the rootless image needs none.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/",
        "https://github.com/moby/buildkit/blob/master/docs/rootless.md",
    ),
    since="0.1",
)
