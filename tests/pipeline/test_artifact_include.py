from __future__ import annotations

from ci_doctor.files.memory import MemoryFiles
from ci_doctor.pipeline.load import load_pipeline

TEXT = """\
include:
  - artifact: generated.yml
    job: generate
test:
  script: make test
"""


def test_only_a_child_pipeline_can_include_an_artifact() -> None:
    files = MemoryFiles({".gitlab-ci.yml": TEXT, "ci/child.yml": TEXT})

    assert [(f.check, f.message) for f in load_pipeline(files, ".gitlab-ci.yml").faults] == [
        (
            "include-invalid",
            "Including configs from artifacts is only allowed when triggering child pipelines",
        )
    ]
    assert load_pipeline(files, "ci/child.yml").faults == []
