"""A private certificate that buildkitd knows and buildctl does not."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Option, Tool
from ...builds.buildkitd_config import RegistrySection, configs_of
from ...builds.editing import add_option
from ...builds.environment import exported
from ...builds.script_editing import replace_text
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Confidence, Finding, Severity
from ...text import Text

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
FLAG = "--registry-auth-tlscontext"
SCHEME = "https://"


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL or build.opaque:
        return
    for option in build.given(FLAG):
        yield from _scheme(build, option, context)
    if any(exported(build.command, name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")):
        return
    hosts = [name.host for name in build.names if name.host is not None]
    for config in configs_of(context.builds, context.files):
        for section in config.registries:
            if not any(host.equals(section.host) is True for host in hosts):
                continue
            if build.credentials.covers(section.host) is False:
                continue  # nobody fetches a token
            form = _form(section)
            if form is None or any(_is_for(o, section.host) for o in build.given(FLAG)):
                continue
            edit = add_option(build, f"{FLAG} {form}")
            yield context.finding(
                build.command.program.written,
                f"buildctl fetches tokens for {section.host.display} itself, and does not know its certificate",
                confidence=Confidence.LIKELY,
                details="A registry with tokens, as GitLab's, then ends the build: failed to fetch oauth token: "
                "Post …: tls: failed to verify certificate: x509: certificate signed by unknown authority.",
                related=()
                if section.location is None
                else (section.location.noted("this is for buildkitd alone"),),
                advice=(f"{FLAG} {form}", 'or export SSL_CERT_FILE="$HOME/ca.crt"'),
                fix=None if edit is None else fix("Give buildctl the certificate too", edit),
            )


def _scheme(build: Build, option: Option, context: Context) -> Iterator[Finding]:
    """`host=https://…`, which has no effect."""
    value = option.value or Text()
    at = value.template.find(f"host={SCHEME}")
    if at < 0:
        return
    place = option.place(at + len("host="), at + len("host=") + len(SCHEME))
    edit = None
    if place is not None and place.text == SCHEME:
        edit = replace_text(build.command, place, "")
    yield context.finding(
        place or option.location,
        f"`host=` is the registry as image names spell it: with `{SCHEME}` the option has no effect",
        details="failed to fetch oauth token: … x509: certificate signed by unknown authority, as without it.",
        fix=None if edit is None else fix(f"Remove `{SCHEME}`", edit),
    )


def _is_for(option: Option, host: Text) -> bool:
    """Whether the option may be for a registry; one with a scheme is reported by itself."""
    value = option.value or Text()
    for field in value.split(","):
        key, given = field.partition("=")
        if key.value != "host" or given is None:
            continue
        if given.startswith(SCHEME) is True or given.equals(host) is not False:
            return True
    return False


def _form(section: RegistrySection) -> str | None:
    host = section.host.display
    ca, insecure = section.get("ca"), section.get("insecure")
    if ca is not None and len(ca.strings) == 1:
        return f"host={host},ca={ca.strings[0].display}"
    if insecure is not None and insecure.is_true:
        return f"host={host},insecure=true"
    return None


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config /tmp/buildkitd.toml
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
            - |
              cat > /tmp/buildkitd.toml <<EOF
              [registry."$CI_REGISTRY"]
                ca = ["/tmp/company.crt"]
              EOF
          script:
            - ⟦buildctl-daemonless.sh⟧ build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
        fixed=r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config /tmp/buildkitd.toml
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
            - |
              cat > /tmp/buildkitd.toml <<EOF
              [registry."$CI_REGISTRY"]
                ca = ["/tmp/company.crt"]
              EOF
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true --registry-auth-tlscontext host=$CI_REGISTRY,ca=/tmp/company.crt
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --registry-auth-tlscontext host=⟦https://⟧registry.example.com,ca=/tmp/company.crt
              --output type=image,name=registry.example.com/app
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --registry-auth-tlscontext host=registry.example.com,ca=/tmp/company.crt
              --output type=image,name=registry.example.com/app
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config /tmp/buildkitd.toml
          before_script:
            - |
              cat > /tmp/buildkitd.toml <<EOF
              [registry."$CI_REGISTRY"]
                ca = ["/tmp/company.crt"]
              EOF
            - export SSL_CERT_FILE=/tmp/company.crt
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
        why="SSL_CERT_FILE is for both",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config /tmp/buildkitd.toml
          before_script:
            - |
              cat > /tmp/buildkitd.toml <<EOF
              [registry."registry.example.com:5443"]
                ca = ["/tmp/company.crt"]
              EOF
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --registry-auth-tlscontext host=registry.example.com:5443,ca=/tmp/company.crt
              --output type=image,name=registry.example.com:5443/app
        """,
        why="both know it",
    )


CHECK = Check(
    id="cert-client-token-missing",
    title="buildctl does not know the registry's certificate",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        buildkitd.toml tells the daemon which certificate a registry has. Tokens, however, are fetched
        by buildctl, a program of its own: it needs `--registry-auth-tlscontext` for the same host, or
        SSL_CERT_FILE, which both read.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/buildkitd.toml.md",),
    since="0.1",
)
