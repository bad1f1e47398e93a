"""Whether two image names with unknown parts mean the same image."""

from __future__ import annotations

from ..text import Text
from .reference import TextReference, parse_reference_text


def same_image(one: Text, other: Text) -> bool | None:
    """Whether two names mean the same image: a missing tag is `latest`, a missing host docker.io."""
    if one.equals(other) is True:
        return True
    a, b = parse_reference_text(one), parse_reference_text(other)
    if a is None or b is None:
        return False
    answers = [_same_part(a.registry, b.registry), a.repository.equals(b.repository)]
    answers.append(_same_tag(a, b))
    return False if False in answers else None if None in answers else True


def same_repository_of(one: Text, other: Text) -> bool | None:
    """Whether two names are of one repository, whatever their tags are."""
    a, b = parse_reference_text(one), parse_reference_text(other)
    if a is None or b is None:
        return False
    if a.registry is None or b.registry is None:
        return None  # an unknown part may hold registry, path and tag
    answers = [a.registry.equals(b.registry), a.repository.equals(b.repository)]
    return False if False in answers else None if None in answers else True


def _same_part(one: Text | None, other: Text | None) -> bool | None:
    return None if one is None or other is None else one.equals(other)


def _same_tag(one: TextReference, other: TextReference) -> bool | None:
    if one.digest is not None or other.digest is not None:
        return _same_part(one.digest, other.digest)
    return _same_part(one.tag_or_latest, other.tag_or_latest)
