"""How long a lint takes, by the number of jobs: `python bench/lint_time.py [JOBS...]`."""

from __future__ import annotations

import sys
import time

from ci_doctor.files.memory import MemoryFiles
from ci_doctor.lint import lint
from ci_doctor.registry import load_registry

JOB = """
build {n}:
  extends: .build
  variables: {{NAME: "app{n}"}}
  script:
    - echo building $NAME
    - |
      if [ -n "$CI_COMMIT_TAG" ]; then
        buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=app{n} \\
          --local dockerfile=. --output type=image,name=$CI_REGISTRY_IMAGE/$NAME,push=true
      fi
"""
HEAD = """
.build:
  image: {name: "moby/buildkit:v0.26.2-rootless", entrypoint: [""]}
  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
  before_script:
    - ./ci/login.sh
"""
LOGIN = """\
mkdir -p ~/.docker
echo "{\\"auths\\":{\\"$CI_REGISTRY\\":{\\"auth\\":\\"$AUTH\\"}}}" > ~/.docker/config.json
"""


def main(sizes: list[int]) -> None:
    started = time.perf_counter()
    registry = load_registry()
    print(f"{len(registry.checks)} checks loaded in {time.perf_counter() - started:.3f} s")
    for size in sizes:
        files = MemoryFiles(
            {
                ".gitlab-ci.yml": HEAD + "".join(JOB.format(n=n) for n in range(size)),
                "Dockerfile": "FROM alpine:3.22\nRUN apk add --no-cache curl\n",
                "ci/login.sh": LOGIN,
            }
        )
        started = time.perf_counter()
        report = lint(files, [".gitlab-ci.yml"], registry=registry)
        spent = time.perf_counter() - started
        print(
            f"{size:>6} jobs: {spent:7.3f} s, {spent / size * 1000:6.2f} ms each, "
            f"{len(report.findings)} findings"
        )


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10, 100, 1000])
