"""A builder is created, and the builds go to another one."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.builder import BuildxCreate
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...execution.command import Certainty
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import Location, Span, noted


def find(job: Job, context: Context) -> Iterator[Finding]:
    builds = context.builds
    order = {id(command): n for n, command in enumerate(context.execution.commands)}
    for create in builds.buildx_creates:
        if create.uses is not False or create.opaque or create.appends is not False:
            continue
        if create.command.certainty is not Certainty.ALWAYS or _is_named(create, context):
            continue
        here = order[id(create.command)]
        later = [b for b in builds.builds if order[id(b.command)] > here]
        missed = next((b for b in later if _goes_to_default(b)), None)
        if missed is None or any(_may_use(b, create) for b in later):
            continue
        yield context.finding(
            _subcommand(create),
            "the builder is created and not used: the build runs on docker's own",
            related=(noted(missed.command.program.written, "the build that does not use it"),),
            advice=("docker buildx create --use", "or --builder NAME at the build"),
            fix=_fix(create),
        )


def _goes_to_default(build: Build) -> bool:
    return build.tool is Tool.BUILDX and build.builder.driver == "docker" and not build.opaque


def _may_use(build: Build, create: BuildxCreate) -> bool:
    """Whether a build uses the builder, or one that is not known."""
    if build.tool is Tool.OPAQUE:
        return build.command.name in ("docker", "docker-buildx", "make")
    return build.builder.driver is None or build.builder.created is create.command


def _is_named(create: BuildxCreate, context: Context) -> bool:
    """Whether another docker command speaks of the builder: `use`, `--builder`, `bake`, a variable."""
    if create.name is None:
        return any(not use.removes for use in context.builds.buildx_uses)
    for use in context.builds.buildx_uses:
        if not use.removes and (use.name is None or use.name.equals(create.name) is not False):
            return True
    for call in context.builds.docker_calls:
        if call.command is create.command or call.path[:2] in (
            ("buildx", "inspect"),
            ("buildx", "rm"),
            ("buildx", "stop"),
        ):
            continue
        texts = [word.text for word in call.words]
        texts += [option.value for option in call.options if option.value is not None]
        for text in texts:
            if text.equals(create.name) is True or text.template.startswith("--builder"):
                return True
    return False


def _subcommand(create: BuildxCreate) -> Location | None:
    words = (word for word in create.command.arguments if word.text.value == "create")
    return next(words, create.command.program).written


def _fix(create: BuildxCreate) -> Fix | None:
    place = _subcommand(create)
    if place is None or place.text != "create":
        return None
    end = place.span.end
    return fix("Add `--use`", Edit(place.path, Span(end, end), " --use"))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx ⟦create⟧ --name multi ci
            - docker buildx inspect --bootstrap multi
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --use --name multi ci
            - docker buildx inspect --bootstrap multi
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker context create ci
            - docker buildx ⟦create⟧ ci
          script:
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache" -t "$CI_REGISTRY_IMAGE" --push .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - docker context create ci
            - docker buildx create --use ci
          script:
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache" -t "$CI_REGISTRY_IMAGE" --push .
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --name multi ci
            - docker buildx build --builder multi -t "$CI_REGISTRY_IMAGE" --push .
            - docker buildx create --name other ci
            - docker buildx use other
            - docker buildx build -t "$CI_REGISTRY_IMAGE:other" --push .
        """,
        why="both are named where they are needed",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {BUILDX_BUILDER: multi}
          script:
            - docker context create ci
            - docker buildx create --name multi ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="the variable chooses it",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci
            - docker buildx create --name multi ci
            - docker buildx build $BUILDX_OPTIONS -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="the variable may hold --builder",
    )


CHECK = Check(
    id="buildx-builder-not-used",
    title="buildx builder that no build uses",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        `buildx create` makes a builder and leaves the current one as it is. Without `--use`, and
        without `--builder` at the build, the image is built by docker itself: without the cache,
        the platforms or the settings that the new builder was made for, and without a word.
    """,
    links=("https://docs.docker.com/reference/cli/docker/buildx/create/#use",),
    since="0.1",
)
