"""A blank, or nothing, in a list of platforms."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Option, Platform
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Edit, Fix
from ...execution.command import Word
from ...finding import Finding, Severity
from ...images.platforms import InvalidPlatform, parse_platform
from ...source import Span

OPTIONS = ("--platform", "--custom-platform", "--customPlatform")


def find(build: Build, context: Context) -> Iterator[Finding]:
    for platform in build.platforms:
        written = platform.text.value
        if written is not None and written.strip() and written != written.strip():
            yield _inside(platform, written, context)
    for option in build.options:
        value = "" if option.value is None else option.value.template
        listed = option.name in OPTIONS or value.startswith("platform=")
        if listed and value.rstrip().endswith(","):
            yield _behind(build, option, context)


def _inside(platform: Platform, written: str, context: Context) -> Finding:
    """A blank in quotes belongs to the name."""
    place = platform.location
    known = place is not None and place.text == written
    return context.finding(
        place,
        f"the blank is taken as part of the platform '{written}'",
        details=(
            f'failed to parse target platform {written}: "{written.split("/")[0]}" is an invalid '
            "OS component"
        ),
        advice=(f"write '{written.strip()}' without the blank",),
        fix=fix("Remove the blank", replace(place, written.strip())) if place and known else None,
    )


def _behind(build: Build, option: Option, context: Context) -> Finding:
    """The list ends with a comma: what should follow stands behind a blank, or nowhere."""
    last = option.words[-1]
    after = _following(build, last)
    if after is None or not _is_platform(after):
        return context.finding(
            option.value_location,
            "the list of platforms ends with a comma: behind it stands an empty name",
            details='failed to parse target platform : "" is an invalid OS component',
            advice=("remove the comma",),
        )
    return context.finding(
        after.written,
        f"the list of platforms ends at the blank before '{after.text.display}'",
        details=(
            'buildctl: failed to parse target platform : "" is an invalid OS component. '
            "buildx: ERROR: docker: 'docker buildx build' requires 1 argument"
        ),
        advice=("write the list without blanks",),
        fix=_fix(last, after),
    )


def _following(build: Build, word: Word) -> Word | None:
    words = build.command.words
    index = next((n for n, other in enumerate(words) if other is word), len(words))
    return words[index + 1] if index + 1 < len(words) else None


def _is_platform(word: Word) -> bool:
    first = (word.text.value or "").split(",")[0]
    try:
        return "/" in first and parse_platform(first).is_known
    except InvalidPlatform:
        return False


def _fix(last: Word, after: Word) -> Fix | None:
    """Join the two words, where only blanks stand between them."""
    one, two = last.written, after.written
    if one is None or two is None or one.source is not two.source:
        return None
    start, end = one.span.end, two.span.start
    between = one.source.text[start:end]
    if last.quoted or after.quoted or not between or between.strip(" \t"):
        return None
    return fix("Remove the blank", Edit(one.path, Span(start, end), ""))


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
                --opt platform=linux/amd64, ⟦linux/arm64⟧ \\
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
                --opt platform=linux/amd64,linux/arm64 \\
                --output type=oci,dest=image.tar
        """,
    )
    # In quotes the blank belongs to the name.
    yield Example(
        """
        variables:
          PLATFORMS: "linux/amd64,⟦ linux/arm64⟧,⟦ linux/arm/v7⟧"

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --platform "$PLATFORMS" -o type=oci,dest=app.tar .
        """,
        fixed="""
        variables:
          PLATFORMS: "linux/amd64,linux/arm64,linux/arm/v7"

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --platform "$PLATFORMS" -o type=oci,dest=app.tar .
        """,
    )
    # The last one was taken away, its comma not.
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --platform=⟦linux/amd64,linux/arm64,⟧ -o type=oci,dest=app.tar .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker context create ci && docker buildx create --use ci
            - docker buildx build --platform linux/amd64,linux/arm64 --platform linux/arm/v7
              -o type=oci,dest=app.tar .
        """,
        why="one list without blanks, and a second option",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          parallel: {matrix: [{PLATFORM: [linux/amd64, linux/arm64]}]}
          script:
            - docker buildx build --platform $PLATFORM -t app .
        """,
        why="a list in YAML: each job gets one of them",
    )


CHECK = Check(
    id="platform-space",
    title="Blank in a list of platforms",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The platforms are one word, separated by commas and nothing else. Behind a blank begins
        the next argument, and in quotes the blank becomes a part of the name: the build ends
        before its first step either way.
    """,
    links=("https://docs.docker.com/build/building/multi-platform/",),
    since="0.1",
)
