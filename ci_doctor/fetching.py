"""Files that an `include` names and that are outside the repository, from the network."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable
from contextlib import suppress

import requests

from .cache import Cache
from .errors import CiDoctorError, NotFound
from .files.decode import decode
from .gitlab_api import ApiError, Client, GitLabFiles, Instance, Release, is_missing
from .pipeline.include import FetchedFile, NotFetched
from .source import Source
from .web import MAX_SECONDS, TIMEOUT, Session, Unreachable, explain, origin_of, within

# Where the templates of every GitLab come from. An instance's own API gives them too, but not all.
UPSTREAM = Instance("https://gitlab.com")
UPSTREAM_PROJECT = "gitlab-org/gitlab"
TEMPLATES = "lib/gitlab/ci/templates"
TEMPLATE_SUFFIX = ".gitlab-ci.yml"
# For all includes of a run. GitLab stops after 30 seconds, but has its files at hand.
MAX_TOTAL_SECONDS = 120

_PARTIAL_VERSION = re.compile(r"\d+(\.\d+)?")
_SEMANTIC_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:\+[\w.-]+)?", re.ASCII)

_NO_GITLAB = NotFetched("no GitLab is known (--gitlab-url, or a git remote 'origin')")


class OnlineFetcher:
    """Gets included files from GitLab and from the web (`ci_doctor.pipeline.include.Fetcher`).

    What GitLab would say stands in `message` of a NotFetched only where the answers prove it: that a
    project is hidden from a project's bot, a job token or everybody proves nothing. Each file is asked
    for once. `client` None: no GitLab is known. `seconds` are for one file, `total` for all.
    """

    def __init__(
        self,
        client: Client | None,
        cache: Cache,
        *,
        upstream: Instance = UPSTREAM,
        seconds: float = MAX_SECONDS,
        total: float = MAX_TOTAL_SECONDS,
    ) -> None:
        self._client = client
        self._cache = cache
        self._seconds = seconds
        self._total = total
        self._left = total
        if client is not None and client.instance.url == upstream.url:
            self._upstream = client
        else:
            self._upstream = Client(upstream, None, cache, seconds=seconds)
        self._session = Session("" if client is None else client.instance.url)
        self._known: dict[tuple[str | None, ...], FetchedFile | NotFetched] = {}
        self._files: dict[tuple[str, str, str], GitLabFiles] = {}
        self._silent: dict[str, CiDoctorError] = {}  # servers without an answer, by host

    def project(self, project: str, ref: str | None, file: str) -> FetchedFile | NotFetched:
        return self._once(
            ("project", project, ref, file), lambda: self._project(project, ref, file)
        )

    def template(self, name: str) -> FetchedFile | NotFetched:
        return self._once(("template", name), lambda: self._template(name))

    def component(self, address: str) -> FetchedFile | NotFetched:
        return self._once(("component", address), lambda: self._component(address))

    def remote(self, url: str, integrity: str | None) -> FetchedFile | NotFetched:
        return self._once(("remote", url, integrity), lambda: self._remote(url, integrity))

    def _once(
        self, key: tuple[str | None, ...], fetch: Callable[[], FetchedFile | NotFetched]
    ) -> FetchedFile | NotFetched:
        if key in self._known:
            return self._known[key]
        if self._left <= 0:
            return NotFetched(f"the time for includes, {self._total:g} s, is up")
        started = time.monotonic()
        try:
            answer = fetch()
        except CiDoctorError as error:
            answer = NotFetched(f"{error.message}: {error.hint}" if error.hint else error.message)
        self._left -= time.monotonic() - started
        self._known[key] = answer
        return answer

    # Projects.

    def _project(self, project: str, ref: str | None, file: str) -> FetchedFile | NotFetched:
        client = self._client
        if client is None:
            return _NO_GITLAB
        shown, at, path = project.lower(), ref or "HEAD", file.lstrip("/")
        try:
            sha = client.commit(project, at)
            files = self._at(client, project, sha, at)
            source = files.read(path)
        except CiDoctorError as error:
            if is_missing(error, "Project"):
                message = (
                    f"Project `{shown}` not found or access denied! Make sure any includes in "
                    "the pipeline configuration are correctly defined."
                )
                return self._hidden(client, project, message)
            if is_missing(error, "Commit"):
                message = f"Project `{shown}` reference `{at}` does not exist!"
                return NotFetched(message, message)
            if _is_absent(error):
                message = f"Project `{shown}` file `{path}` does not exist!"
                return NotFetched(message, message)
            raise
        if not source.text.strip():
            message = f"Project `{shown}` file `{path}` is empty!"
            return NotFetched(message, message)
        return FetchedFile(source, files)

    def _at(self, client: Client, project: str, sha: str, ref: str) -> GitLabFiles:
        key = (project, sha, ref)
        if key not in self._files:
            self._files[key] = GitLabFiles(client, project, sha, ref)
        return self._files[key]

    def _hidden(self, client: Client, project: str, message: str) -> NotFetched:
        """A project that is not there, or not to be seen with this token."""
        token = client.token
        if token is None:
            return NotFetched(f"{project} is not there, or not public: set GITLAB_TOKEN")
        if token.kind == "job":
            return NotFetched(
                f"CI_JOB_TOKEN does not reach {project}: its allowlist must name this project; "
                "or set GITLAB_TOKEN"
            )
        if client.is_person():
            return NotFetched(message, message)
        return NotFetched(f"{project} is not there, or hidden from the token of {token.name}")

    # Components.

    def _component(self, address: str) -> FetchedFile | NotFetched:
        client = self._client
        if client is None:
            return _NO_GITLAB
        place, _, version = address.partition("@")
        host, _, path = place.partition("/")
        project, _, name = path.rpartition("/")
        if host.lower() != client.instance.host.lower():
            reason = f"it is on {host}, and this repository on {client.instance.host}"
            if not client.instance.stated:
                return NotFetched(f"{reason} (--gitlab-url)")
            return NotFetched(
                reason, f"Component '{address}' - the component path is not supported"
            )
        if not project or not name or not version:
            return _fault(address, "content not found")
        try:
            release = self._version(client, project, version)
        except CiDoctorError as error:
            if not is_missing(error, "Project"):
                raise
            refusal = "project does not exist or you don't have sufficient permissions"
            return self._hidden(client, project, f"Component '{address}' - {refusal}")
        if release is None:
            return _fault(address, _no_version(version))
        files = self._at(client, project, release.sha, version)
        for candidate in (f"templates/{name}.yml", f"templates/{name}/template.yml"):
            try:
                source = files.read(candidate)
            except CiDoctorError as error:
                if not _is_absent(error):
                    raise
                continue
            about = {"name": name, "sha": release.sha, "reference": version}
            if release.tag:
                about["version"] = release.tag
            return FetchedFile(source, files, about)
        return _fault(address, "content not found")

    def _version(self, client: Client, project: str, version: str) -> Release | None:
        """The commit that a component's version means; its tag is "" where it need not be a release.

        For `~latest` and partial versions GitLab asks its catalog, which has the releases of a
        project that stand for a semantic version.
        """
        if version == "~latest" or _PARTIAL_VERSION.fullmatch(version):
            wanted = [] if version == "~latest" else [int(part) for part in version.split(".")]
            found = []
            for release in client.releases(project):
                match = _SEMANTIC_VERSION.fullmatch(release.tag)
                numbers = [int(number) for number in match.groups()] if match else []
                if numbers and numbers[: len(wanted)] == wanted:
                    found.append((numbers, release))
            if found:
                return max(found)[1]
            if version == "~latest":
                return None
        try:
            sha = client.commit(project, version)
        except CiDoctorError as error:
            if is_missing(error, "Commit"):
                return None
            raise
        return Release(version if _SEMANTIC_VERSION.fullmatch(version) else "", sha)

    # Templates.

    def _template(self, name: str) -> FetchedFile | NotFetched:
        client = self._client
        if client is None:
            return _NO_GITLAB
        key = name.removesuffix(TEMPLATE_SUFFIX)
        shown = f"template:{name}"
        try:
            text = client.template(key)
        except CiDoctorError as error:
            if not isinstance(error, ApiError) or error.status not in (401, 403, 404):
                raise
            # The API has no way to name some templates, those with a dot for example.
            content = self._upstream_template(client, name)
            if content is None:
                message = f"Included file `{name}` is empty or does not exist!"
                return NotFetched(message, message)
            text = decode(shown, content)
        return FetchedFile(Source(shown, text, external=True))

    def _upstream_template(self, client: Client, name: str) -> bytes | None:
        """The file in GitLab's own repository, of the instance's version where that is known."""
        ref = "master"
        if client is not self._upstream:
            with suppress(CiDoctorError):  # nobody tells without a token
                ref = f"v{client.version().removesuffix('-ee')}-ee"
        try:
            sha = self._upstream.commit(UPSTREAM_PROJECT, ref)
            return self._upstream.file(UPSTREAM_PROJECT, f"{TEMPLATES}/{name}", sha)
        except CiDoctorError as error:
            if is_missing(error, "File"):
                return None
            raise

    # The web.

    def _remote(self, url: str, integrity: str | None) -> FetchedFile | NotFetched:
        key = ("remote", url, integrity or "")
        content = self._cache.get(*key) if integrity else None
        if content is None:
            answer = self._get(url)
            if isinstance(answer, NotFetched):
                return answer
            content = answer
        if integrity is not None and _digest(content) != integrity.removeprefix("sha256-"):
            # In our own words: GitLab's are not known.
            message = f"Remote file `{url}` does not have the content that its `integrity` states"
            return NotFetched(message, message)
        if integrity:
            self._cache.put(content, *key)
        return FetchedFile(Source(url, decode(url, content), external=True))

    def _get(self, url: str) -> bytes | NotFetched:
        host = origin_of(url)[1]
        if host in self._silent:
            raise self._silent[host]
        try:
            reply = within(self._seconds, lambda: self._session.get(url, timeout=TIMEOUT))
        except requests.TooManyRedirects as error:
            return NotFetched(explain(error, host))
        except requests.RequestException as error:
            self._silent[host] = Unreachable(explain(error, host))
        except Unreachable as error:
            self._silent[host] = Unreachable(f"{host}: {error.message}")
        if host in self._silent:
            raise self._silent[host]
        code = reply.status_code
        if code < 400:
            return reply.content
        reason = f"{host} answers {code}"
        if code in (404, 410):
            message = (
                f"Remote file `{url}` could not be fetched because of HTTP code `{code}` error!"
            )
            return NotFetched(reason, message)
        return NotFetched(reason)


def _is_absent(error: CiDoctorError) -> bool:
    return is_missing(error, "File") or isinstance(error, NotFound)


def _fault(address: str, why: str) -> NotFetched:
    message = f"Component '{address}' - {why}"
    return NotFetched(message, message)


def _no_version(version: str) -> str:
    kind = ""
    if version == "~latest":
        kind = "~latest version"
    elif _PARTIAL_VERSION.fullmatch(version):
        kind = "partial semantic version"
    if not kind:
        return "content not found"
    return (
        f"The {kind} reference is not supported for non-catalog resources. "
        "Use a tag, branch, or commit SHA instead."
    )


def _digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()
