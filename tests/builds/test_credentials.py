from __future__ import annotations

import pytest

from ci_doctor.builds.jobs import ConfigWrite, Push
from ci_doctor.text import Text
from tests.builds.surveyed import entries, survey, text

ROOTLESS = """
build:
  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
  script:
"""
DOCKER = """
build:
  image: docker:28-cli
  script:
"""
BUILDCTL = "buildctl-daemonless.sh build --output type=image,name=$CI_REGISTRY_IMAGE,push=true"


def job(*lines: str, head: str = ROOTLESS) -> str:
    return head + "".join(f"    - {line}\n" for line in lines)


def block(*lines: str, head: str = ROOTLESS) -> str:
    return head + "    - |\n" + "".join(f"      {line}\n" for line in lines)


def push(pipeline: str) -> Push:
    return survey(pipeline).pushes[-1]


def covered(pipeline: str) -> bool | None:
    last = push(pipeline)
    assert last.host is not None
    return last.credentials.covers(last.host)


def write(pipeline: str) -> ConfigWrite:
    return survey(pipeline).config_writes[-1]


WRITTEN = [
    pytest.param(
        'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{\\"username\\":\\"$U\\",\\"password\\":\\"$P\\"}}}"'
        " > ~/.docker/config.json",
        id="echo",
    ),
    pytest.param(
        'echo \'{"auths":{"\'"$CI_REGISTRY"\'":{"auth":"\'"$A"\'"}}}\' > $HOME/.docker/config.json',
        id="echo-in-pieces",
    ),
    pytest.param(
        'printf \'{"auths":{"%s":{"auth":"%s"}}}\' "$CI_REGISTRY" "$(echo x | base64)"'
        " > /home/user/.docker/config.json",
        id="printf",
    ),
    pytest.param(
        'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" | tee ~/.docker/config.json', id="tee"
    ),
    pytest.param(
        'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" | jq . > ~/.docker/config.json', id="jq"
    ),
    pytest.param(
        'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" > c.json && cp c.json ~/.docker/config.json',
        id="cp",
    ),
    pytest.param(
        'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" > c.json\n'
        "install -D -m 600 -o 1000 c.json ~/.docker/config.json",
        id="install",
    ),
    pytest.param(
        'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" > /tmp/config.json\n'
        "cp -t ~/.docker /tmp/config.json /tmp/other",
        id="cp-into",
    ),
    pytest.param(
        'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" > c.json; mv c.json ~/.docker/config.json',
        id="mv",
    ),
    pytest.param(
        'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" > c.json; cat c.json > ~/.docker/config.json',
        id="cat-file",
    ),
    pytest.param(
        'cat <<EOF > ~/.docker/config.json\n{"auths": {"$CI_REGISTRY": {"auth": "$A"}}}\nEOF',
        id="heredoc",
    ),
    pytest.param(
        'cat > ~/.docker/config.json <<-EOF\n\t{"auths": {"$CI_REGISTRY": {"auth": "$A"}}}\nEOF',
        id="heredoc-with-tabs",
    ),
    pytest.param(
        "echo '{' > ~/.docker/config.json\n"
        'echo "\\"auths\\": {\\"$CI_REGISTRY\\": {}}" >> ~/.docker/config.json\n'
        "echo '}' >> ~/.docker/config.json",
        id="several-writes",
    ),
    pytest.param(
        "mkdir -p /tmp/d; export DOCKER_CONFIG=/tmp/d\n"
        'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" > $DOCKER_CONFIG/config.json',
        id="docker-config",
    ),
    pytest.param(
        'export DOCKER_AUTH_CONFIG="{\\"auths\\":{\\"$CI_REGISTRY\\":{\\"auth\\":\\"$A\\"}}}"',
        id="variable",
    ),
    pytest.param("crane auth login -u $U -p $P $CI_REGISTRY", id="crane"),
]


@pytest.mark.parametrize("script", WRITTEN)
def test_what_a_job_writes_is_found(script: str) -> None:
    lines = ["mkdir -p ~/.docker", *script.split("\n"), BUILDCTL]

    assert covered(block(*lines)) is True


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ['echo "{}" > ~/.docker/config.json'],
        ["> ~/.docker/config.json"],
        ['echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" > /root/.docker/config.json'],
        [
            'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" > ~/.docker/config.json',
            "rm -rf ~/.docker",
        ],
        [
            'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" > ~/.docker/config.json',
            "echo '{}' > ~/.docker/config.json",
        ],
        [
            "echo '{\"auths\":{}}' > ~/.docker/config.json",
            'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" >> ~/.docker/config.json',
        ],
        ["crane auth login -u $U -p $P $CI_REGISTRY", "crane auth logout $CI_REGISTRY"],
        ["crane auth login -u $U -p $P"],
        ["export DOCKER_CONFIG=/tmp", "echo ls", "unset DOCKER_CONFIG"],
    ],
)
def test_what_is_not_there_is_known_to_be_missing(lines: list[str]) -> None:
    assert covered(block(*lines, BUILDCTL)) is False


@pytest.mark.parametrize(
    "lines",
    [
        ['cp "$DOCKER_CONFIG_FILE" ~/.docker/config.json'],
        ['install -Dm600 "$DOCKER_CONFIG_FILE" ~/.docker/config.json'],
        ["cat $AUTH_JSON > ~/.docker/config.json"],
        ['echo "$DOCKER_AUTH" > ~/.docker/config.json'],
        ["./unknown.sh"],
        ["{ echo '{'; cat part; echo '}'; } > ~/.docker/config.json"],
        ["for key in a b; do echo $key; done > ~/.docker/config.json"],
        ["auth() { cat part; echo; }", "auth > ~/.docker/config.json"],
        ["curl -s https://example.com/login | sh"],
        ['if [ -n "$X" ]; then crane auth login -u $U -p $P $CI_REGISTRY; fi'],
        ["make login"],
        ["docker-credential-ecr-login store"],
        ["$LOGIN_COMMAND"],
        ["aws ecr get-login | sh"],
        ["crane auth login -u $U -p $P $REGISTRY"],
        ['echo \'{"auths":{"other.example.com":{"auth":"x"}}}\' > ~/.docker/config.json'],
        ['echo \'{"credsStore":"ecr-login"}\' > ~/.docker/config.json'],
        ['echo \'{"auths":{"$CI_REGISTRY":{}}}\' > ~/.docker/config.json'],
        ['echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}},}" > ~/.docker/config.json'],
    ],
)
def test_what_may_be_there_is_unknown(lines: list[str]) -> None:
    assert covered(block(*lines, BUILDCTL)) is None


@pytest.mark.parametrize(
    ("directory", "more", "answer"),
    [
        ("$CI_PROJECT_DIR/ci/docker", "", None),
        ("$CI_PROJECT_DIR/.docker", "", False),
        (
            "$CI_PROJECT_DIR/.docker",
            "login:\n  script: crane auth login\n  artifacts: {paths: [.docker]}\n",
            None,
        ),
        ("$CREDENTIALS_DIR", "", None),
        ("/tmp/docker", "", False),
    ],
    ids=["committed", "absent", "artifact", "unknown", "outside"],
)
def test_a_config_in_the_checkout_may_be_there_from_the_start(
    directory: str, more: str, answer: bool | None
) -> None:
    head = ROOTLESS.replace("  script:", f"  variables: {{DOCKER_CONFIG: {directory}}}\n  script:")
    result = survey(job(BUILDCTL, head=head) + more, {"ci/docker/config.json": "{}"})

    last = result.pushes[-1]
    assert last.host is not None
    assert last.credentials.covers(last.host) is answer


@pytest.mark.parametrize(
    "head",
    [
        "build:\n  image: registry.example.com/tools/docker:1\n  script:\n",
        "build:\n  image: $IMAGE\n  script:\n",
        "build:\n  script:\n",
        "include: https://example.com/x.yml\nbuild:\n  image: docker:28-cli\n  script:\n",
    ],
    ids=["custom-image", "unknown-image", "no-image", "unread-include"],
)
def test_a_job_that_may_start_with_credentials_is_unknown(head: str) -> None:
    result = push(job("docker push $CI_REGISTRY_IMAGE", head=head))

    assert not result.credentials.complete
    assert result.credentials.why_unknown != ""
    assert result.host is not None
    assert result.credentials.covers(result.host) is None


def test_a_login_counts_from_its_command_on() -> None:
    result = survey(
        job(
            "docker push $CI_REGISTRY_IMAGE",
            'docker login -u "$CI_REGISTRY_USER" -p "$CI_REGISTRY_PASSWORD" $CI_REGISTRY',
            "docker push $CI_REGISTRY_IMAGE",
            "docker logout $CI_REGISTRY",
            "docker push $CI_REGISTRY_IMAGE",
            head=DOCKER,
        )
    )

    assert [p.credentials.covers(p.host) for p in result.pushes if p.host] == [False, True, False]
    assert [
        (login.registry.display, text(login.registry_location), login.logout)
        for login in result.logins
    ] == [("$CI_REGISTRY", "$CI_REGISTRY", False), ("$CI_REGISTRY", "$CI_REGISTRY", True)]


def test_a_login_has_its_options_and_what_is_piped_in() -> None:
    (first, second) = survey(
        job(
            'echo "$PASS" | docker login --username "$USER" --password-stdin',
            "docker login -u=a -pb https://x.y/group",
            head=DOCKER,
        )
    ).logins

    assert (first.registry.display, first.key.value) == ("", "https://index.docker.io/v1/")
    assert first.user is not None and first.user.display == "$USER"
    assert (first.from_stdin, first.stdin.display if first.stdin else None) == (True, "$PASS\n")
    assert (second.key.value, second.from_stdin) == ("x.y", False)
    assert second.password_option is not None
    assert text(second.password_option.location) == "-pb"
    assert text(second.password_option.value_location) == "b"


@pytest.mark.parametrize(
    ("registry", "key"),
    [
        ("", "https://index.docker.io/v1/"),
        ("docker.io", "https://index.docker.io/v1/"),
        ("https://index.docker.io/v1/", "https://index.docker.io/v1/"),
        ("index.docker.io", "index.docker.io"),
        ("https://r.example.com", "r.example.com"),
        ("r.example.com/group/project", "r.example.com"),
        ("$CI_REGISTRY", "$CI_REGISTRY"),
        ("$CI_REGISTRY_IMAGE", "$CI_REGISTRY"),
    ],
)
def test_the_key_of_a_login(registry: str, key: str) -> None:
    (login,) = survey(job(f"docker login -u a -p b {registry}", head=DOCKER)).logins

    assert login.key.display == key


def test_two_registries_keep_both_keys() -> None:
    result = push(
        job(
            "docker login -u a -p b one.example.com",
            "docker login -u a -p b two.example.com",
            "docker push one.example.com/x",
            head=DOCKER,
        )
    )

    assert entries(result.credentials) == [
        ("one.example.com", "docker login", True),
        ("two.example.com", "docker login", True),
    ]


def test_a_write_after_a_login_overwrites_it() -> None:
    result = survey(
        job(
            "docker login -u a -p b $CI_REGISTRY",
            'echo \'{"auths":{"other":{}}}\' > ~/.docker/config.json',
            "docker push $CI_REGISTRY_IMAGE",
            head=DOCKER,
        )
    )

    (written,) = result.config_writes
    assert [entry.key.display for entry in written.overwrites] == ["$CI_REGISTRY"]
    assert entries(result.pushes[0].credentials) == [("other", "config.json", True)]


def test_a_login_after_a_write_keeps_it() -> None:
    result = push(
        job(
            "mkdir ~/.docker",
            'echo \'{"auths":{"other":{}}}\' > ~/.docker/config.json',
            "docker login -u a -p b $CI_REGISTRY",
            "docker push $CI_REGISTRY_IMAGE",
            head=DOCKER,
        )
    )

    assert entries(result.credentials) == [
        ("other", "config.json", True),
        ("$CI_REGISTRY", "docker login", True),
    ]


def test_a_key_of_a_config_has_its_place() -> None:
    result = push(
        job(
            'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{},\\"b.example.com\\":{}}}" > ~/.docker/config.json',
            BUILDCTL,
        ).replace("- echo", "- |\n      echo")
    )

    assert [text(entry.location) for entry in result.credentials.entries] == [
        "$CI_REGISTRY",
        "b.example.com",
    ]


@pytest.mark.parametrize(
    ("line", "valid", "keys"),
    [
        (
            'echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" > ~/.docker/config.json',
            True,
            ["$CI_REGISTRY"],
        ),
        ('echo "{\\"auths\\":{\\"a\\":{}},}" > ~/.docker/config.json', False, ["a"]),
        ('echo "$JSON" > ~/.docker/config.json', None, []),
        ("echo $X | base64 -d > ~/.docker/config.json", None, []),
    ],
)
def test_a_config_is_judged(line: str, valid: bool | None, keys: list[str]) -> None:
    written = write(block(line, BUILDCTL))

    assert written.valid_json is valid
    assert [key.display for key in written.keys] == keys
    assert written.path.display == "~/.docker/config.json"


def test_pieces_of_one_document_are_judged_together() -> None:
    result = survey(
        block(
            "echo '{\"auths\":{' > ~/.docker/config.json",
            'echo "\\"$CI_REGISTRY\\":{}" >> ~/.docker/config.json',
            "echo '}}' >> ~/.docker/config.json",
            "echo '{}' >> ~/.docker/config.json",
        )
    )

    assert [
        (w.partial, w.unread, w.valid_json, [key.display for key in w.keys])
        for w in result.config_writes
    ] == [
        (True, False, None, []),
        (True, False, None, []),
        (False, False, True, ["$CI_REGISTRY"]),
        (False, True, True, []),
    ]


@pytest.mark.parametrize(
    ("image", "path", "matches"),
    [
        ("moby/buildkit:rootless", "~/.docker/config.json", True),
        ("moby/buildkit:rootless", "/root/.docker/config.json", False),
        ("moby/buildkit:rootless", "/kaniko/.docker/config.json", False),
        ("moby/buildkit:latest", "/root/.docker/config.json", True),
        ("registry.example.com/own:1", "/root/.docker/config.json", None),
        ("registry.example.com/own:1", "~/.docker/config.json", True),
    ],
)
def test_whether_the_client_looks_where_the_job_writes(
    image: str, path: str, matches: bool | None
) -> None:
    written = write(
        f"""
        build:
          image: {{name: "{image}", entrypoint: [""]}}
          script:
            - echo '{{"auths":{{}}}}' > {path}
            - buildctl-daemonless.sh build
        """
    )

    assert written.directory_matches is matches


def test_kaniko_looks_into_its_own_directory() -> None:
    written = write(
        """
        build:
          image: {name: "gcr.io/kaniko-project/executor:debug", entrypoint: [""]}
          script:
            - echo '{"auths":{"r.example.com":{}}}' > /kaniko/.docker/config.json
            - /kaniko/executor -c . -d r.example.com/x
        """
    )

    assert (written.directory_matches, written.directory_made) == (True, True)


@pytest.mark.parametrize(
    ("lines", "made"),
    [
        ([], False),
        (["mkdir -p ~/.docker"], True),
        (["mkdir -p $HOME/.docker/contexts"], True),
        (['if [ -n "$X" ]; then mkdir ~/.docker; fi'], None),
        (["crane auth login -u a -p b c"], True),
        (["mkdir $DIR"], None),
        (["install -d -m 0700 ~/.docker"], True),
        (["mkdir -m 700 ~/.docker"], True),
        (["install -D -m 600 a ~/.docker/a"], True),
        (["install -m 600 a ~/.docker/a"], False),
    ],
)
def test_whether_the_directory_is_there(lines: list[str], made: bool | None) -> None:
    written = write(block(*lines, "echo '{}' > ~/.docker/config.json"))

    assert written.directory_made is made


def test_the_directory_of_another_image_is_not_known() -> None:
    written = write(
        "build:\n  image: debian\n  script: echo '{\"auths\":{}}' > ~/.docker/config.json\n"
    )

    assert written.directory_made is None


@pytest.mark.parametrize(
    ("version", "covers"), [("v0.23.0", False), ("v0.24.0", True), ("rootless", True)]
)
def test_the_auth_variable_is_read_by_newer_clients(version: str, covers: bool) -> None:
    tag = version if version == "rootless" else f"{version}-rootless"
    pipeline = f"""
build:
  image: {{name: "moby/buildkit:{tag}", entrypoint: [""]}}
  variables:
    DOCKER_AUTH_CONFIG: '{{"auths":{{"r.example.com":{{"auth":"x"}}}}}}'
  script:
    - buildctl-daemonless.sh build --output type=image,name=r.example.com/a,push=true
"""

    assert covered(pipeline) is covers


def test_a_helper_that_gcloud_sets_up_counts() -> None:
    result = push(
        job(
            "gcloud auth configure-docker europe-docker.pkg.dev",
            "docker push europe-docker.pkg.dev/a/b/c",
            head="build:\n  image: docker:28-cli\n  script:\n",
        )
    )

    assert entries(result.credentials) == [("europe-docker.pkg.dev", "helper", True)]
    assert result.host is not None
    assert result.credentials.covers(result.host) is True


def test_docker_hub_needs_its_own_key() -> None:
    wrong = 'echo \'{"auths":{"docker.io":{"auth":"x"}}}\' > ~/.docker/config.json'
    right = wrong.replace("docker.io", "https://index.docker.io/v1/", 1)
    build = "buildctl-daemonless.sh build --output type=image,name=docker.io/a/b,push=true"

    assert covered(block("mkdir ~/.docker", wrong, build)) is False
    assert covered(
        block(
            "mkdir ~/.docker",
            right.replace("/.https://index.docker.io/v1/", "/.docker"),
            build,
        )
    ) in (True,)


@pytest.mark.parametrize(
    ("line", "wraps", "newline", "source"),
    [
        ('echo "$U:$P" | base64', True, True, "$U:$P\n"),
        ('echo -n "$U:$P" | base64 -w0', False, False, "$U:$P"),
        ('printf \'%s:%s\' "$U" "$P" | base64 -w 0', False, False, "$U:$P"),
        ("printf '%s:%s' \"$U\" \"$P\" | base64 | tr -d '\\n'", False, False, "$U:$P"),
        ('echo -n "$U:$P" | openssl base64 -A', False, False, "$U:$P"),
        ("get_secret | base64", True, None, None),
        ("base64 $OPTIONS <<< $X", None, True, "$X\n"),
    ],
)
def test_what_base64_encodes(
    line: str, wraps: bool | None, newline: bool | None, source: str | None
) -> None:
    (encoding,) = survey(block(f'AUTH="$({line})"')).encodings

    assert (encoding.wraps, encoding.newline) == (wraps, newline)
    assert (encoding.text.display if encoding.text else None) == source


def test_decoding_is_no_encoding() -> None:
    assert survey(block('AUTH="$(echo $X | base64 -d)"')).encodings == []


def test_files_that_are_written_are_recorded() -> None:
    result = survey(
        block(
            "cat > /tmp/buildkitd.toml <<EOF",
            '[registry."docker.io"]',
            '  mirrors = ["$MIRROR"]',
            "EOF",
            "curl -o ca.crt https://example.com/ca",
        )
    )

    assert [(w.target.display, w.text.display if w.text else None) for w in result.writes] == [
        ("/tmp/buildkitd.toml", '[registry."docker.io"]\n  mirrors = ["$MIRROR"]\n'),
        ("$CI_PROJECT_DIR/ca.crt", None),
    ]


def test_a_script_of_the_repository_is_followed() -> None:
    pipeline = job("./ci/login.sh", "docker push $CI_REGISTRY_IMAGE", head=DOCKER)
    from tests.builds.surveyed import survey as look

    result = look(
        pipeline, {"ci/login.sh": '#!/bin/sh\ndocker login -u "$U" -p "$P" "$CI_REGISTRY"\n'}
    )

    assert [p.credentials.covers(p.host) for p in result.pushes if p.host] == [True]


def test_a_host_of_an_unknown_image_is_not_known() -> None:
    (pushed,) = survey(job('docker push "$IMAGE"', head=DOCKER)).pushes

    assert pushed.host is None


def test_covers_asks_for_certain_entries() -> None:
    result = push(job("docker push $CI_REGISTRY_IMAGE", head=DOCKER))

    assert result.credentials.covers(Text.of("r.example.com")) is False


def test_a_login_of_a_branch_counts_in_that_branch() -> None:
    result = survey(
        block(
            'if [ -n "$DEPLOY" ]; then',
            '  docker login -u "$U" -p "$P" "$CI_REGISTRY"',
            "  docker push $CI_REGISTRY_IMAGE:1",
            "fi",
            "docker push $CI_REGISTRY_IMAGE:2",
            head=DOCKER,
        )
    )

    assert [p.credentials.covers(p.host) for p in result.pushes if p.host] == [True, None]


def test_a_config_of_another_branch_may_be_there() -> None:
    result = survey(
        block(
            'if [ -n "$DEPLOY" ]; then',
            "  mkdir ~/.docker",
            '  echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{}}}" > ~/.docker/config.json',
            "else",
            "  echo '{}' > ~/.docker/config.json",
            "fi",
            "docker push $CI_REGISTRY_IMAGE:2",
            head=DOCKER,
        )
    )

    assert [p.credentials.covers(p.host) for p in result.pushes if p.host] == [None]


def test_many_logins_and_pushes_take_linear_time() -> None:
    lines = []
    for number in range(600):
        lines.append(f"docker login -u a -p b r{number}.example.com")
        lines.append(f"docker push r{number}.example.com/x")
        lines.append(f"echo '{{}}' > d{number}/.docker/config.json")

    result = survey(block(*lines, head=DOCKER))

    assert len(result.pushes) == 600
    assert [p.credentials.covers(p.host) for p in result.pushes[:500:100] if p.host] == [True] * 5
    assert not result.pushes[-1].credentials.complete
