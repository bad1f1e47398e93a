from __future__ import annotations

import pytest

from ci_doctor.builds.daemon import host_of_address, hostnames, port_of_address
from ci_doctor.builds.dind import first_use
from ci_doctor.builds.engine import needs_daemon
from ci_doctor.builds.job_image import is_dind, job_image
from ci_doctor.files.memory import MemoryFiles
from ci_doctor.pipeline.load import load_pipeline
from ci_doctor.pipeline.model import Job, Service
from ci_doctor.text import Text
from tests.builds.surveyed import survey, text


def job(pipeline: str) -> Job:
    files = MemoryFiles({".gitlab-ci.yml": pipeline})
    return load_pipeline(files, ".gitlab-ci.yml").jobs["build"]


def service(written: str) -> Service:
    (only,) = job(f"build:\n  script: x\n  services:\n    - {written}\n").services
    return only


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("docker:28-dind", ["docker"]),
        ("{name: docker:dind, alias: dind}", ["dind", "docker"]),
        ('{name: docker:dind, alias: "a, b"}', ["a", "b", "docker"]),
        (
            "registry.example.com/library/docker:dind",
            ["registry.example.com__library__docker", "registry.example.com-library-docker"],
        ),
        ("tutum/wordpress@sha256:00", ["tutum__wordpress", "tutum-wordpress"]),
        (
            "$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX/docker:dind",
            [
                "${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}__docker",
                "${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}-docker",
            ],
        ),
    ],
)
def test_the_names_of_a_service(written: str, names: list[str]) -> None:
    shown = [
        name.display.replace(
            "$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX", "${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}"
        )
        for name in hostnames(service(written))
    ]

    assert shown == names


@pytest.mark.parametrize(
    ("written", "dind"),
    [
        ("docker:28-dind", True),
        ("docker:dind-rootless", True),
        ("registry.example.com/mirror/docker:24.0.5-dind", True),
        ("$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX/docker:20-dind", True),
        ("docker:latest", True),
        ("docker:28", True),
        ("docker:20.10", False),
        ("docker:28-cli", False),
        ("docker:$VERSION", None),
        ("docker:$VERSION-dind", True),
        ("$DIND_IMAGE", None),
        ("registry.example.com/own-dind:1", None),
        ("postgres:16", False),
    ],
)
def test_whether_a_service_is_dind(written: str, dind: bool | None) -> None:
    assert is_dind(service(written)) is dind


def daemon(
    image: str = "docker:28-cli",
    services: str = "[docker:28-dind]",
    variables: str = "{}",
    script: str = "docker info",
    more: str = "",
) -> tuple[str | None, str | None, bool | None]:
    found = survey(
        f"{more}\nbuild:\n  image: {image}\n  services: {services}\n  variables: {variables}\n"
        f"  script:\n    - {script}\n"
    ).daemon
    return found.kind, found.address.display if found.address else None, found.tls


HOST = "{DOCKER_HOST: 'tcp://docker:2375', DOCKER_TLS_CERTDIR: ''}"
TLS = "{DOCKER_HOST: 'tcp://docker:2376', DOCKER_TLS_CERTDIR: /certs, DOCKER_TLS_VERIFY: '1'}"


def test_dind_with_and_without_tls() -> None:
    assert daemon(variables=HOST) == ("dind", "tcp://docker:2375", False)
    assert daemon(variables=TLS) == ("dind", "tcp://docker:2376", True)
    assert daemon(variables="{DOCKER_TLS_CERTDIR: ''}") == ("dind", "tcp://docker:2375", False)
    assert daemon(variables="{DOCKER_TLS_CERTDIR: /certs}") == ("dind", "tcp://docker:2376", True)
    assert daemon() == ("dind", None, None)


def test_any_text_in_the_verify_variable_turns_tls_on() -> None:
    variables = "{DOCKER_HOST: 'tcp://docker:2376', DOCKER_TLS_VERIFY: '0'}"

    assert daemon(variables=variables) == ("dind", "tcp://docker:2376", True)


def test_without_a_service_nothing_answers() -> None:
    assert daemon(services="[]") == ("none", "tcp://docker:2375", None)
    assert daemon(services="[]", variables=HOST) == ("none", "tcp://docker:2375", False)
    assert daemon(services="[postgres]", variables=HOST)[0] == "none"
    assert daemon(services="['docker:28-cli']", variables=HOST)[0] == "none"


def test_with_an_unread_include_a_service_may_come() -> None:
    more = "include: https://example.com/x.yml"

    assert daemon(services="[]", more=more)[0] in ("none", None)
    pipeline = f"{more}\nbuild:\n  image: docker:28-cli\n  script: docker info\n"
    assert survey(pipeline).daemon.kind is None


def test_the_alias_decides() -> None:
    services = "[{name: docker:dind, alias: engine}]"

    assert daemon(services=services, variables="{DOCKER_HOST: 'tcp://engine:2375'}")[0] == "dind"
    mirrored = "['registry.example.com/docker:dind']"
    assert daemon(services=mirrored, variables=HOST)[0] == "none"


def test_other_hosts_are_remote() -> None:
    for host in ("tcp://10.0.0.5:2375", "tcp://build.example.com:2376", "ssh://u@build"):
        assert daemon(variables=f"{{DOCKER_HOST: '{host}'}}")[0] == "remote"
    assert daemon(variables="{DOCKER_HOST: $HOST}")[0] is None
    assert daemon(variables="{DOCKER_HOST: 'unix:///var/run/docker.sock'}")[0] == "socket"


@pytest.mark.parametrize(
    ("create", "kind"),
    [
        ("docker buildx create --use --driver kubernetes --driver-opt namespace=ci", "remote"),
        ("docker buildx create --use --driver remote tcp://buildkitd.ci.svc:1234", "remote"),
        ("docker buildx create --use", "none"),
        ("docker buildx create --driver kubernetes --name far", "none"),
    ],
)
def test_a_builder_on_kubernetes_does_without_a_docker_daemon(create: str, kind: str) -> None:
    result = survey(
        f"build:\n  image: docker:28-cli\n  services: []\n  script:\n    - {create}\n"
        "    - docker buildx build -t app .\n    - docker buildx bake\n    - docker push app\n"
    )

    kinds = [(call.path[-1], call.daemon.kind) for call in result.docker_calls]
    assert kinds[1:] == [("build", kind), ("bake", kind), ("push", "none")]
    used = first_use(result)
    assert used is not None
    assert used.path[-1] == (
        "push" if kind == "remote" else "build" if "far" in create else "create"
    )


def test_a_plugin_of_docker_is_not_known_to_need_a_daemon() -> None:
    assert needs_daemon(("scout", "cves")) is None
    assert needs_daemon(("sbom",)) is None
    assert needs_daemon(("login",)) is False
    assert needs_daemon(("compose", "up")) is True


def test_an_image_without_the_entrypoint_takes_the_socket() -> None:
    assert daemon(image="alpine") == ("socket", "unix:///var/run/docker.sock", False)
    cleared = "{name: docker:28-cli, entrypoint: ['']}"
    assert daemon(image=cleared) == ("socket", "unix:///var/run/docker.sock", False)
    assert daemon(image="registry.example.com/own:1")[0] is None
    assert survey("build:\n  script: docker info\n").daemon.kind is None


def test_a_daemon_started_by_the_script_is_local() -> None:
    result = survey("build:\n  image: docker:dind\n  script:\n    - dockerd &\n    - docker info\n")

    assert result.daemon.kind == "local"


def test_options_and_contexts_win_over_variables() -> None:
    assert daemon(variables=HOST, script="docker -H tcp://a.example.com:1 info") == (
        "remote",
        "tcp://a.example.com:1",
        False,
    )
    assert daemon(variables=HOST, script="docker --context c info")[0] is None
    assert daemon(script="docker --tlsverify info")[2] is True


def test_the_place_of_the_address_is_known() -> None:
    result = survey(
        "build:\n  image: docker:28-cli\n  services: [docker:dind]\n  variables:\n"
        "    DOCKER_HOST: tcp://docker:2375\n  script: docker info\n"
    )

    assert text(result.daemon.location) == "tcp://docker:2375"
    assert result.daemon.service is not None


def test_host_and_port_of_an_address() -> None:
    address = Text.of("tcp://docker:2376/")

    assert (host_of_address(address).value, port_of_address(address)) == ("docker", "2376")
    assert port_of_address(Text.of("tcp://docker")) is None


@pytest.mark.parametrize(
    ("image", "official", "rootless", "version"),
    [
        ("moby/buildkit:rootless", True, True, None),
        ("moby/buildkit:v0.32.2-rootless", True, True, (0, 32, 2)),
        ("moby/buildkit:latest", True, False, None),
        ("moby/buildkit", True, False, None),
        ("docker.io/moby/buildkit:v0.20.0", True, False, (0, 20, 0)),
        ("$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX/moby/buildkit:rootless", True, True, None),
        ("moby/buildkit:$VERSION", True, None, None),
        ("registry.example.com/moby/buildkit:rootless", None, True, None),
        ("docker:28-cli", False, None, (28,)),
    ],
)
def test_a_buildkit_image_is_known_by_its_name(
    image: str, official: bool | None, rootless: bool | None, version: tuple[int, ...] | None
) -> None:
    found = job_image(job(f"build:\n  image: {image}\n  script: x\n")).buildkit

    assert (found.official, found.rootless, found.version) == (official, rootless, version)


def test_a_user_changes_who_runs() -> None:
    pipeline = (
        "build:\n  script: x\n  image: {{name: moby/buildkit:rootless, docker: {{user: {}}}}}\n"
    )

    assert job_image(job(pipeline.format("root"))).rootless is False
    assert job_image(job(pipeline.format("'1000'"))).rootless is True
    assert job_image(job("build: {script: x, image: moby/buildkit:rootless}")).rootless is True
