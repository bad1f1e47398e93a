"""Asks registries for which platforms images are published.

The protocol is that of github.com/opencontainers/distribution-spec, with the tokens of
github.com/distribution/distribution (docs/spec/auth). A Dockerfile names the registry, and its answers
name the servers of tokens and contents, so both may be hostile: `Reach` says which addresses are connected to,
and a credential goes to the registry it is for and to the token service which that registry names.
"""

from __future__ import annotations

import re
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

import requests

from ..cache import Cache
from ..web import (
    MAX_SECONDS,
    TIMEOUT,
    Refused,
    Session,
    Unreachable,
    explain,
    origin_of,
    within,
)
from .docker_config import Credential, Keychain
from .manifests import (
    ACCEPT,
    Manifest,
    NoPlatforms,
    has_digest,
    is_digest,
    read_config,
    read_manifest,
)
from .published import ImagePlatforms
from .reach import Reach, is_this_machine
from .reference import DOCKER_HUB, Reference

PARALLEL = 8
# For all images of a run.
MAX_TOTAL_SECONDS = 120
MAX_IMAGES = 200

_HUB_API = "registry-1.docker.io"
_CLIENT = "ci-doctor"
_LASTING = frozenset((429, 500, 502, 503, 504))  # the next question would end in the same way

_BEARER = re.compile(r"(?:^|,)\s*Bearer\s+", re.IGNORECASE)
_BASIC = re.compile(r"(?:^|,)\s*Basic\b", re.IGNORECASE)
_PARAMETER = re.compile(r'(?<![\w-])([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))')
_TOKEN = re.compile(r"[!-~]+")

_T = TypeVar("_T")


class RegistryClient:
    """Looks images up, several at a time (`ci_doctor.images.published.Registries`).

    Each is asked for once, and a registry that gives no answer is left alone from then on. What a
    digest stands for is kept in `cache`. `seconds` are for one image, `total` for all.
    """

    def __init__(
        self,
        cache: Cache,
        keychain: Keychain,
        *,
        seconds: float = MAX_SECONDS,
        total: float = MAX_TOTAL_SECONDS,
    ) -> None:
        self._cache = cache
        self._keychain = keychain
        self._seconds = seconds
        self._total = total
        self._left = total
        self._answers: dict[Reference, ImagePlatforms | str] = {}
        self._silent: dict[str, str] = {}  # registries without an answer, and why

    def look_up(self, references: Iterable[Reference]) -> None:
        wanted = [r for r in dict.fromkeys(map(_asked, references)) if r not in self._answers]
        room = max(0, MAX_IMAGES - len(self._answers))
        for reference in wanted[room:]:
            self._answers[reference] = f"no more than {MAX_IMAGES} images are looked up"
        started = time.monotonic()
        try:
            _in_parallel(self._look_up, wanted[:room], self._left)
        finally:
            self._left = max(0.0, self._left - (time.monotonic() - started))
            for reference in wanted:
                late = f"the time for registries, {self._total:g} s, is up"
                self._answers.setdefault(reference, late)

    def platforms(self, reference: Reference) -> ImagePlatforms | None:
        answer = self._answer(reference)
        return None if isinstance(answer, str) else answer

    def reason(self, reference: Reference) -> str:
        answer = self._answer(reference)
        return answer if isinstance(answer, str) else ""

    def _answer(self, reference: Reference) -> ImagePlatforms | str:
        self.look_up([reference])
        return self._answers[_asked(reference)]

    def _look_up(self, reference: Reference) -> None:
        # A thread may come back after its time: the first answer stays.
        self._answers.setdefault(reference, self._ask(reference))

    def _ask(self, reference: Reference) -> ImagePlatforms | str:
        host = _host(reference)
        if host in self._silent:
            return self._silent[host]
        credential = self._keychain.find(reference.registry)
        try:
            return within(
                self._seconds, lambda: _Repository(reference, credential, self._cache).platforms()
            )
        except _Answered as answered:
            why = answered.message
            if answered.status in (401, 403) and self._keychain.has_helper(reference.registry):
                why += "; credential helpers are not run"
            if answered.status not in _LASTING:
                return why
        except requests.RequestException as error:
            url = error.request.url if error.request is not None else None
            why = explain(error, origin_of(url)[1] if url else host)
        except Unreachable as error:
            why = f"{host}: {error.message}"
        except Refused as error:
            return error.message
        except NoPlatforms as error:
            return f"{host} tells no platforms: {error}"
        self._silent[host] = why
        return why


def _asked(reference: Reference) -> Reference:
    """With the tag or the digest that decides."""
    if reference.digest is not None:
        return replace(reference, tag=None)
    return replace(reference, tag=reference.tag_or_latest)


def _host(reference: Reference) -> str:
    return _HUB_API if reference.registry == DOCKER_HUB else reference.registry


def _in_parallel(work: Callable[[_T], None], items: list[_T], seconds: float) -> None:
    """Do `work` for each of `items`, PARALLEL at a time, and wait for `seconds` at most.

    The threads of an executor would hold an interrupted program up until they end.
    """
    left = iter(items)  # of a list: threads can share it
    stop = threading.Event()
    errors: list[Exception] = []

    def run() -> None:
        try:
            for item in left:
                if stop.is_set():
                    return
                work(item)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in items[:PARALLEL]]
    ends = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, ends - time.monotonic()))
    stop.set()
    if errors:
        raise errors[0]


class _Answered(Exception):
    """A server answered, and not with what it was asked for."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class _Repository:
    """Asks for one image of one repository, with a session of its own: nothing passes between registries."""

    def __init__(self, reference: Reference, credential: Credential | None, cache: Cache) -> None:
        self._reference = reference
        self._credential = credential
        self._cache = cache
        self._registry = _host(reference)
        # As docker and BuildKit do: a registry on this very machine speaks plain HTTP.
        scheme = "http" if is_this_machine(origin_of(f"http://{self._registry}")[1]) else "https"
        self._url = f"{scheme}://{self._registry}/v2/{reference.repository}"
        self._session = _RegistrySession(self._url)
        self._authorization = ""

    def platforms(self) -> ImagePlatforms:
        """Raises _Answered, NoPlatforms, CiDoctorError and the exceptions of requests."""
        with self._session:
            reference = self._reference
            digest = reference.digest or self._digest(f"manifests/{reference.tag}")
            if digest:
                content = self._content(f"manifests/{digest}", digest)
            else:
                content = self._get(f"manifests/{reference.tag}").content
            found = read_manifest(content)
            if not isinstance(found, Manifest):
                return ImagePlatforms(found.platforms, reference.registry)
            platform = read_config(self._content(f"blobs/{found.config}", found.config))
            return ImagePlatforms(frozenset({platform}), reference.registry, single=True)

    def _digest(self, path: str) -> str:
        """What a tag stands for now, "" where the registry does not tell; Docker Hub counts no HEAD."""
        answer = self._send("HEAD", path)
        if answer.status_code in _LASTING:
            raise self._refusal(answer)
        digest = answer.headers.get("Docker-Content-Digest", "")
        return digest if answer.status_code == 200 and is_digest(digest) else ""

    def _content(self, path: str, digest: str) -> bytes:
        key = ("registry", self._registry, self._reference.repository, path)
        if not is_digest(digest):
            return self._get(path).content
        kept = self._cache.get(*key)
        if kept is not None and has_digest(kept, digest):
            return kept
        content = self._get(path).content
        if not has_digest(content, digest):
            raise NoPlatforms("the content is not that of its digest")
        self._cache.put(content, *key)
        return content

    def _get(self, path: str) -> requests.Response:
        answer = self._send("GET", path)
        if answer.status_code != 200:
            raise self._refusal(answer)
        return answer

    def _send(self, method: str, path: str) -> requests.Response:
        answer = self._once(method, path)
        if answer.status_code == 401:
            authorization = self._authorize(answer.headers.get("WWW-Authenticate", ""))
            if authorization and authorization != self._authorization:
                self._authorization = authorization
                answer = self._once(method, path)
        return answer

    def _once(self, method: str, path: str) -> requests.Response:
        headers = {"Accept": ACCEPT}
        if self._authorization:
            headers["Authorization"] = self._authorization
        return self._session.request(
            method, f"{self._url}/{path}", headers=headers, timeout=TIMEOUT, allow_redirects=True
        )

    def _authorize(self, challenge: str) -> str:
        """The value of `Authorization` that a challenge asks for, "" where there is none to give."""
        bearer = _BEARER.search(challenge)
        if bearer is None:
            return self._basic() if _BASIC.search(challenge) else ""
        if self._credential is not None and self._credential.registry_token:
            return f"Bearer {self._credential.registry_token}"
        asked: dict[str, str] = {}
        for name, quoted, bare in _PARAMETER.findall(challenge, bearer.end()):
            asked.setdefault(name.lower(), quoted or bare)
        return f"Bearer {self._token(asked.get('realm', ''), asked.get('service', ''))}"

    def _basic(self) -> str:
        if self._credential is None or not self._credential.username:
            return ""
        pair = f"{self._credential.username}:{self._credential.password}"
        return f"Basic {b64encode(pair.encode()).decode()}"

    def _token(self, realm: str, service: str) -> str:
        host = origin_of(realm)[1]
        about = {"scope": f"repository:{self._reference.repository}:pull"}
        if service:
            about["service"] = service
        refresh = "" if self._credential is None else self._credential.identity_token
        if refresh:
            about |= {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": _CLIENT}
            answer = self._session.post(realm, data=about, timeout=TIMEOUT, allow_redirects=False)
        else:
            basic = self._basic()
            headers = {"Authorization": basic} if basic else {}
            answer = self._session.get(realm, params=about, headers=headers, timeout=TIMEOUT)
        if answer.status_code != 200:
            raise self._refusal(answer, host)
        try:
            document: Any = answer.json()
        except (ValueError, RecursionError):
            document = None
        for name in ("token", "access_token"):
            token = document.get(name) if isinstance(document, dict) else None
            if isinstance(token, str) and _TOKEN.fullmatch(token):
                return token
        raise _Answered(f"{host} gives no token", answer.status_code)

    def _refusal(self, answer: requests.Response, host: str = "") -> _Answered:
        host, status = host or self._registry, answer.status_code
        message = f"{host} answers {status}"
        if status == 429:
            message = f"too many requests to {host} (429)"
        elif status in (401, 403) and self._credential is not None:
            message = (
                f"{host} does not take the credentials of {self._credential.source} ({status})"
            )
        elif status in (401, 403):
            message = f"it is not there, or not for everybody: {host} answers {status}"
        elif status == 404:
            message = f"{host} does not have it (404)"
        return _Answered(message, status)


class _RegistrySession(Session):
    """Speaks plain HTTP with this machine alone, and connects where the registry at `url` may lead."""

    def __init__(self, url: str) -> None:
        super().__init__(refuses=Reach(origin_of(url)[1]))

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        scheme, host, _ = origin_of(request.url or "")
        if scheme == "http" and not is_this_machine(host):
            raise Refused(f"{host} would be asked without encryption")
        if is_this_machine(host):
            options["proxies"] = {}  # as Go's clients do
        return super().send(request, **options)
