"""The proxy's password in the pipeline file."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.proxies import password_in, proxy_values
from ...builds.secret_names import is_placeholder
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import Location
from ...text import UNKNOWN


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[Location] = set()
    for _, text in proxy_values(context.builds):
        for variant in text.variants():
            span = password_in(variant.template)
            if span is None:
                continue
            password = variant.template[slice(*span)]
            place = variant.locate(*span)
            if UNKNOWN in password or "$" in password or is_placeholder(password):
                continue
            if place is None or place in seen:
                continue
            seen.add(place)
            yield context.finding(
                place,
                "the proxy's password stands here for everybody who can read the repository",
                advice=("http_proxy: http://$PROXY_USER:$PROXY_PASSWORD@proxy.example.com:3128",),
            )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        variables:
          https_proxy: http://builder:⟦Wint3r-2031⟧@proxy.example.com:3128
          no_proxy: docker,localhost

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t app .
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - export HTTP_PROXY="http://builder:⟦Wint3r-2031⟧@proxy.example.com:3128" no_proxy=docker
            - docker build -t app .
    """)
    yield LookAlike(
        """
        variables:
          https_proxy: http://$PROXY_USER:$PROXY_PASSWORD@proxy.example.com:3128
          no_proxy: docker,localhost

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t app .
        """,
        why="project variables hold the password",
    )
    yield LookAlike(
        """
        variables:
          http_proxy: http://proxy.example.com:3128
          no_proxy: docker,localhost
          MIRROR: https://user:name@example.com

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build -t app .
        """,
        why="no password in the proxy's address",
    )


CHECK = Check(
    id="proxy-credentials-plain",
    title="Proxy password in the pipeline file",
    severity=Severity.WARNING,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        Whoever can read the repository has the password, and it shows in logs wherever a program
        prints its proxy. A masked variable of the project can be used in the same place.
    """,
    links=("https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable",),
    since="0.1",
)
