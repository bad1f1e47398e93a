"""The options of every tool that builds images, and how each tool's flag parser reads words.

Sources: moby/buildkit cmd/buildctl (main.go, build.go), docker/buildx docs/reference, docker/cli
cli/command/image/build.go, kaniko cmd/executor/cmd/root.go (Google's and osscontainertools').
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from ..execution.command import Word
from ..text import UNKNOWN, Text
from .build import Option, Status
from .places import place_of


class Takes(Enum):
    VALUE = "value"  # `--flag X` or `--flag=X`
    NOTHING = "nothing"  # a boolean: `--flag`, `--flag=false`


class Style(Enum):
    """How a tool's flag library reads its words.

    GO: `-name` is `--name`, there are no combined short options. That is urfave/cli, which
    buildctl uses: v1 moves options in front of other words before it parses, v3 (moby/buildkit
    #6848, June 2026) parses them where they stand, so words between options do no harm in either.
    PFLAG: `-tX`, `-t=X`, `-qt X`; docker, buildx, Kaniko.
    """

    GO = "go"
    PFLAG = "pflag"


@dataclass(frozen=True, slots=True)
class Spec:
    """One option. `names` have their dashes, the long name first."""

    names: tuple[str, ...]
    takes: Takes
    repeatable: bool = False
    status: Status = Status.KNOWN

    @property
    def name(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class Table:
    """All options of one command of a tool."""

    style: Style
    specs: tuple[Spec, ...]
    by_name: dict[str, Spec] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = {name: spec for spec in self.specs for name in spec.names}
        object.__setattr__(self, "by_name", names)

    def __add__(self, other: Table) -> Table:
        """Both tables' options; this table's where both have a name."""
        added = tuple(s for s in other.specs if not any(n in self.by_name for n in s.names))
        return Table(self.style, self.specs + added)

    def find(self, name: str) -> Spec | None:
        """The option of a name with dashes as written."""
        if self.style is Style.GO and name.startswith("-"):
            bare = name.lstrip("-")
            return self.by_name.get(f"--{bare}") or self.by_name.get(f"-{bare}")
        return self.by_name.get(name)


def _value(*names: str, status: Status = Status.KNOWN) -> Spec:
    return Spec(names, Takes.VALUE, status=status)


def _values(*names: str, status: Status = Status.KNOWN) -> Spec:
    return Spec(names, Takes.VALUE, repeatable=True, status=status)


def _flag(*names: str, status: Status = Status.KNOWN) -> Spec:
    return Spec(names, Takes.NOTHING, status=status)


BUILDCTL_GLOBAL = Table(
    Style.GO,
    (
        _flag("--debug"),
        _value("--addr"),
        _value("--log-format"),
        _value("--tlsservername"),
        _value("--tlscacert"),
        _value("--tlscert"),
        _value("--tlskey"),
        _value("--tlsdir"),
        _value("--timeout"),
        _flag("--wait"),
        _flag("--help", "-h"),
        _flag("--version", "-v"),
    ),
)

BUILDCTL_BUILD = Table(
    Style.GO,
    (
        _values("--output", "-o"),
        _value("--progress"),
        _value("--trace"),
        _values("--local"),
        _values("--oci-layout"),
        _value("--frontend"),
        _values("--opt"),
        _flag("--no-cache"),
        _values("--export-cache"),
        _values("--import-cache"),
        _values("--secret"),
        _values("--allow"),
        _values("--ssh"),
        _value("--metadata-file"),
        _value("--source-policy-file"),
        _flag("--proxy-network"),
        _value("--ref-file"),
        _values("--registry-auth-tlscontext"),
        _value("--debug-json-cache-metrics"),
        _flag("--help", "-h"),
        _values("--frontend-opt", status=Status.REMOVED),
        _value("--exporter", status=Status.REMOVED),
        _values("--exporter-opt", status=Status.REMOVED),
        _values("--export-cache-opt", status=Status.REMOVED),
    ),
)

DOCKER_GLOBAL = Table(
    Style.PFLAG,
    (
        _value("--config"),
        _value("--context", "-c"),
        _flag("--debug", "-D"),
        _values("--host", "-H"),
        _value("--log-level", "-l"),
        _flag("--tls"),
        _value("--tlscacert"),
        _value("--tlscert"),
        _value("--tlskey"),
        _flag("--tlsverify"),
        _flag("--version", "-v"),
        _flag("--help"),
    ),
)

# `docker buildx --builder X build`; the flags of `docker` are read there too.
BUILDX_GLOBAL = Table(Style.PFLAG, (_value("--builder"), _flag("--debug", "-D"))) + DOCKER_GLOBAL

COMPOSE_GLOBAL = Table(
    Style.PFLAG,
    (
        _flag("--all-resources"),
        _value("--ansi"),
        _flag("--compatibility"),
        _flag("--dry-run"),
        _values("--env-file"),
        _values("--file", "-f"),
        _flag("--no-ansi"),
        _value("--parallel"),
        _values("--profile"),
        _value("--progress"),
        _value("--project-directory"),
        _value("--project-name", "-p"),
        _flag("--verbose"),
    ),
)

BUILDX_BUILD = Table(
    Style.PFLAG,
    (
        _values("--add-host"),
        _values("--allow"),
        _values("--annotation"),
        _values("--attest"),
        _values("--build-arg"),
        _values("--build-context"),
        _value("--builder"),
        _values("--cache-from"),
        _values("--cache-to"),
        _value("--call"),
        _value("--cgroup-parent"),
        _flag("--check"),
        _flag("--debug", "-D"),
        _flag("--detach"),
        _value("--file", "-f"),
        _flag("--help"),
        _value("--iidfile"),
        _value("--invoke"),
        _values("--label"),
        _flag("--load"),
        _value("--metadata-file"),
        _value("--network"),
        _flag("--no-cache"),
        _values("--no-cache-filter"),
        _values("--output", "-o"),
        _values("--platform"),
        _values("--policy"),
        _value("--print"),
        _value("--progress"),
        _value("--provenance"),
        _flag("--pull"),
        _flag("--push"),
        _flag("--quiet", "-q"),
        _values("--resource"),
        _value("--root"),
        _value("--sbom"),
        _values("--secret"),
        _value("--server-config"),
        _value("--shm-size"),
        _values("--ssh"),
        _values("--tag", "-t"),
        _value("--target"),
        _values("--ulimit"),
        # Taken over from `docker build`, hidden, without effect (docker/buildx commands/build.go).
        _flag("--compress", status=Status.IGNORED),
        _value("--isolation", status=Status.IGNORED),
        _values("--security-opt", status=Status.IGNORED),
        _flag("--squash", status=Status.IGNORED),
        _value("--memory", "-m", status=Status.IGNORED),
        _value("--memory-swap", status=Status.IGNORED),
        _value("--cpu-shares", "-c", status=Status.IGNORED),
        _value("--cpu-period", status=Status.IGNORED),
        _value("--cpu-quota", status=Status.IGNORED),
        _value("--cpuset-cpus", status=Status.IGNORED),
        _value("--cpuset-mems", status=Status.IGNORED),
        _flag("--rm", status=Status.IGNORED),
        _flag("--force-rm", status=Status.IGNORED),
    ),
)

# `docker build` is the classic builder or buildx, as DOCKER_BUILDKIT and the version have it;
# --secret, --ssh, --output and --progress were docker's own from 18.09 to 20.10.
DOCKER_CLASSIC = Table(
    Style.PFLAG,
    (
        _values("--add-host"),
        _values("--build-arg"),
        _values("--cache-from"),
        _value("--cgroup-parent"),
        _flag("--compress"),
        _value("--cpu-period"),
        _value("--cpu-quota"),
        _value("--cpu-shares", "-c"),
        _value("--cpuset-cpus"),
        _value("--cpuset-mems"),
        _flag("--disable-content-trust"),
        _value("--file", "-f"),
        _flag("--force-rm"),
        _flag("--help"),
        _value("--iidfile"),
        _value("--isolation"),
        _values("--label"),
        _value("--memory", "-m"),
        _value("--memory-swap"),
        _value("--network"),
        _flag("--no-cache"),
        _value("--platform"),
        _flag("--pull"),
        _flag("--quiet", "-q"),
        _flag("--rm"),
        _values("--security-opt"),
        _value("--shm-size"),
        _flag("--squash"),
        _flag("--stream"),
        _values("--tag", "-t"),
        _value("--target"),
        _values("--ulimit"),
    ),
)

DOCKER_BUILD = BUILDX_BUILD + DOCKER_CLASSIC

BUILDX_CREATE = Table(
    Style.PFLAG,
    (
        _flag("--append"),
        _flag("--bootstrap"),
        _value("--buildkitd-config", "--config"),
        _value("--buildkitd-flags", "--flags"),
        _flag("--debug", "-D"),
        _value("--driver"),
        _values("--driver-opt"),
        _flag("--leave"),
        _value("--name"),
        _value("--node"),
        _values("--platform"),
        _value("--timeout"),
        _flag("--use"),
        _value("--builder"),
    ),
)

BUILDX_USE = Table(
    Style.PFLAG,
    (_flag("--default"), _flag("--global"), _value("--builder"), _flag("--debug", "-D")),
)

BUILDX_RM = Table(
    Style.PFLAG,
    (
        _flag("--all-inactive"),
        _value("--builder"),
        _flag("--debug", "-D"),
        _flag("--force", "-f"),
        _flag("--keep-daemon"),
        _flag("--keep-state"),
        _value("--timeout"),
    ),
)

IMAGETOOLS_CREATE = Table(
    Style.PFLAG,
    (
        _values("--annotation"),
        _flag("--append"),
        _value("--builder"),
        _flag("--debug", "-D"),
        _flag("--dry-run"),
        _values("--file", "-f"),
        _value("--metadata-file"),
        _values("--platform", "-p"),
        _flag("--prefer-index"),
        _value("--progress"),
        _values("--tag", "-t"),
    ),
)

DOCKER_LOGIN = Table(
    Style.PFLAG,
    (_value("--password", "-p"), _flag("--password-stdin"), _value("--username", "-u")),
)

DOCKER_PUSH = Table(
    Style.PFLAG,
    (
        _flag("--all-tags", "-a"),
        _flag("--disable-content-trust"),
        _value("--platform"),
        _flag("--quiet", "-q"),
    ),
)

DOCKER_PULL = DOCKER_PUSH
DOCKER_TAG = Table(Style.PFLAG, ())

DOCKER_MANIFEST = Table(
    Style.PFLAG,
    (
        _flag("--amend", "-a"),
        _flag("--insecure"),
        _flag("--purge", "-p"),
        _value("--arch"),
        _value("--os"),
        _values("--os-features"),
        _value("--os-version"),
        _value("--variant"),
        _flag("--verbose", "-v"),
    ),
)

DOCKER_CONTEXT_CREATE = Table(
    Style.PFLAG,
    (
        _value("--description"),
        _value("--docker"),
        _value("--from"),
        _value("--default-stack-orchestrator"),
        _value("--kubernetes"),
    ),
)

# Only what takes no value has to be told apart to find the image behind the options.
DOCKER_RUN_FLAGS = frozenset(
    {
        "--detach",
        "-d",
        "--disable-content-trust",
        "--help",
        "--init",
        "--interactive",
        "-i",
        "--no-healthcheck",
        "--oom-kill-disable",
        "--privileged",
        "--publish-all",
        "-P",
        "--quiet",
        "-q",
        "--read-only",
        "--rm",
        "--sig-proxy",
        "--tty",
        "-t",
        "--use-api-socket",
    }
)

_KANIKO_VALUE = (
    ("--dockerfile", "-f"),
    ("--context", "-c"),
    ("--context-sub-path",),
    ("--bucket", "-b"),
    ("--snapshot-mode",),
    ("--custom-platform",),
    ("--push-retry",),
    ("--image-fs-extract-retry",),
    ("--image-download-retry",),
    ("--kaniko-dir",),
    ("--tar-path",),
    ("--target",),
    ("--cache-repo",),
    ("--cache-dir",),
    ("--cache-ttl",),
    ("--digest-file",),
    ("--image-name-with-digest-file",),
    ("--image-name-tag-with-digest-file",),
    ("--oci-layout-path",),
    ("--compression",),
    ("--compression-level",),
    ("--git",),
    ("--verbosity", "-v"),
    ("--log-format",),
    ("--image-format",),
    ("--azure-container-registry-config",),
)
_KANIKO_VALUES = (
    ("--destination", "-d"),
    ("--build-arg",),
    ("--insecure-registry",),
    ("--skip-tls-verify-registry",),
    ("--registry-certificate",),
    ("--registry-client-cert",),
    ("--registry-mirror",),
    ("--registry-map",),
    ("--label",),
    ("--ignore-path",),
    ("--annotation",),
    ("--secret",),
    ("--credential-helpers",),
)
_KANIKO_FLAGS = (
    "--insecure",
    "--skip-tls-verify",
    "--insecure-pull",
    "--skip-tls-verify-pull",
    "--push-ignore-immutable-tag-errors",
    "--single-snapshot",
    "--reproducible",
    "--no-push",
    "--no-push-cache",
    "--cache",
    "--compressed-caching",
    "--cleanup",
    "--pre-cleanup",
    "--skip-default-registry-fallback",
    "--ignore-var-run",
    "--skip-unused-stages",
    "--use-new-run",
    "--cache-copy-layers",
    "--cache-run-layers",
    "--force-build-metadata",
    "--skip-push-permission-check",
    "--preserve-context",
    "--materialize",
    "--dryrun",
    "--force",
    "--log-timestamp",
    "--help",
)

KANIKO = Table(
    Style.PFLAG,
    (
        *(_value(*names) for names in _KANIKO_VALUE),
        *(_values(*names) for names in _KANIKO_VALUES),
        *(_flag(name) for name in _KANIKO_FLAGS),
        _flag("-h"),
        _value("--snapshotMode", status=Status.DEPRECATED),
        _value("--customPlatform", status=Status.DEPRECATED),
        _value("--tarPath", status=Status.DEPRECATED),
        _flag("--whitelist-var-run", status=Status.DEPRECATED),
        _value("--whitelist-path", status=Status.DEPRECATED),
    ),
)

BUILDKITD = Table(
    Style.GO,
    (
        _value("--config"),
        _value("--addr"),
        _values("--allow-insecure-entitlement"),
        _flag("--debug"),
        _flag("--oci-worker-no-process-sandbox"),
        _value("--oci-worker-snapshotter"),
        _value("--oci-worker-net"),
        _value("--root"),
    ),
)

# Tells the arity of an option that a tool does not have but another one does, so that
# `buildctl build --build-arg A=1` gives the option its value.
FOREIGN = {
    Style.GO: (BUILDX_BUILD, DOCKER_CLASSIC, KANIKO, BUILDKITD),
    Style.PFLAG: (BUILDX_BUILD, KANIKO, BUILDCTL_BUILD, BUILDCTL_GLOBAL),
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """The words of a command by their role.

    `opaque` are the words that may hold options, or whose role is not known (the word behind an
    unknown option). `rest` are all words that are no option and no option's value, opaque ones
    included, in order.
    """

    options: tuple[Option, ...]
    positional: tuple[Word, ...]
    opaque: tuple[Word, ...]
    rest: tuple[Word, ...]

    def given(self, *names: str) -> list[Option]:
        return [option for option in self.options if option.name in names]

    def last(self, *names: str) -> Option | None:
        given = self.given(*names)
        return given[-1] if given else None

    def text(self, *names: str) -> Text | None:
        """The value of the last option of these names."""
        option = self.last(*names)
        return None if option is None else option.value


def parse_options(words: Sequence[Word], table: Table, *, interspersed: bool = True) -> Parsed:
    """Read words as the tool of `table` does.

    Where `interspersed` is false reading stops at the first word that is no option, and `rest`
    holds it and all words behind it (global options before a subcommand).
    """
    reader = _Reader(words, table, interspersed)
    reader.read()
    return Parsed(
        tuple(reader.options), tuple(reader.positional), tuple(reader.opaque), tuple(reader.rest)
    )


def is_listed(word: Word) -> bool:
    """Whether a word is a list of words by its nature (`"$@"`, `$*`): several even as a value."""
    return word.opaque and any(s.variable in {"@", "*"} for s in word.text.symbols())


class _Reader:
    def __init__(self, words: Sequence[Word], table: Table, interspersed: bool) -> None:
        self.words = words
        self.table = table
        self.interspersed = interspersed
        self.at = 0
        self.options: list[Option] = []
        self.positional: list[Word] = []
        self.opaque: list[Word] = []
        self.rest: list[Word] = []

    def read(self) -> None:
        while self.at < len(self.words):
            word = self.words[self.at]
            template = word.text.template
            if not self._is_option(template):
                if not self.interspersed:
                    self.rest.extend(self.words[self.at :])
                    self.opaque.extend(w for w in self.words[self.at :] if w.opaque)
                    return
                self._other(word)
                self.at += 1
            elif template == "--":
                self.at += 1
                for other in self.words[self.at :]:
                    self._other(other)
                return
            elif self.table.style is Style.PFLAG and not template.startswith("--"):
                self._short(word)
            else:
                self._long(word)

    def _is_option(self, template: str) -> bool:
        # urfave/cli takes a dash before anything but a letter or a dash for an argument.
        return (
            len(template) > 1
            and template[0] == "-"
            and (self.table.style is Style.PFLAG or template[1] == "-" or template[1].isalpha())
        )

    def _other(self, word: Word) -> None:
        self.rest.append(word)
        if word.opaque:
            self.opaque.append(word)
        else:
            self.positional.append(word)

    def _long(self, word: Word) -> None:
        text = word.text
        template = text.template
        equals = template.find("=")
        name = template if equals < 0 else template[:equals]
        if UNKNOWN in name:
            self.opaque.append(word)
            self.at += 1
            return
        spec = self.table.find(name)
        value = text[equals + 1 :] if equals >= 0 else None
        if word.opaque and (value is None or is_listed(word)):
            self.opaque.append(word)
        self.at += 1
        takes = self._takes(name, spec)
        if value is not None:
            self._add(name, spec, value, (word,))
        elif takes is Takes.VALUE and self.at < len(self.words):
            self._add(name, spec, *self._next(word))
        else:
            self._add(name, spec, None, (word,))
            if takes is None:
                self._doubtful()

    def _short(self, word: Word) -> None:
        """`-t X`, `-tX`, `-t=X`, `-qt X`."""
        text = word.text
        template = text.template
        self.at += 1
        index = 1
        while index < len(template):
            letter = template[index]
            if letter == UNKNOWN:
                self.opaque.append(word)
                return
            name = f"-{letter}"
            spec = self.table.find(name)
            behind = text[index + 1 :]
            takes = self._takes(name, spec)
            if behind and behind.template[0] == "=":
                self._add(name, spec, behind[1:], (word,))
                return
            if takes is Takes.VALUE:
                if behind:
                    self._add(name, spec, behind, (word,))
                elif self.at < len(self.words):
                    self._add(name, spec, *self._next(word))
                else:
                    self._add(name, spec, None, (word,))
                return
            if takes is None:
                # Not a known letter: the tool refuses the whole word.
                self._add(template, None, None, (word,))
                self._doubtful()
                return
            self._add(name, spec, None, (word,))
            index += 1

    def _takes(self, name: str, spec: Spec | None) -> Takes | None:
        """What an option takes; None for a name that no tool has."""
        if spec is not None:
            return spec.takes
        for table in FOREIGN[self.table.style]:
            foreign = table.find(name)
            if foreign is not None:
                return foreign.takes
        return None

    def _next(self, word: Word) -> tuple[Text, tuple[Word, ...]]:
        """The next word as a value. A variable in the place of a value is taken as one value."""
        value = self.words[self.at]
        self.at += 1
        if is_listed(value):
            self.opaque.append(value)
        return value.text, (word, value)

    def _doubtful(self) -> None:
        """The word behind an unknown option may be its value or an argument."""
        if self.at < len(self.words) and not self._is_option(self.words[self.at].text.template):
            self.opaque.append(self.words[self.at])
            if self.interspersed:
                self.rest.append(self.words[self.at])
            self.at += 1

    def _add(
        self, name: str, spec: Spec | None, value: Text | None, words: tuple[Word, ...]
    ) -> None:
        status = Status.UNKNOWN if spec is None else spec.status
        option = Option(
            name if spec is None else spec.name,
            value,
            words,
            place_of(*words),
            known=status not in {Status.UNKNOWN, Status.REMOVED},
            status=status,
        )
        self.options.append(
            option if value is None else replace(option, value_location=option.place())
        )
