"""Events from libyaml itself, through the binding that ruamel.yaml brings.

That binding holds libyaml 0.1.7, GitLab's Ruby has 0.2.5. In 350,000 random texts the old one
never read differently what both accept, except for tags with one of `,[]{}` in them. It refuses
more, though (`{name: moby/buildkit:rootless}`): its refusals mean nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from .grammar import (
    ALIAS,
    DOCUMENT_END,
    DOCUMENT_START,
    MAPPING_END,
    MAPPING_START,
    SCALAR,
    SEQUENCE_END,
    SEQUENCE_START,
    Event,
)

_MODULE = "_ruamel_yaml"
# Loading takes about 40 ms, which it saves again on a text of so many characters.
_WORTH_LOADING = 400_000


class Unsure(Exception):
    """The binding refuses the text, or may read it otherwise than GitLab does."""


def load(size: int) -> Any:
    """The binding's parser class where it is there and pays for a text of `size` characters."""
    if size < _WORTH_LOADING and _MODULE not in sys.modules:
        return None
    try:
        from _ruamel_yaml import CParser
    except ImportError:
        return None
    return CParser


def read_events(parser_class: Any, text: str) -> Iterator[Event]:
    """The events of the first document, as `grammar.parse_events` gives them."""
    from ruamel.yaml.error import YAMLError

    parser = parser_class(text)
    try:
        while True:
            event = parser.get_event()
            kind = _KINDS.get(type(event).__name__)
            if kind is None:
                if event is None or type(event).__name__ == "StreamEndEvent":
                    return
                continue
            start, end = event.start_mark.index, event.end_mark.index
            if kind is SCALAR:
                tag = event.tag
                if tag is not None:
                    _check_tag(tag)
                yield SCALAR, start, end, event.value, event.anchor, tag, event.style or ""
            elif kind is ALIAS:
                yield ALIAS, start, end, event.anchor, None, None, ""
            elif kind is MAPPING_START or kind is SEQUENCE_START:
                tag = event.tag
                if tag is not None:
                    _check_tag(tag)
                style = "flow" if event.flow_style else "block"
                yield kind, start, end, "", event.anchor, tag, style
            else:
                yield kind, start, end, "", None, None, ""
                if kind is DOCUMENT_END:
                    return
    except YAMLError:
        raise Unsure from None


def _check_tag(tag: str) -> None:
    if any(char in tag for char in ",[]{}"):
        raise Unsure


_KINDS = {
    "DocumentStartEvent": DOCUMENT_START,
    "DocumentEndEvent": DOCUMENT_END,
    "ScalarEvent": SCALAR,
    "AliasEvent": ALIAS,
    "SequenceStartEvent": SEQUENCE_START,
    "SequenceEndEvent": SEQUENCE_END,
    "MappingStartEvent": MAPPING_START,
    "MappingEndEvent": MAPPING_END,
}
