"""An image name that is incomplete because nothing sets its variable."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Build
from ...builds.dockerfile_syntax import reads_plain_dockerfile
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile, From, Scopes, needed_stages
from ...dockerfile.expansion import variables
from ...finding import Finding, Severity
from ...images.reference import fault_in
from ...source import Location


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if dockerfile is None or build.named_contexts:
        return
    if not reads_plain_dockerfile(build, dockerfile):
        return
    scopes = scopes_of(build, dockerfile)
    for stage in needed_stages(dockerfile, build.target, scopes=scopes):
        name = stage.from_.image
        image = scopes.base(stage).image
        # An empty variable may be meant: `FROM alpine$SUFFIX`.
        if name is None or not image.is_known:
            continue
        if image.value and fault_in(image) is None:
            continue
        for variable, place in _unset(stage.from_, scopes):
            yield _finding(variable, place, image.display, dockerfile, context)


def _unset(instruction: From, scopes: Scopes) -> Iterator[tuple[str, Location]]:
    scope = scopes.at(instruction)
    word = instruction.image
    for variable in () if word is None else variables(word, escape=scopes.dockerfile.escape):
        value, is_set = scope.lookup(variable.name)
        if word is not None and (is_set is False or value.is_empty is True):
            yield variable.name, word.locate(variable.start, variable.end)


def _finding(
    variable: str, place: Location, image: str, dockerfile: Dockerfile, context: Context
) -> Finding:
    pairs = [pair for arg in dockerfile.global_args for pair in arg.pairs]
    declared = next((pair for pair in pairs if pair.name.value == variable), None)
    if declared is None:
        message = f"'{variable}' is empty: no ARG before the first FROM declares it"
    else:
        message = f"'{variable}' is empty: it has no default, and the job passes no value"
    return context.finding(
        place,
        message,
        details=(
            f'failed to parse stage name "{image}": invalid reference format'
            if image
            else f"base name (${{{variable}}}) should not be blank"
        ),
        related=(None if declared is None else declared.name.location.noted("declared here"),),
        advice=(f"ARG {variable}=…, before the first FROM", f"--build-arg {variable}=…"),
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            "Dockerfile": """
                ARG BASE
                ARG VERSION
                FROM ⟦$BASE⟧ AS build
                RUN make
                FROM registry.example.com/runtime:⟦${VERSION}⟧
                COPY --from=build /app /app
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --output type=oci,dest=image.tar
            """,
        }
    )
    # Declared in a stage, which FROM does not see.
    yield Example(
        {
            "Dockerfile": """
                FROM golang:1.26 AS build
                ARG RUNTIME=alpine:3.22
                RUN go build -o /app ./cmd/app
                FROM ⟦$RUNTIME⟧
                COPY --from=build /app /app
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build --build-arg VERSION=3 -t app .
            """,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                ARG BASE
                ARG SUFFIX
                ARG TAG=3.22
                FROM alpine:${TAG}${SUFFIX}
                FROM ${BASE:-debian:12}
                FROM $IMAGE
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - docker build --target 1 -t app .
                    - docker build --target 0 $BUILD_OPTIONS -t other .
            """,
        },
        why="an empty end, a default, and a stage that is not built",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                ARG BASE
                FROM $BASE
                RUN make
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - docker build --build-arg BASE=alpine:3.22 -t app .
                    - docker build --build-arg BASE=$BASE_IMAGE -t other .
                    - docker build $BUILD_OPTIONS -t third .
            """,
        },
        why="the job passes it, or may pass it",
    )


CHECK = Check(
    id="dockerfile-arg-from-default",
    title="Base image name with an empty variable",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        FROM sees only the ARGs before the first FROM, and those only with a default or a value
        from the job. Without one the name of the image ends in nothing, and the build with it.
    """,
    links=(
        "https://docs.docker.com/reference/build-checks/invalid-default-arg-in-from/",
        "https://docs.docker.com/reference/build-checks/undefined-arg-in-from/",
    ),
    since="0.1",
)
