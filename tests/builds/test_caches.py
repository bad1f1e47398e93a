"""Which caches builds read and write."""

from __future__ import annotations

import pytest

from ci_doctor.builds.build import Build
from ci_doctor.builds.caches import (
    add_field,
    is_ephemeral,
    is_read,
    kind,
    place_of,
    reads,
    reference_written,
    writes_inline,
    written_like,
)
from ci_doctor.edits import Fix, apply_fixes
from ci_doctor.text import Text

from .surveyed import only, survey


def command(line: str, more: str = "") -> Build:
    return only(survey(f"build:\n  image: docker:28-cli\n{more}  script:\n    - {line}\n"))


def shown(text: Text | None) -> str | None:
    return None if text is None else text.display


@pytest.mark.parametrize(
    ("exported", "imported", "answer"),
    [
        ("type=registry,ref=$R:cache", "type=registry,ref=$R:cache", True),
        ("type=registry,ref=h.io/app", "h.io/app:latest", True),
        ("type=registry,ref=h.io/app:a", "h.io/app:b", False),
        ("type=registry,ref=h.io/app:main", "h.io/app:$CI_COMMIT_REF_SLUG", None),
        ("type=registry,ref=h.io/app:x", "type=local,src=x", False),
        ("type=local,dest=./a/", "type=local,src=a", True),
        ("type=local,dest=$CI_PROJECT_DIR/a", "type=local,src=a", True),
        ("type=local,dest=$CI_PROJECT_DIR/a", "type=local,src=b", None),
        ("type=s3,bucket=b", "type=s3,bucket=b", True),
        ("type=s3,bucket=b,name=x", "type=s3,bucket=b,name=y", False),
        ("type=$T,ref=a", "h.io/app", None),
    ],
)
def test_a_cache_is_read_where_it_is_written(
    exported: str, imported: str, answer: bool | None
) -> None:
    one = command(f"docker buildx build --cache-to {exported} --cache-from {imported} .")

    assert reads(one.cache_from[0], one.cache_to[0]) is answer
    assert is_read(one.cache_to[0], [one]) is answer


def test_words_that_may_hold_an_import_leave_it_open() -> None:
    one = command("docker buildx build $MORE --cache-to h.io/app:cache .")

    assert is_read(one.cache_to[0], [one]) is None


def test_type_and_place_of_a_cache() -> None:
    one = command(
        "docker buildx build --cache-to type=local,dest=$D,mode=max --cache-from h.io/a ."
    )
    (written,), (read,) = one.cache_to, one.cache_from

    assert (kind(written), shown(place_of(written, exported=True))) == ("local", "$D")
    assert (kind(read), shown(place_of(read, exported=False))) == ("registry", "h.io/a")
    assert (reference_written(written), reference_written(read)) == ("$D", "h.io/a")
    assert place_of(written, exported=False) is None


def test_a_field_is_added_inside_the_quotes() -> None:
    script = """docker buildx build --cache-to 'type=registry,ref=h.io/a' --cache-to "h.io/b" ."""
    one = command(script)
    source = one.command.location.source
    fixes = [Fix("", add_field(cache, "mode=max")) for cache in one.cache_to]

    text, count = apply_fixes(source.path, source.text, fixes)

    assert count == 2
    assert text.splitlines()[-1] == (
        "    - docker buildx build --cache-to 'type=registry,ref=h.io/a,mode=max' "
        '--cache-to "type=registry,ref=h.io/b,mode=max" .'
    )
    assert [written_like(cache, "x") for cache in one.cache_to] == ["'x'", '"x"']


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        ("--cache-to type=inline", True),
        ("--build-arg BUILDKIT_INLINE_CACHE=1", True),
        ("--build-arg BUILDKIT_INLINE_CACHE=0", False),
        ("--build-arg BUILDKIT_INLINE_CACHE", None),
        ("--cache-from h.io/app", False),
        ("$OPTIONS", None),
    ],
)
def test_an_image_holds_a_cache_where_it_is_told_to(options: str, answer: bool | None) -> None:
    assert writes_inline(command(f"docker build {options} .")) is answer


def test_a_daemon_of_the_job_keeps_nothing() -> None:
    dind = "  services: ['docker:28-dind']\n"
    far = "  variables: {DOCKER_HOST: 'tcp://build.example.com:2376'}\n"

    assert is_ephemeral(command("docker build .", dind)) is True
    assert is_ephemeral(command("docker build .", far)) is False
    assert is_ephemeral(command("buildctl-daemonless.sh build --frontend dockerfile.v0")) is True
