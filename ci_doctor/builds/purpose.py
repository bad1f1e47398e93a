"""What a build is for, as its names tell."""

from __future__ import annotations

import re

from .build import Build

_TRIAL = re.compile(
    r"(?:^|[^a-z])(?:tests?|testing|lint|check|verify|validate|dry|try|scan|pr|mr)(?:$|[^a-z])"
)


def is_trial(build: Build) -> bool:
    """Whether the job or the target is named as a test: what it builds is not meant to be kept."""
    stage = build.job.keywords.get("stage")  # one that is not written is `test`
    names = [build.job.name, "" if stage is None else stage.string or ""]
    if build.target is not None:
        names.append(build.target.display)
    return any(_TRIAL.search(name.lower()) for name in names)
