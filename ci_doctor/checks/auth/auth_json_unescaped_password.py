"""A password of one's own, put into JSON as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...builds.config_json import AuthEntry
from ...builds.gitlab_credentials import variable_in
from ...builds.jobs import ConfigWrite
from ...builds.script_editing import replace_text
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...pipeline.predefined import is_predefined

# `{\"username\":\"$A\",\"password\":\"$B\"}` as it stands in a double-quoted word.
FORM = (
    r'\{\s*\\"username\\"\s*:\s*\\"(\$\w+|\$\{\w+\})\\"\s*,\s*'
    r'\\"password\\"\s*:\s*\\"(\$\w+|\$\{\w+\})\\"\s*\}'
)


def find(job: Job, context: Context) -> Iterator[Finding]:
    for write in context.builds.config_writes:
        for entry in write.entries:
            symbol = variable_in(entry.fields.get("password"))
            if symbol is None or symbol.at is None or is_predefined(symbol.variable):
                continue
            yield context.finding(
                symbol.at.locate(),
                f'a `"` or `\\` in `${symbol.variable}` makes config.json invalid',
                confidence=Confidence.LIKELY,
                details="Every client then ignores the whole file: WARNING: Error parsing config file: "
                "invalid character. GitLab's own passwords have neither.",
                advice=(r'"auth": "$(printf "%s:%s" "$USER" "$PASSWORD" | base64 | tr -d "\n")"',),
                fix=_fix(write, entry),
            )


def _fix(write: ConfigWrite, entry: AuthEntry) -> Fix | None:
    place = write.place(entry.value_start, entry.value_end)
    match = None if place is None else re.fullmatch(FORM, place.text)
    if match is None:
        return None
    user, password = match.groups()
    auth = rf"""$(printf '%s:%s' "{user}" "{password}" | base64 | tr -d '\n')"""
    edit = replace_text(write.command, place, rf"{{\"auth\":\"{auth}\"}}")
    return None if edit is None else fix("Encode user and password", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"quay.io\":{\"username\":\"$QUAY_USER\",\"password\":\"⟦$QUAY_PASSWORD⟧\"}}}" > ~/.docker/config.json
            - docker build -t quay.io/example/app .
            - docker push quay.io/example/app
        """,
        fixed=r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"quay.io\":{\"auth\":\"$(printf '%s:%s' "$QUAY_USER" "$QUAY_PASSWORD" | base64 | tr -d '\n')\"}}}" > ~/.docker/config.json
            - docker build -t quay.io/example/app .
            - docker push quay.io/example/app
        """,
    )
    # printf puts the values in just the same.
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - printf '{"auths":{"%s":{"username":"%s","password":"%s"}}}' quay.io "$QUAY_USER" "⟦$QUAY_PASSWORD⟧" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=quay.io/example/app,push=true
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - printf '{"auths":{"%s":{"username":"%s","password":"%s"}}}' "$CI_REGISTRY" "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
        why="GitLab's own passwords have no such characters",
    )
    yield LookAlike(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - AUTH=$(printf '%s:%s' "$QUAY_USER" "$QUAY_PASSWORD" | base64 | tr -d '\n')
            - echo "{\"auths\":{\"quay.io\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
            - docker build -t quay.io/example/app .
            - docker push quay.io/example/app
        """,
        why="encoded, whatever the password is",
    )


CHECK = Check(
    id="auth-json-unescaped-password",
    title="Password put into JSON unescaped",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        A password may hold a double quote or a backslash, and both mean something in JSON. The file
        is then invalid and ignored as a whole. In the `auth` form, base64 of user and password,
        every character is safe.
    """,
    links=("https://github.com/docker/cli/blob/master/cli/config/configfile/file.go",),
    symptoms=("push-unauthorized",),
    since="0.1",
)
