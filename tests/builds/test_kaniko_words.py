from __future__ import annotations

import pytest

from ci_doctor.builds.kaniko_words import form_of, is_left_over
from tests.builds.surveyed import only, survey


def forms(command: str) -> list[tuple[str, str, str | None]]:
    build = only(
        survey(f"""
            build:
              image: docker:28-cli
              script:
                - |
                  {command}
        """)
    )
    found = []
    for option in build.options:
        if is_left_over(build, option):
            form = form_of(build, option)
            assert form is not None
            found.append((option.name, form.advice, form.replacement))
    return found


@pytest.mark.parametrize(
    ("written", "replacement"),
    [
        ("--context .", "--local context=."),
        ('--context "dir://$CI_PROJECT_DIR/app"', '--local "context=$CI_PROJECT_DIR/app"'),
        ("--context=git://example.com/r", None),
        ("--dockerfile docker/Dockerfile", "--local dockerfile=docker"),
        ("--dockerfile app.Dockerfile", "--local dockerfile=. --opt filename=app.Dockerfile"),
        ("--dockerfile $FILE", None),
        ("--destination $IMAGE", "--output type=image,name=$IMAGE,push=true"),
        ("--destination '$IMAGE'", "--output 'type=image,name=$IMAGE,push=true'"),
        ("--custom-platform=linux/arm64", "--opt platform=linux/arm64"),
        ("--no-push", None),
        ("--digest-file digest", None),
    ],
)
def test_the_words_of_buildctl(written: str, replacement: str | None) -> None:
    ((_, advice, text),) = forms(f"buildctl build --frontend dockerfile.v0 {written}")

    assert advice
    assert text == replacement


def test_several_destinations_are_one_output() -> None:
    found = forms("buildctl build --frontend dockerfile.v0 --destination a:1 --destination a:2")

    assert [replacement for _, _, replacement in found] == [None, None]


def test_the_words_of_docker() -> None:
    found = forms(
        "docker buildx build --context dir://. --dockerfile x/Dockerfile --destination a:1 "
        "--destination a:2 --custom-platform linux/arm64 --cache"
    )

    assert [(name, replacement) for name, _, replacement in found] == [
        ("--context", "."),
        ("--dockerfile", "--file x/Dockerfile"),
        ("--destination", "--tag a:1 --push"),
        ("--destination", "--tag a:2"),
        ("--custom-platform", "--platform linux/arm64"),
        ("--cache", None),
    ]


def test_what_is_the_rule_in_buildkit_has_no_advice() -> None:
    assert forms("docker buildx build --single-snapshot .") == [("--single-snapshot", "", None)]


def test_flags_that_docker_has_too_are_not_left_over() -> None:
    assert forms("buildctl build --build-arg A=1 --target final --label a=b") == []
    assert forms("docker build --build-arg A=1 --target final .") == []
