"""One walk over the commands of a job: what it builds, with what at that moment."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ..execution.command import Command, Execution, NotFollowed, Word
from ..execution.outline import Written, commands_written, holds
from ..execution.walk import execute
from ..files.protocol import Files
from ..pipeline.model import Job
from ..source import Location
from ..text import Text
from . import buildctl, buildx, credentials, docker, encodings, kaniko, opaque
from .attributes import image_name
from .build import Build, Builder, Credentials, Daemon, ImageName, Option, Output, Tool
from .buildctl import BuildctlCall
from .builder import WITHOUT_DOCKER, Builders, BuildxCreate, BuildxUse, read_create
from .continuation import find_breaks
from .credentials import Wallet, read_login
from .daemon import Started, buildctl_daemon, docker_daemon
from .daemonless import daemonless_flags
from .docker import DockerCall
from .encodings import read_encoding
from .environment import may_be_set_elsewhere
from .filesystem import FileSystem
from .job_image import BuildkitImage, DockerImage, job_image
from .jobs import (
    ClientCall,
    DockerContext,
    DockerRun,
    DockerTag,
    JobBuilds,
    ManifestCreate,
    Pull,
    Push,
    Walked,
)
from .opaque import read_opaque
from .options import (
    DOCKER_CONTEXT_CREATE,
    DOCKER_MANIFEST,
    DOCKER_PULL,
    DOCKER_PUSH,
    DOCKER_RUN_FLAGS,
    DOCKER_TAG,
    IMAGETOOLS_CREATE,
    parse_options,
)
from .places import place_in
from .presence import may_be_brought

_REASONS = {
    "script": "{} could not be read",
    "eval": "`eval` runs what is not known",
    "remote": "a fetched script runs",
    "program": "the program {} is not known",
    "syntax": "a part of the script was not understood",
    "include": "a part of the script comes from an include that was not read",
    "shell": "the script is not run by a POSIX shell",
}


# The programs whose commands `Survey` makes something of.
PROGRAMS = (
    docker.PROGRAMS
    | buildctl.PROGRAMS
    | kaniko.PROGRAMS
    | credentials.PROGRAMS
    | encodings.PROGRAMS
    | opaque.PROGRAMS
)


def builds_of(job: Job, files: Files) -> JobBuilds:
    """What a job does with images. Nothing is kept: ask once for each job.

    A job that runs none of `PROGRAMS` is walked when its commands are asked for, not before.
    """
    written = commands_written(job)
    programs = None if written is None else frozenset(command.name for command in written)
    if written is None or any(map(_matters, written)):
        result = survey(job, files)
        result.programs = programs
        return result
    writes_config = holds(job, credentials.CONFIG)
    return JobBuilds(job, job_image(job), partial(_walk, job, files), None, programs, writes_config)


def survey(job: Job, files: Files) -> JobBuilds:
    """Walk the commands of a job, whatever they are."""
    return Survey(job, execute(job, files), files).run()


def _walk(job: Job, files: Files) -> Walked:
    walked = survey(job, files).walked
    assert walked is not None
    return walked


def _matters(command: Written) -> bool:
    """Whether a command may be one that `Survey` makes something of."""
    return command.name in PROGRAMS and opaque.may_build(command)


class Survey:
    """Keeps the state of a job's containers while its commands pass by."""

    def __init__(self, job: Job, execution: Execution, files: Files) -> None:
        self.job = job
        self.execution = execution
        self.files = files
        self.image = job_image(job)
        self.walked = Walked(execution)
        self.result = JobBuilds(job, self.image, lambda: self.walked, self.walked)
        self.filesystem = FileSystem(self.image)
        followed = frozenset(c.script for c in execution.commands if c.script is not None)
        self.wallet = Wallet(
            self.filesystem,
            self.image,
            followed,
            is_there=lambda target: may_be_brought(target, job, files),
        )
        self.builders = Builders()
        self.started = Started()
        self.looked_in: dict[str, Text] = {}  # where clients looked for config.json

    def run(self) -> JobBuilds:
        self._doubt_the_start()
        pending = sorted(self.execution.not_followed, key=lambda gap: gap.after, reverse=True)
        for index, command in enumerate(self.execution.commands):
            while pending and pending[-1].after <= index:
                self._gap(pending.pop())
            self._see(command)
        self.walked.directories = self.filesystem.made_by
        self._find_breaks()
        self.walked.config_writes = self.wallet.config_writes(list(self.looked_in.values()))
        if self.result.docker_calls:
            self.result.daemon = self.result.docker_calls[0].daemon
        return self.result

    def _find_breaks(self) -> None:
        places = {id(command): n for n, command in enumerate(self.execution.commands)}
        for build in self.result.builds:
            place = places[id(build.command)]
            build.breaks = find_breaks(self.execution.commands, place)

    def _doubt_the_start(self) -> None:
        """What may have logged in before the first command that is seen."""
        job = self.job
        if self.image.name is None:
            self.wallet.brought = "a job without `image:` may run where somebody has logged in"
        elif self.image.bakes_nothing is not True:
            self.wallet.brought = f"the image {self.image.name.display} may hold credentials"
        if job.incomplete or may_be_set_elsewhere(job):
            self.wallet.doubt("an include was not read")

    def _gap(self, gap: NotFollowed) -> None:
        reason = _REASONS.get(gap.kind, "{} was not followed")
        self.wallet.doubt(reason.format(f"`{gap.what}`" if gap.what else "a script"))
        if gap.kind != "shell":
            if self.started.docker is False:
                self.started.docker = None
            if self.started.buildkit is False:
                self.started.buildkit = None
            self.builders.unsure = True

    def _see(self, command: Command) -> None:
        docker_call = docker.read_call(command)
        buildctl_call = None if docker_call is not None else buildctl.read_call(command)
        if docker_call is not None:
            self._docker(docker_call)
        elif buildctl_call is not None:
            self._buildctl(buildctl_call)
        elif kaniko.is_kaniko(command, in_kaniko_image=self.image.kaniko):
            self._kaniko(command)
        if buildctl_call is None:
            build = read_opaque(command, docker_call)
            if build is not None:
                directory = self.filesystem.docker_directory(command, None)
                build.credentials = self.wallet.at(command, Tool.OPAQUE, directory)
                self.result.builds.append(build)
        encoding = read_encoding(command)
        if encoding is not None:
            self.result.encodings.append(encoding)
        self.started.see(command)
        writes = self.filesystem.see(command)
        self.walked.writes += writes
        self.wallet.see(command, writes)
        login = read_login(command, docker_call)
        if login is not None:
            self.result.logins.append(login)
            self.wallet.login(login, self._directory(command, docker_call))

    def _directory(self, command: Command, call: DockerCall | None) -> Text:
        """Where a client looks for its config.json, remembered for the writes to it."""
        option = None if call is None else call.given("--config")
        directory = self.filesystem.docker_directory(
            command, None if option is None else option.value
        )
        self.looked_in[directory.display] = directory
        return directory

    def _credentials(self, command: Command, tool: Tool, call: DockerCall | None) -> Credentials:
        return self.wallet.at(command, tool, self._directory(command, call))

    def _buildctl(self, call: BuildctlCall) -> None:
        command = call.command
        daemon = buildctl_daemon(call, self.image, self.started)
        path = () if call.subcommand is None else (call.subcommand,)
        self.result.buildctl_calls.append(
            ClientCall(command, path, call.words, call.options, daemon)
        )
        build = buildctl.read_build(call, self.files)
        if build is None:
            return
        build.daemon = daemon
        build.builder = self._buildkit_builder(call, daemon)
        if call.tool is Tool.BUILDCTL_DAEMONLESS:
            build.daemonless_flags = daemonless_flags(command)
        self._add(build, self._credentials(command, call.tool, None))

    def _buildkit_builder(self, call: BuildctlCall, daemon: Daemon) -> Builder:
        if call.tool is Tool.BUILDCTL_DAEMONLESS:
            return Builder("daemonless", self.image.rootless)
        if daemon.service is not None:
            return Builder("buildkitd", BuildkitImage.of(daemon.service.name).rootless)
        local = daemon.kind in ("local", "none")
        return Builder("buildkitd", self.image.rootless if local else None)

    def _kaniko(self, command: Command) -> None:
        build = kaniko.read_build(command, self.files)
        if build is not None:
            build.builder = Builder("kaniko", False)
            self._add(build, self._credentials(command, Tool.KANIKO, None))

    def _add(self, build: Build, credentials: Credentials) -> None:
        build.credentials = credentials
        self.result.builds.append(build)
        for output in build.outputs:
            if output.pushes is not True:
                continue
            place = _push_place(output)
            for name in output.names:
                self.result.pushes.append(
                    Push(build.command, name, name.host, place, credentials, build)
                )

    def _docker(self, call: DockerCall) -> None:
        command = call.command
        self.result.docker_commands.append(command)
        daemon = docker_daemon(call, self.image, self.started)
        if self._driver(call) in WITHOUT_DOCKER:
            daemon = Daemon("remote")
        self.result.docker_calls.append(
            ClientCall(command, call.path, call.words, call.options, daemon)
        )
        build = buildx.read_build(call, self.files)
        if build is not None:
            build.daemon = daemon
            build.builder = self._docker_builder(call, daemon)
            self._add(build, self._credentials(command, build.tool, call))
            return
        seen = self.builders.see(call)
        if isinstance(seen, BuildxCreate):
            self.result.buildx_creates.append(seen)
        elif isinstance(seen, BuildxUse):
            self.result.buildx_uses.append(seen)
        self._other(call)

    def _driver(self, call: DockerCall) -> str | None:
        """The driver of the builder that a command of buildx makes or talks to."""
        create = read_create(call)
        if create is not None:
            return create.driver
        own = call.path[:1] == ("buildx",) and call.path[1:2] != ("imagetools",)
        return self.builders.of_build(call, self.image).driver if own else None

    def _docker_builder(self, call: DockerCall, daemon: Daemon) -> Builder:
        builder = self.builders.of_build(call, self.image)
        service = daemon.service
        if service is None or builder.driver not in ("docker", "classic", "docker-container"):
            return builder
        tag = DockerImage.of(service.name).tag
        rootless = None if tag is None else tag.contains("rootless")
        return builder if rootless is False else replace(builder, rootless=rootless)

    def _other(self, call: DockerCall) -> None:
        match call.path:
            case ("push",):
                parsed = parse_options(call.words, DOCKER_PUSH)
                if len(parsed.rest) == 1:
                    self._push(call, _name(parsed.rest[0]), "push")
            case ("manifest", "push"):
                parsed = parse_options(call.words, DOCKER_MANIFEST)
                if parsed.rest:
                    self._push(call, _name(parsed.rest[0]), "push")
            case ("pull",):
                parsed = parse_options(call.words, DOCKER_PULL)
                if len(parsed.rest) == 1:
                    credentials = self._credentials(call.command, Tool.DOCKER, call)
                    name = _name(parsed.rest[0])
                    self.result.pulls.append(Pull(call.command, name, credentials))
            case ("tag",):
                words = parse_options(call.words, DOCKER_TAG).rest
                if len(words) == 2:
                    self.result.tags.append(
                        DockerTag(call.command, _name(words[0]), _name(words[1]))
                    )
            case ("run",):
                self.result.docker_runs.append(_run(call))
            case ("manifest", "create"):
                words = parse_options(call.words, DOCKER_MANIFEST).rest
                if words:
                    target, *sources = (_name(word) for word in words)
                    self._manifest(call, target, sources, "manifest")
            case ("buildx", "imagetools", "create"):
                self._imagetools(call)
            case ("context", "create" | "use" as action):
                self._context(call, action)

    def _push(self, call: DockerCall, name: ImageName, word: str) -> None:
        credentials = self._credentials(call.command, Tool.DOCKER, call)
        place = _place_of_subcommand(call.command, word)
        self.result.pushes.append(Push(call.command, name, name.host, place, credentials))

    def _manifest(
        self, call: DockerCall, target: ImageName, sources: list[ImageName], tool: str
    ) -> None:
        self.result.manifests.append(ManifestCreate(call.command, target, tuple(sources), tool))

    def _imagetools(self, call: DockerCall) -> None:
        parsed = parse_options(call.words, IMAGETOOLS_CREATE)
        dry = parsed.last("--dry-run")
        sources = [_name(word) for word in parsed.rest]
        for option in parsed.given("--tag"):
            if option.value is None:
                continue
            target = image_name(option.value, option.value_location)
            self._manifest(call, target, sources, "imagetools")
            if dry is None or dry.is_on is False:
                self._push(call, target, "create")

    def _context(self, call: DockerCall, action: str) -> None:
        words = parse_options(call.words, DOCKER_CONTEXT_CREATE)
        name = words.rest[0].text if len(words.rest) == 1 else None
        self.result.contexts.append(DockerContext(call.command, action, name))
        if action == "use":
            self.started.context = name
        elif name is not None and not words.given("--docker", "--from"):
            self.started.contexts.append(name)


def _name(word: Word) -> ImageName:
    return image_name(word.text, place_in(word))


def _push_place(output: Output) -> Location | None:
    """The text that asks for the push: `push=true`, `--push`, Kaniko's `--destination`."""
    push = output.push
    if push is None or (isinstance(push, Option) and push.name == "--no-push"):
        return output.location
    return push.location


def _place_of_subcommand(command: Command, subcommand: str) -> Location | None:
    for word in command.arguments:
        if word.text.value == subcommand:
            return place_in(word)
    return command.location


def _run(call: DockerCall) -> DockerRun:
    """`docker run OPTIONS IMAGE ARGUMENTS`: only the options' arity matters here."""
    at = 0
    words = call.words
    while at < len(words):
        word = words[at]
        template = word.text.template
        if word.opaque:
            break
        if template[:1] != "-" or template == "-":
            return DockerRun(call.command, _name(word), words[:at], words[at + 1 :])
        bundled = not template.startswith("--") and all(
            f"-{letter}" in DOCKER_RUN_FLAGS for letter in template[1:]
        )
        takes = not ("=" in template or template in DOCKER_RUN_FLAGS or bundled)
        if takes and not template.startswith("--") and len(template) > 2:
            takes = False  # `-v/a:/b`
        at += 2 if takes else 1
    # An unknown word may be options, the image, or both.
    alone = len(words) == at + 1
    return DockerRun(call.command, _name(words[at]) if alone else None, words[:at])
