"""`ci-doctor lint` as a shell sees it: streams and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

CI = ".gitlab-ci.yml"
KANIKO = "build:\n  image: gcr.io/kaniko-project/executor:debug\n  script: make\n"


class Done(NamedTuple):
    code: int
    out: str
    err: str


def run(folder: Path, *arguments: str, **environment: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "ci_doctor", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONUTF8": "1"} | environment,
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def lint(folder: Path, *arguments: str) -> Done:
    return run(folder, "lint", "--select", "kaniko-archived", *arguments)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / CI).write_text(KANIKO)
    return tmp_path


LINE = (
    f"{CI}:2:10: warning[kaniko-archived] "
    "Kaniko was archived in June 2025: this image gets no more security fixes\n"
)


def test_findings_go_to_standard_output_and_the_summary_to_standard_error(project: Path) -> None:
    assert lint(project, "--format", "concise") == (0, LINE, "1 warning in 1 file\n")


def test_text_is_the_default(project: Path) -> None:
    done = lint(project)

    assert done.out.splitlines()[:5] == [
        "warning[kaniko-archived]: "
        "Kaniko was archived in June 2025: this image gets no more security fixes",
        f" --> {CI}:2:10",
        "  │",
        "2 │   image: gcr.io/kaniko-project/executor:debug",
        "  │          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    ]
    assert (done.code, done.err) == (0, "1 warning in 1 file\n")


def test_json_is_all_of_standard_output(project: Path) -> None:
    done = lint(project, "--format", "json")

    assert [finding["check"] for finding in json.loads(done.out)["findings"]] == ["kaniko-archived"]
    assert (done.code, done.err) == (0, "")


def test_quiet_prints_findings_only(project: Path) -> None:
    assert lint(project, "--format", "concise", "-q") == (0, LINE, "")


@pytest.mark.parametrize(
    ("fail_on", "code"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)]
)
def test_fail_on_decides_the_exit_code(project: Path, fail_on: str, code: int) -> None:
    assert lint(project, "--fail-on", fail_on).code == code


def test_hidden_findings_do_not_fail(project: Path) -> None:
    done = lint(project, "--min-severity", "error", "--fail-on", "warning")

    assert done == (0, "", "No faults found in 1 file\n")


def test_a_path_that_does_not_exist_is_a_usage_error(project: Path) -> None:
    assert lint(project, CI, "missing.yml") == (
        2,
        "",
        "error: no such file or directory: missing.yml\n",
    )


def test_a_folder_without_pipeline_is_a_usage_error(tmp_path: Path) -> None:
    assert lint(tmp_path) == (
        2,
        "",
        f"error: there is no {CI} in .\n"
        "hint: name a file, or the pipeline of a folder with --ci-file\n",
    )


def test_a_glob_that_matches_nothing_is_a_usage_error(project: Path) -> None:
    assert run(project, "lint", "--ignore", "kaniko-archive") == (
        2,
        "",
        "error: no check matches 'kaniko-archive'\nhint: did you mean 'kaniko-archived'?\n",
    )


def test_an_unknown_option_is_a_usage_error(project: Path) -> None:
    assert lint(project, "--formt", "json").code == 2


def test_a_mistake_in_the_settings_is_a_usage_error(project: Path) -> None:
    (project / ".ci-doctor.yml").write_text("check: {}\n")

    assert lint(project) == (
        2,
        "",
        "error: .ci-doctor.yml:1:1: unknown key 'check'\nhint: did you mean 'checks'?\n",
    )


UNREADABLE = {
    "empty": (b"", "error: bad.yml is empty\n"),
    "binary": (b"\x7fELF\0\0\1", "error: "),
    "not UTF-8": ("stages: [ä]\n".encode("latin-1"), "error: "),
    "50 MB": (b"# comment\n" * 5_000_000, "error: "),
}


@pytest.mark.parametrize(("content", "error"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_one_line_and_code_3(
    project: Path, content: bytes, error: str
) -> None:
    (project / "bad.yml").write_bytes(content)

    done = lint(project, "--format", "concise", "bad.yml", CI)

    assert (done.code, done.out) == (3, LINE)
    errors = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert done.err.splitlines()[1].startswith(error.strip())
    assert "bad.yml" in errors[0]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind here")
def test_a_file_without_permission_is_one_line_and_code_3(project: Path) -> None:
    (project / CI).chmod(0)

    assert lint(project).code == 3


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    ("redirection", "code", "error"),
    [
        (">&-", 0, b"1 warning in 1 file\n"),
        ("2>&-", 0, b""),
        ("<&-", 0, b"1 warning in 1 file\n"),
        (">/dev/full", 3, b"error: cannot write the output: No space left on device\n"),
        ("2>/dev/full", 3, b""),
    ],
)
def test_a_stream_that_is_closed_or_full_is_no_traceback(
    project: Path, redirection: str, code: int, error: bytes
) -> None:
    if "/dev/full" in redirection and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    command = f"{sys.executable} -m ci_doctor lint --select kaniko-archived {redirection}"

    done = subprocess.run(command, shell=True, cwd=project, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (code, error)


def test_a_folder_that_includes_itself_by_a_link_does_not_hang(project: Path) -> None:
    (project / "loop").symlink_to(project, target_is_directory=True)

    assert lint(project, "loop").code == 0


def test_a_narrow_encoding_of_the_terminal_does_not_crash(project: Path) -> None:
    (project / CI).write_text(KANIKO.replace("build:", "bäu日: # \u202e"), encoding="utf-8")

    done = run(project, "lint", PYTHONUTF8="0", PYTHONIOENCODING="ascii", LC_ALL="C")

    assert done.out.isascii()
    assert "kaniko-archived" in done.out


def test_color_appears_only_where_it_may(project: Path) -> None:
    assert "\x1b" not in "".join(lint(project)[1:])


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("arguments", "environment", "colored"),
    [((), {}, True), (("--no-color",), {}, False), ((), {"NO_COLOR": "1"}, False)],
)
def test_a_terminal_gets_color(
    project: Path, arguments: tuple[str, ...], environment: dict[str, str], colored: bool
) -> None:
    import pty

    ours, theirs = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    done = subprocess.Popen(
        [sys.executable, "-m", "ci_doctor", "lint", "-q", *arguments],
        cwd=project,
        env=clean | {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | environment,
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    output = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:  # Linux ends a pseudo-terminal this way
            break
        if not piece:
            break
        output += piece
    done.communicate()
    os.close(ours)

    assert b"kaniko-archived" in output
    assert (b"\x1b[" in output) is colored
    assert (b"\x1b]8;" in output) is colored


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_a_reader_that_goes_away_is_no_error(project: Path) -> None:
    jobs = "".join(KANIKO.replace("build", f"build{n}") for n in range(2_000))
    (project / CI).write_text(jobs)

    process = subprocess.Popen(
        [sys.executable, "-m", "ci_doctor", "lint", "-q"],
        cwd=project,
        env=os.environ | {"PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()

    assert (process.wait(), errors) == (141, b"")


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_an_interrupt_ends_quietly_with_130(project: Path) -> None:
    program = (
        "import os, signal, time, ci_doctor.registry as r, ci_doctor.cli as c\n"
        "r.load_registry = lambda: (os.kill(os.getpid(), signal.SIGINT), time.sleep(9))\n"
        "c.main(['lint'])\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project, capture_output=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
