from __future__ import annotations

from ci_doctor.dockerfile import Scopes
from ci_doctor.dockerfile.uses import instruction_uses

from .texts import parse


def uses(text: str) -> list[tuple[str, str, bool | None]]:
    """Name, place, and whether the variable is set."""
    dockerfile = parse(text)
    return [
        (use.name, use.location.text, use.is_set)
        for use in instruction_uses(dockerfile.stages[-1], Scopes(dockerfile))
    ]


def test_variables_that_buildkit_or_the_shell_expands() -> None:
    text = """FROM scratch
ARG A=1 B=$A
ENV C=${A}-$D
LABEL x=$A
COPY --chown=$U $A /to/$E
WORKDIR /$A
RUN echo $A '$B' "${F}"
CMD echo $G
"""

    assert uses(text) == [
        ("A", "$A", True),
        ("A", "${A}", True),
        ("D", "$D", False),
        ("A", "$A", True),
        ("A", "$A", True),
        ("E", "$E", False),
        ("U", "$U", False),
        ("A", "$A", True),
        ("A", "$A", True),
        ("F", "${F}", False),
    ]


def test_a_step_that_evaluates_text_may_set_anything() -> None:
    assert uses('FROM scratch\nRUN eval "$(env)" && echo $A\nRUN . /file; echo $B\n') == []


def test_a_default_is_seen() -> None:
    dockerfile = parse("FROM scratch\nENV A=${B:-x} C=${D%x}\nRUN echo ${E:-y} ${F#x}\n")
    found = instruction_uses(dockerfile.stages[0], Scopes(dockerfile))

    assert [(use.name, use.has_default) for use in found] == [
        ("B", True),
        ("D", False),
        ("E", True),
        ("F", False),
    ]
