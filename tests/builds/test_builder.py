from __future__ import annotations

import pytest

from tests.builds.surveyed import only, survey, text

HEAD = """
build:
  image: {image}
  services: [docker:28-dind]
  script:
"""


def job(*lines: str, image: str = "docker:28-cli") -> str:
    return HEAD.format(image=image) + "".join(f"    - {line}\n" for line in lines)


def driver(*lines: str, image: str = "docker:28-cli") -> str | None:
    return survey(job(*lines, image=image)).builds[-1].builder.driver


BUILD = "docker buildx build -t x ."


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([BUILD], "docker"),
        (["docker build -t x ."], "docker"),
        (["docker buildx create --use", BUILD], "docker-container"),
        (["docker buildx create --use --driver kubernetes", BUILD], "kubernetes"),
        (["docker buildx create --driver remote --use tcp://b:1", BUILD], "remote"),
        (["docker buildx create --name b", BUILD], "docker"),
        (["docker buildx create --name b", "docker buildx use b", BUILD], "docker-container"),
        (["docker buildx create --name b", f"{BUILD} --builder b"], "docker-container"),
        (
            ["docker buildx create --name b", "docker buildx --builder b build -t x ."],
            "docker-container",
        ),
        (["docker buildx create --name b", "export BUILDX_BUILDER=b", BUILD], "docker-container"),
        (["docker buildx create --use", f"{BUILD} --builder default"], "docker"),
        (["docker buildx create --use", "docker buildx use default", BUILD], "docker"),
        (["docker buildx create --use --name b", "docker buildx rm b", BUILD], "docker"),
        (["docker buildx create --use", "docker build -t x ."], "docker"),
        (
            ["docker buildx create --use", "docker buildx install", "docker build -t x ."],
            "docker-container",
        ),
        (["docker buildx create --name b", "docker build --builder b -t x ."], "docker-container"),
        (["docker buildx create --use $OPTIONS", BUILD], None),
        (["docker buildx create --use --driver $DRIVER", BUILD], None),
        (["docker buildx use $BUILDER", BUILD], None),
        (["docker buildx use b", BUILD], None),
        (["docker buildx create --use || docker buildx use b", BUILD], None),
        (["docker buildx create --use --name b || docker buildx use b", BUILD], "docker-container"),
        (["./unknown.sh", BUILD], None),
        (["export DOCKER_BUILDKIT=0", "docker build -t x ."], "classic"),
        (["DOCKER_BUILDKIT=0 docker build -t x ."], "classic"),
        (["export DOCKER_BUILDKIT=0", BUILD], "docker"),
        (["docker buildx create --use", "export DOCKER_CONFIG=/tmp/d", BUILD], "docker"),
        (
            [
                "docker buildx create --name b",
                "export DOCKER_CONFIG=/tmp/d",
                f"{BUILD} --builder b",
            ],
            None,
        ),
    ],
)
def test_which_driver_builds(lines: list[str], expected: str | None) -> None:
    assert driver(*lines) == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("docker:28", "docker"),
        ("docker:latest", "docker"),
        ("docker:20.10", "classic"),
        ("docker:$VERSION", None),
        ("alpine", None),
    ],
)
def test_which_builder_a_plain_build_has(image: str, expected: str | None) -> None:
    assert driver("docker build -t x .", image=f'"{image}"') == expected


def test_a_create_is_recorded() -> None:
    result = survey(
        job(
            "docker context create ci",
            "docker buildx create --use --name b --driver docker-container"
            " --driver-opt image=moby/buildkit:v0.20.0,network=host --config b.toml"
            " --flags '--debug --x' ci",
            BUILD,
        )
    )
    (create,) = result.buildx_creates

    assert (create.driver, create.uses, create.appends, create.opaque) == (
        "docker-container",
        True,
        False,
        False,
    )
    assert (create.name.value if create.name else None, text(create.name_location)) == ("b", "b")
    assert (create.endpoint.value if create.endpoint else None, text(create.endpoint_location)) == (
        "ci",
        "ci",
    )
    assert [o.value("image") for o in create.driver_options] == ["moby/buildkit:v0.20.0"]
    assert create.config is not None and create.config.resolved == "b.toml"
    assert create.flags is not None and create.flags.value == "--debug --x"
    assert only(result).builder.created is create.command


def test_a_rootless_daemon_makes_a_rootless_builder() -> None:
    result = survey(
        """
        build:
          image: docker:28-cli
          services: [docker:28-dind-rootless]
          variables: {DOCKER_HOST: "tcp://docker:2375"}
          script: docker build -t x .
        """
    )

    assert only(result).builder.rootless is True


def test_uses_and_removals_are_recorded() -> None:
    result = survey(job("docker buildx use b", "docker buildx rm b", "docker buildx rm"))

    assert [(use.name.value if use.name else None, use.removes) for use in result.buildx_uses] == [
        ("b", False),
        ("b", True),
        (None, True),
    ]


def test_a_host_may_have_another_builder_selected() -> None:
    result = survey("build:\n  script: docker buildx build -t x .\n")

    assert only(result).builder.driver is None


def test_an_unread_include_may_select_a_builder() -> None:
    result = survey(
        """
        include: https://example.com/x.yml
        build:
          image: docker:28-cli
          before_script: []
          script:
            - docker buildx build -t x .
            - docker build -t x .
            - docker buildx create --use
            - docker buildx build -t x .
        """
    )

    assert [build.builder.driver for build in result.builds] == [None, None, "docker-container"]
