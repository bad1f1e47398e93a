"""Outputs, options and names as BuildKit's exporters and frontend know them."""

from __future__ import annotations

import pytest

from ci_doctor.builds import exporters, frontend
from ci_doctor.builds.image_programs import lacks_program
from ci_doctor.builds.job_image import job_image
from ci_doctor.builds.purpose import is_trial
from ci_doctor.builds.secret_names import is_secret_name

from .surveyed import only, survey


def pipeline(options: str, job: str = "build") -> str:
    return f"""
        {job}:
          image: {{name: "moby/buildkit:v0.32.2", entrypoint: [""]}}
          script:
            - buildctl build {options}
    """


@pytest.mark.parametrize(
    ("exporter", "key", "known"),
    [
        ("image", "push", True),
        ("image", "Push-By-Digest", True),
        ("image", "push-by-digset", False),
        ("image", "annotation.org.example.title", True),
        ("image", "annotation-index[linux/amd64].x", True),
        ("oci", "push", False),
        ("oci", "tar", True),
        ("local", "mode", True),
        ("local", "annotation.x", False),
        ("tar", "name", False),
    ],
)
def test_an_exporter_knows_its_keys(exporter: str, key: str, known: bool) -> None:
    assert exporters.knows(exporter, key) is known


@pytest.mark.parametrize(
    ("output", "sound"),
    [
        ("type=image,name=a,push=", True),
        ("type=image,", False),
        ("type=image,push", False),
        ("'type=image, name=a'", False),
        ("'type=image,name=\"a,b\"'", False),
    ],
)
def test_an_output_is_sound_where_every_field_counts(output: str, sound: bool) -> None:
    found = only(survey(pipeline(f"--output {output}")))

    assert exporters.is_sound(found.outputs[0].attributes) is sound


@pytest.mark.parametrize(
    ("output", "names"),
    [
        ("type=image,name=a/b,c/d:1,e:2,push=true", ["c/d:1", "e:2"]),
        ("type=image,name=a,push", []),
        ("type=image,push=true,c/d", []),
        ("'type=image,\"name=a/b,c/d\"'", []),
    ],
)
def test_the_names_behind_an_unquoted_comma_are_found(output: str, names: list[str]) -> None:
    attributes = only(survey(pipeline(f"--output {output}"))).outputs[0].attributes

    assert attributes is not None
    assert [field.key for field in exporters.further_names(attributes)] == names


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ("--frontend dockerfile.v0", True),
        ("--frontend gateway.v0 --opt source=docker.io/docker/dockerfile:1", True),
        ("--frontend gateway.v0 --opt source=example/frontend:1", None),
        ("--frontend gateway.v0", None),
        ("--frontend $FRONTEND", None),
        ("", None),
    ],
)
def test_the_frontend_is_docker_s_own(options: str, answer: bool | None) -> None:
    assert frontend.is_dockerfile(only(survey(pipeline(options)))) is answer


@pytest.mark.parametrize(
    ("options", "lacks"),
    [
        ("--local dockerfile=.", True),
        ("--local context=.", False),
        ("--local .", False),
        ("--local $CONTEXT", False),
        ("$OPTIONS", False),
    ],
)
def test_a_missing_context_is_known_only_where_all_is_seen(options: str, lacks: bool) -> None:
    assert frontend.lacks_local(only(survey(pipeline(options))), "context") is lacks


@pytest.mark.parametrize(
    ("job", "options", "trial"),
    [
        ("build", "", False),
        ("test", "", True),
        ("build:verify", "", True),
        ("latest", "", False),
        ("build", "--opt target=unit-tests", True),
        ("build", "--opt target=production", False),
    ],
)
def test_a_trial_is_known_by_its_names(job: str, options: str, trial: bool) -> None:
    assert is_trial(only(survey(pipeline(options, f'"{job}"'), job=job))) is trial


def test_a_stage_tells_of_a_trial_only_where_it_is_written() -> None:
    written = "build: {stage: test, script: buildctl build}"
    default = "build: {script: buildctl build}"

    assert [is_trial(only(survey(text))) for text in (written, default)] == [True, False]


@pytest.mark.parametrize(
    "name",
    [
        "TOKEN",
        "NPM_TOKEN",
        "DB_PASSWORD",
        "API_KEY",
        "apikey",
        "CI_JOB_TOKEN",
        "AWS_SECRET",
        "GH_PAT",
    ],
)
def test_a_credential_is_known_by_its_name(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "TOKEN_URL",
        "AWS_ACCESS_KEY_ID",
        "PUBLIC_KEY",
        "KEYSERVER",
        "CACHE_KEY",
        "KEYBOARD",
        "PATH",
        "PASSWORD_FILE",
        "VITE_MAPS_KEY",
        "TOKENIZER",
    ],
)
def test_a_name_that_only_speaks_of_keys_is_no_credential(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("image", "program", "answer"),
    [
        ("moby/buildkit:v0.32.2-rootless", "jq", True),
        ("moby/buildkit:v0.32.2", "git", None),
        ("registry.example.com/buildkit:1", "jq", None),
    ],
)
def test_a_published_image_lacks_what_it_lacks(
    image: str, program: str, answer: bool | None
) -> None:
    found = survey(f'build: {{image: "{image}", script: ls}}')

    assert lacks_program(job_image(found.job), program) is answer
