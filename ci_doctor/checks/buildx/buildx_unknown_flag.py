"""A flag that docker build does not have, or no longer heeds."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Option, Status, Tool
from ...builds.job_image import is_older, job_image
from ...builds.options import BUILDCTL_BUILD, DOCKER_BUILD, DOCKER_CLASSIC, KANIKO
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.spelling import Near, Speller
from ...source import Location, Span

# The release whose flags the table of options holds.
KNOWN_UP_TO = (30,)
# Images in which `docker` is another program, with flags of its own.
OTHER_DOCKERS = ("podman", "buildah", "nerdctl")
# What buildctl and Kaniko call what docker calls otherwise.
OTHERS = {
    "--destination": "--tag",
    "--dockerfile": "--file",
    "--export-cache": "--cache-to",
    "--import-cache": "--cache-from",
    "--opt": "--build-arg",
}


def find(build: Build, context: Context) -> Iterator[Finding]:
    image = build.job.image
    if build.tool not in (Tool.BUILDX, Tool.DOCKER):
        return
    if image is not None and any(word in image.name.template for word in OTHER_DOCKERS):
        return
    speller = Speller()
    for option in build.options:
        if option.status is Status.IGNORED:
            if _is_buildx(build) and option.name in DOCKER_CLASSIC.by_name:
                yield context.finding(
                    option.location,
                    f"`{option.name}` is for the classic builder: BuildKit does nothing with it",
                    severity=Severity.INFO,
                    advice=("leave it out",),
                )
        elif not option.known:
            yield _unknown(build, option, speller, context)


def _is_buildx(build: Build) -> bool:
    return build.tool is Tool.BUILDX or build.builder.driver in ("docker", "docker-container")


def _unknown(build: Build, option: Option, speller: Speller, context: Context) -> Finding:
    name = option.name.partition("=")[0]
    written = name if name.startswith("--") else f"-{name}"
    near = speller.nearest(written, [n for n in DOCKER_BUILD.by_name if n.startswith("--")])
    if written in DOCKER_BUILD.by_name:
        near = Near(written, 1, alone=True)
    foreign = BUILDCTL_BUILD.find(written) or KANIKO.find(written)
    close = near if near is not None and near.distance <= 2 and near.alone else None
    # A flag that a newer docker may have got is no error.
    certain = bool(close or foreign or written != name) or _is_covered(build)
    meant = OTHERS.get(written) or (None if close is None else close.word)
    return context.finding(
        option.location,
        f"`{build.tool.value}` has no flag `{name}`"
        + ("" if certain else ", unless a newer docker has got it"),
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        details=f"unknown flag: {name}" if written == name else f"unknown shorthand flag in {name}",
        advice=() if meant is None else (meant,),
        fix=None if foreign else _fix(option, name, close),
    )


def _is_covered(build: Build) -> bool:
    return is_older(job_image(build.job).docker.version, KNOWN_UP_TO) is True


def _fix(option: Option, name: str, near: Near | None) -> Fix | None:
    """Spell the flag right, where it takes a value as the written one does."""
    spec = None if near is None else DOCKER_BUILD.find(near.word)
    place = option.location
    if near is None or spec is None or place is None or not place.text.startswith(name):
        return None
    if spec.takes.value == "value" and option.value is None and len(option.words) > 1:
        return None
    start = place.span.start
    flag = Location(place.source, Span(start, start + len(name)))
    return fix(f"Write `{near.word}`", replace(flag, near.word))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              docker buildx build \\
                ⟦--build-args⟧ MODE=release \\
                ⟦--cache_from=registry.example.com/app:cache⟧ \\
                --tag app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              docker buildx build \\
                --build-arg MODE=release \\
                --cache-from=registry.example.com/app:cache \\
                --tag app .
        """,
    )
    # What buildctl calls otherwise.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build ⟦--export-cache type=inline⟧ ⟦--opt target=final⟧ -t app .
    """)
    # Accepted for the sake of the classic builder, without effect.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build ⟦--squash⟧ ⟦--memory 2g⟧ -t app .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker --debug buildx --builder default build --pull -qt app -f app.Dockerfile .
        """,
        why="flags of docker, of buildx and of build, each at its place",
    )
    yield LookAlike(
        """
        build:
          image: docker:20.10.24
          services: ["docker:20.10.24-dind"]
          script:
            - docker build --memory 2g --squash -t app .
        """,
        why="this docker builds with the classic builder, which heeds them",
    )
    yield LookAlike(
        """
        build:
          image: quay.io/podman/stable:v5.6
          script:
            - docker build --layers --format docker -t app .
        """,
        why="in this image `docker` is podman",
    )


CHECK = Check(
    id="buildx-unknown-flag",
    title="Flag that docker build does not have",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        docker stops with exit code 125 at a flag that it does not know, be it misspelt or one of
        buildctl's or Kaniko's. Some flags of the classic builder are still taken and do nothing
        under BuildKit.
    """,
    links=("https://docs.docker.com/reference/cli/docker/buildx/build/",),
    since="0.1",
    yields_to=("kaniko-flag-leftover",),
)
