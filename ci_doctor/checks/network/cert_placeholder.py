"""A certificate with `...` in the place of its content."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job, Value
from ...source import Location

BEGIN = "-----BEGIN CERTIFICATE-----"
HOLDS = r"-----BEGIN CERTIFICATE-----(?:\s|\\n)*(\.{2,}|…|<[^<>\n]{1,80}>)(?:\s|\\n)*-----END CERTIFICATE-----"
PHASES = ("before_script", "script", "after_script")


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[Location] = set()
    for value in _values(job):
        origin, string = value.origin, value.string
        if origin is None or string is None or BEGIN not in string:
            continue
        for match in re.finditer(HOLDS, string):
            place = origin.locate(*match.span(1))
            if place in seen:
                continue
            seen.add(place)
            yield context.finding(
                place,
                "this is no certificate: its content is a placeholder",
                details="A bundle that ends in such a block is read up to it; a file of its own holds no "
                "certificate: x509: certificate signed by unknown authority.",
                advice=("store the certificate as a variable of type File, and use cat",),
            )


def _values(job: Job) -> Iterator[Value]:
    for variable in job.variables.values():
        yield from variable.alternatives or (variable.value,)
    for phase in PHASES:
        yield from job.lines(phase)


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          before_script:
            - |
              cat /etc/ssl/certs/ca-certificates.crt > "$HOME/ca.crt"
              echo "-----BEGIN CERTIFICATE-----
              ⟦...⟧
              -----END CERTIFICATE-----" >> "$HOME/ca.crt"
              export SSL_CERT_FILE="$HOME/ca.crt"
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """)
    yield Example("""
        variables:
          COMPANY_CA: |
            -----BEGIN CERTIFICATE-----
            ⟦<paste the certificate here>⟧
            -----END CERTIFICATE-----

        test:
          image: alpine:3.22
          script:
            - echo "$COMPANY_CA" > ca.crt
    """)
    yield LookAlike(
        """
        variables:
          COMPANY_CA: |
            -----BEGIN CERTIFICATE-----
            MIIBszCCAVmgAwIBAgIUQ2VydGlmaWNhdGVPZk5vYm9keTAKBggqhkjOPQQDAjAV
            -----END CERTIFICATE-----

        test:
          image: alpine:3.22
          script:
            - echo "$COMPANY_CA" > ca.crt
        """,
        why="something that may be a certificate",
    )
    yield LookAlike(
        """
        test:
          image: alpine:3.22
          script:
            - grep -c "BEGIN CERTIFICATE" ca.crt || echo "no -----BEGIN CERTIFICATE----- found ..."
        """,
        why="only a text about one",
    )


CHECK = Check(
    id="cert-placeholder",
    title="Certificate with a placeholder",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The example of GitLab's page has three dots between BEGIN and END. Copied as it is, the job
        trusts nobody new, and fails at the first contact with the registry.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_buildkit/#add-custom-certificates",),
    since="0.1",
)
