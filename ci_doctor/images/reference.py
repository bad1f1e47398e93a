"""Image names as Docker reads them, fully known or with unknown parts.

Grammar and normalisation follow github.com/distribution/reference (`ParseNormalizedNamed`), which
docker, buildx, BuildKit and GitLab Runner share; so do the messages.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ..source import Span
from ..text import UNKNOWN, Choice, Literal, Part, Symbol, Text

DOCKER_HUB = "docker.io"

_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = rf"{_COMPONENT}(?:/{_COMPONENT})*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_HOST_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"(?:{_HOST_LABEL}(?:\.{_HOST_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_LONGEST_PATH = 255
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}

# Registries that serve the images of Docker Hub under the same path.
_HUB_MIRRORS = frozenset(
    {DOCKER_HUB, "registry-1.docker.io", "registry.hub.docker.com", "mirror.gcr.io"}
)
_ECR_PUBLIC = "public.ecr.aws"
_ECR_LIBRARY = "docker/library/"  # https://docs.aws.amazon.com/AmazonECR/latest/public/
# https://docs.gitlab.com/user/packages/dependency_proxy/: it pulls from Docker Hub only.
_DEPENDENCY_PROXY = "dependency_proxy/containers/"

# The official images once more, for one architecture each:
# https://github.com/docker-library/official-images#architectures-other-than-amd64
_ARCHITECTURE_NAMESPACES = (
    "amd64",
    "arm32v5",
    "arm32v6",
    "arm32v7",
    "arm64v8",
    "i386",
    "mips64le",
    "ppc64le",
    "riscv64",
    "s390x",
)

_HOST_DOMAIN = r"[A-Za-z0-9.\[\]-]+(?::[0-9]+)?"
_PATH_DOMAIN = r"[a-z0-9_.][a-z0-9_./-]*"
# What GitLab puts together for these variables. `,,` stands for "in lower case", as in bash.
_COMPOSED: dict[str, tuple[str, str, str]] = {
    "CI_REGISTRY_IMAGE": ("CI_REGISTRY", "CI_PROJECT_PATH,,", ""),
    "CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX": (
        "CI_DEPENDENCY_PROXY_SERVER",
        "CI_PROJECT_ROOT_NAMESPACE,,",
        "/dependency_proxy/containers",
    ),
    "CI_DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX": (
        "CI_DEPENDENCY_PROXY_SERVER",
        "CI_PROJECT_NAMESPACE,,",
        "/dependency_proxy/containers",
    ),
}
_HOST_VARIABLES = frozenset(
    {
        "CI_DEPENDENCY_PROXY_SERVER",
        "CI_REGISTRY",
        "CI_SERVER_FQDN",
        "CI_SERVER_HOST",
        "CI_TEMPLATE_REGISTRY_HOST",
    }
)
# Variables whose values hold neither `/` nor `:`.
_WORD_VARIABLES = frozenset(
    {
        "CI_COMMIT_BEFORE_SHA",
        "CI_COMMIT_REF_SLUG",
        "CI_COMMIT_SHA",
        "CI_COMMIT_SHORT_SHA",
        "CI_DEFAULT_BRANCH_SLUG",
        "CI_ENVIRONMENT_SLUG",
        "CI_JOB_ID",
        "CI_JOB_NAME_SLUG",
        "CI_MERGE_REQUEST_ID",
        "CI_MERGE_REQUEST_IID",
        "CI_NODE_INDEX",
        "CI_PIPELINE_ID",
        "CI_PIPELINE_IID",
        "CI_PROJECT_ID",
        "CI_PROJECT_NAME",
        "CI_PROJECT_NAMESPACE_SLUG",
        "CI_PROJECT_PATH_SLUG",
        "CI_PROJECT_ROOT_NAMESPACE",
        "CI_PROJECT_ROOT_NAMESPACE,,",
    }
)
# Variables whose values may hold `/` and never `:` (git refuses it in the name of a ref).
_PATH_VARIABLES = frozenset(
    {
        "CI_COMMIT_BRANCH",
        "CI_COMMIT_REF_NAME",
        "CI_COMMIT_TAG",
        "CI_DEFAULT_BRANCH",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
        "CI_PROJECT_NAMESPACE",
        "CI_PROJECT_NAMESPACE,,",
        "CI_PROJECT_PATH",
        "CI_PROJECT_PATH,,",
    }
)


class InvalidReference(ValueError):
    """Docker refuses the name: `message` in its words, `span` the part of the text at fault."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


@dataclass(frozen=True, slots=True)
class Reference:
    """An image name, normalised: `alpine` is `docker.io/library/alpine`.

    `tag` and `digest` are None where none is written. The spans are characters of the text that
    was parsed, without the `:` and `@` before them; None where that part is not written.
    """

    registry: str
    repository: str
    tag: str | None = None
    digest: str | None = None
    registry_span: Span | None = field(default=None, compare=False)
    repository_span: Span = field(default=Span(0, 0), compare=False)
    tag_span: Span | None = field(default=None, compare=False)
    digest_span: Span | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        return f"{self.registry}/{self.repository}"

    @property
    def familiar_name(self) -> str:
        """As people write it: without `docker.io/` and `library/`."""
        if self.registry != DOCKER_HUB:
            return self.name
        return self.repository.removeprefix("library/")

    @property
    def tag_or_latest(self) -> str | None:
        """The tag that is pulled; None where only the digest decides."""
        if self.tag is not None:
            return self.tag
        return "latest" if self.digest is None else None

    @property
    def upstream(self) -> Reference:
        """The image that a mirror of Docker Hub passes on, else itself."""
        path = _hub_path(self.registry, self.repository)
        if path is None:
            return self
        return replace(self, registry=DOCKER_HUB, repository=path)

    def __str__(self) -> str:
        tag = "" if self.tag is None else f":{self.tag}"
        digest = "" if self.digest is None else f"@{self.digest}"
        return f"{self.name}{tag}{digest}"


@dataclass(frozen=True, slots=True)
class TextReference:
    """An image name with unknown parts. Its texts know the places they are written at.

    `registry` is None where it is not known (`$IMAGE`, `$PREFIX/app`), and `repository` is then the
    whole name. `tag` and `digest` are None where none is written: `complete` tells whether that
    means that there is none, or whether an unknown part may hold it.
    """

    registry: Text | None
    repository: Text
    tag: Text | None = None
    digest: Text | None = None
    complete: bool = True

    @property
    def tag_or_latest(self) -> Text | None:
        """The tag that is pulled; None where it is not known or only the digest decides."""
        if self.tag is not None:
            return self.tag
        return Text.of("latest") if self.complete and self.digest is None else None

    @property
    def upstream(self) -> TextReference:
        """The image that a mirror of Docker Hub passes on, else itself."""
        if self.registry is None:
            return self
        registry, path = self.registry.value, self.repository
        if registry in _HUB_MIRRORS:
            return replace(self, registry=Text.of(DOCKER_HUB))
        if registry == _ECR_PUBLIC and path.startswith(_ECR_LIBRARY):
            return replace(
                self, registry=Text.of(DOCKER_HUB), repository=path[len("docker/") : len(path)]
            )
        at = path.template.find(_DEPENDENCY_PROXY)
        if at < 0:
            return self
        path = path[at + len(_DEPENDENCY_PROXY) : len(path)]
        return replace(self, registry=Text.of(DOCKER_HUB), repository=_with_library(path))


def parse_reference(text: str) -> Reference:
    """Read an image name as Docker does; raises InvalidReference."""
    whole = Span(0, len(text))
    if re.fullmatch("[a-f0-9]{64}", text):
        raise InvalidReference(
            f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings", whole
        )
    first, slash, rest = text.partition("/")
    registry_span = None
    start = 0
    registry = DOCKER_HUB
    if slash and _is_host(first):
        registry = DOCKER_HUB if first == "index.docker.io" else first
        registry_span = Span(0, len(first))
        start = len(first) + 1
    else:
        rest = text
    library = "library/" if registry == DOCKER_HUB and "/" not in rest else ""
    remote = rest.partition(":")[0]
    if remote != remote.lower():
        raise InvalidReference(_not_lower_case(library + remote), _upper_case(remote).shift(start))
    match = re.fullmatch(rf"({_PATH})(?::({_TAG}))?(?:@({_DIGEST}))?", rest)
    if match is None:
        span = _scheme_span(text) or _fault_span(rest, start)
        raise InvalidReference("invalid reference format", span)
    host_as_path = registry_span is not None and re.fullmatch(_COMPONENT, first)
    if registry_span is not None and not host_as_path and not re.fullmatch(_HOST, first):
        message = "invalid reference format"
        if re.fullmatch(_COMPONENT, first.lower()):
            message = "repository name must be lowercase"
        raise InvalidReference(message, registry_span)
    path_span = Span(*match.span(1)).shift(start)
    tag_span = None if match[2] is None else Span(*match.span(2)).shift(start)
    digest_span = None if match[3] is None else Span(*match.span(3)).shift(start)
    if len(library + match[1]) > _LONGEST_PATH:
        raise InvalidReference(
            f"repository name must not be more than {_LONGEST_PATH} characters", path_span
        )
    if digest_span is not None:
        _check_digest(match[3], digest_span)
    return Reference(
        registry,
        library + match[1],
        match[2],
        match[3],
        registry_span,
        path_span,
        tag_span,
        digest_span,
    )


def parse_reference_text(text: Text) -> TextReference | None:
    """Read an image name with unknown parts; None where no value of them makes it a valid name.

    `$CI_REGISTRY_IMAGE` and the dependency proxy's prefixes are taken apart into the registry
    and the path that GitLab makes them of. A choice counts as one unknown part: go through
    `text.variants()` to have each.
    """
    return None if fault_in(text) is not None else _split(_compose(text))


def fault_in(text: Text) -> InvalidReference | None:
    """Why Docker refuses the name whatever its unknown parts are; None where it may be valid.

    The span counts as the indices of `text` do, so `text.locate(*fault.span)` is the place.
    """
    if text.value is not None:
        try:
            parse_reference(text.value)
        except InvalidReference as invalid:
            return invalid
        return None
    fault = _partial_fault(_compose(text))
    if fault is not None:
        fault.span = _span_before_composing(text, fault.span)
    return fault


def official_name(reference: Reference | TextReference) -> str | None:
    """The name of the Docker official image, also through a known mirror of Docker Hub.

    None for any other image and where the name is not known.
    """
    upstream = reference.upstream
    if isinstance(upstream, Reference):
        registry: str | None = upstream.registry
        repository: str | None = upstream.repository
    else:
        registry = None if upstream.registry is None else upstream.registry.value
        repository = upstream.repository.value
    if registry != DOCKER_HUB or repository is None:
        return None
    library, slash, name = repository.partition("/")
    return name if library == "library" and slash and "/" not in name else None


def same_repository(image: Reference | TextReference | Text, name: str) -> bool | None:
    """Whether an image comes from the repository `name` (`moby/buildkit`, `docker`), any tag.

    A known mirror of Docker Hub counts as Docker Hub, and `arm64v8/docker` as `docker`. None where it is not known: an unknown
    part, or the same path in another registry, which may be a copy.
    """
    if isinstance(image, Text):
        return _same_as_text(image, name)
    wanted = _named(name)
    upstream = image.upstream
    if isinstance(upstream, Reference):
        path = Text.of(upstream.repository)
        same_host: bool | None = upstream.registry == wanted.registry
    else:
        path = upstream.repository
        same_host = None if upstream.registry is None else upstream.registry.equals(wanted.registry)
    short = wanted.repository.removeprefix("library/")
    known = path.value
    if same_host is True:
        # `library/` is missing where an unknown part may hold a `/`.
        names = [wanted.repository, *([] if "/" in path.template else [short])]
        if short != wanted.repository:
            names += [f"{namespace}/{short}" for namespace in _ARCHITECTURE_NAMESPACES]
        return known in names if known is not None else _either(path.equals(n) for n in names)
    if known is not None:
        return None if known == short or known.endswith(f"/{short}") else False
    is_copy = _either((path.equals(short), path.endswith(f"/{short}")))
    return False if is_copy is False else None


def _either(answers: Iterable[bool | None]) -> bool | None:
    seen = set(answers)
    return True if True in seen else None if None in seen else False


# Many jobs share few images, and several checks ask about each: the answers are kept.
@lru_cache(maxsize=4096)
def _same_as_text(text: Text, name: str) -> bool | None:
    answers = set()
    for variant in text.variants():
        reference = _equal_reference(variant)
        answers.add(False if reference is None else same_repository(reference, name))
    return answers.pop() if len(answers) == 1 else None


@lru_cache(maxsize=1024)
def _equal_reference(text: Text) -> TextReference | None:
    """As `parse_reference_text`, but the places may be those of an equal text."""
    return parse_reference_text(text)


@lru_cache(maxsize=64)
def _named(name: str) -> Reference:
    return parse_reference(name).upstream


def _hub_path(registry: str, repository: str) -> str | None:
    if registry in _HUB_MIRRORS:
        return repository
    if registry == _ECR_PUBLIC and repository.startswith(_ECR_LIBRARY):
        return repository.removeprefix("docker/")
    _, found, path = repository.partition(_DEPENDENCY_PROXY)
    if not found or not path:
        return None
    return path if "/" in path else f"library/{path}"


def _is_host(component: str) -> bool:
    """Whether Docker takes what stands before the first `/` for a registry."""
    return (
        component == "localhost"
        or "." in component
        or ":" in component
        or component != component.lower()
    )


def _not_lower_case(name: str) -> str:
    return f"invalid reference format: repository name ({name}) must be lowercase"


def _upper_case(remote: str) -> Span:
    """The first component with capitals."""
    at = 0
    for component in remote.split("/"):
        end = at + len(component.partition("@")[0])
        if component != component.lower():
            break
        at += len(component) + 1
    return Span(at, end)


def _scheme_span(text: str) -> Span | None:
    """`https://` at the start of a name."""
    scheme = re.match(r"[A-Za-z]+://", text)
    return Span(*scheme.span()) if scheme else None


def _fault_span(rest: str, start: int) -> Span:
    """The first piece of `path[:tag][@digest]` that its grammar refuses."""
    name, at, digest = rest.partition("@")
    path, colon, tag = name.partition(":")
    pieces = [(path, 0, _PATH)]
    if colon:
        pieces.append((tag, len(path) + 1, _TAG))
    if at:
        pieces.append((digest, len(name) + 1, _DIGEST))
    for piece, offset, pattern in pieces:
        if piece and not re.fullmatch(pattern, piece):
            return Span(start + offset, start + offset + len(piece))
    return Span(0, start + len(rest))  # something is missing


def _check_digest(digest: str, span: Span) -> None:
    """The checks of github.com/opencontainers/go-digest."""
    algorithm, _, encoded = digest.partition(":")
    length = _DIGEST_LENGTHS.get(algorithm)
    if length is None:
        raise InvalidReference("unsupported digest algorithm", span)
    if len(encoded) != length:
        raise InvalidReference("invalid checksum digest length", span)
    if encoded != encoded.lower():
        raise InvalidReference("invalid checksum digest format", span)


def _with_library(path: Text) -> Text:
    """The path on Docker Hub of a name without a registry."""
    if "/" in path.template or any(_may_hold(part, "/") for part in path.parts):
        return path
    return Text.of("library/") + path


def _may_hold(part: Part, character: str) -> bool:
    """Whether `/` or `:` may stand in a part of a name."""
    if isinstance(part, Literal):
        return character in part.value
    if isinstance(part, Choice):
        return any(_may_hold(p, character) for option in part.options for p in option.parts)
    if isinstance(part, Symbol):
        if part.variable in _WORD_VARIABLES:
            return False
        if part.variable in _PATH_VARIABLES:
            return character == "/"
        if part.variable in _HOST_VARIABLES:
            return character == ":"
    return True


def _any_may_hold(parts: Iterable[Part], character: str) -> bool:
    return any(_may_hold(part, character) for part in parts if not isinstance(part, Literal))


def _composition(part: Part) -> list[Part]:
    if not isinstance(part, Symbol) or part.variable not in _COMPOSED:
        return [part]
    host, path, tail = _COMPOSED[part.variable]
    return [
        Symbol(host, part.scope, _HOST_DOMAIN, part.at),
        Literal("/", part.at),
        Symbol(path, part.scope, _PATH_DOMAIN, part.at),
        *([Literal(tail, part.at)] if tail else []),
    ]


def _compose(text: Text) -> Text:
    return Text(tuple(piece for part in text.parts for piece in _composition(part)))


def _span_before_composing(text: Text, span: Span) -> Span:
    """A span of `_compose(text)` as a span of `text`."""
    starts: list[int] = []  # of each part, in the composed text
    begins: list[int] = []  # and in the text
    composed = at = 0
    for part in text.parts:
        starts.append(composed)
        begins.append(at)
        composed += len(Text(tuple(_composition(part))))
        at += len(part.value) if isinstance(part, Literal) else 1

    def back(offset: int) -> int:
        index = bisect_right(starts, offset) - 1
        inside = offset - starts[index] if isinstance(text.parts[index], Literal) else 0
        return begins[index] + inside

    return Span(back(span.start), min(back(max(span.start, span.end - 1)) + 1, len(text)))


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Where the pieces of a composed text stand. `host` is None where that is not known."""

    text: Text
    host: Span | None
    has_host: bool | None
    path: Span
    tag: Span | None
    digest: Span | None

    def cut(self, span: Span) -> Text:
        return self.text[span.start : span.end]


def _pieces(text: Text) -> _Pieces:
    template = text.template
    end = len(template)
    name_end = template.find("@")
    digest = None
    if name_end < 0:
        name_end = end
    else:
        digest = Span(name_end + 1, end)
    last = template.rfind("/", 0, name_end) + 1
    colon = template.find(":", last, name_end)
    tag = None if colon < 0 else Span(colon + 1, name_end)
    path_end = name_end if colon < 0 else colon
    slash = template.find("/", 0, path_end)
    has_host = _has_host(text, template, slash, path_end, tag)
    if has_host:
        return _Pieces(text, Span(0, slash), True, Span(slash + 1, path_end), tag, digest)
    return _Pieces(text, None, has_host, Span(0, path_end), tag, digest)


def _has_host(
    text: Text, template: str, slash: int, path_end: int, tag: Span | None
) -> bool | None:
    """Whether the name begins with a registry, None where an unknown part decides."""
    if slash < 0:
        name = text[:path_end]
        if _any_may_hold(name.parts, "/"):
            return None
        # `registry.example.com:$X`: a port and a path, or a tag?
        may_be_port = tag is not None and _any_may_hold(text[tag.start : tag.end].parts, "/")
        like_host = "." in template[:path_end] or template[:path_end] == "localhost"
        return None if may_be_port and like_host else False
    first = template[:slash]
    if UNKNOWN not in first:
        return _is_host(first)
    parts = text[:slash].parts
    if ":" in first:
        return True  # nothing but a registry may hold it there
    if _any_may_hold(parts, "/"):
        return None
    if any(isinstance(part, Symbol) and part.variable in _HOST_VARIABLES for part in parts):
        return True
    literal = first.replace(UNKNOWN, "")
    return True if "." in literal or literal != literal.lower() else None


def _split(text: Text) -> TextReference:
    pieces = _pieces(text)
    path = pieces.cut(pieces.path)
    tag = None if pieces.tag is None else pieces.cut(pieces.tag)
    digest = None if pieces.digest is None else pieces.cut(pieces.digest)
    if digest is not None:
        complete = True
    else:
        last = path[path.template.rfind("/") + 1 : len(path)] if tag is None else tag
        complete = not _any_may_hold(last.parts, ":")
    if pieces.has_host is None:
        return TextReference(None, path, tag, digest, complete)
    registry = Text.of(DOCKER_HUB) if pieces.host is None else pieces.cut(pieces.host)
    if registry.value == "index.docker.io":
        registry = Text.of(DOCKER_HUB)
    if registry.value == DOCKER_HUB:
        path = _with_library(path)
    return TextReference(registry, path, tag, digest, complete)


def _partial_fault(text: Text) -> InvalidReference | None:
    """What is wrong with a composed text, judged with a harmless letter for each unknown part.

    The letter is the most that the grammar allows anywhere, so what is refused with it is refused
    with any value. An unknown part that may hold a tag hides what follows it.
    """
    template = text.template
    strange = re.search(rf"[^A-Za-z0-9._/:@+\[\]{UNKNOWN}-]", template)
    span = Span(*strange.span()) if strange else _scheme_span(template)
    if span is not None:
        return InvalidReference("invalid reference format", span)
    pieces = _pieces(text)
    if pieces.host is not None:
        host, colon, port = template[: pieces.host.end].rpartition(":")
        filled = template[: pieces.host.end].replace(UNKNOWN, "x")
        if colon and UNKNOWN in port:
            filled = f"{host.replace(UNKNOWN, 'x')}:{port.replace(UNKNOWN, '1')}"
        if not re.fullmatch(_HOST, filled) and not re.fullmatch(_COMPONENT, filled):
            return InvalidReference("invalid reference format", pieces.host)
    return _path_fault(pieces) or _suffix_fault(pieces)


def _path_fault(pieces: _Pieces) -> InvalidReference | None:
    template = pieces.text.template
    start, end = pieces.path
    first = pieces.has_host is None  # the component that may be a registry is not judged
    written = template[start:end].split("/")
    at = start
    for index, component in enumerate(written):
        span = Span(at, at + len(component))
        at = span.end + 1
        if first and index == 0 and len(written) > 1:
            if not component:
                return InvalidReference("invalid reference format", Span(0, len(template)))
            continue
        if index == len(written) - 1 and pieces.tag is None:
            span, component = _before_hidden_tag(pieces.text, span)
        if first and len(written) == 1 and component != component.lower():
            continue  # `App$X`: a registry where $X holds a `/`
        filled = component.replace(UNKNOWN, "x")
        if re.fullmatch(_COMPONENT, filled):
            continue
        if re.fullmatch(_COMPONENT, filled.lower()):
            library = "library/" if pieces.host is None and len(written) == 1 else ""
            shown = pieces.cut(pieces.path).display
            return InvalidReference(_not_lower_case(library + shown), span)
        return InvalidReference(
            "invalid reference format", span if component else Span(0, len(template))
        )
    return None


def _before_hidden_tag(text: Text, span: Span) -> tuple[Span, str]:
    """The last component as far as it is certainly part of the path, one unknown part included."""
    at = span.start
    for part in text[span.start : span.end].parts:
        if not isinstance(part, Literal) and _may_hold(part, ":"):
            end = at + 1
            return Span(span.start, end), text.template[span.start : end]
        at += len(part.value) if isinstance(part, Literal) else 1
    return span, text.template[span.start : span.end]


def _suffix_fault(pieces: _Pieces) -> InvalidReference | None:
    template = pieces.text.template
    if pieces.tag is not None:
        tag = template[pieces.tag.start : pieces.tag.end]
        hidden = tag.find(UNKNOWN)
        known = tag if hidden < 0 or pieces.digest is not None else tag[: hidden + 1]
        if not re.fullmatch(_TAG, known.replace(UNKNOWN, "x")):
            span = pieces.tag if tag else Span(0, len(template))
            return InvalidReference("invalid reference format", span)
    if pieces.digest is not None:
        digest = template[pieces.digest.start : pieces.digest.end]
        if UNKNOWN in digest:
            return None
        if not re.fullmatch(_DIGEST, digest):
            span = pieces.digest if digest else Span(0, len(template))
            return InvalidReference("invalid reference format", span)
        try:
            _check_digest(digest, pieces.digest)
        except InvalidReference as fault:
            return fault
    return None
