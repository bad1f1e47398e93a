"""Everything GitLab would refuse in a pipeline, and what cannot work: all faults at once.

GitLab's own lint stops at the first logical error and leaves out what is under a broken node.
Faults are about jobs as they would run, and each is reported once where it is written, with all
jobs that have it. What visible jobs do not use is not looked at: hidden jobs may hold anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import Severity
from ..source import Location, Span, noted
from ..yamldoc.nodes import Fault, Scalar
from .conditions import check_conditions
from .duplicates import check_duplicates
from .graph import check_graph
from .jobs import flatten_mappings, is_job_name
from .keyword_values import Checker, certain, quote, rename, unseen
from .keywords import BRIDGE, EITHER, JOB, REMOVED, ROOT, SPEC
from .model import Job, Pipeline, Value
from .problems import Collector, Place, quoted, shown
from .values import Reader, key_name

MAX_NAME = 255
JOB_TYPES = ("script", "run", "trigger", "needs")


def validate(pipeline: Pipeline) -> Iterator[Fault]:
    """The faults of a pipeline that are not known from reading it (`pipeline.faults`)."""
    out = Collector(Location(pipeline.entry, Span(0, 0)))
    checker = Checker(out)
    check_duplicates(pipeline.files, out)
    check_headers(pipeline, checker)
    checker.complete = not pipeline.has_unresolved
    check_root(pipeline, checker)
    for job in pipeline.jobs.values():
        out.job = job
        check_job(job, checker)
    out.job = None
    check_graph(pipeline, out)
    check_conditions(pipeline, checker.expressions, out)
    yield from out.faults()


def faults_of(pipeline: Pipeline) -> dict[str, list[Fault]]:
    """All faults of a pipeline by check: those met while reading it, and `validate`'s.

    Computed once for each pipeline.
    """
    if pipeline.validated is None:
        by_check: dict[str, list[Fault]] = {}
        for fault in (*pipeline.faults, *validate(pipeline)):
            by_check.setdefault(fault.check, []).append(fault)
        pipeline.validated = by_check
    return pipeline.validated


def check_headers(pipeline: Pipeline, checker: Checker) -> None:
    """`spec:` of every file read."""
    for file in pipeline.files:
        if file.header is not None and not file.source.external:
            spec = Reader().value(file.header).get("spec")
            if spec is not None and spec.data is not None:
                checker.check(SPEC.kind, spec, Place(Place(None, ""), "spec", SPEC))


def check_root(pipeline: Pipeline, checker: Checker) -> None:
    """The global keywords, and what stands beside them without being a job."""
    entries = pipeline.value.entries
    root = Place(None, "")
    for key, keyword in ROOT.items():
        value = entries.get(key)
        if value is None or value.data is None or key == "include" or is_job_name(key, value):
            continue
        checker.check(keyword.kind, value, root.under(key, keyword))
        if keyword.deprecated:
            _deprecated(checker.out, key, value, keyword.deprecated, keyword.url)
    default = pipeline.value.get("default")
    for key in () if default is None else default.entries:
        if key in ROOT and entries.get(key) is not None and entries[key].data is not None:
            checker.out.report(
                "keyword-conflict",
                entries[key].key_location,
                f"`{key}` is set both at the top of the file and in `default`",
                details=f"{key} is defined in top-level and `default:` entry",
                related=(noted(default.entries[key].key_location, "set here"),) if default else (),
            )
    visible = [name for name, value in entries.items() if is_job_name(name, value)]
    for name in visible:
        if name not in pipeline.jobs:
            _not_a_job(name, entries[name], pipeline, checker)
    known = not pipeline.has_unresolved and pipeline.value.is_mapping
    if known and entries and not visible:
        first = next(iter(entries.values()), None)
        checker.out.report(
            "job-without-script",
            None if first is None else first.key_location,
            "the pipeline has no job: a job has `script`, `run` or `trigger`, and a name that begins "
            "with a dot is a template",
            details="jobs config should contain at least one visible job",
        )


def _not_a_job(name: str, value: Value, pipeline: Pipeline, checker: Checker) -> None:
    """A root key that is neither a job nor a keyword, and no mapping."""
    if unseen(value) or _misspelt_root(name, value, pipeline, checker):
        return
    if not pipeline.has_unresolved:
        what = "has no value" if value.data is None else f"is {shown(value)}"
        checker.out.report(
            "job-without-script",
            value.key_location or value.location,
            f"{quoted(name)} {what}, a job is a mapping with `script`, `run` or `trigger`",
            details=_no_type(name),
            hint="a name that begins with a dot is a template and may hold anything",
        )


def _misspelt_root(name: str, value: Value, pipeline: Pipeline, checker: Checker) -> bool:
    """Report a root key that is no job and nearly a global keyword."""
    removed = REMOVED.get(("", name))
    if removed is not None and not value.is_mapping:
        checker.out.report(
            "keyword-unknown",
            value.key_location or value.location,
            f"`{name}` was removed in GitLab {removed.version}",
            details=_no_type(name),
            hint=f"write `{removed.instead}` instead",
        )
        return True
    near = checker.speller.nearest(name, tuple(ROOT))
    if near is None or (pipeline.has_unresolved and value.is_mapping):
        return False
    checker.out.report(
        "keyword-unknown",
        value.key_location or value.location,
        f"unknown keyword {quoted(name)}, did you mean '{near.word}'?",
        details=_no_type(name),
        fix=None if near.word in pipeline.value.entries else rename(value.key, near),
    )
    return True


def _no_type(name: str) -> str:
    return f"jobs {name.lower()} config should implement the script:, run:, or trigger: keyword"


def check_job(job: Job, checker: Checker) -> None:
    """A job's keywords, and how they go together."""
    out = checker.out
    if not any(key in job.value.entries for key in JOB_TYPES):
        out.job = None
        if _misspelt_root(job.name, job.value, job.pipeline, checker):
            return
        out.job = job
    keywords = {key: value for key, value in job.value.entries.items() if not _is_default(value)}
    place = Place(None, f"jobs:{job.name}")
    _check_name(job, out)
    seen_whole = not job.incomplete and not job.unknown_parents
    checker.complete = seen_whole and not job.pipeline.has_unresolved
    if "script" in keywords or "run" in keywords:
        known, is_bridge = JOB, False
    elif "trigger" in keywords or "needs" in keywords:
        known, is_bridge = BRIDGE, True
    else:
        known, is_bridge = JOB, False
        misspelt = any(checker.is_near(key, JOB_TYPES) for key in keywords if key not in EITHER)
        if checker.complete and not misspelt:
            _without_script(job, keywords, out)
    if is_bridge and "trigger" not in keywords:
        if not checker.complete:
            known, is_bridge = EITHER, False
        elif not _bridge_needs(keywords):
            # GitLab takes a job with `needs` and without `script` for a trigger job.
            known = EITHER
            out.report(
                "job-without-script",
                job.location,
                "has `needs` but neither `script`, `run` nor `trigger`",
                details=place.says("should contain either a trigger or a needs:pipeline"),
            )
    unknown = [key for key in keywords if key not in known and key != "trigger"]
    if unknown:
        kept = " in a trigger job" if is_bridge and known is BRIDGE else ""
        checker.unknown_keys(unknown, keywords, known, place, kept)
    for group in (
        ("script", "run"),
        ("before_script", "run"),
        ("after_script", "run"),
        ("script", "trigger"),
        ("run", "trigger"),
    ):
        checker.exclusive(group, keywords, place)
    for key, value in keywords.items():
        keyword = known.get(key) or (EITHER.get(key) if key == "trigger" else None)
        if keyword is None or value.data is None or unseen(value):
            continue
        if key in ("script", "run") and _is_blank(value):
            _blank(key, value, place, out)
            continue
        checker.check(keyword.kind, value, place.under(key, keyword))
        if keyword.deprecated:
            _deprecated(out, key, value, keyword.deprecated, keyword.url)
    script = keywords.get("script")
    if script is not None and script.data is None and not unseen(script) and seen_whole:
        _blank("script", script, place, out)
    _check_rules(keywords, place, out)
    _check_delays(keywords.get("rules"), place, out)
    if not is_bridge:
        _check_start_in(keywords, place, out, complete=checker.complete)
    _check_pages(job, keywords, place, out, complete=checker.complete)
    if checker.complete:
        _check_expose_as(keywords, place, out)


def _deprecated(out: Collector, key: str, value: Value, instead: str, url: str) -> None:
    out.report(
        "deprecated-keyword",
        value.key_location or value,
        f"`{key}` is deprecated, write `{instead}`",
        hint=f"see {url}",
        severity=Severity.INFO,
    )


def _is_default(value: Value) -> bool:
    return bool(value.via) and value.via[-1].kind == "default"


def _check_name(job: Job, out: Collector) -> None:
    name = job.name
    key = job.value.key
    if isinstance(key, Scalar) and not isinstance(key.value, str) and key_name(key) == name:
        what = "empty" if key.value is None else f"{_type_name(key.value)} {name}"
        out.report(
            "job-name-invalid",
            key.location,
            f"the job's name is {what} for YAML, expected a string: quote it",
            details=f"jobs:{name} name should be a symbol".lower(),
            fix=None if key.value is None else quote(key),
        )
    elif not name.strip():
        out.report(
            "job-name-invalid",
            job.location,
            "the job has no name",
            details="jobs:job name can't be blank",
        )
    elif len(name) > MAX_NAME:
        out.report(
            "job-name-invalid",
            job.location,
            f"the job's name has {len(name)} characters, at most {MAX_NAME} are allowed",
            details=f"jobs:{name} name is too long (maximum is {MAX_NAME} characters)".lower(),
        )


def _type_name(value: object) -> str:
    return "the boolean" if isinstance(value, bool) else "the number"


def _without_script(job: Job, keywords: dict[str, Value], out: Collector) -> None:
    """No `script`, `run` or `trigger` anywhere."""
    hint = "put a dot before its name if it is meant as a template"
    out.report(
        "job-without-script",
        job.location,
        "has no `script`, `run` or `trigger`",
        details=_no_type(job.name),
        hint=hint if keywords else "",
    )


def _is_blank(value: Value) -> bool:
    data = value.data
    return data is False or (isinstance(data, str) and not data.strip()) or data in ((), {})


def _blank(key: str, value: Value, place: Place, out: Collector) -> None:
    out.report(
        "job-without-script",
        value.key_location or value,
        f"`{key}` is empty",
        details=place.says_of(key, "can't be blank"),
    )


def _bridge_needs(keywords: dict[str, Value]) -> int:
    needs = keywords.get("needs")
    if needs is None:
        return 0
    items = needs.items if needs.is_list else (needs,)
    return sum("pipeline" in item.entries and "job" not in item.entries for item in items)


def _check_rules(keywords: dict[str, Value], place: Place, out: Collector) -> None:
    """`rules` stands alone."""
    rules = keywords.get("rules")
    if rules is None or rules.data is None:
        return
    barred = [
        key for key in ("only", "except", "start_in")
        if key in keywords and keywords[key].data is not None
    ]  # fmt: skip
    for key in barred:
        out.report(
            "keyword-conflict",
            keywords[key].key_location or keywords[key],
            f"`{key}` cannot be used together with `rules`",
            details=place.says(f"key may not be used with `rules`: {', '.join(barred)}"),
            hint="write the conditions into `rules`"
            if key != "start_in"
            else "write `start_in` into the rule with `when: delayed`",
            related=[
                location.noted("`rules` is set here")
                for location in (rules.key_location,)
                if location is not None
            ],
        )


def _check_delays(rules: Value | None, place: Place, out: Collector) -> None:
    """`start_in` and `when: delayed` of a rule go together."""
    inside = Place(place.under("rules"), "", item="{location}:rule")
    for rule in () if rules is None else flatten_mappings(rules):
        when, start = rule.get("when"), rule.get("start_in")
        if not rule.entries:
            out.report(
                "keyword-value-invalid",
                rule,
                "`rules` holds an empty rule",
                details=inside.says("can't be blank"),
            )
        if when is not None and not certain(when):
            continue
        delayed = when is not None and when.data == "delayed"
        if when is not None and delayed and (start is None or start.data is None):
            out.report(
                "timeout-invalid",
                when,
                "`rules:when` is 'delayed' without `start_in`",
                details=inside.says_of("start_in", "can't be blank"),
            )
        elif start is not None and not delayed:
            out.report(
                "keyword-conflict",
                start.key_location or start,
                "`rules:start_in` needs `when: delayed` in the same rule",
                details=inside.says("contains disallowed keys: start_in"),
            )


def _check_start_in(
    keywords: dict[str, Value], place: Place, out: Collector, *, complete: bool
) -> None:
    start = keywords.get("start_in")
    when = keywords.get("when")
    delayed = when is not None and when.data == "delayed"
    if (when is not None and unseen(when)) or not complete:
        return
    has_rules = "rules" in keywords and keywords["rules"].data is not None
    if start is not None and start.data is not None and not delayed and not has_rules:
        out.report(
            "keyword-conflict",
            start.key_location or start,
            "`start_in` needs `when: delayed`",
            details=place.says_of("start_in", "must be blank"),
        )
    elif delayed and when is not None and (start is None or start.data is None):
        out.report(
            "timeout-invalid",
            when,
            "`when: delayed` needs `start_in`",
            details=place.says_of("start_in", "should be a duration"),
        )


def _check_pages(
    job: Job, keywords: dict[str, Value], place: Place, out: Collector, *, complete: bool
) -> None:
    pages = keywords.get("pages")
    publish = keywords.get("publish")
    if publish is None or publish.data is None or (pages is not None and unseen(pages)):
        return
    if pages is None and not complete:
        return
    on = pages is not None and pages.data not in (None, False, "", (), {})
    if not on and (job.name != "pages" or (pages is not None and pages.data is False)):
        out.report(
            "pages-invalid",
            publish.key_location or publish,
            "`publish` is for Pages jobs: set `pages: true`",
            details=place.says_of("publish", "can only be used within a `pages` job"),
        )
    elif pages is not None and "publish" in pages.entries:
        out.report(
            "pages-invalid",
            publish.key_location or publish,
            "`publish` and `pages:publish` are both set",
            details=f"{job.name} job: use either {job.name}:publish or {job.name}:pages:publish",
            related=(noted(pages.entries["publish"].key_location, "set here too"),),
        )


def _check_expose_as(keywords: dict[str, Value], place: Place, out: Collector) -> None:
    artifacts = keywords.get("artifacts")
    expose = None if artifacts is None else artifacts.get("expose_as")
    if artifacts is None or expose is None or expose.data is None or unseen(expose):
        return
    place = place.under("artifacts", JOB["artifacts"])
    paths = artifacts.get("paths")
    if paths is None or paths.data in (None, ()):
        out.report(
            "artifacts-invalid",
            expose.key_location or expose,
            "`artifacts:expose_as` needs `artifacts:paths`",
            details=place.says_of("paths", "can't be blank"),
        )
        return
    for item in paths.items:
        if isinstance(item.data, str) and "*" in item.data:
            out.report(
                "artifacts-invalid",
                item,
                f"`artifacts:paths` holds {shown(item)}, with `expose_as` no `*` is allowed",
                details=place.says_of("paths", "can't contain '*' when used with 'expose_as'"),
            )
