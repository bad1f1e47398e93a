"""A field of `--output` that buildctl refuses, or takes for something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...builds.build import Attribute, Attributes, Build, Tool, parse_bool
from ...builds.exporters import (
    BOOLEANS,
    COMPRESSIONS,
    TO_FILE,
    TRUE_WHEN_EMPTY,
    further_names,
    is_sound,
    is_unknown,
)
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...edits import Edit, Fix
from ...execution.command import Word
from ...finding import Finding, Severity
from ...source import Location, Span

BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
WORDS = {"yes": "true", "y": "true", "on": "true", "no": "false", "n": "false", "off": "false"}
# Lost to a blank, these change what becomes of the image.
NEEDED = ("type", "name", "push", "dest")


@dataclass(frozen=True)
class Fault:
    """What is wrong at a place, and what buildctl says."""

    place: Location | None
    message: str
    details: str
    fix: Fix | None = None
    severity: Severity | None = None


def find(build: Build, context: Context) -> Iterator[Finding]:
    if build.tool not in BUILDCTL:
        return
    for output in build.outputs:
        attributes = output.attributes
        if attributes is None:
            continue
        for fault in (*_form(build, attributes), *_values(attributes, output.type)):
            yield context.finding(
                fault.place or attributes.option.location,
                fault.message,
                severity=fault.severity,
                details=fault.details,
                advice=("type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true",),
                fix=fault.fix,
            )


def _form(build: Build, attributes: Attributes) -> Iterator[Fault]:
    """Fields that are no `key=value`."""
    whole = attributes.option.value_location
    if attributes.error:
        yield Fault(
            whole,
            f"buildctl cannot read this list of fields: {attributes.error}",
            "A field with a comma in its value stands in double quotes as a whole: "
            '"name=A,B", not name="A,B".',
        )
        return
    split = list(_split_off(build, attributes))
    yield from split
    names = further_names(attributes)
    for field in attributes.fields:
        if field.value is not None or field in names or is_unknown(field):
            continue
        if field.key == "":
            if not split:
                yield Fault(
                    whole,
                    "an empty field in `--output`: there is a comma too many",
                    "error: invalid value ",
                    _without_comma(whole),
                )
        else:
            yield _bare(field)
    yield from _blanks(attributes)


def _split_off(build: Build, attributes: Attributes) -> Iterator[Fault]:
    """Words that a blank behind a comma has torn off the value."""
    words = build.command.words
    last = attributes.option.words[-1]
    at = next((n for n, word in enumerate(words) if word is last), len(words))
    for before, word in zip(words[at:], words[at + 1 :], strict=False):
        if not before.text.template.endswith(",") or word not in build.positional:
            return
        yield Fault(
            word.written,
            f"a blank tears '{word.text.display}' off the value of `--output`",
            "error: invalid value ",
            _glue(before, word),
        )


def _glue(before: Word, word: Word) -> Fix | None:
    left, right = before.written, word.written
    if left is None or right is None or left.source is not right.source:
        return None
    span = Span(left.span.end, right.span.start)
    if span.end <= span.start:
        return None
    return fix("Remove the blank", Edit(left.path, span, ""))


def _without_comma(whole: Location | None) -> Fix | None:
    if whole is None or not whole.text.endswith(",") or whole.text.endswith(",,"):
        return None
    end = whole.span.end
    return fix("Remove the comma", Edit(whole.path, Span(end - 1, end), ""))


def _bare(field: Attribute) -> Fault:
    place = field.location
    mends = field.key.lower() in TRUE_WHEN_EMPTY and place is not None and place.text == field.key
    return Fault(
        place,
        f"the field '{field.key}' of `--output` has no value",
        f"error: invalid value {field.key}",
        fix(f"Write `{field.key}=true`", replace(place, f"{field.key}=true"))
        if mends and place is not None
        else None,
    )


def _blanks(attributes: Attributes) -> Iterator[Fault]:
    """Blanks behind commas inside quotes: they become part of the keys."""
    spoilt = [f for f in attributes.fields if f.value is not None and f.key != f.key.lstrip()]
    if not spoilt:
        return
    edits = []
    for field in spoilt:
        place = field.location
        blanks = len(field.key) - len(field.key.lstrip())
        if place is not None and place.text[:blanks] == field.key[:blanks]:
            start = place.span.start
            edits.append(Edit(place.path, Span(start, start + blanks), ""))
    keys = [field.key.strip().lower() for field in spoilt]
    shown = ", ".join(f"'{field.key}'" for field in spoilt)
    yield Fault(
        attributes.option.value_location,
        f"the blanks belong to the keys: BuildKit knows no {shown} and ignores them",
        "buildctl ends with exit code 0: without `name` and `push` nothing is pushed.",
        fix("Remove the blanks", *edits) if len(edits) == len(spoilt) else None,
        None if any(key in NEEDED for key in keys) else Severity.WARNING,
    )


def _values(attributes: Attributes, kind: str | None) -> Iterator[Fault]:
    """Values that buildctl or the exporter refuses."""
    if not is_sound(attributes):
        return
    for field in attributes.fields:
        key, value = field.key.lower(), None if field.value is None else field.value.value
        if key in BOOLEANS and field.value is not None and value is not None:
            if parse_bool(field.value) is None and (value or key not in TRUE_WHEN_EMPTY):
                yield _no_boolean(field, key, value)
        elif key == "compression" and value is not None and value not in COMPRESSIONS:
            yield Fault(
                field.location,
                f"BuildKit has no compression '{value}' ({', '.join(COMPRESSIONS)})",
                f"error: failed to solve: unsupported compression type {value}",
            )
        elif key == "output":
            yield _renamed(field, value)
        elif key == "dest" and kind == "image" and value:
            yield Fault(
                field.location,
                "the exporter 'image' writes no file: `dest` is for oci, docker, tar and local",
                f"error: invalid output option: output: output {value} is not supported by image exporter",
            )
    directory = kind == "local" or (kind in TO_FILE and attributes.value("tar") == "false")
    if directory and attributes.lacks("dest") and attributes.get("output") is None:
        yield Fault(
            attributes.option.value_location,
            f"the exporter '{kind}' needs a directory: `dest=` is missing",
            "error: invalid output option: output: output directory is required for "
            f"{kind} exporter",
        )


def _no_boolean(field: Attribute, key: str, value: str) -> Fault:
    place, word = field.value_location, WORDS.get(value.lower())
    mends = word is not None and place is not None and place.text == value
    return Fault(
        field.location,
        f"'{value}' is no boolean for `{key}` (true, false)",
        f'non-bool value specified for {key}: strconv.ParseBool: parsing "{value}": invalid syntax',
        fix(f"Write `{key}={word}`", replace(place, word))
        if mends and place is not None and word is not None
        else None,
    )


def _renamed(field: Attribute, value: str | None) -> Fault:
    place = field.location
    shown = value or "…"
    mends = place is not None and place.text.startswith("output=")
    return Fault(
        place,
        "`--output` has no field `output`: the file or directory is `dest`",
        f"error: output={shown} not supported for --output, you meant dest={shown}?",
        fix(
            "Write `dest=`",
            Edit(place.path, Span(place.span.start, place.span.start + len("output")), "dest"),
        )
        if mends and place is not None
        else None,
    )


def examples() -> Iterator[Example | LookAlike]:
    # The whole build, and nothing is pushed.
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output "⟦type=image, name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA, push=true⟧"
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output "type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true"
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=image, ⟦name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true⟧
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - |
              buildctl-daemonless.sh build --frontend dockerfile.v0 \\
                --local context=. --local dockerfile=. \\
                --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
        """,
    )
    yield Example(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,⟦push⟧
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:docs,⟦push=yes⟧
        """,
        fixed="""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:docs,push=true
        """,
    )
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output ⟦type=local⟧
    """)
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output 'type=image,"name=localhost:5000/a,localhost:5000/b",push=1'
        """,
        why="a whole field stands in CSV's quotes, and 1 is true",
    )
    yield LookAlike(
        """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output "type=image,name=$CI_REGISTRY_IMAGE,push=$PUSH,$MORE"
        """,
        why="what the variables hold is not known",
    )


CHECK = Check(
    id="buildctl-output-bad-field",
    title="Field of --output that buildctl refuses",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The value of `--output` is one line of CSV in which every field is `key=value`. A blank
        behind a comma splits the word for the shell; inside quotes it becomes part of the key, so
        that BuildKit sees no `push` and ends with success. A lone `push` ends the build.
    """,
    links=("https://github.com/moby/buildkit#output",),
    since="0.1",
)
