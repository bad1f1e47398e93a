"""base64 that breaks its lines, in the middle of a JSON string."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.encodings import encoded_in
from ...builds.jobs import Encoding, JobBuilds
from ...builds.script_editing import put_behind
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Finding, Severity
from ...pipeline.model import Job

LINE = 57  # bytes that base64 makes one line of 76 characters of


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[Encoding] = set()
    for encoding in _encodings(context.builds):
        value = None if encoding.text is None else encoding.text.value
        if encoding.wraps is not True or encoding in seen:
            continue
        if value is not None and len(value.encode()) <= LINE:
            continue
        seen.add(encoding)
        edit = put_behind(encoding.command, encoding.location, r" | tr -d '\n'")
        yield context.finding(
            encoding.location,
            "base64 breaks its output after 76 characters: a longer password makes config.json invalid",
            details=r"The first line of the log is then: WARNING: Error parsing config file: invalid "
            r"character '\n' in string literal. The push ends in 401 Unauthorized.",
            advice=(r"base64 | tr -d '\n'",),
            fix=None if edit is None else fix("Take the line breaks out", edit),
        )


def _encodings(builds: JobBuilds) -> Iterator[Encoding]:
    """Those whose output becomes a part of a config.json."""
    for write in builds.config_writes:
        for entry in write.entries:
            for text in entry.fields.values():
                if text is not None:
                    yield from encoded_in(text, builds.encodings)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$(printf '%s:%s' "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" | ⟦base64⟧)\"}}}" > ~/.docker/config.json
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
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$(printf '%s:%s' "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" | base64 | tr -d '\n')\"}}}" > ~/.docker/config.json
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
              mkdir -p ~/.docker
              AUTH=$(printf '%s:%s' "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" | ⟦openssl base64⟧)
              cat > ~/.docker/config.json <<EOF
              {"auths": {"$CI_REGISTRY": {"auth": "$AUTH"}}}
              EOF
              docker build -t "$CI_REGISTRY_IMAGE" .
              docker push "$CI_REGISTRY_IMAGE"
        """,
        fixed=r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              mkdir -p ~/.docker
              AUTH=$(printf '%s:%s' "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" | openssl base64 | tr -d '\n')
              cat > ~/.docker/config.json <<EOF
              {"auths": {"$CI_REGISTRY": {"auth": "$AUTH"}}}
              EOF
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
            - mkdir -p ~/.docker
            - AUTH=$(printf '%s:%s' "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" | openssl base64 -A)
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="`-A` writes one line",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - base64 settings.yml > settings.b64
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="it is not for a config.json",
    )


CHECK = Check(
    id="auth-base64-wrapped",
    title="base64 with line breaks in config.json",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        base64 begins a new line after 76 characters, which is 57 bytes of user and password. A line
        break inside a JSON string makes the whole file invalid: the client says so in one line and
        goes on without credentials. It works until a longer token comes.
    """,
    links=("https://www.gnu.org/software/coreutils/manual/html_node/base64-invocation.html",),
    symptoms=("push-unauthorized",),
    since="0.1",
)
