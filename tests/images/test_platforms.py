from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_doctor.images.platforms import (
    InvalidPlatform,
    Platform,
    best_match,
    nearest,
    parse_platform,
)


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("linux/amd64", "linux/amd64"),
        ("amd64", "linux/amd64"),
        ("linux", "linux"),
        ("Linux/AMD64", "linux/amd64"),
        ("x86_64", "linux/amd64"),
        ("linux/x86-64", "linux/amd64"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/amd64/v3", "linux/amd64/v3"),
        ("linux/i386", "linux/386"),
        ("arm64", "linux/arm64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/arm64/8", "linux/arm64"),
        ("linux/arm64/v8.0", "linux/arm64"),
        ("linux/arm64/9.0", "linux/arm64/v9"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/arm/7", "linux/arm/v7"),
        ("linux/arm/v6", "linux/arm/v6"),
        ("armhf", "linux/arm/v7"),
        ("linux/armel", "linux/arm/v6"),
        ("macos/arm64", "darwin/arm64"),
        ("windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64"),
        ("windows(10.0.17763+win32k)/amd64", "windows(10.0.17763+win32k)/amd64"),
    ],
)
def test_a_platform_is_normalised(written: str, normalised: str) -> None:
    platform = parse_platform(written)

    assert (str(platform), platform.is_known) == (normalised, True)


@pytest.mark.parametrize(
    ("written", "os", "architecture", "variant"),
    [
        ("linux/foo", True, False, True),
        ("linux/arm64v8", True, False, True),
        ("linux/armv7", True, False, True),
        ("linux/x64", True, False, True),
        ("linx/amd64", False, True, True),
        ("arm/v7", False, False, True),
        ("linux/arm64/v7", True, True, False),
        ("linux/s390x/v1", True, True, False),
    ],
)
def test_an_unknown_name_is_accepted_and_told(
    written: str, os: bool, architecture: bool, variant: bool
) -> None:
    platform = parse_platform(written)

    assert (platform.known_os, platform.known_architecture, platform.known_variant) == (
        os,
        architecture,
        variant,
    )
    assert not platform.is_known


OS = r"\"^([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_.%-]*)((?:\\+[A-Za-z0-9_.%-]+)*)\\))?$\"".replace(
    '\\"', '"'
)


@pytest.mark.parametrize(
    ("written", "message", "at_fault"),
    [
        (
            "amd46",
            '"amd46": unknown operating system or architecture: invalid argument',
            "amd46",
        ),
        (
            " linux/arm64",
            '" linux" is an invalid OS component of " linux/arm64": '
            f"OSAndVersion specifier component must match {OS}: invalid argument",
            " linux",
        ),
        (
            "",
            '"" is an invalid OS component of "": '
            f"OSAndVersion specifier component must match {OS}: invalid argument",
            "",
        ),
        (
            "linux/arm64 ",
            '"arm64 " is an invalid component of "linux/arm64 ": '
            'platform specifier component must match "^[A-Za-z0-9_.-]+$": invalid argument',
            "arm64 ",
        ),
        (
            "linux/",
            '"" is an invalid component of "linux/": '
            'platform specifier component must match "^[A-Za-z0-9_.-]+$": invalid argument',
            "linux/",
        ),
        (
            "linux/a/b/c",
            '"linux/a/b/c": cannot parse platform specifier: invalid argument',
            "linux/a/b/c",
        ),
        ("linux/*", '"linux/*": wildcards not yet supported: invalid argument', "linux/*"),
    ],
)
def test_a_bad_specifier_is_refused_in_buildkits_words(
    written: str, message: str, at_fault: str
) -> None:
    with pytest.raises(InvalidPlatform) as raised:
        parse_platform(written)

    fault = raised.value
    assert (fault.message, written[fault.span.start : fault.span.end]) == (message, at_fault)


def test_the_same_platform_is_equal_however_it_is_written() -> None:
    assert {parse_platform(w) for w in ("arm64", "linux/arm64/v8", "linux/aarch64")} == {
        Platform("linux", "arm64")
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("linux/arm64v8", "linux/arm64"),
        ("linux/arm32v7", "linux/arm/v7"),
        ("linux/armv7", "linux/arm/v7"),
        ("linux/armv7l", "linux/arm/v7"),
        ("linux/arm-v7", "linux/arm/v7"),
        ("arm/v7", "linux/arm/v7"),
        ("linux/armv8/v8", "linux/arm64"),
        ("x64", "linux/amd64"),
        ("linux/x64", "linux/amd64"),
        ("linux/x86", "linux/386"),
        ("amd46", "linux/amd64"),
        ("linux/amd46", "linux/amd64"),
        ("linux/adm64", "linux/amd64"),
        ("linux/arm46", "linux/arm64"),
        ("linux-amd64", "linux/amd64"),
        ("linux:arm64", "linux/arm64"),
        ("amd64/linux", "linux/amd64"),
        ("lunix/arm64", "linux/arm64"),
        (" linux/arm64", "linux/arm64"),
        ("linux/ppc64el", "linux/ppc64le"),
        ("linux/ard64", None),  # amd64 and arm64 are as near
        ("linux/foo", None),
        ("linux/arm64", None),
        ("linux/arm64/v7", None),
        ("", None),
        ("a/b/c/d", None),
    ],
)
def test_the_platform_meant_is_offered_where_one_is_near(written: str, meant: str | None) -> None:
    assert nearest(written) == meant


@given(st.text(alphabet="adm64rlinux/v78-_. *(+%)\n", max_size=20))
def test_a_platform_offered_is_a_known_one(written: str) -> None:
    offered = nearest(written)

    assert offered is None or str(parse_platform(offered)) == offered
    try:
        parse_platform(written)
    except InvalidPlatform as fault:
        assert 0 <= fault.span.start <= fault.span.end <= len(written)


@pytest.mark.parametrize(
    ("wanted", "available", "pulled"),
    [
        ("linux/arm64/v8", "linux/amd64 linux/arm64", "linux/arm64"),
        ("linux/arm64", "linux/amd64", None),
        ("linux/amd64", "linux/arm64 linux/386", "linux/386"),
        ("linux/arm64", "linux/amd64 linux/arm/v6 linux/arm/v7", "linux/arm/v7"),
        ("linux/arm/v7", "linux/arm/v5 linux/arm/v6", "linux/arm/v6"),
        ("linux/arm/v6", "linux/arm/v7", None),
        ("linux/amd64/v3", "linux/amd64 linux/amd64/v2", "linux/amd64/v2"),
        ("linux/amd64", "linux/amd64/v2", None),
        ("linux/arm64/v9.1", "linux/arm64/v8.6 linux/arm64", "linux/arm64/v8.6"),
        ("windows/amd64", "linux/amd64", None),
        ("linux/foo", "linux/amd64", None),
    ],
)
def test_a_build_pulls_the_nearest_platform_that_runs(
    wanted: str, available: str, pulled: str | None
) -> None:
    found = best_match(parse_platform(wanted), map(parse_platform, available.split()))

    assert (None if found is None else str(found)) == pulled
