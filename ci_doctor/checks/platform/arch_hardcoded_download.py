"""A file of one architecture, downloaded in a build for several."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...builds.stage_platforms import StageRun, by_stage, misfits, stage_runs
from ...check import Check, Context, Example, LookAlike
from ...dockerfile.downloads import Download, downloads
from ...finding import Confidence, Finding, Severity
from ...images.vocabulary import ArchitectureWord, architecture_words, tells_architecture
from ...source import Location

# Files beside a download, which are checked and not run.
BESIDE = (".asc", ".sha1", ".sha256", ".sha256sum", ".sha512", ".sig", ".md5", ".txt", ".json")


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if dockerfile is None:
        return
    for runs in by_stage(stage_runs(build, dockerfile)).values():
        wrong: dict[Location, tuple[ArchitectureWord, list[StageRun]]] = {}
        for run in runs:
            for download, word in _named(run):
                place = download.url.locate(word.start, word.end) or download.location
                if misfits([run], word.architecture):
                    wrong.setdefault(place, (word, []))[1].append(run)
        for place, (word, hit) in wrong.items():
            yield _finding(place, word, hit, context)


def _named(run: StageRun) -> Iterator[tuple[Download, ArchitectureWord]]:
    """The downloads whose URL names one architecture, and where it does."""
    found = []
    skeletons: dict[str, set[str]] = {}
    for download in downloads(run.stage, run.steps, run.scopes):
        url = download.url
        template = url.template.rstrip("/")
        words = [w for w in architecture_words(template) if w.start > download.path_start]
        if not words or tells_architecture(url) or template.lower().endswith(BESIDE):
            continue
        skeleton = template
        for word in reversed(words):
            skeleton = skeleton[: word.start] + "*" + skeleton[word.end :]
        architectures = {word.architecture for word in words}
        skeletons.setdefault(skeleton, set()).update(architectures)
        if not download.conditional and len(architectures) == 1:
            found.append((download, words[0], skeleton))
    # One file for each architecture: what is used is decided later.
    return ((d, word) for d, word, skeleton in found if len(skeletons[skeleton]) == 1)


def _finding(
    place: Location, word: ArchitectureWord, hit: list[StageRun], context: Context
) -> Finding:
    platforms = " and ".join(dict.fromkeys(str(run.platform) for run in hit))
    certain = any(run.target.certain for run in hit)
    return context.finding(
        place,
        f"the download for '{word.name}' is part of the build for {platforms}",
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        details="A program of another architecture ends in: exec format error",
        related=[
            run.target.location.noted("the platform asked for")
            for run in hit
            if run.target.location is not None
        ][:1],
        advice=_advice(word),
    )


def _advice(word: ArchitectureWord) -> tuple[str, ...]:
    name = word.name.lower()
    if name in ("amd64", "arm64", "arm", "386", "ppc64le", "s390x", "riscv64"):
        return ("ARG TARGETARCH", f"…{word.name}… → …${{TARGETARCH}}…")
    names = {"x86_64": "aarch64", "aarch64": "x86_64", "x64": "arm64"}
    other = names.get(name, "aarch64")
    amd, arm = (other, name) if word.architecture == "arm64" else (name, other)
    return (
        "ARG TARGETARCH",
        f'RUN case "$TARGETARCH" in amd64) arch={amd} ;; arm64) arch={arm} ;; esac && curl …$arch…',
    )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import MULTI

    yield Example(
        {
            "Dockerfile": """
                FROM alpine:3.22
                ARG VERSION=1.33.1
                RUN apk add --no-cache curl \\
                 && curl -fLo /usr/bin/kubectl https://dl.k8s.io/release/v${VERSION}/bin/linux/⟦amd64⟧/kubectl \\
                 && chmod +x /usr/bin/kubectl
            """,
            ".gitlab-ci.yml": MULTI,
        }
    )
    # The name stands in a variable, and ADD downloads too.
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                ENV ARCH=⟦x86_64⟧
                ADD https://downloads.example.com/linux-⟦x64⟧/tool.tar.gz /opt/
                RUN wget -q "https://downloads.example.com/agent-linux-$ARCH.tar.gz"
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt platform=linux/arm64 --output type=oci,dest=image.tar
            """,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM alpine:3.22
                ARG TARGETARCH
                RUN case "$TARGETARCH" in \\
                      amd64) wget https://downloads.example.com/tool-x86_64.tar.gz ;; \\
                      arm64) wget https://downloads.example.com/tool-aarch64.tar.gz ;; \\
                    esac
                RUN wget https://downloads.example.com/other-${TARGETARCH}/$(uname -m)-x86_64.tar.gz
                RUN [ "$TARGETARCH" = amd64 ] && wget https://downloads.example.com/plugin-amd64.so || true
                ADD https://downloads.example.com/app-amd64 /dist/
                ADD https://downloads.example.com/app-arm64 /dist/
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="the architecture is asked first, is a variable, or every one is fetched",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM --platform=$BUILDPLATFORM alpine:3.22 AS tools
                # wget https://downloads.example.com/tool-x86_64.tar.gz
                RUN wget https://downloads.example.com/protoc-linux-x86_64.zip
                FROM alpine:3.22
                RUN wget https://downloads.example.com/x86_64.sha256 && echo "wget …-x86_64.tar.gz" > /usage
            """,
            ".gitlab-ci.yml": MULTI,
        },
        why="a tool for the building machine, a checksum, a comment and text",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM alpine:3.22
                RUN wget https://downloads.example.com/tool-x86_64.tar.gz
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - docker build -t app .
                    - docker buildx build --platform linux/amd64 -t app .
            """,
        },
        why="nothing else is built",
    )


CHECK = Check(
    id="arch-hardcoded-download",
    title="Download of one architecture",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        A URL that names an architecture fetches the same file for every platform. The build
        mostly succeeds; in the image for the other machines stands a program that ends in
        `exec format error`, at the latest when somebody runs it.
    """,
    links=(
        "https://docs.docker.com/build/building/multi-platform/",
        "https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope",
    ),
    since="0.1",
)
