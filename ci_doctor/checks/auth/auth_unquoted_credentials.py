"""A user or password that the shell may take apart."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.encodings import encoded_in
from ...builds.jobs import JobBuilds
from ...builds.script_editing import quoted
from ...check import Check, Context, Example, LookAlike, fix
from ...execution.command import Command, Word
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...pipeline.predefined import is_predefined
from ...text import Symbol

PRINTS = frozenset({"echo", "printf"})
# GitLab's own documentation writes them without quotes; their values have no blanks.
DOCUMENTED = frozenset({"CI_DEPENDENCY_PROXY_USER", "CI_DEPENDENCY_PROXY_PASSWORD"})


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[Word] = set()
    for command, word in _words(context.builds):
        names = [part.variable for part in word.text.parts if isinstance(part, Symbol)]
        if word.quoted or word in seen or word.written is None:
            continue
        seen.add(word)
        own = [name for name in names if not is_predefined(name)]
        documented = [name for name in names if name in DOCUMENTED]
        if not own and not documented:
            continue
        shown = " and ".join(f"`${name}`" for name in own or documented)
        edit = quoted(command, word)
        yield context.finding(
            word.written,
            f"{shown} without quotes: a blank or `*` in the value breaks the login",
            severity=None if own else Severity.INFO,
            confidence=Confidence.LIKELY if own else Confidence.POSSIBLE,
            details="The shell splits the value at blanks, takes `*` and `?` for file names, and "
            "drops the word where the value is empty, so that the next word takes its place.",
            fix=None if edit is None else fix("Put it in double quotes", edit),
        )


def _words(builds: JobBuilds) -> Iterator[tuple[Command, Word]]:
    """The words that hold a user or a password."""
    for login in builds.logins:
        for option in (login.user_option, login.password_option):
            if option is not None:
                yield login.command, option.words[-1]
        if login.from_stdin:
            yield from _printed(login.command.piped_from)
    for write in builds.config_writes:
        fields = [
            text for entry in write.entries for text in entry.fields.values() if text is not None
        ]
        if fields:
            yield from _printed(write.command)
            yield from _printed(write.command.piped_from)
        for text in fields:
            for encoding in encoded_in(text, builds.encodings):
                yield from _printed(encoding.source)


def _printed(command: Command | None) -> Iterator[tuple[Command, Word]]:
    if command is not None and command.name in PRINTS:
        for word in command.arguments:
            yield command, word


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo ⟦$HUB_PASSWORD⟧ | docker login -u ⟦$HUB_USER⟧ --password-stdin
            - docker build -t example/app .
            - docker push example/app
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$HUB_PASSWORD" | docker login -u "$HUB_USER" --password-stdin
            - docker build -t example/app .
            - docker push example/app
        """,
    )
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - AUTH=$(printf '%s:%s' ⟦${QUAY_USER}⟧ ⟦${QUAY_TOKEN}⟧ | base64 | tr -d '\n')
            - echo "{\"auths\":{\"quay.io\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=quay.io/example/app,push=true
        """,
        fixed=r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - AUTH=$(printf '%s:%s' "${QUAY_USER}" "${QUAY_TOKEN}" | base64 | tr -d '\n')
            - echo "{\"auths\":{\"quay.io\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=quay.io/example/app,push=true
        """,
    )
    # In GitLab's own words: no harm there, but in all that is copied from it.
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - AUTH=$(printf "%s:%s" ⟦${CI_DEPENDENCY_PROXY_USER}⟧ "$CI_DEPENDENCY_PROXY_PASSWORD" | base64 | tr -d '\n')
            - echo "{\"auths\":{\"$CI_DEPENDENCY_PROXY_SERVER\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed=r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - AUTH=$(printf "%s:%s" "${CI_DEPENDENCY_PROXY_USER}" "$CI_DEPENDENCY_PROXY_PASSWORD" | base64 | tr -d '\n')
            - echo "{\"auths\":{\"$CI_DEPENDENCY_PROXY_SERVER\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo $CI_REGISTRY_PASSWORD | docker login -u $CI_REGISTRY_USER --password-stdin $CI_REGISTRY
            - docker build -t $CI_REGISTRY_IMAGE .
            - docker push $CI_REGISTRY_IMAGE
        """,
        why="GitLab's own values have neither blanks nor wildcards",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {HUB_USER: example}
          script:
            - PASSWORD=$HUB_PASSWORD
            - echo "$PASSWORD" | docker login -u $HUB_USER --password-stdin
            - docker build -t example/app .
            - docker push example/app
        """,
        why="an assignment splits nothing, and the user is written in the pipeline",
    )


CHECK = Check(
    id="auth-unquoted-credentials",
    title="User or password without quotes",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Without quotes the shell splits a variable's value at blanks and expands `*` and `?` in it.
        Passwords may hold both: the login then works until somebody changes the password.
    """,
    links=("https://www.shellcheck.net/wiki/SC2086",),
    symptoms=("push-unauthorized",),
    since="0.1",
)
