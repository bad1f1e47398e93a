"""A URL that names the machine in the wrong words."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.operations import used_stages
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile, Run, Scopes, read_run
from ...dockerfile.downloads import Download, downloads
from ...finding import Finding, Severity
from ...images.vocabulary import Publisher, publisher_of, words_of
from ...text import Literal, Opaque, Symbol


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    scopes = Scopes(dockerfile, complete=False)
    for stage in used_stages(dockerfile, context.builds_with(dockerfile)):
        steps = [(run, read_run(run, scopes.at(run))) for run in stage.of(Run)]
        for download in downloads(stage, steps, scopes):
            publisher = publisher_of(download.url.template)
            if publisher is not None:
                yield from _mixed(download, publisher, context)


def _mixed(download: Download, publisher: Publisher, context: Context) -> Iterator[Finding]:
    at = 0
    for part in download.url.parts:
        start, at = at, at + (len(part.value) if isinstance(part, Literal) else 1)
        asked = part.written if isinstance(part, Opaque) else ""
        asked = part.variable if isinstance(part, Symbol) else asked
        answers = words_of(asked)
        if answers is None or answers == publisher.names:
            continue
        yield context.finding(
            download.url.locate(start, at) or download.location,
            f"the URL gets '{answers[0]}' or '{answers[1]}', the files are named "
            f"'{publisher.names[0]}' and '{publisher.names[1]}'",
            details="The download ends in: 404 Not Found",
            advice=(_advice(publisher),),
        )


def _advice(publisher: Publisher) -> str:
    amd, arm = publisher.names
    if publisher.names == ("amd64", "arm64"):
        return "ARG TARGETARCH, and ${TARGETARCH} in the URL"
    return f'case "$TARGETARCH" in amd64) arch={amd} ;; arm64) arch={arm} ;; esac'


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import MULTI, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM alpine:3.22
                RUN wget -O /usr/bin/kubectl https://dl.k8s.io/release/v1.33.1/bin/linux/⟦$(uname -m)⟧/kubectl
            """,
            ".gitlab-ci.yml": MULTI,
        }
    )
    # Node.js has words of its own, and the variable is set before.
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                ARG TARGETARCH
                RUN ARCH=⟦$(dpkg --print-architecture)⟧ \\
                 && curl -fLO "https://nodejs.org/dist/v24.1.0/node-v24.1.0-linux-$ARCH.tar.xz"
                ADD ⟦https://awscli.amazonaws.com/awscli-exe-linux-${TARGETARCH}.zip⟧ /tmp/
            """,
            ".gitlab-ci.yml": ROOTLESS,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                ARG TARGETARCH
                RUN curl -fL https://get.helm.sh/helm-v3.18.0-linux-${TARGETARCH}.tar.gz | tar xz
                RUN curl -fL "https://awscli.amazonaws.com/awscli-exe-linux-$(uname -m).zip" -o cli.zip
                RUN case "$TARGETARCH" in amd64) arch=x64 ;; *) arch=$TARGETARCH ;; esac \\
                 && curl -fLO "https://nodejs.org/dist/v24.1.0/node-v24.1.0-linux-$arch.tar.xz"
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="the publisher's own words",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN curl -fLO https://downloads.example.com/tool-$(uname -m)
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="nobody here knows how these files are named",
    )


CHECK = Check(
    id="arch-vocabulary-mixed",
    title="Architecture named in the wrong words",
    severity=Severity.WARNING,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        The same machine is `amd64` for Go and Debian, `x86_64` for uname, and `x64` for Node.js. A
        URL put together with the wrong one names a file that nobody published; with `arm64`
        it may work by chance while the other platform fails.
    """,
    links=("https://docs.docker.com/build/building/multi-platform/",),
    since="0.1",
)
