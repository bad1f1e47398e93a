"""A credential as a build argument."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, BuildArg, Tool
from ...builds.secret_names import is_secret_name
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...text import Text

TOOLS = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL, Tool.BUILDX, Tool.DOCKER)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in TOOLS:
        return
    for argument in build.build_args:
        name = argument.name.value or ""
        variable = _variable(argument)
        if variable is None or not (is_secret_name(name) or is_secret_name(variable)):
            continue
        secret = name.lower() or "token"
        yield context.finding(
            argument.location,
            f"the build argument '{name or variable}' puts a credential into the image's history",
            details=(
                "Everybody who can pull the image can read it with `docker history`, and with "
                "attestations of mode=max in the provenance."
            ),
            advice=(
                f"--secret id={secret},env={variable}",
                f"and in the Dockerfile: RUN --mount=type=secret,id={secret},env={name or variable} …",
            ),
        )


def _variable(argument: BuildArg) -> str | None:
    """The variable that gives the value; None for a value that is written, as for a test."""
    value = argument.value
    if value is None:
        return argument.name.value
    symbols = list(value.symbols())
    return symbols[0].variable if len(symbols) == 1 and _is_whole(value) else None


def _is_whole(value: Text) -> bool:
    """Whether the value is one variable, without text around it that makes something else of it."""
    return len(value.parts) == 1


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt ⟦build-arg:NPM_TOKEN=$NPM_TOKEN⟧ --opt "⟦build-arg:GIT_AUTH=$CI_JOB_TOKEN⟧"
              --output type=oci,dest=image.tar
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build --build-arg ⟦DB_PASSWORD⟧ -t app .
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt build-arg:AWS_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID --opt build-arg:PUBLIC_KEY=$PUBLIC_KEY
              --opt build-arg:TOKEN_URL=$TOKEN_URL --opt build-arg:KEYSERVER=$KEYSERVER
              --output type=oci,dest=image.tar
        """,
        why="names that only speak of keys",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build --build-arg SECRET_KEY_BASE=dummy --build-arg CACHE_KEY=$CI_COMMIT_REF_SLUG
              --secret id=token,env=TOKEN -t app .
        """,
        why="a value for the build alone, and a real secret",
    )


CHECK = Check(
    id="buildctl-secret-in-build-arg",
    title="Credential as a build argument",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The value of a build argument stands in the history of the image, beside every RUN that
        could use it, and stays there when the file it was used for is deleted. A secret is mounted
        into the one step that needs it and leaves no trace.
    """,
    links=(
        "https://docs.docker.com/build/building/secrets/",
        "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
    ),
    since="0.1",
)
