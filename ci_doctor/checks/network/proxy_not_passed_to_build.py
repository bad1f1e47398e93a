"""A proxy that the job has and the steps of its Dockerfile do not."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Build, Tool
from ...builds.editing import add_option
from ...builds.proxies import NO_PROXY, PROXIES, Setting, settings
from ...check import Check, Context, Example, LookAlike, fix
from ...dockerfile.instructions import Arg, Dockerfile, Env, Run
from ...dockerfile.network import fetches
from ...dockerfile.run import RunCommand, read_run
from ...dockerfile.stages import needed_stages
from ...edits import Fix
from ...finding import Confidence, Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
DOCKER = (Tool.BUILDX, Tool.DOCKER)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in (*BUILDCTL, *DOCKER) or build.opaque:
        return
    given = settings(build.command)
    proxies = {name: each for name, each in given.items() if name in (*PROXIES, NO_PROXY)}
    if not any(name in proxies for name in PROXIES):
        return
    arguments = [(argument.name.value or "").lower() for argument in build.build_args]
    if any(name.endswith("_proxy") for name in arguments) or "" in arguments:
        return
    if build.tool in DOCKER and not _has_plain_client(context):
        return  # its config.json may hold proxies, which docker passes on
    dockerfile = context.dockerfile(build)
    if dockerfile is None or _sets_proxy(dockerfile):
        return
    command = _fetching(build, dockerfile)
    if command is None:
        return
    names = " and ".join(f"`{each.name}`" for name, each in proxies.items() if name in PROXIES)
    yield context.finding(
        build.command.program.written,
        f"RUN steps do not see {names} of the job: '{command.name}' in the Dockerfile goes without a proxy",
        confidence=Confidence.LIKELY,
        details="Only build arguments reach a RUN step. The proxy names need no ARG in the Dockerfile.",
        related=(command.location.noted("this step needs the network"),),
        advice=_options(build, proxies),
        fix=_fix(build, proxies),
    )


def _has_plain_client(context: Context) -> bool:
    """Whether the docker client's configuration is known to have no proxies."""
    builds = context.builds
    if builds.image.bakes_nothing is not True:
        return False
    return all(
        write.text is not None and '"proxies"' not in write.text.template
        for write in builds.config_writes
    )


def _sets_proxy(dockerfile: Dockerfile) -> bool:
    """Whether the Dockerfile has proxies of its own."""
    for instruction in dockerfile.instructions:
        if isinstance(instruction, (Arg, Env)):
            for pair in instruction.pairs:
                if pair.value is not None and pair.name.value.lower() in PROXIES:
                    return True
    return False


def _fetching(build: Build, dockerfile: Dockerfile) -> RunCommand | None:
    scopes = scopes_of(build, dockerfile)
    for stage in needed_stages(dockerfile, build.target, scopes=scopes):
        for run in stage.of(Run):
            for command in read_run(run, scopes.at(run)).commands:
                if "_proxy" in "".join(command.assignments).lower():
                    return None
                if fetches(command):
                    return command
    return None


def _options(build: Build, proxies: dict[str, Setting]) -> tuple[str, ...]:
    if build.tool in BUILDCTL:
        return tuple(f"--opt build-arg:{each.name}=${each.name}" for each in proxies.values())
    return tuple(f"--build-arg {each.name}" for each in proxies.values())


def _fix(build: Build, proxies: dict[str, Setting]) -> Fix | None:
    edit = add_option(build, " ".join(_options(build, proxies)))
    return None if edit is None else fix("Pass the proxy on", edit)


def examples() -> Iterator[Example | LookAlike]:
    dockerfile = """
        FROM alpine:3.22
        RUN apk add --no-cache curl
    """
    yield Example(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables:
                    BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
                    http_proxy: http://proxy.example.com:3128
                    no_proxy: localhost
                  script:
                    - ⟦buildctl-daemonless.sh⟧ build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --output type=oci,dest=image.tar
            """,
        },
        fixed={
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables:
                    BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
                    http_proxy: http://proxy.example.com:3128
                    no_proxy: localhost
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --output type=oci,dest=image.tar --opt build-arg:http_proxy=$http_proxy --opt build-arg:no_proxy=$no_proxy
            """,
        },
    )
    yield Example(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  variables:
                    HTTPS_PROXY: http://proxy.example.com:3128
                    NO_PROXY: docker
                  script:
                    - ⟦docker⟧ build -t app .
            """,
        },
        fixed={
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  variables:
                    HTTPS_PROXY: http://proxy.example.com:3128
                    NO_PROXY: docker
                  script:
                    - docker build -t app --build-arg HTTPS_PROXY --build-arg NO_PROXY .
            """,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables:
                    BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
                    http_proxy: http://proxy.example.com:3128
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt build-arg:HTTP_PROXY=$http_proxy
                      --output type=oci,dest=image.tar
            """,
        },
        why="BuildKit sets both spellings for RUN",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM alpine:3.22
                COPY app /usr/local/bin/app
                RUN chmod +x /usr/local/bin/app
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  variables:
                    http_proxy: http://proxy.example.com:3128
                    no_proxy: docker
                  script:
                    - docker build -t app .
            """,
        },
        why="no step needs the network",
    )


CHECK = Check(
    id="proxy-not-passed-to-build",
    title="The proxy does not reach the Dockerfile's steps",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The job's variables tell buildctl, docker and their daemons which proxy to use; they do not
        reach RUN. Behind a proxy the base image is pulled, and the first `apt-get update` hangs
        until it times out.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#configure-proxy-settings",
        "https://docs.docker.com/reference/dockerfile/#predefined-args",
    ),
    since="0.1",
)
