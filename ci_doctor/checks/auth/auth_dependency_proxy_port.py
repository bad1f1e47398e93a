"""The dependency proxy's key without the port that image names have."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dependency_proxy import PREFIXES, SERVER, is_server, proxied_images
from ...builds.jobs import ConfigWrite
from ...builds.script_editing import replace_text
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import Location
from ...text import Opaque, Symbol, Text

HOST = "CI_SERVER_HOST"


def find(job: Job, context: Context) -> Iterator[Finding]:
    if not _uses_prefix(context):
        return
    keys = [key for write in context.builds.config_writes for key in write.keys]
    keys += [login.key for login in context.builds.logins]
    if any(is_server(key) for key in keys):
        return
    for write in context.builds.config_writes:
        if write.directory_matches is False:
            continue
        for entry in write.entries:
            if not _lacks_port(entry.key):
                continue
            place = write.place(entry.start, entry.end)
            certain = write.command.certainty is Certainty.ALWAYS
            yield context.finding(
                place or write.location,
                f"this key lacks the port: base images from `${SERVER}` are pulled without credentials",
                confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
                details=f"`${SERVER}` and the image prefixes are host:port, and the port is part of the key. "
                "The pull ends in 403 Forbidden or 401 Unauthorized.",
                advice=(f'"${SERVER}": {{…}}',),
                fix=_fix(write, place),
            )


def _uses_prefix(context: Context) -> bool:
    """Whether a build pulls a base image by GitLab's prefix variables."""
    for build in context.builds.builds:
        dockerfile = context.dockerfile(build)
        if dockerfile is None:
            if any(
                symbol.variable in PREFIXES
                for argument in build.build_args
                if argument.value is not None
                for symbol in argument.value.symbols()
            ):
                return True
        elif any(is_server(proxied.host) for proxied in proxied_images(build, dockerfile)):
            return True
    return False


def _lacks_port(key: Text) -> bool:
    alone = key.parts[0] if len(key.parts) == 1 else None
    if isinstance(alone, Symbol):
        return alone.variable == HOST
    return isinstance(alone, Opaque) and SERVER in alone.written and _cuts(alone.written)


def _cuts(written: str) -> bool:
    """Whether an expression takes what stands before the colon."""
    return any(word in written for word in ("awk", "cut", "sed", "%:", "%%:", "tr "))


def _fix(write: ConfigWrite, place: Location | None) -> Fix | None:
    if place is None:
        return None
    quote = '"' if place.text[:1] == place.text[-1:] == '"' else ""
    edit = replace_text(write.command, place, f"{quote}${SERVER}{quote}")
    return None if edit is None else fix(f"Use ${SERVER}", edit)


def examples() -> Iterator[Example | LookAlike]:
    dockerfile = """
        ARG PREFIX
        FROM ${PREFIX}/alpine:3.22
        RUN apk add --no-cache curl
    """
    yield Example(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": r"""
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  before_script:
                    - mkdir -p ~/.docker
                    - echo "{\"auths\":{\"⟦$(echo -n $CI_DEPENDENCY_PROXY_SERVER | awk -F[:] '{print $1}')⟧\":{\"auth\":\"$PROXY_AUTH\"}}}" > ~/.docker/config.json
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt build-arg:PREFIX=$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX
                      --output type=oci,dest=image.tar
            """,
        },
        fixed={
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": r"""
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  before_script:
                    - mkdir -p ~/.docker
                    - echo "{\"auths\":{\"$CI_DEPENDENCY_PROXY_SERVER\":{\"auth\":\"$PROXY_AUTH\"}}}" > ~/.docker/config.json
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt build-arg:PREFIX=$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX
                      --output type=oci,dest=image.tar
            """,
        },
    )
    yield Example(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": r"""
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - mkdir -p ~/.docker
                    - echo "{\"auths\":{\"⟦$CI_SERVER_HOST⟧\":{\"auth\":\"$PROXY_AUTH\"}}}" > ~/.docker/config.json
                    - docker build --build-arg "PREFIX=$CI_DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX" -t app .
            """,
        },
        fixed={
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": r"""
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - mkdir -p ~/.docker
                    - echo "{\"auths\":{\"$CI_DEPENDENCY_PROXY_SERVER\":{\"auth\":\"$PROXY_AUTH\"}}}" > ~/.docker/config.json
                    - docker build --build-arg "PREFIX=$CI_DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX" -t app .
            """,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": r"""
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - mkdir -p ~/.docker
                    - echo "{\"auths\":{\"$CI_SERVER_HOST\":{\"auth\":\"$A\"},\"$CI_DEPENDENCY_PROXY_SERVER\":{\"auth\":\"$A\"}}}" > ~/.docker/config.json
                    - docker build --build-arg "PREFIX=$CI_DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX" -t app .
            """,
        },
        why="both keys are there",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM gitlab.example.com/group/dependency_proxy/containers/alpine:3.22
                RUN apk add --no-cache curl
            """,
            ".gitlab-ci.yml": r"""
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - mkdir -p ~/.docker
                    - echo "{\"auths\":{\"$CI_SERVER_HOST\":{\"auth\":\"$PROXY_AUTH\"}}}" > ~/.docker/config.json
                    - docker build -t app .
            """,
        },
        why="the image name has no port either",
    )


CHECK = Check(
    id="auth-dependency-proxy-port",
    title="Dependency proxy key without its port",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        GitLab's page cuts the port off the dependency proxy's host. But the prefix variables that image
        names begin with have the port, `gitlab.example.com:443/group/dependency_proxy/containers`,
        and clients look for credentials under exactly that host and port: they find none.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#authenticate-with-container-registries",
        "https://docs.gitlab.com/user/packages/dependency_proxy/",
    ),
    since="0.1",
)
