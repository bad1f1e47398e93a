"""docker:dind, which only a privileged runner can start."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import dinds
from ...builds.job_image import is_dind
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job


def find(job: Job, context: Context) -> Iterator[Finding]:
    runner = context.runner
    if runner.privileged is True or (runner.executor or "docker").startswith(("shell", "ssh")):
        return
    refused = runner.privileged is False
    severity = Severity.ERROR if refused else None if _is_first(job) else Severity.INFO
    for dind in dinds(job, runner):
        yield context.finding(
            dind.location,
            f"'{dind.name}' does not start: the runners of this job are not privileged"
            if refused
            else f"'{dind.name}' starts on a privileged runner only",
            severity=severity,
            confidence=Confidence.CERTAIN if refused else Confidence.LIKELY,
            details=(
                "Elsewhere the service's log ends in: mount: permission denied (are you root?), "
                "Could not mount /sys/kernel/security."
            ),
            advice=(
                "in the runner's config.toml: [runners.docker] privileged = true",
                "in .ci-doctor.yml: runners: {default: {privileged: true}}",
                "or build without a privileged runner: rootless BuildKit, "
                "moby/buildkit:rootless with buildctl-daemonless.sh",
            ),
        )


def _is_first(job: Job) -> bool:
    """Whether no job before this one has a dind service: one warning says it for all of them."""
    jobs = job.pipeline.jobs.values()
    first = (other for other in jobs if any(is_dind(s) is True for s in other.services))
    return next(first, None) is job


def examples() -> Iterator[Example | LookAlike]:
    # A warning as long as nothing is known of the runners.
    yield Example("""
        build:
          image: docker:28-cli
          services:
            - ⟦docker:28-dind⟧
          script: docker build -t app .
    """)
    # An error where they are known.
    yield Example(
        """
        build:
          image: docker:28-cli
          services:
            - name: ⟦registry.example.com/mirror/docker:28-dind-rootless⟧
              alias: docker
          script: docker build -t app .
        """,
        settings="runners: {default: {executor: docker, privileged: false}}",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          tags: [saas-linux-medium-amd64]
          script: docker build -t app .
        """,
        why="GitLab.com's hosted runners are privileged",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          tags: [builder]
          script: docker build -t app .
        """,
        settings="runners: {tags: {builder: {privileged: true}}}",
        why="the runner is stated to be privileged",
    )


CHECK = Check(
    id="dind-runner-needs-privileged",
    title="docker:dind needs a privileged runner",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        A Docker daemon in a container mounts file systems and changes the kernel's network, which
        an ordinary container may not; the rootless variant needs it too. Nothing in the pipeline
        says whether its runners are privileged: state it in .ci-doctor.yml.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_docker_build/#use-docker-in-docker",
        "https://docs.gitlab.com/runner/executors/docker/#use-docker-in-docker-with-privileged-mode",
    ),
    since="0.1",
)
