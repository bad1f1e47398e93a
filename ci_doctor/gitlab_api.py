"""GitLab's REST API. Only here is python-gitlab used."""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import requests

from .cache import Cache
from .errors import CiDoctorError, UsageError
from .files import git
from .files.decode import decode, not_found
from .files.path import clean
from .files.protocol import Names
from .files.wildcard import Wildcard
from .source import Source
from .web import (
    MAX_SECONDS,
    TIMEOUT,
    USER_AGENT,
    Refused,
    Session,
    Unreachable,
    explain,
    origin_of,
    within,
)

try:
    Path.home()
except RuntimeError:  # python-gitlab asks for the home folder when it is imported
    os.environ["HOME"] = os.sep
import gitlab
import gitlab.config

# One page has at most 100 entries. Where there are more files than this, nobody knows them all.
MAX_ENTRIES = 10_000
_ONCE: Mapping[str, Any] = {"obey_rate_limit": False}  # `Session` tries again, with a limit
_SHA = re.compile(r"[0-9a-f]{40}")
_URL = re.compile(r"https?://(?:\[[0-9a-fA-F:.]+\]|[^/\s:@\[\]]+)(?::\d+)?(?:/\S*)?")
_WEB = ("http", "https")
_SSH = ("ssh", "git", "git+ssh", "ssh+git")
# user@host:path; a single letter is a drive.
_SCP = re.compile(r"(?:[^@/]+@)?([^:/\[\]]{2,}):(?!//)(.+)")

T = TypeVar("T")


class ApiError(CiDoctorError):
    """GitLab answered with an error: its HTTP status, and what it said ("404 Project Not Found")."""

    def __init__(self, message: str, hint: str, status: int, said: str) -> None:
        super().__init__(message, hint)
        self.status = status
        self.said = said


@dataclass(frozen=True)
class Instance:
    """A GitLab, by its URL without `/` at the end.

    `stated`: the user or the runner names it; otherwise it is the host of git's remote, which need
    not be a GitLab. `project` is the path of the repository's project there, "" where unknown.
    """

    url: str
    stated: bool = True
    project: str = ""

    @property
    def host(self) -> str:
        """Host and port as GitLab writes them (`CI_SERVER_FQDN`): no port that goes without saying."""
        scheme, host, port = origin_of(self.url)
        usual = port == {"http": 80, "https": 443}[scheme]
        return host if usual else f"{host}:{port}"

    def variables(self) -> dict[str, str]:
        """The predefined variables that are the same for every pipeline of the project."""
        scheme, host, port = origin_of(self.url)
        known = {
            "CI_API_V4_URL": f"{self.url}/api/v4",
            "CI_SERVER_FQDN": self.host,
            "CI_SERVER_HOST": host,
            "CI_SERVER_PORT": str(port),
            "CI_SERVER_PROTOCOL": scheme,
            "CI_SERVER_URL": self.url,
        }
        if "/" in self.project:
            namespace, _, name = self.project.rpartition("/")
            known |= {
                "CI_PROJECT_NAME": name,
                "CI_PROJECT_NAMESPACE": namespace,
                "CI_PROJECT_PATH": self.project,
                "CI_PROJECT_ROOT_NAMESPACE": namespace.partition("/")[0],
                "CI_PROJECT_URL": f"{self.url}/{self.project}",
            }
        return known


def find_instance(
    root: Path, stated: str | None, environment: Mapping[str, str]
) -> Instance | None:
    """The GitLab of the repository at `root`: `stated`, else `CI_SERVER_URL`, else of remote `origin`.

    Raises UsageError where `stated` is no URL.
    """
    remote = _remote(root)
    server = environment.get("CI_SERVER_URL", "").rstrip("/")
    if stated and not _is_url(stated):
        raise UsageError("--gitlab-url is no URL", "write for example https://gitlab.com")
    url = (stated or server).rstrip("/")
    if not _is_url(url):
        return remote
    project = ""
    if url == server:
        project = environment.get("CI_PROJECT_PATH", "")
    elif remote is not None and origin_of(remote.url)[1] == origin_of(url)[1]:
        project = remote.project
    return Instance(url, project=project)


def _is_url(text: str) -> bool:
    """Whether it is a server's URL, without a user in it."""
    try:
        return bool(_URL.fullmatch(text) and origin_of(text))
    except CiDoctorError:
        return False


def _remote(root: Path) -> Instance | None:
    try:
        url = git.run(root, "remote", "get-url", "origin").decode().strip()
    except (git.GitFailed, UnicodeDecodeError):
        return None
    copied = _SCP.fullmatch(url)
    if copied:
        server, path = f"https://{copied[1]}", copied[2]
    else:
        parts = urlsplit(url)
        if parts.scheme in _WEB:
            server = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        elif parts.scheme in _SSH:
            server = f"https://{parts.hostname}"
        else:
            return None
        path = parts.path
    path = path.strip("/").removesuffix(".git").strip("/")
    return Instance(server, stated=False, project=path) if _is_url(server) else None


@dataclass(frozen=True)
class Token:
    """A token, where it comes from, and the CA certificates that go with it."""

    value: str = field(repr=False)
    kind: str  # "private", "oauth" or "job"
    name: str
    ssl_verify: bool | str = True


def find_token(
    instance: Instance, stated: str | None, environment: Mapping[str, str]
) -> Token | None:
    """`stated` (`--token`, `CI_DOCTOR_TOKEN`), `GITLAB_TOKEN`, python-gitlab's configuration, `CI_JOB_TOKEN`.

    The latter two are for one server each, and only that one gets them. Raises UsageError where
    the configuration cannot be read.
    """
    for value, name in ((stated, "--token"), (environment.get("GITLAB_TOKEN"), "GITLAB_TOKEN")):
        if value and value.strip():
            return Token(value.strip(), "private", name)
    configured = _configured(instance)
    if configured is not None:
        return configured
    value = environment.get("CI_JOB_TOKEN", "").strip()
    if value and instance.url == environment.get("CI_SERVER_URL", "").rstrip("/"):
        return Token(value, "job", "CI_JOB_TOKEN")
    return None


def _configured(instance: Instance) -> Token | None:
    try:
        found = gitlab.config.GitlabConfigParser()
    except gitlab.config.GitlabConfigHelperError as error:
        # Its second line is what the helper printed.
        raise _bad_configuration(str(error).splitlines()[0]) from None
    except (gitlab.config.ConfigError, configparser.Error, OSError, ValueError) as error:
        raise _bad_configuration(" ".join(str(error).split())) from None
    if found.url is None or origin_of(found.url) != origin_of(instance.url):
        return None
    for kind in ("private", "oauth", "job"):
        value = getattr(found, f"{kind}_token")
        if value:
            return Token(value, kind, "python-gitlab's configuration", found.ssl_verify)
    return None


def _bad_configuration(why: str) -> UsageError:
    return UsageError(f"python-gitlab's configuration: {why}", "or set GITLAB_TOKEN")


class Release(NamedTuple):
    tag: str
    sha: str


class Client:
    """Asks one GitLab, with or without a token. Every method raises CiDoctorError.

    ApiError for what GitLab refuses, Unreachable where it gives no answer. A server that does not
    answer, or does not take the token, is not asked again. What is read at a commit is kept in
    `cache`.
    """

    def __init__(
        self,
        instance: Instance,
        token: Token | None,
        cache: Cache,
        *,
        seconds: float = MAX_SECONDS,
    ) -> None:
        self.instance = instance
        self.token = token
        self._cache = cache
        self._seconds = seconds
        self._session = Session(instance.url, confined=True)
        credentials: dict[str, Any] = {}
        if token is not None:
            credentials = {f"{token.kind}_token": token.value, "ssl_verify": token.ssl_verify}
        self._gitlab = gitlab.Gitlab(
            instance.url,
            **credentials,
            timeout=TIMEOUT,  # type: ignore[arg-type] # handed on to requests
            user_agent=USER_AGENT,
            keep_base_url=True,
            session=self._session,
        )
        self._known = instance.stated
        self._down: CiDoctorError | None = None
        self._commits: dict[tuple[str, str], str] = {}

    def commit(self, project: str, ref: str) -> str:
        """The full sha of a branch, tag or commit."""
        if _SHA.fullmatch(ref):
            return ref
        if (project, ref) not in self._commits:
            commits = self._project(project).commits
            self._commits[project, ref] = self._ask(lambda: str(commits.get(ref, **_ONCE).id))
        return self._commits[project, ref]

    def file(self, project: str, path: str, sha: str) -> bytes:
        """The content of a file at a commit."""
        key = ("file", self.instance.url, project.lower(), sha, path)
        content = self._cache.get(*key)
        if content is None:
            files = self._project(project).files
            content = self._ask(lambda: bytes(files.raw(file_path=path, ref=sha, **_ONCE)))
            self._cache.put(content, *key)
        return content

    def tree(self, project: str, path: str, sha: str, *, recursive: bool) -> dict[str, str] | None:
        """What is in a folder at a commit: "blob", "tree" or "commit" by path; None for too many."""

        def listing() -> dict[str, str] | None:
            entries = self._project(project).repository_tree(
                path=path, ref=sha, recursive=recursive, iterator=True, per_page=100, **_ONCE
            )
            found = {str(e["path"]): str(e["type"]) for e in islice(entries, MAX_ENTRIES + 1)}
            return None if len(found) > MAX_ENTRIES else found

        return self._ask(listing)

    def releases(self, project: str) -> list[Release]:
        releases = self._project(project).releases

        def listing() -> list[Release]:
            found = releases.list(iterator=True, per_page=100, **_ONCE)
            return [Release(r.tag_name, r.commit["id"]) for r in islice(found, MAX_ENTRIES)]

        return self._ask(listing)

    def template(self, name: str) -> str:
        """A CI/CD template of the instance, named without `.gitlab-ci.yml`."""
        return self._ask(lambda: str(self._gitlab.gitlabciymls.get(name, **_ONCE).content))

    def version(self) -> str:
        """For example "18.11.2-ee". It takes a token."""
        return self._ask(lambda: str(self._get("/version")["version"]))

    def is_person(self) -> bool:
        """Whether the token is a person's: what is hidden from it is hidden from that person's pipelines."""
        if self.token is None or self.token.kind == "job":
            return False
        try:
            return self._ask(lambda: self._get("/user").get("bot") is False)
        except CiDoctorError:
            return False

    def _project(self, project: str) -> Any:
        return self._gitlab.projects.get(project, lazy=True)

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._gitlab.http_get(path, **_ONCE)
        return answer if isinstance(answer, dict) else {}

    def _ask(self, work: Callable[[], T]) -> T:
        if not self._known:
            self._known = True
            self._check_that_it_is_a_gitlab()
        if self._down is not None:
            raise self._down
        failure: CiDoctorError
        try:
            return within(self._seconds, work)
        except gitlab.GitlabError as error:
            failure = self._refusal(error)
        except requests.RequestException as error:
            failure = Unreachable(explain(error, self.instance.host))
        except Unreachable as error:
            failure = Unreachable(f"{self.instance.host}: {error.message}")
        except Refused as error:
            failure = Refused(f"{self.instance.host}: {error.message}")
        except (KeyError, TypeError, ValueError, AttributeError):
            failure = self._strange()
        if self._is_lasting(failure):
            self._down = failure
        raise failure

    def _is_lasting(self, failure: CiDoctorError) -> bool:
        """Whether the next question would end in the same way."""
        if not isinstance(failure, ApiError):
            return isinstance(failure, Unreachable)
        # A job token is not looked at by most of the API.
        refused = failure.status == 401 and self.token is not None and self.token.kind != "job"
        return refused or failure.status in (429, 502, 503, 504)

    def _check_that_it_is_a_gitlab(self) -> None:
        """Ask without the token: the server of a git remote may be anybody's."""

        def question() -> bool:
            reply = self._session.get(f"{self.instance.url}/api/v4/version", timeout=TIMEOUT)
            return reply.status_code in (200, 401, 403) and isinstance(reply.json(), dict)

        known = False
        try:
            with suppress(ValueError):
                known = within(self._seconds, question)
        except requests.RequestException as error:
            self._down = Unreachable(explain(error, self.instance.host))
            return
        except CiDoctorError as error:
            self._down = error
            return
        if not known:
            self._down = Unreachable(
                f"{self.instance.host}, the host of git's remote 'origin', is no GitLab",
                "name yours with --gitlab-url",
            )

    def _strange(self) -> CiDoctorError:
        return Unreachable(f"{self.instance.host} does not answer as GitLab does")

    def _refusal(self, error: gitlab.GitlabError) -> CiDoctorError:
        status, host = error.response_code, self.instance.host
        if status is None:
            return self._strange()
        said = error.error_message if isinstance(error.error_message, str) else ""
        kind = "" if self.token is None else self.token.kind
        message, hint = f"{host} answers {status}", ""
        if status == 401 and self.token is None:
            message, hint = f"{host} wants a token (401)", "set GITLAB_TOKEN"
        elif status == 401 and self.token is not None:
            message = f"{host} does not take the token of {self.token.name} (401)"
            hint = "has it expired?"
        elif status == 403:
            message = f"{host} forbids it (403)"
            hint = (
                "CI_JOB_TOKEN reads files of few projects: set GITLAB_TOKEN"
                if kind == "job"
                else "the token needs the scope read_api"
            )
        elif status == 404:
            message = f"{host} does not find it (404)"
        elif status == 429:
            message, hint = f"too many requests to {host} (429)", "wait a while"
        elif 300 <= status < 400:
            message = f"{host} redirects to another address"
        return ApiError(message, hint, status, said)


class GitLabFiles:
    """The files of a project at a commit (`ci_doctor.files.protocol.Files`).

    The sources are external; `ref` is the name under which they are shown. What the API does not
    tell raises CiDoctorError in `read` and `glob`, and is unknown or empty elsewhere.
    """

    def __init__(self, client: Client, project: str, sha: str, ref: str) -> None:
        self._client = client
        self._project = project
        self._sha = sha
        self._ref = ref
        self._sources: dict[str, Source] = {}
        self._absent: set[str] = set()
        self._listings: dict[tuple[str, bool], dict[str, str] | None] = {}

    def read(self, path: str) -> Source:
        name = clean(path)
        if not name or name in self._absent:
            raise not_found(path)
        if name not in self._sources:
            try:
                data = self._client.file(self._project, name, self._sha)
            except ApiError as error:
                if not is_missing(error, "File"):
                    raise
                self._absent.add(name)
                raise not_found(path) from None
            shown = f"{self._project}@{self._ref}:/{name}"
            self._sources[name] = Source(shown, decode(shown, data), external=True)
        return self._sources[name]

    def exists(self, path: str) -> bool | None:
        name = clean(path)
        if name is None:
            return None
        if name == "" or name in self._sources:
            return True
        if name in self._absent:
            return False
        beside = self._listing(name.rpartition("/")[0])
        return None if beside is None else name in beside

    def is_directory(self, path: str) -> bool | None:
        name = clean(path)
        if not name:
            return None if name is None else True
        beside = self._listing(name.rpartition("/")[0])
        return None if beside is None else beside.get(name) == "tree"

    def list(self, path: str) -> Names:
        name = clean(path)
        inside = None if name is None else self._listing(name)
        return sorted(entry.rpartition("/")[2] for entry in inside or ())

    def glob(self, pattern: str) -> Names:
        wildcard = Wildcard(pattern)
        depth = wildcard.folder.count("/") + 1 if wildcard.folder else 0
        below = self._ask(wildcard.folder, recursive=wildcard.depth != depth)
        if below is None:
            raise CiDoctorError(f"more than {MAX_ENTRIES} files in {self._project}")
        return sorted(p for p, kind in below.items() if kind == "blob" and wildcard.matches(p))

    def _listing(self, folder: str) -> dict[str, str] | None:
        try:
            return self._ask(folder, recursive=False)
        except CiDoctorError:
            return None

    def _ask(self, folder: str, *, recursive: bool) -> dict[str, str] | None:
        if (folder, recursive) not in self._listings:
            try:
                found = self._client.tree(self._project, folder, self._sha, recursive=recursive)
            except ApiError as error:
                if not is_missing(error, "Tree"):
                    raise
                found = {}
            self._listings[folder, recursive] = found
        return self._listings[folder, recursive]


def is_missing(error: CiDoctorError, what: str) -> bool:
    """Whether GitLab itself says that a Project, Commit, File, Tree, … is not there."""
    return (
        isinstance(error, ApiError)
        and error.status == 404
        and error.said.startswith(f"404 {what} Not Found")
    )
