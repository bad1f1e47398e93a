"""A frontend that buildkitd does not have."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Option, Tool
from ...builds.frontend import DOCKERFILE, GATEWAY, lacks_opt
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    options = build.given("--frontend")
    if build.tool not in BUILDCTL or not options or options[-1].value is None:
        return
    option = options[-1]
    frontend = option.value.value if option.value is not None else None
    if frontend is None or frontend in (DOCKERFILE, ""):
        return
    if frontend != GATEWAY:
        yield context.finding(
            option.value_location,
            f"BuildKit has no frontend '{frontend}' (frontends: {DOCKERFILE}, {GATEWAY})",
            details=f"error: failed to solve: invalid frontend: {frontend}",
            advice=(f"--frontend {DOCKERFILE}",),
            fix=_fix(option, frontend),
        )
    elif lacks_opt(build, "source"):
        yield context.finding(
            option.value_location,
            f"the frontend '{GATEWAY}' runs an image, and no `--opt source=` names one",
            details="error: failed to solve: no source specified for gateway",
            advice=(f"--frontend {DOCKERFILE}", "or --opt source=docker/dockerfile:1"),
        )


def _fix(option: Option, frontend: str) -> Fix | None:
    near = frontend.lower().replace("_", "").replace("-", "")
    if not near.startswith(("dockerfile", "docker.v", "docker")) or option.value_location is None:
        return None
    return fix(f"Write `{DOCKERFILE}`", replace(option.value_location, DOCKERFILE))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend ⟦dockerfile⟧ --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
    )
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend=⟦gateway.v0⟧ --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend gateway.v0 --opt source=docker/dockerfile:1
              --local context=. --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="an image is named",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend $FRONTEND --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="what the variable holds is not known",
    )


CHECK = Check(
    id="buildctl-frontend-unknown",
    title="Unknown frontend",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        BuildKit has two frontends of its own: `dockerfile.v0` reads Dockerfiles, `gateway.v0` runs
        the frontend of an image that `--opt source=` names. Any other name ends the build.
    """,
    links=("https://github.com/moby/buildkit#building-a-dockerfile-with-buildctl",),
    since="0.1",
)
