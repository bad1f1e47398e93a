"""A build whose Dockerfile is not there."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.build import Build, Tool
from ...builds.presence import is_there
from ...check import Check, Context, Example, LookAlike
from ...files.protocol import Files
from ...finding import Finding, Severity

DOCKER = (Tool.DOCKER, Tool.BUILDX)
NAMES = ("Dockerfile", "dockerfile", "Containerfile")


def find(build: Build, context: Context) -> Iterator[Finding]:
    path = None if build.dockerfile is None else build.dockerfile.resolved
    if build.dockerfile is None or not path or build.remote_context is not None:
        return
    if is_there(path, build.command, context.builds, context.files) is not False:
        return
    yield context.finding(
        build.dockerfile.location or build.command.program.written,
        f"there is no '{path}' in the repository",
        details=_refusal(build.tool, path),
        advice=tuple(_advice(build, path, context.files)),
    )


def _refusal(tool: Tool, path: str) -> str:
    if tool is Tool.KANIKO:
        return (
            "Error: error resolving dockerfile path: please provide a valid path to a Dockerfile "
            "within the build context with --dockerfile"
        )
    name = path.rpartition("/")[2]
    return f"failed to read dockerfile: open {name}: no such file or directory"


def _advice(build: Build, path: str, files: Files) -> Iterator[str]:
    """Files that may be meant: in the context, beside it, or under another spelling."""
    folder, _, name = path.rpartition("/")
    context = None if build.context is None else build.context.resolved
    if context and build.tool in DOCKER and files.exists(f"{context}/{path}") is True:
        yield f"-f {context}/{path}: the path counts from where the command runs, not from the context"
        return
    for other in files.list(folder):
        if other.lower() == name.lower() or other in NAMES:
            yield f"there is '{f'{folder}/{other}' if folder else other}'"
    if folder and files.exists(name) is True:
        yield f"there is '{name}' in the root"


def examples() -> Iterator[Example | LookAlike]:
    yield Example(
        {
            "Dockerfile": "FROM alpine:3.22\n",
            ".gitlab-ci.yml": """
                build:
                  image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
                  variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
                  script:
                    - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
                      --local dockerfile=. --opt filename=⟦docker/Dockerfile⟧
                      --output type=oci,dest=image.tar
            """,
        }
    )
    # The path counts from the working directory.
    yield Example(
        {
            "services/api/Dockerfile": "FROM alpine:3.22\n",
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  before_script:
                    - docker login -u "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY" < "$PASSWORD_FILE"
                  script:
                    - docker build -f ⟦Dockerfile⟧ -t api services/api
            """,
        }
    )
    yield LookAlike(
        {
            "Dockerfile.in": "FROM alpine:@VERSION@\n",
            ".gitlab-ci.yml": """
                prepare:
                  stage: build
                  script: make -C docker
                  artifacts: {paths: [docker/]}

                build:
                  stage: test
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - sed "s/@VERSION@/$VERSION/" Dockerfile.in > Dockerfile
                    - docker build -t app .
                    - docker build -t other -f docker/Dockerfile .
            """,
        },
        why="written by the job, and brought as an artifact",
    )
    yield LookAlike(
        {
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script:
                    - ./ci/generate
                    - docker build -t app .
                    - printf 'FROM alpine:3.22\\n' | docker build -t other -
                    - docker build -t third "https://gitlab.com/group/project.git#main"
            """,
        },
        why="a program may have made it, it comes from standard input, or from elsewhere",
    )


CHECK = Check(
    id="dockerfile-missing",
    title="Dockerfile that is not there",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        The path of the Dockerfile counts from where the command runs, with buildctl from
        `--local dockerfile=`; a file that was moved or is spelt otherwise ends the build at once.
    """,
    links=("https://docs.docker.com/reference/cli/docker/buildx/build/#file",),
    yields_to=("buildctl-dockerfile-is-file", "buildctl-local-missing-path"),
    since="0.1",
)
