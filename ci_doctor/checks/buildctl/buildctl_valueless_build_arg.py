"""A build argument whose value is to come from the environment."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.editing import quote_around
from ...builds.job_image import job_image
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...execution.command import Word
from ...finding import Confidence, Finding, Severity
from ...source import Location, Span

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
LAST_WITHOUT = (0, 32, 2)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    version = job_image(build.job).buildkit.version
    if version is not None and version > LAST_WITHOUT:
        return
    for option in build.given("--opt"):
        value = None if option.value is None else option.value.value
        if value is None or "=" in value or not value.startswith("build-arg:"):
            continue
        name = value.removeprefix("build-arg:")
        known = job_image(build.job).buildkit.official is True and version is not None
        yield context.finding(
            option.value_location,
            f"buildctl takes no value for '{name}' from the environment"
            + ("" if known else ", unless it is newer than v0.32.2"),
            confidence=Confidence.CERTAIN if known else Confidence.LIKELY,
            details=f"Up to v0.32.2: error: invalid opt: invalid value {value}",
            advice=(f"--opt build-arg:{name}=${name}",),
            fix=_fix(option.words[-1], option.value_location, name),
        )


def _fix(word: Word, place: Location | None, name: str) -> Fix | None:
    if place is None or not name.isidentifier() or quote_around(word, place) in (None, "'"):
        return None
    end = place.span.end
    return fix(f"Pass ${name}", Edit(place.path, Span(end, end), f"=${name}"))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt ⟦build-arg:VERSION⟧ --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt build-arg:VERSION=$VERSION --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.20.0-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt "⟦build-arg:http_proxy⟧" --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.20.0-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt "build-arg:http_proxy=$http_proxy" --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.33.0-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt build-arg:VERSION --output type=oci,dest=image.tar
        """,
        why="a later release takes it from the environment",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt build-arg:VERSION= --opt "build-arg:$ARGUMENT" --output type=oci,dest=image.tar
        """,
        why="an empty value is a value, and the variable may hold one",
    )


CHECK = Check(
    id="buildctl-valueless-build-arg",
    title="Build argument without a value",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `docker build --build-arg NAME` takes the value from the environment. Releases of `buildctl`
        up to v0.32.2 do not: every `--opt` must be `key=value`, and the build ends before it begins.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/dockerfile-frontend-options.md",),
    since="0.1",
)
