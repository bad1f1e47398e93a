"""A proxy that nobody has filled in."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.proxies import NO_PROXY, placeholder_in, proxy_values
from ...check import Check, Context, Example, LookAlike
from ...finding import Finding, Severity
from ...pipeline.model import Job
from ...source import Location


def find(job: Job, context: Context) -> Iterator[Finding]:
    seen: set[Location] = set()
    for name, text in proxy_values(context.builds):
        span = placeholder_in(text.template)
        place = None if span is None else text.locate(*span)
        if place is None or place in seen:
            continue
        seen.add(place)
        if name == NO_PROXY:
            yield context.finding(
                place,
                f"'{place.text}' is a placeholder: no host is kept away from the proxy",
                advice=("no_proxy: localhost,docker,$CI_REGISTRY",),
            )
        else:
            yield context.finding(
                place,
                f"'{place.text}' is a placeholder: no host has this name",
                details=f"proxyconnect tcp: dial tcp: lookup {place.text}: no such host",
                advice=("http_proxy: http://proxy.example.com:3128",),
            )


def examples() -> Iterator[Example | LookAlike]:
    yield Example("""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
            http_proxy: ⟦<your-proxy>⟧
            no_proxy: localhost
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """)
    yield Example("""
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker build --build-arg "https_proxy=http://⟦<proxy-host>⟧:3128" -t app .
    """)
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            DOCUMENTATION: "set http_proxy to <your-proxy>"
          script:
            - docker build --build-arg "https_proxy=$PROXY" -t app .
        """,
        why="a text about a proxy, and a variable",
    )
    yield LookAlike(
        """
        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          variables:
            http_proxy: http://proxy.example.com:3128
            no_proxy: docker,localhost
          script:
            - docker build -t app .
        """,
        why="a real proxy",
    )


CHECK = Check(
    id="proxy-placeholder",
    title="Proxy with a placeholder",
    severity=Severity.ERROR,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        The example of GitLab's page says `<your-proxy>`. Left as it is, every request of the job goes
        to a host that does not exist, those to the registry among them.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_buildkit/#configure-proxy-settings",),
    since="0.1",
)
