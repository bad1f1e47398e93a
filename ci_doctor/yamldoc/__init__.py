"""YAML as GitLab reads it: nodes with the places where they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..source import Source
    from .nodes import YamlFile


def parse_yaml(source: Source, *, pure: bool = False) -> YamlFile:
    """See `ci_doctor.yamldoc.parse.parse_yaml`, which this loads when it is called."""
    from .parse import parse_yaml

    return parse_yaml(source, pure=pure)
