"""What a command writes to its standard output, and what stands on its standard input."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..execution.command import Command, Redirect, Word
from ..source import Location
from ..text import Opaque, Text
from .places import place_of

_HEREDOCS = {"<<", "<<-"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_DEEPEST_PIPE = 20


@dataclass(frozen=True, slots=True)
class Stream:
    """A text, or the file that it is the content of (`file` is then set and `text` is None).

    `file` is the word that names it. A stream whose text is None and that has no file is
    computed.
    """

    text: Text | None
    location: Location | None
    file: Word | None = None


def standard_input(command: Command, depth: int = 0) -> Stream | None:
    """What a command reads, None where nothing is redirected or piped into it."""
    for redirect in reversed(command.redirects):
        if redirect.descriptor not in (None, 0):
            continue
        if redirect.operator in _HEREDOCS:
            return Stream(redirect.target, redirect.location)
        if redirect.operator == "<<<":
            return Stream(redirect.target + Text.of("\n"), redirect.location)
        if redirect.operator == "<":
            return Stream(None, redirect.location, file=_file_word(redirect))
    source = command.piped_from
    return None if source is None else standard_output(source, depth + 1)


def standard_output(command: Command, depth: int = 0) -> Stream:
    """What a command prints, as far as echo, printf, cat, tee and the like tell."""
    computed = Stream(None, command.location)
    if depth > _DEEPEST_PIPE or not command.words:
        return computed
    name = command.name
    if name == "echo":
        return _echo(command)
    if name == "printf":
        return _printf(command)
    if name == "cat":
        return _cat(command, depth)
    if name == "tee" or (name == "jq" and _is_identity(command)):
        return standard_input(command, depth) or computed
    return computed


def _is_identity(command: Command) -> bool:
    """`jq .` and `jq -c .` keep the document."""
    words = [word.text.value for word in command.arguments]
    return words in ([], ["."], ["-c", "."], ["-r", "."], ["-M", "."])


def _file_word(redirect: Redirect) -> Word:
    return Word(redirect.target, redirect.location)


def _joined(words: tuple[Word, ...]) -> Text:
    texts: list[Text] = []
    for word in words:
        if texts:
            texts.append(Text.of(" "))
        texts.append(word.text)
    return Text.join(texts)


def _echo(command: Command) -> Stream:
    words = list(command.arguments)
    newline, escapes = True, False
    while words:
        flags = words[0].text.value or ""
        if len(flags) < 2 or flags[0] != "-" or set(flags[1:]) - set("neE"):
            break
        newline = newline and "n" not in flags
        escapes = escapes or "e" in flags
        del words[0]
    text = _joined(tuple(words))
    if escapes:
        text = _unescape(text)
    if newline:
        text = text + Text.of("\n")
    return Stream(text, place_of(*command.words))


def _unescape(text: Text) -> Text:
    """The backslash escapes of `echo -e` and `printf`; an unknown one stays as it is."""
    template = text.template
    pieces: list[Text] = []
    start = at = 0
    while (at := template.find("\\", at)) >= 0:
        escaped = _ESCAPES.get(template[at + 1 : at + 2], template[at + 1 : at + 2])
        if template[at + 1 : at + 2] in _ESCAPES or escaped == '"':
            pieces += [text[start:at], Text.of(escaped)]
            start = at = at + 2
        else:
            at += 2
    pieces.append(text[start:])
    return Text.join(pieces)


def _printf(command: Command) -> Stream:
    words = [word for word in command.arguments if word.text.value != "--"]
    place = place_of(*command.words)
    if not words or any(word.opaque for word in words):
        return Stream(None, place)
    form, *values = words
    # Unknown parts of the format are taken as text, not as directives.
    template = form.text.template
    pieces: list[Text] = []
    used = 0
    while True:
        consumed = used
        start = at = 0
        while (at := template.find("%", at)) >= 0:
            pieces.append(_unescape(form.text[start:at]))
            directive = template[at + 1 : at + 2]
            if directive == "%":
                pieces.append(Text.of("%"))
            elif directive in ("s", "b", "d"):
                if used < len(values):
                    value = values[used].text
                    pieces.append(_unescape(value) if directive == "b" else value)
                    used += 1
            else:
                return Stream(None, place)
            start = at = at + 2
        pieces.append(_unescape(form.text[start:]))
        # printf repeats its format until all arguments are used.
        if used >= len(values) or used == consumed:
            break
    return Stream(Text.join(pieces), place)


def _cat(command: Command, depth: int) -> Stream:
    files = [word for word in command.arguments if word.text.template[:1] != "-" or word.opaque]
    if not files:
        given = standard_input(command, depth)
        return given or Stream(None, command.location)
    if len(files) == 1:
        return Stream(None, files[0].written, file=files[0])
    return Stream(Text((Opaque("cat"),)), command.location)


_WRITES = frozenset({">", ">>", ">|", "&>", "&>>", ">&"})


def is_redirected(command: Command, commands: Iterable[Command]) -> bool:
    """Whether what a command prints goes elsewhere than into the log, or may.

    `commands` are all of the job's: a group that the command stands in may be redirected too.
    """
    if command.in_substitution or command.in_function or _writes_elsewhere(command):
        return True
    for other in commands:
        source = other.piped_from
        if source is not None and source.group and _stands_in(command, source):
            return True
        if other.group and _stands_in(command, other) and _writes_elsewhere(other):
            return True
    return False


def _writes_elsewhere(command: Command) -> bool:
    return command.piped_to is not None or any(
        redirect.operator in _WRITES and redirect.descriptor in (None, 1)
        for redirect in command.redirects
    )


def _stands_in(command: Command, group: Command) -> bool:
    inner, outer = command.location, group.location
    return inner.source is outer.source and outer.span.contains(inner.span)
