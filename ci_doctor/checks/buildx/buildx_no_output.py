"""A build whose result stays in the builder's cache."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Output, Tool
from ...builds.editing import add_behind, subcommand
from ...builds.engine import cache_exports
from ...builds.jobs import JobBuilds
from ...builds.purpose import is_trial
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...execution.command import Certainty, Command
from ...finding import Finding, Severity
from ...text import Text

IN_CONTAINERS = ("docker-container", "kubernetes", "remote")
GIVES = ("--push", "--load", "--output", "--call", "--check", "--print", "--help")
# What else may bring an image into docker's own store.
BRINGS = (("load",), ("import",), ("commit",))


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in (Tool.BUILDX, Tool.DOCKER) or build.builder.driver not in IN_CONTAINERS:
        return
    if not build.lacks(*GIVES) or cache_exports(build) or _loads_by_default(build, context):
        return
    # Another daemon than a fresh one may have an image of that name from an earlier job.
    wanted = _wanted_later(build, context.builds) if build.daemon.kind == "dind" else None
    trial = is_trial(build)
    yield context.finding(
        subcommand(build),
        "the image that a later command needs stays in the builder's cache"
        if wanted
        else "the result stays in the builder's cache: nothing pushes or loads it",
        severity=Severity.ERROR if wanted else Severity.INFO if trial else None,
        details=(
            "An image does not exist locally with the tag: …"
            if wanted
            else f"WARNING: No output specified with {build.builder.driver} driver. "
            "Build result will only remain in the build cache."
        ),
        related=() if wanted is None else (wanted.location.noted("needs the image"),),
        advice=("--push", "or --load, to use it in this job"),
        fix=_fix(build),
    )


def _loads_by_default(build: Build, context: Context) -> bool:
    """Whether the builder may be told to load: `--driver-opt default-load=true`."""
    for create in context.builds.buildx_creates:
        if create.command is build.builder.created:
            options = create.driver_options
            return create.opaque or any(o.opaque or o.get("default-load") for o in options)
    return True  # a builder that another job or the machine made


def _wanted_later(build: Build, builds: JobBuilds) -> Command | None:
    """A later `docker push` or `docker tag` of an image that nothing else makes."""
    order = {id(command): n for n, command in enumerate(builds.execution.commands)}
    here = order[id(build.command)]
    uses = [(push.command, push.name) for push in builds.pushes if push.build is None]
    uses += [(tag.command, tag.source) for tag in builds.tags]
    for name in build.names:
        if _made_elsewhere(name.text, build, builds):
            continue
        for command, used in uses:
            later = order[id(command)] > here and command.certainty is Certainty.ALWAYS
            if later and used is not None and used.text.equals(name.text) is True:
                return command
    return None


def _made_elsewhere(name: Text, build: Build, builds: JobBuilds) -> bool:
    names = [pull.name.text for pull in builds.pulls] + [tag.target.text for tag in builds.tags]
    for other in builds.builds:
        if other.tool is Tool.OPAQUE:
            return True
        if other is not build and any(map(_keeps, other.outputs)):
            names += [made.text for made in other.names]
    if any(call.path in BRINGS or not call.path for call in builds.docker_calls):
        return True
    return not builds.execution.complete or any(other.equals(name) is not False for other in names)


def _keeps(output: Output) -> bool:
    return output.type != "registry"


def _fix(build: Build) -> Fix | None:
    edit = add_behind(subcommand(build), "--push") if build.names else None
    return None if edit is None else fix("Add `--push`", edit, unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx ⟦build⟧ -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build --push -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
        """,
    )
    # An error where the job goes on with the image.
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --name ci ci
            - |
              docker buildx ⟦build⟧ --builder ci \\
                --tag "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" \\
                .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --name ci ci
            - |
              docker buildx build --push --builder ci \\
                --tag "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" \\
                .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        why="the docker driver loads by itself",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use --driver-opt default-load=true ci
            - docker buildx build -t app .
            - docker run --rm app ./test.sh
        """,
        why="this builder loads by itself",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build $BUILD_OPTIONS -t app .
        """,
        why="the variable may hold --push",
    )


CHECK = Check(
    id="buildx-no-output",
    title="buildx build without an output",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A builder in a container of its own keeps what it builds to itself: without --push, --load
        or --output buildx prints a warning and ends with success, and the image is gone with the
        builder. A `docker push` behind it finds nothing to push.
    """,
    links=("https://docs.docker.com/build/exporters/",),
    since="0.1",
)
