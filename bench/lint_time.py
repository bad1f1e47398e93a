"""How long `ci-doctor lint` takes, whole process: `python bench/lint_time.py [CASE...]`.

The pipelines are made up here, always the same: one job, 400 and 4,000 jobs of a monorepo (about
17 lines each), 400 image builds, 10,000 plain jobs. The table ends with the ratio to the time that
`python -c "import click"` takes, so that runs on different machines can be compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

HEAD = """\
stages: [prepare, build, test, image, deploy]

default:
  interruptible: true
  retry: {max: 1, when: [runner_system_failure, stuck_or_timeout_failure]}

variables:
  NODE_IMAGE: node:22.14.0-alpine
  GO_IMAGE: golang:1.24.1
  GOFLAGS: -mod=readonly
  CACHE_ROOT: $CI_PROJECT_DIR/.cache

workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
    - if: $CI_COMMIT_TAG

.on-change: &on-change
  - if: $CI_COMMIT_TAG
  - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    changes: [".gitlab-ci.yml", "Makefile"]

.setup:
  script:
    - echo "$CI_JOB_NAME on $CI_RUNNER_DESCRIPTION"
    - mkdir -p "$CACHE_ROOT"

.node:
  image: $NODE_IMAGE
  cache:
    key: {files: [package-lock.json]}
    paths: [.cache/npm]
  before_script:
    - !reference [.setup, script]
    - npm ci --cache "$CACHE_ROOT/npm" --prefer-offline

.go:
  image: $GO_IMAGE
  variables: {GOPATH: $CACHE_ROOT/go}
  before_script:
    - !reference [.setup, script]
    - go mod download

.rootless:
  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
  before_script:
    - mkdir -p ~/.docker
    - AUTH=$(printf '%s:%s' "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" | base64 -w0)
    - printf '{"auths":{"%s":{"auth":"%s"}}}' "$CI_REGISTRY" "$AUTH" > ~/.docker/config.json

.dind:
  image: docker:29.1.3-cli
  services: ["docker:29.1.3-dind"]
  before_script:
    - echo "$CI_REGISTRY_PASSWORD" | docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"
"""

NODE = """
test app{n}:
  extends: .node
  stage: test
  variables:
    APP: app{n}
    REPORTS: reports/$APP
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
    - *on-change
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: ["apps/app{n}/**/*"]
  script:
    - cd "apps/$APP"
    - npm run lint -- --format junit --output-file "$REPORTS/lint.xml"
    - |
      if [ -n "$CI_MERGE_REQUEST_IID" ]; then
        npm test -- --changed --reporters=junit
      else
        npm test -- --coverage --reporters=junit
      fi
  artifacts:
    when: always
    reports: {{junit: ["apps/app{n}/reports/*.xml"]}}
"""

GO = """
build service{n}:
  extends: .go
  stage: build
  needs: []
  variables:
    SERVICE: service{n}
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
    - *on-change
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: ["services/service{n}/**/*"]
  script:
    - go vet "./services/$SERVICE/..."
    - go build -trimpath -o "bin/$SERVICE" "./services/$SERVICE"
    - go test -race "./services/$SERVICE/..." | tee "test-$SERVICE.log"
  artifacts:
    paths: ["bin/service{n}"]
    expire_in: 2 days
"""

DEPLOY = """
deploy service{n}:
  extends: .go
  stage: deploy
  environment:
    name: staging/service{n}
    url: https://service{n}.staging.example.com
  variables: {{SERVICE: service{n}, NAMESPACE: staging}}
  resource_group: staging-service{n}
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: manual
  script:
    - ./ci/deploy.sh "$SERVICE" "$NAMESPACE"
    - for pod in $(kubectl get pods -n "$NAMESPACE" -o name); do kubectl wait "$pod"; done
"""

ROOTLESS = """
image service{n}:
  extends: .rootless
  stage: image
  variables: {{NAME: service{n}, TARGET: "$CI_REGISTRY_IMAGE/service{n}"}}
  rules:
    - *on-change
  script:
    - |
      buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=. --local dockerfile=docker \\
        --opt build-arg:SERVICE=$NAME --opt platform=linux/amd64,linux/arm64 \\
        --import-cache type=registry,ref=$TARGET/cache \\
        --export-cache type=registry,ref=$TARGET/cache,mode=max,ignore-error=true \\
        --output type=image,name=$TARGET:$CI_COMMIT_SHA,push=true
"""

DIND = """
image app{n}:
  extends: .dind
  stage: image
  variables:
    TARGET: $CI_REGISTRY_IMAGE/app{n}
  rules:
    - *on-change
  script:
    - docker build --build-arg SERVICE=app{n} -f docker/Dockerfile -t "$TARGET:$CI_COMMIT_SHA" .
    - docker push "$TARGET:$CI_COMMIT_SHA"
    - |
      if [ -n "$CI_COMMIT_TAG" ]; then
        docker tag "$TARGET:$CI_COMMIT_SHA" "$TARGET:$CI_COMMIT_TAG"
        docker push "$TARGET:$CI_COMMIT_TAG"
      fi
"""

PLAIN = """
job {n}:
  image: alpine:3.22
  script:
    - echo "part {n}"
    - make -C part{n} test
"""

DOCKERFILE = """\
FROM alpine:3.22 AS build
ARG SERVICE
COPY . /src
RUN apk add --no-cache make && make -C /src "$SERVICE"

FROM alpine:3.22
COPY --from=build /src/out /srv
USER 1000
"""

DEPLOY_SCRIPT = """\
#!/bin/sh
set -eu
service=$1
namespace=$2
kubectl -n "$namespace" set image "deployment/$service" "app=$CI_REGISTRY_IMAGE/$service:$CI_COMMIT_SHA"
kubectl -n "$namespace" rollout status "deployment/$service" --timeout=5m
"""

FILES = {"docker/Dockerfile": DOCKERFILE, "ci/deploy.sh": DEPLOY_SCRIPT}


def monorepo(jobs: int) -> str:
    """Of ten jobs four test, three build, one deploys and two build images."""
    kinds = (NODE, GO, NODE, ROOTLESS, GO, NODE, DEPLOY, GO, NODE, DIND)
    return HEAD + "".join(kinds[n % len(kinds)].format(n=n) for n in range(jobs))


def images(jobs: int) -> str:
    return HEAD + "".join((ROOTLESS, DIND)[n % 2].format(n=n) for n in range(jobs))


def plain(jobs: int) -> str:
    return "".join(PLAIN.format(n=n) for n in range(jobs))


CASES: dict[str, Callable[[], str]] = {
    "one": lambda: plain(1),
    "monorepo-400": lambda: monorepo(400),
    "monorepo-4000": lambda: monorepo(4000),
    "images-400": lambda: images(400),
    "plain-10000": lambda: plain(10_000),
}


def timed(*command: str) -> tuple[float, float]:
    """Seconds and megabytes of a command, the best of three where it is short."""
    runs: list[tuple[float, float]] = []
    while len(runs) < 3 and all(seconds < 5 for seconds, _ in runs):
        started = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
        runs.append((time.perf_counter() - started, usage.ru_maxrss / 1024))
    return min(runs)


def table(names: list[str]) -> Iterator[str]:
    bare, _ = timed(sys.executable, "-c", "import click")
    yield f"{'case':<15} {'lines':>7} {'seconds':>8} {'MB':>6} {'click':>7}"
    for name in names:
        text = CASES[name]()
        with tempfile.TemporaryDirectory() as folder:
            for path, content in {".gitlab-ci.yml": text, **FILES}.items():
                file = Path(folder, path)
                file.parent.mkdir(exist_ok=True)
                file.write_text(content, encoding="utf-8")
            command = (sys.executable, "-m", "ci_doctor", "lint", "--format", "json", folder)
            seconds, megabytes = timed(*command)
        lines = text.count("\n")
        yield f"{name:<15} {lines:>7} {seconds:8.2f} {megabytes:6.0f} {seconds / bare:6.1f}×"


if __name__ == "__main__":
    for row in table(sys.argv[1:] or list(CASES)):
        print(row, flush=True)
