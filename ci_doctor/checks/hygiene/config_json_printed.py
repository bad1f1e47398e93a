"""Credentials printed to the job's log."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.filesystem import FileSystem
from ...builds.jobs import JobBuilds
from ...builds.script_editing import remove_command
from ...builds.secret_uses import MASKED, own_secrets, secrets_in
from ...check import Check, Context, Example, LookAlike, fix
from ...execution.command import Command
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...text import Text

SHOWS = frozenset({"cat", "head", "tail", "less", "more", "jq", "base64"})
PRINTS = frozenset({"echo", "printf"})


def find(job: Job, context: Context) -> Iterator[Finding]:
    builds = context.builds
    files = FileSystem(builds.image)
    with_auth, with_password = _files(builds, files)
    for command in context.execution.commands:
        if not _reaches_log(command):
            continue
        edit = remove_command(command)
        repair = None if edit is None else fix("Remove the command", edit)
        if command.name in SHOWS:
            targets = [files.target(word.text, command) for word in command.arguments]
            auth = any(t.equals(f) is True for t in targets for f in with_auth)
            password = any(t.equals(f) is True for t in targets for f in with_password)
            if auth or password:
                yield context.finding(
                    command.location,
                    "the log shows the registry's credentials to everybody who can read it",
                    severity=Severity.ERROR if auth else Severity.WARNING,
                    details="GitLab masks a password as it is stored, not in base64."
                    if auth
                    else "What is not masked can be read.",
                    fix=repair,
                )
        elif command.name in PRINTS:
            names = [symbol.variable for symbol in secrets_in(command)]
            own = [name for name in names if name not in MASKED]
            if names:
                condition = "unless it is masked" if own else "as [MASKED]"
                yield context.finding(
                    command.location,
                    f"this prints `${(own or names)[0]}` to the log, {condition}",
                    severity=Severity.WARNING if own else Severity.INFO,
                    confidence=Confidence.LIKELY if own else Confidence.POSSIBLE,
                    fix=repair if own else None,
                )
        elif command.name in ("env", "printenv") and not command.arguments:
            secrets = own_secrets(builds)
            if secrets:
                yield context.finding(
                    command.location,
                    f"this prints all variables to the log, `${secrets[0]}` too unless it is masked",
                    severity=Severity.INFO,
                    confidence=Confidence.POSSIBLE,
                )


def _files(builds: JobBuilds, files: FileSystem) -> tuple[list[Text], list[Text]]:
    """The config.json files with base64 of a password, and those with a password as it is."""
    auth, plain = [], []
    for write in builds.config_writes:
        if any("auth" in entry.fields for entry in write.entries):
            auth.append(write.target)
        elif any("password" in entry.fields for entry in write.entries):
            plain.append(write.target)
    auth += [
        files.docker_directory(login.command, None) + Text.of("/config.json")
        for login in builds.logins
        if login.tool == "docker" and not login.logout
    ]
    return auth, plain


def _reaches_log(command: Command) -> bool:
    """Whether the standard output is the job's log, not a file, a pipe or a variable."""
    if command.in_substitution or command.piped_to is not None:
        return False
    return not any(redirect.operator.startswith((">", "&>")) for redirect in command.redirects)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - ⟦cat ~/.docker/config.json⟧
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
        """,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              ⟦echo "logging in with $QUAY_TOKEN"⟧
              echo "$QUAY_TOKEN" | docker login -u example --password-stdin quay.io
              docker build -t quay.io/example/app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - |
              echo "$QUAY_TOKEN" | docker login -u example --password-stdin quay.io
              docker build -t quay.io/example/app .
        """,
    )
    yield LookAlike(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"quay.io\":{\"auth\":\"$QUAY_TOKEN\"}}}" > ~/.docker/config.json
            - cat ~/.docker/config.json | docker run -i --rm example/checker
            - docker build -t quay.io/example/app .
        """,
        why="into a file and into a pipe",
    )
    yield LookAlike(
        """
        test:
          image: alpine:3.22
          script:
            - cat config/.docker/config.json
            - echo "cache key $CACHE_KEY, token file $TOKEN_FILE, length ${#API_TOKEN}"
        """,
        why="a file that holds no credentials of the job, and no secret itself",
    )


CHECK = Check(
    id="config-json-printed",
    title="Credentials printed to the log",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Job logs are read by everybody who may see the pipeline, in public projects by everybody, and
        are kept. GitLab hides masked values only where they stand as they are stored: the base64 in
        a config.json is the password in plain sight.
    """,
    links=("https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable",),
    since="0.1",
)
