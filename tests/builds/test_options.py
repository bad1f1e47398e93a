from __future__ import annotations

import pytest

from ci_doctor.builds.build import Option, Status
from ci_doctor.builds.options import (
    BUILDCTL_BUILD,
    BUILDCTL_GLOBAL,
    BUILDX_BUILD,
    DOCKER_BUILD,
    DOCKER_CLASSIC,
    DOCKER_GLOBAL,
    KANIKO,
    Parsed,
    Table,
    Takes,
    parse_options,
)
from tests.builds.words import words


def listed(line: str) -> set[str]:
    return set(line.split())


def shown(parsed: Parsed) -> list[tuple[str, str | None]]:
    return [(o.name, None if o.value is None else o.value.display) for o in parsed.options]


def texts(given: tuple[object, ...]) -> list[str]:
    return [word.text.display for word in given if hasattr(word, "text")]


def written(option: Option) -> tuple[str, str | None]:
    assert option.location is not None
    place = option.value_location
    return option.location.text, None if place is None else place.text


def names(table: Table, *status: Status) -> set[str]:
    return {name for spec in table.specs if spec.status in status for name in spec.names}


def test_buildctl_has_the_flags_of_its_source() -> None:
    assert names(BUILDCTL_BUILD, Status.KNOWN) == listed(
        "--output -o --progress --trace --local --oci-layout --frontend --opt --no-cache"
        " --export-cache --import-cache --secret --allow --ssh --metadata-file"
        " --source-policy-file --proxy-network --ref-file --registry-auth-tlscontext"
        " --debug-json-cache-metrics --help -h"
    )
    assert names(BUILDCTL_BUILD, Status.REMOVED) == listed(
        "--frontend-opt --exporter --exporter-opt --export-cache-opt"
    )
    assert names(BUILDCTL_GLOBAL, Status.KNOWN) == listed(
        "--debug --addr --log-format --tlsservername --tlscacert --tlscert --tlskey --tlsdir"
        " --timeout --wait --help -h --version -v"
    )


@pytest.mark.parametrize(
    "name",
    sorted(
        listed(
            "--build-arg --tag -t --file -f --target --platform --push --load --label --cache-from"
            " --cache-to --build-context --pull --add-host --network --provenance --sbom --iidfile"
            " --shm-size --ulimit --exporter --frontend-opt"
        )
    ),
)
def test_flags_of_docker_are_unknown_to_buildctl(name: str) -> None:
    parsed = parse_options(words(f"{name}=x"), BUILDCTL_BUILD)

    assert [(option.name, option.known) for option in parsed.options] == [(name, False)]


def test_buildx_has_the_flags_of_its_reference_page() -> None:
    documented = listed(
        "--add-host --allow --annotation --attest --build-arg --build-context --builder"
        " --cache-from --cache-to --call --cgroup-parent --check -D --debug -f --file --iidfile"
        " --label --load --metadata-file --network --no-cache --no-cache-filter -o --output"
        " --platform --policy --progress --provenance --pull --push -q --quiet --resource --sbom"
        " --secret --shm-size --ssh -t --tag --target --ulimit"
    )
    experimental = {"--detach", "--invoke", "--print", "--root", "--server-config", "--help"}

    assert names(BUILDX_BUILD, Status.KNOWN) == documented | experimental
    assert names(BUILDX_BUILD, Status.IGNORED) == listed(
        "--compress --isolation --security-opt --squash --memory -m --memory-swap --cpu-shares -c"
        " --cpu-period --cpu-quota --cpuset-cpus --cpuset-mems --rm --force-rm"
    )


def test_docker_build_takes_the_flags_of_both_builders() -> None:
    both = {*BUILDX_BUILD.by_name, *DOCKER_CLASSIC.by_name}

    assert set(DOCKER_BUILD.by_name) == both


def test_kaniko_marks_old_names_as_deprecated() -> None:
    assert names(KANIKO, Status.DEPRECATED) == {
        "--snapshotMode",
        "--customPlatform",
        "--tarPath",
        "--whitelist-var-run",
        "--whitelist-path",
    }


def test_no_flag_of_any_table_stands_twice() -> None:
    for table in (BUILDCTL_BUILD, BUILDCTL_GLOBAL, BUILDX_BUILD, DOCKER_BUILD, KANIKO):
        all_names = [name for spec in table.specs for name in spec.names]
        assert sorted(all_names) == sorted(set(all_names))


def test_buildctl_takes_a_value_behind_a_blank_or_an_equals_sign_and_one_dash_too() -> None:
    parsed = parse_options(
        words(
            "--frontend dockerfile.v0 --local=context=. -opt platform=a -o=type=image --no-cache"
        ),
        BUILDCTL_BUILD,
    )

    assert shown(parsed) == [
        ("--frontend", "dockerfile.v0"),
        ("--local", "context=."),
        ("--opt", "platform=a"),
        ("--output", "type=image"),
        ("--no-cache", None),
    ]
    assert [written(option) for option in parsed.options] == [
        ("--frontend dockerfile.v0", "dockerfile.v0"),
        ("--local=context=.", "context=."),
        ("-opt platform=a", "platform=a"),
        ("-o=type=image", "type=image"),
        ("--no-cache", None),
    ]


def test_buildctl_reads_options_behind_a_stray_word() -> None:
    parsed = parse_options(words("--opt target=a . --opt target=b"), BUILDCTL_BUILD)

    assert shown(parsed) == [("--opt", "target=a"), ("--opt", "target=b")]
    assert texts(parsed.positional) == ["."]


def test_global_options_end_at_the_subcommand() -> None:
    parsed = parse_options(
        words("--addr tcp://b:1234 --debug build --opt a=b"), BUILDCTL_GLOBAL, interspersed=False
    )

    assert shown(parsed) == [("--addr", "tcp://b:1234"), ("--debug", None)]
    assert texts(parsed.rest) == ["build", "--opt", "a=b"]


def test_an_option_of_another_tool_keeps_its_value() -> None:
    parsed = parse_options(words("--build-arg A=1 --push --destination x:1"), BUILDCTL_BUILD)

    assert shown(parsed) == [("--build-arg", "A=1"), ("--push", None), ("--destination", "x:1")]
    assert [option.status for option in parsed.options] == [Status.UNKNOWN] * 3
    assert parsed.positional == ()


def test_the_word_behind_an_option_that_no_tool_has_may_be_anything() -> None:
    parsed = parse_options(words("--colour blue ."), BUILDX_BUILD)

    assert shown(parsed) == [("--colour", None)]
    assert texts(parsed.opaque) == ["blue"]
    assert texts(parsed.positional) == ["."]


@pytest.mark.parametrize("line", ["-t a:1", "-ta:1", "-t=a:1", "--tag a:1", "--tag=a:1"])
def test_docker_takes_every_form_of_a_short_option(line: str) -> None:
    parsed = parse_options(words(f"{line} ."), BUILDX_BUILD)

    assert shown(parsed) == [("--tag", "a:1")]
    assert texts(parsed.positional) == ["."]
    assert [written(option) for option in parsed.options] == [(line, "a:1")]


def test_docker_takes_short_flags_in_one_word() -> None:
    parsed = parse_options(words("-qDt a ."), BUILDX_BUILD)

    assert shown(parsed) == [("--quiet", None), ("--debug", None), ("--tag", "a")]


def test_two_dashes_end_the_options() -> None:
    parsed = parse_options(words("--push -- --load"), BUILDX_BUILD)

    assert shown(parsed) == [("--push", None)]
    assert texts(parsed.positional) == ["--load"]


def test_a_boolean_may_have_a_value() -> None:
    parsed = parse_options(words("--push=false --load=1 --pull=$PULL --no-cache=x"), BUILDX_BUILD)

    assert [option.is_on for option in parsed.options] == [False, True, None, None]


def test_a_variable_in_the_place_of_a_value_is_a_value() -> None:
    parsed = parse_options(words("--tag $IMAGE --push $MORE ."), BUILDX_BUILD)

    assert shown(parsed) == [("--tag", "$IMAGE"), ("--push", None)]
    assert texts(parsed.opaque) == ["$MORE"]
    assert texts(parsed.positional) == ["."]
    assert texts(parsed.rest) == ["$MORE", "."]


def test_an_option_whose_name_is_not_known_is_opaque() -> None:
    parsed = parse_options(words("--$FLAG=1 -$LETTER --build-arg=$X"), BUILDX_BUILD)

    assert shown(parsed) == [("--build-arg", "$X")]
    assert texts(parsed.opaque) == ["--$FLAG=1", "-$LETTER"]


def test_an_option_without_its_value_at_the_end_has_none() -> None:
    parsed = parse_options(words("--tag"), BUILDX_BUILD)

    assert shown(parsed) == [("--tag", None)]


def test_global_options_of_docker_are_read_before_the_subcommand() -> None:
    parsed = parse_options(words("-D -H tcp://a:1 build -t x ."), DOCKER_GLOBAL, interspersed=False)

    assert shown(parsed) == [("--debug", None), ("--host", "tcp://a:1")]
    assert texts(parsed.rest) == ["build", "-t", "x", "."]


def test_kaniko_takes_no_value_for_its_flags() -> None:
    parsed = parse_options(words("-c . -f D -d a:1 --cache --cache-ttl 1h --no-push=true"), KANIKO)

    assert shown(parsed) == [
        ("--context", "."),
        ("--dockerfile", "D"),
        ("--destination", "a:1"),
        ("--cache", None),
        ("--cache-ttl", "1h"),
        ("--no-push", "true"),
    ]
    assert KANIKO.by_name["--cache"].takes is Takes.NOTHING
