"""`buildctl` with a Docker daemon at the other end."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.daemon import host_of_address, port_of_address
from ...builds.job_image import is_buildkit, is_dind, job_image
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Service
from ...source import noted

DOCKER_PORTS = ("2375", "2376")


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool is not Tool.BUILDCTL:
        return
    service = _dind(build)
    if service is None:
        return
    address = build.daemon.address
    aimed = build.daemon.kind == "dind" and address is not None
    seen = job_image(build.job)
    known = aimed or (seen.buildkit.official is True and build.job.knows_variables)
    place = service.name_value or service.value
    yield context.finding(
        build.command.program.written,
        f"'{service.name.display}' serves the Docker API, and `buildctl` needs a buildkitd"
        + ("" if known else ", unless the image sets BUILDKIT_HOST to one"),
        confidence=Confidence.CERTAIN if known else Confidence.LIKELY,
        details=(
            "error: listing workers for Build: failed to list workers: Unavailable: connection error: "
            + (
                'desc = "error reading server preface: …"'
                if aimed
                else "dial unix …/buildkitd.sock: connect: no such file or directory"
            )
        ),
        related=(
            noted(place.content_location, "the service"),
            noted(build.daemon.location, "the address") if aimed else None,
        ),
        advice=(
            "call buildctl-daemonless.sh, which starts buildkitd for the one build",
            "or run moby/buildkit as the service, and set BUILDKIT_HOST to it",
        ),
        fix=_fix(build) if seen.buildkit.official is True else None,
    )


def _dind(build: Build) -> Service | None:
    """The Docker daemon that the command is aimed at, or the only thing that it could mean."""
    daemon, job = build.daemon, build.job
    port = None if daemon.address is None else port_of_address(daemon.address)
    if daemon.kind == "dind":
        # On another port a container of that daemon may answer.
        return daemon.service if port in DOCKER_PORTS else None
    if daemon.kind != "none" or any(is_buildkit(service) is not False for service in job.services):
        return None
    host = None if daemon.address is None else host_of_address(daemon.address)
    if daemon.location is not None and host is not None and host.equals("docker") is not True:
        return None  # an address of the job's own where nothing answers is another fault
    return next((service for service in job.services if is_dind(service) is True), None)


def _fix(build: Build) -> Fix | None:
    place = build.command.program.text.location
    if place is None or place.text != "buildctl" or build.global_options:
        return None
    edit = replace(place, "buildctl-daemonless.sh")
    return fix("Call buildctl-daemonless.sh", edit, unsafe=True)


def examples() -> Iterator[Example | LookAlike]:
    # GitLab's page prints this form.
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          services: ["docker:28-dind"]
          variables: {DOCKER_TLS_CERTDIR: "/certs"}
          script:
            - ⟦buildctl⟧ build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          services: ["docker:28-dind"]
          variables: {DOCKER_TLS_CERTDIR: "/certs"}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
    )
    yield Example("""
        build:
          image: registry.example.com/ci/tools:3
          services: ["docker:28-dind"]
          variables: {BUILDKIT_HOST: "tcp://docker:2375"}
          script:
            - ⟦buildctl⟧ build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          services:
            - docker:28-dind
            - name: moby/buildkit:v0.32.2
              alias: buildkitd
              command: ["--addr", "tcp://0.0.0.0:1234"]
          variables: {BUILDKIT_HOST: "tcp://buildkitd:1234"}
          script:
            - buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
        why="a buildkitd answers, beside dind",
    )
    yield LookAlike(
        """
        build:
          image: registry.example.com/ci/docker-and-buildkit:2
          services: ["docker:28-dind"]
          variables: {BUILDKIT_HOST: "tcp://docker:1234"}
          script:
            - docker run -d --privileged -p 1234:1234 moby/buildkit:v0.32.2 --addr tcp://0.0.0.0:1234
            - buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=oci,dest=image.tar
        """,
        why="a container of that daemon answers on a port of its own",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          services: ["docker:28-dind"]
          script:
            - buildctl --addr docker-container://buildkitd build --frontend dockerfile.v0
              --local context=. --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="a buildkitd in a container of that daemon",
    )


CHECK = Check(
    id="buildctl-against-dind",
    title="buildctl with docker:dind",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        docker:dind speaks Docker's API on the ports 2375 and 2376. `buildctl` speaks BuildKit's own
        protocol and looks for a buildkitd, which dind does not offer. GitLab's page shows the two
        together; the job ends before the build begins.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/",
        "https://github.com/moby/buildkit#expose-buildkit-as-a-tcp-service",
    ),
    symptoms=("buildkitd-unreachable",),
    since="0.1",
)
