"""Jobs as they would run."""

from __future__ import annotations

import pytest

from .loading import CI, data, faults, hops, jobs, load


def test_defaults_are_inherited_whole_and_not_merged() -> None:
    pipeline = load(
        """
        default:
          image: alpine
          before_script: [default]
          tags: [docker]
          retry: 1
        own: {script: [x], before_script: [own], tags: []}
        none: {script: [x], before_script: null}
        """
    )

    assert jobs(pipeline) == {
        "own": {
            "script": ["x"],
            "before_script": ["own"],
            "tags": [],
            "image": "alpine",
            "retry": 1,
        },
        "none": {
            "script": ["x"],
            "before_script": ["default"],
            "image": "alpine",
            "tags": ["docker"],
            "retry": 1,
        },
    }
    own = pipeline.jobs["own"]
    assert hops(own.keywords["image"]) == [("default", "image", "image")]
    assert [data(value) for value in own.keywords["before_script"].shadowed] == [["default"]]


def test_a_default_that_looks_like_a_job_is_one() -> None:
    pipeline = load("default: {script: [x]}\nworkflow: {script: [y]}\njob: {script: [z]}\n")

    assert list(pipeline.jobs) == ["default", "workflow", "job"]
    assert (pipeline.default, pipeline.workflow) == (None, None)


def test_deprecated_global_keywords_are_defaults() -> None:
    pipeline = load(
        """
        image: alpine
        services: [docker:dind]
        cache: {paths: [a]}
        before_script: [before]
        after_script: [after]
        default: {image: debian}
        job: {script: [x]}
        """
    )

    assert jobs(pipeline) == {
        "job": {
            "script": ["x"],
            "after_script": ["after"],
            "before_script": ["before"],
            "cache": {"paths": ["a"]},
            "image": "debian",
            "services": ["docker:dind"],
        }
    }


@pytest.mark.parametrize(
    ("inherit", "expected"),
    [
        ("{default: false}", []),
        ("{default: true}", ["image", "tags", "timeout"]),
        ("{default: [image, timeout]}", ["image", "timeout"]),
        ("{default: []}", []),
        ("{variables: false}", ["image", "tags", "timeout"]),
    ],
)
def test_inherit_default_chooses(inherit: str, expected: list[str]) -> None:
    pipeline = load(
        f"""
        default: {{image: alpine, tags: [docker], timeout: 1h}}
        job: {{script: [x], inherit: {inherit}}}
        """
    )

    assert [
        key for key in pipeline.jobs["job"].keywords if key not in ("script", "inherit")
    ] == expected


def test_trigger_jobs_inherit_only_interruptible() -> None:
    pipeline = load(
        """
        default: {image: alpine, interruptible: true, tags: [a]}
        child: {trigger: {include: child.yml}}
        other: {trigger: group/project}
        mirror: {needs: {pipeline: group/upstream}}
        job: {script: [x]}
        """
    )

    assert {
        name: (job.is_trigger, sorted(job.keywords)) for name, job in pipeline.jobs.items()
    } == {
        "child": (True, ["interruptible", "trigger"]),
        "other": (True, ["interruptible", "trigger"]),
        "mirror": (True, ["interruptible", "needs"]),
        "job": (False, ["image", "interruptible", "script", "tags"]),
    }


def test_every_top_level_mapping_that_is_no_keyword_is_a_job() -> None:
    pipeline = load(
        """
        stages: [a]
        variables: {A: b}
        .hidden: {script: [x]}
        .list: [x]
        job: {script: [x]}
        stagess: {}
        number: 12
        1: {script: [x]}
        """
    )

    assert list(pipeline.jobs) == ["job", "stagess", "1"]
    assert {name: data(value) for name, value in pipeline.templates.items()} == {
        ".hidden": {"script": ["x"]},
        ".list": ["x"],
    }
    assert data(pipeline.value.get("number")) == 12


def test_stage_is_test_unless_it_is_set_or_may_be() -> None:
    pipeline = load(
        """
        include: {remote: "https://e.x/a.yml"}
        plain: {script: [x]}
        set: {script: [x], stage: deploy}
        extended: {script: [x], extends: .theirs}
        partial: {tags: [docker]}
        """
    )

    assert {name: (job.stage, job.incomplete) for name, job in pipeline.jobs.items()} == {
        "plain": ("test", False),
        "set": ("deploy", False),
        "extended": (None, True),
        "partial": (None, True),
    }


def test_image_and_services_hold_expanded_names() -> None:
    pipeline = load(
        """
        variables: {REGISTRY: r.example.com, V: "27"}
        short: {script: [x], image: "$REGISTRY/app:$CI_COMMIT_SHORT_SHA", services: ["docker:$V-dind"]}
        long:
          script: [x]
          variables: {V: "28"}
          image:
            name: docker:$V
            entrypoint: [""]
            pull_policy: always
            docker: {platform: linux/arm64, user: dave}
            kubernetes: {user: "1000"}
          services:
            - name: docker:$V-dind
              alias: docker, build-$V other
              command: [--tls=false]
              variables: {DOCKER_TLS_CERTDIR: ""}
            - postgres
        none: {script: [x]}
        """
    )

    short, long = pipeline.jobs["short"], pipeline.jobs["long"]
    assert short.image is not None
    assert long.image is not None
    assert short.image.name.display == "r.example.com/app:$CI_COMMIT_SHORT_SHA"
    assert [part.at.locate().text for part in short.image.name.parts if part.at] == [
        "r.example.com",
        "/app:",
        "$CI_COMMIT_SHORT_SHA",
    ]
    assert (long.image.name.value, data(long.image.entrypoint)) == ("docker:28", [""])
    assert [
        data(value)
        for value in (
            long.image.pull_policy,
            long.image.platform,
            long.image.docker_user,
            long.image.kubernetes_user,
        )
    ] == ["always", "linux/arm64", "dave", "1000"]
    assert [service.name.value for service in short.services] == ["docker:27-dind"]
    first, second = long.services
    assert (first.name.value, [alias.value for alias in first.aliases]) == (
        "docker:28-dind",
        ["docker", "build-28", "other"],
    )
    assert data(first.command) == ["--tls=false"]
    assert {name: one.text.value for name, one in first.variables.items()} == {
        "DOCKER_TLS_CERTDIR": ""
    }
    assert (second.name.value, second.aliases) == ("postgres", ())
    assert (pipeline.jobs["none"].image, pipeline.jobs["none"].services) == (None, ())


def test_an_image_nobody_can_see_is_not_absent() -> None:
    pipeline = load(
        """
        include: {remote: "https://e.x/a.yml"}
        job: {script: [x], image: !reference [.theirs, image], services: [!reference [.theirs, one]]}
        """
    )

    job = pipeline.jobs["job"]
    assert job.image is not None
    assert (job.image.name.value, job.image.name.is_computed) == (None, True)
    assert [service.name.is_computed for service in job.services] == [True]


@pytest.mark.parametrize(
    ("parallel", "names"),
    [
        ("3", ("job 1/3", "job 2/3", "job 3/3")),
        ("1", ("job 1/1",)),
        ("0", ("job",)),
        ("1000", ("job",)),
        ("text", ("job",)),
        (
            "{matrix: [{A: [a, b], B: [1, 2]}]}",
            ("job: [a, 1]", "job: [a, 2]", "job: [b, 1]", "job: [b, 2]"),
        ),
        ("{matrix: [{A: x}, {B: [y, z]}]}", ("job: [x]", "job: [y]", "job: [z]")),
        ("{matrix: [{A: [x, null], B: y}]}", ("job: [x, y]", "job: [y]")),
        ("{matrix: []}", ("job",)),
        ("{matrix: [{}]}", ("job",)),
    ],
)
def test_parallel_gives_the_jobs_their_names(parallel: str, names: tuple[str, ...]) -> None:
    pipeline = load(f"job: {{script: [x], parallel: {parallel}}}\n")

    assert pipeline.jobs["job"].names == names
    assert {pipeline.job_named(name) for name in (*names, "job")} == {pipeline.jobs["job"]}
    assert pipeline.job_named("other") is None


def test_scripts_are_flattened_ten_levels_deep() -> None:
    pipeline = load(
        "job: {script: [a, [b, [c]], [[[[[[[[[[d]]]]]]]]]], [[[[[[[[[[[e]]]]]]]]]]]]}\n"
    )

    lines = pipeline.jobs["job"].lines("script")
    assert [line.string for line in lines] == ["a", "b", "c", "d"]
    assert [str(line.location) for line in lines[:2]] == [f"{CI}:1:16", f"{CI}:1:20"]
    assert pipeline.jobs["job"].lines("after_script") == ()


def test_anchors_aliases_and_merge_keys_leave_their_traces() -> None:
    pipeline = load(
        """
        .setup: &setup [one, two]
        .base: &base
          image: alpine
          script: *setup
        .other: &other {image: debian, tags: [a]}
        job:
          image: first
          <<: [*base, *other]
          stage: build
        later:
          <<: *base
          image: own
        lines: {script: [*setup, three]}
        """
    )

    assert faults(pipeline) == []
    assert jobs(pipeline) == {
        "job": {"image": "alpine", "tags": ["a"], "script": ["one", "two"], "stage": "build"},
        "later": {"image": "own", "script": ["one", "two"]},
        "lines": {"script": [["one", "two"], "three"]},
    }
    job = pipeline.jobs["job"]
    assert hops(job.keywords["image"]) == [("merge", "base", "*base")]
    assert hops(job.lines("script")[0]) == [
        ("alias", "setup", "*setup"),
        ("merge", "base", "*base"),
    ]
    assert hops(pipeline.jobs["lines"].lines("script")[0]) == [("alias", "setup", "*setup")]


def test_tags_and_children_are_listed() -> None:
    pipeline = load(
        """
        job: {script: [x], tags: [docker, "$SIZE"]}
        a: {trigger: {include: /ci/a.yml}}
        b: {trigger: {include: [{local: ci/b.yml}, {template: T.yml}, {local: $X.yml}]}}
        c: {trigger: {include: {artifact: gen.yml, job: job}}}
        """
    )

    assert [tag.display for tag in pipeline.jobs["job"].tags] == ["docker", "$SIZE"]
    assert [(child.path, child.job, child.location.text) for child in pipeline.children] == [
        ("ci/a.yml", "a", "/ci/a.yml"),
        ("ci/b.yml", "b", "ci/b.yml"),
    ]


def test_run_jobs_are_complete() -> None:
    pipeline = load("job: {run: [{name: a, script: make}]}\n")

    job = pipeline.jobs["job"]
    assert (job.is_trigger, job.incomplete, data(job.get("run"))) == (
        False,
        False,
        [{"name": "a", "script": "make"}],
    )


def test_symbols_as_keys_are_names() -> None:
    assert jobs(load(":job:\n  :script: [x]\n")) == {"job": {"script": ["x"]}}
