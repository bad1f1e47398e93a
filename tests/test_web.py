"""What is asked of the network, what is not, and what of the answers is read."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ci_doctor import web
from ci_doctor.web import Refused, Session, Unreachable, explain, is_public, origin_of, within

from .gitlab_server import GitLab, Handler, page, redirect, serving, status


@pytest.fixture
def server() -> Iterator[GitLab]:
    with serving(GitLab()) as gitlab:
        yield gitlab


@pytest.fixture
def other() -> Iterator[GitLab]:
    with serving(GitLab()) as gitlab:
        yield gitlab


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ],
)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{port}/a.yml",
        "http://127.0.0.1:{port}/a.yml",
        "http://127.1:{port}/a.yml",
        "http://0x7f000001:{port}/a.yml",
        "http://[::1]:{port}/a.yml",
        "http://[::ffff:127.0.0.1]:{port}/a.yml",
    ],
)
def test_a_server_in_a_private_network_is_not_asked(server: GitLab, url: str) -> None:
    with pytest.raises(Refused, match="is in a private network"):
        Session().get(url.format(port=server.port))

    assert server.asked == []


def test_the_configured_gitlab_may_be_in_a_private_network(server: GitLab, other: GitLab) -> None:
    server.answers["/a.yml"] = page("a: b\n")
    session = Session(server.url)

    assert session.get(f"{server.url}/a.yml").text == "a: b\n"
    with pytest.raises(Refused, match=r"127\.0\.0\.1 is in a private network"):
        session.get(f"{other.url}/a.yml")
    assert other.asked == []


def test_every_redirect_is_checked(server: GitLab, other: GitLab) -> None:
    server.answers["/a"] = redirect("/b")
    server.answers["/b"] = redirect(f"{other.url}/c")

    with pytest.raises(Refused, match="is in a private network"):
        Session(server.url).get(f"{server.url}/a")

    assert (server.paths, other.asked) == (["/a", "/b"], [])


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.com/a", "gopher://x/"])
def test_other_schemes_are_refused(server: GitLab, target: str) -> None:
    server.answers["/a"] = redirect(target)

    with pytest.raises(Refused, match="only http and https are read"):
        Session().get(target)
    with pytest.raises(Refused, match="only http and https are read"):
        Session(server.url).get(f"{server.url}/a")


def test_redirects_end(server: GitLab) -> None:
    server.answers["/a"] = redirect("/a")

    with pytest.raises(requests.TooManyRedirects) as error:
        Session(server.url).get(f"{server.url}/a")

    assert len(server.asked) == web.MAX_REDIRECTS + 1
    assert explain(error.value, "example.com") == "more than 5 redirects"


def test_a_name_is_connected_to_at_the_address_that_was_checked(
    server: GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first answer of a hostile name server is harmless, the second one is not.
    answers = [["8.8.8.8"], ["127.0.0.1"]]
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        if host != "rebinding.example":
            return real(host, port, *rest, **options)
        found = answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    asked: list[object] = []

    def connect(address: object, *_: object, **__: object) -> socket.socket:
        asked.append(address)
        raise OSError("no route")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(web, "create_connection", connect)

    with pytest.raises(requests.ConnectionError):
        Session().get(f"http://rebinding.example:{server.port}/a.yml")

    assert asked == [("8.8.8.8", server.port)]


def test_a_proxy_may_be_in_a_private_network_and_what_it_is_asked_for_may_not(
    server: GitLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.answers["/a.yml"] = page("a: b\n")

    # Only the proxy can resolve this name.
    assert Session().get("http://elsewhere.invalid/a.yml").text == "a: b\n"
    with pytest.raises(Refused, match="is in a private network"):
        Session().get("http://10.0.0.1/a.yml")

    assert server.paths == ["http://elsewhere.invalid/a.yml"]


def test_a_confined_session_asks_nobody_else(server: GitLab, other: GitLab) -> None:
    server.answers["/a"] = redirect(f"{other.url}/b")
    session = Session(server.url, confined=True)

    with pytest.raises(Refused, match="it leads to another server"):
        session.get(f"{server.url}/a", headers={"PRIVATE-TOKEN": "secret"})
    with pytest.raises(Refused, match="it leads to another server"):
        session.get("https://example.com/")

    assert other.asked == []


def test_a_netrc_file_is_not_looked_at(
    server: GitLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.answers["/a"] = redirect("/b")
    server.answers["/b"] = page("")

    Session(server.url).get(f"{server.url}/a")

    assert [(one.path, one.token) for one in server.asked] == [("/a", ""), ("/b", "")]


def test_credentials_do_not_follow_a_redirect_to_another_server(
    server: GitLab, other: GitLab
) -> None:
    server.answers["/a"] = redirect("/b")
    server.answers["/b"] = redirect(f"{other.url}/c")
    other.answers["/c"] = page("")
    session = Session(refuses=lambda host, address: "")

    session.get(f"{server.url}/a", headers={"Authorization": "Bearer secret"})

    assert [one.token for one in server.asked] == ["Bearer secret"] * 2
    assert [(one.path, one.token) for one in other.asked] == [("/c", "")]


def test_a_rule_decides_by_host_and_address(server: GitLab) -> None:
    seen: list[tuple[str, str]] = []

    def rule(host: str, address: str) -> str:
        seen.append((host, address))
        return "is not liked"

    with pytest.raises(Refused, match=r"localhost \((127\.0\.0\.1|::1)\) is not liked"):
        Session(refuses=rule).get(f"http://localhost:{server.port}/a")

    assert seen[0] in [("localhost", "127.0.0.1"), ("localhost", "::1")]
    assert server.asked == []


def test_an_answer_that_is_too_large_is_not_read_to_its_end(server: GitLab) -> None:
    sent = 0

    def endless(handler: Handler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        try:
            while sent < 100 * web.MAX_BYTES:
                sent += handler.wfile.write(b"x" * 65536)
        except OSError:
            pass
        handler.close_connection = True

    server.answers["/a"] = endless

    with pytest.raises(Refused, match="larger than 5 MiB, the most that is read"):
        Session(server.url).get(f"{server.url}/a")

    assert sent < 20 * web.MAX_BYTES


def test_what_expands_to_too_much_is_not_read(server: GitLab) -> None:
    bomb = gzip.compress(b"a" * 50 * 1024 * 1024)
    server.answers["/a"] = page(bomb, Content_Encoding="gzip")

    with pytest.raises(Refused, match="larger than 5 MiB"):
        Session(server.url).get(f"{server.url}/a")


def failing(times: int, code: int, **headers: str) -> Callable[[Handler], None]:
    left = times

    def answer(handler: Handler) -> None:
        nonlocal left
        left -= 1
        (status(code, **headers) if left >= 0 else page("fine"))(handler)

    return answer


@pytest.mark.parametrize(
    ("times", "code", "headers", "outcome", "pauses"),
    [
        (2, 502, {}, 200, [0.5, 1.0]),
        (9, 503, {}, 503, [0.5, 1.0, 2.0]),
        (1, 429, {"Retry_After": "3"}, 200, [3.0]),
        (1, 429, {"Retry_After": "3600"}, 429, []),
        (1, 429, {"Retry_After": "Fri, 01 Jan 2100 00:00:00 GMT"}, 429, []),
        (1, 429, {"Retry_After": "soon"}, 200, [0.5]),
        (1, 404, {}, 404, []),
        (1, 501, {}, 501, []),
    ],
)
def test_what_may_pass_is_tried_again_with_pauses(
    server: GitLab,
    no_pauses: list[float],
    times: int,
    code: int,
    headers: dict[str, str],
    outcome: int,
    pauses: list[float],
) -> None:
    server.answers["/a"] = failing(times, code, **headers)

    reply = Session(server.url).get(f"{server.url}/a")

    assert (reply.status_code, no_pauses) == (outcome, pauses)


def test_work_that_takes_too_long_is_left_behind() -> None:
    stop = socket.socketpair()
    started = time.monotonic()

    with pytest.raises(Unreachable, match=r"no answer within 0\.05 s"):
        within(0.05, lambda: stop[0].recv(1))

    assert time.monotonic() - started < 5
    for end in stop:
        end.close()


def test_work_in_time_gives_its_result_or_its_error() -> None:
    def fail() -> None:
        raise KeyError("x")

    assert within(5, lambda: 42) == 42
    with pytest.raises(KeyError):
        within(5, fail)


def test_failures_are_explained_in_one_line(server: GitLab) -> None:
    def reason(url: str, **options: Any) -> str:
        with pytest.raises(requests.RequestException) as error:
            Session(server.url).get(url, **options)
        return explain(error.value, "example.com")

    def hang_up(handler: Handler) -> None:
        handler.close_connection = True

    def wait(handler: Handler) -> None:
        handler.rfile.read(1)

    server.answers["/hang-up"] = hang_up
    server.answers["/wait"] = wait

    assert reason(f"{server.url}/hang-up") == "no connection to example.com"
    assert reason(f"{server.url}/wait", timeout=0.05) == "example.com did not answer in time"
    assert reason("http://nowhere.invalid/") == "the name example.com does not resolve"
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(requests.RequestException) as error:
            Session(url).get(url)
    assert explain(error.value, "example.com") == "example.com refuses the connection"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://gitlab.com/a", ("https", "gitlab.com", 443)),
        ("http://GitLab.com.:8080", ("http", "gitlab.com", 8080)),
        ("https://u:p@[::1]/", ("https", "::1", 443)),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: tuple[str, str, int]) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["gitlab.com", "file:///x", "http://", "https://a:b/", "http://[x"])
def test_what_is_no_address_has_no_origin(url: str) -> None:
    with pytest.raises(Refused):
        origin_of(url)
