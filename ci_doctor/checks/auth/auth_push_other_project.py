"""A push to another project's registry with this job's own credentials."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.gitlab_credentials import PASSWORDS, is_job_login, variable_in
from ...builds.jobs import JobBuilds, Push
from ...builds.registries import is_gitlab_registry
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

OWN = "CI_REGISTRY_IMAGE"


def find(job: Job, context: Context) -> Iterator[Finding]:
    builds = context.builds
    if not _has_job_credentials(builds):
        return
    seen = set()
    for push in builds.pushes:
        path = _foreign_path(push)
        if path is None or push.name is None or path in seen:
            continue
        seen.add(path)
        # Whoever writes one image by its variable means another project by a name.
        likely = _pushes_own(context)
        yield context.finding(
            push.name.location,
            f"the job's credentials are for this project alone, unless '{path}' is this project",
            confidence=Confidence.LIKELY if likely else Confidence.POSSIBLE,
            details="GitLab answers a push to another project with: denied: requested access to the resource "
            "is denied.",
            advice=(
                "log in with a deploy token of that project that has write_registry, or allow this project "
                "to push there under Settings > CI/CD > Job token permissions",
            ),
        )


def _has_job_credentials(builds: JobBuilds) -> bool:
    """Whether all credentials for GitLab's registry are the job's own."""
    answers = [is_job_login(login) for login in builds.logins if is_gitlab_registry(login.key)]
    for write in builds.config_writes:
        for entry in write.entries:
            if is_gitlab_registry(entry.key):
                symbol = variable_in(entry.fields.get("password"))
                answers.append(symbol is not None and symbol.variable in PASSWORDS)
    return bool(answers) and all(answers)


def _foreign_path(push: Push) -> str | None:
    """The path below `$CI_REGISTRY` of an image that is named without the project's variables."""
    name = push.name
    if name is None or push.host is None or not is_gitlab_registry(push.host):
        return None
    if name.reference is None or any(s.variable == OWN for s in name.text.symbols()):
        return None
    path = name.reference.repository.value
    return path if path is not None and "/" in path else None


def _pushes_own(context: Context) -> bool:
    return any(
        symbol.variable == OWN
        for builds in context.all_builds
        for push in builds.pushes
        if push.name is not None
        for symbol in push.name.text.symbols()
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" -t "$CI_REGISTRY/platform/base-images/app" .
            - docker push "$CI_REGISTRY_IMAGE"
            - docker push "⟦$CI_REGISTRY/platform/base-images/app⟧"
    """)
    yield Example(r"""
        .buildkit:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"username\":\"$CI_REGISTRY_USER\",\"password\":\"$CI_REGISTRY_PASSWORD\"}}}" > ~/.docker/config.json

        build:
          extends: .buildkit
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true

        release:
          extends: .buildkit
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=⟦$CI_REGISTRY/releases/app:1⟧,push=true
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$DEPLOY_TOKEN" | docker login -u deploy --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY/platform/base-images/app" .
            - docker push "$CI_REGISTRY/platform/base-images/app"
        """,
        why="a token of that project",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY/$CI_PROJECT_PATH/app" -t "$CI_REGISTRY_IMAGE/worker" .
            - docker push "$CI_REGISTRY/$CI_PROJECT_PATH/app"
            - docker push "$CI_REGISTRY_IMAGE/worker"
        """,
        why="below the project's own path",
    )


CHECK = Check(
    id="auth-push-other-project",
    title="Push to another project with the job's credentials",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        `$CI_REGISTRY_USER` and `$CI_REGISTRY_PASSWORD` may push to the registry of the project whose
        pipeline runs, and to no other that has not allowed it. The whole image is built before the
        registry says so.
    """,
    links=(
        "https://docs.gitlab.com/ci/jobs/ci_job_token/#control-job-token-access-to-your-project",
    ),
    since="0.1",
)
