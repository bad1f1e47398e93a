from __future__ import annotations

from ci_doctor.dockerfile import RunCommand
from ci_doctor.dockerfile.packages import apt_packages, apt_sources, foreign_architectures

from .test_run import read


def commands(run: str) -> tuple[RunCommand, ...]:
    return read(f"RUN {run}\n").commands


def packages(run: str) -> list[tuple[str, str]]:
    return [(p.name, p.location.text) for c in commands(run) for p in apt_packages(c)]


def sources(run: str) -> list[tuple[list[str], str]]:
    return [
        (sorted(s.architectures), s.location.text) for c in commands(run) for s in apt_sources(c)
    ]


def test_packages_are_named_without_version_release_and_options() -> None:
    run = (
        "apt-get update && apt-get -y install -o Dpkg::Options::=x -t trixie --no-install-recommends "
        "curl g++=4:12 gcc/stable libc6:i386 $MORE 'vim' && apt-get remove -y perl"
    )

    assert packages(run) == [("curl", "curl"), ("g++", "g++"), ("gcc", "gcc"), ("vim", "vim")]


def test_other_programs_install_nothing_of_apt() -> None:
    assert packages("apk add curl && pip install flask && apt-cache policy curl") == []


def test_repositories_for_some_architectures_only() -> None:
    run = (
        'echo "deb [arch=amd64,aarch64 signed-by=/k] https://e.com/apt stable main" > /etc/apt/a.list '
        "&& add-apt-repository 'deb [signed-by=/k arch=i386] https://e.com/apt stable main' "
        '&& echo "deb [arch=$(dpkg --print-architecture)] https://e.com/apt stable main" '
        '&& echo "deb https://e.com/apt [arch=amd64]"'
    )

    assert sources(run) == [
        (["amd64", "arm64"], "[arch=amd64,aarch64 signed-by=/k]"),
        (["386"], "[signed-by=/k arch=i386]"),
    ]


def test_a_repository_in_a_heredoc() -> None:
    run = "cat <<EOF > /etc/apt/a.list\ndeb [arch=amd64] https://e.com/apt stable main\nEOF"

    assert sources(run) == [(["amd64"], "[arch=amd64]")]


def test_a_foreign_architecture_is_added() -> None:
    found = [
        f.name
        for c in commands("dpkg --add-architecture i386 && dpkg --print-architecture")
        for f in foreign_architectures(c)
    ]

    assert found == ["i386"]
