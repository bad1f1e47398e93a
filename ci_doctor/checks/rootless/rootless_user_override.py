"""The rootless image as a user that it is not made for."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.job_image import job_image
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.editing import remove_user
from ...pipeline.model import Job, Value

FLAG = "--oci-worker-no-process-sandbox"
ALLOWED = ("1000", "user")


def find(job: Job, context: Context) -> Iterator[Finding]:
    image, runner = job.image, context.runner
    if image is None:
        return
    seen = job_image(job).buildkit
    if seen.official is not True or seen.rootless is not True:
        return
    if runner.uses_docker_executor and image.docker_user is not None:
        yield from _judge(image.docker_user, "docker", context)
    if (runner.executor is None or runner.is_kubernetes) and image.kubernetes_user is not None:
        yield from _judge(image.kubernetes_user, "kubernetes", context)


def _judge(value: Value, executor: str, context: Context) -> Iterator[Finding]:
    user = value.string
    if not user or "$" in user or value.has_unknown or user.split(":")[0] in ALLOWED:
        return
    root = user.split(":")[0] in ("0", "root")
    if root and (context.runner.privileged is True or _has_rootless_flag(context)):
        return  # it works, or what keeps it from working is the flag
    # The keyword of an executor that nobody has named tells which one it is for.
    known = executor == "docker" or context.runner.is_kubernetes
    yield context.finding(
        value.location,
        f"the rootless image only works as its own user, 1000, and not as '{user}'"
        + ("" if known else ", if the runner is on Kubernetes"),
        confidence=Confidence.CERTAIN if known else Confidence.LIKELY,
        details=(
            "As root buildkitd starts without RootlessKit, and the build ends in: failed to read "
            "dockerfile: failed to mount …: operation not permitted"
            if root
            else "[rootlesskit:parent] error: creating a state directory: mkdir "
            "/home/user/.local/tmp/rootlesskit…: permission denied"
        ),
        advice=(f"leave `{executor}:user` out: the image sets it",),
        fix=_fix(context, value, executor),
    )


def _has_rootless_flag(context: Context) -> bool:
    flags = [build.daemonless_flags for build in context.builds.builds]
    return any(given is not None and given.has(FLAG) is True for given in flags)


def _fix(context: Context, value: Value, executor: str) -> Fix | None:
    image = None if context.job is None else context.job.image
    edit = None if image is None else remove_user(image, value, executor)
    return None if edit is None else fix(f"Remove `{executor}:user`", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint: [""]
            docker:
              user: ⟦"1001"⟧
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
    yield Example(
        """
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            docker: {platform: linux/amd64, user: ⟦root⟧}
            entrypoint: [""]
          script: buildctl --version
        """,
        fixed="""
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            docker: {platform: linux/amd64}
            entrypoint: [""]
          script: buildctl --version
        """,
    )
    # A warning: what the keyword is for is plain, but the executor is not.
    yield Example(
        """
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint: [""]
            kubernetes:
              user: ⟦"65534"⟧
          script: buildctl --version
        """,
        fixed="""
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint: [""]
          script: buildctl --version
        """,
    )
    yield LookAlike(
        """
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint: [""]
            docker: {user: "1000:1000"}
          script: buildctl --version
        """,
        why="the image's own user",
    )
    yield LookAlike(
        """
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint: [""]
            docker: {user: $BUILD_USER}
          script: buildctl --version
        """,
        why="what the variable holds is not known",
    )
    yield LookAlike(
        """
        build:
          image:
            name: moby/buildkit:v0.32.2-rootless
            entrypoint: [""]
            kubernetes: {user: "65534"}
          script: buildctl --version
        """,
        settings="runners: {default: {executor: docker}}",
        why="the Docker executor does not read it",
    )


CHECK = Check(
    id="rootless-user-override",
    title="Rootless image with another user",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        In moby/buildkit's rootless image the home directory, the run-time directory and the range
        of subordinate ids belong to the user 1000. RootlessKit cannot start as any other user; for
        another one the image has to be rebuilt.
    """,
    links=(
        "https://docs.gitlab.com/ci/yaml/#imagedocker",
        "https://github.com/moby/buildkit/blob/master/docs/rootless.md",
    ),
    since="0.1",
)
