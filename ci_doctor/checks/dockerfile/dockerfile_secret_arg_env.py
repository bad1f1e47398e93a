"""Credentials that become part of an image."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import build_arguments, scopes_of
from ...builds.build import Build, Tool
from ...builds.operations import reaching
from ...builds.secret_names import is_secret_name
from ...builds.stage_platforms import image_stages
from ...check import Check, Context, Example, LookAlike, fix, replace
from ...dockerfile import Arg, Dockerfile, Env, Pair, Run, Scopes, Stage, read_run
from ...dockerfile.editing import add_flag, remove_line
from ...edits import Edit, Fix
from ...finding import Confidence, Finding, Severity
from ...text import Symbol, Text

# Values that switch something, or say that there is none.
PLAIN = ("", "true", "false", "yes", "no", "none", "null", "on", "off")
SECRETS = (Tool.BUILDCTL, Tool.BUILDCTL_DAEMONLESS, Tool.BUILDX, Tool.DOCKER)


def find(dockerfile: Dockerfile, context: Context) -> Iterator[Finding]:
    users = context.builds_with(dockerfile)
    for stage in dockerfile.stages:
        builds = reaching(dockerfile, stage.from_.span.start, users)
        if users and not builds:
            continue  # no job builds this stage
        every = [scopes_of(build, dockerfile) for build in builds]
        in_image = [stage in image_stages(b, s) for b, s in zip(builds, every, strict=True)]
        kept = any(in_image) or not builds
        for instruction in stage.instructions:
            if isinstance(instruction, Env) and instruction.name == "ENV":
                for pair in instruction.pairs:
                    if is_secret_name(pair.name.value) and _holds(pair, instruction, every):
                        yield _in_env(pair, kept, bool(builds), context)
            elif isinstance(instruction, Arg):
                for pair in instruction.pairs:
                    known = _passed(pair, builds)
                    if is_secret_name(pair.name.value) and known is not False:
                        change = _fix(instruction, pair, stage, builds)
                        yield _in_arg(pair, kept, known, change, context)


def _holds(pair: Pair, instruction: Env, every: list[Scopes]) -> bool:
    """Whether a value that may be a credential is set, in one of the builds at least."""
    if pair.value is None:
        return False
    values = [scopes.at(instruction).expand(pair.value) for scopes in every]
    return any(map(_may_be_secret, values or [pair.value.text]))


def _may_be_secret(value: Text) -> bool:
    known = value.value
    if known is None:
        return True
    known = known.strip("\"'")
    return not (known.lower() in PLAIN or known.isdigit() or known.startswith(("/", "<", "$")))


def _passed(pair: Pair, builds: list[Build]) -> bool | None:
    """Whether a build gives the argument a value, or its default may be one."""
    if pair.value is not None and _may_be_secret(pair.value.text):
        return True
    answers = [build_arguments(build) for build in builds]
    if any(pair.name.value in values for values, _ in answers):
        return True
    return False if builds and all(complete for _, complete in answers) else None


def _in_env(pair: Pair, kept: bool, built: bool, context: Context) -> Finding:
    name = pair.name.value
    return context.finding(
        pair.name.location,
        f"the value of '{name}' is part of the image: everybody who pulls it can read it"
        if kept
        else f"the value of '{name}' stays in the build cache",
        severity=Severity.WARNING if kept else Severity.INFO,
        confidence=Confidence.CERTAIN if built else Confidence.LIKELY,
        details="`docker inspect` shows the variables of an image.",
        advice=(
            "give the variable to the container when it runs",
            f"for a build step: RUN --mount=type=secret,id={name},env={name} …",
        ),
    )


def _in_arg(
    pair: Pair, kept: bool, known: bool | None, change: Fix | None, context: Context
) -> Finding:
    name = pair.name.value
    return context.finding(
        pair.name.location,
        f"the value of '{name}' is written into the image's history"
        if kept
        else f"the value of '{name}' stays in the build cache",
        severity=Severity.WARNING if kept else Severity.INFO,
        confidence=Confidence.CERTAIN if known else Confidence.POSSIBLE,
        details=(
            f"`docker history` shows ARG {name} and every RUN behind it with the value."
            if kept
            else "It also stands in the provenance of mode=max."
        ),
        advice=(
            f"RUN --mount=type=secret,id={name},env={name} …",
            f"in the job: --secret id={name},env={name}",
        ),
        fix=change,
    )


def _fix(arg: Arg, pair: Pair, stage: Stage, builds: list[Build]) -> Fix | None:
    """Pass the value as a secret, where a job hands over one of its own variables."""
    name = pair.name.value
    if len(arg.pairs) > 1 or pair.value is not None or not builds:
        return None
    steps = [run for run in stage.of(Run) if _uses(run, name)]
    others = [
        instruction
        for instruction in stage.instructions
        if f"${name}" in instruction.line.text or f"${{{name}" in instruction.line.text
    ]
    if not steps or len(others) != len(steps) or any(run.is_json for run in steps):
        return None
    edits = [remove_line(arg)]
    edits += [add_flag(run, f"--mount=type=secret,id={name},env={name}") for run in steps]
    for build in builds:
        edit = _secret_option(build, name)
        if edit is None:
            return None
        edits.append(edit)
    return fix("Pass it as a secret", *dict.fromkeys(edits), unsafe=True)


def _uses(run: Run, name: str) -> bool:
    return any(use.name == name for use in read_run(run).uses)


def _secret_option(build: Build, name: str) -> Edit | None:
    """The option that hands over the argument, written as `--secret`."""
    if build.tool not in SECRETS:
        return None
    for option in (*build.given("--build-arg"), *build.given("--opt")):
        text = Text() if option.value is None else option.value
        key, value = text.partition("=")
        if key.value not in (name, f"build-arg:{name}") or option.location is None:
            continue
        variable = name
        if value is not None:
            part = value.parts[0] if len(value.parts) == 1 else None
            if not isinstance(part, Symbol):
                return None  # no variable of the job
            variable = part.variable
        return replace(option.location, f"--secret id={name},env={variable}")
    return None


def examples() -> Iterator[Example | LookAlike]:
    from ...samples import BUILDX

    yield Example(
        {
            "Dockerfile": """
                FROM node:24
                WORKDIR /app
                ARG ⟦NPM_TOKEN⟧
                RUN npm config set //registry.npmjs.org/:_authToken "$NPM_TOKEN" && npm ci
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - docker build --build-arg NPM_TOKEN=$DEPLOY_TOKEN -t app .
            """,
        },
        fixed={
            "Dockerfile": """
                FROM node:24
                WORKDIR /app
                RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN npm config set //registry.npmjs.org/:_authToken "$NPM_TOKEN" && npm ci
            """,
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - docker build --secret id=NPM_TOKEN,env=DEPLOY_TOKEN -t app .
            """,
        },
    )
    # A default is in the repository, too; the first stage is not part of the image.
    yield Example(
        {
            "Dockerfile": """
                FROM alpine:3.22 AS fetch
                ARG ⟦API_TOKEN⟧=tok-3f1c
                RUN wget --header "Authorization: $API_TOKEN" https://downloads.example.com/data
                FROM postgres:17
                ENV PGUSER=app ⟦ADMIN_TOKEN⟧=hunter2 ⟦DB_PASSWORD⟧="s3cret"
                COPY --from=fetch /data /data
            """,
            ".gitlab-ci.yml": BUILDX,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM node:24
                ARG NPM_TOKEN
                ARG PUBLIC_KEY=ssh-ed25519
                ENV TOKEN_TTL=3600 SECRET_FILE=/run/secrets/app DB_PASSWORD="" USE_TOKEN=true
                ENV API_KEY_ID=42 MYSQL_ALLOW_EMPTY_PASSWORD=yes
                RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci
            """,
            ".gitlab-ci.yml": BUILDX,
        },
        why="an argument that nobody passes, and names and values that are no credentials",
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM node:24 AS unused
                ENV API_TOKEN=tok-3f1c
                FROM node:24
                LABEL password=none
                RUN echo "API_TOKEN=$API_TOKEN"
            """,
            ".gitlab-ci.yml": BUILDX,
        },
        why="a stage that is not built, a label, and text",
    )


CHECK = Check(
    id="dockerfile-secret-arg-env",
    title="Credential in ARG or ENV",
    severity=Severity.WARNING,
    looks_at=Dockerfile,
    find=find,
    examples=examples,
    rationale="""
        Build arguments stand in the history of the image, and variables in its configuration.
        Whoever may pull the image reads them, and deleting them later leaves them in the layers.
        A secret mount is there for one step and leaves nothing.
    """,
    links=(
        "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
        "https://docs.docker.com/build/building/secrets/",
    ),
    since="0.1",
)
