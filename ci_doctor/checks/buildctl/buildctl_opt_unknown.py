"""An `--opt` that the Dockerfile frontend does not know."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attribute, Build, Tool
from ...builds.frontend import KEYS, is_dockerfile, knows
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Edit, Fix
from ...finding import Finding, Severity
from ...pipeline.spelling import Speller
from ...source import Span

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
# Docker's words, and what people make of them.
MEANT = {
    "build-arg=": "build-arg:",
    "build-args:": "build-arg:",
    "build-args=": "build-arg:",
    "build_arg:": "build-arg:",
    "build_arg=": "build-arg:",
    "buildarg:": "build-arg:",
    "buildarg=": "build-arg:",
    "label=": "label:",
    "labels:": "label:",
    "labels=": "label:",
    "file=": "filename=",
    "dockerfile=": "filename=",
    "dockerfile-name=": "filename=",
    "platforms=": "platform=",
    "stage=": "target=",
}
ELSEWHERE = {
    "tag": "--output type=image,name=NAME,push=true",
    "tags": "--output type=image,name=NAME,push=true",
    "name": "--output type=image,name=NAME,push=true",
    "push": "--output type=image,name=NAME,push=true",
    "output": "--output type=image,name=NAME,push=true",
    "secret": "--secret id=ID,env=VARIABLE",
    "ssh": "--ssh default",
    "cache-to": "--export-cache type=registry,ref=NAME",
    "pull": "--opt image-resolve-mode=pull",
    "network": "--opt force-network-mode=host",
    "add-host": "--opt add-hosts=HOST=ADDRESS",
}


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for opt in build.opts:
        key = opt.key
        if any(letter in key for letter in "$`{"):
            continue
        if opt.value is None:
            # `build-arg:X` alone takes the value from the environment, in later releases.
            if not key.startswith("build-arg:"):
                yield context.finding(
                    opt.location,
                    f"`--opt` needs a value: '{key}' has none",
                    severity=Severity.ERROR,
                    details=f"error: invalid opt: invalid value {key}",
                    advice=(f"--opt {key}=…",),
                )
            continue
        if is_dockerfile(build) is not True or knows(key):
            continue
        new = _meant(opt)
        yield context.finding(
            opt.location,
            f"the Dockerfile frontend ignores `--opt {key}=`"
            + ("" if new is None else f", did you mean `{new}`?"),
            details="buildctl ends with exit code 0 and says nothing about it.",
            advice=(ELSEWHERE[key.lower()],) if key.lower() in ELSEWHERE else (),
            fix=_fix(opt, new),
        )


def _meant(opt: Attribute) -> str | None:
    """The beginning of the option as it should be."""
    key, value = opt.key, opt.value
    for old, new in MEANT.items():
        if f"{key}=".lower().startswith(old):
            named = value is not None and "=" in value.template
            # `label=x` with nothing behind it has no name.
            return None if old.endswith("=") and new.endswith(":") and not named else new
    near = Speller().nearest(key, sorted(KEYS))
    return f"{near.word}=" if near is not None and near.alone and near.distance <= 2 else None


def _fix(opt: Attribute, new: str | None) -> Fix | None:
    place = opt.location
    if new is None or place is None:
        return None
    written = f"{opt.key}="
    old = next((old for old in MEANT if written.lower().startswith(old)), written)
    if not place.text.lower().startswith(old):
        return None
    start = place.span.start
    edit = Edit(place.path, Span(start, start + len(old)), new)
    return fix(f"Write `{new}`", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt ⟦build-arg=VERSION=1.2⟧ --opt ⟦build-args:MODE=release⟧
              --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt build-arg:VERSION=1.2 --opt build-arg:MODE=release
              --output type=oci,dest=image.tar
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt "⟦dockerfile=app.Dockerfile⟧" --opt ⟦platforms=linux/arm64⟧
              --output type=oci,dest=image.tar
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt "filename=app.Dockerfile" --opt platform=linux/arm64
              --output type=oci,dest=image.tar
        """,
    )
    # Without a value buildctl refuses it: an error.
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --opt ⟦no-cache⟧ --opt ⟦tag=app⟧ --output type=oci,dest=image.tar
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --local data=. --opt context:data=local:data --opt attest:sbom= --opt no-cache=
              --opt build-arg:BUILDKIT_MULTI_PLATFORM=1 --opt "$MORE" --output type=oci,dest=image.tar
        """,
        why="keys that it knows, and one that is not known",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend gateway.v0 --opt source=example/frontend:1
              --opt recipe=app --local context=. --output type=oci,dest=image.tar
        """,
        why="another frontend has options of its own",
    )


CHECK = Check(
    id="buildctl-opt-unknown",
    title="--opt without effect",
    severity=Severity.WARNING,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The options of `--opt` go to the frontend, which looks up those that it knows and ignores
        the rest without a word. A build argument behind `=` in place of `:` never arrives, and the
        image is built with its default.
    """,
    links=("https://github.com/moby/buildkit/blob/master/docs/dockerfile-frontend-options.md",),
    since="0.1",
)
