"""Registry settings of dind that a builder in a container does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.builder import BuildxCreate
from ...builds.dind import Dind, arguments, dinds
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import noted
from ...text import Text

OPTIONS = ("--insecure-registry", "--registry-mirror")
CONFIG = ("--buildkitd-config", "--buildkitd-flags")


def find(job: Job, context: Context) -> Iterator[Finding]:
    for dind in dinds(job, context.runner):
        create = _builder_without(dind, context)
        if create is None:
            continue
        words = arguments(dind.service)
        for index, word in enumerate(words):
            option = next((name for name in OPTIONS if word.startswith(name) is True), None)
            if option is None:
                continue
            _, value = word.partition("=")
            if value is None and index + 1 < len(words):
                value = words[index + 1]
            yield context.finding(
                word.location,
                f"`{option}` is for dind, and the builder in its container does not get it",
                related=(noted(create.command.program.written, "makes the builder"),),
                advice=_advice(option, value),
            )


def _builder_without(dind: Dind, context: Context) -> BuildxCreate | None:
    """The `buildx create` of a builder that builds in this dind, without a configuration."""
    used = [
        build.builder.created
        for build in context.builds.builds
        if build.daemon.service is dind.service and build.builder.driver == "docker-container"
    ]
    for create in context.builds.buildx_creates:
        if create.command in used and all(create.lacks(name) for name in CONFIG):
            return create
    return None


def _advice(option: str, value: Text | None) -> tuple[str, ...]:
    host = "HOST" if value is None else value.display
    if option == OPTIONS[0]:
        lines = f'[registry."{host}"] http = true'
    else:
        host = host.removeprefix("https://").removeprefix("http://").rstrip("/")
        lines = f'[registry."docker.io"] mirrors = ["{host}"]'
    return (
        f"in a file buildkitd.toml: {lines}",
        "docker buildx create --use --buildkitd-config buildkitd.toml",
    )


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        build:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              command: ["⟦--insecure-registry=registry.test:5000⟧"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build -t registry.test:5000/app --push .
        """,
        settings=settings,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              command: ["--mtu=1400", "⟦--registry-mirror⟧", "https://mirror.example.com"]
          script:
            - docker context create ci
            - docker buildx create --name ci --driver docker-container ci
            - docker buildx build --builder ci -t registry.example.com/app --push .
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services:
            - {name: docker:28-dind, command: ["--insecure-registry=registry.test:5000"]}
          script:
            - docker buildx build -t registry.test:5000/app --push .
        """,
        settings=settings,
        why="the docker driver is dind's own builder",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services:
            - {name: docker:28-dind, command: ["--insecure-registry=registry.test:5000"]}
          script:
            - docker context create ci
            - docker buildx create --use --buildkitd-config ci/buildkitd.toml ci
            - docker buildx build -t registry.test:5000/app --push .
        """,
        settings=settings,
        why="the builder has its own configuration",
    )


CHECK = Check(
    id="dind-insecure-registry-not-in-builder",
    title="Registry options of dind and a buildx builder",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        A builder of the docker-container driver is a BuildKit of its own in dind: it reads neither
        dockerd's `--insecure-registry` nor its mirrors. Pushes to the registry fail there with
        "server gave HTTP response to HTTPS client", and base images come past the mirror.
    """,
    links=("https://docs.docker.com/build/buildkit/configure/",),
    since="0.1",
)
