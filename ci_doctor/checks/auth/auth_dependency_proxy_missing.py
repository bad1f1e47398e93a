"""A base image from the dependency proxy in a job that never logs in to it."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.dependency_proxy import PREFIXES, Proxied, is_server, proxied_images
from ...builds.jobs import JobBuilds
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.editing import add_before_script
from ...pipeline.model import Job
from ...source import Location

LOGIN = (
    """printf '%s' "$CI_DEPENDENCY_PROXY_PASSWORD" | docker login -u "$CI_DEPENDENCY_PROXY_USER" """
    '--password-stdin "$CI_DEPENDENCY_PROXY_SERVER"'
)
CONFIG = (
    "mkdir -p ~/.docker",
    """printf '{"auths":{"%s":{"username":"%s","password":"%s"}}}' "$CI_DEPENDENCY_PROXY_SERVER" """
    '"$CI_DEPENDENCY_PROXY_USER" "$CI_DEPENDENCY_PROXY_PASSWORD" > ~/.docker/config.json',
)
DOCKER = (Tool.BUILDX, Tool.DOCKER)


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[Location] = set()
    for build in context.builds.builds:
        dockerfile = None if build.tool is Tool.OPAQUE else context.dockerfile(build)
        if dockerfile is None:
            continue
        for proxied in proxied_images(build, dockerfile):
            if build.credentials.covers(proxied.host, brought=False) is not False:
                continue
            place = _place(build, proxied)
            if place is None or place in seen:
                continue
            seen.add(place)
            by_docker = build.tool in DOCKER
            yield context.finding(
                place,
                f"the job has no credentials for the dependency proxy '{proxied.host.display}'"
                + _condition(build, context.builds),
                confidence=Confidence.LIKELY,
                details="The runner logs in for the `image:` of a job, not for the FROM of a Dockerfile. The "
                "pull ends in 401 Unauthorized or 403 Forbidden.",
                related=()
                if place is proxied.location
                else (proxied.location.noted("pulled here"),),
                advice=(LOGIN,) if by_docker else CONFIG,
                fix=_fix(build, proxied, context.builds),
            )


def _condition(build: Build, builds: JobBuilds) -> str:
    if build.credentials.complete:
        return ""
    image = builds.image.name
    brings = "the runner's host" if image is None else f"'{image.display}'"
    return f", unless {brings} brings them"


def _place(build: Build, proxied: Proxied) -> Location | None:
    """The build argument that brings the prefix, else the FROM that spells it out."""
    if not any(symbol.variable in PREFIXES for symbol in proxied.image.symbols()):
        return proxied.location
    for argument in build.build_args:
        value = argument.value
        if value is not None and any(s.variable in PREFIXES for s in value.symbols()):
            return argument.location
    return None


def _fix(build: Build, proxied: Proxied, builds: JobBuilds) -> Fix | None:
    if not is_server(proxied.host):
        return None
    if build.tool in DOCKER:
        lines: tuple[str, ...] = (LOGIN,)
    elif build.tool is not Tool.KANIKO and not builds.config_writes and not builds.pushes:
        lines = CONFIG
    else:
        return None
    edits = add_before_script(build.job, lines)
    return fix("Log in before the script", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    dockerfile = """
        ARG PREFIX
        FROM ${PREFIX}/alpine:3.22
        RUN apk add --no-cache curl
    """
    yield Example(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  before_script:
                    - docker info
                  script:
                    - docker build --build-arg ⟦PREFIX=$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX⟧ -t app .
            """,
        },
        fixed={
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  before_script:
                    - docker info
                    - printf '%s' "$CI_DEPENDENCY_PROXY_PASSWORD" | docker login -u "$CI_DEPENDENCY_PROXY_USER" --password-stdin "$CI_DEPENDENCY_PROXY_SERVER"
                  script:
                    - docker build --build-arg PREFIX=$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX -t app .
            """,
        },
    )
    # The registry's credentials are not those of the proxy.
    yield Example(
        {
            "Dockerfile": """
                FROM ⟦gitlab.example.com:443/group/dependency_proxy/containers/alpine:3.22⟧
                RUN apk add --no-cache curl
            """,
            ".gitlab-ci.yml": r"""
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  before_script:
                    - mkdir -p ~/.docker
                    - echo "{\"auths\":{\"registry.example.com\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --output type=image,name=registry.example.com/app,push=true
            """,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  before_script:
                    - echo "$CI_DEPENDENCY_PROXY_PASSWORD" | docker login -u "$CI_DEPENDENCY_PROXY_USER" --password-stdin "$CI_DEPENDENCY_PROXY_SERVER"
                  script:
                    - docker build --build-arg PREFIX=$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX -t app .
            """,
        },
        why="logged in",
    )
    yield LookAlike(
        """
        test:
          image: ${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}/docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t app .
        """,
        why="the runner pulls the job's image with credentials of its own",
    )


CHECK = Check(
    id="auth-dependency-proxy-missing",
    title="Dependency proxy without credentials",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        GitLab's dependency proxy answers nobody without credentials. The runner has them for the
        images of jobs and services; a build pulls the images of its FROM lines itself and needs a
        login of its own.
    """,
    links=("https://docs.gitlab.com/user/packages/dependency_proxy/#authenticate-within-cicd",),
    since="0.1",
)
