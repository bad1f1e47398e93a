"""Which Docker daemon or buildkitd a command talks to.

GitLab names services after their images (https://docs.gitlab.com/ci/services/#accessing-the-services);
what the docker image's entrypoint sets is docker-library/docker's docker-entrypoint.sh.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..execution.command import Certainty, Command
from ..pipeline.model import Job, Service
from ..text import UNKNOWN, Text
from .build import Daemon, Tool
from .buildctl import BuildctlCall
from .docker import DockerCall
from .environment import exported, is_set, may_be_set_elsewhere
from .job_image import JobImage, is_buildkit, is_dind

_DOCKER_SOCKET = "unix:///var/run/docker.sock"
_ROOTLESS_SOCKET = "unix:///run/user/1000/buildkit/buildkitd.sock"
_BUILDKIT_SOCKET = "unix:///run/buildkit/buildkitd.sock"
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "::1"})
_DOCKERD = frozenset({"dockerd", "dockerd-entrypoint.sh", "dockerd-rootless.sh"})
_BUILDKITD = frozenset({"buildkitd", "buildkitd-entrypoint", "buildkitd-rootless"})
_LAUNCHERS = frozenset(
    {"rootlesskit", "nohup", "setsid", "sh", "bash", "service", "systemctl", "rc-service"}
)


@dataclass(slots=True)
class Started:
    """Daemons that the commands so far have started: True, False, or None for perhaps."""

    docker: bool | None = False
    buildkit: bool | None = False
    context: Text | None = None  # `docker context use`
    contexts: list[Text] = field(default_factory=list)  # `docker context create`

    def see(self, command: Command) -> None:
        """Take a command into account."""
        names = {command.name}
        if command.name in _LAUNCHERS:
            names |= {word.text.template.rsplit("/", 1)[-1] for word in command.arguments}
        certain = command.certainty is Certainty.ALWAYS
        if names & _DOCKERD or (command.name in _LAUNCHERS and "docker" in names):
            self.docker = True if certain or self.docker else None
        if names & _BUILDKITD:
            self.buildkit = True if certain or self.buildkit else None


def hostnames(service: Service) -> tuple[Text, ...]:
    """The names under which a job reaches a service: its aliases, and the two made of its image."""
    names = [name for alias in service.aliases for name in _alias_names(alias)]
    path = service.name.partition("@")[0]
    slash = path.template.rfind("/")
    colon = path.template.find(":", slash + 1)
    if colon >= 0:
        path = path[:colon]
    if slash < 0:
        return (*names, path)
    pieces = path.split("/")
    return (*names, _joined(pieces, "__"), _joined(pieces, "-"))


def _alias_names(alias: Text) -> list[Text]:
    names = [piece for part in alias.split(",") for piece in part.split(" ")]
    return [name for name in names if name.parts]


def _joined(pieces: list[Text], separator: str) -> Text:
    texts: list[Text] = []
    for index, piece in enumerate(pieces):
        if index:
            texts.append(Text.of(separator))
        texts.append(piece)
    return Text.join(texts)


def docker_daemon(call: DockerCall, image: JobImage, started: Started) -> Daemon:
    """The daemon of a docker command."""
    command = call.command
    host = call.given("--host")
    address, place = (None, None) if host is None else (host.value, host.value_location)
    if address is None:
        if _uses_context(call, started):
            return Daemon(None, tls=None)
        address = exported(command, "DOCKER_HOST")
        place = None if address is None else address.location
        if address is not None and address.is_empty is True:
            address = None
    if address is None:
        return _default_daemon(call, image, started)
    kind, service = _at(address, command.job, started.docker)
    return Daemon(kind, address, service, _tls(call, image, address, kind), place)


def _uses_context(call: DockerCall, started: Started) -> bool:
    """Whether a docker context other than the default one decides."""
    given = call.given("--context")
    named = given.value if given is not None else None
    if named is None:
        if exported(call.command, "DOCKER_HOST") is not None:
            return False  # it overrides `docker context use`
        named = exported(call.command, "DOCKER_CONTEXT") or started.context
    if named is None or named.is_empty is True:
        return False
    # A context that the job made without an endpoint is the environment's.
    made = any(context.equals(named) is True for context in started.contexts)
    return not made and named.equals("default") is not True


def _default_daemon(call: DockerCall, image: JobImage, started: Started) -> Daemon:
    """DOCKER_HOST is not set: what the image's entrypoint or the client falls back to."""
    job = call.command.job
    docker = _named(job, "docker")
    if may_be_set_elsewhere(job):
        return Daemon(None, None, docker, None)
    if started.docker is True:
        return Daemon("local", Text.of(_DOCKER_SOCKET), tls=False)
    if started.docker is None and docker is None:
        return Daemon(None)
    if image.docker.official is True and image.keeps_entrypoint is True:
        tls = _tls(call, image, None, None)
        port = {True: "2376", False: "2375"}.get(tls) if tls is not None else None
        address = None if port is None else Text.of(f"tcp://docker:{port}")
        if docker is not None:
            return Daemon("dind", address, docker, tls)
        kind = None if _may_have_more(job) or _may_be_named(job, "docker") else "none"
        return Daemon(kind, address or Text.of("tcp://docker:2375"), tls=tls)
    plain = image.library is not None or image.docker.official is True or image.bakes_nothing
    if image.name is not None and plain:
        # No entrypoint that looks for dind: the client's own default.
        return Daemon("socket", Text.of(_DOCKER_SOCKET), tls=False)
    # Somebody's own image may be built from docker's and keep its entrypoint.
    return Daemon(None, None, docker, None)


def buildctl_daemon(call: BuildctlCall, image: JobImage, started: Started) -> Daemon:
    """The buildkitd of a buildctl command."""
    if call.tool is Tool.BUILDCTL_DAEMONLESS:
        return Daemon("daemonless", location=call.command.program.written)
    option = call.address
    address, place = (None, None) if option is None else (option.value, option.value_location)
    if option is None and call.opaque:
        return Daemon(None)  # `buildctl "$@"` may hold an address
    if address is None:
        address = exported(call.command, "BUILDKIT_HOST")
        place = None if address is None else address.location
        if address is not None and address.is_empty is True:
            address = None
    if address is None:
        if may_be_set_elsewhere(call.command.job):
            return Daemon(None)
        socket = _ROOTLESS_SOCKET if image.rootless else _BUILDKIT_SOCKET
        return Daemon(_on_socket(started), Text.of(socket), tls=False)
    if address.startswith("unix://") is True:
        return Daemon(_on_socket(started), address, None, False, place)
    kind, service = _at(address, call.command.job, started.buildkit)
    tls = any(option.name.startswith("--tls") for option in call.options)
    return Daemon(kind, address, service, tls, place)


def _on_socket(started: Started) -> str | None:
    if started.buildkit is None:
        return None
    return "local" if started.buildkit else "none"


def _at(address: Text, job: Job, started: bool | None) -> tuple[str | None, Service | None]:
    """What answers at an address."""
    if address.startswith("unix://") is True or address.startswith("/") is True:
        return "local" if started else "socket", None
    if address.startswith("ssh://") is True:
        return "remote", None
    host = host_of_address(address)
    if host.value in _LOCAL_HOSTS:
        if started is not False:
            return "local" if started else None, None
        # On Kubernetes all containers of a pod share one address.
        services = [s for s in job.services if is_dind(s) is not False or is_buildkit(s)]
        return None, services[0] if services else None
    unsure = False
    for service in job.services:
        answers = [name.equals(host) for name in hostnames(service)]
        if True in answers:
            return _kind(service), service
        unsure = unsure or None in answers
    if unsure or _may_have_more(job) or UNKNOWN in host.template:
        return None, None
    # A container's name; only the runner's config.toml could still define it.
    name = host.template
    return ("none" if "." not in name and ("docker" in name or "dind" in name) else "remote"), None


def _kind(service: Service) -> str:
    """What answers where a service listens."""
    if is_buildkit(service):
        return "remote"
    return "none" if is_dind(service) is False else "dind"


def host_of_address(address: Text) -> Text:
    """The host of `tcp://host:port/`."""
    rest = address.partition("://")[1] or address
    host = rest.partition("/")[0]
    colon = host.template.rfind(":")
    return host if colon < 0 else host[:colon]


def port_of_address(address: Text) -> str | None:
    """The port of `tcp://host:port/`, None where none is written or it is not known."""
    rest = address.partition("://")[1] or address
    host = rest.partition("/")[0].template
    _, colon, port = host.rpartition(":")
    return port if colon and port.isdigit() else None


def _named(job: Job, name: str) -> Service | None:
    for service in job.services:
        if any(answer.equals(name) is True for answer in hostnames(service)):
            return service
    return None


def _may_be_named(job: Job, name: str) -> bool:
    """Whether a service whose image or alias is not known may have that name."""
    return any(a.equals(name) is None for service in job.services for a in hostnames(service))


def _may_have_more(job: Job) -> bool:
    """Whether services may come from what was not read."""
    return job.may_inherit("services")


def _tls(call: DockerCall, image: JobImage, address: Text | None, kind: str | None) -> bool | None:
    """Whether the client speaks TLS.

    Any DOCKER_TLS_VERIFY that is not empty turns it on, "0" too (observed). The docker image's
    entrypoint turns it on where it finds the certificates that dind made under DOCKER_TLS_CERTDIR.
    """
    if kind == "socket":
        return False
    for name in ("--tls", "--tlsverify"):
        option = call.given(name)
        if option is not None and option.is_on is not False:
            return option.is_on
    command = call.command
    forced = [is_set(exported(command, n)) for n in ("DOCKER_TLS_VERIFY", "DOCKER_TLS")]
    if True in forced:
        return True
    if None in forced:
        return None
    if image.docker.official is False and image.name is not None and image.library:
        return False  # no entrypoint that could turn it on
    if image.docker.official is True and image.keeps_entrypoint is False:
        return False
    if is_set(exported(command, "DOCKER_CERT_PATH")) is not False:
        return None  # the entrypoint leaves TLS to whoever sets the path
    directory = exported(command, "DOCKER_TLS_CERTDIR")
    if directory is None:
        # The image's default is /certs; many runners set the variable empty in config.toml.
        return None
    given = is_set(directory)
    if given is not True:
        return given
    if address is not None and port_of_address(address) == "2375":
        return None
    return True if image.docker.official is True else None
