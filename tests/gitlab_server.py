"""A GitLab on the loopback interface: the REST endpoints that ci-doctor asks, and plain web pages."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Answer = Callable[["Handler"], None]


@dataclass
class Project:
    """`commits` are texts by path by sha, `refs` branches and tags; `readers` the tokens that see it."""

    commits: Mapping[str, Mapping[str, str | bytes]]
    refs: Mapping[str, str] = field(default_factory=dict)
    releases: Mapping[str, str] = field(default_factory=dict)
    readers: tuple[str, ...] | None = None  # None: public


@dataclass
class Asked:
    """One request: its path as it was sent, and the credentials that came with it."""

    path: str
    token: str


@dataclass
class GitLab:
    """`answers` replace the usual answer to a path, `users` say by token who is a bot."""

    projects: dict[str, Project] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    users: dict[str, bool] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    page: int = 100  # entries of a page of a list

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [one.path.removeprefix("/api/v4") for one in self.asked]


@contextmanager
def serving(gitlab: GitLab) -> Iterator[GitLab]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.gitlab = gitlab  # type: ignore[attr-defined]
    gitlab.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield gitlab
    finally:
        server.shutdown()
        server.server_close()


def status(code: int, message: str = "", **headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.reply(code, json.dumps({"message": message}), headers=headers)

    return answer


def page(text: str | bytes, **headers: str) -> Answer:
    return lambda handler: handler.reply(200, text, "text/plain", headers)


def redirect(to: str) -> Answer:
    return lambda handler: handler.reply(302, "", "text/plain", {"Location": to})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    @property
    def gitlab(self) -> GitLab:
        gitlab: GitLab = self.server.gitlab  # type: ignore[attr-defined]
        return gitlab

    @property
    def token(self) -> str:
        names = ("PRIVATE-TOKEN", "JOB-TOKEN", "Authorization")
        return next((self.headers[name] for name in names if name in self.headers), "")

    def reply(
        self,
        code: int,
        content: str | bytes,
        kind: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        data = content if isinstance(content, bytes) else content.encode()
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def json(self, data: object, headers: Mapping[str, str] | None = None) -> None:
        self.reply(200, json.dumps(data), headers=headers)

    def missing(self, what: str) -> None:
        self.reply(404, json.dumps({"message": f"404 {what} Not Found"}))

    def do_GET(self) -> None:
        self.gitlab.asked.append(Asked(self.path, self.token))
        path = urlsplit(self.path).path
        answer = self.gitlab.answers.get(path) or self.gitlab.answers.get("*")
        parts = [unquote(part) for part in path.split("/")[3:]]
        if answer is not None:
            answer(self)
        elif not path.startswith("/api/v4/"):
            self.reply(404, "<html>nothing here</html>", "text/html")
        elif parts == ["version"]:
            self._known({"version": "18.11.2-ee"})
        elif parts == ["user"]:
            self._known({"username": "somebody", "bot": self.gitlab.users.get(self.token)})
        elif parts[0] == "templates":
            text = self.gitlab.templates.get(parts[2])
            if text is None:
                self.missing("Gitlab Ci Yml")
            else:
                self.json({"name": parts[2], "content": text})
        else:
            self._project(parts[1], parts[2:], parse_qs(urlsplit(self.path).query))

    def _known(self, data: object) -> None:
        if self.token in self.gitlab.users:
            self.json(data)
        else:
            status(401, "401 Unauthorized")(self)

    def _project(self, name: str, rest: list[str], query: Mapping[str, list[str]]) -> None:
        project = self.gitlab.projects.get(name.lower())
        if project is None or (project.readers is not None and self.token not in project.readers):
            self.missing("Project")
            return
        if rest == ["releases"]:
            releases = [
                {"tag_name": t, "commit": {"id": sha}} for t, sha in project.releases.items()
            ]
            self._list(releases, query)
            return
        ref = rest[2] if rest[1] == "commits" else query["ref"][0]
        refs = {sha: sha for sha in project.commits} | dict(project.refs)
        if ref not in refs:
            self.missing("Commit")
        elif rest[1] == "commits":
            self.json({"id": refs[ref]})
        elif rest[1] == "tree":
            self._tree(project.commits[refs[ref]], query)
        else:
            content = project.commits[refs[ref]].get(rest[2])
            if content is None:
                self.missing("File")
            else:
                self.reply(200, content, "text/plain")

    def _tree(self, files: Mapping[str, str | bytes], query: Mapping[str, list[str]]) -> None:
        folder = query.get("path", [""])[0]
        recursive = query["recursive"] == ["True"]
        start = f"{folder}/" if folder else ""
        found: dict[str, str] = {}
        for path in sorted(path for path in files if path.startswith(start)):
            parts = path.removeprefix(start).split("/")
            for depth in range(1, len(parts) + 1 if recursive else 2):
                kind = "blob" if depth == len(parts) else "tree"
                found[start + "/".join(parts[:depth])] = kind
        if not found:
            self.missing("Tree")
        else:
            self._list([{"path": path, "type": kind} for path, kind in found.items()], query)

    def _list(self, entries: list[dict[str, Any]], query: Mapping[str, list[str]]) -> None:
        number, size = int(query.get("page", ["1"])[0]), self.gitlab.page
        rest = entries[number * size :]
        path, joint = self.path.split("&page=")[0], "&" if "?" in self.path else "?"
        link = f'<{self.gitlab.url}{path}{joint}page={number + 1}>; rel="next"'
        self.json(entries[(number - 1) * size : number * size], {"Link": link} if rest else {})
