from __future__ import annotations

import pytest

from tests.builds.surveyed import names, only, survey, text

JOB = r"""
build:
  image: {name: moby/buildkit:v0.32.2-rootless, entrypoint: [""]}
  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
  script:
"""


def job(*lines: str) -> str:
    return JOB + "\n".join(f"    {line}" for line in lines) + "\n"


def test_a_whole_build_is_read() -> None:
    result = survey(
        job(
            "- |",
            "  buildctl-daemonless.sh build \\",
            "    --frontend dockerfile.v0 \\",
            "    --local context=. \\",
            "    --local dockerfile=docker \\",
            "    --opt filename=App.Dockerfile --opt target=final \\",
            "    --opt platform=linux/amd64,linux/arm64 \\",
            "    --opt build-arg:VERSION=1.2 --opt build-arg:EMPTY= --opt label:a=b \\",
            "    --opt context:base=docker-image://alpine:3 \\",
            "    --import-cache type=registry,ref=$CI_REGISTRY_IMAGE/cache \\",
            "    --export-cache type=registry,ref=$CI_REGISTRY_IMAGE/cache,mode=max \\",
            "    --secret id=token,env=TOKEN --allow network.host \\",
            "    --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true",
        )
    )
    build = only(result)

    assert build.tool.value == "buildctl-daemonless.sh"
    assert build.frontend is not None and build.frontend.value == "dockerfile.v0"
    assert build.context is not None
    assert (build.context.resolved, text(build.context.location)) == ("", ".")
    assert build.dockerfile is not None
    assert (build.dockerfile.resolved, text(build.dockerfile.location)) == (
        "docker/App.Dockerfile",
        "App.Dockerfile",
    )
    assert {name: path.resolved for name, path in build.locals.items()} == {
        "context": "",
        "dockerfile": "docker",
    }
    assert build.target is not None
    assert (build.target.value, text(build.target_location)) == ("final", "final")
    assert [(p.text.value, text(p.location)) for p in build.platforms] == [
        ("linux/amd64", "linux/amd64"),
        ("linux/arm64", "linux/arm64"),
    ]
    assert [
        (a.name.display, None if a.value is None else a.value.display, text(a.location))
        for a in build.build_args
    ] == [
        ("VERSION", "1.2", "build-arg:VERSION=1.2"),
        ("EMPTY", "", "build-arg:EMPTY="),
    ]
    assert [(a.name.value, text(a.location)) for a in build.labels] == [("a", "label:a=b")]
    assert [(c.name.value, c.value.value if c.value else None) for c in build.named_contexts] == [
        ("base", "docker-image://alpine:3")
    ]
    assert [[(a.key, text(a.value_location)) for a in c.fields] for c in build.cache_to] == [
        [("type", "registry"), ("ref", "$CI_REGISTRY_IMAGE/cache"), ("mode", "max")]
    ]
    assert [c.value("type") for c in build.cache_from] == ["registry"]
    assert [s.value("env") for s in build.secrets] == ["TOKEN"]
    assert [text(option.location) for option in build.entitlements] == ["--allow network.host"]
    (output,) = build.outputs
    assert (output.type, output.pushes, text(output.location)) == (
        "image",
        True,
        "--output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true",
    )
    assert output.push is not None and text(output.push.location) == "push=true"
    assert names(build) == [
        ("$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA", "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA")
    ]
    assert build.opaque == ()
    assert (build.builder.driver, build.builder.rootless) == ("daemonless", True)
    assert build.daemon.kind == "daemonless"
    assert [(p.host.display if p.host else None, text(p.location)) for p in result.pushes] == [
        ("$CI_REGISTRY", "push=true")
    ]


def test_both_quoted_names_are_read_from_shell_quotes() -> None:
    build = only(
        survey(
            job(
                "- buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=."
                " --local dockerfile=. --output 'type=image,\"name=a.b/c:1,a.b/c:2\",push=true'"
            )
        )
    )

    assert names(build) == [("a.b/c:1", "a.b/c:1"), ("a.b/c:2", "a.b/c:2")]
    assert text(build.outputs[0].location) == (
        "--output 'type=image,\"name=a.b/c:1,a.b/c:2\",push=true'"
    )


@pytest.mark.parametrize(
    ("attribute", "pushes"),
    [
        (",push=true", True),
        (",push=True", True),
        (",Push=1", True),
        (",push=", True),
        (",push=false", False),
        ("", False),
        (",push=$PUSH", None),
        (",push=yes", None),
        (",push", None),
        (",$MORE", None),
    ],
)
def test_what_pushes(attribute: str, pushes: bool | None) -> None:
    build = only(
        survey(job(f'- buildctl-daemonless.sh build --output "type=image,name=a.b/c{attribute}"'))
    )

    assert build.outputs[0].pushes is pushes


def test_a_blank_before_a_key_makes_another_key() -> None:
    build = only(
        survey(job("- buildctl-daemonless.sh build --output 'type=image, name=a.b/c, push=true'"))
    )

    assert (build.outputs[0].pushes, build.outputs[0].names) == (False, ())


def test_an_option_of_docker_is_given_and_unknown() -> None:
    build = only(
        survey(job("- buildctl-daemonless.sh build --frontend dockerfile.v0 --build-arg A=$A -t x"))
    )

    assert [(o.name, text(o.location), o.known) for o in build.options] == [
        ("--frontend", "--frontend dockerfile.v0", True),
        ("--build-arg", "--build-arg A=$A", False),
        ("-t", "-t x", False),
    ]


def test_words_that_may_hold_options_are_opaque() -> None:
    build = only(survey(job("- buildctl-daemonless.sh build $BUILD_OPTIONS --opt $MORE")))

    assert [word.text.display for word in build.opaque] == ["$BUILD_OPTIONS", "$MORE"]
    assert not build.lacks("--frontend")


def test_a_known_variable_is_split_into_options() -> None:
    build = only(
        survey(
            """
            variables:
              OPTIONS: "--frontend dockerfile.v0 --opt target=final"
            build:
              image: {name: moby/buildkit:rootless, entrypoint: [""]}
              script: buildctl-daemonless.sh build $OPTIONS --local context=.
            """
        )
    )

    assert [(o.name, text(o.location)) for o in build.options] == [
        ("--frontend", "--frontend dockerfile.v0"),
        ("--opt", "--opt target=final"),
        ("--local", "--local context=."),
    ]
    assert build.opaque == ()


def test_a_known_variable_is_placed_where_its_value_is_written() -> None:
    build = only(
        survey(
            """
            variables: {IMAGE: registry.example.com/app}
            build:
              image: {name: moby/buildkit:rootless, entrypoint: [""]}
              script: buildctl-daemonless.sh build --output type=image,name=$IMAGE,push=true
            """
        )
    )

    assert names(build) == [("registry.example.com/app", "registry.example.com/app")]
    (attributes,) = [output.attributes for output in build.outputs]
    assert attributes is not None
    assert [text(field.location) for field in attributes.fields] == [
        "type=image",
        "name=$IMAGE",
        "push=true",
    ]


def test_paths_follow_the_working_directory() -> None:
    build = only(
        survey(
            job(
                "- cd services/api",
                "- buildctl-daemonless.sh build --local context=.. --local dockerfile=./docker",
            )
        )
    )

    assert build.context is not None and build.context.resolved == "services"
    assert build.dockerfile is not None
    assert build.dockerfile.resolved == "services/api/docker/Dockerfile"


def test_the_project_directory_is_the_root() -> None:
    build = only(
        survey(
            job(
                '- buildctl-daemonless.sh build --local context="$CI_PROJECT_DIR"'
                " --local dockerfile=$CI_PROJECT_DIR/docker --local other=/srv --local x=$DIR"
            )
        )
    )

    assert {name: path.resolved for name, path in build.locals.items()} == {
        "context": "",
        "dockerfile": "docker",
        "other": None,
        "x": None,
    }
    assert text(build.locals["context"].location) == "$CI_PROJECT_DIR"


def test_a_remote_context_is_not_a_path() -> None:
    build = only(
        survey(job("- buildctl-daemonless.sh build --opt context=https://example.com/a.git#main"))
    )

    assert build.remote_context is not None
    assert build.remote_context.value == "https://example.com/a.git#main"
    assert (build.context, build.dockerfile) == (None, None)


def test_a_lower_case_dockerfile_is_found() -> None:
    build = only(
        survey(job("- buildctl-daemonless.sh build --local dockerfile=."), {"dockerfile": "FROM x"})
    )

    assert build.dockerfile is not None and build.dockerfile.resolved == "dockerfile"


def test_flags_of_the_daemon_are_split_on_blanks() -> None:
    build = only(
        survey(
            """
            build:
              image: {name: moby/buildkit:rootless, entrypoint: [""]}
              variables:
                BUILDKITD_FLAGS: "--oci-worker-no-process-sandbox --config /tmp/b.toml '--debug'"
              script: buildctl-daemonless.sh build
            """
        )
    )
    flags = build.daemonless_flags

    assert flags is not None
    assert [(w.text.value, text(w.written)) for w in flags.words] == [
        ("--oci-worker-no-process-sandbox", "--oci-worker-no-process-sandbox"),
        ("--config", "--config"),
        ("/tmp/b.toml", "/tmp/b.toml"),
        ("'--debug'", "'--debug'"),
    ]
    assert flags.has("--oci-worker-no-process-sandbox") is True
    assert flags.has("--debug") is False
    assert flags.config is not None and flags.config.text.value == "/tmp/b.toml"
    assert not flags.opaque


@pytest.mark.parametrize(
    ("lines", "has"),
    [
        (["- export BUILDKITD_FLAGS=--oci-worker-no-process-sandbox"], True),
        (["- BUILDKITD_FLAGS=--oci-worker-no-process-sandbox"], False),  # not exported
        (["- export BUILDKITD_FLAGS=$FLAGS"], None),
        (["- unset BUILDKITD_FLAGS"], False),
        ([], False),
    ],
)
def test_flags_of_the_daemon_may_come_from_the_script(lines: list[str], has: bool | None) -> None:
    build = only(
        survey(
            "build:\n  image: {name: moby/buildkit:rootless, entrypoint: ['']}\n  script:\n"
            + "".join(f"    {line}\n" for line in [*lines, "- buildctl-daemonless.sh build"])
        )
    )

    assert build.daemonless_flags is not None
    assert build.daemonless_flags.has("--oci-worker-no-process-sandbox") is has


def test_flags_that_an_unread_include_may_set_are_not_known_to_be_absent() -> None:
    build = only(
        survey(
            """
            include: https://example.com/x.yml
            build:
              image: {name: moby/buildkit:rootless, entrypoint: [""]}
              script: buildctl-daemonless.sh build
            """
        )
    )

    assert build.daemonless_flags is not None
    assert build.daemonless_flags.has("--oci-worker-no-process-sandbox") is None


@pytest.mark.parametrize(
    ("words", "kind", "address"),
    [
        ("", "none", "unix:///run/buildkit/buildkitd.sock"),
        ("--addr tcp://buildkitd:1234 ", "remote", "tcp://buildkitd:1234"),
        ("--addr tcp://docker:2375 ", "dind", "tcp://docker:2375"),
        ("--addr unix:///x.sock ", "none", "unix:///x.sock"),
        ("--addr $ADDRESS ", None, "$ADDRESS"),
    ],
)
def test_the_daemon_of_buildctl(words: str, kind: str | None, address: str) -> None:
    build = only(
        survey(
            f"""
            build:
              image: {{name: "moby/buildkit:latest", entrypoint: [""]}}
              services:
                - docker:dind
                - {{name: "moby/buildkit:latest", alias: buildkitd}}
              script: buildctl {words}build --frontend dockerfile.v0
            """
        )
    )

    assert (build.daemon.kind, build.daemon.address.display if build.daemon.address else None) == (
        kind,
        address,
    )


def test_a_daemon_started_in_the_background_is_local() -> None:
    build = only(
        survey(
            """
            build:
              image: {name: moby/buildkit:latest, entrypoint: [""]}
              script:
                - buildkitd --debug &
                - buildctl b --frontend dockerfile.v0
            """
        )
    )

    assert build.daemon.kind == "local"
    assert build.builder.driver == "buildkitd"


def test_other_subcommands_are_calls_and_no_builds() -> None:
    result = survey(job("- buildctl du", "- buildctl-daemonless.sh --help"))

    assert result.builds == []
    assert [call.path for call in result.buildctl_calls] == [("du",), ("",)]
