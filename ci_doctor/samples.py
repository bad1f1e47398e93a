"""Pipelines that the examples of Dockerfile checks build their Dockerfile with."""

from __future__ import annotations

ROOTLESS = """
build:
  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
  script:
    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
      --local dockerfile=. --output type=oci,dest=image.tar
"""

BUILDX = """
build:
  image: docker:28-cli
  services: ["docker:28-dind"]
  script:
    - docker buildx create --use
    - docker buildx build --output type=oci,dest=image.tar .
"""

BOTH = ROOTLESS + BUILDX.replace("build:\n", "build-again:\n", 1)

MULTI = """
build:
  image: docker:28-cli
  services: ["docker:28-dind"]
  script:
    - docker context create ci && docker buildx create --use ci
    - docker buildx build --platform linux/amd64,linux/arm64 -o type=oci,dest=app.tar .
"""
