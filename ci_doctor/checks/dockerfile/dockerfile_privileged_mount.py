"""`mount` in a RUN step."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.flavours import EVERYWHERE
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Dockerfile
from ...finding import Finding, Severity


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    for command in context.run_commands(dockerfile, "mount", "umount"):
        # Without an operand `mount` only lists what is mounted.
        if not command.operands and not command.has("-a", "--all"):
            continue
        yield from context.operation(
            dockerfile,
            command.location,
            EVERYWHERE,
            f"`{command.name}` in a RUN step fails",
            details="mount: /mnt: permission denied.",
            advice=(
                "share files with a step by `RUN --mount=type=bind`, `type=cache` or `type=tmpfs`",
                "write file system images without mounting them: `mke2fs -d`, mtools, xorriso",
            ),
        )


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BOTH, ROOTLESS

    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN ⟦mount -t tmpfs tmpfs /mnt⟧ && make install
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
    )
    yield Example(
        {
            "Dockerfile": """
                FROM debian:12
                RUN set -e; \\
                    mkdir -p /rootfs/proc; \\
                    ⟦mount --bind /proc /rootfs/proc⟧; \\
                    chroot /rootfs apt-get update
            """,
            ".gitlab-ci.yml": BOTH,
        },
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y mount
                RUN mount | grep overlay
                RUN echo "mount -a" > /usr/local/bin/start
                CMD ["mount", "-a"]
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="a flag, a package, a listing, text, and a command of the running container",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN --security=insecure mount -t tmpfs tmpfs /mnt && make install
            """,
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables:
                    BUILDKITD_FLAGS: --oci-worker-no-process-sandbox --allow-insecure-entitlement security.insecure
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --allow security.insecure --output type=oci,dest=image.tar
            """,
        },
        why="with both permissions a step may mount",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM debian:12
                RUN mount -t tmpfs tmpfs /mnt || true
                COPY <<EOF /entrypoint.sh
                mount -t tmpfs tmpfs /mnt
                EOF
            """,
            ".gitlab-ci.yml": ROOTLESS,
        },
        why="its failure is ignored; a file that runs later",
    )


CHECK = Check(
    id="dockerfile-privileged-mount",
    title="mount in a RUN step",
    severity=Severity.ERROR,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        A RUN step never has the right to mount, whatever builds it: the privilege of a runner
        or of docker-in-docker belongs to the daemon, not to the steps it executes. The build
        stops at this line.
    """,
    links=("https://docs.docker.com/reference/dockerfile/#run---mount",),
    since="0.1",
)
