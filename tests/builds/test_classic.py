from __future__ import annotations

from ci_doctor.builds.classic import refused_instructions, refused_options
from ci_doctor.dockerfile import parse_dockerfile
from ci_doctor.source import Source
from tests.builds.surveyed import only, survey, text


def test_options_of_buildx_are_refused_and_those_of_both_are_not() -> None:
    build = only(
        survey("""
            build:
              image: docker:28-cli
              script: docker build --pull --secret id=a --platform linux/amd64,linux/arm64 -t x --push .
        """)
    )

    assert [(what, text(place)) for what, place in refused_options(build)] == [
        ("`--secret`", "--secret id=a"),
        ("`--push`", "--push"),
        ("several platforms", "linux/amd64"),
    ]


def test_what_only_buildkit_reads_in_a_dockerfile() -> None:
    source = Source(
        "Dockerfile",
        "FROM --platform=$BUILDPLATFORM alpine AS build\n"
        "RUN --mount=type=cache,target=/c make\n"
        "RUN <<EOF\nmake\nEOF\n"
        "COPY --chown=1 a b\n"
        "COPY --link --chmod=755 a b\n"
        "FROM --platform=linux/arm64 alpine\n"
        "ADD --checksum=sha256:0 https://example.com/x /x\n",
    )
    dockerfile = parse_dockerfile(source)

    assert [(what, text(place)) for what, place in refused_instructions(dockerfile)] == [
        ("`FROM --platform=$BUILDPLATFORM`", "$BUILDPLATFORM"),
        ("`RUN --mount`", "--mount=type=cache,target=/c"),
        ("a heredoc", "<<EOF"),
        ("`COPY --link`", "--link"),
        ("`COPY --chmod`", "--chmod=755"),
        ("`ADD --checksum`", "--checksum=sha256:0"),
    ]
