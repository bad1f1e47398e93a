from __future__ import annotations

import pytest

from ci_doctor.builds.build import Tool
from tests.builds.surveyed import names, only, survey, text

JOB = """
build:
  image: {name: "gcr.io/kaniko-project/executor:v1.24.0-debug", entrypoint: [""]}
  script:
"""


def job(*lines: str) -> str:
    return JOB + "".join(f"    - {line}\n" for line in lines)


def test_a_whole_build_is_read() -> None:
    result = survey(
        job(
            '/kaniko/executor --context "${CI_PROJECT_DIR}/app" --dockerfile "${CI_PROJECT_DIR}/app/D"'
            ' --destination "${CI_REGISTRY_IMAGE}:1" -d a.b/c --build-arg A=1 --label x=y --target t'
            " --custom-platform=linux/arm64 --cache=true --tar-path i.tar"
        )
    )
    build = only(result)

    assert build.tool is Tool.KANIKO
    assert build.builder.driver == "kaniko"
    assert build.context is not None
    assert (build.context.resolved, text(build.context.location)) == (
        "app",
        "${CI_PROJECT_DIR}/app",
    )
    assert build.dockerfile is not None and build.dockerfile.resolved == "app/D"
    assert names(build) == [("$CI_REGISTRY_IMAGE:1", "${CI_REGISTRY_IMAGE}:1"), ("a.b/c", "a.b/c")]
    assert [(o.type, o.pushes) for o in build.outputs] == [("image", True), ("docker", False)]
    assert [(a.name.value, a.value.value if a.value else None) for a in build.build_args] == [
        ("A", "1")
    ]
    assert [p.text.value for p in build.platforms] == ["linux/arm64"]
    assert build.target is not None and build.target.value == "t"
    assert [text(push.location) for push in result.pushes] == [
        '--destination "${CI_REGISTRY_IMAGE}:1"'
    ] * 2


@pytest.mark.parametrize(
    ("words", "context", "remote", "dockerfile"),
    [
        ("-c .", "", None, "Dockerfile"),
        ("-c dir://app --no-push", "app", None, "app/Dockerfile"),
        ("-c app -f docker/D", "app", None, "app/docker/D"),
        ("-c app -f D", "app", None, "D"),
        ("-c git://x.y/z.git", None, "git://x.y/z.git", None),
        ("-c tar://x.tar.gz -f D", None, "tar://x.tar.gz", None),
        ("-c dir://$CI_PROJECT_DIR --context-sub-path app", "app", None, "app/Dockerfile"),
        ("-f D", None, None, "D"),
    ],
)
def test_context_and_dockerfile(
    words: str, context: str | None, remote: str | None, dockerfile: str | None
) -> None:
    files = {"D": "FROM x", "app/Dockerfile": "FROM x", "app/docker/D": "FROM x"}
    if words == "-c .":
        files["Dockerfile"] = "FROM x"
    build = only(survey(job(f"/kaniko/executor --no-push {words}"), files))

    assert (build.context.resolved if build.context else None) == context
    assert (build.remote_context.value if build.remote_context else None) == remote
    assert (build.dockerfile.resolved if build.dockerfile else None) == dockerfile


@pytest.mark.parametrize(
    ("words", "pushes"),
    [
        ("--no-push -d a", False),
        ("--no-push=false -d a", True),
        ("-d a", True),
        ("-d a $MORE", None),
        ("--no-push=$X -d a", None),
    ],
)
def test_what_pushes(words: str, pushes: bool | None) -> None:
    build = only(survey(job(f"/kaniko/executor -c . {words}")))

    assert [output.pushes for output in build.outputs] == [pushes]


def test_a_variable_may_turn_the_push_off() -> None:
    build = only(
        survey(
            """
            build:
              image: {name: gcr.io/kaniko-project/executor:debug, entrypoint: [""]}
              variables: {KANIKO_NO_PUSH: "true"}
              script: /kaniko/executor -c . -d a
            """
        )
    )

    assert [output.pushes for output in build.outputs] == [False]


def test_the_executor_is_known_by_its_image() -> None:
    assert [b.tool for b in survey(job("executor -c . -d a")).builds] == [Tool.KANIKO]


def test_an_executor_of_something_else_builds_nothing() -> None:
    assert survey("build:\n  image: python\n  script: executor run\n").builds == []


def test_old_names_of_options_are_deprecated() -> None:
    build = only(survey(job("/kaniko/executor --snapshotMode redo -c . -d a")))

    assert [(o.name, o.status.value) for o in build.options][:1] == [
        ("--snapshotMode", "deprecated")
    ]


def test_kaniko_logs_in_to_gitlab_by_itself() -> None:
    (push,) = survey(job("/kaniko/executor -c . -d $CI_REGISTRY_IMAGE:1")).pushes

    assert push.host is not None
    assert push.credentials.covers(push.host) is True
