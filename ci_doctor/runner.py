"""What is known of the runner that will take a job."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Runner:
    """Facts about a runner, from `.ci-doctor.yml`, the job's tags, or a job's trace.

    A field that is None is not stated: checks then assume the Docker executor and an
    unprivileged container (docs/configuration.md), and say so where it matters.
    """

    executor: str | None = None  # docker, kubernetes, shell, docker-autoscaler, ...
    privileged: bool | None = None
    security_opt: tuple[str, ...] | None = None
    socket: bool | None = None  # mounts /var/run/docker.sock into jobs
    hosted: bool = False  # a Linux runner of GitLab.com

    @property
    def is_kubernetes(self) -> bool:
        return self.executor == "kubernetes"

    @property
    def uses_docker_executor(self) -> bool:
        """True when stated or, with nothing stated, assumed."""
        return self.executor is None or self.executor.startswith("docker")


# https://docs.gitlab.com/ci/runners/hosted_runners/linux/: privileged, a fresh VM for each job.
HOSTED = Runner(executor="docker-autoscaler", privileged=True, socket=False, hosted=True)
