"""A size of /dev/shm with a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Finding, Severity
from ...source import Location

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
SIZE = r"(\d+)\s*(b|kb?|mb?|gb?|kib|mib|gib)"
FACTORS = {"b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for opt in build.opts:
        value = None if opt.key != "shm-size" or opt.value is None else opt.value.value
        if not value or re.fullmatch(r"[+-]?\d+", value):
            continue
        size = re.fullmatch(SIZE, value.lower())
        wanted = None if size is None else int(size[1]) * FACTORS[size[2][0]]
        yield context.finding(
            opt.value_location,
            f"buildctl's shm-size is a number of bytes, and not '{value}'",
            details=f'failed to parse shm size: strconv.ParseInt: parsing "{value}": invalid syntax',
            advice=() if wanted is None else (f"--opt shm-size={wanted}",),
            fix=_fix(opt.value_location, value, wanted),
        )


def _fix(place: Location | None, value: str, wanted: int | None) -> Fix | None:
    if wanted is None or place is None or place.text != value:
        return None
    return fix(f"Write `{wanted}`", replace(place, str(wanted)))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt shm-size=⟦128m⟧ --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt shm-size=134217728 --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        variables:
          SHM_SIZE: ⟦2GB⟧

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt "shm-size=$SHM_SIZE" --output type=oci,dest=image.tar
        """,
        fixed="""
        variables:
          SHM_SIZE: 2147483648

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt "shm-size=$SHM_SIZE" --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt shm-size=134217728 --output type=oci,dest=image.tar
        """,
        why="bytes",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --shm-size 128m --output type=oci,dest=image.tar .
        """,
        why="docker takes units",
    )


CHECK = Check(
    id="buildctl-shm-size-unit",
    title="shm-size with a unit",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `docker build --shm-size` takes `128m`. The frontend that `buildctl` talks to directly takes a
        plain number of bytes and refuses everything else.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/dockerfile-frontend-options.md",),
    since="0.1",
)
