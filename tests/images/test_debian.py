from __future__ import annotations

import pytest

from ci_doctor.images.debian import architectures_of


@pytest.mark.parametrize(
    ("package", "has", "lacks"),
    [
        ("gcc-multilib", "amd64", "arm64"),
        ("intel-microcode", "386", "arm64"),
        ("lib32stdc++6", "s390x", "arm64"),
        ("libc6-i386", "amd64", "386"),
        ("wine32", "amd64", "arm64"),
    ],
)
def test_packages_of_some_machines_only(package: str, has: str, lacks: str) -> None:
    known = architectures_of(package)

    assert known is not None
    assert (has in known, lacks in known) == (True, False)


@pytest.mark.parametrize("package", ["curl", "lib3270", "gcc-12", "intel-gpu-tools"])
def test_a_package_that_is_not_listed_may_exist_anywhere(package: str) -> None:
    assert architectures_of(package) is None
