"""HTTP within limits: what a file of a repository makes us ask for must not hurt anybody.

Only names in pipelines and answers of servers come in here, and both may be hostile. So sizes, times,
redirects and pauses are limited, no address of a private network is connected to (but for the
configured GitLab's, and where a caller has a rule of its own), and credentials stay with the server they
are meant for.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import create_connection

from . import __version__
from .errors import CiDoctorError

MAX_BYTES = 5 * 1024 * 1024
MAX_SECONDS = 30  # what GitLab itself gives the files of a pipeline
MAX_REDIRECTS = 5
# For each connection and each read; the whole answer has MAX_SECONDS.
TIMEOUT = (10, 20)
USER_AGENT = f"ci-doctor/{__version__}"

_PASSING = frozenset((429, 500, 502, 503, 504))  # worth another try
_PAUSES = (0.5, 1.0, 2.0)
_LONGEST_PAUSE = 10.0  # a server that asks for more gets no other try

_Port = {"http": 80, "https": 443}
_T = TypeVar("_T")
# Why a host is not connected to at one of its addresses; "" where it may be.
Rule = Callable[[str, str], str]


class Unreachable(CiDoctorError):
    """A server gave no usable answer. The message is one line."""


class Refused(CiDoctorError):
    """Something that is not asked for, or not read."""


class Session(requests.Session):
    """A session for GET requests; whole answers are read, and are at most MAX_BYTES long.

    `home` is the origin (`https://host:port`) of the configured GitLab: its address may be a
    private one. A `confined` session asks nobody else, wherever a redirect or a link to the next page
    leads. `refuses` decides about every address but that of `home`. Netrc files are not looked at.
    Raises Refused, and the exceptions of requests.
    """

    def __init__(
        self, home: str = "", *, confined: bool = False, refuses: Rule | None = None
    ) -> None:
        super().__init__()
        self._home = origin_of(home) if home else None
        self._confined = confined
        self.max_redirects = MAX_REDIRECTS
        self.headers["User-Agent"] = USER_AGENT
        self.auth = _no_credentials
        for scheme in _Port:
            self.mount(f"{scheme}://", _Adapter(self._is_home, refuses or refuse_private))

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        url = request.url or ""
        host = origin_of(url)[1]
        if self._confined and not self._is_home(url):
            raise Refused(f"it leads to another server, {host}, which is not asked")
        return super().send(request, **options)

    def rebuild_auth(
        self, prepared_request: requests.PreparedRequest, response: requests.Response
    ) -> None:
        """Drop the credentials where a redirect leads to another server; netrc files give no others."""
        before = origin_of(response.request.url or "")
        after = origin_of(prepared_request.url or "")
        upgraded = before == ("http", after[1], 80) and after[::2] == ("https", 443)
        if before != after and not upgraded:
            prepared_request.headers.pop("Authorization", None)

    def _is_home(self, url: str) -> bool:
        """Whether `url` is the configured GitLab's, be it by a redirect from http to https."""
        if self._home is None:
            return False
        other = origin_of(url)
        return other == self._home or other == ("https", self._home[1], 443)


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL. Raises Refused for one that has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or _Port.get(parts.scheme, 0)
    except ValueError as error:
        raise Refused(f"{url} is not a valid address: {error}") from None
    if not parts.hostname or not port:
        raise Refused(f"{parts.scheme or url}: only http and https are read")
    return parts.scheme, parts.hostname.rstrip("."), port


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Adapter(HTTPAdapter):
    """Connects where the rule allows it, tries again where that may help, and reads with a limit."""

    def __init__(self, is_home: Callable[[str], bool], refuses: Rule) -> None:
        self._is_home = is_home
        self._refuses = refuses
        self._unguarded = HTTPAdapter()
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool(HTTPConnectionPool, _Connection, self._refuses),
            "https": _pool(HTTPSConnectionPool, _SecureConnection, self._refuses),
        }

    def send(
        self, request: requests.PreparedRequest, *rest: Any, **options: Any
    ) -> requests.Response:
        url = request.url or ""
        guarded = not self._is_home(url)
        if guarded and select_proxy(url, options.get("proxies")):
            _check_behind_proxy(url, self._refuses)
        send = super().send if guarded else self._unguarded.send
        options["stream"] = True
        for pause in (*_PAUSES, None):
            response = send(request, *rest, **options)
            if pause is None or response.status_code not in _PASSING:
                break
            pause = max(pause, _asked_pause(response))
            if pause > _LONGEST_PAUSE:
                break
            response.close()
            time.sleep(pause)
        response._content = _body(response)
        return response

    def close(self) -> None:
        self._unguarded.close()
        super().close()


def _asked_pause(response: requests.Response) -> float:
    """`Retry-After` in seconds, which may be a date."""
    asked = response.headers.get("Retry-After", "")
    if asked.isdigit():
        return float(asked[:9])
    try:
        return parsedate_to_datetime(asked).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _body(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if len(body) > MAX_BYTES:
            response.close()
            limit = MAX_BYTES // 2**20
            raise Refused(f"it is larger than {limit} MiB, the most that is read")
    return bytes(body)


def _addresses(host: str, port: int, refuses: Rule) -> list[str]:
    """The addresses of `host`. Raises Refused if the rule refuses one of them, and gaierror."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(information[4][0]) for information in found))
    for address in addresses:
        why = refuses(host, address)
        if why:
            what = address if address == host else f"{host} ({address})"
            raise Refused(f"{what} {why}")
    return addresses


def refuse_private(host: str, address: str) -> str:
    """The rule for what files of a repository name: public addresses alone."""
    if is_public(address):
        return ""
    return "is in a private network, and only the configured GitLab may be"


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet's, also one that stands in another."""
    ip = reached_by(address)
    return ip.is_global and not ip.is_multicast


def reached_by(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IP address that one leads to: itself, or the IPv4 address that stands in it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
    if inner is None and ip in _NAT64:
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return inner or ip


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _check_behind_proxy(url: str, refuses: Rule) -> None:
    """A proxy resolves names itself; what resolves here too keeps to the rule."""
    _, host, port = origin_of(url)
    with suppress(socket.gaierror):
        _addresses(host, port, refuses)


class _Connection(HTTPConnection):
    """Connects to the very addresses that were checked: a name may resolve otherwise the next time."""

    def __init__(self, refuses: Rule, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._refuses = refuses

    def _new_conn(self) -> socket.socket:
        failure: OSError | None = None
        try:
            for address in _addresses(self.host, self.port, self._refuses):
                connected = self._connected(address)
                if not isinstance(connected, OSError):
                    return connected
                failure = connected
        except socket.gaierror as error:
            failure = error
        raise NewConnectionError(self, str(failure)) from failure

    def _connected(self, address: str) -> socket.socket | OSError:
        try:
            return create_connection(
                (address, self.port),
                self.timeout,
                source_address=self.source_address,
                socket_options=self.socket_options,
            )
        except OSError as error:
            return error


class _SecureConnection(_Connection, HTTPSConnection):
    pass


def _pool(
    kind: type[HTTPConnectionPool], connection: type[_Connection], refuses: Rule
) -> type[HTTPConnectionPool]:
    return type(kind.__name__, (kind,), {"ConnectionCls": partial(connection, refuses)})


def within(seconds: float, work: Callable[[], _T]) -> _T:
    """What `work` returns or raises; Unreachable if it takes longer than `seconds`.

    No timeout of a socket bounds a name that never resolves or a body that comes byte by byte. So
    the work has a thread of its own, which is left behind.
    """
    results: list[_T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise Unreachable(f"no answer within {seconds:g} s")
    return results[0]


def explain(error: requests.RequestException, host: str) -> str:
    """One line about a request that failed, without the parts of the URL that may be secret."""
    causes: list[BaseException] = [error]
    for cause in causes:
        inner = [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
        causes += [one for one in inner if isinstance(one, BaseException) and one not in causes]
        if len(causes) > 20:
            break
    names = {type(cause).__name__ for cause in causes}
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"the name {host} does not resolve"
    if "SSLCertVerificationError" in names:
        return f"the certificate of {host} is not trusted (REQUESTS_CA_BUNDLE names a file of trusted ones)"
    if "SSLError" in names:
        return f"no secure connection to {host}"
    if isinstance(error, requests.Timeout) or any(isinstance(c, TimeoutError) for c in causes):
        return f"{host} did not answer in time"
    if isinstance(error, requests.TooManyRedirects):
        return f"more than {MAX_REDIRECTS} redirects"
    if isinstance(error, requests.exceptions.ProxyError):
        return f"the proxy does not reach {host}"
    if isinstance(error, requests.ConnectionError):
        refused = any(isinstance(cause, ConnectionRefusedError) for cause in causes)
        return f"{host} refuses the connection" if refused else f"no connection to {host}"
    return f"no usable answer from {host}"
