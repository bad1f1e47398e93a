"""The include graph: every file that takes part, merged in GitLab's order."""

from __future__ import annotations

import base64
import binascii
import json
import posixpath
import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from ..errors import CiDoctorError, NotFound, Unreadable
from ..files.protocol import Files
from ..source import Location, Source
from ..text import Text
from ..yamldoc import parse_yaml
from ..yamldoc.nodes import Fault, Node, YamlFile
from ..yamldoc.nodes import Mapping as MappingNode
from . import include_rules
from .inputs import Given, Interpolation, Shared, interpolate
from .model import Hop, UnresolvedInclude, Value
from .values import Reader
from .variables import expand

MAX_INCLUDES = 150  # GitLab's default for `ci_max_includes`; every inclusion counts

KINDS = ("local", "project", "remote", "template", "artifact", "component")
_KINDS = ", ".join(f"`{kind}`" for kind in KINDS)
_YAML = re.compile(r".+\.ya?ml", re.IGNORECASE | re.DOTALL)
_URL = re.compile(r"(?:https?|ssh|git)://\S+", re.IGNORECASE)
_WEB = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)


# Why nothing outside the repository is read without a `Fetcher`.
OUTSIDE = "it is outside this repository: `--online` reads it"


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file from elsewhere, and the files beside it, for its own `include: local`.

    `component` is what `$[[ component.NAME ]]` stands for in it.
    """

    source: Source
    files: Files | None = None
    component: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Why a file is not here. With `message`, GitLab's own words, it is known to be a fault."""

    reason: str
    message: str = ""


class Fetcher(Protocol):
    """Gets what is not in the repository. Sources it returns are `external`."""

    def project(self, project: str, ref: str | None, file: str) -> FetchedFile | NotFetched: ...

    def template(self, name: str) -> FetchedFile | NotFetched: ...

    def component(self, address: str) -> FetchedFile | NotFetched: ...

    def remote(self, url: str, integrity: str | None) -> FetchedFile | NotFetched: ...


@dataclass(slots=True)
class Contents:
    """A file with its includes merged in.

    `unknown`: a part could not be read. `stages_known`: nothing unread can have set `stages`.
    """

    value: Value
    unknown: bool = False
    stages_known: bool = True
    interpolation: Interpolation | None = None


@dataclass(frozen=True, slots=True)
class _Item:
    """One file that an `include` names. `place` is the text that names it."""

    kind: str
    name: str
    value: Value
    place: Location
    inputs: Value | None
    certain: bool


@dataclass(frozen=True, slots=True)
class _Where:
    """What surrounds a file: the files of its repository and the inclusions that led to it."""

    files: Files | None
    chain: tuple[tuple[str, str], ...] = ()
    label: str = ""  # the name in GitLab's messages; "" for the entry file
    component: Mapping[str, str] = field(default_factory=dict)
    no_project: bool = False  # a file from the web belongs to none


# A file being read: it yields the files it includes, one at a time, and is sent their contents.
_Task = Generator["_Task", "Contents | None", Contents]
_Step = Generator["_Task", "Contents | None", "Contents | None"]


@dataclass
class Includes:
    """Reads an entry file and all it includes."""

    fetcher: Fetcher | None
    variables: Mapping[str, str]
    reader: Reader
    files: list[YamlFile] = field(default_factory=list)
    documents: list[Node] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unresolved: list[UnresolvedInclude] = field(default_factory=list)
    _parsed: dict[tuple[int, str], YamlFile] = field(default_factory=dict)
    _count: int = 0
    _too_many: bool = False

    def load(self, source: Source, files: Files, inputs: Given) -> Contents:
        """The merged contents of an entry file; a file that includes a file is a task of its own."""
        where = _Where(files, ((source.path, _fingerprint(inputs)),))
        tasks = [self._file(self._parse(source, files), where, inputs, None)]
        done: Contents | None = None
        while tasks:
            task, done = _advance(tasks[-1], done)
            if task is None:
                tasks.pop()
            else:
                tasks.append(task)
        assert done is not None
        return done

    def _parse(self, source: Source, files: Files | None, label: str = "") -> YamlFile:
        key = (id(files), source.path)
        if key not in self._parsed:
            file = self._parsed[key] = parse_yaml(source)
            self.files.append(file)
            for fault in file.faults:
                refused = fault.check == "yaml-syntax"
                message = _within(fault.message, label) if refused else fault.message
                self.faults.append(replace(fault, message=message))
        return self._parsed[key]

    def _file(self, file: YamlFile, where: _Where, inputs: Given, use: Location | None) -> _Task:
        """`use` is the include entry that brings the file in, None for the entry file."""
        start = Location(file.source, file.source.line_span(1))
        content = file.content
        if content is None:
            if not file.faults and file.header is None:
                self._empty(file, where, use or start)
            return Contents(Value({}), unknown=bool(file.faults or where.label))
        if not isinstance(content.target, MappingNode):
            message = _within("Invalid configuration format", where.label)
            self._fault("yaml-syntax", message, content.location)
            return Contents(Value({}, content), unknown=True)
        shared = self._shared_inputs(file, where)
        interpolation = interpolate(
            file, inputs, use, self.variables, self.reader, shared, where.component
        )
        for fault in interpolation.faults:
            message = _within(fault.message, where.label)
            self._fault(fault.check, message, fault.location, fault.hint)
        self.documents.append(interpolation.content)
        own = self.reader.value(interpolation.content)
        merged: Value | None = None
        unknown, stages_known = False, True
        for item in self._items(own.entries.get("include"), where):
            if item is None:
                unknown, stages_known = True, False
                continue
            contents = yield from self._include(item, where)
            if contents is None:
                unknown, stages_known = True, False
                continue
            sets_stages = "stages" in contents.value.entries
            if contents.unknown or sets_stages:
                unknown = unknown or contents.unknown
                stages_known = sets_stages and contents.stages_known and item.certain
            hop = Hop("include", item.place, item.name, item.certain)
            brought = contents.value.brought_by(hop)
            merged = brought if merged is None else brought.merged_over(merged)
        if "stages" in own.entries:
            stages_known = True
        value = own if merged is None else own.merged_over(merged)
        return Contents(value, unknown, stages_known, interpolation)

    def _shared_inputs(self, file: YamlFile, where: _Where) -> Shared:
        """What `spec:include` declares: the `inputs` of files that hold nothing else."""
        include = None
        if file.header is not None:
            include = self.reader.value(file.header).get("spec", "include")
        inputs: dict[str, Value] = {}
        complete = True
        for item in self._items(include, where):
            found = None
            if item is not None:
                found = self._read(item, where)
            content = None if found is None else found[0].content
            if item is None or content is None:
                complete = False
                continue
            hop = Hop("include", item.place, item.name)
            declared = self.reader.value(content).get("inputs")
            for name, value in ({} if declared is None else declared.entries).items():
                if name in inputs:
                    message = (
                        f"Duplicate input keys found: {name}. Input keys must be unique "
                        "across all included files and inline specifications."
                    )
                    self._fault("input-invalid", message, item.place)
                inputs[name] = value.brought_by(hop)
        return Shared(inputs, complete)

    def _items(self, include: Value | None, where: _Where) -> Iterator[_Item | None]:
        """The files that an `include` names, in order; None for one that cannot be told."""
        if include is None or include.data is None:
            return
        if include.has_unknown:
            assert include.location is not None
            self._open("local", include, include.location, "its list is an input")
            yield None
            return
        for entry in include.items if include.is_list else (include,):
            if entry.data is not None:
                yield from self._entry(entry, where)

    def _entry(self, entry: Value, where: _Where) -> Iterator[_Item | None]:
        place = entry.location
        assert place is not None
        if entry.has_unknown:
            what = "an input" if entry.string is not None else "a `!reference`, resolved only later"
            self._open("local", entry, place, f"it is {what}")
            yield None
            return
        if isinstance(entry.data, str):
            kind = "remote" if _URL.match(entry.data) else "local"
            yield from self._named(kind, entry, entry, None, True, where)
            return
        if not entry.is_mapping:
            shown = entry.string if entry.string is not None else "[]"
            self._fault("include-invalid", f"Included file `{shown}` needs to be a string", place)
            yield None
            return
        certain = include_rules.included(entry.get("rules"), where.files, self.variables)
        if certain is False:
            return
        present = [kind for kind in KINDS if not _is_blank(entry.get(kind))]
        if len(present) != 1:
            self._ambiguous(entry, present, place)
            yield None
            return
        named = entry.entries[present[0]]
        if not self._integrity(entry, present[0]):
            yield None
            return
        yield from self._named(present[0], named, entry, entry.get("inputs"), bool(certain), where)

    def _ambiguous(self, entry: Value, present: list[str], place: Location) -> None:
        if present:
            message = f"Each include must use only one of: {_KINDS}"
            second = entry.entries[present[1]].key_location or place
            self._fault("include-invalid", message, second)
            return
        written = json.dumps(_plain(entry), ensure_ascii=False, separators=(",", ":"))
        message = (
            f"`{written}` does not have a valid subkey for include. Valid subkeys are: {_KINDS}"
        )
        self._fault("include-invalid", message, place)

    def _integrity(self, entry: Value, kind: str) -> bool:
        integrity = entry.get("integrity")
        if integrity is None or integrity.data is None:
            return True
        place = integrity.location
        assert place is not None
        faults = []
        if kind != "remote":
            faults.append("integrity can only be specified for remote includes")
        written = integrity.data
        if not isinstance(written, str) or not written.startswith("sha256-"):
            faults.append("integrity hash must start with 'sha256-'")
        else:
            try:
                base64.b64decode(written.removeprefix("sha256-"), validate=True)
            except (binascii.Error, ValueError):
                faults.append("integrity hash must be base64 encoded")
        for fault in faults:
            self._fault("include-invalid", f"include config {fault}", place)
        return not faults

    def _named(
        self,
        kind: str,
        named: Value,
        entry: Value,
        inputs: Value | None,
        certain: bool,
        where: _Where,
    ) -> Iterator[_Item | None]:
        """The items of one entry: several for a wildcard and for a list of `file`."""
        place = named.location
        assert place is not None
        if kind == "project":
            yield from self._project_files(named, entry, inputs, certain)
            return
        if named.string is None or not isinstance(named.data, str):
            shown = "[]" if named.string is None else named.string
            self._fault("include-invalid", f"Included file `{shown}` needs to be a string", place)
            yield None
            return
        name = self._expanded(named)
        if name is None:
            what = "an input" if named.has_unknown else "a variable"
            reason = f"its name holds {what} that only GitLab knows"
            outside = kind != "local" and self.fetcher is None
            self._open(kind, named, place, OUTSIDE if outside else reason)
            yield None
        elif kind == "local" and "*" in name:
            paths = self._matching(name, named, place, where)
            if paths is None:
                yield None
            for path in paths or ():
                yield _Item(kind, path, entry, place, inputs, certain)
        else:
            yield _Item(kind, name, entry, place, inputs, certain)

    def _matching(
        self, pattern: str, named: Value, place: Location, where: _Where
    ) -> list[str] | None:
        if where.files is None:
            self._beside(pattern, named, place, where)
            return None
        try:
            return where.files.glob(pattern.lstrip("/"))
        except CiDoctorError as error:
            self._open("local", named, place, error.message)
            return None

    def _beside(self, shown: str, value: Value, place: Location, where: _Where) -> None:
        """A local file of a file that stands alone."""
        if where.no_project:
            message = f"Local file `{shown}` does not have project!"
            self._fault("include-not-found", message, place)
        else:
            self._open("local", value, place, "the files beside it are not here")

    def _project_files(
        self, project: Value, entry: Value, inputs: Value | None, certain: bool
    ) -> Iterator[_Item | None]:
        file = entry.get("file")
        place = project.location
        assert place is not None
        if file is None or _is_blank(file):
            message = "include config must specify the file where to fetch the config from"
            self._fault("include-invalid", message, place)
            yield None
            return
        for one in file.items if file.is_list else (file,):
            name = self._expanded(one)
            if name is None:
                self._open("project", one, one.location or place, "its name is not known")
                yield None
            else:
                yield _Item("project", name, entry, one.location or place, inputs, certain)

    def _expanded(self, value: Value) -> str | None:
        """A name with its variables filled in, None where one of them is not known."""
        if value.string is None or value.has_unknown:
            return None
        known = {name: Text.of(text) for name, text in self.variables.items()}
        return expand(value.string, None, known).value

    def _open(self, kind: str, value: Value, place: Location, reason: str) -> None:
        name = value.string if value.string is not None else place.text
        self.unresolved.append(UnresolvedInclude(kind, name, place, reason))

    def _include(self, item: _Item, where: _Where) -> _Step:
        """Read one file; None where that is not possible, which is then noted."""
        if self._too_many:
            return None
        if self._count >= MAX_INCLUDES:
            self._too_many = True
            message = f"Maximum of {MAX_INCLUDES} nested includes are allowed!"
            self._fault("include-too-many", message, item.place)
            return None
        self._count += 1
        found = self._read(item, where)
        if found is None:
            return None
        file, below = found
        given = _given(item.inputs)
        link = (file.source.path, _fingerprint(given))
        if link in where.chain:
            if item.certain:
                circle = [path for path, _ in where.chain[where.chain.index(link) :]]
                message = f"Maximum of {MAX_INCLUDES} nested includes are allowed!"
                hint = "the circle: " + " → ".join([*circle, file.source.path])
                self._fault("include-cycle", message, item.place, hint)
            return None
        below = replace(below, chain=(*where.chain, link))
        return (yield self._file(file, below, given, item.place))

    def _read(self, item: _Item, where: _Where) -> tuple[YamlFile, _Where] | None:
        """A file and what surrounds it; None where that is not possible, which is then noted."""
        return self._local(item, where) if item.kind == "local" else self._fetched(item, where)

    def _local(self, item: _Item, where: _Where) -> tuple[YamlFile, _Where] | None:
        shown = item.name.lstrip("/")
        if not _YAML.fullmatch(posixpath.basename(shown)):
            message = f"Included file `{shown}` does not have YAML extension!"
            self._fault("include-invalid", message, item.place)
            return None
        if where.files is None:
            self._beside(shown, item.value, item.place, where)
            return None
        path = posixpath.normpath(shown)
        absent = f"Local file `{shown}` does not exist!"
        if path.startswith("../") or path == "..":
            self._fault("include-not-found", absent, item.place)
            return None
        try:
            source = where.files.read(path)
        except NotFound:
            if where.files.exists(path) is False:
                self._fault("include-not-found", absent, item.place)
            else:
                reason = "it is not here, but may be in the repository (ignored, or a submodule)"
                self.unresolved.append(UnresolvedInclude("local", shown, item.place, reason))
            return None
        except Unreadable as error:
            self._fault("include-not-found", absent, item.place, error.message)
            return None
        except CiDoctorError as error:
            self.unresolved.append(UnresolvedInclude("local", shown, item.place, error.message))
            return None
        file = self._parse(source, where.files, shown)
        return file, _Where(where.files, label=shown, component=where.component)

    def _fetched(self, item: _Item, where: _Where) -> tuple[YamlFile, _Where] | None:
        refused = _refused(item)
        if refused:
            self._fault("include-invalid", refused, item.place)
            return None
        answer = self._ask(item)
        if isinstance(answer, NotFetched):
            if answer.message:
                self._fault("include-not-found", answer.message, item.place)
            else:
                name = _full_name(item)
                self.unresolved.append(
                    UnresolvedInclude(item.kind, name, item.place, answer.reason)
                )
            return None
        label = _full_name(item)
        # A template has no files of its own: those of the project that includes it are beside it.
        files = where.files if item.kind == "template" else answer.files
        below = _Where(
            files,
            label=label,
            component=answer.component,
            no_project=item.kind == "remote" or (item.kind == "template" and where.no_project),
        )
        return self._parse(answer.source, files, label), below

    def _ask(self, item: _Item) -> FetchedFile | NotFetched:
        if item.kind == "artifact":
            return NotFetched("a job makes it while the pipeline runs")
        if self.fetcher is None:
            return NotFetched(OUTSIDE)
        if item.kind == "project":
            project, ref = item.value.get("project"), item.value.get("ref")
            name = None if project is None else self._expanded(project)
            at = None if ref is None or ref.data is None else self._expanded(ref)
            if name is None or (at is None and ref is not None and ref.data is not None):
                return NotFetched("its name holds what only GitLab knows")
            return self.fetcher.project(name, at, item.name)
        if item.kind == "template":
            return self.fetcher.template(item.name)
        if item.kind == "component":
            return self.fetcher.component(item.name)
        integrity = item.value.get("integrity")
        return self.fetcher.remote(item.name, None if integrity is None else integrity.string)

    def _empty(self, file: YamlFile, where: _Where, place: Location) -> None:
        if not where.label:
            message = "Please provide content of .gitlab-ci.yml"
        elif file.source.external:
            message = f"Included file `{where.label}` is empty or does not exist!"
        elif file.source.text.strip("\ufeff \t\r\n"):
            message = f"`{where.label}`: Invalid configuration format"
        else:
            message = f"Local file `{where.label}` is empty!"
        self.faults.append(
            Fault("include-not-found" if where.label else "yaml-syntax", message, place)
        )

    def _fault(self, check: str, message: str, place: Location, hint: str = "") -> None:
        self.faults.append(Fault(check, message, place, hint))


def _advance(task: _Task, answer: Contents | None) -> tuple[_Task | None, Contents | None]:
    """Let a task run on: to the next file it waits for, or to its own contents."""
    try:
        return task.send(answer), None
    except StopIteration as stop:
        contents: Contents = stop.value
        return None, contents


def _within(message: str, label: str) -> str:
    """A message about a file's content as GitLab gives it for an included file."""
    return f"`{label}`: {message}" if label else message


def _is_blank(value: Value | None) -> bool:
    """Ruby's `blank?` of a subkey."""
    if value is None or value.data is None or value.data is False:
        return True
    return value.data in ((), {}) or (isinstance(value.data, str) and not value.data.strip())


def _refused(item: _Item) -> str:
    """GitLab's message for a name that can never work, without looking anywhere."""
    name = item.name
    if item.kind in ("project", "remote") and not _YAML.fullmatch(posixpath.basename(name)):
        return f"Included file `{name}` does not have YAML extension!"
    if item.kind == "remote" and not _WEB.fullmatch(name):
        return f"Remote file `{name}` does not have a valid address!"
    if item.kind == "template" and not name.endswith(".gitlab-ci.yml"):
        return f"Template file `{name}` is not a valid location!"
    if item.kind == "component" and "@" not in name:
        return f"Component '{name}' - the component path is not supported"
    if item.kind == "artifact" and _is_blank(item.value.get("job")):
        return "include config must specify the job where to fetch the artifact from"
    return ""


def _full_name(item: _Item) -> str:
    project = item.value.get("project")
    if item.kind != "project" or project is None:
        return item.name
    ref = item.value.get("ref")
    at = f"@{ref.string}" if ref is not None and ref.string else ""
    return f"{project.string}{at}:{item.name}"


def _given(inputs: Value | None) -> Given:
    return Given({} if inputs is None else inputs.entries)


def _fingerprint(given: Given) -> str:
    """Tells two inclusions of a file apart where their inputs differ."""
    return repr(
        [(name, value.node and value.node.location.text) for name, value in given.values.items()]
    )


def _plain(value: Value, depth: int = 3) -> object:
    """Small YAML data as it is printed in a message; what lies deep is left out."""
    data = value.data
    if isinstance(data, dict):
        return {key: _plain(entry, depth - 1) for key, entry in data.items() if depth}
    if isinstance(data, tuple):
        return [_plain(item, depth - 1) for item in data if depth]
    return data
