"""A config.json with the names of variables in the place of their values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...builds.jobs import ConfigWrite
from ...builds.script_editing import replace_text, scalar_at
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...execution.command import Certainty, Command, Word
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import Location

FILLS_IN = ("envsubst", "gomplate", "esh", "dockerize")
NAME = r"\$(?:[A-Z_][A-Z0-9_]{2,}|\{[A-Z_][A-Z0-9_]{2,}\})"


def find(job: Job, context: Context) -> Iterator[Finding]:
    if context.execution.named(*FILLS_IN):
        return
    writes = context.builds.config_writes
    for index, write in enumerate(writes):
        text = write.document_text
        if write.document is None or text is None or not write.entries:
            continue
        target = write.target.display
        if any(other.target.display == target for other in writes[index + 1 :]):
            continue  # something may fill it in
        match = re.search(NAME, text.template)
        if match is None:
            continue
        place = write.place(*match.span())
        if place is None or place.text != match[0]:
            continue
        certain = write.command.certainty is Certainty.ALWAYS
        yield context.finding(
            place,
            f"'{match[0]}' is written as it stands: nothing is expanded in single quotes",
            confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
            details="The entry belongs to no registry, and the push ends in 401 Unauthorized.",
            advice=("use double quotes, with \\ before each double quote inside",),
            fix=_fix(write, place),
        )


def _fix(write: ConfigWrite, place: Location) -> Fix | None:
    """Double quotes around the document, where single ones stand around all of it."""
    found = _word(write.command, place)
    if found is None:
        return None
    command, word = found
    written = word.written
    if written is None or re.fullmatch(r"'[^'\\`!]*'", written.text) is None:
        return None
    scalar = scalar_at(command, written)
    if scalar is None or scalar.style not in ("plain", "literal"):
        return None
    inner = written.text[1:-1]
    if re.sub(NAME, "", inner).count("$"):
        return None
    edit = replace_text(command, written, '"' + inner.replace('"', '\\"') + '"')
    return None if edit is None else fix("Use double quotes", edit)


def _word(command: Command | None, place: Location) -> tuple[Command, Word] | None:
    while command is not None:
        for word in command.arguments:
            if word.written is not None and word.written.span.contains(place.span):
                return command, word
        command = command.piped_from
    return None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo '{"auths":{"⟦$CI_REGISTRY⟧":{"username":"$CI_REGISTRY_USER","password":"$CI_REGISTRY_PASSWORD"}}}' > ~/.docker/config.json
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
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"username\":\"$CI_REGISTRY_USER\",\"password\":\"$CI_REGISTRY_PASSWORD\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
    )
    # The quotes around EOF do the same.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              mkdir -p ~/.docker
              cat > ~/.docker/config.json <<'EOF'
              {"auths": {"⟦${CI_REGISTRY}⟧": {"auth": "${REGISTRY_AUTH}"}}}
              EOF
              docker build -t "$CI_REGISTRY_IMAGE" .
              docker push "$CI_REGISTRY_IMAGE"
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - echo '{"auths":{"$CI_REGISTRY":{"auth":"$AUTH"}}}' | envsubst > ~/.docker/config.json
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="envsubst fills the values in",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - echo '{"auths":{"'"$CI_REGISTRY"'":{"auth":"'"$AUTH"'"}}}' > ~/.docker/config.json
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="the variables stand in double quotes",
    )


CHECK = Check(
    id="auth-single-quoted-variables",
    title="Variables in single quotes in config.json",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The shell expands nothing between single quotes, nor in a here-document whose end is quoted.
        The file is valid JSON and its key is the text `$CI_REGISTRY`, so no client finds
        anything in it.
    """,
    links=("https://www.shellcheck.net/wiki/SC2016",),
    symptoms=("push-unauthorized",),
    since="0.1",
)
