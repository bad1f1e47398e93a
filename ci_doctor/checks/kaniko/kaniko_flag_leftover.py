"""Flags of Kaniko's executor on buildctl or docker build."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Option, Tool
from ...builds.docker_words import Form
from ...builds.editing import remove_option
from ...builds.kaniko_words import form_of, is_left_over
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Fix
from ...finding import Finding, Severity

TOOLS = {
    Tool.BUILDCTL: "buildctl build",
    Tool.BUILDCTL_DAEMONLESS: "buildctl build",
    Tool.BUILDX: "docker buildx build",
    Tool.DOCKER: "docker build",
}


def find(build: Build, context: Context) -> Iterator[Finding]:
    tool = TOOLS.get(build.tool)
    if tool is None:
        return
    for option in build.options:
        if not is_left_over(build, option):
            continue
        form = form_of(build, option)
        go = tool == "buildctl build"
        yield context.finding(
            option.location,
            f"`{option.name}` is Kaniko's: `{tool}` does not have it",
            details=f"Incorrect Usage: flag provided but not defined: -{option.name.lstrip('-')}"
            if go
            else f"unknown flag: {option.name}",
            advice=() if form is None else (form.advice or "leave it out: BuildKit needs none",),
            fix=None if form is None else _fix(option, form),
        )


def _fix(option: Option, form: Form) -> Fix | None:
    if not form.advice:
        edit = remove_option(option)
        return None if edit is None else fix(f"Remove `{option.name}`", edit)
    if form.replacement is None or option.location is None:
        return None
    return fix(f"Write `{form.replacement}`", replace(option.location, form.replacement))


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                ⟦--context "dir://$CI_PROJECT_DIR"⟧ \\
                ⟦--dockerfile docker/app.Dockerfile⟧ \\
                ⟦--snapshot-mode=redo⟧ \\
                ⟦--destination "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"⟧
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local "context=$CI_PROJECT_DIR" \\
                --local dockerfile=docker --opt filename=app.Dockerfile \\
                --output "type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true"
        """,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build ⟦--context .⟧ ⟦--dockerfile=app.Dockerfile⟧
              ⟦--destination $CI_REGISTRY_IMAGE:1⟧ ⟦--destination $CI_REGISTRY_IMAGE:latest⟧
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build . --file app.Dockerfile
              --tag $CI_REGISTRY_IMAGE:1 --push --tag $CI_REGISTRY_IMAGE:latest
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "ghcr.io/osscontainertools/kaniko:v1.28.3-debug", entrypoint: [""]}
          script:
            - mkdir -p /kaniko/.docker
            - cp "$DOCKER_AUTH_FILE" /kaniko/.docker/config.json
            - /kaniko/executor --context . --dockerfile Dockerfile --destination "$CI_REGISTRY_IMAGE"
        """,
        why="Kaniko has these flags",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker --context ci buildx build --build-arg MODE=release --label a=b --target final .
        """,
        why="docker has these flags too",
    )


CHECK = Check(
    id="kaniko-flag-leftover",
    title="Kaniko's flags without Kaniko",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        Kaniko names the context, the Dockerfile and the image by flags of its own. buildctl and
        docker know none of them and stop. Other flags of Kaniko say what BuildKit does anyway and
        can go.
    """,
    links=(
        "https://docs.gitlab.com/ci/docker/using_buildkit/#migrate-from-kaniko-to-buildkit",
        "https://github.com/GoogleContainerTools/kaniko#additional-flags",
    ),
    since="0.1",
)
