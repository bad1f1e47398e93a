"""What the runner must allow before rootless BuildKit can start."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.job_image import job_image
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...runner import Runner

LINES = (
    "in the runner's config.toml:",
    "[runners.docker]",
    '  security_opt = ["seccomp:unconfined", "apparmor:unconfined"]',
)


def find(build: Build, context: Context) -> Iterator[Finding]:
    image = build.job.image
    if build.tool is not Tool.BUILDCTL_DAEMONLESS or image is None:
        return
    if job_image(build.job).rootless is not True:
        return
    allowed = _allows(context.runner)
    if allowed is True:
        return
    refused = allowed is False
    yield context.finding(
        (image.name_value or image.value).content_location,
        "the runners of this job do not allow the user namespaces that rootless BuildKit needs"
        if refused
        else "rootless BuildKit needs a runner that allows user namespaces: privileged, or without "
        "Docker's seccomp profile",
        severity=Severity.ERROR if refused else Severity.INFO,
        confidence=Confidence.CERTAIN if refused else Confidence.POSSIBLE,
        details=(
            "Otherwise the job ends in: [rootlesskit:parent] error: failed to start the child: "
            "fork/exec /proc/self/exe: operation not permitted. "
            "On Kubernetes the pod's seccomp and AppArmor profiles decide."
        ),
        advice=LINES,
    )


def _allows(runner: Runner) -> bool | None:
    """Whether a job container may make user namespaces, as far as `runners` states it."""
    if runner.privileged is True or runner.is_kubernetes:
        return True
    profiles = runner.security_opt or ()
    # A profile of one's own may allow what Docker's does not.
    if any(option.startswith(("seccomp:", "seccomp=")) for option in profiles):
        return True
    stated = runner.executor is not None and runner.uses_docker_executor
    return False if stated and runner.privileged is False else None


def examples() -> Iterator[Example | LookAlike]:
    # Advice where the runners are not stated.
    yield Example("""
        build:
          image: {name: "⟦moby/buildkit:v0.32.2-rootless⟧", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """)
    # An error where they are.
    yield Example(
        """
        build:
          image: {name: "⟦moby/buildkit:v0.32.2-rootless⟧", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        settings="runners: {default: {executor: docker, privileged: false}}",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        settings="""
        runners:
          default:
            executor: docker
            privileged: false
            security_opt: ["seccomp:unconfined", "apparmor:unconfined"]
        """,
        why="the runners allow it",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          tags: [saas-linux-small-amd64]
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="hosted runners are privileged",
    )


CHECK = Check(
    id="rootless-runner-needs-seccomp",
    title="Rootless BuildKit on a runner with Docker's seccomp profile",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Rootless BuildKit needs no privileged container, and still more than an ordinary one:
        Docker's default seccomp profile refuses the user namespace that RootlessKit makes. The
        runner's administrator has to open it once; nothing in the pipeline can.
    """,
    links=(
        "https://docs.gitlab.com/runner/configuration/advanced-configuration/#the-runnersdocker-section",
        "https://github.com/moby/buildkit/blob/master/docs/rootless.md",
    ),
    since="0.1",
)
