"""Debian's docker-registry on the loopback interface, and images pushed to it with plain HTTP requests."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

PROGRAM = "docker-registry"
USER = "reader"
PASSWORD = "test-password"
_HTPASSWD = f"{USER}:$2b$04$ZAeB9vyNjr1S2OHfoZS8XOnFkhS6cseapRCYLTOvIjyhbfo5wxN1i\n"

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIGS = {
    OCI_MANIFEST: "application/vnd.oci.image.config.v1+json",
    DOCKER_MANIFEST: "application/vnd.docker.container.image.v1+json",
}


@dataclass
class Registry:
    """A running registry, `host` as it stands in image names. The pushes return digests."""

    host: str
    auth: tuple[str, str] | None

    def push_image(self, name: str, tag: str, platform: str, kind: str = OCI_MANIFEST) -> str:
        """One image without an index."""
        os, _, rest = platform.partition("/")
        architecture, _, variant = rest.partition("/")
        config = {"os": os, "architecture": architecture, "rootfs": {"type": "layers"}}
        if variant:
            config["variant"] = variant
        blob = self._blob(name, json.dumps(config).encode())
        return self.push(
            name,
            tag,
            kind,
            {
                "schemaVersion": 2,
                "mediaType": kind,
                "config": {"mediaType": _CONFIGS[kind], **blob},
                "layers": [],
            },
        )

    def push_index(
        self, name: str, tag: str, platforms: Sequence[str], kind: str = OCI_INDEX
    ) -> str:
        """An index with an image for each platform, and what buildx adds to each."""
        image_kind = OCI_MANIFEST if kind == OCI_INDEX else DOCKER_MANIFEST
        entries: list[Mapping[str, Any]] = []
        for platform in platforms:
            digest = self.push_image(name, platform.replace("/", "-"), platform, image_kind)
            parts = dict(zip(("os", "architecture", "variant"), platform.split("/"), strict=False))
            entries.append(self._entry(name, image_kind, digest, parts))
            if kind == OCI_INDEX:
                note = {"vnd.docker.reference.type": "attestation-manifest"}
                unknown = {"os": "unknown", "architecture": "unknown"}
                entries.append(
                    {**self._entry(name, image_kind, digest, unknown), "annotations": note}
                )
        return self.push(
            name, tag, kind, {"schemaVersion": 2, "mediaType": kind, "manifests": entries}
        )

    def push(self, name: str, tag: str, kind: str, document: Mapping[str, Any]) -> str:
        content = json.dumps(document).encode()
        url = f"http://{self.host}/v2/{name}/manifests/{tag}"
        self._done(
            requests.put(
                url, data=content, headers={"Content-Type": kind}, auth=self.auth, timeout=30
            ),
            201,
        )
        return _digest(content)

    def _entry(
        self, name: str, kind: str, digest: str, platform: Mapping[str, str]
    ) -> dict[str, Any]:
        url = f"http://{self.host}/v2/{name}/manifests/{digest}"
        head = self._done(
            requests.head(url, headers={"Accept": kind}, auth=self.auth, timeout=30), 200
        )
        size = int(head.headers["Content-Length"])
        return {"mediaType": kind, "digest": digest, "size": size, "platform": platform}

    def _blob(self, name: str, content: bytes) -> dict[str, Any]:
        url = f"http://{self.host}/v2/{name}/blobs/uploads/"
        start = self._done(requests.post(url, auth=self.auth, timeout=30), 202)
        place = start.headers["Location"]
        digest = _digest(content)
        self._done(
            requests.put(
                place, params={"digest": digest}, data=content, auth=self.auth, timeout=30
            ),
            201,
        )
        return {"digest": digest, "size": len(content)}

    def _done(self, reply: requests.Response, status: int) -> requests.Response:
        assert reply.status_code == status, (reply.request.url, reply.status_code, reply.text)
        return reply


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@contextmanager
def running(folder: Path, *, password: bool = False) -> Iterator[Registry]:
    """A registry with its files in `folder`; with `password` it takes USER and PASSWORD only."""
    program = shutil.which(PROGRAM)
    if program is None:
        pytest.skip(f"{PROGRAM} is not installed (Debian, Ubuntu: apt-get install {PROGRAM})")
    settings: dict[str, Any] = {
        "version": "0.1",
        "log": {"level": "info", "formatter": "json", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "storage")}},
        "http": {"addr": "127.0.0.1:0", "secret": "of no use"},
    }
    if password:
        (folder / "htpasswd").write_text(_HTPASSWD)
        settings["auth"] = {"htpasswd": {"realm": "test", "path": str(folder / "htpasswd")}}
    (folder / "config.yml").write_text(json.dumps(settings))
    process = subprocess.Popen(
        [program, "serve", str(folder / "config.yml")], stderr=subprocess.PIPE, text=True
    )
    try:
        address = _address(process)
        # A log that nobody reads fills its pipe, and the registry stands still.
        Thread(target=deque, args=(process.stderr, 0), daemon=True).start()
        yield Registry(address, (USER, PASSWORD) if password else None)
    finally:
        process.kill()
        process.wait()


def _address(process: subprocess.Popen[str]) -> str:
    """Where it listens, as its log says."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        match = re.search(r"listening on (127\.0\.0\.1:\d+)", line)
        if match:
            return match[1]
    raise AssertionError(f"{PROGRAM} did not start:\n{''.join(said)}")
