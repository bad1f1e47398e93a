"""A cache in a form that a strict registry refuses."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...builds.caches import add_field, kind, place_of
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Finding, Severity
from ...text import Text

# BuildKit v0.21 made the image manifest the default.
FIRST = (0, 21)
STRICT = (".amazonaws.com", ".amazonaws.com.cn")
FIELDS = "image-manifest=true,oci-mediatypes=true"


def find(build: Build, context: Context) -> Iterator[Finding]:
    version = context.builds.image.buildkit.version
    own = build.builder.driver == "daemonless"  # its daemon comes from the job's image
    if not own or version is None or len(version) < 2 or version >= FIRST:
        return
    for cache in build.cache_to:
        ref = place_of(cache, exported=True)
        if kind(cache) != "registry" or ref is None or not cache.lacks("image-manifest"):
            continue
        if not _is_strict(ref):
            continue
        edits = add_field(cache, FIELDS)
        yield context.finding(
            cache.option.value_location,
            f"BuildKit {'.'.join(map(str, version))} writes the cache as an index, which ECR refuses",
            advice=(FIELDS, "or BuildKit v0.21 and newer, which write an image manifest"),
            fix=fix(f"Add `{FIELDS}`", *edits) if edits else None,
        )


def _is_strict(ref: Text) -> bool:
    registry, path = ref.partition("/")
    return path is not None and any(registry.endswith(domain) is True for domain in STRICT)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.18.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker && cp "$ECR_CREDENTIALS" ~/.docker/config.json
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --import-cache type=registry,ref=$ECR_ACCOUNT.dkr.ecr.eu-central-1.amazonaws.com/app:cache \\
                --export-cache ⟦type=registry,ref=$ECR_ACCOUNT.dkr.ecr.eu-central-1.amazonaws.com/app:cache,mode=max⟧ \\
                --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.18.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker && cp "$ECR_CREDENTIALS" ~/.docker/config.json
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --import-cache type=registry,ref=$ECR_ACCOUNT.dkr.ecr.eu-central-1.amazonaws.com/app:cache \\
                --export-cache type=registry,ref=$ECR_ACCOUNT.dkr.ecr.eu-central-1.amazonaws.com/app:cache,mode=max,image-manifest=true,oci-mediatypes=true \\
                --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.20.0", entrypoint: [""]}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=registry,ref=1234.dkr.ecr.us-east-1.amazonaws.com/app:cache
              --export-cache "⟦type=registry,ref=1234.dkr.ecr.us-east-1.amazonaws.com/app:cache⟧"
              --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.20.0", entrypoint: [""]}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=registry,ref=1234.dkr.ecr.us-east-1.amazonaws.com/app:cache
              --export-cache "type=registry,ref=1234.dkr.ecr.us-east-1.amazonaws.com/app:cache,image-manifest=true,oci-mediatypes=true"
              --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.21.0-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=registry,ref=1234.dkr.ecr.us-east-1.amazonaws.com/app:cache
              --export-cache type=registry,ref=1234.dkr.ecr.us-east-1.amazonaws.com/app:cache
              --output type=oci,dest=image.tar
        """,
        why="this version writes an image manifest by itself",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.18.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --import-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache
              --export-cache type=registry,ref=$CI_REGISTRY_IMAGE:cache --output type=oci,dest=image.tar
        """,
        why="GitLab's registry takes both forms",
    )


CHECK = Check(
    id="cache-old-image-manifest",
    title="Cache form that ECR refuses",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Before v0.21 BuildKit wrote a registry cache as an index of plain layers. Amazon's ECR
        and some other registries take only indexes of images, so the export ends in an error.
    """,
    links=("https://docs.docker.com/build/cache/backends/#oci-media-types",),
    since="0.1",
)
