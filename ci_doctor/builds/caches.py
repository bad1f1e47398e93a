"""Build caches: what `--cache-to`, `--cache-from`, `--export-cache` and `--import-cache` name.

moby/buildkit cache/remotecache; observed where it says so.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..edits import Edit
from ..execution.directories import CHECKOUT
from ..images.comparison import same_image
from ..source import Span
from ..text import Symbol, Text
from .build import Attributes, Build, Tool, parse_bool

EXPORTERS = ("registry", "inline", "local", "gha", "s3", "azblob")
IMPORTERS = ("registry", "local", "gha", "s3", "azblob")  # inline is read as registry
MODES = ("min", "max")
BUILDCTL = (Tool.BUILDCTL_DAEMONLESS, Tool.BUILDCTL)
INLINE_ARGUMENT = "BUILDKIT_INLINE_CACHE"  # docker and buildx turn it into `type=inline`

# The attribute that says where the cache is, by type; two for local, by direction.
_PLACES = {"registry": "ref", "s3": "bucket", "azblob": "account_url", "gha": "scope"}


def kind(cache: Attributes) -> str | None:
    """The type as far as it is known."""
    attribute = cache.get("type")
    if attribute is None or attribute.value is None:
        return None
    return attribute.value.value


def place_of(cache: Attributes, *, exported: bool) -> Text | None:
    """The registry reference, directory or bucket; None where it is not given."""
    name = kind(cache)
    key = ("dest" if exported else "src") if name == "local" else _PLACES.get(name or "")
    attribute = None if key is None else cache.get(key)
    return None if attribute is None else attribute.value


def reads(importing: Attributes, exported: Attributes) -> bool | None:
    """Whether what one build exports is what another one imports."""
    ours, theirs = kind(exported), kind(importing)
    if ours is None or theirs is None:
        return None
    if ours != theirs:
        return False
    one, other = place_of(exported, exported=True), place_of(importing, exported=False)
    if one is None or other is None:
        return None
    if ours == "registry":
        return same_image(one, other)
    if ours == "local":
        # Where only one of them is relative, the working directory decides.
        same = _plain(one).equals(_plain(other))
        return None if same is False and _is_rooted(one) is not _is_rooted(other) else same
    # A bucket holds several caches, told apart by their names.
    same = one.equals(other)
    names = [cache.get("name") or cache.get("prefix") for cache in (exported, importing)]
    if same is False or names[0] is names[1] is None:
        return same
    if names[0] is None or names[1] is None or names[0].value is None or names[1].value is None:
        return None
    found = names[0].value.equals(names[1].value)
    return False if found is False else None if same is None else found


def is_read(exported: Attributes, builds: Iterable[Build]) -> bool | None:
    """Whether one of these builds imports what another one exports; None where one of them may."""
    answer: bool | None = False
    for build in builds:
        if build.tool is Tool.OPAQUE:
            continue
        for importing in build.cache_from:
            same = reads(importing, exported)
            if same is True:
                return True
            if same is None:
                answer = None
        if build.opaque:
            answer = None
    return answer


def _plain(path: Text) -> Text:
    """Without `$CI_PROJECT_DIR/` or `./` in front and without a `/` at the end."""
    if _is_rooted(path) and path.startswith("/") is not True:
        path = path[1:]
        path = path[1:] if path.startswith("/") is True else path
    path = path[2:] if path.startswith("./") is True else path
    return path[:-1] if path.endswith("/") is True else path


def _is_rooted(path: Text) -> bool:
    first = path.parts[0] if path.parts else None
    if isinstance(first, Symbol):
        return first.variable == CHECKOUT
    return path.startswith("/") is True


def writes_inline(build: Build) -> bool | None:
    """Whether the image will hold a cache of its own: `type=inline`, or docker's build argument."""
    if any(kind(cache) == "inline" for cache in build.cache_to):
        return True
    for argument in build.build_args:
        if argument.name.value == INLINE_ARGUMENT and build.tool not in BUILDCTL:
            return None if argument.value is None else parse_bool(argument.value)
    return None if build.opaque else False


def is_ephemeral(build: Build) -> bool | None:
    """Whether the builder's own cache ends with the job: a daemonless or docker-in-docker daemon."""
    if build.tool is Tool.KANIKO or build.daemon.kind in ("daemonless", "dind"):
        return build.builder.driver != "kubernetes" and build.builder.driver != "remote"
    if build.daemon.kind in ("socket", "remote"):
        return False
    return True if build.daemon.kind == "local" else None


def add_field(cache: Attributes, text: str) -> tuple[Edit, ...]:
    """Write a further field (`mode=max`) behind the others. Nothing where no place is certain."""
    whole = cache.option.place()
    if whole is None or cache.error or cache.option.value is None:
        return ()
    start, end = whole.span
    behind = Edit(whole.path, Span(end, end), f",{text}")
    if not cache.short:
        return (behind,)
    if "," in cache.option.value.template:
        return ()  # buildx takes several references in one option
    return (Edit(whole.path, Span(start, start), "type=registry,ref="), behind)


def written_like(cache: Attributes, text: str) -> str | None:
    """`text` in the quotes that the option's value stands in; None where it stands elsewhere."""
    option = cache.option
    value = option.value_location
    if option.location is None or value is None or value.source is not option.location.source:
        return None
    if not option.location.span.contains(value.span):
        return None
    before = value.source.text[value.span.start - 1 : value.span.start]
    quote = before if before in ("'", '"') else ""
    return f"{quote}{text}{quote}"


def reference_written(cache: Attributes) -> str | None:
    """The reference, directory or bucket as the script writes it at the option."""
    attribute = next(
        (cache.get(key) for key in ("ref", "dest", "src", "bucket") if cache.get(key)), None
    )
    value, option = None if attribute is None else attribute.value_location, cache.option.location
    if value is None or option is None or value.source is not option.source:
        return None
    return value.text if option.span.contains(value.span) else None
