"""`buildx create` refuses a dind over TLS unless it is given a context."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.builder import BuildxCreate
from ...builds.dind import Dind
from ...builds.environment import exported, is_set
from ...builds.jobs import ClientCall
from ...builds.script_editing import put_before
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...source import Location, Span, noted

CONTEXT = "ci"
VERIFY = "DOCKER_TLS_VERIFY"


def find(job: Job, context: Context) -> Iterator[Finding]:
    if context.runner.socket is True:
        return
    calls = {id(call.command): call for call in context.builds.docker_calls}
    made: list[BuildxCreate] = []
    for create in context.builds.buildx_creates:
        if create.driver != "docker-container" or create.endpoint is not None or create.opaque:
            continue
        call = calls[id(create.command)]
        if call.daemon.kind != "dind" or _has_context(call, context):
            continue
        if _turns_off(create, context):
            continue
        tls = call.daemon.tls
        if tls is None and _goes_by_default(call, context):
            confidence = Confidence.POSSIBLE
        elif tls is True:
            command = create.command
            sure = command.certainty is Certainty.ALWAYS and not command.failure_ignored
            confidence = Confidence.CERTAIN if sure else Confidence.LIKELY
        else:
            continue
        condition = "" if tls else ", unless the runner sets DOCKER_TLS_CERTDIR empty"
        yield context.finding(
            _subcommand(create),
            "`buildx create` refuses the TLS settings of the environment without a context"
            + condition,
            confidence=confidence,
            details=(
                "ERROR: could not create a builder instance with TLS data loaded from environment. "
                "Please use `docker context create <context-name>` to create a context for current "
                "environment and then create a builder instance with context set to <context-name>"
            ),
            related=(noted(call.daemon.location, "the daemon's address"),),
            advice=(
                f"docker context create {CONTEXT}",
                f"docker buildx create --use {CONTEXT}",
            ),
            fix=_fix(create, context, first=not made) if tls else None,
        )
        made.append(create)


def _has_context(call: ClientCall, context: Context) -> bool:
    """Whether another context than the default one may be in use."""
    if any(option.name == "--context" for option in call.options):
        return True
    if is_set(exported(call.command, "DOCKER_CONTEXT")) is not False:
        return True
    return any(made.action == "use" for made in context.builds.contexts)


def _turns_off(create: BuildxCreate, context: Context) -> bool:
    """Whether the script takes back the variable by which the entrypoint turns TLS on."""
    value = exported(create.command, VERIFY)
    if value is not None and context.job is not None and VERIFY not in context.job.variables:
        return is_set(value) is not True
    return any(
        word.text.value == VERIFY
        for command in context.execution.named("unset")
        for word in command.arguments
    )


def _goes_by_default(call: ClientCall, context: Context) -> bool:
    """Whether the image's own DOCKER_TLS_CERTDIR is what turns TLS on."""
    image, job, service = context.builds.image, context.job, call.daemon.service
    if image.docker.official is not True or image.keeps_entrypoint is not True:
        return False
    if job is None or service is None or call.daemon.location is not None:
        return False
    dind = Dind.of(service, job, context.runner)
    return dind.certdir is None and dind.tls is None and job.knows_variables


def _subcommand(create: BuildxCreate) -> Location | None:
    words = (word for word in create.command.arguments if word.text.value == "create")
    return next(words, create.command.program).written


def _fix(create: BuildxCreate, context: Context, *, first: bool) -> Fix | None:
    """Name a context, and make it where no earlier command does."""
    order = {id(command): n for n, command in enumerate(context.execution.commands)}
    here = order[id(create.command)]
    last = create.command.words[-1].written
    if last is None or not first:
        return None
    name = None
    for made in context.builds.contexts:
        known = None if made.name is None else made.name.value
        if made.action == "create" and order[id(made.command)] < here and known is not None:
            name = known
    behind = Edit(last.path, Span(last.span.end, last.span.end), f" {name or CONTEXT}")
    if name is not None:
        return fix(f"Use the context '{name}'", behind)
    if not _stands_alone(create):
        return None
    before = put_before(create.command, f"docker context create {CONTEXT} && ")
    return None if before is None else fix("Create a context for the builder", before, behind)


def _stands_alone(create: BuildxCreate) -> bool:
    """Whether `x && ` before the command means: x first."""
    command = create.command
    if command.certainty is not Certainty.ALWAYS or command.failure_ignored or command.wrappers:
        return False
    return command.piped_from is None and not command.in_substitution


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_CERTDIR: "/certs"
          script:
            - docker buildx ⟦create⟧ --use --driver docker-container --name builder
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_TLS_CERTDIR: "/certs"
          script:
            - docker context create ci && docker buildx create --use --driver docker-container --name builder ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
    )
    # The context is there, and not used.
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
            DOCKER_TLS_VERIFY: 1
            DOCKER_CERT_PATH: "$DOCKER_TLS_CERTDIR/client"
          before_script:
            - docker context create tls
            - docker buildx ⟦create⟧ --use --driver-opt network=host
          script: docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCKER_HOST: tcp://docker:2376
            DOCKER_TLS_CERTDIR: "/certs"
            DOCKER_TLS_VERIFY: 1
            DOCKER_CERT_PATH: "$DOCKER_TLS_CERTDIR/client"
          before_script:
            - docker context create tls
            - docker buildx create --use --driver-opt network=host tls
          script: docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
    )
    # Advice where the runner may have turned TLS off.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx ⟦create⟧ --use
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {DOCKER_TLS_CERTDIR: ""}
          script:
            - docker buildx create --use
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="without TLS no context is needed",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {DOCKER_TLS_CERTDIR: "/certs"}
          script:
            - docker context create ci
            - docker buildx create --use --name builder ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="the builder is given a context",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {DOCKER_TLS_CERTDIR: "/certs"}
          script:
            - docker buildx create --use --driver remote tcp://buildkitd.example.com:1234
            - docker buildx build -t "$CI_REGISTRY_IMAGE" --push .
        """,
        why="a remote builder is no business of dind",
    )


CHECK = Check(
    id="buildx-tls-context-missing",
    title="buildx create without a context under TLS",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        docker's entrypoint turns TLS on by variables, and buildx does not copy those into a
        builder: it wants a context, which holds them. GitLab's page shows `buildx create` without
        one beside a DOCKER_TLS_CERTDIR; it works only where the certificates are not shared.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/",
        "https://docs.docker.com/reference/cli/docker/context/create/",
    ),
    since="0.1",
)
