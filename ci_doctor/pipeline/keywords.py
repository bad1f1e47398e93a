"""What GitLab accepts under each keyword, as data: types, sub-keys, values, limits.

One small language of kinds describes every keyword; `ci_doctor.pipeline.validate` holds the one
interpreter for it. Each kind carries GitLab's own refusal ("should be an array of strings"), so that
a fault can quote what GitLab's lint prints for the same text.

Facts: GitLab's configuration entries (`lib/gitlab/ci/config/entry`), its published JSON schema and
https://docs.gitlab.com/ci/yaml/. Null is accepted wherever a keyword has no value of its own to
check: it unsets what a parent or `default` gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DOCS = "https://docs.gitlab.com/ci/yaml/"
NESTING = 10  # how deep `!reference` may nest scripts, rules and stages


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a value may be.

    `expected` completes "expected ..." in our messages, `refusal` completes GitLab's
    "LOCATION ATTRIBUTE ..." for a value of the wrong type. Where `bare`, GitLab leaves the
    attribute out ("jobs:x:parallel should be ...") and keeps the case of names.
    """

    expected: str = "any value"
    refusal: str = ""
    bare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Anything(Kind):
    """Not checked: free data, or a keyword whose values GitLab checks elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Never(Kind):
    """A shape that the keyword takes elsewhere, not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What a string must look like: `pattern` is searched in it."""

    pattern: str
    refusal: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class String(Kind):
    """`attribute` is GitLab's name for a short form (`image: x` is the image's name)."""

    expected: str = "a string"
    refusal: str = "should be a string"
    blank: bool = True
    maximum: int | None = None
    formats: tuple[Format, ...] = ()
    attribute: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boolean(Kind):
    expected: str = "true or false"
    refusal: str = "should be a boolean value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Integer(Kind):
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum(Kind):
    """One of some words. `value_refusal` may hold `{value}`; `only_strings`: others differ in type."""

    values: tuple[str, ...]
    value_refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strings(Kind):
    """A list of strings; with `single` a string alone too; `nested` levels of lists in it.

    `values` are the only items allowed. `regexps`: an item `/.../` must be a regular expression.
    """

    expected: str = "a list of strings"
    refusal: str = "should be an array of strings"
    single: bool = False
    nested: int = 0
    minimum: int = 0
    maximum: int | None = None
    too_short: str = ""
    too_long: str = ""
    values: tuple[str, ...] = ()
    regexps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Integers(Kind):
    expected: str = "a whole number or a list of whole numbers"
    refusal: str = "should be an array of integers or an integer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script(Kind):
    """Commands: a string, or strings in lists nested up to ten deep."""

    expected: str = "a string or a list of strings"
    refusal: str = f"should be a string or a nested array of strings up to {NESTING} levels deep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration(Kind):
    """`limit` in seconds; `never`: that word is a duration here."""

    expected: str = "a duration such as '90 seconds' or '1h 30m'"
    refusal: str = "should be a duration"
    limit: int | None = None
    limit_words: str = ""
    never: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Kind):
    """A date and time in ISO 8601."""

    expected: str = "a date and time such as '2026-01-31T08:00:00Z'"
    refusal: str = "must be a valid datetime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern(Kind):
    """A regular expression between slashes that RE2 can compile."""

    expected: str = "a regular expression between slashes"
    refusal: str = "must be a regular expression with re2 syntax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Kind):
    """An expression as in `rules:if`."""

    expected: str = "an expression"
    refusal: str = "invalid expression syntax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions(Kind):
    """A list of expressions, as in `only:variables`."""

    expected: str = "a list of expressions"
    refusal: str = "should be an array of strings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes(Kind):
    """A kind for each shape a value may have; a shape without one is refused."""

    string: Kind | None = None
    integer: Kind | None = None
    boolean: Kind | None = None
    mapping: Kind | None = None
    sequence: Kind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Items(Kind):
    """A list; `item` is GitLab's location of one of them, with `{location}` and `{parent}`.

    `single`: one mapping may stand without the list, `alone`: one string. `nested` levels of
    lists are flattened.
    `null` says whether an empty item is let pass.
    """

    expected: str = "a list"
    refusal: str = "should be a array"
    of: Kind
    item: str
    single: bool = False
    alone: bool = False
    nested: int = 0
    maximum: int | None = None
    too_long: str = ""
    null: bool = True
    items_expected: str = ""  # where GitLab refuses the list for the type of an item


@dataclass(frozen=True, slots=True, kw_only=True)
class Names(Kind):
    """A mapping whose keys are free names."""

    expected: str = "a mapping"
    refusal: str = "should be a hash"
    of: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Kind):
    """A mapping with known keys.

    `required`: keys of which GitLab says "missing required keys"; any of a group will do, the
    first is the one GitLab names. `present`: keys of which it says "can't be blank".
    `exclusive`: keys that exclude each other. `one_of`: exactly one of these keys.
    """

    expected: str = "a mapping"
    refusal: str = "should be a hash"
    keys: Mapping[str, Keyword]
    required: tuple[tuple[str, ...], ...] = ()
    present: tuple[str, ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The kind for a mapping that has `having` (any of them) and none of `without`."""

    kind: Kind
    having: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases(Kind):
    """A mapping whose keys decide what it is; the last case takes the rest."""

    expected: str = "a mapping"
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables(Kind):
    """Variables by name; `data` are the keys of the long form, empty where there is none."""

    expected: str = "a mapping of names to values"
    refusal: str = "should be a hash"
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix(Kind):
    """`parallel:matrix`: a list of mappings of names to a value or a list of values."""

    expected: str = "a list of mappings"
    refusal: str = "should be an array of hashes"


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword.

    `node`: GitLab reports it as "LOCATION:key config ...", else as "LOCATION key ...".
    `location` replaces the first form, with `{parent}`. `check` is the id of the check that
    reports wrong values of it and of what is under it. `deprecated` says what to write instead.
    """

    kind: Kind
    anchor: str = ""
    since: str = ""
    node: bool = True
    location: str = ""
    check: str = ""
    deprecated: str = ""

    @property
    def url(self) -> str:
        return f"{DOCS}#{self.anchor}" if self.anchor else DOCS


def _attribute(kind: Kind, anchor: str = "", since: str = "", check: str = "") -> Keyword:
    return Keyword(kind, anchor, since, node=False, check=check)


def _one_of(*values: str, refusal: str = "", value_refusal: str = "", expected: str = "") -> Enum:
    refusal = refusal or f"should be one of: {', '.join(values)}"
    return Enum(
        values=values,
        expected=expected or f"one of {', '.join(values)}",
        refusal=refusal,
        value_refusal=value_refusal or refusal,
    )


ANYTHING = Anything()
STRING = String()
NAME = String(blank=False)
BOOLEAN = Boolean()
STRINGS = Strings()
PATHS = Strings(
    single=True,
    expected="a string or a list of strings",
    refusal="should be an array of strings or a string",
)
SCRIPT = Script()

WHEN_ARTIFACTS = _one_of("on_success", "on_failure", "always")
WHEN_JOB = _one_of("on_success", "on_failure", "always", "manual", "delayed")
WHEN_BRIDGE = _one_of("on_success", "on_failure", "always", "manual")
WHEN_RULE = _one_of(
    "on_success",
    "on_failure",
    "always",
    "never",
    "manual",
    "delayed",
    refusal="unknown value: {value}",
)
WHEN_WORKFLOW = _one_of("always", "never", refusal="unknown value: {value}")

STAGES = Keyword(
    Strings(
        nested=NESTING,
        refusal="should be an array of strings or a nested array of strings "
        f"up to {NESTING} levels deep",
    ),
    "stages",
)

VARIABLES_GLOBAL = Keyword(
    Variables(data=("value", "description", "expand", "options")),
    "variables",
    check="variable-not-scalar",
)
VARIABLES_JOB = Keyword(
    Variables(data=("value", "expand")), "job-variables", check="variable-not-scalar"
)
VARIABLES_PLAIN = Keyword(Variables(), "rulesvariables", check="variable-not-scalar")

PULL_POLICIES = ("always", "if-not-present", "never")
_PULL_POLICY = Keyword(
    Shapes(
        string=Enum(
            values=PULL_POLICIES,
            expected=f"one of {', '.join(PULL_POLICIES)}",
            value_refusal="is not included in the list",
        ),
        sequence=Strings(
            values=PULL_POLICIES,
            expected=f"some of {', '.join(PULL_POLICIES)}",
            refusal="should be an array of strings or a string",
        ),
        expected=f"one or a list of {', '.join(PULL_POLICIES)}",
        refusal="should be an array of strings or a string",
    ),
    "imagepull_policy",
    "15.1",
)
_DOCKER_OPTIONS = Keyword(
    Record(
        keys={
            "platform": Keyword(STRING, "imagedocker", "16.7", node=False),
            "user": Keyword(STRING, "imagedocker", "16.7", node=False),
        }
    ),
    "imagedocker",
    "16.7",
)
_KUBERNETES_OPTIONS = Keyword(
    Record(
        keys={
            "user": Keyword(
                Shapes(string=STRING, integer=ANYTHING, expected="a user name or number"),
                "imagekubernetes",
                "17.11",
                node=False,
            )
        }
    ),
    "imagekubernetes",
    "17.11",
)
_IMAGEABLE = {
    "name": Keyword(NAME, "imagename", node=False),
    "entrypoint": Keyword(STRINGS, "imageentrypoint", node=False),
    "docker": _DOCKER_OPTIONS,
    "kubernetes": _KUBERNETES_OPTIONS,
    "pull_policy": _PULL_POLICY,
    "ports": Keyword(ANYTHING),  # web terminals only
}
_IMAGE_NAME = String(blank=False, attribute="name")

IMAGE = Keyword(
    Shapes(
        string=_IMAGE_NAME,
        mapping=Record(keys=_IMAGEABLE, present=("name",)),
        expected="an image name or a mapping with `name`",
        refusal="should be a hash or a string",
    ),
    "image",
    check="image-invalid",
)
SERVICES = Keyword(
    Items(
        expected="a list of services",
        of=Shapes(
            string=_IMAGE_NAME,
            mapping=Record(
                keys={
                    **_IMAGEABLE,
                    "alias": Keyword(STRING, "services", node=False),
                    "command": Keyword(STRINGS, "services", node=False),
                    "variables": VARIABLES_PLAIN,
                },
                present=("name",),
            ),
            expected="an image name or a mapping with `name`",
            refusal="should be a hash or a string",
        ),
        item="{location}:service",
    ),
    "services",
    check="services-invalid",
)

_KEY_FORMATS = (
    Format(
        pattern=r"\A(?:(?!/|%2[fF])[\s\S])*\Z",
        refusal='cannot contain the "/" character',
        expected="a key without `/`",
    ),
    Format(
        pattern=r"\A(?!\.{1,2}\Z)",
        refusal='cannot be "." or ".."',
        expected="a key other than `.` and `..`",
    ),
)
_KEY_FILES = Strings(
    minimum=1,
    maximum=10,
    too_short="requires at least 1 item",
    too_long="has too many items (maximum is 10)",
)
_CACHE = Record(
    keys={
        "key": Keyword(
            Shapes(
                string=String(formats=_KEY_FORMATS),
                mapping=Record(
                    keys={
                        "files": Keyword(_KEY_FILES, "cachekeyfiles"),
                        "files_commits": Keyword(_KEY_FILES, "cachekeyfiles_commits", "18.6"),
                        "prefix": Keyword(STRING, "cachekeyprefix"),
                    },
                    required=(("files", "files_commits"),),
                ),
                expected="a string or a mapping with `files`",
                refusal="should be a hash, a string or a symbol",
                bare=True,
            ),
            "cachekey",
        ),
        "untracked": Keyword(BOOLEAN, "cacheuntracked"),
        "unprotect": Keyword(BOOLEAN, "cacheunprotect", "15.8"),
        "paths": Keyword(STRINGS, "cachepaths"),
        "when": _attribute(WHEN_ARTIFACTS, "cachewhen", "13.5"),
        "policy": _attribute(
            String(
                formats=(
                    Format(
                        pattern=r"push|pull|\$",
                        refusal="should be a variable or one of: pull-push, push, pull",
                        expected="a variable or one of pull-push, push, pull",
                    ),
                )
            ),
            "cachepolicy",
        ),
        "fallback_keys": Keyword(
            Strings(maximum=5, too_long="has to many entries (maximum 5)"),
            "cachefallback_keys",
            "16.0",
        ),
    }
)
CACHE = Keyword(
    Items(
        expected="a mapping or a list of up to 4 mappings",
        refusal="can only be a hash or an array",
        of=_CACHE,
        item="{parent}:cache",
        single=True,
        nested=NESTING,
        maximum=4,
        too_long="no more than 4 caches can be created",
    ),
    "cache",
    location="{parent}:caches",
    check="cache-invalid",
)

REPORTS = (
    "accessibility", "annotations", "api_fuzzing", "browser_performance",
    "cluster_image_scanning", "codequality", "container_scanning", "coverage_fuzzing",
    "cyclonedx", "dast", "dependency_scanning", "dotenv", "junit", "license_scanning",
    "load_performance", "lsif", "metrics", "performance", "repository_xray", "requirements",
    "requirements_v2", "sarif", "sast", "secret_detection", "terraform",
)  # fmt: skip
_REPORTS_SINCE = {"cyclonedx": "14.10", "annotations": "16.3", "sarif": "18.11"}
_COVERAGE_REPORT = Keyword(
    Record(
        keys={
            "coverage_format": _attribute(_one_of("cobertura", "jacoco")),
            "path": _attribute(NAME),
        },
        present=("coverage_format", "path"),
    ),
    "artifactsreportscoverage_report",
    "14.10",
)
ARTIFACTS = Keyword(
    Record(
        keys={
            "name": _attribute(STRING, "artifactsname"),
            "untracked": _attribute(BOOLEAN, "artifactsuntracked"),
            "paths": _attribute(STRINGS, "artifactspaths"),
            "exclude": _attribute(STRINGS, "artifactsexclude", "13.1"),
            "expose_as": _attribute(
                String(
                    maximum=100,
                    formats=(
                        Format(
                            pattern=r"\A\w[-\w ]*\Z",
                            refusal="can contain only letters, digits, '-', '_' and spaces",
                            expected="letters, digits, '-', '_' and spaces only",
                        ),
                    ),
                ),
                "artifactsexpose_as",
            ),
            "when": _attribute(WHEN_ARTIFACTS, "artifactswhen"),
            "expire_in": _attribute(
                Duration(never=True, expected="a duration such as '1 week', or 'never'"),
                "artifactsexpire_in",
            ),
            "public": _attribute(BOOLEAN, "artifactspublic"),
            "access": _attribute(
                _one_of("none", "developer", "maintainer", "all"), "artifactsaccess", "16.11"
            ),
            "reports": Keyword(
                Record(
                    keys={
                        **{
                            name: Keyword(
                                PATHS,
                                f"artifactsreports{name}",
                                _REPORTS_SINCE.get(name, ""),
                                node=False,
                            )
                            for name in REPORTS
                        },
                        "coverage_report": _COVERAGE_REPORT,
                    }
                ),
                "artifactsreports",
            ),
        },
        exclusive=(("access", "public"),),
    ),
    "artifacts",
    check="artifacts-invalid",
)

_ENVIRONMENT_NAME = String(
    blank=False,
    attribute="name",
    refusal="can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, "
    "but it cannot start or end with '/'",
    formats=(
        Format(
            pattern=r"\A[a-zA-Z0-9_$\{\}. \-]([a-zA-Z0-9_/$\{\}. \-]*[a-zA-Z0-9_$\{\}. \-])?\Z",
            refusal="can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', "
            "and spaces, but it cannot start or end with '/'",
            expected="letters, digits, spaces and -_/${}. only, without `/` at its ends",
        ),
    ),
)
TIERS = ("production", "staging", "testing", "development", "other")
_FLUX = {
    "namespace": _attribute(STRING),
    "flux_resource_path": _attribute(STRING),
}
ENVIRONMENT = Keyword(
    Shapes(
        string=_ENVIRONMENT_NAME,
        mapping=Record(
            keys={
                "name": _attribute(_ENVIRONMENT_NAME, "environmentname"),
                "url": _attribute(String(maximum=255), "environmenturl"),
                "on_stop": _attribute(STRING, "environmenton_stop"),
                "action": _attribute(
                    _one_of(
                        "start",
                        "stop",
                        "prepare",
                        "verify",
                        "access",
                        refusal="should be start, stop, prepare, verify, or access",
                    ),
                    "environmentaction",
                ),
                "auto_stop_in": _attribute(
                    Duration(never=True, expected="a duration such as '1 week', or 'never'"),
                    "environmentauto_stop_in",
                    "12.8",
                ),
                "kubernetes": Keyword(
                    Record(
                        keys={
                            "agent": _attribute(STRING, since="17.6"),
                            **_FLUX,
                            "managed_resources": Keyword(
                                Record(keys={"enabled": _attribute(BOOLEAN)}), since="17.9"
                            ),
                            "dashboard": Keyword(Record(keys=_FLUX), since="18.4"),
                        }
                    ),
                    "environmentkubernetes",
                    "12.6",
                ),
                "deployment_tier": _attribute(
                    _one_of(*TIERS, refusal=f"must be one of {', '.join(TIERS)}"),
                    "environmentdeployment_tier",
                    "13.10",
                ),
            },
            present=("name",),
        ),
        expected="an environment name or a mapping with `name`",
        refusal="should be a hash or a string",
    ),
    "environment",
    check="environment-invalid",
)

_LINK = Record(
    keys={
        "name": _attribute(NAME),
        "url": _attribute(NAME),
        "filepath": _attribute(STRING),
        "link_type": _attribute(_one_of("runbook", "package", "image", "other")),
    },
    present=("name", "url"),
)
RELEASE = Keyword(
    Record(
        keys={
            "tag_name": _attribute(NAME, "releasetag_name"),
            "tag_message": _attribute(STRING, "releasetag_message", "15.3"),
            "name": _attribute(STRING, "releasename"),
            "description": _attribute(NAME, "releasedescription"),
            "ref": _attribute(
                String(
                    formats=(
                        Format(
                            pattern=r"\$|\A(?![-/.])(?!.*(?:\.\.|//|@\{|/\.))[^\x00-\x20~^:?*\[\\]+(?<![/.])\Z",
                            refusal="must be a valid ref",
                            expected="a branch, a tag or a commit",
                        ),
                    )
                ),
                "releaseref",
            ),
            "milestones": _attribute(PATHS, "releasemilestones"),
            "released_at": _attribute(Moment(), "releasereleased_at"),
            "assets": Keyword(
                Record(
                    keys={
                        "links": Keyword(
                            Items(
                                expected="a list of mappings",
                                refusal="should be an array of hashes",
                                of=_LINK,
                                item="{location}:link",
                            )
                        )
                    },
                    present=("links",),
                ),
                "releaseassetslinks",
            ),
        },
        present=("tag_name", "description"),
    ),
    "release",
)

# `::Ci::Build.failure_reasons` of GitLab 18, and the legacy names that still match their successors.
FAILURE_REASONS = (
    "always", "unknown_failure", "script_failure", "api_failure", "stuck_or_timeout_failure",
    "stuck_pending_with_matching_runners", "stuck_pending_no_matching_runners",
    "no_updates_running", "no_updates_canceling", "runner_system_failure",
    "runner_configuration_error", "runner_external_dependency_failure", "runner_interrupted",
    "missing_dependency_failure", "runner_unsupported", "stale_schedule",
    "job_execution_timeout", "job_execution_server_timeout", "server_timeout_running",
    "server_timeout_canceling", "archived_failure", "unmet_prerequisites", "scheduler_failure",
    "data_integrity_failure", "forward_deployment_failure", "failed_outdated_deployment_job",
    "user_blocked", "project_deleted", "ci_quota_exceeded", "pipeline_loop_detected",
    "no_matching_runner", "trace_size_exceeded", "builds_disabled",
    "environment_creation_failure", "deployment_rejected", "protected_environment_failure",
    "insufficient_bridge_permissions", "downstream_bridge_project_not_found",
    "invalid_bridge_trigger", "upstream_bridge_project_not_found",
    "insufficient_upstream_permissions", "bridge_pipeline_is_child_pipeline",
    "downstream_pipeline_creation_failed", "reached_max_descendant_pipelines_depth",
    "reached_max_pipeline_hierarchy_size", "reached_downstream_pipeline_trigger_rate_limit",
    "downstream_project_trigger_reached_limit", "secrets_provider_not_found",
    "ip_restriction_failure", "duo_workflow_not_allowed", "job_router_failure",
    "job_token_expired", "id_token_burned_project_path",
)  # fmt: skip
# The reasons a person would write; the others cannot be cured by trying again.
RETRY_REASONS = (
    "always", "unknown_failure", "script_failure", "api_failure", "stuck_or_timeout_failure",
    "runner_system_failure", "runner_unsupported", "stale_schedule", "job_execution_timeout",
    "archived_failure", "unmet_prerequisites", "scheduler_failure", "data_integrity_failure",
)  # fmt: skip
_RETRY_TIMES = Integer(low=0, high=2, expected="a whole number from 0 to 2")
RETRY = Keyword(
    Shapes(
        integer=_RETRY_TIMES,
        mapping=Record(
            keys={
                "max": _attribute(_RETRY_TIMES, "retry"),
                "when": _attribute(
                    Shapes(
                        string=Enum(
                            values=FAILURE_REASONS,
                            expected=f"one of {', '.join(RETRY_REASONS)}",
                            value_refusal="is not included in the list",
                        ),
                        sequence=Strings(
                            values=FAILURE_REASONS,
                            expected=f"some of {', '.join(RETRY_REASONS)}",
                            refusal="should be an array of strings or a string",
                        ),
                        expected="a failure reason or a list of them",
                        refusal="should be an array of strings or a string",
                    ),
                    "retrywhen",
                ),
                "exit_codes": _attribute(Integers(), "retryexit_codes", "16.10"),
            }
        ),
        expected="a whole number from 0 to 2, or a mapping with `max`",
        refusal="config has to be either an integer or a hash",
        bare=True,
    ),
    "retry",
    location="retry",
    check="retry-invalid",
)

TIMEOUT = Keyword(
    Duration(limit=2_629_746, limit_words="one month"), "timeout", check="timeout-invalid"
)
TAGS = Keyword(
    Strings(maximum=49, too_long="must be less than the limit of 50 tags"),
    "tags",
)
HOOKS = Keyword(
    Record(keys={"pre_get_sources_script": Keyword(SCRIPT, "hookspre_get_sources_script")}),
    "hooks",
    "15.6",
)
ID_TOKENS = Keyword(
    Names(of=Record(keys={"aud": _attribute(PATHS)}, required=(("aud",),))), "id_tokens", "15.7"
)
IDENTITY = Keyword(_one_of("google_cloud"), "identity", "16.9")
INTERRUPTIBLE = Keyword(BOOLEAN, "interruptible")


def _provider(*names: str, required: tuple[str, ...] = ()) -> Record:
    return Record(
        keys={name: _attribute(ANYTHING) for name in names},
        present=required,
    )


SECRETS = Keyword(
    Names(
        of=Record(
            keys={
                "vault": Keyword(
                    Shapes(
                        string=NAME,
                        mapping=Record(
                            keys={
                                "engine": Keyword(_provider("name", "path", required=("name", "path"))),
                                "path": _attribute(NAME),
                                "field": _attribute(NAME),
                            },
                            present=("engine", "path", "field"),
                        ),
                        expected="a path such as 'production/db/password@ops' or a mapping",
                        refusal="should be a hash or a string",
                        bare=True,
                    ),
                    "secretsvault",
                    "13.4",
                ),
                "azure_key_vault": Keyword(
                    _provider("name", "version", required=("name",)), "secretsazure_key_vault", "16.3"
                ),
                "gcp_secret_manager": Keyword(
                    _provider("name", "version", required=("name",)),
                    "secretsgcp_secret_manager",
                    "16.8",
                ),
                "aws_secrets_manager": Keyword(
                    Shapes(
                        string=NAME,
                        mapping=_provider(
                            "secret_id", "field", "region", "role_arn", "role_session_name",
                            "version_id", "version_stage", required=("secret_id",),
                        ),
                        expected="a secret's name or a mapping with `secret_id`",
                        refusal="should be a hash or a string",
                        bare=True,
                    ),
                    "secretsaws_secrets_manager",
                    "18.3",
                ),
                "gitlab_secrets_manager": Keyword(
                    _provider("name", "source", required=("name",)),
                    "secretsgitlab_secrets_manager",
                    "18.3",
                ),
                "file": _attribute(BOOLEAN, "secretsfile"),
                "token": _attribute(STRING, "secretstoken"),
            },
            one_of=(
                "vault", "azure_key_vault", "gcp_secret_manager", "aws_secrets_manager",
                "gitlab_secrets_manager",
            ),
        )
    ),
    "secrets",
    "13.4",
)  # fmt: skip

_STEP = Record(
    keys={
        "name": _attribute(NAME),
        "script": _attribute(NAME),
        "step": Keyword(ANYTHING),
        "func": Keyword(ANYTHING),
        "env": Keyword(Names(of=ANYTHING)),
        "inputs": Keyword(Names(of=ANYTHING)),
    },
    present=("name",),
    one_of=("script", "step", "func"),
)
RUN = Keyword(
    Items(expected="a list of steps", of=_STEP, item="{location}:step", null=False), "run", "17.3"
)

_NO_RULES = Strings(
    maximum=50,
    too_long="has too many entries (maximum 50)",
    expected="a list of at most 50 patterns",
)
CHANGES = Keyword(
    Shapes(
        sequence=_NO_RULES,
        mapping=Record(
            keys={
                "paths": _attribute(_NO_RULES, "ruleschangespaths", "15.2"),
                "compare_to": _attribute(STRING, "ruleschangescompare_to", "15.3"),
                "regexp": _attribute(STRING, "ruleschanges"),
            },
            required=(("paths", "regexp"),),
        ),
        expected="a list of patterns or a mapping with `paths`",
        refusal="should be an array or a hash",
        bare=True,
    ),
    "ruleschanges",
)
EXISTS = Keyword(
    Shapes(
        string=STRING,
        sequence=_NO_RULES,
        mapping=Record(
            keys={
                "paths": _attribute(_NO_RULES, "rulesexistspaths", "16.11"),
                "project": _attribute(STRING, "rulesexistsproject", "16.11"),
                "ref": _attribute(STRING, "rulesexistsproject", "16.11"),
                "regexp": _attribute(STRING, "rulesexists"),
            },
            required=(("paths", "regexp"),),
        ),
        expected="a list of patterns or a mapping with `paths`",
        refusal="should be a string, an array of strings, or a hash",
        bare=True,
    ),
    "rulesexists",
)

AUTO_CANCEL = Keyword(
    Record(
        keys={
            "on_new_commit": _attribute(
                _one_of(
                    "conservative", "interruptible", "none",
                    refusal="must be one of: conservative, interruptible, none",
                ),
                "workflowauto_cancelon_new_commit", "16.8",
            ),
            "on_job_failure": _attribute(
                _one_of("none", "all", refusal="must be one of: none, all"),
                "workflowauto_cancelon_job_failure", "16.10",
            ),
        }
    ),
    "workflowauto_cancelon_new_commit",
    "16.8",
)  # fmt: skip

_MATRIX = Record(
    keys={"matrix": Keyword(Matrix(), "parallelmatrix", "13.3", check="matrix-invalid")},
    required=(("matrix",),),
)
MATRIX = Keyword(
    Shapes(
        integer=Never(
            expected="a mapping with `matrix`", refusal='cannot use "parallel: <number>".'
        ),
        mapping=_MATRIX,
        expected="a mapping with `matrix`",
        refusal="should be an integer or a hash",
        bare=True,
    ),
    "parallelmatrix",
    check="parallel-out-of-range",
)
PARALLEL = Keyword(
    Shapes(
        integer=Integer(low=1, high=200, expected="a whole number from 1 to 200"),
        mapping=_MATRIX,
        expected="a whole number from 1 to 200, or a mapping with `matrix`",
        refusal="should be an integer or a hash",
        bare=True,
    ),
    "parallel",
    check="parallel-out-of-range",
)

_NEED_JOB = Record(
    keys={
        "job": _attribute(NAME),
        "artifacts": _attribute(BOOLEAN, "needsartifacts"),
        "optional": _attribute(BOOLEAN, "needsoptional", "13.10"),
        "parallel": Keyword(
            MATRIX.kind, "needsparallelmatrix", "16.3", check="parallel-out-of-range"
        ),
    },
    present=("job",),
)
_NEED_PROJECT = Record(
    keys={
        "project": _attribute(NAME, "needsproject"),
        "job": _attribute(NAME),
        "ref": _attribute(NAME),
        "artifacts": _attribute(BOOLEAN),
        "parallel": Keyword(MATRIX.kind, "needsparallelmatrix", check="parallel-out-of-range"),
    },
    present=("project", "job", "ref"),
)
_NEED_PIPELINE_JOB = Record(
    keys={
        "pipeline": _attribute(NAME, "needspipelinejob"),
        "job": _attribute(NAME),
        "artifacts": _attribute(BOOLEAN),
        "optional": _attribute(BOOLEAN),
        "parallel": Keyword(MATRIX.kind, "needsparallelmatrix", check="parallel-out-of-range"),
    },
    present=("pipeline", "job"),
)
_NEED_PIPELINE = Record(
    keys={"pipeline": _attribute(NAME, "needspipelinejob")}, present=("pipeline",)
)
_NEED = Shapes(
    string=String(blank=False),
    mapping=Cases(
        cases=(
            Case(kind=_NEED_PROJECT, having=("project", "ref")),
            Case(kind=_NEED_PIPELINE, without=("job",)),
            Case(kind=_NEED_PIPELINE_JOB, having=("pipeline",)),
            Case(kind=_NEED_JOB),
        )
    ),
    expected="a job name or a mapping with `job`",
    refusal="has an unsupported type",
    bare=True,
)
NEEDS = Keyword(
    Items(
        expected="a list of job names",
        refusal="can only be a hash or an array",
        of=_NEED,
        item="{location}:need",
        single=True,
        nested=NESTING,
    ),
    "needs",
)

_INPUTS = Keyword(Names(of=ANYTHING), "includeinputs")
_INCLUDE_RULES = Keyword(
    Items(
        expected="a list of rules",
        of=Record(
            keys={
                "if": _attribute(Condition(), "includerules"),
                "changes": CHANGES,
                "exists": EXISTS,
                "when": _attribute(WHEN_WORKFLOW),
            }
        ),
        item="{location}:rule",
        nested=NESTING,
    ),
    "includerules",
)
INCLUDE_ITEM = Shapes(
    string=STRING,
    mapping=Record(
        keys={
            "local": _attribute(STRING, "includelocal"),
            "project": _attribute(STRING, "includeproject"),
            "file": _attribute(PATHS, "includeproject"),
            "ref": _attribute(STRING, "includeproject"),
            "remote": _attribute(STRING, "includeremote"),
            "integrity": _attribute(STRING, "includeintegrity", "17.9"),
            "cache": _attribute(ANYTHING, "includecache", "18.9"),
            "template": _attribute(STRING, "includetemplate"),
            "component": _attribute(STRING, "includecomponent"),
            "artifact": _attribute(STRING, "triggerinclude"),
            "job": _attribute(STRING, "triggerinclude"),
            "inputs": _INPUTS,
            "rules": _INCLUDE_RULES,
        }
    ),
    expected="a path or a mapping such as `local: path`",
    refusal="config should be a hash or a string",
    bare=True,
)
INCLUDE = Keyword(
    Items(
        expected="a path, a mapping or a list of them",
        refusal="config should be a array, a hash or a string",
        of=INCLUDE_ITEM,
        item="{location}",
        single=True,
        alone=True,
        nested=NESTING,
    ),
    "include",
)

_STRATEGY = _attribute(
    _one_of("depend", "mirror", refusal="should be depend or mirror"), "triggerstrategy"
)
_FORWARD = Keyword(
    Record(
        keys={
            "yaml_variables": _attribute(BOOLEAN, "triggerforward"),
            "pipeline_variables": _attribute(BOOLEAN, "triggerforward"),
        }
    ),
    "triggerforward",
    "15.1",
)
TRIGGER = Keyword(
    Shapes(
        string=NAME,
        mapping=Cases(
            cases=(
                Case(
                    having=("include",),
                    kind=Record(
                        keys={
                            "include": Keyword(
                                Items(
                                    expected="a path, a mapping or a list of at most 3",
                                    refusal="config should be a array, a hash or a string",
                                    bare=True,
                                    of=INCLUDE_ITEM,
                                    item="{location}",
                                    single=True,
                                    alone=True,
                                    nested=NESTING,
                                    maximum=3,
                                    too_long="is too long (maximum is 3)",
                                ),
                                "triggerinclude",
                            ),
                            "strategy": _STRATEGY,
                            "forward": _FORWARD,
                            "inputs": Keyword(_INPUTS.kind, "triggerinputs", "17.11"),
                        }
                    ),
                ),
                Case(
                    kind=Record(
                        keys={
                            "project": _attribute(NAME, "triggerproject"),
                            "branch": _attribute(STRING, "triggerproject"),
                            "strategy": _STRATEGY,
                            "forward": _FORWARD,
                            "inputs": Keyword(_INPUTS.kind, "triggerinputs", "17.11"),
                        },
                        present=("project",),
                    )
                ),
            )
        ),
        expected="a project path, or a mapping with `project` or `include`",
        refusal="has to be either a string or a hash",
        bare=True,
    ),
    "trigger",
)

_REFS = Strings(
    regexps=True,
    expected="a list of branch names, keywords or /regular expressions/",
    refusal="should be an array of strings or regular expressions using re2 syntax",
)
_POLICY = Shapes(
    sequence=_REFS,
    mapping=Record(
        keys={
            "refs": _attribute(_REFS, "onlyrefs--exceptrefs"),
            "variables": _attribute(Conditions(), "onlyvariables--exceptvariables"),
            "changes": _attribute(STRINGS, "onlychanges--exceptchanges"),
            "kubernetes": _attribute(
                _one_of("active", refusal="unknown value: {value}"),
                "onlykubernetes--exceptkubernetes",
            ),
        }
    ),
    expected="a list of refs, or a mapping with `refs`, `variables` or `changes`",
    refusal="has to be either an array of conditions or a hash",
    bare=True,
)

_RULE = Record(
    keys={
        "if": _attribute(Condition(), "rulesif"),
        "changes": CHANGES,
        "exists": EXISTS,
        "when": _attribute(WHEN_RULE, "ruleswhen"),
        "start_in": _attribute(
            Duration(limit=604_800, limit_words="one week"), "start_in", check="timeout-invalid"
        ),
        "allow_failure": _attribute(BOOLEAN, "rulesallow_failure"),
        "variables": Keyword(Variables(), "rulesvariables", "13.7", check="variable-not-scalar"),
        "needs": Keyword(NEEDS.kind, "rulesneeds", "16.0"),
        "interruptible": _attribute(BOOLEAN, "rulesinterruptible", "16.10"),
    }
)
RULES = Keyword(
    Items(
        expected="a list of mappings",
        refusal="should be an array containing hashes and arrays of hashes",
        of=_RULE,
        item="{location}:rule",
        nested=NESTING,
        null=False,
        items_expected="a mapping such as `if: ...` or `when: ...`",
    ),
    "rules",
    node=False,
)
_WORKFLOW_RULE = Record(
    keys={
        "if": _attribute(Condition(), "workflowrules"),
        "changes": CHANGES,
        "exists": EXISTS,
        "when": _attribute(WHEN_WORKFLOW, "workflowrules"),
        "variables": Keyword(
            Variables(), "workflowrulesvariables", "13.11", check="variable-not-scalar"
        ),
        "auto_cancel": AUTO_CANCEL,
    }
)
WORKFLOW = Keyword(
    Record(
        keys={
            "name": _attribute(String(blank=False, maximum=255), "workflowname", "15.5"),
            "rules": Keyword(
                Items(
                    expected="a list of mappings",
                    of=_WORKFLOW_RULE,
                    item="{location}:rule",
                    nested=NESTING,
                    items_expected="a mapping such as `if: ...` or `when: ...`",
                ),
                "workflowrules",
                "12.5",
            ),
            "auto_cancel": AUTO_CANCEL,
        }
    ),
    "workflow",
    check="workflow-invalid",
)

_DEFAULTS: dict[str, Keyword] = {
    "after_script": Keyword(SCRIPT, "after_script"),
    "artifacts": ARTIFACTS,
    "before_script": Keyword(SCRIPT, "before_script"),
    "cache": CACHE,
    "hooks": HOOKS,
    "id_tokens": Keyword(ID_TOKENS.kind, "id_tokens", "16.4"),
    "identity": IDENTITY,
    "image": IMAGE,
    "interruptible": INTERRUPTIBLE,
    "retry": RETRY,
    "services": SERVICES,
    "tags": TAGS,
    "timeout": TIMEOUT,
}
DEFAULT = Keyword(Record(keys=_DEFAULTS), "default")

INHERIT = Keyword(
    Record(
        keys={
            "default": Keyword(
                Shapes(
                    boolean=BOOLEAN,
                    sequence=Strings(
                        values=tuple(_DEFAULTS), expected=f"some of {', '.join(_DEFAULTS)}"
                    ),
                    expected="true, false or a list of keywords",
                    refusal="should be a bool or array of strings",
                    bare=True,
                ),
                "inheritdefault",
            ),
            "variables": Keyword(
                Shapes(
                    boolean=BOOLEAN,
                    sequence=STRINGS,
                    expected="true, false or a list of variable names",
                    refusal="should be a bool or array of strings",
                    bare=True,
                ),
                "inheritvariables",
            ),
        }
    ),
    "inherit",
)

PAGES = Keyword(
    Shapes(
        boolean=BOOLEAN,
        mapping=Record(
            keys={
                "path_prefix": _attribute(STRING, "pagespagespath_prefix", "16.7"),
                "expire_in": _attribute(
                    Duration(never=True, expected="a duration such as '1 week', or 'never'"),
                    "pagespagesexpire_in",
                    "17.4",
                ),
                "publish": _attribute(STRING, "pagespagespublish", "17.9"),
            }
        ),
        expected="true, false or a mapping",
        refusal="should be a hash or a boolean value",
    ),
    "pages",
    check="pages-invalid",
)

START_IN = _attribute(
    Duration(limit=604_800, limit_words="one week"), "start_in", check="timeout-invalid"
)

COMMON: dict[str, Keyword] = {
    "extends": _attribute(PATHS, "extends"),
    "stage": Keyword(STRING, "stage"),
    "only": Keyword(_POLICY, "only--except", deprecated="rules"),
    "except": Keyword(_POLICY, "only--except", deprecated="rules"),
    "rules": RULES,
    "variables": VARIABLES_JOB,
    "inherit": INHERIT,
    "needs": NEEDS,
    "resource_group": _attribute(STRING, "resource_group"),
    "environment": ENVIRONMENT,
    "interruptible": INTERRUPTIBLE,
}
JOB: dict[str, Keyword] = {
    **COMMON,
    "when": _attribute(WHEN_JOB, "when"),
    "allow_failure": Keyword(
        Shapes(
            boolean=BOOLEAN,
            mapping=Record(
                keys={"exit_codes": _attribute(Integers(), "allow_failureexit_codes", "13.8")}
            ),
            expected="true, false or a mapping with `exit_codes`",
            refusal="should be a hash or a boolean value",
        ),
        "allow_failure",
        node=False,
    ),
    "script": Keyword(SCRIPT, "script"),
    "before_script": Keyword(SCRIPT, "before_script"),
    "after_script": Keyword(SCRIPT, "after_script"),
    "run": RUN,
    "hooks": HOOKS,
    "image": IMAGE,
    "services": SERVICES,
    "tags": TAGS,
    "cache": CACHE,
    "artifacts": ARTIFACTS,
    "dependencies": _attribute(STRINGS, "dependencies"),
    "coverage": Keyword(Pattern(), "coverage"),
    "retry": RETRY,
    "parallel": PARALLEL,
    "timeout": TIMEOUT,
    "start_in": START_IN,
    "manual_confirmation": _attribute(STRING, "manual_confirmation", "17.1"),
    "release": RELEASE,
    "pages": PAGES,
    "publish": Keyword(STRING, "pages", "16.1", check="pages-invalid", deprecated="pages:publish"),
    "id_tokens": ID_TOKENS,
    "secrets": SECRETS,
    "identity": IDENTITY,
    "inputs": Keyword(ANYTHING, "inputs"),
    "dast_configuration": Keyword(
        Record(keys={"site_profile": _attribute(STRING), "scanner_profile": _attribute(STRING)}),
        "dast_configuration",
    ),
}
BRIDGE: dict[str, Keyword] = {
    **COMMON,
    "when": _attribute(WHEN_BRIDGE, "when"),
    "allow_failure": _attribute(BOOLEAN, "allow_failure"),
    "trigger": TRIGGER,
    "parallel": MATRIX,
}
# What a job that has not been seen whole may hold.
EITHER: dict[str, Keyword] = {**JOB, "trigger": TRIGGER}

ROOT: dict[str, Keyword] = {
    "default": DEFAULT,
    "include": INCLUDE,
    "stages": STAGES,
    "variables": VARIABLES_GLOBAL,
    "workflow": WORKFLOW,
    "image": Keyword(IMAGE.kind, "image", check="image-invalid", deprecated="default:image"),
    "services": Keyword(
        SERVICES.kind, "services", check="services-invalid", deprecated="default:services"
    ),
    "cache": Keyword(
        CACHE.kind, "cache", location="caches", check="cache-invalid", deprecated="default:cache"
    ),
    "before_script": Keyword(SCRIPT, "before_script", deprecated="default:before_script"),
    "after_script": Keyword(SCRIPT, "after_script", deprecated="default:after_script"),
}

_INPUT = Record(
    keys={
        "default": Keyword(ANYTHING),
        "description": _attribute(STRING),
        "options": Keyword(ANYTHING),
        "regex": _attribute(STRING),
        "type": _attribute(_one_of("array", "boolean", "number", "string")),
        "rules": Keyword(ANYTHING, since="18.7"),
    }
)
SPEC = Keyword(
    Record(
        keys={
            "inputs": Keyword(Names(of=_INPUT), "specinputs", "17.0"),
            "include": Keyword(ANYTHING, "specinclude", "18.6"),
            "component": Keyword(
                Strings(values=("name", "sha", "version", "reference"),
                        expected="some of name, sha, version, reference"),
                "speccomponent", "18.6",
            ),
            "description": _attribute(STRING, "specdescription"),
        }
    ),
    "spec",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Removed:
    """A keyword GitLab no longer knows, and what took its place."""

    instead: str
    version: str = field(default="")


# By the path of the mapping they stood in ("" for the root, "job" for a job).
REMOVED: dict[tuple[str, str], Removed] = {
    ("", "types"): Removed("stages", "15.0"),
    ("job", "type"): Removed("stage", "15.0"),
    ("artifacts:reports", "cobertura"): Removed("coverage_report", "15.0"),
    ("artifacts:reports", "license_management"): Removed("license_scanning", "14.0"),
    ("artifacts:reports", "cluster_applications"): Removed("", "15.0"),
}
