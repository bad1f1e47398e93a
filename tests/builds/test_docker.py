from __future__ import annotations

import pytest

from ci_doctor.builds.build import Tool
from tests.builds.surveyed import names, only, survey, text

JOB = """
build:
  image: docker:28-cli
  services: [docker:28-dind]
  variables: {DOCKER_HOST: "tcp://docker:2375", DOCKER_TLS_CERTDIR: ""}
  script:
"""


def job(*lines: str) -> str:
    return JOB + "".join(f"    - {line}\n" for line in lines)


def test_a_whole_build_is_read() -> None:
    result = survey(
        job(
            "docker buildx build --builder b --platform linux/amd64,linux/arm64 -t $CI_REGISTRY_IMAGE:1"
            " --tag=a.b/c:2 --build-arg A=1 --build-arg HOME --label x=y --target final"
            " --cache-from a.b/c:cache --cache-to type=inline --secret id=t,src=f"
            " --build-context n=docker-image://alpine --allow network.host -f docker/D --push app"
        )
    )
    build = only(result)

    assert build.tool is Tool.BUILDX
    assert build.context is not None
    assert (build.context.resolved, text(build.context.location)) == ("app", "app")
    assert build.dockerfile is not None
    assert (build.dockerfile.resolved, text(build.dockerfile.location)) == ("docker/D", "docker/D")
    assert names(build) == [
        ("$CI_REGISTRY_IMAGE:1", "$CI_REGISTRY_IMAGE:1"),
        ("a.b/c:2", "a.b/c:2"),
    ]
    assert [(o.type, o.pushes, text(o.location)) for o in build.outputs] == [
        ("registry", True, "--push")
    ]
    assert [p.text.value for p in build.platforms] == ["linux/amd64", "linux/arm64"]
    assert [(a.name.value, a.value.value if a.value else None) for a in build.build_args] == [
        ("A", "1"),
        ("HOME", None),
    ]
    assert [(a.name.value, a.value.value if a.value else None) for a in build.labels] == [
        ("x", "y")
    ]
    assert [(a.name.value, a.value.value if a.value else None) for a in build.named_contexts] == [
        ("n", "docker-image://alpine")
    ]
    assert [c.value("ref") for c in build.cache_from] == ["a.b/c:cache"]
    assert [c.value("type") for c in build.cache_to] == ["inline"]
    assert text(build.target_location) == "final"
    assert [text(o.location) for o in build.entitlements] == ["--allow network.host"]
    assert [word.text.value for word in build.positional] == ["app"]
    assert [(p.host.display if p.host else None, text(p.location)) for p in result.pushes] == [
        ("$CI_REGISTRY", "--push"),
        ("a.b", "--push"),
    ]


@pytest.mark.parametrize(
    ("command", "tool"),
    [
        ("docker build -t x .", Tool.DOCKER),
        ("docker image build -t x .", Tool.DOCKER),
        ("docker builder build -t x .", Tool.DOCKER),
        ("docker -D --config /c build -t x .", Tool.DOCKER),
        ("docker buildx build -t x .", Tool.BUILDX),
        ("docker buildx b -t x .", Tool.BUILDX),
        ("docker --context c buildx --builder b build -t x .", Tool.BUILDX),
        ("docker-buildx build -t x .", Tool.BUILDX),
        ("/usr/bin/docker build -t x .", Tool.DOCKER),
        ("docker buildx bake", Tool.OPAQUE),
        ("docker compose -f a.yml --profile p build", Tool.OPAQUE),
        ("docker compose up -d --build", Tool.OPAQUE),
        ("docker-compose build app", Tool.OPAQUE),
        ("docker $COMMAND -t x .", Tool.OPAQUE),
        ("make docker-build", Tool.OPAQUE),
        ("buildah bud -t x .", Tool.OPAQUE),
        ("podman build -t x .", Tool.OPAQUE),
        ("./gradlew jib --image x", Tool.OPAQUE),
        ("mvn compile com.google.cloud.tools:jib-maven-plugin:build", Tool.OPAQUE),
    ],
)
def test_every_form_of_a_build_is_seen(command: str, tool: Tool) -> None:
    assert [build.tool for build in survey(job(command)).builds] == [tool]


@pytest.mark.parametrize(
    "command",
    ["docker push x", "docker compose up -d", "make test", "podman push x", "mvn verify", "docker"],
)
def test_other_commands_build_nothing(command: str) -> None:
    assert survey(job(command)).builds == []


@pytest.mark.parametrize(
    ("words", "outputs"),
    [
        ("-t x .", [(None, False, "x")]),
        ("-t x --load .", [("docker", False, "--load")]),
        ("-t x --push .", [("registry", True, "--push")]),
        ("-t x --push=false .", [(None, False, "x")]),
        ("-t x --push --load .", [("registry", True, "--push"), ("docker", False, "--load")]),
        ("-t x -o type=image --push .", [("image", True, "-o type=image")]),
        ("-t x -o type=registry .", [("registry", True, "-o type=registry")]),
        ("-t x -o type=image,push=true .", [("image", True, "-o type=image,push=true")]),
        ("-o out .", [("local", False, "-o out")]),
        ("-t x --push=$PUSH .", [("registry", None, "--push=$PUSH")]),
        ("-t x $MORE .", [(None, None, "x")]),
        (".", []),
    ],
)
def test_where_the_result_goes(words: str, outputs: list[object]) -> None:
    build = only(survey(job(f"docker buildx build {words}")))

    assert [(o.type, o.pushes, text(o.location)) for o in build.outputs] == outputs


def test_the_name_of_an_output_counts_without_a_tag() -> None:
    build = only(survey(job("docker buildx build -o type=image,name=a.b/c,push=true .")))

    assert names(build) == [("a.b/c", "a.b/c")]


@pytest.mark.parametrize(
    ("words", "context", "dockerfile"),
    [
        (".", "", "Dockerfile"),
        ("app/../lib", "lib", "lib/Dockerfile"),
        ("-f app/D lib", "lib", "app/D"),
        ('"$CI_PROJECT_DIR"', "", "Dockerfile"),
        ("-f $CI_PROJECT_DIR/a/D $CI_PROJECT_DIR/a", "a", "a/D"),
        ('"$DIR"', None, None),
        ("-t x $DIR", None, None),
        ("..", None, None),
    ],
)
def test_context_and_dockerfile(words: str, context: str | None, dockerfile: str | None) -> None:
    build = only(survey(job(f"docker build {words}")))

    assert build.context is not None
    assert build.context.resolved == context
    assert (build.dockerfile.resolved if build.dockerfile else None) == dockerfile


def test_a_matrix_gives_one_of_several_dockerfiles() -> None:
    build = only(
        survey(
            """
            build:
              image: docker:28-cli
              parallel: {matrix: [{APP: [web, api]}]}
              script: docker build -f $APP/Dockerfile .
            """
        )
    )

    assert build.dockerfile is not None
    assert build.dockerfile.resolved is None
    assert build.dockerfile.alternatives == ("web/Dockerfile", "api/Dockerfile")


@pytest.mark.parametrize(
    "words", ["https://example.com/a.git#main", "git@example.com:a/b.git", "-f D https://x.y/a.git"]
)
def test_a_remote_context_is_not_a_path(words: str) -> None:
    build = only(survey(job(f'"docker build {words}"')))

    assert build.remote_context is not None
    assert (build.context, build.dockerfile) == (None, None)


def test_a_dockerfile_may_come_from_standard_input() -> None:
    result = survey(
        """
        build:
          image: docker:28-cli
          script:
            - docker build -t a -f - . < sub/Dockerfile
            - cat sub/Other | docker build -t b -f- .
            - printf 'FROM alpine\\nRUN true\\n' | docker build -t c -
            - |
              docker build -t d -f - . <<EOF
              FROM alpine
              EOF
            - envsubst < x | docker build -t e -
        """
    )

    assert [
        (
            build.dockerfile.resolved if build.dockerfile else None,
            build.dockerfile_text.display if build.dockerfile_text else None,
        )
        for build in result.builds
    ] == [
        ("sub/Dockerfile", None),
        ("sub/Other", None),
        (None, "FROM alpine\nRUN true\n"),
        (None, "FROM alpine\n"),
        (None, None),
    ]


def test_options_of_the_classic_builder_have_no_effect_with_buildx() -> None:
    build = only(survey(job("docker buildx build --squash --memory 1g --export-cache x -t y .")))

    assert [(o.name, o.status.value) for o in build.options] == [
        ("--squash", "ignored"),
        ("--memory", "ignored"),
        ("--export-cache", "unknown"),
        ("--tag", "known"),
    ]


def test_words_that_may_hold_options_are_opaque() -> None:
    build = only(survey(job("docker build $DOCKER_BUILD_ARGS -t $IMAGE .")))

    assert [word.text.display for word in build.opaque] == ["$DOCKER_BUILD_ARGS"]
    assert names(build) == [("$IMAGE", "$IMAGE")]
    assert build.context is not None and build.context.resolved == ""


def test_arguments_of_a_script_are_opaque() -> None:
    build = only(
        survey(
            job("./ci/build.sh --pull"),
            {"ci/build.sh": '#!/bin/sh\ndocker build -t x "${ARGS[@]}" .\n'},
        )
    )

    assert [word.text.display for word in build.opaque] == ["${ARGS[@]}"]


def test_other_docker_commands_are_recorded() -> None:
    result = survey(
        job(
            "docker run --rm --privileged -v /a:/b tonistiigi/binfmt --install all",
            "docker tag a:1 b.c/d:2",
            "docker pull b.c/d:1",
            "docker push b.c/d:2",
            "docker manifest create b.c/d:3 b.c/d:amd64 b.c/d:arm64",
            "docker buildx imagetools create -t b.c/d:4 b.c/d:amd64",
            "docker context create ci",
            "docker context use ci",
        )
    )

    (run,) = result.docker_runs
    assert run.image is not None
    assert (run.image.text.value, [w.text.value for w in run.arguments]) == (
        "tonistiigi/binfmt",
        ["--install", "all"],
    )
    assert [(t.source.text.value, t.target.text.value) for t in result.tags] == [("a:1", "b.c/d:2")]
    assert [p.name.text.value for p in result.pulls] == ["b.c/d:1"]
    assert [
        (p.name.text.value if p.name else None, p.host.value if p.host else None, text(p.location))
        for p in result.pushes
    ] == [("b.c/d:2", "b.c", "push"), ("b.c/d:4", "b.c", "create")]
    assert [
        (m.tool, m.target.text.value, [s.text.value for s in m.sources]) for m in result.manifests
    ] == [
        ("manifest", "b.c/d:3", ["b.c/d:amd64", "b.c/d:arm64"]),
        ("imagetools", "b.c/d:4", ["b.c/d:amd64"]),
    ]
    assert [(c.action, c.name.value if c.name else None) for c in result.contexts] == [
        ("create", "ci"),
        ("use", "ci"),
    ]
    assert len(result.docker_commands) == 8


def test_the_default_platform_is_a_platform() -> None:
    build = only(
        survey(
            """
            build:
              image: docker:28-cli
              variables: {DOCKER_DEFAULT_PLATFORM: linux/arm64}
              script: docker build -t x .
            """
        )
    )

    assert [(p.text.value, text(p.location)) for p in build.platforms] == [
        ("linux/arm64", "linux/arm64")
    ]


def test_docker_hub_is_asked_for_as_a_url() -> None:
    (push,) = survey(job("docker push example/app:1")).pushes

    assert push.host is not None and push.host.value == "https://index.docker.io/v1/"


def test_lists_of_a_matrix_give_every_platform() -> None:
    build = only(
        survey(
            """
            build:
              image: docker:28-cli
              parallel: {matrix: [{PLATFORMS: ["linux/amd64,linux/arm64", linux/amd64]}]}
              script: docker buildx build --platform $PLATFORMS .
            """
        )
    )

    assert [(p.text.value, p.certain, text(p.location)) for p in build.platforms] == [
        ("linux/amd64", True, "linux/amd64"),
        ("linux/arm64", False, "linux/arm64"),
    ]
