"""What a command in `$(…)` prints, where that is plain from its words."""

from __future__ import annotations

from ..pipeline.variables import unknown_variable
from ..text import UNKNOWN, Literal, Text
from .command import Command, Word
from .directories import CHECKOUT, absolute, enter
from .expand import joined


def printed(command: Command) -> Text | None:
    """The standard output without newlines at its end; None where it is computed."""
    words = command.arguments if command.words else ()
    if any(word.opaque for word in words) or command.piped_from is not None:
        return None
    values = [word.text.value for word in words]
    match command.name:
        case "echo":
            return _echo(words)
        case "printf":
            return _printf(words)
        case "cat" if not words and len(command.redirects) == 1:
            redirect = command.redirects[0]
            return redirect.target.strip("\n") if redirect.operator in ("<<", "<<-") else None
        case "pwd" if command.cwd is not None:
            return absolute(command.cwd, command.job.name)
        case "dirname" if len(words) == 1:
            return _dirname(words[0].text)
        case "basename" if words and (values[0] or "x")[0] != "-":
            return _basename(words)
        case "realpath" | "readlink" if words:
            return _real_path(words[-1], command)
        case "git" if values == ["rev-parse", "--show-toplevel"] and command.cwd is not None:
            return Text((unknown_variable(CHECKOUT, command.job.name),))
    return None


def _echo(words: tuple[Word, ...]) -> Text | None:
    while words and words[0].text.value == "-n":
        words = words[1:]
    text = joined(words)
    if (words and words[0].text.template[:1] in ("-", UNKNOWN)) and len(words) > 1:
        return None
    return None if "\\" in text.template else text.strip("\n")


def _printf(words: tuple[Word, ...]) -> Text | None:
    if not words:
        return None
    form = words[0].text.value
    if len(words) == 1 and form is not None and not set(form) & set("%\\-"):
        return words[0].text
    if len(words) == 2 and form in ("%s", "%s\\n"):
        return words[1].text
    return None


def _dirname(path: Text) -> Text | None:
    path = _without_slashes(path)
    slash = path.template.rfind("/")
    if UNKNOWN in path.template[slash + 1 :]:
        return None
    if slash < 0:
        return Text.of(".")
    return path[:slash] if slash else Text.of("/")


def _basename(words: tuple[Word, ...]) -> Text | None:
    path = _without_slashes(words[0].text)
    name = path[path.template.rfind("/") + 1 :]
    if not name.is_known or not name.parts:
        return None
    suffix = words[1].text.value if len(words) == 2 else ""
    if len(words) > 2 or suffix is None:
        return None
    if suffix and name.endswith(suffix) and len(name) > len(suffix):
        return name[: len(name) - len(suffix)]
    return name


def _without_slashes(path: Text) -> Text:
    end = len(path.template.rstrip("/"))
    return path[:end] if end else path


def _real_path(word: Word, command: Command) -> Text | None:
    if not all(isinstance(part, Literal) for part in word.text.parts[1:]):
        return None
    entered = enter(word.text, command.cwd)
    return None if entered is None else absolute(entered, command.job.name)
