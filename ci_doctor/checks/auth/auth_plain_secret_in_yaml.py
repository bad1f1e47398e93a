"""A password or token that stands in the pipeline as it is."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from ...builds.jobs import ConfigWrite, Login
from ...builds.registries import refuses_anonymous_push
from ...builds.secret_names import is_placeholder, tokens_in
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job, Value
from ...source import Location
from ...text import Text

ADVICE = "store it as a masked, protected variable under Settings > CI/CD, and write $NAME here"
PHASES = ("before_script", "script", "after_script")


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: list[Location] = []
    for place, what in _secrets(job, context):
        if any(place.path == s.path and place.span.overlaps(s.span) for s in seen):
            continue
        seen.append(place)
        yield context.finding(
            place,
            f"{what} stands here for everybody who can read the repository",
            details="It stays in the history of the repository: revoke it, then replace it.",
            advice=(ADVICE,),
        )


def _secrets(job: Job, context: Context) -> Iterator[tuple[Location, str]]:
    for login in context.builds.logins:
        yield from _of_login(login, job)
    for write in context.builds.config_writes:
        yield from _of_document(write, job)
    for value in _values(job):
        origin, string = value.origin, value.string
        if origin is not None and string is not None:
            for start, end in tokens_in(string):
                yield origin.locate(start, end), "an access token"


def _of_login(login: Login, job: Job) -> Iterator[tuple[Location, str]]:
    if refuses_anonymous_push(login.key, job) is False:
        return  # a registry that the job itself starts
    for text in (login.password, login.stdin):
        place = _plain(text)
        if place is not None:
            yield place, f"the password for {_shown(login.key)}"


def _of_document(write: ConfigWrite, job: Job) -> Iterator[tuple[Location, str]]:
    for entry in write.entries:
        if refuses_anonymous_push(entry.key, job) is False:
            continue
        for name in ("password", "identitytoken", "auth"):
            text = entry.fields.get(name)
            place = _plain(text)
            if place is None or text is None:
                continue
            if name == "auth" and not _holds_password(text.template):
                continue
            yield place, f"the password for {_shown(entry.key)}"


def _shown(key: Text) -> str:
    return "Docker Hub" if key.template.startswith("https://index.docker.io") else key.display


def _plain(text: Text | None) -> Location | None:
    """Where a secret is written that is known character by character."""
    value = None if text is None else text.value
    if text is None or value is None or "$" in value or is_placeholder(value):
        return None
    return text.strip("\r\n").location


def _holds_password(encoded: str) -> bool:
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return False
    return bool(user and colon) and not is_placeholder(password.decode("utf-8", "replace"))


def _values(job: Job) -> Iterator[Value]:
    """The job's variables and the lines of its scripts."""
    for variable in job.variables.values():
        yield from variable.alternatives or (variable.value,)
    for phase in PHASES:
        yield from job.lines(phase)


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo '⟦Wint3r-2031⟧' | docker login -u builder --password-stdin registry.example.com
            - docker build -t registry.example.com/team/app .
            - docker push registry.example.com/team/app
    """)
    # By way of a variable; a token is known by its first characters wherever it stands.
    yield Example("""
        variables:
          REGISTRY_PASSWORD: ⟦Wint3r-2031⟧
          API_TOKEN: ⟦glpat-aB3dE6gH9jK2mN5pQ8sT⟧

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$REGISTRY_PASSWORD" | docker login -u builder --password-stdin registry.example.com
            - docker build -t registry.example.com/team/app .
            - docker push registry.example.com/team/app
    """)
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - mkdir -p ~/.docker
            - echo '{"auths":{"quay.io":{"auth":"⟦Y2k6V2ludDNyLTIwMzE=⟧"}}}' > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=quay.io/example/app,push=true
    """)
    yield LookAlike(
        """
        test:
          image: docker:28-cli
          services:
            - docker:28-dind
            - {name: "registry:3", alias: registry}
          variables:
            POSTGRES_PASSWORD: test
          script:
            - echo secret | docker login -u test --password-stdin registry:5000
            - docker build -t registry:5000/app .
            - docker push registry:5000/app
        """,
        why="passwords of what the job itself starts",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            # export REGISTRY_PASSWORD=<your token>
            REGISTRY_PASSWORD: <your-token>
            API_TOKEN: glpat-xxxxxxxxxxxxxxxxxxxx
          script:
            - echo "$REGISTRY_PASSWORD" | docker login -u builder --password-stdin registry.example.com
            - docker build -t registry.example.com/team/app .
            - docker push registry.example.com/team/app
        """,
        why="placeholders",
    )


CHECK = Check(
    id="auth-plain-secret-in-yaml",
    title="Password or token in the pipeline file",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Whoever can read the repository, its forks, its clones and its history has the secret, and
        GitLab does not mask it in job logs. Removing it later does not help: it has to be
        revoked.
    """,
    links=("https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable",),
    since="0.1",
)
