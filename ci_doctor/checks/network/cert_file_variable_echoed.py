"""The path of a certificate, written where the certificate should be."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.gitlab_credentials import variable_in
from ...builds.jobs import FileWrite
from ...builds.script_editing import replace_text
from ...check import Check, Context, Example, LookAlike, fix
from ...edits import Fix
from ...execution.command import Certainty, Command
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...text import Symbol

FILES = frozenset({"CI_SERVER_TLS_CA_FILE", "CI_SERVER_TLS_CERT_FILE", "CI_SERVER_TLS_KEY_FILE"})
CERTIFICATES = (".crt", ".pem", ".cer", ".key")
READS = frozenset({"cat", "cp", "install", "openssl", "keytool"})


def find(job: Job, context: Context) -> Iterator[Finding]:
    for write in context.builds.writes:
        source = _source(write)
        symbol = variable_in(write.text)
        if source is None or symbol is None or not write.target.template.endswith(CERTIFICATES):
            continue
        known = symbol.variable in FILES or _is_read(symbol, write, context)
        if not known and not symbol.variable.endswith(("_FILE", "_PATH")):
            continue
        always = write.command.certainty is Certainty.ALWAYS
        yield context.finding(
            source.location,
            f"this writes the path of a file, not its content: `${symbol.variable}` names a file",
            confidence=Confidence.CERTAIN if known and always else Confidence.LIKELY,
            details="A variable of type File is a path. The file written here holds no certificate: x509: "
            "certificate signed by unknown authority.",
            advice=(f'cat "${symbol.variable}"',),
            fix=_fix(source),
        )


def _source(write: FileWrite) -> Command | None:
    """The echo or printf whose output is written."""
    command: Command | None = write.command
    while command is not None and command.piped_from is not None:
        command = command.piped_from
    return command if command is not None and command.name in ("echo", "printf") else None


def _is_read(symbol: Symbol, write: FileWrite, context: Context) -> bool:
    """Whether another command takes the variable for a file."""
    for command in context.execution.commands:
        if command.name in READS and command is not write.command:
            for word in command.arguments:
                other = variable_in(word.text)
                if other is not None and other.variable == symbol.variable:
                    return True
    return False


def _fix(source: Command) -> Fix | None:
    if source.program.text.value != "echo" or len(source.arguments) != 1:
        return None
    edit = replace_text(source, source.program.written, "cat")
    return None if edit is None else fix("Use cat", edit)


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - mkdir -p /certs/registry
            - ⟦echo "$CI_SERVER_TLS_CA_FILE" >> /certs/registry/ca.crt⟧
          script:
            - docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          before_script:
            - mkdir -p /certs/registry
            - cat "$CI_SERVER_TLS_CA_FILE" >> /certs/registry/ca.crt
          script:
            - docker build -t app .
        """,
    )
    # By its name alone it is only likely to be a path.
    yield Example(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - ⟦echo "$COMPANY_CA_FILE"⟧ | tee company.pem
            - docker build -t app .
        """,
        fixed="""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - cat "$COMPANY_CA_FILE" | tee company.pem
            - docker build -t app .
        """,
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - cat "$CI_SERVER_TLS_CA_FILE" >> company.pem
            - echo "$COMPANY_CA" >> company.pem
            - docker build -t app .
        """,
        why="cat for the file, and a variable that may hold the certificate itself",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_SERVER_TLS_CA_FILE" > paths.txt
            - docker build -t app .
        """,
        why="a list of paths is meant",
    )


CHECK = Check(
    id="cert-file-variable-echoed",
    title="echo of a variable that names a file",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        GitLab stores a variable of type File in a temporary file and gives the job its path. echo
        writes that path; cat writes the certificate.
    """,
    links=("https://docs.gitlab.com/ci/variables/#use-file-type-cicd-variables",),
    since="0.1",
)
