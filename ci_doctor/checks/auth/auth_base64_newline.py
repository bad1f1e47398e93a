"""A line end that becomes part of the password."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.encodings import encoded_in
from ...builds.jobs import Encoding, JobBuilds
from ...builds.script_editing import put_behind, replace_text
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[Encoding] = set()
    for encoding in _encodings(context.builds):
        if encoding.newline is not True or encoding in seen:
            continue
        seen.add(encoding)
        certain = encoding.command.certainty is Certainty.ALWAYS
        source = encoding.source
        yield context.finding(
            encoding.location if source is None else source.location,
            "the line end is encoded as part of the password, and the registry refuses it",
            confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
            details="The log says `sharing credentials`, then 401 Unauthorized.",
            advice=("""printf '%s:%s' "$USER" "$PASSWORD" | base64 | tr -d '\\n'""",),
            fix=_fix(encoding),
        )


def _encodings(builds: JobBuilds) -> Iterator[Encoding]:
    """Those whose output becomes a part of a config.json."""
    for write in builds.config_writes:
        for entry in write.entries:
            for text in entry.fields.values():
                if text is not None:
                    yield from encoded_in(text, builds.encodings)


def _fix(encoding: Encoding) -> Fix | None:
    command = encoding.source
    if command is None or command.name != "echo" or command.program.text.value != "echo":
        return None
    words = command.arguments
    if len(words) == 1 and not words[0].opaque:
        edit = replace_text(command, command.program.written, "printf '%s'")
        return None if edit is None else fix("Print without a line end", edit)
    edit = put_behind(command, command.program.written, " -n")
    return None if edit is None else fix("Print without a line end", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - AUTH=$(⟦echo "$CI_REGISTRY_USER:$CI_REGISTRY_PASSWORD"⟧ | base64 | tr -d '\n')
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
        fixed=r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - AUTH=$(printf '%s' "$CI_REGISTRY_USER:$CI_REGISTRY_PASSWORD" | base64 | tr -d '\n')
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
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
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$(⟦echo $CI_REGISTRY_USER:$CI_REGISTRY_PASSWORD⟧ | base64 -w0)\"}}}" > ~/.docker/config.json
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        fixed=r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$(printf '%s' $CI_REGISTRY_USER:$CI_REGISTRY_PASSWORD | base64 -w0)\"}}}" > ~/.docker/config.json
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
    )
    yield LookAlike(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - AUTH=$(echo -n "$CI_REGISTRY_USER:$CI_REGISTRY_PASSWORD" | base64 -w0)
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="`echo -n` prints no line end",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="docker login cuts the line end off",
    )


CHECK = Check(
    id="auth-base64-newline",
    title="Line end in the encoded password",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        echo ends its output with a line end, and base64 encodes that with the rest. The registry
        then gets a password with one character too many. The file looks right, and decodes to what
        looks right.
    """,
    links=("https://www.gnu.org/software/coreutils/manual/html_node/base64-invocation.html",),
    symptoms=("push-unauthorized",),
    since="0.1",
)
