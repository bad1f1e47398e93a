"""What encloses a text in its file."""

from __future__ import annotations

import pytest

from ci_doctor.dockerfile import parse_dockerfile
from ci_doctor.places import Places
from ci_doctor.source import Location, Source, Span
from ci_doctor.yamldoc import parse_yaml

PIPELINE = """\
default: &default
  image: {name: one, entrypoint: [""]}
.build:
  <<: *default
  script:
    - make
    - |
      first \\
        second \\
        third
      fourth
"build app":
  needs:
    - job: x
      artifacts: true
"""
DOCKERFILE = """\
ARG VERSION=1
FROM alpine AS Build
RUN make \\
    # why
    all
FROM scratch
COPY --from=build /a /a
"""
SCRIPT = """\
top
build() {
  if inner; then
    deep() { lowest; }
  fi | filter && last
}
( case x in y) cased ;; esac )
for i in 1; do looped; done
"""


def places() -> tuple[Places, dict[str, Source]]:
    sources = {
        path: Source(path, text)
        for path, text in {"a.yml": PIPELINE, "Dockerfile": DOCKERFILE, "a.sh": SCRIPT}.items()
    }
    known = Places()
    known.yaml["a.yml"] = parse_yaml(sources["a.yml"])
    known.dockerfiles["Dockerfile"] = parse_dockerfile(sources["Dockerfile"])
    return known, sources


def find(sources: dict[str, Source], path: str, text: str) -> Location:
    start = sources[path].text.index(text)
    return Location(sources[path], Span(start, start + len(text)))


@pytest.mark.parametrize(
    ("path", "text", "anchor"),
    [
        ("a.yml", "one", "default/image/name"),
        ("a.yml", "image", "default/image"),
        ("a.yml", "*default", ".build/<<"),
        ("a.yml", "make", ".build/script"),
        ("a.yml", "second", ".build/script"),
        ("a.yml", "true", "build app/needs/artifacts"),
        ("a.yml", "script:\n    - make", ".build/script"),
        ("Dockerfile", "VERSION", "/ARG"),
        ("Dockerfile", "all", "build/RUN"),
        ("Dockerfile", "scratch", "1/FROM"),
        ("Dockerfile", "--from", "1/COPY"),
        ("a.sh", "top", ""),
        ("a.sh", "inner", "build"),
        ("a.sh", "filter", "build"),
        ("a.sh", "last", "build"),
        ("a.sh", "lowest", "deep"),
        ("a.sh", "cased", ""),
        ("a.sh", "looped", ""),
    ],
)
def test_an_anchor_names_what_holds_the_text(path: str, text: str, anchor: str) -> None:
    known, sources = places()

    assert known.anchor(find(sources, path, text)) == anchor


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("a.yml", "make", {3, 5, 6}),
        ("a.yml", "third", {3, 5, 7, 8, 10}),
        ("a.yml", "fourth", {3, 5, 7, 11}),
        ("a.yml", "true", {12, 13, 14, 15}),
        ("Dockerfile", "all", {3, 5}),
        ("Dockerfile", "VERSION", {1}),
        ("a.sh", "inner", {3}),
    ],
)
def test_lines_are_those_where_the_text_or_its_holders_start(
    path: str, text: str, lines: set[int]
) -> None:
    known, sources = places()

    assert known.lines(find(sources, path, text)) == lines
