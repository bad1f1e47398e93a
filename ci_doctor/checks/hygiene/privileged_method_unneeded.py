"""docker-in-docker for what needs no privileged runner."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Tool
from ...builds.job_image import is_dind
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

BUILDS = frozenset(
    {
        ("build",),
        ("buildx", "build"),
        ("buildx", "create"),
        ("buildx", "inspect"),
        ("buildx", "ls"),
        ("buildx", "rm"),
        ("buildx", "use"),
        ("buildx", "version"),
        ("context", "create"),
        ("context", "use"),
        ("images",),
        ("info",),
        ("login",),
        ("logout",),
        ("push",),
        ("tag",),
        ("version",),
    }
)


def find(job: Job, context: Context) -> Iterator[Finding]:
    builds = context.builds
    service = next((s for s in job.services if is_dind(s) is True), None)
    if service is None or context.runner.privileged is True or not context.execution.complete:
        return
    calls = builds.docker_calls
    if not calls or any(call.path not in BUILDS for call in calls):
        return
    if any(build.tool is Tool.OPAQUE for build in builds.builds) or not builds.builds:
        return
    yield context.finding(
        (service.name_value or service.value).content_location,
        "this job only builds and pushes: rootless BuildKit does so without a privileged runner",
        confidence=Confidence.POSSIBLE,
        advice=(
            'image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}',
            "and buildctl-daemonless.sh build in the script; no service is needed",
        ),
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["⟦docker:28-dind⟧"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services:
            - name: ⟦docker:28-dind⟧
              alias: docker
          script:
            - docker context create ci
            - docker buildx create --use ci
            - docker buildx build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" --push .
    """)
    yield LookAlike(
        """
        test:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t app .
            - docker run --rm app make test
        """,
        why="the image is run, too",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t app .
            - ./ci/integration-test.sh
        """,
        why="the script may run containers",
    )


CHECK = Check(
    id="privileged-method-unneeded",
    title="docker-in-docker only to build and push",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        A docker-in-docker service needs a privileged runner, which hands the whole machine to every job
        that it takes. To build and push an image, and nothing else, rootless BuildKit is
        enough.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_buildkit/",),
    since="0.1",
)
