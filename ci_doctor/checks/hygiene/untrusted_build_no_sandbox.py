"""Code of others, built beside secrets without a process sandbox."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build
from ...builds.secret_uses import own_secrets
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.conditions import MERGE_REQUEST, is_manual, runs_in

FLAG = "--oci-worker-no-process-sandbox"


def find(build: Build, context: Context) -> Iterator[Finding]:
    flags = build.daemonless_flags
    if flags is None or flags.has(FLAG) is not True:
        return
    if runs_in(build.job, MERGE_REQUEST) is not True or is_manual(build.job):
        return
    secrets = own_secrets(context.builds)
    if not secrets:
        return
    word = next(w for w in flags.words if w.text.partition("=")[0].equals(FLAG) is True)
    shown = " and ".join(f"`${name}`" for name in secrets)
    yield context.finding(
        word.written or flags.location,
        f"a Dockerfile of a merge request can read {shown} of this job",
        confidence=Confidence.LIKELY,
        details="With this flag the RUN steps see the job's own processes and their environment. That matters "
        "where a merge request is built in this project by somebody who may not read its secrets.",
        advice=(
            "build merge requests in a job without own secrets, and push from one that runs for the "
            "default branch",
        ),
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: ⟦--oci-worker-no-process-sandbox⟧}
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
          before_script:
            - mkdir -p ~/.docker
            - AUTH=$(printf 'ci:%s' "$QUAY_TOKEN" | base64 | tr -d '\n')
            - echo "{\"auths\":{\"quay.io\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """)
    yield Example("""
        variables:
          BUILDKITD_FLAGS: "--debug ⟦--oci-worker-no-process-sandbox⟧"

        workflow:
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"

        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt "build-arg:TOKEN=$NPM_TOKEN" --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          rules:
            - if: $CI_PIPELINE_SOURCE == "merge_request_event"
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
        """,
        why="the job has no secrets of the project",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          rules:
            - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt "build-arg:TOKEN=$NPM_TOKEN" --output type=oci,dest=image.tar
        """,
        why="only code that was merged",
    )


CHECK = Check(
    id="untrusted-build-no-sandbox",
    title="Merge requests are built beside secrets, without a sandbox",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `--oci-worker-no-process-sandbox` lets RUN steps share the job's processes: under the same user
        they can read their environment and memory, and end them. A merge request that changes the
        Dockerfile can so take every secret that the job was given.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/rootless.md",),
    since="0.1",
)
