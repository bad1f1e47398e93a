"""A config.json that no client can read, or that holds its credentials in the wrong place."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.jobs import ConfigWrite
from ...builds.script_editing import replace_text
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import Location

COMMA = "looking for beginning of object key string"


def find(job: Job, context: Context) -> Iterator[Finding]:
    writes = context.builds.config_writes
    for index, write in enumerate(writes):
        document, text = write.document, write.document_text
        if document is None or text is None or write.unread or _is_written_again(writes, index):
            continue
        certain = write.command.certainty is Certainty.ALWAYS
        confidence = Confidence.CERTAIN if certain else Confidence.LIKELY
        if document.valid is False:
            comma = _trailing_comma(write)
            place = write.place(document.error_at, document.error_at + 1)
            yield context.finding(
                comma or place or write.location,
                "config.json is not valid JSON: every client ignores the whole file",
                confidence=confidence,
                details=f"WARNING: Error parsing config file ({write.target.display}): {document.error}",
                advice=()
                if comma
                else ('{"auths":{"REGISTRY":{"auth":"BASE64 OF USER:PASSWORD"}}}',),
                fix=_fix(write, comma),
            )
        elif document.loose and not document.entries:
            entry = document.loose[0]
            yield context.finding(
                write.place(entry.start, entry.end) or write.location,
                f"the entry for '{entry.key.display}' does not stand under `auths`, where clients look",
                confidence=confidence,
                details="The file is valid, nothing is found in it, and the push ends in 401 Unauthorized.",
                advice=('{"auths": {…}} around the entries',),
            )


def _is_written_again(writes: list[ConfigWrite], index: int) -> bool:
    """Whether a later write replaces the file, perhaps after it was worked on."""
    target = writes[index].target.display
    return any(
        other.target.display == target and not other.appends for other in writes[index + 1 :]
    )


def _trailing_comma(write: ConfigWrite) -> Location | None:
    document, text = write.document, write.document_text
    if document is None or text is None or COMMA not in document.error:
        return None
    before = text.template[: document.error_at].rstrip()
    if not before.endswith(",") or text.template[document.error_at] != "}":
        return None
    return write.place(len(before) - 1, len(before))


def _fix(write: ConfigWrite, comma: Location | None) -> Fix | None:
    if comma is None or comma.text != ",":
        return None
    edit = replace_text(write.command, comma, "")
    return None if edit is None else fix("Remove the comma", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - |
              cat > ~/.docker/config.json <<EOF
              {"auths": {
                "$CI_REGISTRY": {"auth": "$AUTH"}⟦,⟧
              }}
              EOF
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
            - |
              cat > ~/.docker/config.json <<EOF
              {"auths": {
                "$CI_REGISTRY": {"auth": "$AUTH"}
              }}
              EOF
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
    )
    # The shell takes the double quotes away: what is written is {auths:{…}}.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - echo "{"⟦a⟧uths":{"$CI_REGISTRY":{"auth":"$AUTH"}}}" > ~/.docker/config.json
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
    """)
    # No `auths` around the entry.
    yield Example(r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - echo "{\"⟦$CI_REGISTRY⟧\":{\"auth\":\"$AUTH\"}}" > ~/.docker/config.json
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
    """)
    yield LookAlike(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - mkdir -p "$HOME/settings/.docker"
            - echo '{"experimental":"enabled"}' > "$HOME/settings/.docker/config.json"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="a configuration without credentials",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo "{\\"auths\\":$AUTHS}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
        why="a project variable may hold an object",
    )


CHECK = Check(
    id="auth-invalid-json",
    title="config.json that cannot be read",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        One comma too many, or quotes that the shell has taken away, and the whole file counts for
        nothing. docker and buildctl print one warning as the first line of the log, build the image
        and are then refused by the registry, as if nobody had logged in.
    """,
    links=("https://github.com/docker/cli/blob/master/cli/config/configfile/file.go",),
    symptoms=("push-unauthorized",),
    since="0.1",
)
