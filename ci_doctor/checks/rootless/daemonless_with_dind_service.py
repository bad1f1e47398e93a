"""A Docker daemon beside a build that starts its own BuildKit."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Tool
from ...builds.job_image import is_dind
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Edit, Fix
from ...finding import Finding, Severity
from ...pipeline.editing import is_job, written_in
from ...pipeline.model import Job, Service
from ...yamldoc.editing import find_entry, remove_entry, remove_item
from ...yamldoc.nodes import Mapping, Sequence

FOR_DIND = (
    "DOCKER_HOST",
    "DOCKER_TLS_CERTDIR",
    "DOCKER_TLS_VERIFY",
    "DOCKER_CERT_PATH",
    "DOCKER_DRIVER",
)


def find(job: Job, context: Context) -> Iterator[Finding]:
    builds = context.builds
    tools = {build.tool for build in builds.builds}
    if tools != {Tool.BUILDCTL_DAEMONLESS} or builds.docker_commands:
        return
    # BuildKit's image has no docker; a script that is not seen may still bring one.
    if builds.image.buildkit.official is not True or not context.execution.complete:
        return
    for service in job.services:
        if is_dind(service) is True:
            yield context.finding(
                (service.name_value or service.value).content_location,
                "nothing uses this Docker daemon: buildctl-daemonless.sh starts a BuildKit of its own",
                advice=("remove the service, and the variables that are for it",),
                fix=_fix(job, service),
            )


def _fix(job: Job, service: Service) -> Fix | None:
    mapping = written_in(job, "services")
    entry = None if mapping is None else find_entry(mapping, "services")
    services = None if entry is None else entry.value
    if mapping is None or entry is None or not isinstance(services, Sequence):
        return None
    if not is_job(job.pipeline, mapping):
        return None  # the other jobs of `default:` may need it
    item = next((node for node in services.items if node is service.value.node), None)
    if item is None:
        return None
    edit = remove_item(services, item)
    if edit is None:
        value = job.keywords["services"]
        inherits = bool(value.shadowed) or (
            job.pipeline.default is not None and job.pipeline.default.get("services") is not None
        )
        # Without the keyword the job would get the default's services.
        if inherits or job.pipeline.has_unresolved:
            edit = replace(services.location, "[]") if services.flow else None
        else:
            edit = remove_entry(mapping, entry)
    if edit is None:
        return None
    variables = () if len(job.services) > 1 else _without_variables(mapping)
    return fix("Remove the service", edit, *variables)


def _without_variables(mapping: Mapping) -> tuple[Edit, ...]:
    """Take the variables for dind out of the mapping that has the service."""
    outer = find_entry(mapping, "variables")
    inner = None if outer is None else outer.value
    if outer is None or not isinstance(inner, Mapping) or inner.flow:
        return ()
    entries = [entry for name in FOR_DIND if (entry := find_entry(inner, name)) is not None]
    if len(entries) == len(inner.entries):
        edit = remove_entry(mapping, outer)
        return () if edit is None else (edit,)
    edits = [remove_entry(inner, entry) for entry in entries]
    return tuple(edit for edit in edits if edit is not None)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          services:
            - ⟦docker:28-dind⟧
          variables:
            DOCKER_TLS_CERTDIR: "/certs"
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    # Other services stay.
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          services: ["⟦docker:28-dind⟧", "registry:3"]
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          services: ["registry:3"]
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: registry.example.com/ci/docker-and-buildkit:2
          services: ["docker:28-dind"]
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=docker,name=app,dest=app.tar
            - docker load -i app.tar
            - docker run app ./test.sh
        """,
        why="docker runs what was built",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          services: ["docker:28-dind"]
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
            - ./ci/smoke-test.sh image.tar
        """,
        why="a script that is not there may use it",
    )


CHECK = Check(
    id="daemonless-with-dind-service",
    title="docker:dind beside buildctl-daemonless.sh",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        buildctl-daemonless.sh starts buildkitd in the job's own container and never talks to
        Docker. The service costs time in every job, needs a privileged runner, which rootless
        BuildKit was to make needless, and fails the job where there is none.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#buildkit-rootless",
        "https://github.com/moby/buildkit/tree/master/examples/buildctl-daemonless",
    ),
    since="0.1",
)
