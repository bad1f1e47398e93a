"""GitLab is reached directly, and its registry through the proxy."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.proxies import NO_PROXY, PROXIES, setting
from ...builds.registries import is_gitlab_registry
from ...check import Check, Context, Example, LookAlike
from ...finding import Confidence, Finding, Severity
from ...pipeline.model import Job
from ...text import Symbol

SERVER = frozenset({"CI_SERVER_HOST", "CI_SERVER_FQDN"})
REGISTRY = frozenset({"CI_REGISTRY", "CI_TEMPLATE_REGISTRY_HOST"})


def find(job: Job, context: Context) -> Iterator[Finding]:
    for push in context.builds.pushes:
        if push.host is None or not is_gitlab_registry(push.host):
            continue
        exempt = setting(push.command, NO_PROXY)
        if exempt is None or not any(setting(push.command, name) for name in PROXIES):
            continue
        names = {part.variable for part in exempt.value.parts if isinstance(part, Symbol)}
        # Any other variable, or a domain, may cover the registry.
        if not names <= SERVER or not names or "." in exempt.value.template:
            continue
        yield context.finding(
            exempt.value.location,
            "GitLab itself is an exception from the proxy, and its registry `$CI_REGISTRY` is not",
            confidence=Confidence.POSSIBLE,
            advice=("$CI_SERVER_HOST,$CI_REGISTRY",),
        )
        return


def examples() -> Iterator[Example | LookAlike]:
    yield Example(r"""
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables:
            BUILDKITD_FLAGS: --oci-worker-no-process-sandbox
            https_proxy: http://proxy.example.com:3128
            no_proxy: ⟦localhost,$CI_SERVER_HOST⟧
          before_script:
            - mkdir -p ~/.docker
            - echo "{\"auths\":{\"$CI_REGISTRY\":{\"auth\":\"$AUTH\"}}}" > ~/.docker/config.json
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA,push=true
    """)
    yield Example("""
        variables:
          HTTPS_PROXY: http://proxy.example.com:3128
          NO_PROXY: "⟦docker,$CI_SERVER_FQDN⟧"

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
            - docker build -t "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA" .
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
    """)
    yield LookAlike(
        """
        variables:
          HTTPS_PROXY: http://proxy.example.com:3128
          NO_PROXY: "docker,$CI_SERVER_FQDN,$CI_REGISTRY"

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        why="the registry is an exception too",
    )
    yield LookAlike(
        """
        variables:
          HTTPS_PROXY: http://proxy.example.com:3128
          NO_PROXY: "docker,$CI_SERVER_HOST,.example.com"

        build:
          image: docker:28-cli
          services: ["docker:28-dind"]
          script:
            - docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
        """,
        why="the domain may cover it",
    )


CHECK = Check(
    id="proxy-no-proxy-missing-registry",
    title="no_proxy without GitLab's registry",
    severity=Severity.INFO,
    looks_at=Job,
    find=find,
    examples=examples,
    rationale="""
        A GitLab that is reached without the proxy has its registry beside it as a rule, under another
        name. Pushes through the proxy are slow at best, and refused where it does not know the
        internal network.
    """,
    links=("https://docs.gitlab.com/ci/docker/using_buildkit/#configure-proxy-settings",),
    since="0.1",
)
