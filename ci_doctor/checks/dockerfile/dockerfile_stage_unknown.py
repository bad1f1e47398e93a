"""COPY --from or FROM with a stage's name that is spelt otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Build
from ...builds.dockerfile_syntax import is_docker_frontend, reads_plain_dockerfile
from ...builds.operations import used_stages
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...dockerfile import Add, Copy, Dockerfile, Scopes, Word, copied_images, find_target
from ...dockerfile.stages import resolve
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...images.official import platforms_of
from ...pipeline.spelling import Speller
from ...source import Location, noted

_OF_A_REFERENCE = frozenset("/:@.$")


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    builds = context.builds_with(dockerfile)
    syntax = dockerfile.syntax
    if dockerfile.faults or (syntax is not None and not is_docker_frontend(syntax.value.value)):
        return
    if any(b.named_contexts or not reads_plain_dockerfile(b, dockerfile) for b in builds):
        return
    yield from _numbers(dockerfile, builds, context)
    speller = Speller()
    names = [stage.name for stage in dockerfile.stages if stage.name]
    seen: set[int] = set()
    for word in _images(dockerfile, builds):
        name = word.value.lower()
        if word.span.start in seen or not name or _OF_A_REFERENCE & set(name):
            continue
        seen.add(word.span.start)
        near = speller.nearest(name, names)
        if near is None or platforms_of(name, "latest") is not None:
            continue
        yield context.finding(
            word.location,
            f"there is no stage '{word.value}', and its name is taken for an image: "
            f"did you mean '{near.word}'?",
            confidence=Confidence.LIKELY,
            details=(
                f"failed to resolve source metadata for docker.io/library/{name}:latest: pull access "
                "denied, repository does not exist or may require authorization"
            ),
            related=(_stage(dockerfile, near.word),),
            advice=(f"docker.io/library/{name}:latest, if an image is meant",),
            fix=_fix(word, near.word) if near.alone else None,
        )


def _numbers(dockerfile: Dockerfile, builds: list[Build], context: Context) -> Iterator[Finding]:
    """`COPY --from=3` of a file with three stages: they count from 0."""
    count = len(dockerfile.stages)
    for stage in used_stages(dockerfile, builds):
        for copy in stage.of(Copy):
            word = copy.from_
            if isinstance(copy, Add) or word is None or not word.value.isdecimal():
                continue
            if len(word.value) < 10 and int(word.value) >= count:
                yield context.finding(
                    word.location,
                    f"there is no stage {word.value}: the last one is number {count - 1}",
                    confidence=Confidence.CERTAIN if builds else Confidence.LIKELY,
                    details="Stages count from 0. A number that no stage has is taken for an image.",
                    related=(noted(dockerfile.stages[-1].from_.location, "the last stage"),),
                    advice=("give the stage a name: FROM … AS NAME, COPY --from=NAME",),
                )


def _images(dockerfile: Dockerfile, builds: list[Build]) -> Iterator[Word]:
    """What the stages that are built take from a registry, by FROM, COPY and mounts."""
    every: list[Build | None] = [*builds] or [None]
    for build in every:
        scopes = Scopes(dockerfile, complete=False)
        if build is not None:
            scopes = scopes_of(build, dockerfile)
        target = None if build is None else build.target
        for copied in copied_images(dockerfile, target, scopes=scopes):
            yield copied.name
        for stage in used_stages(dockerfile, [] if build is None else [build]):
            base = resolve(stage, scopes)
            word = stage.from_.image
            if base.is_pulled is True and word is not None and base.image.value == word.value:
                yield word


def _stage(dockerfile: Dockerfile, name: str) -> Location | None:
    stage = find_target(dockerfile, name)
    return None if stage is None else noted(stage.from_.location, "the stage of that name")


def _fix(word: Word, name: str) -> Fix | None:
    place = word.location
    if place.text != word.value:
        return None
    return fix(f"Write `{name}`", replace(place, name))


def examples() -> Iterator[Example | LookAlike]:
    pipeline = """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """
    yield Example(
        {
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                FROM golang:1.26 AS builder
                RUN go install example.com/app@latest

                FROM gcr.io/distroless/static-debian13
                COPY --from=⟦biulder⟧ /go/bin/app /app
            """,
        },
        fixed={
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                FROM golang:1.26 AS builder
                RUN go install example.com/app@latest

                FROM gcr.io/distroless/static-debian13
                COPY --from=builder /go/bin/app /app
            """,
        },
    )
    yield Example(
        {
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                FROM node:22 AS dependencies
                RUN npm install --global pnpm

                FROM ⟦dependancies⟧ AS assets
                RUN pnpm build

                FROM nginx:1.29
                COPY --from=assets /assets /usr/share/nginx/html
                RUN --mount=from=⟦asets⟧,target=/mnt cp -r /mnt/fonts /usr/share
            """,
        },
        fixed={
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                FROM node:22 AS dependencies
                RUN npm install --global pnpm

                FROM dependencies AS assets
                RUN pnpm build

                FROM nginx:1.29
                COPY --from=assets /assets /usr/share/nginx/html
                RUN --mount=from=assets,target=/mnt cp -r /mnt/fonts /usr/share
            """,
        },
    )
    yield Example(
        {
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                FROM golang:1.26
                RUN go install example.com/app@latest

                FROM gcr.io/distroless/static-debian13
                COPY --from=⟦2⟧ /go/bin/app /app
            """,
        }
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": pipeline,
            "Dockerfile": """
                FROM alpine:3.22 AS nodes
                FROM alpine:3.22 AS Build
                FROM alpine:3.22
                COPY --from=node:22 /usr/local/bin/node /usr/local/bin/
                COPY --from=node /usr/local/bin/npm /usr/local/bin/
                COPY --from=BUILD /etc/issue /issue
                COPY --from=1 /etc/issue /issue1
                COPY --from=registry.example.com/build /a /b
            """,
        },
        why="images with names like the stages', stages in other letters and by number",
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker buildx build --build-context builds=dist -t app .
            """,
            "Dockerfile": """
                FROM alpine:3.22 AS build
                FROM alpine:3.22
                COPY --from=builds /app /app
            """,
        },
        why="the build names a context of its own",
    )


CHECK = Check(
    id="dockerfile-stage-unknown",
    title="Stage that is not there",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        A name behind `COPY --from=`, `RUN --mount=from=` or FROM that no stage has is an image of
        Docker Hub: the build asks for one that does not exist, and ends with an error about access.
    """,
    links=("https://docs.docker.com/build/building/multi-stage/#name-your-build-stages",),
    since="0.1",
)
