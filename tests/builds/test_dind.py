from __future__ import annotations

import pytest

from ci_doctor.builds.dind import (
    Dind,
    arguments,
    decides_itself,
    dinds,
    first_use,
    is_certain,
    seen_by,
    tags_say_kubernetes,
)
from ci_doctor.pipeline.model import Job
from ci_doctor.runner import HOSTED, Runner
from tests.builds.surveyed import survey, text


def job(pipeline: str) -> Job:
    return survey(pipeline).job


def only(pipeline: str, runner: Runner | None = None) -> Dind:
    (dind,) = dinds(job(pipeline), runner or Runner())
    return dind


PIPELINE = """
    variables: {VARIABLES}

    build:
      image: docker:28-cli
      services:
        - SERVICE
      script: docker build .
"""


def pipeline(service: str, variables: str = "{}") -> str:
    return PIPELINE.replace("SERVICE", service).replace("{VARIABLES}", variables)


@pytest.mark.parametrize(
    ("service", "variables", "tls"),
    [
        ("docker:28-dind", '{DOCKER_TLS_CERTDIR: "/certs"}', True),
        ("docker:28-dind", '{DOCKER_TLS_CERTDIR: ""}', False),
        ("docker:28-dind", "{DOCKER_TLS_CERTDIR: $DIRECTORY}", None),
        ("docker:28-dind", "{}", None),
        ("docker:18.06-dind", '{DOCKER_TLS_CERTDIR: "/certs"}', False),
        ("docker:18.09-dind", '{DOCKER_TLS_CERTDIR: "/certs"}', True),
        ("docker:18.09-dind", "{}", False),
        ("docker:19-dind", "{}", None),
        ('{name: docker:28-dind, variables: {DOCKER_TLS_CERTDIR: ""}}', "{}", False),
        (
            '{name: docker:28-dind, variables: {DOCKER_TLS_CERTDIR: ""}}',
            '{DOCKER_TLS_CERTDIR: "/certs"}',
            False,
        ),
        ('{name: docker:28-dind, command: ["--tls=false"]}', '{DOCKER_TLS_CERTDIR: "/c"}', None),
        ('{name: docker:28-dind, command: ["--mtu=1400"]}', '{DOCKER_TLS_CERTDIR: "/c"}', True),
    ],
)
def test_whether_a_service_speaks_tls(service: str, variables: str, tls: bool | None) -> None:
    assert only(pipeline(service, variables)).tls is tls


def test_hosted_runners_set_the_directory_empty() -> None:
    assert only(pipeline("docker:28-dind"), HOSTED).tls is False
    assert only(pipeline("docker:28-dind", "{DOCKER_TLS_CERTDIR: /certs}"), HOSTED).tls is True


def test_an_unread_include_may_set_the_directory() -> None:
    written = "\n    include: {project: a/b, file: c.yml}\n" + pipeline("docker:28-dind")

    assert only(written, HOSTED).tls is None


def test_the_names_and_places_of_a_service() -> None:
    dind = only(pipeline("{name: registry.example.com/docker:28-dind, alias: builder}"))

    assert text(dind.location) == "registry.example.com/docker:28-dind"
    assert dind.name == "registry.example.com/docker:28-dind"
    assert dind.is_called("builder") is True
    assert dind.is_called("docker") is False


def test_only_known_daemons_are_services_of_interest() -> None:
    written = pipeline("docker:28-dind").replace(
        "- docker:28-dind", "[docker:28-dind, postgres:17, $DIND]"
    )

    assert [dind.name for dind in dinds(job(written), Runner())] == ["docker:28-dind"]


def test_a_variable_of_the_service_hides_that_of_the_job() -> None:
    built = job(pipeline("{name: docker:28-dind, variables: {A: service}}", "{A: job, B: job}"))
    (service,) = built.services

    seen = [seen_by(service, built, name) for name in ("A", "B", "C")]

    assert [None if v is None else v.text.value for v in seen] == ["service", "job", None]


@pytest.mark.parametrize(
    ("command", "words", "decides"),
    [
        ('["--mtu=1400", "--registry-mirror", "https://m"]', 3, False),
        ('["dockerd", "--mtu=1400"]', 2, True),
        ('["--host=tcp://0.0.0.0:2375"]', 1, True),
        ('["-H", "tcp://0.0.0.0:2375"]', 2, True),
        ('["$OPTIONS"]', 1, True),
    ],
)
def test_a_command_that_decides_where_to_listen(command: str, words: int, decides: bool) -> None:
    service = only(pipeline(f"{{name: docker:28-dind, command: {command}}}")).service

    assert len(arguments(service)) == words
    assert decides_itself(service) is decides


def test_the_first_use_is_a_certain_one_where_there_is_any() -> None:
    result = survey("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker --version
            - docker info || true
            - docker build .
    """)
    call = first_use(result)

    assert call is not None
    assert (call.path, is_certain(call)) == (("build",), True)


def test_a_tag_may_speak_of_kubernetes() -> None:
    written = pipeline("docker:28-dind")
    tagged = written.replace("script:", "tags: [k8s-large]\n      script:")

    assert tags_say_kubernetes(job(tagged)) is True
    assert tags_say_kubernetes(job(written)) is False
