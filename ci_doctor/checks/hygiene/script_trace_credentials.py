"""A trace of the script, with its passwords."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.script_editing import remove_command, replace_text
from ...builds.secret_uses import MASKED, secrets_in
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...execution.command import Command
from ...finding import Confidence, Finding, Severity
from ...pipeline.editing import remove_variable
from ...pipeline.model import Job

VARIABLE = "CI_DEBUG_TRACE"


def find(job: Job, context: Context) -> Iterator[Finding]:
    variable = job.variables.get(VARIABLE)
    if variable is not None and (variable.text.value or "").lower() in ("true", "1"):
        edits = remove_variable(job, VARIABLE)
        yield context.finding(
            variable.value.location,
            "the log shows every variable of the job, passwords too, to everybody who can read it",
            confidence=Confidence.CERTAIN,
            details="CI_DEBUG_TRACE makes the runner trace the whole shell. Masked values are hidden, those "
            "made of them (base64) are not.",
            advice=("set it for one run under Build > Pipelines > New pipeline",),
            fix=fix("Remove CI_DEBUG_TRACE", *edits) if edits else None,
        )
    yield from _traced(context)


def _traced(context: Context) -> Iterator[Finding]:
    switch: Command | None = None
    reported: set[int] = set()
    for command in context.execution.commands:
        if _turns_on(command):
            switch = command
        if switch is None or not command.xtrace or id(switch) in reported:
            continue
        secrets = [s.variable for s in secrets_in(command)]
        own = [name for name in secrets if name not in MASKED]
        if not secrets:
            continue
        reported.add(id(switch))
        name = (own or secrets)[0]
        condition = "unless it is masked" if own else "masked by GitLab"
        yield context.finding(
            switch.location,
            f"the trace shows `${name}` in the log, {condition}",
            severity=Severity.WARNING if own else Severity.INFO,
            confidence=Confidence.LIKELY if own else Confidence.POSSIBLE,
            related=(command.location.noted("traced with its values"),),
            advice=("set +x before commands with passwords",),
            fix=_fix(switch),
        )


def _turns_on(command: Command) -> bool:
    if command.name != "set":
        return False
    words = [word.text.value or "" for word in command.arguments]
    if "-o" in words and "xtrace" in words:
        return True
    return any(word[:1] == "-" and "x" in word[1:] and word[1:2] != "-" for word in words)


def _fix(switch: Command) -> Fix | None:
    words = [word.text.value for word in switch.arguments]
    if words == ["-x"]:
        edit = remove_command(switch)
    elif len(words) == 1 and words[0] and words[0].startswith("-") and len(words[0]) > 2:
        edit = replace_text(switch, switch.arguments[0].written, words[0].replace("x", ""))
    else:
        return None
    return None if edit is None else fix("Do not trace", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - ⟦set -x⟧
            - echo "$QUAY_TOKEN" | docker login -u example --password-stdin quay.io
            - docker build -t quay.io/example/app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$QUAY_TOKEN" | docker login -u example --password-stdin quay.io
            - docker build -t quay.io/example/app .
        """,
    )
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            CI_DEBUG_TRACE: ⟦"true"⟧
            APP: web
          script:
            - |
              ⟦set -ex⟧
              docker build --build-arg "TOKEN=$NPM_TOKEN" -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            APP: web
          script:
            - |
              set -e
              docker build --build-arg "TOKEN=$NPM_TOKEN" -t app .
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables: {CI_DEBUG_TRACE: "false"}
          script:
            - echo "$QUAY_TOKEN" | docker login -u example --password-stdin quay.io
            - set -x
            - docker build -t quay.io/example/app .
        """,
        why="traced only after the login",
    )
    yield LookAlike(
        """
        test:
          image: alpine:3.22
          script:
            - set -ex
            - wget -q "https://example.com/${CACHE_KEY}.tar.gz"
        """,
        why="no secret in what is traced",
    )


CHECK = Check(
    id="script-trace-credentials",
    title="The script is traced with its passwords",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        `set -x` prints each command with the values of its variables, and CI_DEBUG_TRACE does it for the
        whole job. GitLab hides values that are masked, exactly as they are stored: a password that
        is too short to be masked, or that was encoded, stays readable in the log.
    """,
    links=("https://docs.gitlab.com/ci/variables/#debug-logging",),
    since="0.1",
)
