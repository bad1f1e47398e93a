"""A config.json that is written into a directory that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.jobs import ConfigWrite
from ...builds.script_editing import put_before
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

FILE = "/config.json"


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[str] = set()
    for write in context.builds.config_writes:
        folder = write.target.display.removesuffix(FILE)
        if write.directory_made is not False or folder in seen:
            continue
        seen.add(folder)  # the first write fails, the others with it
        certain = write.command.certainty is Certainty.ALWAYS
        yield context.finding(
            write.location,
            f"nothing has made the directory '{folder}': the credentials are not written",
            confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
            details=f"can't create {write.target.display}: nonexistent directory",
            advice=(f"mkdir -p {_written(write) or folder}",),
            fix=_fix(write),
        )


def _written(write: ConfigWrite) -> str | None:
    """The directory as the script spells it."""
    if write.location is None:
        return None
    path = write.location.text.lstrip("> \t")
    quote = path[:1] if path[:1] == '"' and path[-1:] == '"' else ""
    inner = path[len(quote) : len(path) - len(quote)]
    if not inner.endswith(FILE) or set(inner) & set("\"'`\\ "):
        return None
    return quote + inner.removesuffix(FILE) + quote


def _fix(write: ConfigWrite) -> Fix | None:
    folder = _written(write)
    edit = None if folder is None else put_before(write.command, f"mkdir -p {folder} && ")
    return None if edit is None else fix("Make the directory first", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" ⟦> ~/.docker/config.json⟧
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
        fixed=r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker && echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
    )
    yield Example(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" |
                tee ⟦"$HOME/.docker/config.json"⟧ > /dev/null
              docker build -t "$CI_REGISTRY_IMAGE" .
              docker push "$CI_REGISTRY_IMAGE"
        """,
        fixed=r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              mkdir -p "$HOME/.docker" && echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" |
                tee "$HOME/.docker/config.json" > /dev/null
              docker build -t "$CI_REGISTRY_IMAGE" .
              docker push "$CI_REGISTRY_IMAGE"
        """,
    )
    yield LookAlike(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="docker login has made the directory",
    )
    yield LookAlike(
        r"""
        build:
          image: registry.example.com/ci/buildkit:2
          script:
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
        why="an image of one's own may have it",
    )


CHECK = Check(
    id="auth-mkdir-missing",
    title="The directory of config.json does not exist",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The docker and BuildKit images have no `.docker` directory. A redirection into it fails, and
        where the shell goes on all the same, the push is refused much later, for want of
        credentials.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#authenticate-with-container-registries",
    ),
    symptoms=("push-unauthorized",),
    yields_to=("auth-config-wrong-dir", "kaniko-config-leftover"),
    since="0.1",
)
