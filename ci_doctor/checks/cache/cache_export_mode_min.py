"""A cache that leaves out the stages whose files are only copied."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Build
from ...builds.caches import add_field, kind
from ...builds.stage_platforms import image_stages
from ...check import Check, Context, Example, LookAlike, fix
from ...dockerfile import Dockerfile, Run, Stage, needed_stages
from ...finding import Confidence, Finding, Severity

# An inline cache cannot hold them at all.
FULL = ("registry", "local", "s3", "azblob", "gha")


def find(build: Build, context: Context) -> Iterator[Finding]:
    caches = [c for c in build.cache_to if kind(c) in FULL and c.lacks("mode")]
    dockerfile = context.dockerfile(build) if caches else None
    left_out = [] if dockerfile is None else _left_out(build, dockerfile)
    if dockerfile is not None and not left_out:
        return
    names = (
        ", ".join(f"'{stage.label}'" for stage in left_out) or "stages that are only copied from"
    )
    for cache in caches:
        edits = add_field(cache, "mode=max")
        yield context.finding(
            cache.option.value_location,
            f"the cache leaves out {names}: without mode=max only the layers of the image are kept",
            confidence=Confidence.CERTAIN if left_out else Confidence.POSSIBLE,
            details="mode=min is the default. These stages are built anew in every job.",
            related=[
                stage.from_.location.noted("its RUN steps are not cached") for stage in left_out[:1]
            ],
            advice=("mode=max",),
            fix=fix("Add `mode=max`", *edits) if edits else None,
        )


def _left_out(build: Build, dockerfile: Dockerfile) -> list[Stage]:
    """The stages with RUN steps that the build needs and whose layers are not the image's."""
    scopes = scopes_of(build, dockerfile)
    image = image_stages(build, scopes)
    if any(scopes.base(stage).is_stage is None for stage in image):
        return []  # the image may stand on any of them
    return [
        stage
        for stage in needed_stages(dockerfile, build.target, scopes=scopes)
        if stage not in image and any(stage.of(Run))
    ]


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            "Dockerfile": """
                FROM golang:1.26 AS build
                WORKDIR /src
                COPY . .
                RUN go build -o /app ./cmd/app
                FROM alpine:3.22
                COPY --from=build /app /usr/bin/app
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  before_script:
                    - mkdir -p ~/.docker && cp "$REGISTRY_CREDENTIALS" ~/.docker/config.json
                  script:
                    - |
                      buildctl-daemonless.sh build \\
                        --frontend dockerfile.v0 \\
                        --local context=. --local dockerfile=. \\
                        --export-cache ⟦type=registry,ref=$CI_REGISTRY_IMAGE:cache⟧ \\
                        --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache \\
                        --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
            """,
        },
        fixed={
            "Dockerfile": """
                FROM golang:1.26 AS build
                WORKDIR /src
                COPY . .
                RUN go build -o /app ./cmd/app
                FROM alpine:3.22
                COPY --from=build /app /usr/bin/app
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  before_script:
                    - mkdir -p ~/.docker && cp "$REGISTRY_CREDENTIALS" ~/.docker/config.json
                  script:
                    - |
                      buildctl-daemonless.sh build \\
                        --frontend dockerfile.v0 \\
                        --local context=. --local dockerfile=. \\
                        --export-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max \\
                        --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache \\
                        --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
            """,
        },
    )
    # buildx's short form has no keys to add to.
    yield Example(
        {
            "Dockerfile": """
                FROM node:24 AS assets
                RUN npm ci && npm run build
                FROM nginx:1.29
                COPY --from=assets /dist /usr/share/nginx/html
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  before_script:
                    - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
                    - docker context create ci && docker buildx create --use ci
                  script:
                    - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache"
                      --cache-to "⟦$CI_REGISTRY_IMAGE:cache⟧" --push -t "$CI_REGISTRY_IMAGE:latest" .
            """,
        },
        fixed={
            "Dockerfile": """
                FROM node:24 AS assets
                RUN npm ci && npm run build
                FROM nginx:1.29
                COPY --from=assets /dist /usr/share/nginx/html
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  before_script:
                    - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
                    - docker context create ci && docker buildx create --use ci
                  script:
                    - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache"
                      --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max" --push -t "$CI_REGISTRY_IMAGE:latest" .
            """,
        },
    )
    # Nothing is known of the Dockerfile: advice.
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache"
              --cache-to ⟦type=registry,ref=$CI_REGISTRY_IMAGE:cache⟧ -o type=oci,dest=app.tar "$FOLDER"
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --cache-from "$CI_REGISTRY_IMAGE:cache"
              --cache-to type=registry,ref=$CI_REGISTRY_IMAGE:cache,mode=max -o type=oci,dest=app.tar "$FOLDER"
        """,
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM golang:1.26 AS base
                RUN apt-get update && apt-get install -y git
                FROM scratch AS licences
                COPY LICENCE /
                FROM base
                COPY --from=licences / /licences
                RUN go build ./...
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --export-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache
                      --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache
                      --output type=oci,dest=image.tar
            """,
        },
        why="every RUN step stands in a stage of the image",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM golang:1.26 AS build
                RUN go build -o /app ./cmd/app
                FROM alpine:3.22
                COPY --from=build /app /usr/bin/app
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - docker context create ci && docker buildx create --use ci
                    - docker buildx build --cache-to type=inline -o type=oci,dest=image.tar .
                    - docker buildx build --cache-to "type=registry,ref=$CI_REGISTRY_IMAGE:cache,$CACHE_OPTIONS"
                      --cache-from "$CI_REGISTRY_IMAGE:cache" -o type=oci,dest=image.tar .
            """,
        },
        why="an inline cache holds the image's layers only, and the options may hold the mode",
    )


CHECK = Check(
    id="cache-export-mode-min",
    title="Cache without the build stages",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        BuildKit exports by default only the layers of the finished image. In a Dockerfile with
        several stages the expensive steps mostly stand in the others: their cache is lost, and
        every job compiles everything again. GitLab's page shows its rootless example like that.
    """,
    links=(
        "https://docs.docker.com/build/cache/backends/#cache-mode",
        "https://docs.gitlab.com/ci/docker/using_buildkit/",
    ),
    since="0.1",
)
