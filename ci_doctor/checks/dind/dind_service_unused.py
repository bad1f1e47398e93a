"""A dind service in a job that never talks to it."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.dind import dinds
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

# Programs that have no use for a Docker daemon, and start none that might.
_WITHOUT_DOCKER = """
. : [ [[ apk apt apt-get awk aws base64 basename buildctl buildctl-daemonless.sh cat cd chgrp chmod
chown cp crane curl cut date declare diff dirname dpkg du echo env executor exit export false find
gcloud getent git glab grep gzip head helm hostname id jq kubectl kustomize ls md5sum mkdir mktemp
mv printenv printf ps pwd read readlink realpath regctl rm rmdir rsync scp sed set sha256sum skopeo
sleep sort ssh ssh-add ssh-keyscan stat tail tar tee test touch tr true umask uname uniq unset
unzip wc wget which whoami xz yq zip
"""
WITHOUT_DOCKER = frozenset(_WITHOUT_DOCKER.split())


def find(job: Job, context: Context) -> Iterator[Finding]:
    services = dinds(job, context.runner)
    execution = context.execution
    if not services or not execution.complete or not execution.commands:
        return
    for command in execution.commands:
        if command.words and (command.name not in WITHOUT_DOCKER or command.wrappers):
            return
    for dind in services:
        yield context.finding(
            dind.location,
            "no command of this job talks to the Docker daemon",
            confidence=Confidence.LIKELY,
            advice=("leave the service out: `services: []` where it comes from `default:`",),
        )


def examples() -> Iterator[Example | LookAlike]:
    settings = "runners: {default: {privileged: true}}"
    yield Example(
        """
        deploy:
          image: alpine:3.22
          services:
            - ⟦docker:28-dind⟧
          script:
            - apk add --no-cache curl
            - curl --fail -X POST "$DEPLOY_HOOK"
        """,
        settings=settings,
    )
    # Inherited by all jobs.
    yield Example(
        """
        default:
          image: docker:28-cli
          services: ["⟦docker:28-dind⟧"]

        notes:
          script:
            - git log --oneline > notes.txt
            - cat notes.txt
        """,
        settings=settings,
    )
    yield LookAlike(
        """
        test:
          image: maven:3-eclipse-temurin-21
          services: ["docker:28-dind"]
          variables: {DOCKER_HOST: "tcp://docker:2375", DOCKER_TLS_CERTDIR: ""}
          script: mvn verify
        """,
        settings="""
        runners: {default: {privileged: true}}
        checks: {dind-tls-disabled: off}
        """,
        why="tests may start containers themselves",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - ./ci/build.sh
        """,
        settings=settings,
        why="a script that is not there may use it",
    )


CHECK = Check(
    id="dind-service-unused",
    title="dind service that nothing uses",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        A dind service is pulled and started for every job that has it, and keeps the job from all
        runners that are not privileged. Mostly it was inherited, or is left from an earlier way of
        building.
    """,
    links=("https://docs.gitlab.com/ci/services/",),
    since="0.1",
    yields_to=("daemonless-with-dind-service",),
)
