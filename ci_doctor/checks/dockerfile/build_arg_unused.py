"""A build argument that nothing in the Dockerfile takes."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Build, BuildArg, Option
from ...builds.dockerfile_syntax import reads_plain_dockerfile
from ...builds.editing import remove_option
from ...check import Check, Context, Example, LookAlike, fix
from ...dockerfile import Arg, Dockerfile, Onbuild, needed_stages
from ...dockerfile.scopes import PLATFORM_DOMAINS, PROXY_ARGS
from ...finding import Finding, Severity
from ...pipeline.spelling import Speller

# BuildKit, its clients or the shell of a step take these without an ARG.
KNOWN = ("SOURCE_DATE_EPOCH", *PLATFORM_DOMAINS)


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if dockerfile is None or not build.build_args:
        return
    if not reads_plain_dockerfile(build, dockerfile):
        return
    taken, elsewhere = _declared(build, dockerfile)
    for argument in build.build_args:
        name = argument.name.value
        if name is None or name in taken or _is_known(name):
            continue
        if _is_needed_by_another(argument, build, context):
            continue
        yield _finding(argument, name, taken, elsewhere, build, dockerfile, context)


def _declared(build: Build, dockerfile: Dockerfile) -> tuple[set[str], set[str]]:
    """The names of the ARGs that this build meets, and of those in other stages."""
    scopes = scopes_of(build, dockerfile)
    needed = needed_stages(dockerfile, build.target, scopes=scopes)
    taken: set[str] = set()
    elsewhere: set[str] = set()
    for instruction in dockerfile.instructions:
        if isinstance(instruction, Onbuild):
            instruction = instruction.trigger or instruction
        if not isinstance(instruction, Arg):
            continue
        stage = dockerfile.stage_of(instruction)
        names = taken if stage is None or stage in needed else elsewhere
        names.update(pair.name.value for pair in instruction.pairs)
    if any("onbuild" in scopes.base(stage).image.template for stage in needed):
        taken.update(argument.name.value or "" for argument in build.build_args)
    return taken, elsewhere - taken


def _is_known(name: str) -> bool:
    return name in KNOWN or name.startswith("BUILDKIT_") or name.lower() in PROXY_ARGS


def _is_needed_by_another(argument: BuildArg, build: Build, context: Context) -> bool:
    """Whether the same text serves another Dockerfile, which takes it or is not known."""
    for job in context.all_builds:
        for other in job.builds:
            if other is build or all(a.location != argument.location for a in other.build_args):
                continue
            dockerfile = context.dockerfile(other)
            if dockerfile is None or argument.name.value in _declared(other, dockerfile)[0]:
                return True
    return False


def _finding(
    argument: BuildArg,
    name: str,
    taken: set[str],
    elsewhere: set[str],
    build: Build,
    dockerfile: Dockerfile,
    context: Context,
) -> Finding:
    near = Speller().nearest(name, taken)
    if name in elsewhere:
        message = f"'{name}' is taken only by a stage that is not built"
    else:
        message = f"nothing in the Dockerfile takes '{name}': no ARG declares it" + (
            "" if near is None else f". Is '{near.word}' meant?"
        )
    option = next((o for o in build.options if o.value_location == argument.location), None)
    edit = None if option is None or not _is_written(option) else remove_option(option)
    return context.finding(
        argument.location,
        message,
        details="The build goes on, and only the classic builder says a word about it.",
        related=[stage.from_.location.noted("this one") for stage in dockerfile.stages[:1]],
        advice=(f"ARG {name}, in the stage that uses it",),
        fix=None if edit is None or near is not None else fix("Remove the argument", edit),
    )


def _is_written(option: Option) -> bool:
    """Whether the whole option stands in the script."""
    return option.location is not None and option.location.text.startswith("-")


def examples() -> Iterator[Example | LookAlike]:
    dockerfile = """
        FROM alpine:3.22
        ARG VERSION
        RUN echo "$VERSION" > /version
    """
    yield Example(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - |
                      buildctl-daemonless.sh build \\
                        --frontend dockerfile.v0 \\
                        --local context=. --local dockerfile=. \\
                        --opt build-arg:VERSION=$CI_COMMIT_TAG \\
                        --opt ⟦build-arg:BUILD_DATE=$CI_PIPELINE_CREATED_AT⟧ \\
                        --output type=oci,dest=image.tar
            """,
        },
        fixed={
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - |
                      buildctl-daemonless.sh build \\
                        --frontend dockerfile.v0 \\
                        --local context=. --local dockerfile=. \\
                        --opt build-arg:VERSION=$CI_COMMIT_TAG \\
                        --output type=oci,dest=image.tar
            """,
        },
    )
    # Misspelt: removing it would not be what is meant.
    yield Example(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build --build-arg "⟦VERISON=$CI_COMMIT_TAG⟧" -t app .
            """,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": dockerfile,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - docker build --build-arg VERSION --build-arg http_proxy --build-arg HTTPS_PROXY=$https_proxy
                      --build-arg BUILDKIT_INLINE_CACHE=1 --build-arg SOURCE_DATE_EPOCH=0 --build-arg $MORE -t app .
            """,
        },
        why="BuildKit and the steps take these without an ARG",
    )
    yield LookAlike(
        {
            "a/Dockerfile": dockerfile,
            "b/Dockerfile": "FROM alpine:3.22\n",
            ".gitlab-ci.yml": """
                .build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build --build-arg VERSION=$CI_COMMIT_TAG -t "$NAME" "$NAME"

                build a: {extends: .build, variables: {NAME: a}}
                build b: {extends: .build, variables: {NAME: b}}
            """,
        },
        why="one script for several Dockerfiles",
    )


CHECK = Check(
    id="build-arg-unused",
    title="Build argument that nothing takes",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        An argument reaches a stage only through an ARG of the same name. A misspelt or forgotten
        one is dropped without a word, and the image is built with the default or with nothing.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#arg",),
    since="0.1",
)
