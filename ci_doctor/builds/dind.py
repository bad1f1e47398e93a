"""The docker:dind services of a job: where their daemons listen, and whether they want TLS.

docker-library/docker's dockerd-entrypoint.sh decides by the environment of the service's container:
the job's variables, and those of the service over them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..execution.command import Certainty
from ..pipeline.model import Job, Service, Variable
from ..runner import Runner
from ..source import Location
from ..text import Text
from .daemon import hostnames
from .engine import needs_daemon
from .environment import is_set, may_be_set_elsewhere
from .job_image import DockerImage, is_dind, is_older
from .jobs import ClientCall, JobBuilds

# The first docker:dind that makes certificates where it is asked to, and without being asked.
_FIRST_TLS = (18, 9)
_FIRST_TLS_BY_DEFAULT = (19, 3)
# Options by which a command decides itself where dockerd listens, and how.
_LISTENING = ("-H", "--host", "--tls")


@dataclass(frozen=True, slots=True, eq=False)
class Dind:
    """A docker:dind service.

    `certdir` is the DOCKER_TLS_CERTDIR that it sees, None where the YAML sets none. `tls`: whether
    it listens on 2376 with TLS (on 2375 without), None where that is not known: some runners set
    the variable empty for all jobs.
    """

    service: Service
    image: DockerImage
    certdir: Variable | None
    tls: bool | None

    @staticmethod
    def of(service: Service, job: Job, runner: Runner) -> Dind:
        image = DockerImage.of(service.name)
        certdir = seen_by(service, job, "DOCKER_TLS_CERTDIR")
        return Dind(service, image, certdir, _tls(service, job, image, certdir, runner))

    @property
    def location(self) -> Location | None:
        """The service's image."""
        return (self.service.name_value or self.service.value).content_location

    @property
    def name(self) -> str:
        return self.service.name.display

    def is_called(self, host: str) -> bool | None:
        """Whether a job reaches it under a name."""
        answers = [name.equals(host) for name in hostnames(self.service)]
        return True if True in answers else None if None in answers else False


def dinds(job: Job, runner: Runner) -> list[Dind]:
    """The services of a job that are known to run a Docker daemon."""
    return [Dind.of(s, job, runner) for s in job.services if is_dind(s) is True]


def seen_by(service: Service, job: Job, name: str) -> Variable | None:
    """A variable as the service's container has it."""
    return service.variables.get(name) or job.variables.get(name)


def arguments(service: Service) -> list[Text]:
    """The words of a service's `command`."""
    command = service.command
    if command is None:
        return []
    items = command.items or (command,)
    return [item.text for item in items if item.text is not None]


def decides_itself(service: Service) -> bool:
    """Whether entrypoint or command settle where the daemon listens."""
    if service.entrypoint is not None:
        return True
    words = arguments(service)
    return any(word.startswith(option) is not False for word in words for option in _LISTENING) or (
        bool(words) and words[0].startswith("-") is not True
    )


def tags_say_kubernetes(job: Job) -> bool:
    """Whether the name of a tag lets expect a runner on Kubernetes."""
    names = [tag.template.lower() for tag in job.tags]
    return any(word in name for name in names for word in ("kubernetes", "k8s"))


def first_use(builds: JobBuilds) -> ClientCall | None:
    """The first docker command of a job that needs a daemon, a certain one where there is any.

    One that goes to a daemon elsewhere does not count.
    """
    calls = [
        call
        for call in builds.docker_calls
        if needs_daemon(call.path) and call.daemon.kind != "remote"
    ]
    return next((call for call in calls if is_certain(call)), calls[0] if calls else None)


def is_certain(call: ClientCall) -> bool:
    """Whether the job runs the command, and fails where it does."""
    command = call.command
    return command.certainty is Certainty.ALWAYS and not command.failure_ignored


def _tls(
    service: Service, job: Job, image: DockerImage, certdir: Variable | None, runner: Runner
) -> bool | None:
    if decides_itself(service):
        return None
    if is_older(image.version, _FIRST_TLS):
        return False
    if certdir is not None:
        return is_set(certdir.text)
    if may_be_set_elsewhere(job):
        return None
    if is_older(image.version, _FIRST_TLS_BY_DEFAULT):
        return False
    # GitLab.com's runners set it empty in their config.toml.
    return False if runner.hosted else None
