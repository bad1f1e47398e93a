"""A frontend from Docker Hub, where everything else comes from a mirror."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Build
from ...builds.environment import exported
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile, needed_stages
from ...dockerfile.stages import resolve
from ...finding import Confidence, Finding, Severity
from ...images.reference import DOCKER_HUB, parse_reference_text
from ...text import Text

PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
MIRROR = "${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}/docker/dockerfile:1"


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    directive = None if dockerfile is None else dockerfile.syntax
    if dockerfile is None or directive is None:
        return
    if any(argument.name.value == "BUILDKIT_SYNTAX" for argument in build.build_args):
        return
    if build.opaque or not _from_hub(Text.of(directive.value.value.strip())):
        return
    mirrored = _only_mirrored(build, dockerfile)
    proxied = any(exported(build.command, name) is not None for name in PROXIES)
    if not (mirrored or proxied):
        return
    yield context.finding(
        directive.value.location,
        "this is pulled from Docker Hub before all else, "
        + (
            "while every other image comes from a mirror"
            if mirrored
            else "through the proxy of the job"
        ),
        confidence=Confidence.POSSIBLE,
        details="failed to resolve source metadata for docker.io/docker/dockerfile:1",
        advice=(
            "remove the line: the builder has a frontend of its own",
            f"or take it from the mirror, too: build argument BUILDKIT_SYNTAX={MIRROR}",
        ),
    )


def _from_hub(name: Text) -> bool:
    reference = parse_reference_text(name)
    registry = None if reference is None else reference.registry
    return registry is not None and registry.value == DOCKER_HUB


def _only_mirrored(build: Build, dockerfile: Dockerfile) -> bool:
    """Whether images are pulled, and all of them from another registry than Docker Hub."""
    scopes = scopes_of(build, dockerfile)
    stages = needed_stages(dockerfile, build.target, scopes=scopes)
    pulled = [base for base in (resolve(s, scopes) for s in stages) if base.is_pulled is not False]
    answers = []
    for base in pulled:
        reference = parse_reference_text(base.image)
        registry = None if reference is None else reference.registry
        answers.append(registry is not None and registry.equals(DOCKER_HUB) is not True)
    return bool(answers) and all(answers)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            "Dockerfile": """
                # syntax=⟦docker/dockerfile:1⟧
                ARG PREFIX
                FROM $PREFIX/alpine:3.22
                RUN apk add --no-cache curl
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  before_script:
                    - docker login -u "$CI_DEPENDENCY_PROXY_USER" --password-stdin "$CI_DEPENDENCY_PROXY_SERVER"
                      < "$PASSWORD_FILE"
                  script:
                    - docker build --build-arg PREFIX=$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX -t app .
            """,
        }
    )
    yield Example(
        {
            "Dockerfile": """
                # syntax = ⟦docker.io/docker/dockerfile:1.7⟧
                FROM alpine:3.22
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables:
                    BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
                    https_proxy: http://proxy.example.com:3128
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --output type=oci,dest=image.tar
            """,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                # syntax=docker/dockerfile:1
                FROM alpine:3.22
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build -t app .
            """,
        },
        why="the base image comes from Docker Hub as well",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                # syntax=registry.example.com/docker/dockerfile:1
                FROM registry.example.com/alpine:3.22
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build -t app .
            """,
        },
        why="it comes from the mirror, too",
    )


CHECK = Check(
    id="dockerfile-syntax-pull",
    title="Frontend from Docker Hub beside a mirror",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `# syntax=docker/dockerfile:1` is an image: BuildKit pulls it from Docker Hub before it
        reads the file, without credentials for a mirror and counted against the rate limit.
        Where the network or the limit stands in the way, the build fails at its first line.
    """,
    links=("https://docs.docker.com/build/buildkit/frontend/",),
    since="0.1",
)
