"""Comma-separated `key=value` options, as BuildKit's clients read them.

buildctl and buildx use tonistiigi/go-csvvalue (encoding/csv before): a field may stand in double
quotes as a whole, a quote elsewhere is an error, blanks belong to the field.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..images.reference import parse_reference_text
from ..source import Location
from ..text import UNKNOWN, Text
from .build import Attribute, Attributes, ImageName, Option, Platform

# What Go's csv package says.
BARE_QUOTE = 'bare " in non-quoted-field'
WRONG_QUOTE = 'extraneous or missing " in quoted-field'

_MOST_LISTS = 16
_MOST_ITEMS = 1000  # of a list; what follows is not read

# Their values are words of a fixed set: an unknown part behind known characters is more than a value.
_WORD_KEYS = frozenset(
    {"type", "push", "mode", "push-by-digest", "image-manifest", "oci-mediatypes"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field without its quotes; `start` and `end` are where it stands in the option's value.

    `exact`: the characters between them are the field's, one by one (no `""`).
    """

    text: Text
    start: int
    end: int
    quoted: bool
    exact: bool = True


def split_csv(text: Text) -> tuple[list[Field], str]:
    """The fields of one CSV line, and an error in Go's words ("" for none).

    An unknown part counts as one character that is neither a comma nor a quote.
    """
    line = text.template
    fields: list[Field] = []
    at = 0
    while True:
        if at >= len(line) or line[at] != '"':
            end = line.find(",", at)
            end = len(line) if end < 0 else end
            if '"' in line[at:end]:
                return [], BARE_QUOTE
            fields.append(Field(text[at:end], at, end, quoted=False))
            at = end
        else:
            pieces: list[Text] = []
            start = at = at + 1
            while True:
                quote = line.find('"', at)
                if quote < 0:
                    return [], WRONG_QUOTE
                if line[quote + 1 : quote + 2] != '"':
                    break
                pieces.append(text[at : quote + 1])
                at = quote + 2
            exact = not pieces
            pieces.append(text[at:quote])
            fields.append(Field(Text.join(pieces), start, quote, quoted=True, exact=exact))
            at = quote + 1
            if at < len(line) and line[at] != ",":
                return [], WRONG_QUOTE
        if at >= len(line):
            return fields, ""
        at += 1


def parse_attributes(option: Option, *, trim_keys: bool = False) -> Attributes:
    """The fields of an option's CSV value. buildx trims the keys of `--output`."""
    value = option.value or Text()
    fields, error = split_csv(value) if value.parts else ([], "")
    opaque = any(word.opaque for word in option.words) and value.template == UNKNOWN
    attributes = []
    opaque = opaque or len(fields) > _MOST_ITEMS
    for field in fields[:_MOST_ITEMS]:
        attributes.append(_attribute(option, field, trim_keys))
        opaque = opaque or _may_hold_more(field)
    return Attributes(tuple(attributes), option, opaque=opaque, error=error)


def parse_cache(option: Option, *, legacy: bool = False) -> tuple[Attributes, ...]:
    """`--cache-from`/`--cache-to`, or buildctl's (`legacy`) `--import-cache`/`--export-cache`.

    A value without keys is a registry reference; buildx takes a comma-separated list of them.
    """
    value = option.value or Text()
    keyed = "=" in value.template or value.template == UNKNOWN
    if keyed or not value.parts:
        return (parse_attributes(option),)
    if legacy:
        return (_short(option, Field(value, 0, len(value), quoted=False), "registry", "ref"),)
    fields, error = split_csv(value)
    if error:
        return (Attributes((), option, error=error),)
    return tuple(_short(option, field, "registry", "ref") for field in fields[:_MOST_ITEMS])


def parse_buildx_output(option: Option) -> Attributes:
    """`-o DIR` is the local exporter, `-o -` a tar on standard output, anything else is CSV."""
    value = option.value or Text()
    template = value.template
    lone = value.parts and "," not in template and '"' not in template
    if lone and not template.startswith("type=") and template != UNKNOWN:
        whole = Field(value, 0, len(value), quoted=False)
        if template == "-":
            return _short(option, whole, "tar", "dest")
        if "=" not in template:
            return _short(option, whole, "local", "dest")
    return parse_attributes(option, trim_keys=True)


def _short(option: Option, field: Field, kind: str, key: str) -> Attributes:
    place = option.place(field.start, field.end)
    return Attributes(
        (
            Attribute("type", Text.of(kind), place, implied=True),
            Attribute(key, field.text, place, place, quoted=field.quoted, offset=field.start),
        ),
        option,
        opaque=field.text.template == UNKNOWN,
        short=True,
    )


def _attribute(option: Option, field: Field, trim_keys: bool) -> Attribute:
    key, value = field.text.partition("=")
    name = key.display if UNKNOWN in key.template else key.template
    place = option.place(field.start, field.end)
    value_place: Location | None = None
    offset: int | None = None
    if value is not None:
        offset = field.start + len(key) + 1 if field.exact else None
        value_place = place if offset is None else option.place(offset, field.end)
    return Attribute(
        name.strip() if trim_keys else name,
        value,
        place,
        value_place,
        quoted=field.quoted,
        offset=offset,
    )


def _may_hold_more(field: Field) -> bool:
    """Whether an unknown part of a field could be fields of its own.

    `$OPTIONS` could, and what stands behind a complete word (`push=true$OPTIONS`); a variable in
    the place of a value (`name=$IMAGE:$TAG`) is taken as a value.
    """
    key, value = field.text.partition("=")
    if value is None:
        return UNKNOWN in key.template
    if UNKNOWN in key.template:
        return True
    words = key.template.strip().lower() in _WORD_KEYS
    return words and UNKNOWN in value.template and value.template != UNKNOWN


def split_names(option: Option, attribute: Attribute) -> tuple[ImageName, ...]:
    """The image names of a `name` attribute: a comma-separated list, empty ones left out."""
    if attribute.value is None:
        return ()
    names = []
    at = attribute.offset
    for piece in attribute.value.split(",", _MOST_ITEMS)[:_MOST_ITEMS]:
        place = attribute.value_location if at is None else option.place(at, at + len(piece))
        if piece.parts:
            names.append(image_name(piece, place))
        if at is not None:
            at += len(piece) + 1
    return tuple(names)


def image_name(text: Text, location: Location | None) -> ImageName:
    return ImageName(text, parse_reference_text(text), location)


def split_platforms(option: Option, start: int = 0, end: int | None = None) -> list[Platform]:
    """The items of a platform list in an option's value, blanks kept."""
    value = option.value or Text()
    listed = value[start : len(value) if end is None else end]
    variants = listed.variants(_MOST_LISTS)
    if len(variants) > 1 and any("," in variant.template for variant in variants):
        return _platforms_of_any(option, variants)
    items = []
    for piece in listed.split(",", _MOST_ITEMS)[:_MOST_ITEMS]:
        items.append(Platform(piece, option.place(start, start + len(piece))))
        start += len(piece) + 1
    return items


def _platforms_of_any(option: Option, variants: tuple[Text, ...]) -> list[Platform]:
    """Every item of several possible lists, once."""
    lists = [variant.split(",", _MOST_LISTS)[:_MOST_LISTS] for variant in variants]
    items: dict[str, Platform] = {}
    for pieces in lists:
        for piece in pieces:
            if piece.display not in items:
                everywhere = all(any(p == piece for p in other) for other in lists)
                place = piece.location or option.value_location
                items[piece.display] = Platform(piece, place, everywhere)
    return list(items.values())
