from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ci_doctor.images.reference import (
    InvalidReference,
    Reference,
    TextReference,
    fault_in,
    official_name,
    parse_reference,
    parse_reference_text,
    same_repository,
)
from ci_doctor.source import Location, Source, Span
from ci_doctor.text import Choice, Literal, Opaque, Symbol, Text

SHA256 = "sha256:" + "0123456789abcdef" * 4


def text(written: str) -> Text:
    """`$NAME` and `${NAME}` become symbols, the rest stands as it is."""
    parts = re.finditer(r"\$\{?(\w+)\}?|[^$]+", written)
    return Text(tuple(Symbol(m[1], "job") if m[1] else Literal(m[0]) for m in parts))


def symbol(name: str) -> Text:
    return Text((Symbol(name, "job"),))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("alpine", Reference("docker.io", "library/alpine")),
        ("alpine:3.22", Reference("docker.io", "library/alpine", "3.22")),
        ("docker.io/alpine", Reference("docker.io", "library/alpine")),
        (
            "index.docker.io/moby/buildkit:rootless",
            Reference("docker.io", "moby/buildkit", "rootless"),
        ),
        ("moby/buildkit", Reference("docker.io", "moby/buildkit")),
        ("localhost/app", Reference("localhost", "app")),
        ("localhost:5000/app:1", Reference("localhost:5000", "app", "1")),
        ("[::1]:5000/app", Reference("[::1]:5000", "app")),
        ("registry.example.com/g/p/app", Reference("registry.example.com", "g/p/app")),
        ("Registry/app", Reference("Registry", "app")),
        ("a_b/c__d/e---f:V_1.0-x", Reference("docker.io", "a_b/c__d/e---f", "V_1.0-x")),
        (f"alpine@{SHA256}", Reference("docker.io", "library/alpine", None, SHA256)),
        (f"r.io/a/b:1@{SHA256}", Reference("r.io", "a/b", "1", SHA256)),
    ],
)
def test_a_name_is_normalised_as_docker_does_it(written: str, expected: Reference) -> None:
    assert parse_reference(written) == expected


@pytest.mark.parametrize(
    ("written", "message", "at_fault"),
    [
        (
            "localhost:5000/G/P:1",
            "invalid reference format: repository name (G/P) must be lowercase",
            "G",
        ),
        ("App", "invalid reference format: repository name (library/App) must be lowercase", "App"),
        ("g/App:1", "invalid reference format: repository name (g/App) must be lowercase", "App"),
        ("My_App/web", "repository name must be lowercase", "My_App"),
        ("", "invalid reference format", ""),
        ("app:", "invalid reference format", "app:"),
        (":1", "invalid reference format", ":1"),
        ("/app:1", "invalid reference format", "/app"),
        ("https://r.io/app", "invalid reference format", "https://"),
        ("app:feature/x", "invalid reference format", "app:feature"),
        ("r.io/app:-x", "invalid reference format", "-x"),
        ("r.io/a..b:1", "invalid reference format", "a..b"),
        ("r.io/a b", "invalid reference format", "a b"),
        ("r.io/app:" + "x" * 129, "invalid reference format", "x" * 129),
        ("app@md5:" + "a" * 32, "unsupported digest algorithm", "md5:" + "a" * 32),
        ("app@sha256:" + "a" * 63, "invalid checksum digest length", "sha256:" + "a" * 63),
        ("app@sha256:" + "A" * 64, "invalid checksum digest format", "sha256:" + "A" * 64),
        (
            "r.io/" + "a" * 256,
            "repository name must not be more than 255 characters",
            "a" * 256,
        ),
        (
            "a" * 64,
            f"invalid repository name ({'a' * 64}), cannot specify 64-byte hexadecimal strings",
            "a" * 64,
        ),
    ],
)
def test_a_bad_name_is_refused_in_dockers_words(written: str, message: str, at_fault: str) -> None:
    with pytest.raises(InvalidReference) as raised:
        parse_reference(written)

    fault = raised.value
    assert (fault.message, written[fault.span.start : fault.span.end]) == (message, at_fault)


def test_spans_are_the_pieces_of_the_text() -> None:
    written = f"r.io:5000/g/app:1.0@{SHA256}"

    found = parse_reference(written)

    spans = (found.registry_span, found.repository_span, found.tag_span, found.digest_span)
    assert [written[s.start : s.end] for s in spans if s] == ["r.io:5000", "g/app", "1.0", SHA256]


def test_what_is_not_written_has_no_span() -> None:
    found = parse_reference("alpine")

    assert (found.registry_span, found.repository_span, found.tag_span, found.digest_span) == (
        None,
        Span(0, 6),
        None,
        None,
    )


def test_names_and_tags_are_given_as_docker_shows_them() -> None:
    alpine = parse_reference("alpine")
    pinned = parse_reference(f"r.io/app:2@{SHA256}")

    assert (alpine.name, alpine.familiar_name, alpine.tag_or_latest, str(alpine)) == (
        "docker.io/library/alpine",
        "alpine",
        "latest",
        "docker.io/library/alpine",
    )
    assert (pinned.familiar_name, pinned.tag_or_latest, str(pinned)) == (
        "r.io/app",
        "2",
        f"r.io/app:2@{SHA256}",
    )
    assert parse_reference(f"app@{SHA256}").tag_or_latest is None


def test_registry_image_is_the_registry_and_the_projects_path() -> None:
    found = parse_reference_text(text("$CI_REGISTRY_IMAGE/web:$CI_COMMIT_SHA"))

    assert found == TextReference(
        registry=symbol("CI_REGISTRY"),
        repository=symbol("CI_PROJECT_PATH,,") + Text.of("/web"),
        tag=symbol("CI_COMMIT_SHA"),
        digest=None,
        complete=True,
    )


@pytest.mark.parametrize(
    ("prefix", "namespace"),
    [
        ("CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX", "CI_PROJECT_ROOT_NAMESPACE,,"),
        ("CI_DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX", "CI_PROJECT_NAMESPACE,,"),
    ],
)
def test_the_dependency_proxy_passes_on_docker_hub(prefix: str, namespace: str) -> None:
    found = parse_reference_text(text(f"${{{prefix}}}/docker:29-dind"))

    assert found is not None
    assert found.registry == symbol("CI_DEPENDENCY_PROXY_SERVER")
    assert found.repository.display == f"${{{namespace}}}/dependency_proxy/containers/docker"
    hub = found.upstream
    assert [hub.registry, hub.repository.value, hub.tag] == [
        Text.of("docker.io"),
        "library/docker",
        Text.of("29-dind"),
    ]
    assert official_name(found) == "docker"


@pytest.mark.parametrize(
    ("written", "registry", "repository", "tag", "complete"),
    [
        ("$CI_REGISTRY/group/app", "$CI_REGISTRY", "group/app", None, True),
        ("$CI_SERVER_HOST:5050/g/p:1", "$CI_SERVER_HOST:5050", "g/p", "1", True),
        ("$CI_TEMPLATE_REGISTRY_HOST/a/b", "$CI_TEMPLATE_REGISTRY_HOST", "a/b", None, True),
        ("registry.$CI_SERVER_HOST/app", "registry.$CI_SERVER_HOST", "app", None, True),
        ("$HOST:5000/app", "$HOST:5000", "app", None, True),
        ("localhost:$PORT/app", "localhost:$PORT", "app", None, True),
        ("alpine:$TAG", "docker.io", "library/alpine", "$TAG", False),
        ("python:${VERSION}-slim", "docker.io", "library/python", "$VERSION-slim", False),
        ("app-$CI_PIPELINE_ID", "docker.io", "library/app-$CI_PIPELINE_ID", None, True),
        ("r.io/app$SUFFIX", "r.io", "app$SUFFIX", None, False),
        ("$IMAGE", None, "$IMAGE", None, False),
        ("$IMAGE:1", None, "$IMAGE", "1", True),
        ("$PREFIX/alpine", None, "$PREFIX/alpine", None, True),
        ("my.$DOMAIN/app", None, "my.$DOMAIN/app", None, True),
        ("r.io:$REST", None, "r.io", "$REST", False),
        ("$CI_REGISTRY_IMAGE:$CI_COMMIT_REF_NAME", "$CI_REGISTRY", "${CI_PROJECT_PATH,,}", "$CI_COMMIT_REF_NAME", True),
    ],
)  # fmt: skip
def test_unknown_parts_are_read_only_as_far_as_they_are_certain(
    written: str, registry: str | None, repository: str, tag: str | None, complete: bool
) -> None:
    found = parse_reference_text(text(written))

    assert found is not None
    assert (
        None if found.registry is None else found.registry.display,
        found.repository.display,
        None if found.tag is None else found.tag.display,
        found.complete,
    ) == (registry, repository, tag, complete)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("$CI_REGISTRY_IMAGE", "latest"),
        ("alpine:3", "3"),
        ("$IMAGE", None),
        (f"$IMAGE@{SHA256}", None),
    ],
)
def test_the_tag_is_latest_only_where_none_can_be_written(
    written: str, expected: str | None
) -> None:
    found = parse_reference_text(text(written))

    assert found is not None
    assert (None if found.tag_or_latest is None else found.tag_or_latest.value) == expected


@pytest.mark.parametrize(
    ("written", "message", "at_fault"),
    [
        (
            "$CI_REGISTRY_IMAGE/App:1",
            "invalid reference format: repository name (${CI_PROJECT_PATH,,}/App) must be lowercase",
            "App",
        ),
        (
            "$CI_REGISTRY/Group/app:$CI_COMMIT_SHA",
            "invalid reference format: repository name (Group/app) must be lowercase",
            "Group",
        ),
        (
            "MyApp:$TAG",
            "invalid reference format: repository name (library/MyApp) must be lowercase",
            "MyApp",
        ),
        ("$CI_REGISTRY_IMAGE:", "invalid reference format", "$CI_REGISTRY_IMAGE:"),
        ("https://$CI_REGISTRY/app", "invalid reference format", "https://"),
        ("$CI_REGISTRY/g//app", "invalid reference format", "$CI_REGISTRY/g//app"),
        ("$CI_REGISTRY_IMAGE/my app", "invalid reference format", " "),
        ("$IMAGE:feature/x", "invalid reference format", "$IMAGE:feature"),
        ("$CI_REGISTRY_IMAGE:-$TAG", "invalid reference format", "-$TAG"),
        ("$CI_REGISTRY_IMAGE/_app", "invalid reference format", "_app"),
        (f"$IMAGE@{SHA256}0", "invalid checksum digest length", f"{SHA256}0"),
    ],
)
def test_a_name_that_no_value_makes_right_is_refused(
    written: str, message: str, at_fault: str
) -> None:
    given_text = text(written)

    fault = fault_in(given_text)

    assert fault is not None
    assert fault.message == message
    assert given_text[fault.span.start : fault.span.end].display == at_fault
    assert parse_reference_text(given_text) is None


@pytest.mark.parametrize(
    "written",
    [
        "$IMAGE-Debug",  # $IMAGE may hold a tag
        "$IMAGE/App".lower(),
        "App$REST",  # a registry, where $REST holds a `/`
        "$CI_REGISTRY_IMAGE:$CI_COMMIT_REF_NAME",
        "$CI_REGISTRY_IMAGE:Release-$N",
        "$REGISTRY.Example.com/app",
    ],
)
def test_a_name_that_some_value_makes_right_is_not_refused(written: str) -> None:
    assert fault_in(text(written)) is None


def test_pieces_know_where_they_are_written() -> None:
    class Here:
        source = Source("ci.yml", "image: $CI_REGISTRY_IMAGE/web:stable")

        def locate(self, start: int, end: int) -> Location:
            return Location(self.source, Span(start + 7, end + 7))

    origin = Here()
    variable = Text.of("$CI_REGISTRY_IMAGE", origin).parts[0]
    assert isinstance(variable, Literal)
    name = Text((Symbol("CI_REGISTRY_IMAGE", at=variable.at),)) + Text.of("/web:stable", origin, 18)

    found = parse_reference_text(name)

    assert found is not None and found.registry is not None and found.tag is not None
    pieces = (found.registry, found.repository, found.tag)
    assert [piece.location.text for piece in pieces if piece.location] == [
        "$CI_REGISTRY_IMAGE",
        "$CI_REGISTRY_IMAGE/web",
        "stable",
    ]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("node:22", "node"),
        ("docker.io/library/node", "node"),
        ("mirror.gcr.io/library/node:22", "node"),
        ("public.ecr.aws/docker/library/node:22", "node"),
        ("registry-1.docker.io/library/node", "node"),
        ("gitlab.example.com/group/dependency_proxy/containers/node:22", "node"),
        ("arm64v8/node", None),
        ("bitnami/node", None),
        ("registry.example.com/library/node", None),
        ("public.ecr.aws/other/node", None),
    ],
)
def test_an_official_image_is_known_through_mirrors_of_docker_hub(
    written: str, name: str | None
) -> None:
    assert official_name(parse_reference(written)) == name
    assert official_name(parse_reference_text(Text.of(written)) or pytest.fail()) == name


@pytest.mark.parametrize(
    ("image", "name", "expected"),
    [
        ("moby/buildkit:rootless", "moby/buildkit", True),
        ("docker.io/moby/buildkit", "moby/buildkit", True),
        ("mirror.gcr.io/moby/buildkit:v0.32.2", "moby/buildkit", True),
        ("$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX/moby/buildkit:$V", "moby/buildkit", True),
        ("docker:29-cli", "docker", True),
        ("arm64v8/docker:29", "docker", True),
        ("gcr.io/kaniko-project/executor:debug", "gcr.io/kaniko-project/executor", True),
        ("r.example.com/kaniko-project/executor", "gcr.io/kaniko-project/executor", None),
        ("r.example.com/mirror/moby/buildkit", "moby/buildkit", None),
        ("$MIRROR/library/docker:29", "docker", None),
        ("$IMAGE", "docker", None),
        ("$CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX/doc$REST", "docker", None),
        ("$MIRROR/alpine", "docker", False),
        ("r.example.com/mydocker", "docker", False),
        ("docker/dockerfile", "docker", False),
        ("moby/buildkit-test", "moby/buildkit", False),
        ("Not An Image", "docker", False),
    ],
)
def test_an_image_is_compared_three_valued_with_a_repository(
    image: str, name: str, expected: bool | None
) -> None:
    assert same_repository(text(image), name) is expected


def test_every_choice_counts_when_repositories_are_compared() -> None:
    both = Text((Choice((Text.of("docker:28"), Text.of("docker:29"))),))
    one = Text((Choice((Text.of("docker:28"), Text.of("alpine"))),))
    none = Text((Choice((Text.of("debian"), Text.of("alpine"))),))

    assert [same_repository(each, "docker") for each in (both, one, none)] == [True, None, False]


def test_a_computed_name_is_not_known() -> None:
    computed = Text((Opaque("$(cat image.txt)"),))

    assert same_repository(computed, "docker") is None
    assert parse_reference_text(computed) == TextReference(None, computed, None, None, False)


NAMES = st.text(alphabet="aAb0._-/:@ $é[]", max_size=24)


@given(NAMES)
def test_a_known_text_is_read_as_its_string(written: str) -> None:
    found = parse_reference_text(Text.of(written))

    try:
        expected = parse_reference(written)
    except InvalidReference as fault:
        assert 0 <= fault.span.start <= fault.span.end <= len(written)
        assert found is None
    else:
        assert found is not None
        pieces = (found.registry, found.repository, found.tag, found.digest)
        assert [None if piece is None else piece.value for piece in pieces] == [
            expected.registry,
            expected.repository,
            expected.tag,
            expected.digest,
        ]


@given(NAMES, st.text(alphabet="aA0.-_/:@", max_size=8), NAMES)
def test_a_fault_of_an_unknown_text_is_a_fault_with_any_value(
    before: str, value: str, after: str
) -> None:
    assume("/" not in value or ":" not in before)  # what follows a `:` is taken for a tag
    unknown = Text.of(before) + Text((Symbol("UNKNOWN"),)) + Text.of(after)

    fault = fault_in(unknown)

    if fault is not None:
        assert 0 <= fault.span.start < fault.span.end <= len(unknown)
        with pytest.raises(InvalidReference):
            parse_reference(before + value + after)


@given(NAMES, st.text(alphabet="a0.-_/:", max_size=8), NAMES)
def test_what_is_said_of_an_unknown_text_holds_for_any_value(
    before: str, value: str, after: str
) -> None:
    found = parse_reference_text(Text.of(before) + Text((Symbol("UNKNOWN"),)) + Text.of(after))
    try:
        real = parse_reference(before + value + after)
    except InvalidReference:
        return

    assert found is not None
    if found.registry is not None:
        assert found.registry.equals(real.registry) is not False
    if found.tag_or_latest is not None and real.digest is None:
        assert found.tag_or_latest.equals(real.tag_or_latest or "") is not False
