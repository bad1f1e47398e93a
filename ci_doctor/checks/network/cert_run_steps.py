"""A certificate that the build's tools know and its RUN steps do not."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Build, Tool
from ...builds.environment import exported
from ...check import Check, Context, Example, LookAlike
from ...dockerfile.instructions import Dockerfile, Run
from ...dockerfile.network import fetches
from ...dockerfile.run import RunCommand, read_run
from ...dockerfile.stages import needed_stages
from ...finding import Confidence, Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
PUBLIC = (
    ".alpinelinux.org",
    ".debian.org",
    ".docker.com",
    ".github.com",
    ".githubusercontent.com",
    ".golang.org",
    ".npmjs.org",
    ".python.org",
    ".ubuntu.com",
)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL or build.opaque or build.secrets:
        return
    if not any(exported(build.command, name) for name in NAMES):
        return
    dockerfile = context.dockerfile(build)
    found = None if dockerfile is None else _private(build, dockerfile)
    if found is None:
        return
    yield context.finding(
        build.command.program.written,
        "RUN steps do not see SSL_CERT_FILE: they trust what the base image trusts",
        confidence=Confidence.POSSIBLE,
        related=(found.location.noted("this may need the certificate"),),
        advice=(
            '--secret "id=ca,src=$SSL_CERT_FILE"',
            "RUN --mount=type=secret,id=ca SSL_CERT_FILE=/run/secrets/ca …",
        ),
    )


def _private(build: Build, dockerfile: Dockerfile) -> RunCommand | None:
    """A step that asks a host which is none of the well-known ones."""
    scopes = scopes_of(build, dockerfile)
    for stage in needed_stages(dockerfile, build.target, scopes=scopes):
        for run in stage.of(Run):
            for command in read_run(run, scopes.at(run)).commands:
                if fetches(command) and any(_is_private(w.text.template) for w in command.words):
                    return command
    return None


def _is_private(word: str) -> bool:
    _, found, rest = word.partition("https://")
    host = rest.partition("/")[0].partition(":")[0].rpartition("@")[2]
    return bool(found and host) and not f".{host}".endswith(PUBLIC)


def examples() -> Iterator[Example | LookAlike]:
    pipeline = """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
            SSL_CERT_FILE: /tmp/company.crt
          script:
            - ⟦buildctl-daemonless.sh⟧ build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """
    plain = pipeline.replace("⟦", "").replace("⟧", "")
    yield Example(
        {
            "Dockerfile": "FROM alpine:3.22\nRUN wget https://files.example.com/app.tar.gz\n",
            ".gitlab-ci.yml": pipeline,
        }
    )
    yield Example(
        {
            "Dockerfile": """
                FROM python:3.13-slim
                RUN pip install --index-url https://pypi.example.com/simple example
            """,
            ".gitlab-ci.yml": pipeline,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM alpine:3.22
                RUN --mount=type=secret,id=ca SSL_CERT_FILE=/run/secrets/ca wget https://files.example.com/app.tar.gz
            """,
            ".gitlab-ci.yml": plain.replace(
                "--local dockerfile=.", '--local dockerfile=. --secret "id=ca,src=$SSL_CERT_FILE"'
            ),
        },
        why="the step gets it as a secret",
    )
    yield LookAlike(
        {
            "Dockerfile": "FROM alpine:3.22\nRUN apk add --no-cache curl\n",
            ".gitlab-ci.yml": plain,
        },
        why="a public host",
    )


CHECK = Check(
    id="cert-run-steps",
    title="RUN steps without the private certificate",
    severity=Severity.INFO,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        SSL_CERT_FILE and buildkitd.toml are for pulls and pushes. A RUN step works with the files of
        its base image, and does not trust a private authority unless the certificate is copied in or
        mounted.
    """,
    links=("https://docs.docker.com/build/building/secrets/#secret-mounts",),
    since="0.1",
)
