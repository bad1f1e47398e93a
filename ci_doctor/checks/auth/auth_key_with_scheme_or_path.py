"""A registry's key that says more than its host."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.keys import DOCKER_HUB_KEY, host_of
from ...builds.script_editing import replace_text
from ...check import Check, Context, Example, LookAlike, fix
from ...finding import Finding, Severity
from ...pipeline.model import Job

SCHEMES = ("https://", "http://")
HUB = (".docker.io", ".docker.com")


def find(job: Job, context: Context) -> Iterator[Finding]:
    for write in context.builds.config_writes:
        for entry in write.entries:
            host = host_of(entry.key)
            name = f".{host.template}"
            written = entry.key.template
            if written == host.template or written == DOCKER_HUB_KEY or name.endswith(HUB):
                continue
            place = write.place(entry.start, entry.end)
            if place is None or "$(" in place.text:
                continue
            short = place.text
            for scheme in SCHEMES:
                short = short.removeprefix(scheme)
            edit = replace_text(write.command, place, short.split("/")[0])
            yield context.finding(
                place,
                f"only the host of '{entry.key.display}' counts: it is the key for all of {host.display}",
                details="Scheme and path of a key are ignored by docker and buildctl.",
                fix=None if edit is None else fix("Write the host alone", edit),
            )


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"⟦https://$CI_REGISTRY/v2/⟧\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        fixed=r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
    )
    yield Example(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"⟦quay.io/example⟧\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - docker build -t quay.io/example/app .
            - docker push quay.io/example/app
        """,
        fixed=r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"quay.io\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - docker build -t quay.io/example/app .
            - docker push quay.io/example/app
        """,
    )
    yield LookAlike(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - docker build -t example/app .
            - docker push example/app
        """,
        why="the key for Docker Hub is this URL",
    )
    yield LookAlike(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"registry.example.com:5443\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - docker build -t registry.example.com:5443/app .
            - docker push registry.example.com:5443/app
        """,
        why="the port belongs to the host",
    )


CHECK = Check(
    id="auth-key-with-scheme-or-path",
    title="Registry key with scheme or path",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The entry works, and not as it looks: docker and buildctl compare the host alone, so a path in
        the key neither limits the entry to that path nor lets two entries of one host live side
        by side.
    """,
    links=("https://github.com/docker/cli/blob/master/cli/config/credentials/file_store.go",),
    since="0.1",
)
