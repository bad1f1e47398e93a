"""Several image names whose commas split the value."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Attribute, Build, Tool
from ...builds.editing import quote_around
from ...builds.exporters import further_names
from ...builds.script_editing import insert_text
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...execution.command import Word
from ...finding import Finding, Severity
from ...source import Location, Span

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for output in build.outputs:
        attributes = output.attributes
        names = [] if attributes is None else further_names(attributes)
        if attributes is None or not names:
            continue
        place = _whole(attributes.get("name"), names[-1])
        yield context.finding(
            place or attributes.option.value_location or attributes.option.location,
            "the comma between the names ends the field: it needs CSV quotes that reach buildctl",
            details=f"error: invalid value {names[0].key}",
            advice=("--output 'type=image,\"name=A,B\",push=true'",),
            fix=_fix(build, attributes.option.words[-1], place),
        )


def _whole(name: Attribute | None, last: Attribute) -> Location | None:
    first = None if name is None else name.location
    end = last.location
    if first is None or end is None or first.source is not end.source:
        return None
    return Location(first.source, Span(first.span.start, end.span.end))


def _fix(build: Build, word: Word, place: Location | None) -> Fix | None:
    quote = None if place is None else quote_around(word, place)
    if place is None or quote is None:
        return None
    start, end = place.span
    text = place.source.text
    title, mark, first, last = "Quote the names", '"' if quote == "'" else '\\"', start, end
    if text[start - 1] == text[end : end + 1] == quote == '"' and _opens(word, place):
        # The quotes are there, but the shell takes them away.
        title, mark, first = "Quote the quotes", "\\", start - 1
    edits = [insert_text(build.command, place, at, mark) for at in (first, last)]
    written = [edit for edit in edits if edit is not None]
    return fix(title, *written) if len(written) == 2 else None


def _opens(word: Word, place: Location) -> bool:
    """Whether the quotes around `place` are around it alone, and not around the whole value."""
    written = word.written
    return written is not None and written.span.start < place.span.start - 1


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=image,⟦name=$CI_REGISTRY_IMAGE:latest,$CI_REGISTRY_IMAGE:v1⟧,push=true
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=image,\\"name=$CI_REGISTRY_IMAGE:latest,$CI_REGISTRY_IMAGE:v1\\",push=true
        """,
    )
    # Quoted as the manual has it, and the shell takes the quotes away.
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=image,"⟦name=localhost:5000/app:1,localhost:5000/app:2⟧",push=true
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=image,\\"name=localhost:5000/app:1,localhost:5000/app:2\\",push=true
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output "type=image,⟦name=$CI_REGISTRY_IMAGE:latest,$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA⟧,push=true"
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output "type=image,\\"name=$CI_REGISTRY_IMAGE:latest,$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA\\",push=true"
        """,
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output 'type=image,"name=localhost:5000/app:1,localhost:5000/app:2",push=true'
        """,
        why="the quotes reach buildctl",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=.
              --output type=image,name=$IMAGE,$OPTIONS
        """,
        why="the variable may hold fields of its own",
    )


CHECK = Check(
    id="buildctl-multiple-names-unquoted",
    title="Several image names without CSV quotes",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        One output can push an image under several names, with commas between them. The comma also
        ends a field, so the whole field `name=A,B` has to stand in double quotes, and the shell must
        not take them away. Otherwise the second name is a field that buildctl refuses.
    """,
    links=("https://github.com/moby/buildkit#imageregistry",),
    since="0.1",
)
