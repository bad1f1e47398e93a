"""A registry whose identity nobody checks."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attributes, Build, parse_bool
from ...builds.buildkitd_config import configs_of
from ...builds.registries import refuses_anonymous_push
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import Location
from ...text import Text

KANIKO = (
    "--insecure",
    "--insecure-pull",
    "--skip-tls-verify",
    "--skip-tls-verify-pull",
)
KANIKO_HOSTS = ("--insecure-registry", "--skip-tls-verify-registry")
SETTINGS = {"http": "without TLS", "insecure": "without checking its certificate"}
DAEMON = "--insecure-registry"


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[Location] = set()
    for place, what in _insecure(job, context):
        if place is None or place in seen:
            continue
        seen.add(place)
        yield context.finding(
            place,
            f"{what}: whoever stands between can read the password and change the image",
            advice=(
                "give the registry's certificate instead: SSL_CERT_FILE, or `ca` in buildkitd.toml",
            ),
        )


def _insecure(job: Job, context: Context) -> Iterator[tuple[Location | None, str]]:
    for build in context.builds.builds:
        yield from _of_build(build, job)
    for config in configs_of(context.builds, context.files):
        for section in config.registries:
            if refuses_anonymous_push(section.host, job) is False:
                continue
            for key, what in SETTINGS.items():
                setting = section.get(key)
                if setting is not None and setting.is_true:
                    place = setting.value.strip().location
                    yield place, f"{section.host.display} is asked {what}"
                    break
    yield from _of_services(job)


def _of_build(build: Build, job: Job) -> Iterator[tuple[Location | None, str]]:
    hosts = [name.host for name in build.names]
    local = bool(hosts) and all(
        host is not None and refuses_anonymous_push(host, job) is False for host in hosts
    )
    if not local:
        outputs = [output.attributes for output in build.outputs]
        for attributes in (*outputs, *build.cache_to, *build.cache_from):
            yield from _of_attributes(attributes)
        for option in build.given(*KANIKO):
            if option.is_on is True:
                yield option.location, f"`{option.name}` turns the check of the certificate off"
    for option in build.given(*KANIKO_HOSTS):
        if option.value is not None and refuses_anonymous_push(option.value, job) is not False:
            yield option.location, f"`{option.name}` turns the check of the certificate off"
    for option in build.given("--registry-auth-tlscontext"):
        value = option.value or Text()
        at = value.template.find("insecure=true")
        host = next(
            (f.partition("=")[1] for f in value.split(",") if f.template[:5] == "host="), None
        )
        if at >= 0 and (host is None or refuses_anonymous_push(host, job) is not False):
            yield option.place(at, at + len("insecure=true")), "tokens are fetched unchecked"


def _of_attributes(attributes: Attributes | None) -> Iterator[tuple[Location | None, str]]:
    field = None if attributes is None else attributes.get("registry.insecure")
    if field is not None and field.value is not None and parse_bool(field.value) is True:
        yield field.location, "the certificate is not checked, and plain HTTP will do"


def _of_services(job: Job) -> Iterator[tuple[Location | None, str]]:
    for service in job.services:
        command = service.command
        for item in () if command is None else command.items or (command,):
            word = item.string or ""
            if not word.startswith(f"{DAEMON}="):
                continue
            host = Text.of(word.partition("=")[2])
            if refuses_anonymous_push(host, job) is not False:
                yield (
                    item.content_location,
                    "the docker service checks no certificate of that registry",
                )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=registry.example.com/app,push=true,⟦registry.insecure=true⟧
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              command: ["⟦--insecure-registry=registry.example.com:5000⟧"]
          script:
            - |
              cat > buildkitd.toml <<EOF
              [registry."registry.example.com:5000"]
                http = ⟦true⟧
              EOF
            - docker buildx create --use --buildkitd-config buildkitd.toml
            - docker buildx build -t registry.example.com:5000/app --push .
    """)
    yield LookAlike(
        """
        test:
          image: docker:28-cli
          services:
            - name: docker:28-dind
              command: ["--insecure-registry=registry:5000"]
            - {name: "registry:3", alias: registry}
          script:
            - docker build -t registry:5000/app .
            - docker push registry:5000/app
        """,
        why="a registry that the job itself starts",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=registry.example.com/app,push=true,registry.insecure=$INSECURE
        """,
        why="a variable that may be false",
    )


CHECK = Check(
    id="registry-insecure-flag",
    title="Registry without TLS, or unchecked",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Without TLS, or with a certificate that nobody checks, the registry's answers and the job's
        credentials can be read and replaced on their way. For a private authority the client
        only needs its certificate.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/buildkitd.toml.md",),
    since="0.1",
)
