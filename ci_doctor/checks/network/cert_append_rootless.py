"""A certificate for the system's store, in an image that may not write there."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.jobs import FileWrite
from ...builds.script_editing import put_before, put_behind, replace_text
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

STORES = ("/etc/ssl/", "/etc/pki/", "/etc/ca-certificates/", "/usr/local/share/ca-certificates/")
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
OWN = '"$HOME/ca.crt"'
ADVICE = (
    f'cat {BUNDLE} "$CI_SERVER_TLS_CA_FILE" > {OWN}',
    f"export SSL_CERT_FILE={OWN}",
)


def find(job: Job, context: Context) -> Iterator[Finding]:
    if context.builds.image.rootless is not True:
        return
    for write in context.builds.writes:
        path = write.target.value
        if path is None or not path.startswith(STORES) or write.command.failure_ignored:
            continue
        certain = write.command.certainty is Certainty.ALWAYS
        yield context.finding(
            write.location,
            f"the rootless image runs as user 1000, who may not write to '{path}'",
            confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
            details=f"can't create {path}: Permission denied. buildctl and buildkitd read the bundle that "
            "SSL_CERT_FILE names; RUN steps see neither.",
            advice=ADVICE,
            fix=_fix(write, path),
        )


def _fix(write: FileWrite, path: str) -> Fix | None:
    """Append to a copy of the bundle, where only the bundle is appended to."""
    command, place = write.command, write.location
    if path != BUNDLE or not write.appends or place is None or command.phase == "after_script":
        return None
    if not place.text.startswith(">>") or command.piped_to is not None:
        return None
    first = put_before(command, f"cp {BUNDLE} {OWN} && ")
    target = replace_text(command, place, f">> {OWN}")
    last = put_behind(command, command.location, f" && export SSL_CERT_FILE={OWN}")
    if first is None or target is None or last is None:
        return None
    return fix("Use a bundle of one's own by SSL_CERT_FILE", first, target, last)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - cat "$CI_SERVER_TLS_CA_FILE" ⟦>> /etc/ssl/certs/ca-certificates.crt⟧
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - cp /etc/ssl/certs/ca-certificates.crt "$HOME/ca.crt" && cat "$CI_SERVER_TLS_CA_FILE" >> "$HOME/ca.crt" && export SSL_CERT_FILE="$HOME/ca.crt"
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - cp certs/company.crt ⟦/usr/local/share/ca-certificates/company.crt⟧
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - cat "$CI_SERVER_TLS_CA_FILE" >> /etc/ssl/certs/ca-certificates.crt
          script:
            - docker build -t app .
        """,
        why="the docker image runs as root",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - cat /etc/ssl/certs/ca-certificates.crt "$CI_SERVER_TLS_CA_FILE" > "$HOME/ca.crt"
            - export SSL_CERT_FILE="$HOME/ca.crt"
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="read there, written elsewhere",
    )


CHECK = Check(
    id="cert-append-rootless",
    title="Rootless job writes to the system's certificates",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        GitLab's page appends a certificate to the bundle of the system, which belongs to root; the
        rootless image of BuildKit runs as user 1000. A copy of the bundle, named by SSL_CERT_FILE, does
        what was meant.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_buildkit/#add-custom-certificates",),
    since="0.1",
)
