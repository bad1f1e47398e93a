"""A second write to config.json that loses what was there."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Credential
from ...builds.jobs import ConfigWrite, JobBuilds
from ...builds.keys import DOCKER_HUB_KEY, key_matches
from ...check import Check, Context, Example, LookAlike
from ...execution.command import Certainty
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job

ADVICE = "write one document with all entries, or use docker login for each: it keeps the others"


def find(job: Job, context: Context) -> Iterator[Finding]:
    builds = context.builds
    for index, write in enumerate(builds.config_writes):
        certain = write.command.certainty is Certainty.ALWAYS
        confidence = Confidence.CERTAIN if certain else Confidence.LIKELY
        if write.unread and write.text is not None and write.text.template.strip():
            yield context.finding(
                write.location,
                "nobody reads this: a config.json ends where its first document ends",
                severity=Severity.ERROR,
                confidence=confidence,
                details="What stands behind the first JSON document is ignored without a word, and the "
                "push ends in 401 Unauthorized.",
                advice=(ADVICE,),
            )
            continue
        lost = [c for c in write.overwrites if not _is_kept(c, index, builds)]
        if lost and write.text is not None:
            yield context.finding(
                write.location,
                f"the credentials for {_list(lost)} are lost: this writes the whole file anew",
                confidence=confidence,
                related=[c.location.noted("written here") for c in lost if c.location is not None],
                advice=(ADVICE,),
            )


def _is_kept(credential: Credential, index: int, builds: JobBuilds) -> bool:
    """Whether the new document, or a login after it, has the registry again."""
    write = _whole(builds.config_writes, index)
    if write is None or write.document is None or not write.document.complete:
        return True
    if write.document.valid is not True or write.document.store is not None:
        return True  # another check speaks of it
    if any(key_matches(key, credential.key) is not False for key in write.keys):
        return True
    order = {id(command): n for n, command in enumerate(builds.execution.commands)}
    place = order[id(write.command)]
    return any(
        order[id(login.command)] > place and login.key.equals(credential.key) is not False
        for login in builds.logins
    )


def _whole(writes: list[ConfigWrite], index: int) -> ConfigWrite | None:
    """The write that has the document that the one at `index` begins."""
    first = writes[index]
    for write in writes[index:]:
        if write.target.display == first.target.display and not write.partial:
            return write
    return None


def _list(lost: list[Credential]) -> str:
    names = dict.fromkeys(credential.key.display for credential in lost)
    return " and ".join("Docker Hub" if name == DOCKER_HUB_KEY else name for name in names)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - echo "{\"auths\":{\"quay.io\":{\"auth\":\"$QUAY_AUTH\"}}}" ⟦> ~/.docker/config.json⟧
            - docker build -t quay.io/example/app .
            - docker push quay.io/example/app
    """)
    # Behind the first document nothing is read.
    yield Example(r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
            - echo "{\"auths\":{\"quay.io\":{\"auth\":\"$QUAY_AUTH\"}}}" ⟦>> ~/.docker/config.json⟧
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
    """)
    yield LookAlike(
        r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo '{"auths":{' > ~/.docker/config.json
            - echo "\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}," >> ~/.docker/config.json
            - echo "\"quay.io\":{\"auth\":\"$QUAY_AUTH\"}}}" >> ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE,push=true
        """,
        why="three writes make one document",
    )
    yield LookAlike(
        r"""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"quay.io\":{\"auth\":\"$QUAY_AUTH\"}}}" > ~/.docker/config.json
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE" .
            - docker push "$CI_REGISTRY_IMAGE"
        """,
        why="docker login keeps the entries that are there",
    )


CHECK = Check(
    id="auth-config-overwritten",
    title="config.json written twice",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        `>` replaces the file, the entries of an earlier write or of docker login included, and `>>`
        adds a second document that no client reads. The registries that are lost answer
        as if the job had never logged in.
    """,
    links=("https://docs.docker.com/reference/cli/docker/login/#credential-stores",),
    symptoms=("push-unauthorized",),
    since="0.1",
)
