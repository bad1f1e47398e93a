"""COPY of a file that the build does not get."""

from __future__ import annotations

from collections.abc import Iterator

from ...builds.arguments import scopes_of
from ...builds.build import Build, Tool
from ...builds.contexts import BuildContext, CopySource, context_of, copy_sources
from ...builds.dockerfile_syntax import reads_plain_dockerfile
from ...builds.presence import is_there
from ...check import Check, Context, Example, LookAlike
from ...dockerfile import Copy, needed_stages
from ...finding import Finding, Severity


def find(build: Build, context: Context) -> Iterator[Finding]:
    dockerfile = context.dockerfile(build)
    if dockerfile is None or not reads_plain_dockerfile(build, dockerfile):
        return
    given = context_of(build, context.builds, context.files)
    if given is None:
        return
    scopes = scopes_of(build, dockerfile)
    for stage in needed_stages(dockerfile, build.target, scopes=scopes):
        for copy in stage.of(Copy):
            sources = copy_sources(copy, scopes.at(copy))
            comment = next((source for source in sources if source.path == "#"), None)
            if comment is not None:
                yield _comment(comment, context)
                continue
            for source in sources:
                if source.path:
                    yield from _fault(source, given, build, context)


def _comment(source: CopySource, context: Context) -> Finding:
    return context.finding(
        source.location,
        "a comment cannot stand behind an instruction: its words are taken for files",
        details='failed to calculate checksum of ref …: "/#": not found',
        advice=("put the comment on a line of its own",),
    )


def _fault(
    source: CopySource, given: BuildContext, build: Build, context: Context
) -> Iterator[Finding]:
    refusal = (
        "ERROR: failed to compute cache key: failed to calculate checksum of ref …: "
        f'"/{source.path}": not found'
    )
    pattern = given.excludes(source.path) if given.known else None
    if pattern is not None:
        yield context.finding(
            source.location,
            f"'{source.path}' is not in the build: '{pattern.location.path}' keeps it out",
            details=refusal,
            related=[pattern.location.noted("this pattern")],
            advice=(f"!{source.path}",),
        )
        return
    path = given.repository_path(source.path)
    if is_there(path, build.command, context.builds, context.files) is False:
        yield context.finding(
            source.location,
            f"'{path}' is not in the repository, and nothing in the job makes it",
            details=refusal if build.tool is not Tool.KANIKO else "no such file or directory",
            advice=tuple(_near(path, context)),
        )


def _near(path: str, context: Context) -> Iterator[str]:
    folder, _, name = path.rpartition("/")
    for other in context.files.list(folder):
        if other != name and other.lower() == name.lower():
            yield f"there is '{f'{folder}/{other}' if folder else other}'"
    if folder and context.files.exists(name) is True:
        yield f"there is '{name}' in the root: paths count from the context"


def examples() -> Iterator[Example | LookAlike]:
    pipeline = """
        build:
          image: {name: "moby/buildkit:v0.32.2-rootless", entrypoint: [""]}
          variables: {BUILDKITD_FLAGS: --oci-worker-no-process-sandbox}
          script:
            - buildctl-daemonless.sh build --frontend dockerfile.v0 --local context=.
              --local dockerfile=. --output type=oci,dest=image.tar
    """
    yield Example(
        {
            "Dockerfile": """
                FROM nginx:1.29
                COPY nginx.conf ⟦docs/index.html⟧ /etc/nginx/
            """,
            ".dockerignore": "docs\n*.md\n",
            "nginx.conf": "events {}\n",
            "docs/index.html": "<html></html>\n",
            ".gitlab-ci.yml": pipeline,
        }
    )
    # Paths count from the context, not from the Dockerfile.
    yield Example(
        {
            "services/api/Dockerfile": """
                FROM python:3.13
                COPY ⟦services/api/app.py⟧ /app/
                ADD ⟦../Requirements.txt⟧ /app/
            """,
            "services/api/app.py": "print()\n",
            "services/api/requirements.txt": "flask\n",
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build -t api services/api
            """,
        }
    )
    yield Example(
        {
            "Dockerfile": """
                FROM python:3.13
                COPY app.py /app/ ⟦#⟧ the program itself
            """,
            "app.py": "print()\n",
            ".gitlab-ci.yml": pipeline,
        }
    )
    yield LookAlike(
        {
            "Dockerfile": """
                FROM node:24 AS assets
                ARG FILE=package.json
                COPY $FILE package-lock*.json dist ./
                FROM nginx:1.29
                COPY --from=assets /dist /usr/share/nginx/html
                ADD https://downloads.example.com/tool /usr/bin/tool
                COPY <<EOF /etc/motd
                hello
                EOF
                COPY build/output /output
            """,
            ".dockerignore": "**\n!package*.json\n!dist/app.js\n!build\n",
            "package.json": "{}\n",
            "dist/app.js": "1\n",
            ".gitlab-ci.yml": """
                compile:
                  stage: build
                  script: make
                  artifacts: {paths: [build/]}

                build:
                  stage: test
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build -t app .
            """,
        },
        why="taken back, a wildcard, a stage, a URL, a heredoc, and an artifact",
    )
    yield LookAlike(
        {
            "docker/Dockerfile": """
                FROM python:3.13
                COPY tests /tests
            """,
            "docker/Dockerfile.dockerignore": "build\n",
            ".dockerignore": "tests\n",
            "tests/test_app.py": "pass\n",
            ".gitlab-ci.yml": """
                build:
                  image: docker:28-cli
                  services: ["docker:28-dind"]
                  script: docker build -f docker/Dockerfile -t app .
            """,
        },
        why="this Dockerfile has a .dockerignore of its own",
    )


CHECK = Check(
    id="dockerfile-copy-ignored",
    title="COPY of a file the build does not get",
    severity=Severity.ERROR,
    looks_at=Build,
    find=find,
    examples=examples,
    rationale="""
        COPY sees the build context, less what .dockerignore keeps out. A path that counts from
        somewhere else, or that a pattern excludes, ends the build with the same words: not found.
    """,
    links=(
        "https://docs.docker.com/reference/build-checks/copy-ignored-file/",
        "https://docs.docker.com/build/concepts/context/",
    ),
    since="0.1",
)
