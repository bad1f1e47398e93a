"""A flag that `buildctl build` does not have, mostly one of docker's."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Option, Tool
from ...builds.docker_words import buildctl_form
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...finding import Confidence, Finding, Severity

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for option in build.options:
        if not option.known:
            yield _unknown(build, option, context)
    for word in build.positional:
        # A broken line explains the words on it.
        if not word.opaque and not build.breaks:
            yield context.finding(
                word.written,
                f"`buildctl build` takes no arguments: '{word.text.display}' is ignored",
                severity=Severity.WARNING,
                confidence=Confidence.CERTAIN,
                details="buildctl says nothing and goes on; mostly a blank split a value in two.",
                advice=("quote the value, or write it without blanks",),
            )


def _unknown(build: Build, option: Option, context: Context) -> Finding:
    form = buildctl_form(build, option)
    safe = form is not None and form.replacement is not None and option.location is not None
    return context.finding(
        option.location,
        f"`buildctl build` has no flag `{option.name}`",
        details=f"Incorrect Usage: flag provided but not defined: -{option.name.lstrip('-')}",
        advice=() if form is None else (form.advice,),
        fix=fix(f"Write `{form.replacement}`", replace(option.location, form.replacement))
        if safe and form is not None and option.location and form.replacement
        else None,
    )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                ⟦--build-arg http_proxy=$http_proxy⟧ \\
                ⟦--build-arg "MODE=release build"⟧ \\
                --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build \\
                --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --opt build-arg:http_proxy=$http_proxy \\
                --opt "build-arg:MODE=release build" \\
                --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. ⟦--platform=linux/arm64⟧ ⟦--target final⟧
              --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --opt platform=linux/arm64 --opt target=final
              --output type=oci,dest=image.tar
        """,
    )
    # Ignored without a word.
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar ⟦.⟧
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh --debug build $BUILD_OPTIONS --frontend=dockerfile.v0
              --local context=. --local dockerfile=. --opt build-arg:MODE=release --no-cache
              -o type=oci,dest=image.tar --progress plain
        """,
        why="flags it has, a variable that may hold others, and a global one",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker buildx build --build-arg MODE=release --target final .
        """,
        why="docker has these flags",
    )


CHECK = Check(
    id="buildctl-unknown-flag",
    title="Flag that buildctl does not have",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        `buildctl build` takes what docker spells `--build-arg`, `--target` or `--platform` as
        `--opt` of the Dockerfile frontend. A flag that it does not know ends the job at once;
        GitLab's own page prints one of them.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/reference/buildctl.md",),
    symptoms=("buildctl-unknown-flag",),
    yields_to=(
        "buildctl-output-bad-field",
        "rootless-flag-in-wrong-place",
        "kaniko-flag-leftover",
    ),
    since="0.1",
)
