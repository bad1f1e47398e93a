"""An entitlement that the client asks for and the daemon does not grant."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.editing import add_daemon_flag
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Confidence, Finding, Severity

FLAG = "--allow-insecure-entitlement"


def find(build: Build, context: Context) -> Iterator[Finding]:
    flags = build.daemonless_flags
    if build.tool is not Tool.BUILDCTL_DAEMONLESS or flags is None:
        return
    if flags.opaque or flags.config is not None:
        return
    if any(write.target.endswith("buildkitd.toml") is not False for write in context.builds.writes):
        return  # its `insecure-entitlements` may name it
    for option in build.entitlements:
        wanted = None if option.value is None else option.value.value
        if not wanted or any(given.equals(wanted) is not False for given in flags.entitlements):
            continue
        unseen = flags.text is None and not build.job.knows_variables
        flag = f"{FLAG} {wanted.partition('=')[0]}"
        edits = add_daemon_flag(build, flag)
        yield context.finding(
            option.location,
            f"the daemon does not grant '{wanted}': BUILDKITD_FLAGS has no `{flag}`"
            + (", unless an include that was not read sets it" if unseen else ""),
            confidence=Confidence.LIKELY if unseen else Confidence.CERTAIN,
            details=(
                f"error: failed to solve: granting entitlement {wanted} is not allowed by build "
                "daemon configuration"
            ),
            related=()
            if flags.location is None
            else (flags.location.noted("the flags are set here"),),
            advice=(f"variables: {{BUILDKITD_FLAGS: {flag}}}",),
            fix=fix(f"Add `{flag}` to BUILDKITD_FLAGS", *edits, unsafe=True) if edits else None,
        )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              ⟦--allow network.host⟧ --opt force-network-mode=host --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --allow-insecure-entitlement network.host
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --allow network.host --opt force-network-mode=host --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          tags: [saas-linux-small-amd64]
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              ⟦--allow=security.insecure⟧ --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --allow-insecure-entitlement security.insecure
          tags: [saas-linux-small-amd64]
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --allow=security.insecure --output type=oci,dest=image.tar
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --config /tmp/buildkitd.toml
          script:
            - echo 'insecure-entitlements = [ "network.host" ]' > /tmp/buildkitd.toml
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --allow network.host --output type=oci,dest=image.tar
        """,
        why="the daemon's configuration grants it",
    )
    yield LookAlike(
        """
        build:
          image: registry.example.com/ci/tools:3
          variables: {BUILDKIT_HOST: "tcp://buildkitd.example.com:1234"}
          script:
            - buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --allow network.host --output type=oci,dest=image.tar
        """,
        why="what a daemon elsewhere grants is not known",
    )


CHECK = Check(
    id="buildctl-allow-without-daemon-flag",
    title="--allow that the daemon does not grant",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Rights beyond those of an ordinary build need two consents: the client's `--allow`, and the
        daemon's `--allow-insecure-entitlement`. The daemon that buildctl-daemonless.sh starts gives
        none unless BUILDKITD_FLAGS or its configuration say so.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/buildkitd.toml.md",),
    since="0.1",
)
