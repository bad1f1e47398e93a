from __future__ import annotations

from ci_doctor.dockerfile import Run, Scopes, read_run
from ci_doctor.dockerfile.downloads import downloads

from .texts import parse


def found(text: str) -> list[tuple[str, str, bool]]:
    """URL, its path, and whether it is fetched conditionally."""
    dockerfile = parse("FROM scratch\n" + text)
    scopes = Scopes(dockerfile)
    (stage,) = dockerfile.stages
    steps = [(run, read_run(run, scopes.at(run))) for run in stage.of(Run)]
    return [
        (d.url.display, d.url[d.path_start :].display, d.conditional)
        for d in downloads(stage, steps, scopes)
    ]


def test_downloads_of_run_and_add() -> None:
    text = """ENV V=2
RUN curl -fL -H "X: https://no" https://e.com/a-$V.tgz && wget -q http://e.com/b | tar x
RUN [ -n "$X" ] && curl https://e.com/$X
RUN git clone https://e.com/r.git && echo https://e.com/no
ADD local https://e.com/c-${V} /x/
"""

    assert found(text) == [
        ("https://e.com/a-2.tgz", "/a-2.tgz", False),
        ("http://e.com/b", "/b", False),
        ("https://e.com/", "/", True),
        ("https://e.com/c-2", "/c-2", False),
    ]


def test_the_place_of_a_download_is_its_word() -> None:
    dockerfile = parse('FROM scratch\nRUN curl "https://e.com/a"\nADD https://e.com/b /\n')
    scopes = Scopes(dockerfile)
    (stage,) = dockerfile.stages
    steps = [(run, read_run(run, scopes.at(run))) for run in stage.of(Run)]

    places = [d.location.text for d in downloads(stage, steps, scopes)]

    assert places == ['"https://e.com/a"', "https://e.com/b"]
