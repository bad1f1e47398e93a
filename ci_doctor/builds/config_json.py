"""The config.json of a Docker client, read from a text with unknown parts.

Grammar: docker/cli cli/config/configfile/file.go; refusals in the words of Go's encoding/json. An
unknown part inside a string counts as harmless characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..text import UNKNOWN, Text

_DEEPEST = 40
_BLANK = " \t\r\n"
_NUMBER = frozenset("+-0123456789.eE")
_SIMPLE = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_CREDENTIALS = frozenset({"auth", "username", "password", "identitytoken", "registrytoken"})
_TOP_LEVEL = frozenset({"auths", "credHelpers", "HttpHeaders", "proxies", "plugins", "aliases"})
_GO_TYPES = {"[": "array", '"': "string"}


@dataclass(frozen=True, slots=True, eq=False)
class AuthEntry:
    """One entry of `auths`. `fields` are its members, None for one that is no string.

    The key is characters `start` to `end` of the document, its value `value_start` to `value_end`.
    """

    key: Text
    start: int
    end: int
    fields: Mapping[str, Text | None] = field(default_factory=dict)
    value_start: int = 0
    value_end: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class ConfigDocument:
    """What a client makes of a config.json.

    `valid` is None where unknown parts decide; `error` and `error_at` say where the client stops,
    `ends_early` that more text could still make it a document.
    `has_auths` tells of an `auths` object; `loose` are entries that stand outside of it, where no
    client looks. `complete` is false where an unknown part may hold
    more entries. `trailing` is where text behind the first document begins: no client reads it.
    """

    valid: bool | None
    entries: tuple[AuthEntry, ...] = ()
    helpers: tuple[AuthEntry, ...] = ()
    loose: tuple[AuthEntry, ...] = ()
    store: Text | None = None
    has_auths: bool | None = False
    complete: bool = True
    error: str = ""
    error_at: int = 0
    trailing: int | None = None
    ends_early: bool = False


def read_config(text: Text) -> ConfigDocument:
    return _Reader(text).read()


class _Refused(Exception):
    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class _Reader:
    def __init__(self, text: Text) -> None:
        self.text = text
        self.line = text.template
        self.at = 0
        self.uncertain = False  # an unknown part stood where it decides the structure
        self.complete = True
        self.entries: list[AuthEntry] = []
        self.fields: dict[str, Text | None] = {}  # of the last entry
        self.helpers: list[AuthEntry] = []
        self.loose: list[AuthEntry] = []
        self.top = AuthEntry(Text(), 0, 0)  # the member of the document that is being read
        self.store: Text | None = None
        self.has_auths: bool | None = False

    def read(self) -> ConfigDocument:
        try:
            self._blanks()
            if self.at >= len(self.line) and not self.uncertain:
                # An empty file is no error: there is nothing in it.
                return self._result(True)
            if self._ends():
                raise _Refused("unexpected EOF", self.at)
            if self._peek() == "{":
                self._members((), 0)
            else:
                kind = _GO_TYPES.get(self._peek())
                self._value((), 0)
                if kind is not None:
                    raise _Refused(
                        f"json: cannot unmarshal {kind} into Go value of type configfile.ConfigFile",
                        0,
                    )
        except _Refused as refused:
            valid = None if self.uncertain else False
            return self._result(valid, refused.message, refused.at)
        end = self.at
        while end < len(self.line) and self.line[end] in _BLANK:
            end += 1
        trailing = end if end < len(self.line) else None
        return self._result(None if self.uncertain else True, trailing=trailing)

    def _result(
        self, valid: bool | None, error: str = "", at: int = 0, trailing: int | None = None
    ) -> ConfigDocument:
        if self.uncertain and self.has_auths is False:
            self.has_auths = None
        return ConfigDocument(
            valid,
            tuple(self.entries),
            tuple(self.helpers),
            tuple(self.loose),
            self.store,
            self.has_auths,
            self.complete and not self.uncertain,
            "" if valid is not False else error,
            at,
            trailing,
            ends_early=bool(error) and at >= len(self.line),
        )

    def _blanks(self) -> None:
        while self.at < len(self.line) and (
            self.line[self.at] in _BLANK or self.line[self.at] == UNKNOWN
        ):
            self.uncertain = self.uncertain or self.line[self.at] == UNKNOWN
            self.at += 1

    def _peek(self) -> str:
        return self.line[self.at : self.at + 1]

    def _ends(self) -> bool:
        return self.at >= len(self.line)

    def _refuse(self, where: str) -> _Refused:
        if self._ends():
            return _Refused("unexpected EOF", self.at)
        return _Refused(f"invalid character {_quote(self._peek())} {where}", self.at)

    def _members(self, path: tuple[str, ...], depth: int) -> None:
        """An object; `path` are the keys that lead to it."""
        if depth > _DEEPEST:
            self.uncertain = True
            raise _Refused("exceeded max depth", self.at)
        if path == ("auths",):
            self.has_auths = True
        self.at += 1
        first = True
        while True:
            before = self.uncertain
            self._blanks()
            unknown = self.uncertain and not before
            if self._peek() == "}" and (first or unknown or self.uncertain):
                self.at += 1
                return
            if self._peek() != '"':
                raise self._refuse("looking for beginning of object key string")
            start = self.at + 1
            key = self._string()
            end = self.at - 1
            self._blanks()
            if self._peek() != ":":
                raise self._refuse("after object key")
            self.at += 1
            self._member(path, key, start, end, depth)
            first = False
            self._blanks()
            if self._peek() == "}":
                self.at += 1
                return
            if self._peek() != ",":
                raise self._refuse("after object key:value pair")
            self.at += 1

    def _member(self, path: tuple[str, ...], key: Text, start: int, end: int, depth: int) -> None:
        name = key.template if len(path) != 1 else "*"
        if path == ("auths",):
            self.fields = {}
            self.entries.append(AuthEntry(key, start, end, self.fields))
            at = self.at
            while self.line[at : at + 1] and self.line[at] in _BLANK:
                at += 1
            self._value((*path, "*"), depth + 1)
            self.entries[-1] = AuthEntry(key, start, end, self.fields, at, self.at)
            return
        if path == ():
            self.top = AuthEntry(key, start, end)
        value = self._value((*path, name), depth + 1)
        if len(path) == 1 and path[0] not in _TOP_LEVEL and key.template in _CREDENTIALS:
            if self.top not in self.loose:
                self.loose.append(self.top)
        elif path == ("auths", "*"):
            self.fields[key.template] = value
        elif path == ("credHelpers",):
            self.helpers.append(AuthEntry(key, start, end, {"helper": value}))
        elif path == () and name == "credsStore":
            self.store = value
        elif path == () and UNKNOWN in name:
            self.complete = False

    def _value(self, path: tuple[str, ...], depth: int) -> Text | None:
        """Any value; the text of a string, else None."""
        before = self.uncertain
        self._blanks()
        if self.uncertain and not before:
            return self._unknown_value(path)
        character = self._peek()
        if path == ("auths",) and character in ("[", '"'):
            raise _Refused(
                f"json: cannot unmarshal {_GO_TYPES[character]} into Go struct field"
                " ConfigFile.auths of type map[string]types.AuthConfig",
                self.at,
            )
        if character == "{":
            self._members(path, depth)
        elif character == "[":
            self._items(path, depth)
        elif character == '"':
            return self._string()
        else:
            self._scalar()
        return None

    def _unknown_value(self, path: tuple[str, ...]) -> Text | None:
        """`$VALUE` without quotes: valid where it is a value by itself."""
        if len(path) <= 1:
            self.complete = False
        return None

    def _items(self, path: tuple[str, ...], depth: int) -> None:
        if depth > _DEEPEST:
            self.uncertain = True
            raise _Refused("exceeded max depth", self.at)
        self.at += 1
        self._blanks()
        if self._peek() == "]":
            self.at += 1
            return
        while True:
            self._value((*path, "[]", "[]", "[]"), depth + 1)
            self._blanks()
            if self._peek() == "]":
                self.at += 1
                return
            if self._peek() != ",":
                raise self._refuse("after array element")
            self.at += 1

    def _scalar(self) -> None:
        for word in ("true", "false", "null"):
            if self.line.startswith(word, self.at):
                self.at += len(word)
                return
        start = self.at
        while self._peek() in _NUMBER and not self._ends():
            self.at += 1
        if self.at == start:
            raise self._refuse("looking for beginning of value")

    def _string(self) -> Text:
        self.at += 1
        pieces: list[Text] = []
        start = self.at
        while True:
            if self._ends():
                raise _Refused("unexpected EOF", self.at)
            character = self.line[self.at]
            if character == '"':
                break
            if character == "\\":
                pieces.append(self.text[start : self.at])
                pieces.append(Text.of(self._escape()))
                start = self.at
            elif character < " ":
                raise self._refuse("in string literal")
            else:
                self.at += 1
        pieces.append(self.text[start : self.at])
        self.at += 1
        return Text.join(pieces)

    def _escape(self) -> str:
        letter = self.line[self.at + 1 : self.at + 2]
        if letter in _SIMPLE:
            self.at += 2
            return _SIMPLE[letter]
        digits = self.line[self.at + 2 : self.at + 6]
        if (
            letter == "u"
            and len(digits) == 4
            and all(d in "0123456789abcdefABCDEF" for d in digits)
        ):
            self.at += 6
            return chr(int(digits, 16))
        if letter == UNKNOWN:
            self.uncertain = True
        self.at += 1
        raise self._refuse("in string escape code")


def _quote(character: str) -> str:
    """A character as Go's error messages show it."""
    named = {"\n": r"'\n'", "\r": r"'\r'", "\t": r"'\t'", "'": r"'\''", '"': "'\"'"}
    return named.get(character, f"'{character}'")
