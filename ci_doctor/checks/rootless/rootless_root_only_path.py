"""The rootless job writes where only root may."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.jobs import DirectoryMade, FileWrite
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...text import Text

ROOTS = ("/root", "/etc", "/usr", "/var/lib", "/kaniko", "/bin", "/sbin", "/lib")
# Where the rootless image keeps the same things.
MOVED = {
    "/root": "/home/user",
    "/etc/buildkit": "/home/user/.config/buildkit",
    "/var/lib/buildkit": "/home/user/.local/share/buildkit",
}
CERTIFICATES = ("/etc/ssl", "/etc/ca-certificates", "/usr/local/share/ca-certificates")


def find(job: Job, context: Context) -> Iterator[Finding]:
    if context.builds.image.rootless is not True:
        return
    writes = context.builds.writes
    for write in writes:
        yield from _judge(write, context)
    for made in context.builds.directories:
        # A write into it, or a directory in it, is the finding then.
        if not any(_is_under(write.target, made.target) for write in writes):
            yield from _judge(made, context)


def _judge(write: FileWrite | DirectoryMade, context: Context) -> Iterator[Finding]:
    root = next((root for root in ROOTS if _is_under(write.target, Text.of(root))), None)
    if root is None or write.command.failure_ignored:
        return
    path = write.path.display
    makes = isinstance(write, DirectoryMade)
    certain = write.command.certainty is Certainty.ALWAYS
    yield context.finding(
        write.location,
        f"the rootless image runs as user 1000, who may not write to '{path}'"
        + ("" if certain else ", if the job gets here"),
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        details=f"mkdir: can't create directory '{path}': Permission denied"
        if makes
        else f"can't create {path}: Permission denied",
        advice=_advice(write),
        fix=_fix(write, context),
    )


def _is_under(path: Text, directory: Text) -> bool:
    if path.equals(directory) is True:
        return True
    prefix = directory.value
    return prefix is not None and path.template.startswith(f"{prefix}/")


def _advice(write: FileWrite | DirectoryMade) -> tuple[str, ...]:
    path = write.target.template
    if path.startswith(CERTIFICATES):
        return (
            'cat /etc/ssl/certs/ca-certificates.crt "$CI_SERVER_TLS_CA_FILE" > "$HOME/ca.crt"',
            'export SSL_CERT_FILE="$HOME/ca.crt"',
        )
    if path.startswith("/kaniko/.docker"):
        return ("mkdir -p ~/.docker", "and write ~/.docker/config.json")
    for old, new in MOVED.items():
        if path == old or path.startswith(f"{old}/"):
            return (f"write to {new}{write.target.display[len(old) :]}",)
    return ("write to a path in $HOME, /tmp or $CI_PROJECT_DIR",)


def _fix(write: FileWrite | DirectoryMade, context: Context) -> Fix | None:
    """Move every mention of the directory in the job's commands."""
    path = write.target.template
    old = next((old for old in MOVED if path == old or path.startswith(f"{old}/")), None)
    if old is None or (isinstance(write, FileWrite) and write.directory_made is not True):
        return None
    new = MOVED[old]
    texts = [word.text for c in context.execution.commands for word in c.words]
    texts += [redirect.target for c in context.execution.commands for redirect in c.redirects]
    for build in context.builds.builds:
        if build.daemonless_flags is not None and build.daemonless_flags.config is not None:
            texts.append(build.daemonless_flags.config.text)
    edits: dict[Edit, None] = {}
    for text in texts:
        if text.template != old and not text.template.startswith(f"{old}/"):
            continue
        place = text.locate(0, len(old))
        if place is None or place.text != old:
            return None
        edits[Edit(place.path, place.span, new)] = None
    return fix(f"Use {new} in place of {old}", *edits) if edits else None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config /etc/buildkit/buildkitd.toml
          before_script:
            - mkdir -p /etc/buildkit
            - echo 'debug = true' ⟦> /etc/buildkit/buildkitd.toml⟧
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config /home/user/.config/buildkit/buildkitd.toml
          before_script:
            - mkdir -p /home/user/.config/buildkit
            - echo 'debug = true' > /home/user/.config/buildkit/buildkitd.toml
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - wget -q -O ⟦/usr/local/bin/jq⟧ https://example.com/jq
            - mkdir -p ⟦/kaniko/cache⟧
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - mkdir -p ~/.config/buildkit /tmp/build
            - |
              cat > /tmp/build/Dockerfile <<EOF
              FROM alpine:3
              RUN mkdir -p /root/.cache && echo x > /etc/motd
              EOF
        """,
        why="the lines of the Dockerfile run as root in the build",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          tags: [saas-linux-small-amd64]
          script:
            - mkdir -p /etc/buildkit
            - echo 'debug = true' > /etc/buildkit/buildkitd.toml
        """,
        why="this image runs as root",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - mkdir -p /root/.cache 2>/dev/null || true
        """,
        why="the failure is expected",
    )


CHECK = Check(
    id="rootless-root-only-path",
    title="Rootless job writes to root's directories",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The rootless image of BuildKit runs the job's script as user 1000. What tutorials for other
        images write to /root, /etc or /kaniko is refused there, and the job ends at that line. Its
        home directory is /home/user.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#buildkit-rootless",
        "https://github.com/moby/buildkit/blob/master/docs/rootless.md",
    ),
    symptoms=(),
    yields_to=("auth-config-wrong-dir", "cert-append-rootless", "kaniko-config-leftover"),
    since="0.1",
)
