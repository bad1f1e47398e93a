"""Registry names in buildkitd.toml that say too much, or the wrong thing."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.buildkitd_config import BuildkitdConfig, RegistrySection, configs_of
from ...builds.keys import DOCKER_HUB_KEY
from ...builds.script_editing import replace_text
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import Location
from ...text import Text

SCHEMES = ("https://", "http://")
HUB = ("registry-1.docker.io", "index.docker.io", "registry.hub.docker.com", "hub.docker.com")
PORT = ":443"


def find(job: Job, context: Context) -> Iterator[Finding]:
    for config in configs_of(context.builds, context.files):
        for section in config.registries:
            yield from _section(section, config, context)
            mirrors = section.get("mirrors")
            for mirror in mirrors.strings if mirrors is not None else ():
                if mirror.startswith("https://") is True:
                    place = mirror.locate(0, len("https://"))
                    yield context.finding(
                        place,
                        "a mirror is a host: this works, and `https://` is what BuildKit takes anyway",
                        severity=Severity.INFO,
                        confidence=Confidence.POSSIBLE,
                        fix=_fix(config, place, "https://", "", "Write the host alone"),
                    )


def _section(
    section: RegistrySection, config: BuildkitdConfig, context: Context
) -> Iterator[Finding]:
    wanted = _wanted(section.host, context)
    if wanted is None:
        return
    written = section.host.template
    yield context.finding(
        section.location,
        f"no image comes from '{section.host.display}': this section has no effect",
        details="The section is looked up by the registry as image names spell it, and for Docker Hub by "
        "`docker.io`.",
        advice=(f'[registry."{wanted}"]',),
        fix=_fix(config, section.location, written, wanted, f"Use {wanted}"),
    )


def _wanted(host: Text, context: Context) -> str | None:
    """What the section should be called, None where it may be right."""
    written = host.template
    name = written
    for scheme in SCHEMES:
        name = name.removeprefix(scheme)
    name = name.partition("/")[0]
    if name in HUB:
        return "docker.io"
    if name != written and host.is_known:
        return name
    if name.endswith(PORT) and host.is_known:
        bare = name.removesuffix(PORT)
        used = {text.value for text in _hosts(context)}
        if bare in used and name not in used:
            return bare
    return None


def _hosts(context: Context) -> Iterator[Text]:
    """The registries of the images that the job pushes, and builds from."""
    for build in context.builds.builds:
        for image in build.names:
            if image.host is not None and image.host.value != DOCKER_HUB_KEY:
                yield image.host


def _fix(
    config: BuildkitdConfig, place: Location | None, old: str, new: str, title: str
) -> Fix | None:
    if place is None or place.text != old or config.write is None:
        return None
    edit = replace_text(config.write.command, place, new)
    return None if edit is None else fix(title, edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config /tmp/buildkitd.toml
          before_script:
            - |
              cat > /tmp/buildkitd.toml <<EOF
              [registry."⟦registry-1.docker.io⟧"]
                mirrors = ["mirror.example.com"]
              EOF
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config /tmp/buildkitd.toml
          before_script:
            - |
              cat > /tmp/buildkitd.toml <<EOF
              [registry."docker.io"]
                mirrors = ["mirror.example.com"]
              EOF
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    # A file of the repository; the mirror's scheme does no harm.
    yield Example(
        {
            "ci/buildkitd.toml": """
                [registry."⟦https://registry.example.com⟧"]
                  ca = ["/etc/company.crt"]
                [registry."docker.io"]
                  mirrors = [
                    "mirror.example.com",
                    "⟦https://⟧mirror2.example.com",
                  ]
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables:
                    BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config ci/buildkitd.toml
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --output type=oci,dest=image.tar
            """,
        }
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
              [registry."docker.io"]
                mirrors = ["http://localhost:5000", "https://mirror.example.com"]
              [registry."registry.example.com:443"]
                ca = ["/tmp/company.crt"]
              EOF
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --registry-auth-tlscontext host=registry.example.com:443,ca=/tmp/company.crt
              --output type=image,name=registry.example.com:443/app
        """,
        why="mirrors may be URLs, and the port is part of the image's name",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config /tmp/buildkitd.toml
          before_script:
            - |
              cat > /tmp/notes.toml <<EOF
              [registry."https://registry.example.com"]
              EOF
            - echo 'debug = true' > /tmp/buildkitd.toml
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="not the file that buildkitd reads",
    )


CHECK = Check(
    id="mirror-url-scheme",
    title="buildkitd.toml: section for no registry",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        buildkitd looks a registry's section up by its host as image names spell it. A section with a
        scheme, with another port, or with one of Docker Hub's inner names is valid and never
        used: mirrors and certificates in it are ignored.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/buildkitd.toml.md",),
    since="0.1",
)
