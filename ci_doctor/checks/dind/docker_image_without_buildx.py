"""`docker buildx` where the plugin is not installed."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.environment import exported, is_set
from ...builds.job_image import DOCKER_RELEASE
from ...builds.jobs import ClientCall
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Certainty, Command
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import Location

PACKAGE = "docker-cli-buildx"


def find(job: Job, context: Context) -> Iterator[Finding]:
    builds = context.builds
    if builds.image.name is None or not context.execution.complete:
        return
    before: list[Command] = []
    calls = {id(call.command): call for call in builds.docker_calls}
    for command in context.execution.commands:
        call = calls.get(id(command))
        if call is None or call.path[:1] != ("buildx",):
            before.append(command)
            continue
        if command.failure_ignored:
            continue  # a question, or its answer does not matter
        why = _lacks_plugin(before, context)
        if why is None or _installs(before) or _has_plugins_elsewhere(call):
            return
        certain = command.certainty is Certainty.ALWAYS
        yield context.finding(
            _subcommand(command),
            f"there is no buildx: {why}",
            confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
            details="docker: 'buildx' is not a docker command.",
            advice=(f"image: docker:{DOCKER_RELEASE}-cli", f"on Alpine: apk add {PACKAGE}"),
        )
        return


def _lacks_plugin(before: list[Command], context: Context) -> str | None:
    """Why the plugin is not there, None where it may be."""
    image = context.builds.image
    name = "" if image.name is None else image.name.display
    if image.docker.has_buildx is False:
        return f"'{name}' is older than the plugin in docker's image"
    if image.library != "alpine":
        return None
    added = [word.text.template for c in before if c.name == "apk" for word in c.arguments]
    return "Alpine's `docker-cli` comes without it" if "docker-cli" in added else None


def _installs(before: list[Command]) -> bool:
    """Whether a command may bring the plugin: its words or its files speak of it."""
    for command in before:
        texts = [word.text for word in command.words]
        texts += [redirect.target for redirect in command.redirects]
        if any("buildx" in text.template or "cli-plugins" in text.template for text in texts):
            return True
        if command.name == "apk" and (command.has_opaque_words or "docker" in _plain(command)):
            return True
    return False


def _has_plugins_elsewhere(call: ClientCall) -> bool:
    """Whether the client looks for plugins in a directory that may be brought along."""
    if any(option.name == "--config" for option in call.options):
        return True
    return is_set(exported(call.command, "DOCKER_CONFIG")) is not False


def _plain(command: Command) -> list[str]:
    return [word.text.template for word in command.arguments]


def _subcommand(command: Command) -> Location | None:
    words = (word for word in command.words if word.text.value == "buildx")
    return next(words, command.program).written


def examples() -> Iterator[Example | LookAlike]:
    settings = """
    runners: {default: {privileged: true}}
    checks: {dind-version-too-old: off}
    """
    yield Example(
        """
        build:
          image: docker:19.03.12
          services: ["docker:19.03.12-dind"]
          script:
            - docker ⟦buildx⟧ build --platform linux/arm64 -t app .
        """,
        settings=settings,
    )
    yield Example(
        """
        build:
          image: alpine:3.22
          variables: {DOCKER_HOST: "tcp://build.example.com:2375"}
          before_script:
            - apk add --no-cache docker-cli git
          script:
            - docker ⟦buildx⟧ create --use
            - docker buildx build -t app .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:20.10.12
          services: ["docker:20.10.12-dind"]
          script:
            - mkdir -p ~/.docker/cli-plugins
            - wget -O ~/.docker/cli-plugins/docker-buildx https://github.com/docker/buildx/releases/download/v0.36.1/buildx-v0.36.1.linux-amd64
            - chmod +x ~/.docker/cli-plugins/docker-buildx
            - docker buildx build -t app .
        """,
        settings=settings,
        why="the job installs the plugin",
    )
    yield LookAlike(
        """
        build:
          image: docker:20.10
          services: ["docker:20.10-dind"]
          script: docker buildx build -t app .
        """,
        settings=settings,
        why="the newest 20.10 has it",
    )
    yield LookAlike(
        """
        build:
          image: alpine:3.22
          variables: {DOCKER_HOST: "tcp://build.example.com:2375"}
          script:
            - apk add docker-cli docker-cli-buildx
            - docker buildx build -t app .
        """,
        settings=settings,
        why="the package is installed",
    )


CHECK = Check(
    id="docker-image-without-buildx",
    title="docker buildx without the plugin",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        buildx is a plugin of the docker client. docker's own images have it since 20.10.16 of May
        2022, Alpine packs it by itself. Without it `docker buildx` is an unknown command, and its
        flags are read as docker's.
    """,
    links=("https://github.com/docker/buildx#installing",),
    since="0.1",
)
